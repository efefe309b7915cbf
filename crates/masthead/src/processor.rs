//! From a file to its banner.

use std::time::{Duration, Instant};

use masthead_crop::{CropPolicy, CropRegion, CropRequest};
use masthead_decode::{Decoder, FileBytes, Header, Limits};
use masthead_picture::{Dimensions, Light, Picture, Rgb};
use masthead_resample::Filter;
use masthead_variants::{EncodedVariant, Plan, RenderOptions, Rendered, Scratch, Source, VariantSet, render};

use crate::Error;

/// What a [`Processor`] makes, and what it refuses.
#[derive(Clone, Debug)]
pub struct Options {
    /// The files to make. Default: [`VariantSet::profile_banner`].
    pub variants: VariantSet,
    /// What is refused. Default: [`Limits::default`].
    pub limits: Limits,
    /// What happens to a region that reaches outside its image. Default: it is refused.
    pub crop_policy: CropPolicy,
    /// In which light samples are averaged. Default: [`Light::Linear`].
    pub light: Light,
    /// The filter. Default: [`Filter::Lanczos3`].
    pub filter: Filter,
    /// What stands behind transparent pixels in JPEG files. Default: white.
    pub background: Rgb,
    /// Where the variants are made. Default: [`Threads::Pool`].
    pub threads: Threads,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            variants: VariantSet::default(),
            limits: Limits::default(),
            crop_policy: CropPolicy::default(),
            light: Light::default(),
            filter: Filter::default(),
            background: Rgb::WHITE,
            threads: Threads::default(),
        }
    }
}

/// Where the variants of one picture are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Threads {
    /// In parallel on the rayon pool that [`Processor::render`] is called in (`pool.install(|| ...)`), or on the global
    /// pool. With one thread in the pool they are made in order, as with [`Threads::Caller`]. The default.
    #[default]
    Pool,
    /// One after the other on the calling thread.
    Caller,
}

/// Makes banners. Made once, shared by all threads (`&Processor` is enough); it keeps the scratch memory of finished jobs
/// for the next ones.
#[derive(Debug, Default)]
pub struct Processor {
    options: Options,
    scratch: Scratch,
}

/// All files made from one picture.
#[derive(Clone, Debug)]
pub struct Banner {
    /// The files, in the order of the set.
    pub variants: Vec<EncodedVariant>,
    /// The region they show.
    pub region: CropRegion,
    /// The time that decoding took.
    pub decode_time: Duration,
    /// The time that resampling took, of all threads together. Variants share most of it, so it belongs to none.
    pub resample_time: Duration,
}

impl Banner {
    /// The variant of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&EncodedVariant> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// The bytes of all files.
    #[must_use]
    pub fn total_bytes(&self) -> usize {
        self.variants.iter().map(|variant| variant.bytes.len()).sum()
    }
}

/// A job that has passed every check that can be made from the header: what is left can fail only by what is in the
/// pixel data. Nothing of it has been decoded yet.
#[derive(Debug)]
pub struct Job<'a> {
    processor: &'a Processor,
    decoder: Decoder,
    region: CropRegion,
    plan: Plan,
}

impl<'a> Job<'a> {
    /// What the file says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.decoder.header()
    }

    /// The region that the banner will show.
    #[must_use]
    pub fn region(&self) -> CropRegion {
        self.region
    }

    /// What will be decoded and made.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The most memory that [`Job::render`] will take, in bytes, the file itself not included, when its variants are made
    /// by `threads` threads.
    ///
    /// A server admits jobs by it: take it from a budget, render, put it back.
    #[must_use]
    pub fn memory(&self, threads: usize) -> u64 {
        self.plan.memory(self.decoder.memory(self.plan.window()), threads)
    }

    fn check_memory(&self) -> Result<(), Error> {
        check_memory(self.memory(self.plan.threads()), &self.processor.options.limits)
    }

    /// Decodes the window and makes the files.
    ///
    /// # Errors
    /// When the pixel data is broken or takes too long to decode, and when the rayon pool of this call has more threads
    /// than that of [`Processor::prepare`] had and they take too much memory.
    pub fn render(self) -> Result<Banner, Error> {
        self.check_memory()?;
        let start = Instant::now();
        let picture = self.decoder.decode(self.plan.window(), self.processor.options.light)?;
        let decode_time = start.elapsed();
        let Rendered { variants, resample_time } = render(&self.plan, picture, &self.processor.scratch)?;
        Ok(Banner { variants, region: self.region, decode_time, resample_time })
    }
}

impl Processor {
    /// A processor with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, scratch: Scratch::default() }
    }

    /// Its options.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Checks a file and a region by the file's header, and plans the job. No pixel is decoded: it costs microseconds for
    /// most files, and a few milliseconds for large progressive ones and for those with a colour profile.
    ///
    /// Memory is counted for as many threads as the current rayon pool has.
    ///
    /// # Errors
    /// When the file is not an image, is not supported or breaks a limit, and when the region is not inside the image.
    pub fn prepare(&self, file: impl Into<FileBytes>, request: &CropRequest) -> Result<Job<'_>, Error> {
        let decoder = Decoder::new(file, &self.options.limits)?;
        let header = decoder.header();
        let region = CropRegion::new(request, header.displayed(), self.options.crop_policy)?;
        let plan = Plan::new(&Source::from(header), &region, &self.options.variants, &self.render_options());
        let job = Job { processor: self, decoder, region, plan };
        job.check_memory()?;
        Ok(job)
    }

    /// Makes all variants of one file.
    ///
    /// # Errors
    /// As [`Processor::prepare`] and [`Job::render`].
    pub fn render(&self, file: impl Into<FileBytes>, request: &CropRequest) -> Result<Banner, Error> {
        self.prepare(file, request)?.render()
    }

    /// Makes all variants of a picture that is decoded already. Of the limits those that have a meaning are looked at:
    /// dimensions, pixels and memory. Alpha should be premultiplied in [`Options::light`].
    ///
    /// # Errors
    /// When the picture is too small or too large, and when the region is not inside it.
    pub fn render_picture(&self, picture: Picture, request: &CropRequest) -> Result<Banner, Error> {
        let dimensions: Dimensions = picture.dimensions();
        self.options.limits.check_dimensions(dimensions)?;
        let region = CropRegion::new(request, dimensions, self.options.crop_policy)?;
        let plan = Plan::new(&Source::from(&picture), &region, &self.options.variants, &self.render_options());
        // The picture may be larger than the window: then the window is taken out of it, plane by plane.
        let held: u64 = picture.components().iter().map(|component| component.plane.dimensions().pixels()).sum();
        check_memory(held + plan.memory(0, plan.threads()), &self.options.limits)?;
        let Rendered { variants, resample_time } = render(&plan, picture, &self.scratch)?;
        Ok(Banner { variants, region, decode_time: Duration::ZERO, resample_time })
    }

    fn render_options(&self) -> RenderOptions {
        RenderOptions {
            light: self.options.light,
            filter: self.options.filter,
            background: self.options.background,
            parallel: self.options.threads == Threads::Pool,
        }
    }
}

fn check_memory(needed: u64, limits: &Limits) -> Result<(), Error> {
    if needed > limits.memory { Err(Error::memory(needed, limits.memory)) } else { Ok(()) }
}
