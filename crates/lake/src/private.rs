//! Files and folders that only their owner may read: what the lake writes is personal data.
//!
//! Goes in: a path. Comes out: a file of mode 0600 or a folder of 0700 on Unix, whatever the umask is and whatever mode an earlier file of
//! that name had. Other systems keep their own rules.

use std::fs::{File, OpenOptions};
use std::io::Result;
use std::path::Path;

/// Creates a file or empties the one that is there; it can be written and read.
pub(crate) fn create(path: &Path) -> Result<File> {
    open(path, OpenOptions::new().read(true).write(true).create(true).truncate(true))
}

/// Makes a folder and those above it, and closes it to everybody but its owner.
pub(crate) fn folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// Opens a file with these options, for its owner only.
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}
