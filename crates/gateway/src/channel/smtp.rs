//! SMTP submission to the brand's own mail server.
//!
//! Candor hands over once. An error before the server took the content may be tried again; one after it leaves the
//! message in doubt, and a person settles it.

use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use policy::permit::SendPermit;
use policy::permit::service::ServicePermit;
use terms::message::Message;
use terms::service::ServiceMessage;
use terms::time::Instant;

use super::{Channel, Receipt, SendError, Sending, eml, honour, honour_service};

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    host: String,
}

impl Smtp {
    /// Connects lazily to `url`: `smtps://user:password@host` (TLS), `smtp://host?tls=required` (STARTTLS), or
    /// `smtp://host:port` for a server on this machine.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn open(url: &str, credentials: Option<(String, String)>) -> Result<Self, SendError> {
        let bad = |error: lettre::transport::smtp::Error| {
            SendError::Unavailable(format!("bad mail server URL: {error}"))
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(bad)?;
        if let Some((user, password)) = credentials {
            builder = builder.credentials(Credentials::new(user, password));
        }
        let host = url.rsplit('@').next().unwrap_or(url).trim_start_matches("smtp://").to_owned();
        Ok(Self { transport: builder.timeout(Some(Duration::from_secs(30))).build(), host })
    }

    async fn hand_over(&self, mail: lettre::Message) -> Result<Receipt, SendError> {
        match self.transport.send(mail).await {
            Ok(response) => Ok(Receipt { reply: response.code().to_string() }),
            Err(error) if error.is_permanent() => Err(SendError::Refused(error.to_string())),
            Err(error) if error.is_transient() => Err(SendError::Unavailable(error.to_string())),
            // A connection that could not be made never carried content; anything else may have.
            Err(error) if error.is_client() => Err(SendError::Unavailable(error.to_string())),
            Err(error) => Err(SendError::InDoubt(error.to_string())),
        }
    }
}

impl Channel for Smtp {
    fn send<'a>(&'a self, permit: SendPermit, message: &'a Message, now: Instant) -> Sending<'a> {
        Box::pin(async move {
            honour(&permit, message, now)?;
            let mail = eml::build(message)?;
            self.hand_over(mail).await
        })
    }

    fn send_service<'a>(
        &'a self,
        permit: ServicePermit,
        message: &'a ServiceMessage,
        now: Instant,
    ) -> Sending<'a> {
        Box::pin(async move {
            honour_service(&permit, message, now)?;
            self.hand_over(eml::build_service(message)?).await
        })
    }

    fn describe(&self) -> String {
        format!("smtp {}", self.host)
    }
}
