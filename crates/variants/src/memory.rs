//! How much memory a job takes, from its plan alone.

use std::cmp::Reverse;

use masthead_encode::{EncodeMemory, jpeg_memory, png_memory};
use masthead_picture::{ColorModel, Dimensions};
use masthead_resample::{Resampling, Target};

use crate::plan::{Plan, PlannedVariant};
use crate::{ColorTransform, Encoding};

impl Plan {
    /// The most memory that decoding and rendering take together, in bytes: `decode` is what decoding the window takes,
    /// the picture included; variants are made by `threads` threads.
    #[must_use]
    pub fn memory(&self, decode: u64, threads: usize) -> u64 {
        let groups = self.groups();
        // The resamplers' scratch memory stays.
        let (mut files, mut render, mut scratch) = (0, 0, 0);
        for (number, group) in groups.iter().enumerate() {
            let variants: Vec<&PlannedVariant> = group.iter().map(|&index| &self.variants[index]).collect();
            let is_last = number + 1 == groups.len();
            // Planes of the source that have served go while the last group is resampled.
            let (mut sources, mut planes) = (self.source_planes().map(|plane| plane.pixels()).sum::<u64>(), 0);
            for (index, plane) in self.source_planes().enumerate() {
                planes += variants.iter().map(|variant| variant.components[index].target.pixels()).sum::<u64>();
                scratch = self.resample_bytes(index, &variants, threads).max(scratch);
                render = render.max(files + sources + planes + scratch);
                sources -= if is_last { plane.pixels() } else { 0 };
            }
            files += variants.iter().map(|variant| variant.file_bytes()).sum::<u64>();
            let mut encode: Vec<u64> = variants.iter().map(|variant| variant.encode_bytes()).collect();
            encode.sort_unstable_by_key(|&bytes| Reverse(bytes));
            render = render.max(files + sources + planes + scratch + encode.iter().take(threads.max(1)).sum::<u64>());
        }
        let color = if self.color.is_some() { ColorTransform::MEMORY } else { 0 };
        // What the allocator needs for itself, and code that is loaded when it first runs.
        let overhead = |bytes: u64| bytes + bytes / 16 + (128 << 10);
        overhead(decode.max(render) + color)
    }

    /// The dimensions of the source's planes, inside the window.
    fn source_planes(&self) -> impl Iterator<Item = Dimensions> {
        self.samplings.iter().map(|sampling| sampling.cover(self.window).dimensions())
    }

    /// What resampling component `index` of these variants takes besides the planes, in bytes.
    fn resample_bytes(&self, index: usize, variants: &[&PlannedVariant], threads: usize) -> u64 {
        let inside = self.samplings[index].cover(self.window);
        let targets = variants.iter().map(|variant| variant.components[index].target(inside.left(), inside.top()));
        let targets: Vec<Target> = targets.collect();
        // Bands of several threads are put together, one target after the other.
        let largest = targets.iter().map(|target| target.dimensions.pixels()).max().unwrap_or(0);
        let bands = self.bands(index, threads);
        let assembling = if bands > 1 { largest } else { 0 };
        assembling + Resampling::memory(inside.dimensions(), &targets, self.options.filter, bands)
    }
}

impl PlannedVariant {
    /// Memory while it is turned, converted and encoded, in bytes, besides its planes.
    pub(crate) fn encode_bytes(&self) -> u64 {
        let EncodeMemory { working, file } = self.encode_memory();
        self.plane_bytes() / 2 + working + file
    }

    /// The size of its file at most.
    pub(crate) fn file_bytes(&self) -> u64 {
        self.encode_memory().file
    }

    fn encode_memory(&self) -> EncodeMemory {
        let size = self.spec.dimensions();
        match self.spec.encoding() {
            Encoding::Jpeg { options, .. } => {
                jpeg_memory(size, (self.components.len() > 1).then_some(self.chroma), &options)
            }
            Encoding::Png(options) => {
                let model = match self.components.len() {
                    1 => ColorModel::Gray,
                    3 => ColorModel::YCbCr,
                    _ => ColorModel::Rgba,
                };
                png_memory(size, model, &options)
            }
        }
    }
}
