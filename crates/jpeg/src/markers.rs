//! Markers, and the parameters of a scan (T.81, annex B).

/// For private use; stands alone.
pub(crate) const TEM: u8 = 0x01;
/// The first of the sixteen start-of-frame codes, four of which mean something else: frame header, baseline.
pub(crate) const SOF0: u8 = 0xc0;
/// Frame header, progressive.
pub(crate) const SOF2: u8 = 0xc2;
/// Huffman tables.
pub(crate) const DHT: u8 = 0xc4;
/// Reserved.
pub(crate) const JPG: u8 = 0xc8;
/// Conditioning of arithmetic coding.
pub(crate) const DAC: u8 = 0xcc;
/// The last of the start-of-frame codes.
pub(crate) const SOF15: u8 = 0xcf;
/// The first of the eight restart markers, which take turns.
pub(crate) const RST0: u8 = 0xd0;
/// The last of them.
pub(crate) const RST7: u8 = 0xd7;
/// Start of image.
pub(crate) const SOI: u8 = 0xd8;
/// End of image.
pub(crate) const EOI: u8 = 0xd9;
/// Scan header.
pub(crate) const SOS: u8 = 0xda;
/// Quantisation tables.
pub(crate) const DQT: u8 = 0xdb;
/// Number of rows, where the frame header does not say.
pub(crate) const DNL: u8 = 0xdc;
/// Restart interval.
pub(crate) const DRI: u8 = 0xdd;
/// Hierarchical progression.
pub(crate) const DHP: u8 = 0xde;
/// Application segment 0: JFIF.
pub(crate) const APP0: u8 = 0xe0;
/// EXIF, among others.
pub(crate) const APP1: u8 = 0xe1;
/// ICC profiles, among others.
pub(crate) const APP2: u8 = 0xe2;
/// Adobe's colour transform, among others.
pub(crate) const APP14: u8 = 0xee;
/// The frame header of JPEG-LS (T.87).
pub(crate) const SOF55: u8 = 0xf7;

/// Which coefficients of each block a scan holds, in zigzag order (`Ss` and `Se`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpectralSelection {
    pub(crate) start: u8,
    pub(crate) end: u8,
}

impl SpectralSelection {
    /// All 64.
    pub(crate) const ALL: Self = Self { start: 0, end: 63 };
    /// The DC coefficient alone.
    pub(crate) const DC: Self = Self { start: 0, end: 0 };
}

/// Which bits of the coefficients a scan holds (`Ah` and `Al`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SuccessiveApproximation {
    /// The lowest bit of the scan before, or 0 when this is the first of these coefficients.
    pub(crate) high: u8,
    /// The lowest bit of this scan.
    pub(crate) low: u8,
}

impl SuccessiveApproximation {
    /// All bits at once.
    pub(crate) const NONE: Self = Self { high: 0, low: 0 };
}
