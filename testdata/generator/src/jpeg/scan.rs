//! What one scan carries, and what stands before it in the file.

use super::frame::Frame;

/// A scan of a [`Frame`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Scan {
    /// Indices of components; several are interleaved.
    pub components: Vec<usize>,
    /// First and last coefficient, in zigzag order.
    pub band: (usize, usize),
    /// Bits left out by the scan before (0: this is the band's first scan) and by this one.
    pub approximation: (u8, u8),
    /// The destinations of DC and AC tables of each component; empty for those that the frame's component has.
    pub tables: Vec<(u8, u8)>,
    /// A restart interval in MCUs that holds from here on.
    pub restart_interval: Option<u16>,
    /// Conditioning of arithmetic coding that holds from here on.
    pub conditioning: Option<Conditioning>,
    /// Other segments before its header.
    pub segments: Vec<Vec<u8>>,
}

impl Scan {
    pub(crate) fn new(components: impl Into<Vec<usize>>, band: (usize, usize), approximation: (u8, u8)) -> Self {
        Self { components: components.into(), band, approximation, ..Self::default() }
    }

    /// All coefficients of these components.
    pub(crate) fn whole(components: impl Into<Vec<usize>>) -> Self {
        Self::new(components, (0, 63), (0, 0))
    }

    pub(crate) fn with_restart_interval(mut self, mcus: u16) -> Self {
        self.restart_interval = Some(mcus);
        self
    }

    /// Destinations of the DC and AC table of a component.
    pub(super) fn tables_of(&self, component: usize, frame: &Frame) -> (u8, u8) {
        let place = self.components.iter().position(|&index| index == component).expect("it is in the scan");
        let tables = frame.components[component].tables;
        self.tables.get(place).copied().unwrap_or((tables, tables))
    }
}

/// Conditioning of arithmetic coding (T.81, F.1.4.4.1.2 and F.1.4.4.2), by destination of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Conditioning {
    /// Bounds L and U of what counts as a small difference of DC coefficients.
    pub dc: [(u8, u8); 4],
    /// Kx: up to this AC coefficient, magnitudes have the statistics of low frequencies.
    pub ac: [u8; 4],
}

impl Default for Conditioning {
    fn default() -> Self {
        Self { dc: [(0, 1); 4], ac: [5; 4] }
    }
}

impl Conditioning {
    /// The payload of a DAC segment.
    pub(super) fn definition(&self) -> Vec<u8> {
        let dc = (0..).zip(self.dc).flat_map(|(number, (low, high))| [number, high << 4 | low]);
        let ac = (0..).zip(self.ac).flat_map(|(number, kx)| [0x10 | number, kx]);
        dc.chain(ac).collect()
    }
}
