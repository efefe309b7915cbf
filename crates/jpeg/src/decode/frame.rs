//! The frame header of a JPEG: the picture's size and how its components are sampled (T.81, B.2.2).

use masthead_picture::{Dimensions, Sampling};

/// Rows and columns of a block of samples.
pub(super) const BLOCK: u32 = 8;

/// How coefficients are spread over scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Process {
    /// One scan has all of a component; Huffman coding with at most two tables of each kind (SOF0).
    Baseline,
    /// One scan has all of a component (SOF1, SOF9).
    ExtendedSequential,
    /// Scans have bands of coefficients, and bits of them (SOF2, SOF10).
    Progressive,
}

/// How symbols become bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntropyCoding {
    /// Huffman coding.
    Huffman,
    /// Arithmetic coding (SOF9, SOF10).
    Arithmetic,
}

/// What the frame header says of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameComponent {
    pub(super) id: u8,
    pub(super) horizontal: u8,
    pub(super) vertical: u8,
    pub(super) sampling: Sampling,
    /// Which of the four quantisation tables it uses; more than 3 when it names none.
    pub(super) quantisation: u8,
}

impl FrameComponent {
    /// Its identifier.
    #[must_use]
    pub const fn id(&self) -> u8 {
        self.id
    }

    /// The horizontal sampling factor, 1 to 4: blocks of an MCU from left to right. 1 for a single component.
    #[must_use]
    pub const fn horizontal(&self) -> u8 {
        self.horizontal
    }

    /// The vertical sampling factor, 1 to 4: blocks of an MCU from top to bottom. 1 for a single component.
    #[must_use]
    pub const fn vertical(&self) -> u8 {
        self.vertical
    }

    /// Samples per pixel: the factors as parts of the greatest ones of the frame.
    #[must_use]
    pub const fn sampling(&self) -> Sampling {
        self.sampling
    }
}

/// A frame header that can be decoded.
///
/// # Guarantees
/// - there are 1 to 4 components of 8-bit samples;
/// - sampling factors are 1 to 4; those of a single component are 1.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) dimensions: Dimensions,
    pub(super) process: Process,
    pub(super) coding: EntropyCoding,
    pub(super) components: Vec<FrameComponent>,
    /// The greatest sampling factors.
    pub(super) max_horizontal: u8,
    pub(super) max_vertical: u8,
}

impl Frame {
    /// MCUs in a row, when all components are interleaved.
    pub(super) fn mcus_across(&self) -> u32 {
        self.dimensions.width().div_ceil(BLOCK * u32::from(self.max_horizontal))
    }

    /// Rows of MCUs.
    pub(super) fn mcu_rows(&self) -> u32 {
        self.dimensions.height().div_ceil(self.mcu_height())
    }

    /// Rows of pixels in an MCU row.
    pub(super) fn mcu_height(&self) -> u32 {
        BLOCK * u32::from(self.max_vertical)
    }

    /// Blocks in a row of a component, without those that only fill up MCUs: so many has a scan of it alone (T.81, A.2.2).
    pub(super) fn blocks_across(&self, component: usize) -> u32 {
        self.component_dimensions(component).width().div_ceil(BLOCK)
    }

    /// Rows of blocks of a component, without those that only fill up MCUs.
    pub(super) fn blocks_down(&self, component: usize) -> u32 {
        self.component_dimensions(component).height().div_ceil(BLOCK)
    }

    /// Samples of a component.
    pub(super) fn component_dimensions(&self, component: usize) -> Dimensions {
        self.components[component].sampling.component_dimensions(self.dimensions)
    }
}
