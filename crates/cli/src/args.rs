//! The options of a job: what is cut out of a picture, what is made of it, and on how many threads.

use std::thread;

use masthead::{CropPolicy, CropRequest, Options, parse_pixels};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::banner::BannerArgs;
use crate::numbers::whole;

/// Everything that says what is made, and from what.
#[derive(clap::Args)]
pub(crate) struct JobArgs {
    #[command(flatten)]
    region: RegionArgs,
    #[command(flatten)]
    banner: BannerArgs,

    /// Threads to work on, 1 to 1024 [default: one for each core]
    #[arg(long, value_name = "N", value_parser = whole(1..=1024_u16),
          allow_negative_numbers = true, help_heading = "Engine")]
    threads: Option<u16>,
}

/// The part of the picture to show.
#[derive(clap::Args)]
#[command(next_help_heading = "Region")]
struct RegionArgs {
    /// Width of the part to show, in pixels of the picture as it is displayed [default: to its right edge]
    #[arg(long, value_name = "PIXELS", value_parser = |value: &str| parse_pixels("width", value),
          allow_negative_numbers = true)]
    width: Option<u32>,

    /// Height of the part to show; parts smaller than --min-region are refused [default: to the bottom edge]
    #[arg(long, value_name = "PIXELS", value_parser = |value: &str| parse_pixels("height", value),
          allow_negative_numbers = true)]
    height: Option<u32>,

    /// Pixels to leave out on the left [default: 0]
    #[arg(long, value_name = "PIXELS", value_parser = |value: &str| parse_pixels("offset_left", value),
          allow_negative_numbers = true)]
    offset_left: Option<u32>,

    /// Pixels to leave out at the top [default: 0]
    #[arg(long, value_name = "PIXELS", value_parser = |value: &str| parse_pixels("offset_top", value),
          allow_negative_numbers = true)]
    offset_top: Option<u32>,

    /// Where the region reaches outside the picture, use what is inside instead of refusing it
    #[arg(long)]
    clamp: bool,
}

impl JobArgs {
    /// The region that is asked for.
    pub(crate) fn request(&self) -> CropRequest {
        let RegionArgs { width, height, offset_left, offset_top, clamp: _ } = self.region;
        CropRequest { width, height, offset_left, offset_top }
    }

    /// The options of the engine.
    ///
    /// # Errors
    /// As [`BannerArgs::options`].
    pub(crate) fn options(&self) -> Result<Options, String> {
        self.banner.options(if self.region.clamp { CropPolicy::Clamp } else { CropPolicy::Refuse })
    }

    /// The longest file that is read.
    pub(crate) fn max_bytes(&self) -> usize {
        self.banner.max_bytes()
    }

    /// Threads that were asked for, or one for each core.
    pub(crate) fn threads(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(cores, usize::from)
    }

    /// A pool of these threads.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub(crate) fn pool(&self) -> Result<ThreadPool, String> {
        let threads = self.threads();
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|number| format!("masthead-{number}"))
            .build()
            .map_err(|error| format!("cannot start {threads} threads: {error}"))
    }
}
