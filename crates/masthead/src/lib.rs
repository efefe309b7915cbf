//! The banner-image engine: one untrusted upload in, every size of banner out.
//!
//! A person uploads a picture for the strip at the top of their profile. masthead checks the file, crops the region they
//! chose and makes each size of banner that pages and apps need.
//!
//! # Three nouns
//!
//! - A [`Processor`] is made once from [`Options`] and shared by all threads.
//! - A [`Job`] is one file and one region that have passed every check that the file's header allows; nothing is
//!   decoded yet.
//! - A [`Banner`] is the finished files.
//!
//! ```
//! use masthead::{CropRequest, Options, Processor};
//!
//! let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let processor = Processor::new(Options::default());
//! let banner = processor.render(&file, &CropRequest::default())?;
//!
//! assert_eq!(banner.variants.len(), 10);
//! let largest = banner.get("1500x500").unwrap();
//! assert_eq!((largest.dimensions.width(), largest.dimensions.height()), (1500, 500));
//! assert!(largest.bytes.starts_with(&[0xff, 0xd8]), "a JPEG file");
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
//! let error = Processor::default().render(&file, &request).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Region);
//! assert_eq!(error.to_string(), "region 600x400+0+100 reaches outside the image 600x400+0+0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Other sizes and formats
//!
//! ```
//! use masthead::{Chroma, CropRequest, Encoding, JpegOptions, Options, PngOptions, Processor, Quality};
//! use masthead::{VariantSet, VariantSpec};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let options = JpegOptions { quality: Quality::new(75).unwrap(), ..JpegOptions::default() };
//! let variants = VariantSet::new(vec![
//!     VariantSpec::new("cover", 960, 320, Encoding::default())?,
//!     VariantSpec::new("preview", 120, 40, Encoding::Jpeg { options, chroma: Chroma::Auto })?,
//!     VariantSpec::new("icon", 96, 96, Encoding::Png(PngOptions::default()))?,
//! ])?;
//! let processor = Processor::new(Options { variants, ..Options::default() });
//! let banner = processor.render(&file, &CropRequest::default())?;
//! assert!(banner.get("icon").unwrap().bytes.starts_with(b"\x89PNG"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Bounding memory and time
//!
//! Every bound is a field of [`Limits`], with a safe default. What can be refused is refused from the header: a file
//! of 300 bytes that declares 65500x65500 pixels costs microseconds. The memory of a job is estimated before a pixel buffer is
//! allocated and compared with [`Limits::memory`]; [`Job::memory`] is that estimate, so that a server can admit jobs by
//! a budget. [`Limits::deadline`] ends the decoding of a file that takes too long.
//!
//! ```
//! use std::time::Duration;
//! use masthead::{CropRequest, ErrorKind, Limits, Options, Processor};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let limits = Limits {
//!     memory: 32 << 20,
//!     deadline: Some(Duration::from_secs(2)),
//!     ..Limits::default()
//! };
//! let processor = Processor::new(Options { limits, ..Options::default() });
//! let job = processor.prepare(&file, &CropRequest::default())?;
//! assert!(job.memory(1) < 32 << 20);
//! let banner = job.render()?;
//!
//! let tiny = Options { limits: Limits { memory: 1 << 20, ..Limits::default() }, ..Options::default() };
//! let error = Processor::new(tiny).render(&file, &CropRequest::default()).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::TooLarge);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Threads
//!
//! The variants of a picture are made in parallel on the rayon pool that [`Processor::render`] is called in, or on the
//! global pool. To keep the work on threads of its own, install a pool around the call; to use none, set
//! [`Threads::Caller`]. The files are the same, byte for byte, whatever the number of threads.
//!
//! ```
//! use masthead::{CropRequest, Processor};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
//! let processor = Processor::default();
//! let banner = pool.install(|| processor.render(&file, &CropRequest::default()))?;
//! # assert_eq!(banner.variants.len(), 10);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From async code
//!
//! A job is milliseconds of computation and must not run on the threads of an async runtime. Hand it to the pool and
//! wait for the answer on a channel. With tokio, `oneshot` in place of the channel below can be awaited.
//!
//! Hand over no more jobs at a time than may be in memory together: a pool thread that waits for the variants of its job
//! takes up other jobs meanwhile. A semaphore bounds their number; to bound memory, take [`Job::memory`] from a budget in
//! the request (`prepare` borrows the file and decodes nothing), and render in the pool. A server that is always busy
//! does best with [`Threads::Caller`]: one job a thread, nothing to wait for.
//!
//! ```
//! use std::sync::{Arc, mpsc};
//! use masthead::{CropRequest, Processor};
//!
//! # let file = std::fs::read("../../testdata/photos/coffee.png")?;
//! let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
//! let processor = Arc::new(Processor::default());
//!
//! let (sender, receiver) = mpsc::channel();
//! let shared = Arc::clone(&processor);
//! pool.spawn(move || {
//!     // The receiver is gone when nobody waits any more.
//!     let _ = sender.send(shared.render(&file, &CropRequest::default()));
//! });
//! let banner = receiver.recv()??;
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

mod error;
mod processor;

pub use error::{Error, ErrorKind};
pub use masthead_crop::{
    Cover, CropPolicy, CropRegion, CropRequest, Error as CropError, MIN_REGION, Span, parse_pixels,
};
pub use masthead_decode::{Decoder, Error as DecodeError, FileBytes, FileColor, Format, Header, Limits, Subsampling};
pub use masthead_encode::{
    Coding, DeadZone, JpegOptions, PngEffort, PngOptions, Quality, Quantisation, QuantisationTables,
};
pub use masthead_picture::{
    ColorModel, Component, Dimensions, Interleaved, InterleavedError, Light, Orientation, Picture, Plane, Ratio, Rect,
    Rgb, Sampling,
};
pub use masthead_resample::Filter;
pub use masthead_variants::{
    Chroma, EncodedVariant, Encoding, MAX_VARIANT, MAX_VARIANTS, OutputFormat, Plan, SetError, VariantSet, VariantSpec,
};
pub use processor::{Banner, Job, Options, Processor, Threads};
