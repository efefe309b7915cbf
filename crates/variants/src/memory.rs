//! How much memory a job takes, from its plan alone.

use std::cmp::Reverse;

use masthead_encode::{Coding, Quantisation};
use masthead_picture::{Dimensions, Sampling};
use masthead_resample::{Resampling, Target};

use crate::plan::{Plan, PlannedVariant};
use crate::{ColorTransform, Encoding};

/// What the JPEG encoder keeps of a sample at most: a token, and of progressive files a coefficient, in bytes.
const TOKEN_BYTES: u64 = 4;
const COEFFICIENT_BYTES: u64 = 3;

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
        let planes = self.plane_bytes();
        let (channels, encoder) = match self.spec.encoding() {
            Encoding::Jpeg { options, .. } => {
                let coefficients = match options.coding {
                    // Its file grows as it is written.
                    Coding::Standard => 2 * self.file_bytes(),
                    Coding::Optimal => TOKEN_BYTES * self.jpeg_samples(),
                    Coding::Progressive => (COEFFICIENT_BYTES + TOKEN_BYTES) * self.jpeg_samples(),
                };
                (planes, coefficients)
            }
            // Chroma and the like have a sample for each pixel in a PNG file.
            Encoding::Png(_) => {
                let (channels, size) = (self.components.len() as u64, self.spec.dimensions());
                // A row in each of the filters that are tried.
                (planes.max(channels * size.pixels()), 6 * channels * u64::from(size.width()))
            }
        };
        channels - planes + channels / 2 + encoder + self.file_bytes()
    }

    /// The samples of all components in a JPEG file, in whole MCUs: an interleaved scan keeps those of all components, also of
    /// blocks that only fill up MCUs. The encoder makes blocks of 32 columns.
    fn jpeg_samples(&self) -> u64 {
        let blocks = |plane: Dimensions| {
            u64::from(plane.width().next_multiple_of(32)) * u64::from(plane.height().next_multiple_of(16))
        };
        let chroma = self.chroma.component_dimensions(self.spec.dimensions());
        blocks(self.spec.dimensions()) + if self.components.len() == 1 { 0 } else { 2 * blocks(chroma) }
    }

    /// The size of its file for a picture of noise, for which it is the largest.
    pub(crate) fn file_bytes(&self) -> u64 {
        let pixels = self.spec.dimensions().pixels();
        match self.spec.encoding() {
            Encoding::Jpeg { options, .. } => {
                let quality = options.quality.max(options.chroma_quality.unwrap_or(options.quality)).get();
                let tenths = match (quality, options.quantisation) {
                    (_, Quantisation::Custom { .. }) | (96.., _) => 30,
                    (86.., _) => 15,
                    _ => 9,
                };
                let tenths = match self.components.len() {
                    1 => tenths * 4 / 5,
                    _ if self.chroma == Sampling::HALF => tenths,
                    _ => 2 * tenths,
                };
                // A restart marker for each block of a thin picture.
                let restarts = options.restart_rows.map_or(0, |_| self.jpeg_samples() / 16);
                pixels * tenths / 10 + 2048 + restarts
            }
            // The fixed codes of the fast effort are longer than noise.
            Encoding::Png(_) => self.components.len() as u64 * pixels * 9 / 8,
        }
    }
}
