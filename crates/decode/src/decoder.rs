//! From bytes to a header, and from there to pixels.

use masthead_picture::{Light, Picture, Rect};

use crate::deadline::Deadline;
use crate::jpeg::Jpeg;
use crate::png::Png;
use crate::{Error, Format, Header, Limits};

/// An image file whose header has been read and accepted.
///
/// # Guarantees
/// - the header holds to all limits that do not depend on a window: bytes, dimensions, pixels, scans.
pub struct Decoder<'a> {
    header: Header,
    limits: Limits,
    source: Source<'a>,
}

enum Source<'a> {
    Jpeg(Box<Jpeg<'a>>),
    Png(Box<Png<'a>>),
}

impl<'a> Decoder<'a> {
    /// Reads the header of a file. The format is told by the content; no pixel is touched. This takes a few milliseconds
    /// and less than 16 MiB of memory more than the file at worst, and next to nothing usually.
    ///
    /// # Errors
    /// When the file is none that can be decoded, or its header asks for more than `limits` accept. What is damaged
    /// behind the header shows only when it is decoded.
    pub fn new(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        limits.check_bytes(bytes.len())?;
        let (header, source) = match Format::of(bytes)? {
            Format::Jpeg => {
                let (header, jpeg) = Jpeg::open(bytes, limits)?;
                (header, Source::Jpeg(Box::new(jpeg)))
            }
            Format::Png => {
                let (header, png) = Png::open(bytes, limits)?;
                (header, Source::Png(Box::new(png)))
            }
        };
        Ok(Self { header, limits: limits.clone(), source })
    }

    /// What the file says about its picture.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many bytes of memory decoding `window` takes at its peak, the picture included, the file not: an upper
    /// bound, and for most files less than half as much again as is really used.
    #[must_use]
    pub fn memory(&self, window: Rect) -> u64 {
        match &self.source {
            Source::Jpeg(jpeg) => jpeg.memory(window),
            Source::Png(png) => png.memory(&self.header, window),
        }
    }

    /// Decodes the part of the picture inside `window`, counted in pixels of the *stored* image. Rows below it are not
    /// looked at. Planes stay as the file has them; colours with alpha are premultiplied in `light`.
    ///
    /// # Errors
    /// - When `window` reaches outside the stored image.
    /// - When [`Decoder::memory`] is above its limit: nothing is allocated then.
    /// - When the deadline passes.
    /// - When the pixel data is damaged or cut within the rows that are needed.
    pub fn decode(self, window: Rect, light: Light) -> Result<Picture, Error> {
        let deadline = Deadline::after(self.limits.deadline);
        let stored = self.header.stored;
        if !Rect::of(stored).contains(window) {
            return Err(Error::Window { window, stored });
        }
        self.limits.check_memory(self.memory(window))?;
        deadline.check()?;
        match self.source {
            Source::Jpeg(jpeg) => jpeg.decode(&self.header, window, deadline),
            Source::Png(png) => png.decode(&self.header, window, light, deadline),
        }
    }
}

impl std::fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("header", &self.header).field("limits", &self.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A decoder may be made on one thread and used on another.
    #[test]
    fn is_send() {
        fn send(_: impl Send) {}
        send(Decoder::new(b"", &Limits::default()));
    }
}
