//! Who may look into files and folders: their owner.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// To write files with that are made for their owner alone, whatever the umask is.
pub(crate) fn writing() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives a file that others may read or write the mode 0600. Whether that was needed.
///
/// # Errors
/// When it is not there. One of another owner is left as it is.
pub(crate) fn file(path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return match fs::set_permissions(path, fs::Permissions::from_mode(0o600)) {
                Err(error) if error.kind() != io::ErrorKind::PermissionDenied => Err(error),
                changed => Ok(changed.is_ok()),
            };
        }
    }
    #[cfg(not(unix))]
    fs::metadata(path)?;
    Ok(false)
}

/// Gives a folder that others may do anything with the mode 0700. One of another owner, as volumes of containers are, is left
/// as it is, and warned of.
///
/// # Errors
/// When everybody may write into it and that cannot be changed, or everybody is meant to, as in `/tmp`.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        const STICKY: u32 = 0o1000;
        const OTHERS_WRITE: u32 = 0o002;
        let mode = fs::metadata(path)?.permissions().mode() & 0o7777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        let changed = match mode & STICKY {
            0 => fs::set_permissions(path, fs::Permissions::from_mode(0o700)),
            _ => Err(io::ErrorKind::PermissionDenied.into()),
        };
        let folder = path.display();
        match changed {
            Ok(()) => {
                tracing::warn!(%folder, "others could look or write into this folder (mode {mode:o}): its mode is 700 now")
            }
            Err(error) if error.kind() != io::ErrorKind::PermissionDenied => return Err(error),
            Err(_) if mode & OTHERS_WRITE != 0 => {
                return Err(io::Error::other(format!(
                    "everybody can write into this folder (mode {mode:o}): choose one of masthead's own, with the mode 700"
                )));
            }
            Err(_) => {
                tracing::warn!(%folder, "others can look or write into this folder (mode {mode:o}), and it is not ours to change")
            }
        }
    }
    Ok(())
}
