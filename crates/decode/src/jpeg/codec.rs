//! The entropy decoding and the inverse DCT of a JPEG: the only file that knows `zune-jpeg`.

use zune_core::options::DecoderOptions;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::{JpegDecoder, RawImcuRowStatus};

use super::broken;
use super::source::Source;
use crate::Error;
use crate::deadline::Deadline;

/// The greatest width and height that a JPEG can tell. What is accepted is checked before, with messages of our own.
const MAX_SIDE: usize = 65_535;

/// A JPEG whose header has been read, and whose MCU rows can be pulled from the top.
pub(crate) struct Codec {
    decoder: JpegDecoder<Source>,
    /// For the report, should time run out.
    deadline: Option<Deadline>,
}

impl Codec {
    /// Reads the tables and the header of the first scan.
    pub(crate) fn new(source: Source, scans: usize) -> Result<Self, Error> {
        // Strict: a damaged scan of a progressive file is an error, instead of a picture that lacks it. What is only
        // unusual, such as bytes between segments, the source does not hold.
        let options = DecoderOptions::default()
            .set_strict_mode(true)
            .set_max_width(MAX_SIDE)
            .set_max_height(MAX_SIDE)
            .jpeg_set_max_scans(scans);
        let mut codec = Self { decoder: JpegDecoder::new(source), deadline: None };
        codec.decoder.set_options(options);
        codec.decoder.decode_headers().map_err(|error| codec.error(error))?;
        Ok(codec)
    }

    /// Gives up at the deadline, which is looked at before each row of blocks.
    pub(crate) fn set_deadline(&mut self, deadline: Deadline) {
        self.decoder.set_cancel(move || deadline.has_passed());
        self.decoder.set_cancel_interval(1);
        self.deadline = Some(deadline);
    }

    /// Decodes the next MCU row: for each component a buffer of its rows, which are `widths` samples long and follow
    /// each other without a gap. The last MCU row may have fewer rows.
    ///
    /// The first call decodes all of a file that is progressive or has more than one scan.
    pub(crate) fn next_mcu_row(&mut self, planes: &mut [&mut [u8]], widths: &[usize]) -> Result<(), Error> {
        // The state of the sequence is kept in the decoder; the session itself costs nothing.
        let status = self.decoder.raw_output().decode_next_imcu_row(planes, widths);
        match status {
            Ok(RawImcuRowStatus::RowReady { rows_written }) => {
                let complete = planes
                    .iter()
                    .zip(widths)
                    .zip(rows_written)
                    .all(|((plane, width), rows)| plane.len() == rows * width);
                if complete { Ok(()) } else { Err(broken("a row of blocks is not complete")) }
            }
            Ok(_) => Err(broken("the pixel data ends too early")),
            Err(error) => Err(self.error(error)),
        }
    }

    fn error(&self, error: DecodeErrors) -> Error {
        match (error, self.deadline) {
            (DecodeErrors::Cancelled, Some(deadline)) => deadline.error(),
            // These two would be shown in quotes.
            (DecodeErrors::Format(reason), _) => broken(reason),
            (DecodeErrors::FormatStatic(reason), _) => broken(reason),
            (error, _) if error.is_recoverable_eof() => broken("the file ends too early"),
            (error, _) => broken(error),
        }
    }
}
