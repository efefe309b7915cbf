//! Markers, and the parameters of a scan (T.81, annex B).

/// Start of image.
pub(crate) const SOI: u8 = 0xd8;
/// End of image.
pub(crate) const EOI: u8 = 0xd9;
/// Application segment 0: JFIF.
pub(crate) const APP0: u8 = 0xe0;
/// Quantisation tables.
pub(crate) const DQT: u8 = 0xdb;
/// Huffman tables.
pub(crate) const DHT: u8 = 0xc4;
/// Frame header, baseline.
pub(crate) const SOF0: u8 = 0xc0;
/// Frame header, progressive.
pub(crate) const SOF2: u8 = 0xc2;
/// Restart interval.
pub(crate) const DRI: u8 = 0xdd;
/// Scan header.
pub(crate) const SOS: u8 = 0xda;
/// The first of the eight restart markers, which take turns.
pub(crate) const RST0: u8 = 0xd0;

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
