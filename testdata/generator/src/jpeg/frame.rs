//! What a frame holds: components of quantised coefficients, and the geometry of their blocks.

/// The coding process, which the SOF marker names together with the [`Coding`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Process {
    Baseline,
    Extended,
    Progressive,
}

/// How a scan's decisions become bits.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Coding {
    Huffman,
    Arithmetic,
}

/// All components of a picture, as they are stored.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Columns and rows.
    pub size: (usize, usize),
    pub process: Process,
    pub coding: Coding,
    pub components: Vec<FrameComponent>,
}

#[derive(Clone, Debug)]
pub(crate) struct FrameComponent {
    pub id: u8,
    /// Horizontal and vertical sampling factor.
    pub sampling: (usize, usize),
    /// The destination of its quantisation table, 0 to 3.
    pub quantisation: u8,
    /// The steps of that table, in zigzag order; two bytes each where one is above 255.
    pub steps: [u16; 64],
    /// The destination of its entropy coding tables, for scans that name no other.
    pub tables: u8,
    /// Blocks of quantised coefficients in zigzag order, rows of them padded to whole MCUs.
    pub blocks: Vec<[i32; 64]>,
}

/// The blocks of a component.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Geometry {
    /// Columns and rows of samples.
    pub samples: (usize, usize),
    /// Blocks in a row and rows of blocks that cover the samples, as a scan of the component alone has them.
    pub covering: (usize, usize),
    /// The same in whole MCUs.
    pub padded: (usize, usize),
}

/// The largest sampling factors of a frame.
pub(super) fn largest(factors: impl Iterator<Item = (usize, usize)>) -> (usize, usize) {
    factors.fold((1, 1), |max, (h, v)| (max.0.max(h), max.1.max(v)))
}

impl Geometry {
    /// Of a component with these factors in a picture of this size (T.81, A.1.1).
    pub(crate) fn new(size: (usize, usize), factors: (usize, usize), max: (usize, usize)) -> Self {
        let samples = ((size.0 * factors.0).div_ceil(max.0), (size.1 * factors.1).div_ceil(max.1));
        let mcus = mcus(size, max);
        Self {
            samples,
            covering: (samples.0.div_ceil(8), samples.1.div_ceil(8)),
            padded: (mcus.0 * factors.0, mcus.1 * factors.1),
        }
    }
}

/// MCUs in a row and rows of MCUs, where several components are interleaved.
fn mcus(size: (usize, usize), max: (usize, usize)) -> (usize, usize) {
    (size.0.div_ceil(8 * max.0), size.1.div_ceil(8 * max.1))
}

impl Frame {
    fn max(&self) -> (usize, usize) {
        largest(self.components.iter().map(|component| component.sampling))
    }

    pub(super) fn geometry(&self, component: usize) -> Geometry {
        Geometry::new(self.size, self.components[component].sampling, self.max())
    }

    /// Component and block numbers of every MCU of a scan of these components (T.81, A.2).
    pub(super) fn scan_order(&self, components: &[usize]) -> Vec<Vec<(usize, usize)>> {
        if let [only] = *components {
            let Geometry { covering: (wide, high), padded: (stride, _), .. } = self.geometry(only);
            return (0..wide * high).map(|i| vec![(only, i / wide * stride + i % wide)]).collect();
        }
        let mcus = mcus(self.size, self.max());
        let mcu = |i: usize| {
            let (column, row) = (i % mcus.0, i / mcus.0);
            let blocks_of = |&component: &usize| {
                let (h, v) = self.components[component].sampling;
                let stride = mcus.0 * h;
                (0..h * v).map(move |k| (component, (row * v + k / h) * stride + column * h + k % h))
            };
            components.iter().flat_map(blocks_of).collect()
        };
        (0..mcus.0 * mcus.1).map(mcu).collect()
    }
}
