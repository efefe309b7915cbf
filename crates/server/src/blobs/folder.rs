//! Folders on disk: made durable, made private, swept, and looked at.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind};
use std::path::Path as Folder;

use super::{IDENTITY, Identity, Part, QUARANTINE, upload_of};
use crate::private;

/// The folder of a file or folder.
pub(crate) fn above(path: &Folder) -> &Folder {
    path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Folder::new("."))
}

/// Makes a folder, for its owner alone, and those above it, and sees to it that they outlast a power cut.
pub(crate) fn make_durable(folder: &Folder) -> io::Result<()> {
    make_folder(folder, 0o700)
}

fn make_folder(folder: &Folder, mode: u32) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    make_folder(above(folder), 0o777)?;
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    #[cfg(not(unix))]
    let _ = mode;
    match builder.create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_folder(above(folder))
}

/// Sees to it that what was made, renamed or removed in a folder outlasts a power cut.
pub(crate) fn sync_folder(folder: &Folder) -> io::Result<()> {
    // Only Unix has folders that can be opened and synchronised.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A file is written as `NAME#NUMBER` and renamed; after a kill that file stays, hidden from listings.
pub(super) fn sweep_partial(folder: &Folder) -> io::Result<()> {
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().contains('#')) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Takes from others what they may do with the files of a folder: an earlier version, or somebody by hand, may have left them
/// open.
pub(super) fn make_files_private(folder: &Folder) -> io::Result<()> {
    let mut changed = 0;
    for file in fs::read_dir(folder)? {
        changed += u64::from(private::file(&file?.path())?);
    }
    if changed > 0 {
        tracing::warn!(folder = %folder.display(), files = changed, "others could read or write these files: their mode is 600 now");
    }
    Ok(())
}

/// What there is before anything is made: what the identity file says, and whether there are originals or banners,
/// also in the quarantine.
pub(super) fn peek(folder: &Folder) -> io::Result<(Option<Identity>, bool)> {
    let missing = |error: io::Error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) };
    let identity = match fs::read_to_string(folder.join(IDENTITY)) {
        Ok(text) => {
            Some(text.parse().map_err(|error| io::Error::new(ErrorKind::InvalidData, format!("{IDENTITY} {error}")))?)
        }
        Err(error) => missing(error).map(|()| None)?,
    };
    let entries = |name: &str| match fs::read_dir(folder.join(name)) {
        Ok(entries) => entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>(),
        Err(error) => missing(error).map(|()| Vec::new()),
    };
    // A batch of the quarantine goes with its last file.
    let mut files = !entries(QUARANTINE)?.is_empty();
    for part in Part::ALL {
        files = files || entries(part.name())?.iter().any(|name| name.to_str().and_then(upload_of).is_some());
    }
    Ok((identity, files))
}
