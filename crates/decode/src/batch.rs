//! Rows that have been decoded, on their way to whoever needs them.

use std::ops::Range;

use masthead_picture::PlaneRows;

/// The next rows of a window, of each component: what [`Rows::read`](crate::Rows::read) fills. It belongs to the caller, who
/// reuses it, also for other files, so that nothing is allocated after the first time; it keeps the memory of the largest
/// rows that it held. It may be filled on one thread and used on another.
#[derive(Debug, Default)]
pub struct RowBatch {
    /// What the codec writes: more columns than the window has, maybe, and rows above and below it.
    buffers: Vec<Vec<u8>>,
    components: Vec<View>,
}

/// The most components that there are.
const MOST: usize = 4;

/// The rows of a component that belong to the window.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The buffer that they lie in. Components that are equal share one.
    pub(crate) buffer: usize,
    /// From the first sample of the first row to the last sample of the last one.
    pub(crate) samples: Range<usize>,
    pub(crate) width: usize,
    pub(crate) stride: usize,
}

impl RowBatch {
    /// Bytes of a batch besides its buffers.
    pub(crate) const LISTS: u64 = (size_of::<Self>() + MOST * (size_of::<Vec<u8>>() + size_of::<View>())) as u64;

    /// The rows of each component, in their order: exactly the columns of
    /// [`Sampling::cover`](masthead_picture::Sampling::cover), and the next rows of these from the top; of some components
    /// maybe none. There is no component before the first rows and after the last.
    pub fn components(&self) -> impl ExactSizeIterator<Item = PlaneRows<'_>> + Clone {
        self.components.iter().map(|view| {
            let samples = &self.buffers[view.buffer][view.samples.clone()];
            PlaneRows::new(samples, view.width, view.stride).expect("a view consists of whole rows")
        })
    }

    /// Forgets the rows, and keeps their memory.
    pub(crate) fn clear(&mut self) {
        self.components.clear();
    }

    /// A buffer of each of these lengths, of which there are at most four, and then empty ones. What is in them is arbitrary.
    pub(crate) fn buffers(&mut self, lengths: impl ExactSizeIterator<Item = usize>) -> [&mut [u8]; MOST] {
        if self.buffers.len() < lengths.len() {
            self.buffers.resize_with(lengths.len(), Vec::new);
        }
        let mut resized = [(); MOST].map(|()| &mut [][..]);
        for ((resized, buffer), length) in resized.iter_mut().zip(&mut self.buffers).zip(lengths) {
            if buffer.len() < length {
                // Without the old one beside it for a moment.
                *buffer = Vec::new();
                *buffer = vec![0; length];
            }
            *resized = &mut buffer[..length];
        }
        resized
    }

    /// Hands on the rows that the buffers hold by now.
    pub(crate) fn show(&mut self, components: impl IntoIterator<Item = View>) {
        self.components.clear();
        self.components.extend(components);
    }
}
