//! How much memory a job takes, from its plan alone.

use std::cmp::Reverse;

use masthead_decode::Decoder;
use masthead_encode::{EncodeMemory, jpeg_memory, png_memory};
use masthead_picture::{ColorModel, Picture, Sampling};
use masthead_resample::Resampling;

use crate::component::PlannedComponent;
use crate::plan::{Plan, PlannedVariant};
use crate::stream::BATCHES;
use crate::{ColorTransform, Encoding};

/// What the largest of these take together, as many as there are threads.
fn largest(threads: usize, bytes: impl Iterator<Item = u64>) -> u64 {
    let mut bytes: Vec<u64> = bytes.collect();
    bytes.sort_unstable_by_key(|&bytes| Reverse(bytes));
    bytes.iter().take(threads.max(1)).sum()
}

impl Plan {
    /// The most memory that [`render`](crate::render) takes by so many threads, in bytes: of what decodes and resamples, of
    /// all variants, each of them planes or a file, and of what encodes. The file that is decoded is not counted.
    #[must_use]
    pub fn memory(&self, decoder: &Decoder, threads: usize) -> u64 {
        self.with_overhead(self.decode_bytes(decoder, threads) + self.pass_bytes() + self.encode_bytes(threads))
    }

    /// The most memory that [`resample`](crate::resample) takes, in bytes, counted as by [`Plan::memory`]: the planes of all
    /// variants are what it makes.
    #[must_use]
    pub fn pictures_memory(&self, decoder: &Decoder, threads: usize) -> u64 {
        let planes: u64 = self.variants.iter().map(PlannedVariant::plane_bytes).sum();
        let turned = self.variants.iter().filter(|_| self.orientation.transposes());
        let turn = largest(threads, turned.map(PlannedVariant::largest_plane_bytes));
        self.with_overhead(self.decode_bytes(decoder, threads) + self.pass_bytes() + planes + turn)
    }

    /// The most memory that [`render_picture`](crate::render_picture) takes by so many threads, in bytes, the picture included.
    #[must_use]
    pub fn picture_memory(&self, picture: &Picture, threads: usize) -> u64 {
        let planes: u64 = picture.components().iter().map(|component| component.plane.dimensions().pixels()).sum();
        self.with_overhead(planes + self.pass_bytes() + self.encode_bytes(threads))
    }

    fn decode_bytes(&self, decoder: &Decoder, threads: usize) -> u64 {
        let further = if threads > 1 { BATCHES as u64 - 1 } else { 0 };
        decoder.memory(self.window).saturating_add(decoder.batch_memory(self.window).saturating_mul(further))
    }

    /// The passes over all components.
    fn pass_bytes(&self) -> u64 {
        let pass = |component: usize| {
            let plane = self.inside(component).dimensions();
            Resampling::memory(plane, &self.targets(component), self.options.filter, 1)
        };
        (0..self.samplings.len()).map(pass).sum()
    }

    /// All variants, and what encodes so many of them at a time.
    fn encode_bytes(&self, threads: usize) -> u64 {
        let planes_or_file = |variant: &PlannedVariant| variant.plane_bytes().max(variant.file_bytes());
        let variants: u64 = self.variants.iter().map(planes_or_file).sum();
        variants + largest(threads, self.variants.iter().map(PlannedVariant::encode_bytes))
    }

    /// With what the allocator needs for itself, code that is loaded when it first runs, and tables of colours.
    fn with_overhead(&self, bytes: u64) -> u64 {
        bytes + bytes / 16 + (128 << 10) + self.color_memory()
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
        let samplings = self.samplings.capacity() * size_of::<Sampling>();
        (variants + samplings) as u64 + self.color_memory()
    }

    fn color_memory(&self) -> u64 {
        if self.color.is_some() { ColorTransform::MEMORY } else { 0 }
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
