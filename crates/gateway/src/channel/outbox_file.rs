//! An outbox folder: each message becomes one `.eml` file that any mail program opens.
//!
//! A file is written under a temporary name, flushed to disk, and linked to its final name, which is the message's
//! id: the same message handed over twice is refused by the file system, not only by the outbox table.

use std::path::{Path, PathBuf};

use policy::permit::SendPermit;
use policy::permit::service::ServicePermit;
use terms::ids::{CampaignId, MessageId};
use terms::message::Message;
use terms::service::ServiceMessage;
use terms::time::Instant;

use super::{Channel, Fate, Receipt, SendError, Sending, eml, honour, honour_service};

/// The outbox folder.
#[derive(Debug, Clone)]
pub struct OutboxFile {
    folder: PathBuf,
}

impl OutboxFile {
    /// Uses `folder`, making it if needed, and closes it to everybody but its owner.
    ///
    /// # Errors
    /// When the folder cannot be made or closed.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        #[cfg(unix)]
        std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn write(&self, message: &Message) -> Result<Receipt, SendError> {
        self.write_as(file_name(message.campaign, message.id), &eml::build(message)?.formatted())
    }

    fn write_service(&self, message: &ServiceMessage) -> Result<Receipt, SendError> {
        self.write_as(service_file_name(message.id.0), &eml::build_service(message)?.formatted())
    }

    fn write_as(&self, name: String, bytes: &[u8]) -> Result<Receipt, SendError> {
        let target = self.folder.join(&name);
        let partial = self.folder.join(format!(".{name}.part"));
        let unavailable = |error: std::io::Error| SendError::Unavailable(format!("outbox folder: {error}"));
        write_durably(&partial, bytes).map_err(unavailable)?;
        // A hard link fails when the name is taken: the same message never stands in the folder twice, nor is one
        // that is there ever replaced.
        let linked = std::fs::hard_link(&partial, &target);
        let _ = std::fs::remove_file(&partial);
        match linked {
            Ok(()) => Ok(Receipt { reply: name }),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(SendError::InDoubt(format!("`{name}` is already in the outbox folder")))
            }
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// The name of a message's file in the folder. While it is written it stands there as `.NAME.part`.
#[must_use]
pub fn file_name(campaign: CampaignId, message: MessageId) -> String {
    format!("{campaign}-{message}.eml")
}

/// The name of a service mail's file, likewise.
#[must_use]
pub fn service_file_name(id: i64) -> String {
    format!("service-{id}.eml")
}

fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // Whatever the umask says: a message is for its customer, not for everybody on the machine.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_data()
}

impl Channel for OutboxFile {
    fn send<'a>(&'a self, permit: SendPermit, message: &'a Message, now: Instant) -> Sending<'a> {
        Box::pin(async move {
            honour(&permit, message, now)?;
            let (this, message) = (self.clone(), message.clone());
            tokio::task::spawn_blocking(move || this.write(&message))
                .await
                .map_err(|error| SendError::InDoubt(format!("the writer stopped: {error}")))?
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
            let (this, message) = (self.clone(), message.clone());
            tokio::task::spawn_blocking(move || this.write_service(&message))
                .await
                .map_err(|error| SendError::InDoubt(format!("the writer stopped: {error}")))?
        })
    }

    /// The final name appears in one step, so its presence decides.
    fn fate(&self, campaign: CampaignId, message: MessageId) -> Fate {
        match self.folder.join(file_name(campaign, message)).try_exists() {
            Ok(true) => Fate::Left,
            Ok(false) => Fate::NeverLeft,
            Err(_) => Fate::Unknown,
        }
    }

    fn describe(&self) -> String {
        "outbox folder".to_owned()
    }
}
