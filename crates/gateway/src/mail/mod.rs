//! From a variant with slots to the mail one customer reads.

mod format;
mod layout;
mod link;
mod read;
mod service;
mod slots;

pub use format::fact_text;
pub use layout::{Layout, MailTemplate, RenderError, RenderedMail};
pub use link::is_safe_link;
pub use read::{NoMessage, ReadMessage, read_message};
pub use service::{ServiceWords, service_words};
pub use slots::{Links, Slots};
