//! From bytes to a header, and from there to pixels.

use masthead_picture::{Component, Light, Picture, Plane, Rect};

use crate::deadline::Deadline;
use crate::jpeg::Jpeg;
use crate::png::Png;
use crate::rows::Source;
use crate::{Error, FileBytes, Format, Header, Limits, RowBatch, Rows};

/// An image file whose header has been read and accepted. It shares the bytes of the file, and borrows nothing: it may go
/// to another thread, or into a task.
///
/// # Guarantees
/// - the header holds to all limits that do not depend on a window: bytes, dimensions, pixels, scans.
pub struct Decoder {
    header: Header,
    limits: Limits,
    opened: Opened,
}

/// A file of one of the formats, with its header read.
enum Opened {
    Jpeg(Box<Jpeg>),
    Png(Box<Png>),
}

impl Decoder {
    /// Reads the header of a file. The format is told by the content; no pixel is touched. Usually this
    /// takes next to no time or memory. At worst, for a PNG that is all metadata, it takes a few milliseconds, and besides
    /// the file three times its length, 24 bytes for each column of the picture, and 16 MiB; [`Decoder::held`] says what
    /// of that is kept.
    ///
    /// # Errors
    /// When the file is none that can be decoded, or its header asks for more than `limits` accept. What is damaged
    /// behind the header shows only when it is decoded.
    pub fn new(file: impl Into<FileBytes>, limits: &Limits) -> Result<Self, Error> {
        Self::open(file.into(), limits)
    }

    fn open(file: FileBytes, limits: &Limits) -> Result<Self, Error> {
        limits.check_bytes(file.len())?;
        let (header, opened) = match Format::of(&file)? {
            Format::Jpeg => {
                let (header, jpeg) = Jpeg::open(file, limits)?;
                (header, Opened::Jpeg(Box::new(jpeg)))
            }
            Format::Png => {
                let (header, png) = Png::open(file, limits)?;
                (header, Opened::Png(Box::new(png)))
            }
        };
        Ok(Self { header, limits: limits.clone(), opened })
    }

    /// What the file says about its picture.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many bytes of memory this holds until it is dropped, the file not included: an upper bound. Mostly they are those of
    /// the ICC profile; besides them there are some hundred for each scan of a JPEG.
    #[must_use]
    pub fn held(&self) -> u64 {
        match &self.opened {
            Opened::Jpeg(jpeg) => jpeg.held(),
            Opened::Png(png) => png.held(),
        }
    }

    /// How many bytes of memory decoding `window` takes at its peak, with one [`RowBatch`] and what is
    /// [held](Decoder::held), the file not included: an upper bound, and for most files less than half as much again as is
    /// really used.
    #[must_use]
    pub fn memory(&self, window: Rect) -> u64 {
        match &self.opened {
            Opened::Jpeg(jpeg) => jpeg.memory(window),
            Opened::Png(png) => png.memory(window),
        }
    }

    /// How many bytes of memory each further [`RowBatch`] takes beside the first, when batches are read one after another
    /// into several of them: an upper bound. It is 0 where all rows come in one batch.
    #[must_use]
    pub fn batch_memory(&self, window: Rect) -> u64 {
        match &self.opened {
            Opened::Jpeg(jpeg) => jpeg.batch_memory(window),
            Opened::Png(png) => png.batch_memory(window),
        }
    }

    /// How many bytes of memory [`Decoder::decode`] takes at its peak: [`Decoder::memory`] and the planes of the picture.
    #[must_use]
    pub fn picture_memory(&self, window: Rect) -> u64 {
        let planes = self.header.samplings.iter().map(|sampling| sampling.cover(window).dimensions().pixels());
        planes.fold(LISTS.saturating_add(self.memory(window)), u64::saturating_add)
    }

    /// Begins to decode the part of the picture inside `window`, counted in pixels of the *stored* image: [`Rows::read`]
    /// then gives its rows. Rows below it are not looked at. Planes stay as the file has them; colours with alpha are
    /// premultiplied in `light`. The deadline counts from here.
    ///
    /// # Errors
    /// - When `window` reaches outside the stored image.
    /// - When [`Decoder::memory`] is above its limit: nothing is allocated then.
    /// - When there is no time at all.
    /// - When what stands before the pixels is damaged, and did not show in the header.
    pub fn rows(&self, window: Rect, light: Light) -> Result<Rows<'_>, Error> {
        self.start(window, light, Self::memory)
    }

    /// Decodes the part of the picture inside `window`: all its [rows](Decoder::rows) together.
    ///
    /// # Errors
    /// Those of [`Decoder::rows`], with [`Decoder::picture_memory`], and of [`Rows::read`].
    pub fn decode(&self, window: Rect, light: Light) -> Result<Picture, Error> {
        let mut rows = self.start(window, light, Self::picture_memory)?;
        let samplings = &self.header.samplings;
        let covers: Vec<_> = samplings.iter().map(|sampling| sampling.cover(window)).collect();
        let lengths = covers.iter().map(|cover| cover.width() as usize * cover.height() as usize);
        let mut planes: Vec<Vec<u8>> = lengths.map(Vec::with_capacity).collect();
        let mut batch = RowBatch::default();
        while rows.read(&mut batch)? {
            for (plane, rows) in planes.iter_mut().zip(batch.components()) {
                rows.rows().for_each(|row| plane.extend_from_slice(row));
            }
        }
        let components = samplings.iter().zip(covers).zip(planes).map(|((sampling, cover), samples)| {
            let plane = Plane::new(cover.dimensions(), samples)?;
            Some(Component { plane, sampling: *sampling, left: cover.left(), top: cover.top() })
        });
        components
            .collect::<Option<Vec<_>>>()
            .and_then(|components| Picture::new(self.header.model(), window, components, light))
            .ok_or_else(|| Error::broken(self.header.format, "its rows do not fill the window"))
    }

    fn start(&self, window: Rect, light: Light, memory: fn(&Self, Rect) -> u64) -> Result<Rows<'_>, Error> {
        let deadline = Deadline::after(self.limits.deadline);
        let stored = self.header.stored;
        if !Rect::of(stored).contains(window) {
            return Err(Error::Window { window, stored });
        }
        self.limits.check_memory(memory(self, window))?;
        deadline.check()?;
        let source = match &self.opened {
            Opened::Jpeg(jpeg) => Source::Jpeg(Box::new(jpeg.rows(window)?)),
            Opened::Png(png) => Source::Png(Box::new(png.rows(window, light)?)),
        };
        Ok(Rows::new(source, deadline))
    }
}

/// What the lists of a picture take, besides its planes.
const LISTS: u64 = 1 << 10;

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("header", &self.header).field("limits", &self.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn may_be_made_on_one_thread_and_used_on_another() {
        fn check<T: Send + 'static>() {}
        check::<Decoder>();
        check::<Rows<'static>>();
        check::<RowBatch>();
    }
}
