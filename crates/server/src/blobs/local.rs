//! The blob store in a local folder: private files, durable when they are said to be written, and none where the identity is
//! missing.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::ops::Range;
use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};
use tokio::task::spawn_blocking;

use super::folder::{above, make_durable, make_files_private, sweep_partial, sync_folder};
use super::{IDENTITY, Part, QUARANTINE};
use crate::private;

/// When a file that is written is safe from a power cut, and what one may leave of it before: an extension of the options of a put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Durability {
    /// When it is written. Under its name there is all of it or nothing, at any time.
    #[default]
    Whole,
    /// When it is written. A power cut before that may leave a part of it under its name: for a file that nobody is told of before. It
    /// saves one of two commits of the file system's journal.
    Written,
    /// When it is secured ([`Local::secure`]): until then it is not waited for the disk, and a file that is deleted soon
    /// never gets there.
    Secured,
}

/// The folder, clones of which share it. Files are read and listed as [`LocalFileSystem`] does it.
#[derive(Clone, Debug)]
pub(super) struct Local {
    files: Arc<LocalFileSystem>,
    folder: PathBuf,
    /// Tells the names of files that are being written apart.
    written: Arc<AtomicU64>,
}

impl Local {
    /// Makes the folder where there is none, takes from others what they may do with it, and removes what a process that was
    /// killed has left half written.
    pub(super) fn open(folder: &Folder) -> io::Result<Self> {
        make_durable(folder)?;
        private::folder(folder)?;
        sweep_partial(folder)?;
        for part in Part::ALL {
            let part = folder.join(part.name());
            make_durable(&part)?;
            private::folder(&part)?;
            sweep_partial(&part)?;
            make_files_private(&part)?;
        }
        Ok(Self::attach(folder)?)
    }

    /// The folder as it is.
    pub(super) fn attach(folder: &Folder) -> Result<Self> {
        let files = LocalFileSystem::new_with_prefix(folder)?;
        Ok(Self { files: Arc::new(files), folder: folder.to_owned(), written: Arc::default() })
    }

    /// An error where the identity file is missing: the folder that stood here is not mounted, and what is written now would
    /// be out of sight when it is.
    fn guard(&self) -> io::Result<()> {
        let identity = self.folder.join(IDENTITY);
        let missing = || format!("{} is missing: is the folder mounted?", identity.display());
        match identity.try_exists() {
            Ok(true) => Ok(()),
            Ok(false) => Err(io::Error::new(ErrorKind::NotFound, missing())),
            Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", identity.display()))),
        }
    }

    /// Writes a file for its owner alone, whatever the umask is: it gets its mode when it is made, which costs nothing.
    fn write(&self, path: &Path, payload: &PutPayload, durability: Durability) -> io::Result<()> {
        let path = self.folder.join(path.as_ref());
        let (file, staged) = match self.stage(&path) {
            // Somebody has removed the folder of originals or banners.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make_durable(above(&path))?;
                self.stage(&path)?
            }
            staged => staged?,
        };
        let sync_if = |now: bool| if now { file.sync_all() } else { Ok(()) };
        let written = payload
            .iter()
            .try_for_each(|part| (&file).write_all(part))
            .and_then(|()| sync_if(durability == Durability::Whole))
            .and_then(|()| fs::rename(&staged, &path))
            .and_then(|()| sync_if(durability == Durability::Written));
        if let Err(error) = written {
            // What cannot be removed either is swept up at the next start, or unknown.
            let _ = fs::remove_file(&staged);
            return Err(error);
        }
        if durability == Durability::Secured { Ok(()) } else { sync_folder(above(&path)) }
    }

    /// Sees to it that a file which was written outlasts a power cut. One that is not there any more need not.
    pub(super) async fn secure(&self, path: &Path) -> Result<()> {
        let file = self.folder.join(path.as_ref());
        let secured = self.guarded(path, move |_| {
            // For writing: Windows has the disk take no other file.
            File::options().write(true).open(&file)?.sync_all()?;
            sync_folder(above(&file))
        });
        match secured.await {
            Err(Error::NotFound { .. }) => Ok(()),
            secured => secured,
        }
    }

    /// A new file beside `path`, `NAME#NUMBER`, which no listing shows.
    fn stage(&self, path: &Folder) -> io::Result<(File, PathBuf)> {
        loop {
            let mut staged = path.to_owned().into_os_string();
            staged.push(format!("#{}", self.written.fetch_add(1, Ordering::Relaxed)));
            match private::writing().create_new(true).open(&staged) {
                Ok(file) => return Ok((file, staged.into())),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves a file. It is not waited for the disk, which takes a hundred times as long: after a power cut it is in one place or in
    /// the other, and is moved again.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.folder.join(from.as_ref()), self.folder.join(to.as_ref()));
        for folder in
            to.ancestors().skip(1).take_while(|folder| *folder != self.folder).collect::<Vec<_>>().iter().rev()
        {
            make_durable(folder)?;
        }
        fs::rename(&from, &to)?;
        self.tidy(&from);
        Ok(())
    }

    fn delete(&self, path: &Path) -> io::Result<()> {
        let path = self.folder.join(path.as_ref());
        fs::remove_file(&path)?;
        self.tidy(&path);
        Ok(())
    }

    /// Removes the folders of the quarantine that a file was the last one in.
    fn tidy(&self, file: &Folder) {
        let quarantine = self.folder.join(QUARANTINE);
        if file.starts_with(&quarantine) {
            // One that is not empty is not removed.
            let _ = above(file).ancestors().take_while(|folder| **folder != quarantine).try_for_each(fs::remove_dir);
        }
    }

    /// Does `work`, where it may block and where the identity is there.
    async fn guarded<T: Send + 'static>(
        &self,
        path: &Path,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let local = self.clone();
        let done = spawn_blocking(move || {
            local.guard().map_err(failed)?;
            Ok(work(&local))
        });
        done.await?.and_then(|worked| {
            worked.map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::NotFound { path: path.to_string(), source: error.into() },
                _ => failed(error),
            })
        })
    }

    /// What was read. That another file is not there is known only where the identity is.
    async fn read<T>(&self, path: &Path, result: Result<T>) -> Result<T> {
        if matches!(result, Err(Error::NotFound { .. })) && path.as_ref() != IDENTITY {
            self.guarded(path, |_| Ok(())).await?;
        }
        result
    }
}

fn failed(error: io::Error) -> Error {
    Error::Generic { store: "folder", source: error.into() }
}

impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.folder.display().fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Local {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let durability = options.extensions.get().copied().unwrap_or_default();
        match options.mode {
            PutMode::Overwrite => {
                self.guarded(path, {
                    let path = path.clone();
                    move |local| local.write(&path, &payload, durability)
                })
                .await?
            }
            // Of the identity, by the one process that has the folder to itself.
            PutMode::Create => {
                let (local, path) = (self.clone(), path.clone());
                spawn_blocking(move || {
                    let there = local.folder.join(path.as_ref());
                    if there.try_exists().map_err(failed)? {
                        let source = io::Error::from(ErrorKind::AlreadyExists).into();
                        return Err(Error::AlreadyExists { path: path.to_string(), source });
                    }
                    local.write(&path, &payload, durability).map_err(failed)
                })
                .await??;
            }
            PutMode::Update(_) => return Err(Error::NotSupported { source: "update of a local file".into() }),
        }
        Ok(PutResult { e_tag: None, version: None, extensions: Default::default() })
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(Error::NotSupported { source: "a local file in parts".into() })
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.read(path, self.files.get_opts(path, options).await).await
    }

    async fn get_ranges(&self, path: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.read(path, self.files.get_ranges(path, ranges).await).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let local = self.clone();
        let deleted = paths.then(move |path| {
            let local = local.clone();
            async move {
                let path = path?;
                local
                    .guarded(&path, {
                        let path = path.clone();
                        move |local| local.delete(&path)
                    })
                    .await?;
                Ok(path)
            }
        });
        deleted.boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(Error::NotSupported { source: "a copy of a local file".into() })
    }

    async fn rename_opts(&self, from: &Path, to: &Path, _: RenameOptions) -> Result<()> {
        let to = to.clone();
        self.guarded(from, {
            let from = from.clone();
            move |local| local.rename(&from, &to)
        })
        .await
    }
}
