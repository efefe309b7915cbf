//! One file and one region, checked and planned.

use masthead_crop::CropRegion;
use masthead_decode::{Decoder, Header};
use masthead_picture::{Picture, Rect};
use masthead_variants::{Plan, Rendered, render, resample};

use crate::{Banner, Error, Processor, Threads};

/// A job that has passed every check that can be made from the header: what is left can fail only by what is in the
/// pixel data. Nothing of it has been decoded yet.
///
/// It owns all it needs, so it can be moved to another thread and rendered there. It shares the bytes of its file with
/// whoever else holds them.
#[derive(Debug)]
pub struct Job {
    processor: Processor,
    decoder: Decoder,
    region: CropRegion,
    plan: Plan,
}

/// A variant before it is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VariantPicture {
    /// The name of its [`VariantSpec`](crate::VariantSpec).
    pub name: String,
    /// The picture, in the size of the variant: upright and in sRGB. Grey stays grey, and alpha is kept, premultiplied; chroma of
    /// YCbCr is sampled as its file would be.
    pub picture: Picture,
}

impl Job {
    pub(crate) fn new(processor: Processor, decoder: Decoder, region: CropRegion, plan: Plan) -> Self {
        Self { processor, decoder, region, plan }
    }

    /// What the file says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.decoder.header()
    }

    /// The region that the banner will show. Its rectangle can be stored, and shown again by [`Processor::prepare_region`].
    #[must_use]
    pub fn region(&self) -> CropRegion {
        self.region
    }

    /// The pixels that will be decoded, as they are stored: those that the variants show, and what filters need around them inside
    /// the region.
    #[must_use]
    pub fn window(&self) -> Rect {
        self.plan.window()
    }

    /// The same job, its variants made there, whatever the options say.
    #[must_use]
    pub fn with_threads(mut self, threads: Threads) -> Self {
        self.plan = self.plan.with_parallel(threads.is_parallel());
        self
    }

    /// How many threads will make the variants when the job is rendered here and now: those of the current rayon pool, or one.
    ///
    /// Outside any pool these are the threads of rayon's global pool. To admit jobs by their memory, give [`Job::memory`] the
    /// threads of the pool that will render: those of `pool.install(|| job.threads())`.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.plan.threads()
    }

    /// The most memory that [`Job::render`] will take, in bytes, the file itself not included, when its variants are made
    /// by `threads` threads.
    ///
    /// A server admits jobs by it: take it from a budget, render, put it back.
    #[must_use]
    pub fn memory(&self, threads: usize) -> u64 {
        self.plan.memory(&self.decoder, threads)
    }

    /// The most memory that [`Job::pictures`] will take, in bytes, counted as by [`Job::memory`]. The pictures are included: they
    /// take a byte for each of their samples.
    #[must_use]
    pub fn pictures_memory(&self, threads: usize) -> u64 {
        self.plan.pictures_memory(&self.decoder, threads)
    }

    /// How much memory the job holds until it is rendered or dropped, in bytes, the file itself not included: an upper bound.
    /// It is the profile of the file, tables for its colours and the plan.
    ///
    /// A server counts jobs that wait by it. It is part of [`Job::memory`].
    #[must_use]
    pub fn held(&self) -> u64 {
        self.decoder.held() + self.plan.held()
    }

    pub(crate) fn check_memory(&self) -> Result<(), Error> {
        Error::check_memory(self.memory(self.threads()), &self.processor.options().limits)
    }

    /// Decodes the window and makes the files: row by row, so that the window is nowhere in memory as a whole.
    ///
    /// # Errors
    /// When the pixel data is broken or takes too long to decode, and when it is made by more threads than were there when the
    /// job was prepared, and they take too much memory.
    pub fn render(self) -> Result<Banner, Error> {
        self.check_memory()?;
        let Self { processor, decoder, region, plan } = self;
        let Rendered { variants, decode_time, resample_time, .. } = render(&plan, &decoder, processor.scratch())?;
        Ok(Banner { variants, region, decode_time, resample_time })
    }

    /// Decodes the window and makes the pictures that the files would show, in the order of the set, for an encoder of one's own.
    ///
    /// [`Picture::components`] gives the planes; [`Picture::to_interleaved`] gives pixels as most libraries take them. For chroma
    /// with a sample for each pixel, give the variants [`Chroma::Full`](crate::Chroma::Full) or a PNG encoding.
    ///
    /// ```
    /// use masthead::{CropRequest, Interleaved, Processor};
    ///
    /// let file = std::fs::read("../../testdata/photos/coffee.png")?;
    /// let job = Processor::default().prepare(file, &CropRequest::default())?;
    /// let largest = job.pictures()?.swap_remove(0);
    /// assert_eq!(largest.name, "1500x500");
    /// assert_eq!(largest.picture.to_interleaved(Interleaved::Rgb).len(), 1500 * 500 * 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the pixel data is broken or takes too long to decode, and when [`Job::pictures_memory`] is more than
    /// [`Limits::memory`](crate::Limits::memory).
    pub fn pictures(self) -> Result<Vec<VariantPicture>, Error> {
        Error::check_memory(self.pictures_memory(self.threads()), &self.processor.options().limits)?;
        let Self { processor, decoder, plan, .. } = self;
        let pictures = resample(&plan, &decoder, processor.scratch())?;
        let names = processor.options().variants.iter().map(|spec| spec.name().to_owned());
        Ok(names.zip(pictures).map(|(name, picture)| VariantPicture { name, picture }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_can_be_moved_to_another_thread() {
        fn check<T: Send + 'static>() {}
        check::<Job>();
    }
}
