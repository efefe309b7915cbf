//! The rows of a window, from the top.

use crate::deadline::Deadline;
use crate::{Error, RowBatch, jpeg, png};

/// A window that is being decoded, as [`Decoder::rows`](crate::Decoder::rows) begins it: its rows are read from the top,
/// a batch at a time.
pub struct Rows<'a> {
    source: Source<'a>,
    deadline: Deadline,
    finished: bool,
}

/// What the rows come from.
pub(crate) enum Source<'a> {
    Jpeg(Box<jpeg::Rows<'a>>),
    Png(Box<png::Rows>),
}

impl<'a> Rows<'a> {
    pub(crate) fn new(source: Source<'a>, deadline: Deadline) -> Self {
        Self { source, deadline, finished: false }
    }

    /// Decodes the next rows of the window into `batch`; `false` when all of them have been read. A batch has as many as
    /// the format makes at once: an MCU row of a JPEG, all rows of an interlaced PNG.
    ///
    /// # Errors
    /// - When the deadline passes.
    /// - When the pixel data is damaged or cut within the rows that are needed. What would come after an error is not
    ///   decoded: to read on is to get `false`.
    pub fn read(&mut self, batch: &mut RowBatch) -> Result<bool, Error> {
        batch.clear();
        if self.finished {
            return Ok(false);
        }
        self.finished = true;
        let more = match &mut self.source {
            Source::Jpeg(rows) => rows.read(batch, self.deadline)?,
            Source::Png(rows) => rows.read(batch, self.deadline)?,
        };
        self.finished = !more;
        Ok(more)
    }
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
