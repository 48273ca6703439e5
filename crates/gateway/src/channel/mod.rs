//! Channels: where an approved message leaves the house.

mod eml;
pub mod outbox_file;
pub mod smtp;

use policy::permit::SendPermit;
use policy::permit::service::ServicePermit;
use std::future::Future;
use std::pin::Pin;
use terms::ids::{CampaignId, MessageId};
use terms::message::Message;
use terms::service::ServiceMessage;
use terms::time::Instant;

/// What the other side said when it took a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its answer, or the name of the file that was written; no address, no content.
    pub reply: String,
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The permit does not cover this message now. Nothing left the house.
    #[error("the permit does not cover this message: {0}")]
    NotPermitted(String),
    /// Refused for good; trying again would not help.
    #[error("the message was refused: {0}; check the address and the sender settings")]
    Refused(String),
    /// Not reachable now; trying again later may help. Nothing left the house.
    #[error("the channel is not available: {0}; it will be tried again")]
    Unavailable(String),
    /// The connection broke after the content was handed over: nobody knows whether it was taken.
    #[error("the connection broke after handing over: {0}; the message is in doubt")]
    InDoubt(String),
}

/// What a channel knows of a message afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It left the house.
    Left,
    /// It surely did not.
    NeverLeft,
    /// Nobody knows.
    Unknown,
}

/// The answer of a channel, later.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Receipt, SendError>> + Send + 'a>>;

/// A way out. Implementations check the permit first and hand over at most once.
pub trait Channel: Send + Sync {
    /// Hands over one message. The permit is used up whether or not it succeeds.
    ///
    /// # Errors
    /// See [`SendError`]; only [`SendError::Unavailable`] means that nothing left and a new try is safe.
    fn send<'a>(&'a self, permit: SendPermit, message: &'a Message, now: Instant) -> Sending<'a>;

    /// Hands over one service mail. The default carries none.
    ///
    /// # Errors
    /// As [`Channel::send`].
    fn send_service<'a>(
        &'a self,
        permit: ServicePermit,
        message: &'a ServiceMessage,
        now: Instant,
    ) -> Sending<'a> {
        let _ = (permit, message, now);
        Box::pin(std::future::ready(Err(SendError::Refused(
            "this channel carries no service mails".to_owned(),
        ))))
    }

    /// What became of a message that was being handed over when its worker died. The default is that nobody knows.
    fn fate(&self, campaign: CampaignId, message: MessageId) -> Fate {
        let _ = (campaign, message);
        Fate::Unknown
    }

    /// What this channel is, for logs and the ledger: `outbox folder`, `smtp mail.example:587`.
    fn describe(&self) -> String;
}

fn honour(permit: &SendPermit, message: &Message, now: Instant) -> Result<(), SendError> {
    permit.admits(message, now).map_err(|refusal| SendError::NotPermitted(refusal.to_string()))
}

fn honour_service(permit: &ServicePermit, message: &ServiceMessage, now: Instant) -> Result<(), SendError> {
    permit.admits(message, now).map_err(|refusal| SendError::NotPermitted(refusal.to_string()))
}
