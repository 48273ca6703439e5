//! The world outside: how a message is put together and how it leaves.
//!
//! Goes in: a [`terms::message::Message`] with a permit. Comes out: a receipt, or an error that says whether trying
//! again makes sense. Deliberately absent: any decision. This room cannot mint a permit, only honour one.
//!
//! Architecture invariant: no permit, no send. [`channel::Channel::send`] takes a [`policy::permit::SendPermit`] by
//! value, so that one permit is good for one message.

pub mod channel;
pub mod mail;
pub mod network;
pub mod text_model;
pub mod webhook;
