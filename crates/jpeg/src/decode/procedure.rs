//! What a scan has of each block, and so how it is decoded, whatever its entropy coding (T.81, F.2 and G.2).

use super::frame::{Frame, Process};
use super::scan_header::ScanHeader;

/// What a scan has of each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Procedure {
    /// All of it: sequential.
    Sequential,
    /// The DC coefficient, without its lowest `low` bits.
    DcFirst { low: u32 },
    /// Bit `low` of the DC coefficient.
    DcRefinement { low: u32 },
    /// A band of AC coefficients, without their lowest bits.
    AcFirst(Band),
    /// One more bit of a band of AC coefficients.
    AcRefinement(Band),
}

/// A band of AC coefficients: those from `start` to `end` of the zigzag order (`1 <= start <= end <= 63`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Band {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The lowest bit of them that the scan has, at most 13.
    pub(super) low: u32,
}

impl Procedure {
    /// That of a scan.
    pub(super) fn new(frame: &Frame, header: &ScanHeader) -> Self {
        let (spectral, low) = (header.spectral, header.approximation.low.into());
        let band = Band { start: spectral.start.into(), end: spectral.end.into(), low };
        match (frame.process, spectral.start, header.approximation.high) {
            (Process::Baseline | Process::ExtendedSequential, ..) => Self::Sequential,
            (Process::Progressive, 0, 0) => Self::DcFirst { low },
            (Process::Progressive, 0, _) => Self::DcRefinement { low },
            (Process::Progressive, _, 0) => Self::AcFirst(band),
            (Process::Progressive, ..) => Self::AcRefinement(band),
        }
    }
}

impl Band {
    /// Its positions: position k at bit 63 - k.
    pub(super) fn mask(self) -> u64 {
        u64::MAX >> self.start & u64::MAX << (63 - self.end)
    }
}
