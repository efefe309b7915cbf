//! How much memory a job takes, from its plan alone.

use std::cmp::Reverse;

use masthead_encode::{EncodeMemory, jpeg_memory, png_memory};
use masthead_picture::{ColorModel, Dimensions, Sampling};
use masthead_resample::{Resampling, Target};

use crate::component::PlannedComponent;
use crate::plan::{Plan, PlannedVariant};
use crate::{ColorTransform, Encoding};

/// What making something of the variants of a group takes, in bytes.
struct GroupMemory {
    /// At most, the planes included.
    most: u64,
    /// When it is made.
    kept: u64,
}

/// What the largest of these take together, as many as there are threads.
fn largest(threads: usize, bytes: impl Iterator<Item = u64>) -> u64 {
    let mut bytes: Vec<u64> = bytes.collect();
    bytes.sort_unstable_by_key(|&bytes| Reverse(bytes));
    bytes.iter().take(threads.max(1)).sum()
}

impl Plan {
    /// The most memory that decoding and [`render`](crate::render) take together, in bytes: `decode` is what decoding the
    /// window takes, the picture included; variants are made by `threads` threads.
    #[must_use]
    pub fn memory(&self, decode: u64, threads: usize) -> u64 {
        self.most_memory(decode, threads, |variants, planes| {
            let files = variants.iter().map(|variant| variant.file_bytes()).sum();
            let encode = largest(threads, variants.iter().map(|variant| variant.encode_bytes()));
            GroupMemory { most: planes + files + encode, kept: files }
        })
    }

    /// The most memory that decoding and [`resample`](crate::resample) take together, in bytes, counted as by
    /// [`Plan::memory`]: at the end there are the pictures of all variants.
    #[must_use]
    pub fn pictures_memory(&self, decode: u64, threads: usize) -> u64 {
        self.most_memory(decode, threads, |variants, planes| {
            let turned = variants.iter().filter(|_| self.orientation.transposes());
            let turn = largest(threads, turned.map(|variant| variant.largest_plane_bytes()));
            GroupMemory { most: planes + turn, kept: planes }
        })
    }

    /// The most memory in bytes, `group_memory` being what making something of a group takes: given its variants, and what their
    /// planes take.
    fn most_memory(
        &self,
        decode: u64,
        threads: usize,
        group_memory: impl Fn(&[&PlannedVariant], u64) -> GroupMemory,
    ) -> u64 {
        let groups = self.groups();
        // The resamplers' scratch memory stays.
        let (mut kept, mut render, mut scratch) = (0, 0, 0);
        for (number, group) in groups.iter().enumerate() {
            let variants: Vec<&PlannedVariant> = group.iter().map(|&index| &self.variants[index]).collect();
            let is_last = number + 1 == groups.len();
            // Planes of the source that have served go while the last group is resampled.
            let (mut sources, mut planes) = (self.source_planes().map(|plane| plane.pixels()).sum::<u64>(), 0);
            for (index, plane) in self.source_planes().enumerate() {
                planes += variants.iter().map(|variant| variant.components[index].target.pixels()).sum::<u64>();
                scratch = self.resample_bytes(index, &variants, threads).max(scratch);
                render = render.max(kept + sources + planes + scratch);
                sources -= if is_last { plane.pixels() } else { 0 };
            }
            let memory = group_memory(&variants, planes);
            render = render.max(kept + sources + scratch + memory.most);
            kept += memory.kept;
        }
        // What the allocator needs for itself, and code that is loaded when it first runs.
        let overhead = |bytes: u64| bytes + bytes / 16 + (128 << 10);
        overhead(decode.max(render) + self.color_memory())
    }

    /// Bytes of memory that the plan itself holds: an upper bound.
    #[must_use]
    pub fn held(&self) -> u64 {
        let variants: usize = self
            .variants
            .iter()
            .map(|variant| {
                let PlannedVariant { spec, components, .. } = variant;
                size_of_val(variant) + spec.name().len() + components.capacity() * size_of::<PlannedComponent>()
            })
            .sum();
        let lists = self.order.capacity() * size_of::<usize>() + self.samplings.capacity() * size_of::<Sampling>();
        (variants + lists) as u64 + self.color_memory()
    }

    fn color_memory(&self) -> u64 {
        if self.color.is_some() { ColorTransform::MEMORY } else { 0 }
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
        // Strips of several threads are put together, one target after the other.
        let largest = targets.iter().map(|target| target.dimensions.pixels()).max().unwrap_or(0);
        let strips = self.strips(index, threads);
        let assembling = if strips > 1 { largest } else { 0 };
        assembling + Resampling::memory(inside.dimensions(), &targets, self.options.filter, strips)
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
