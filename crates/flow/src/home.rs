//! Where an installation keeps what it has: one folder, given with `--home`.
//!
//! ```text
//! candor.sqlite   people, consents, campaigns, outbox, ledger (unless DATABASE_URL names a PostgreSQL)
//! access.cedar    the brand's own policies on who may do what, if it has any
//! lake/           purchases by customer
//! models/         fitted models as JSON, named by the hash of their content
//! outbox/         messages as .eml files (unless a mail server is set)
//! keys/           secrets, readable by the owner only
//! rejects/        rows that imports could not take, with their reasons
//! exports/        archives made for customers
//! ```
//!
//! All of it is personal data or secret: on Unix the folders have mode 0700 and the files 0600, whatever the umask.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The folder of an installation.
#[derive(Debug, Clone)]
pub struct Home(PathBuf);

impl Home {
    /// Uses `folder`, making it and what it needs, and closes it to everybody but its owner.
    ///
    /// # Errors
    /// When a folder cannot be made or closed.
    pub fn open(folder: &Path) -> Result<Self> {
        let home = Self(folder.to_owned());
        for part in [home.lake(), home.models(), home.outbox(), home.keys(), home.rejects(), home.exports()] {
            std::fs::create_dir_all(&part).map_err(|source| io(&part, source))?;
            restrict(&part, 0o700)?;
        }
        restrict(folder, 0o700)?;
        for file in [home.database(), beside(&home.database(), "-wal"), beside(&home.database(), "-shm")] {
            if file.exists() {
                restrict(&file, 0o600)?;
            }
        }
        Ok(home)
    }

    /// Whether a folder holds an installation already. It only looks.
    #[must_use]
    pub fn is_installed(folder: &Path) -> bool {
        Self(folder.to_owned()).keys().join("ledger").exists()
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The SQLite database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.0.join("candor.sqlite")
    }

    /// The brand's own policies on who may do what, if it has any.
    #[must_use]
    pub fn access(&self) -> PathBuf {
        self.0.join("access.cedar")
    }

    /// The lake.
    #[must_use]
    pub fn lake(&self) -> PathBuf {
        self.0.join("lake")
    }

    /// Fitted models.
    #[must_use]
    pub fn models(&self) -> PathBuf {
        self.0.join("models")
    }

    /// The outbox folder.
    #[must_use]
    pub fn outbox(&self) -> PathBuf {
        self.0.join("outbox")
    }

    /// Secrets.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// Rows that imports could not take.
    #[must_use]
    pub fn rejects(&self) -> PathBuf {
        self.0.join("rejects")
    }

    /// Stands as long as a restore is unfinished.
    #[must_use]
    pub fn restoring(&self) -> PathBuf {
        self.keys().join("restoring")
    }

    /// Archives made for customers; see `App::export_path`.
    #[must_use]
    pub fn exports(&self) -> PathBuf {
        self.0.join("exports")
    }

    /// Reads a secret of 32 bytes, making it at random the first time.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds something else.
    pub fn secret(&self, name: &str) -> Result<[u8; 32]> {
        let path = self.keys().join(name);
        match std::fs::read(&path) {
            Ok(bytes) => bytes.try_into().map_err(|_| {
                Error::Internal(format!(
                    "the key file `{}` is damaged; restore it from a backup",
                    path.display()
                ))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let secret: [u8; 32] = rand::random();
                write_new(&path, &secret).map_err(|source| io(&path, source))?;
                Ok(secret)
            }
            Err(source) => Err(io(&path, source)),
        }
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io { path: path.display().to_string(), source }
}

/// Writes a file that did not exist, readable by its owner only from its first moment on.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::metadata(path).map_err(|source| io(path, source))?.permissions().mode();
    if found & 0o777 & !mode == 0 {
        return Ok(());
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(|source| io(path, source))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let first = home.secret("links").unwrap();
        assert_eq!(first, home.secret("links").unwrap());
        assert_ne!(first, home.secret("other").unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(home.keys().join("links")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
