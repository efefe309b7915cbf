//! The banner-image engine: one untrusted upload in, every size of banner out.
//!
//! A person uploads a picture for the strip at the top of their profile. masthead checks the file, crops the region they
//! chose and makes each size of banner that pages and apps need.
//!
//! # Three nouns
//!
//! - A [`Processor`] is made once from [`Options`]. It is a handle: clones share what is inside.
//! - A [`Job`] is one file and one region that have passed every check that the file's header allows; nothing is
//!   decoded yet. It owns what it needs and can be rendered on any thread.
//! - A [`Banner`] is the finished files.
//!
//! ```
//! use masthead::{CropRequest, Options, Processor};
//!
//! let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let processor = Processor::new(Options::default());
//! let banner = processor.render(file, &CropRequest::default())?;
//!
//! assert_eq!(banner.variants.len(), 10);
//! let largest = banner.get("1500x500").unwrap();
//! assert_eq!((largest.dimensions.width(), largest.dimensions.height()), (1500, 500));
//! assert!(largest.bytes.starts_with(&[0xff, 0xd8]), "a JPEG file");
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let paths = banner.save_to(folder)?;
//! assert!(paths[0].ends_with("1500x500.jpg"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The region
//!
//! [`CropRequest`] holds the four numbers that a person's client sends, each optional, in pixels of the image as it is
//! displayed. Each variant shows the largest centred part of the region that has the variant's shape. Pixels outside the
//! region never reach a file, not even through the filter.
//!
//! ```
//! use masthead::{CropRequest, ErrorKind, Processor};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let request = CropRequest { offset_top: Some(100), height: Some(400), ..CropRequest::default() };
//! let error = Processor::default().render(file, &request).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Region);
//! assert_eq!(error.to_string(), "region 600x400+0+100 reaches outside the image 600x400+0+0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The region of a job is proven to lie inside its image. Its rectangle, `job.region().rect()`, can be stored and shown again:
//! [`Processor::prepare_region`].
//!
//! # Other sizes and formats
//!
//! Options are set with `with_...`, one after the other; more of them may come.
//!
//! ```
//! use masthead::{Chroma, CropRequest, Encoding, JpegOptions, Options, PngOptions, Processor, Quality};
//! use masthead::{VariantSet, VariantSpec};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let small = JpegOptions::default().with_quality(Quality::try_from(75)?);
//! let variants = VariantSet::new(vec![
//!     VariantSpec::new("cover", 960, 320, Encoding::default())?,
//!     VariantSpec::new("preview", 120, 40, Encoding::jpeg(small).with_chroma(Chroma::Half))?,
//!     VariantSpec::new("icon", 96, 96, Encoding::png(PngOptions::default()))?,
//! ])?;
//! let processor = Processor::new(Options::default().with_variants(variants));
//! let banner = processor.render(file, &CropRequest::default())?;
//! assert!(banner.get("icon").unwrap().bytes.starts_with(b"\x89PNG"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Small pictures are pictures too: [`Limits::min_dimensions`] and [`Options::min_region`] reach down to 1x1. For an encoder of
//! your own, [`Job::pictures`] gives the pixels of each variant instead of its file.
//!
//! # Bounding memory and time
//!
//! Every bound is a field of [`Limits`], with a safe default. What can be refused is refused from the header: a file
//! of 300 bytes that declares 65500x65500 pixels costs microseconds. The memory of a job is estimated before a pixel buffer is
//! allocated and compared with [`Limits::memory`]; [`Job::memory`] is that estimate, so that a server can admit jobs by
//! a budget; [`Job::held`] is what a job takes of it that waits. [`Limits::deadline`] ends the decoding of a file that takes too long.
//!
//! ```
//! use std::time::Duration;
//! use masthead::{CropRequest, ErrorKind, Limits, Options, Processor};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let limits = Limits::default().with_memory(32 << 20).with_deadline(Some(Duration::from_secs(2)));
//! let processor = Processor::new(Options::default().with_limits(limits.clone()));
//! let job = processor.prepare(&file, &CropRequest::default())?;
//! assert!(job.memory(1) < 32 << 20);
//! let banner = job.render()?;
//!
//! let tiny = limits.with_memory(1 << 20);
//! let tiny = Processor::new(Options::default().with_limits(tiny));
//! let error = tiny.render(&file, &CropRequest::default()).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::TooLarge);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Threads
//!
//! A job is made by the rayon pool that it is rendered in, or by the global pool: one thread decodes, another resamples the rows
//! that are there, and all encode the variants whose last row has come. To keep the work on threads of its own, install a pool
//! around the call; to use none, set [`Threads::Caller`], for all jobs in the [`Options`] or for one with
//! [`Job::with_threads`]. The files are the same, byte for byte, whatever the number of threads.
//!
//! ```
//! use masthead::{CropRequest, Processor};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
//! let processor = Processor::default();
//! let banner = pool.install(|| processor.render(file, &CropRequest::default()))?;
//! # assert_eq!(banner.variants.len(), 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From async code
//!
//! A job is milliseconds of computation and must not run on the threads of an async runtime. Prepare it where the request is
//! answered: that costs microseconds, and what the header tells can be refused at once. Then move the job into the pool and wait
//! for its answer on a channel; with tokio, `oneshot` in place of the channel below can be awaited (`examples/axum.rs`).
//!
//! Admit no more jobs at a time than may be in memory together: take [`Job::memory`] from a budget before the job goes into the
//! pool, or [`Job::pictures_memory`]. A server that is always busy does best with [`Threads::Caller`]: one job a thread, nothing
//! to wait for.
//!
//! A panic, which would be a defect, aborts the process when it leaves a closure that was given to `spawn`, unless the pool has a
//! `panic_handler`: catch it there, and answer that something is broken.
//!
//! ```
//! use std::panic::{AssertUnwindSafe, catch_unwind};
//! use std::sync::mpsc;
//! use masthead::{CropRequest, Options, Processor, Threads};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
//! let processor = Processor::new(Options::default().with_threads(Threads::Caller));
//!
//! let job = processor.prepare(file, &CropRequest::default())?;
//! let needed = job.memory(job.threads());
//! # assert!(needed > 1 << 20);
//! let (sender, receiver) = mpsc::channel();
//! pool.spawn(move || {
//!     let rendered = catch_unwind(AssertUnwindSafe(|| job.render()));
//!     // The receiver is gone when nobody waits any more.
//!     let _ = sender.send(rendered);
//! });
//! let banner = receiver.recv()?.map_err(|_| "internal error")??;
//! # assert_eq!(banner.variants.len(), 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Pixels instead of a file
//!
//! [`Picture::from_interleaved`] takes grey, RGB and RGBA buffers, [`Processor::render_picture`] makes banners of it.
//!
//! ```
//! use masthead::{CropRequest, Dimensions, Interleaved, Picture, Processor};
//!
//! let dimensions = Dimensions::new(600, 300).unwrap();
//! let picture = Picture::from_interleaved(&[90; 600 * 300 * 3], dimensions, Interleaved::Rgb)?;
//! let banner = Processor::default().render_picture(picture, &CropRequest::default())?;
//! assert_eq!(banner.variants.len(), 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`Decoder`] gives the pixels of a file without making banners of them: a [`Picture`], or its rows from the top, so that no
//! plane is ever in memory as a whole.
//!
//! ```
//! use masthead::{Decoder, Light, Limits, Rect, RowBatch};
//!
//! let file = std::fs::read("../../testdata/generated/jpeg-420.jpg")?;
//! let decoder = Decoder::new(file, &Limits::default())?;
//! let mut rows = decoder.rows(Rect::of(decoder.header().stored), Light::Linear)?;
//! let (mut batch, mut luma) = (RowBatch::default(), 0);
//! while rows.read(&mut batch)? {
//!     luma += batch.components().next().map_or(0, |rows| rows.height());
//! }
//! assert_eq!(luma, 128);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Vector instructions
//!
//! Kernels use what the processor has; the environment variable `MASTHEAD_SIMD` may lower that ([`SimdLevel`]). Where it holds an
//! unknown word, the making of a [`Processor`] panics. A program that would rather report it asks first:
//!
//! ```
//! use masthead::{Processor, SimdLevel};
//!
//! SimdLevel::from_env()?;
//! let processor = Processor::default();
//! # Ok::<(), masthead::LevelError>(())
//! ```
//!
//! # Features
//!
//! None is on by default.
//!
//! - `serde`: options and sets can be stored and read, by the words that they are shown as. Unknown keys are refused.
//! - `image`: [`Picture`] is made from a `DynamicImage` of the `image` crate, by `Picture::from_image` or `try_from`, whatever
//!   its kind; so that crate is part of this one's interface, the only one of another author that is. It comes without codecs;
//!   programs that have them turn them on themselves.

mod banner;
mod error;
mod job;
mod options;
mod processor;
mod unfinished;

pub use banner::{Banner, SaveError};
pub use error::{Error, ErrorKind};
pub use job::{Job, VariantPicture};
pub use masthead_crop::{Cover, CropPolicy, CropRegion, CropRequest, Error as CropError, Span, parse_pixels};
pub use masthead_decode::{
    Decoder, Error as DecodeError, FileBytes, FileColor, Format, Header, Limits, RowBatch, Rows, Subsampling,
};
pub use masthead_encode::{
    Coding, DeadZone, JpegOptions, PngEffort, PngOptions, Quality, QualityError, Quantisation, QuantisationTables,
};
#[cfg(feature = "image")]
pub use masthead_picture::EmptyImage;
pub use masthead_picture::{
    ColorModel, Component, Dimensions, Interleaved, InterleavedError, InvalidColor, InvalidDimensions, Light,
    Orientation, Picture, Plane, PlaneRows, Ratio, Rect, Rgb, Sampling, UnknownName,
};
pub use masthead_resample::Filter;
pub use masthead_simd::{LevelError, SimdLevel};
pub use masthead_variants::{
    Chroma, EncodedVariant, Encoding, EncodingSettings, MAX_VARIANT, MAX_VARIANTS, MeaninglessSetting, OutputFormat,
    SetError, VariantSet, VariantSettings, VariantSpec,
};
pub use options::{Options, Threads};
pub use processor::Processor;
#[doc(hidden)]
pub use unfinished::Unfinished;
