//! Files that only their owner may read: what the lake writes is personal data.
//!
//! Goes in: a path. Comes out: a file of mode 0600 on Unix, whatever the umask is and whatever mode an earlier file of
//! that name had. Other systems keep their own rules.

use std::fs::{File, OpenOptions};
use std::io::Result;
use std::path::Path;

/// Creates a file or empties the one that is there; it can be written and read.
pub(crate) fn create(path: &Path) -> Result<File> {
    open(path, OpenOptions::new().read(true).write(true).create(true).truncate(true))
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
