//! How much memory a variant takes.

use masthead_encode::{Coding, Quantisation};
use masthead_picture::{Dimensions, Sampling};

use crate::Encoding;
use crate::plan::PlannedVariant;

/// What the JPEG encoder keeps of a sample at most: a token, and of progressive files a coefficient, in bytes.
const TOKEN_BYTES: u64 = 4;
const COEFFICIENT_BYTES: u64 = 3;

impl PlannedVariant {
    /// What its planes take, in bytes.
    pub(crate) fn plane_bytes(&self) -> u64 {
        self.components.iter().map(|component| component.target.pixels()).sum()
    }

    /// Memory while it is turned, converted and encoded, in bytes, besides its planes.
    pub(crate) fn encode_bytes(&self) -> u64 {
        let planes = self.plane_bytes();
        let (channels, encoder) = match self.spec.encoding() {
            Encoding::Jpeg { options, .. } => {
                let coefficients = match options.coding {
                    // Its file grows as it is written.
                    Coding::Standard => 2 * self.file_bytes(),
                    Coding::Optimal => TOKEN_BYTES * self.jpeg_samples(),
                    Coding::Progressive => (COEFFICIENT_BYTES + TOKEN_BYTES) * self.jpeg_samples(),
                };
                (planes, coefficients)
            }
            // Chroma and the like have a sample for each pixel in a PNG file.
            Encoding::Png(_) => {
                let (channels, size) = (self.components.len() as u64, self.spec.dimensions());
                // A row in each of the filters that are tried.
                (planes.max(channels * size.pixels()), 6 * channels * u64::from(size.width()))
            }
        };
        channels - planes + channels / 2 + encoder + self.file_bytes()
    }

    /// The samples of all components in a JPEG file, in whole MCUs: an interleaved scan keeps those of all components, also of
    /// blocks that only fill up MCUs. The encoder makes blocks of 32 columns.
    fn jpeg_samples(&self) -> u64 {
        let blocks = |plane: Dimensions| {
            u64::from(plane.width().next_multiple_of(32)) * u64::from(plane.height().next_multiple_of(16))
        };
        let chroma = self.chroma.component_dimensions(self.spec.dimensions());
        blocks(self.spec.dimensions()) + if self.components.len() == 1 { 0 } else { 2 * blocks(chroma) }
    }

    /// The size of its file for a picture of noise, for which it is the largest.
    pub(crate) fn file_bytes(&self) -> u64 {
        let pixels = self.spec.dimensions().pixels();
        match self.spec.encoding() {
            Encoding::Jpeg { options, .. } => {
                let quality = options.quality.max(options.chroma_quality.unwrap_or(options.quality)).get();
                let tenths = match (quality, options.quantisation) {
                    (_, Quantisation::Custom { .. }) | (96.., _) => 30,
                    (86.., _) => 15,
                    _ => 9,
                };
                let tenths = match self.components.len() {
                    1 => tenths * 4 / 5,
                    _ if self.chroma == Sampling::HALF => tenths,
                    _ => 2 * tenths,
                };
                // A restart marker for each block of a thin picture.
                let restarts = options.restart_rows.map_or(0, |_| self.jpeg_samples() / 16);
                pixels * tenths / 10 + 2048 + restarts
            }
            // The fixed codes of the fast effort are longer than noise.
            Encoding::Png(_) => self.components.len() as u64 * pixels * 9 / 8,
        }
    }
}
