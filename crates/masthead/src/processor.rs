//! [`Processor`]: options and scratch memory, shared by all jobs that are made with them.

use std::sync::Arc;

use masthead_crop::{CropPolicy, CropRegion, CropRequest};
use masthead_decode::{Decoder, FileBytes};
use masthead_picture::{Dimensions, Picture, Rect};
use masthead_simd::SimdLevel;
use masthead_variants::{Plan, Rendered, Scratch, Source, render_picture};

use crate::{Banner, Error, Job, Options};

/// Makes banners. It is a handle: clones are cheap and share the options, and the scratch memory that finished jobs leave
/// for the next ones.
#[derive(Clone, Debug)]
pub struct Processor {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    scratch: Scratch,
}

impl Default for Processor {
    /// A processor with the default options, as [`Processor::new`] makes it.
    fn default() -> Self {
        Self::new(Options::default())
    }
}

impl Processor {
    /// A processor with these options.
    ///
    /// # Panics
    /// When the environment variable `MASTHEAD_SIMD` names no [`SimdLevel`]: here, since jobs would. [`SimdLevel::from_env`]
    /// gives the error instead.
    #[must_use]
    pub fn new(options: Options) -> Self {
        // It panics here or not at all.
        let _ = SimdLevel::detect();
        Self { shared: Arc::new(Shared { options, scratch: Scratch::default() }) }
    }

    /// Its options.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.shared.options
    }

    pub(crate) fn scratch(&self) -> &Scratch {
        &self.shared.scratch
    }

    /// Checks a file and a region by the file's header, and plans the job. No pixel is decoded: it costs microseconds for
    /// most files, and a few milliseconds for large progressive ones and for those with a colour profile.
    ///
    /// The job shares the bytes of the file: what is owned (`Vec<u8>`, `Arc<[u8]>`, a [`FileBytes`]) is not copied, what is
    /// borrowed is, before [`Limits::bytes`](crate::Limits::bytes) is looked at. Where a borrowed file may be far too long,
    /// call [`Limits::check_bytes`](crate::Limits::check_bytes) first.
    ///
    /// Memory is counted for [`Job::render`] by as many threads as the current rayon pool has; with
    /// [`Threads::Caller`](crate::Threads::Caller), by one.
    ///
    /// # Errors
    /// When the file is not an image, is not supported or breaks a limit, and when the region is not inside the image.
    pub fn prepare(&self, file: impl Into<FileBytes>, request: &CropRequest) -> Result<Job, Error> {
        self.prepare_with(file, |image| self.region(request, image))
    }

    /// Prepares the job of a region that was accepted before and stored, as [`Job::region`] gave it. It must lie inside the
    /// image; [`Options::min_region`] and [`Options::crop_policy`], which may have changed since, are not asked.
    ///
    /// ```
    /// use masthead::{CropRequest, Dimensions, Options, Processor};
    ///
    /// let file = std::fs::read("../../testdata/photos/coffee.png")?;
    /// let request = CropRequest { width: Some(300), height: Some(100), ..CropRequest::default() };
    /// let stored = Processor::default().prepare(&file, &request)?.region().rect();
    ///
    /// let strict = Processor::new(Options::default().with_min_region(Dimensions::new(600, 200).unwrap()));
    /// assert!(strict.prepare(&file, &request).is_err());
    /// assert_eq!(strict.prepare_region(&file, stored)?.region().rect(), stored);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Processor::prepare`].
    pub fn prepare_region(&self, file: impl Into<FileBytes>, region: Rect) -> Result<Job, Error> {
        self.prepare_with(file, |image| Ok(CropRegion::new(&region.into(), image, CropPolicy::Refuse)?))
    }

    /// Prepares a job whose region follows from the displayed dimensions of its image.
    fn prepare_with(
        &self,
        file: impl Into<FileBytes>,
        region: impl FnOnce(Dimensions) -> Result<CropRegion, Error>,
    ) -> Result<Job, Error> {
        let options = self.options();
        let decoder = Decoder::new(file, &options.limits)?;
        let header = decoder.header();
        let region = region(header.displayed())?;
        let plan = Plan::new(&Source::from(header), &region, &options.variants, &options.render_options());
        let job = Job::new(self.clone(), decoder, region, plan);
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
        let options = self.options();
        let dimensions = picture.dimensions();
        options.limits.check_dimensions(dimensions)?;
        let region = self.region(request, dimensions)?;
        let plan = Plan::new(&Source::from(&picture), &region, &options.variants, &options.render_options());
        Error::check_memory(plan.picture_memory(&picture, plan.threads()), &options.limits)?;
        let Rendered { variants, decode_time, resample_time, .. } = render_picture(&plan, picture, self.scratch())?;
        Ok(Banner { variants, region, decode_time, resample_time })
    }

    fn region(&self, request: &CropRequest, image: Dimensions) -> Result<CropRegion, Error> {
        let region = CropRegion::new(request, image, self.options().crop_policy)?;
        Ok(region.at_least(self.options().min_region)?)
    }
}
