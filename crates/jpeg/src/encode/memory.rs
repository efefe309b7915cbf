//! What encoding takes, before it is done.

use masthead_picture::{Dimensions, Sampling};

use super::frame::BLOCK_SIDE;
use super::kernels::{Block, MAX_BLOCK_TOKENS, QUAD};
use super::quantisation::Quantisation;
use super::token::Token;
use super::tokens::MAX_RESERVED;
use super::{Coding, JpegOptions};

/// Upper bounds of what encoding a picture takes, in bytes, besides the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeMemory {
    /// What is taken while the file is written, and given back then.
    pub working: u64,
    /// The file.
    pub file: u64,
}

/// What encoding a picture of these dimensions takes, with chroma sampled like this, or grey when that is `None`.
///
/// The file is counted as if the picture were noise of black and white, which has the most bits; the tokens of [`Coding::Optimal`]
/// and [`Coding::Progressive`] as if there were one for each sample, 4 bytes: that much address space is taken, of which
/// photographs touch a tenth.
///
/// ```
/// use masthead_jpeg::{Coding, JpegOptions, memory};
/// use masthead_picture::{Dimensions, Sampling};
///
/// let size = Dimensions::new(1500, 500).unwrap();
/// let optimal = memory(size, Some(Sampling::HALF), &JpegOptions::default());
/// assert!(optimal.working < 5 << 20);
/// ```
#[must_use]
pub fn memory(dimensions: Dimensions, chroma: Option<Sampling>, options: &JpegOptions) -> EncodeMemory {
    let layout = Layout::new(dimensions, chroma);
    let file = file(options, &layout);
    let working = match options.coding {
        // The file grows as it is written: by doubling, and then there are two of it.
        Coding::Standard => 2 * file,
        Coding::Optimal => tokens(layout.mcus * layout.blocks_per_mcu),
        Coding::Progressive => {
            let coefficients = layout.quads * QUAD as u64 * size_of::<Block>() as u64;
            // The scan of luma is the longest. In scans that refine, 63 bits of each block may wait in a list that grows.
            coefficients + tokens(layout.luma_blocks) + 3 * 8 * layout.luma_blocks.min(0x7fff)
        }
    };
    EncodeMemory { working: working + FIXED, file }
}

/// Tables, counters and the buffers of a group of blocks, the latter on the stack.
const FIXED: u64 = 64 << 10;

/// What the tokens of so many blocks take.
fn tokens(blocks: u64) -> u64 {
    let most = blocks * MAX_BLOCK_TOKENS as u64;
    // Beyond what is taken at the start, the list grows by doubling.
    let grown = if most > MAX_RESERVED as u64 { 3 } else { 1 };
    grown * most * size_of::<Token>() as u64
}

/// How many blocks and MCUs a picture has.
struct Layout {
    /// MCUs of an interleaved scan.
    mcus: u64,
    blocks_per_mcu: u64,
    /// Of luma alone, without those that only fill up MCUs.
    luma_blocks: u64,
    /// Of all components.
    quads: u64,
}

impl Layout {
    fn new(dimensions: Dimensions, chroma: Option<Sampling>) -> Self {
        let count = |size: Dimensions, width: usize, height: usize| {
            u64::from(size.width().div_ceil(width as u32)) * u64::from(size.height().div_ceil(height as u32))
        };
        let quads = |size| count(size, QUAD * BLOCK_SIDE, BLOCK_SIDE);
        let (factor, blocks_per_mcu) = match chroma {
            None => (1, 1),
            Some(Sampling::HALF) => (2, 6),
            Some(_) => (1, 3),
        };
        let quads_of_chroma = chroma.map_or(0, |sampling| 2 * quads(sampling.component_dimensions(dimensions)));
        Self {
            mcus: count(dimensions, factor * BLOCK_SIDE, factor * BLOCK_SIDE),
            blocks_per_mcu,
            luma_blocks: count(dimensions, BLOCK_SIDE, BLOCK_SIDE),
            quads: quads(dimensions) + quads_of_chroma,
        }
    }
}

/// The size of the file for noise of black and white, a tenth more than which was measured.
fn file(options: &JpegOptions, layout: &Layout) -> u64 {
    let quality = options.quality.max(options.chroma_quality.unwrap_or(options.quality)).get();
    // Hundredths of a byte for each sample, those included that fill up blocks and MCUs.
    let hundredths = match (quality, options.quantisation) {
        (_, Quantisation::Custom { .. }) | (96.., _) => 205,
        (86.., _) => 135,
        _ => 90,
    };
    let blocks = layout.mcus * layout.blocks_per_mcu;
    // A restart marker, and a byte that is filled up, for each block of a thin picture.
    let restarts = options.restart_rows.map_or(0, |_| 4 * blocks);
    blocks * 64 * hundredths / 100 + HEADERS + restarts
}

/// Tables and headers of all scans.
const HEADERS: u64 = 2048;
