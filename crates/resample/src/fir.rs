//! The engine over fast_image_resize. The only file that imports it.
//!
//! In gamma light it is one call on `u8` samples. In linear light there is no plane of 16-bit samples the size of the
//! source: it is linearised in strips that fit in the second-level cache, each strip is resampled vertically, and what
//! that leaves is resampled horizontally. That needs a tenth of the memory and takes as long as one call on
//! a plane linearised before (12.1 to 13.7 ms against 11.8 to 14.6 ms plus 2 to 3 ms for linearising it, 4096x1365 and
//! 4096x2048 to a third). Weights are computed anew in each call, about 0.2 us each; so the passes are separate calls,
//! and each computes only its own.

use std::fmt;
use std::ops::Range;

use fast_image_resize::images::{ImageRef, TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U16};
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions};
use masthead_picture::{Dimensions, Light, Plane, Transfer};

use crate::{Error, Filter, SourceRect};

/// Linearised source rows that are worked on at a time, in bytes: half of a common second-level cache.
const STRIP_BYTES: usize = 512 << 10;

/// Vertically resampled rows that wait for the horizontal pass, in bytes. Each time they are used up, the horizontal
/// weights are computed again.
const WAITING_BYTES: usize = 2 << 20;

/// Added to linear samples while they wait between the passes, so that the filter's undershoot below black is not cut
/// off before the second pass has made use of it. Above white `u16` has room of its own.
const BLACK: u16 = 1 << 14;

/// Scratch memory and the detected CPU features.
#[derive(Default)]
pub(crate) struct Engine {
    resizer: fast_image_resize::Resizer,
    strip: Vec<U16>,
    waiting: Vec<U16>,
    finished: Vec<U16>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("cpu", &self.resizer.cpu_extensions()).finish_non_exhaustive()
    }
}

impl Engine {
    pub(crate) fn resample_gamma(
        &mut self,
        source: &Plane,
        rect: SourceRect,
        target: Dimensions,
        filter: Filter,
    ) -> Result<Plane, Error> {
        let mut plane = Plane::filled(target, 0);
        let dimensions = source.dimensions();
        let view =
            ImageRef::new(dimensions.width(), dimensions.height(), source.samples(), fast_image_resize::PixelType::U8)
                .map_err(engine_error)?;
        let options = options(
            filter,
            clamped(rect.left, rect.width, dimensions.width()),
            clamped(rect.top, rect.height, dimensions.height()),
        );
        let view =
            fast_image_resize::IntoImageView::image_view::<U8>(&view).ok_or_else(|| engine_error("no u8 view"))?;
        let mut result = TypedImage::<U8>::from_buffer(target.width(), target.height(), plane.samples_mut())
            .map_err(engine_error)?;
        self.resizer.resize_typed(&view, &mut result, &options).map_err(engine_error)?;
        Ok(plane)
    }

    pub(crate) fn resample_linear(
        &mut self,
        source: &Plane,
        rect: SourceRect,
        target: Dimensions,
        filter: Filter,
    ) -> Result<Plane, Error> {
        let transfer = Transfer::srgb();
        let (width, height) = (target.width() as usize, target.height() as usize);
        let columns = taps(rect.left, rect.width, target.width(), filter, source.width());
        let rows_at_once = (WAITING_BYTES / 2 / columns.len()).clamp(1, height);
        let mut plane = Plane::filled(target, 0);
        for (chunk, samples) in plane.samples_mut().chunks_mut(rows_at_once * width).enumerate() {
            let first = chunk * rows_at_once;
            let rows = first..first + samples.len() / width;
            self.waiting.clear();
            self.waiting.resize(rows.len() * columns.len(), U16::new(0));
            self.resample_vertically(source, &columns, rect, target, filter, rows.clone())?;

            self.finished.clear();
            self.finished.resize(samples.len(), U16::new(0));
            let waiting = view(columns.len(), rows.len(), &self.waiting)?;
            let mut finished = view_mut(width, rows.len(), &mut self.finished)?;
            let horizontal = clamped(rect.left - columns.start as f64, rect.width, columns.len() as u32);
            let options = options(filter, horizontal, (0.0, rows.len() as f64));
            self.resizer.resize_typed(&waiting, &mut finished, &options).map_err(engine_error)?;
            for (sample, linear) in samples.iter_mut().zip(&self.finished) {
                *sample = transfer.encode(linear.0.saturating_sub(BLACK));
            }
        }
        Ok(plane)
    }

    /// Target rows `rows` at the width of the source, into `self.waiting`.
    fn resample_vertically(
        &mut self,
        source: &Plane,
        columns: &Range<usize>,
        rect: SourceRect,
        target: Dimensions,
        filter: Filter,
        rows: Range<usize>,
    ) -> Result<(), Error> {
        let transfer = Transfer::srgb();
        let reduction = rect.height / f64::from(target.height());
        let rows_at_once = rows_in_strip(columns.len(), reduction, filter).min(rows.len());
        for (strip, waiting) in self.waiting.chunks_mut(rows_at_once * columns.len()).enumerate() {
            let count = waiting.len() / columns.len();
            let top = rect.top + (rows.start + strip * rows_at_once) as f64 * reduction;
            let extent = count as f64 * reduction;
            let source_rows = taps(top, extent, count as u32, filter, source.height());
            self.strip.clear();
            for y in source_rows.clone() {
                let row = &source.row(y)[columns.clone()];
                self.strip.extend(row.iter().map(|&sample| U16::new(transfer.linear(sample) + BLACK)));
            }
            let linear = view(columns.len(), source_rows.len(), &self.strip)?;
            let mut waiting = view_mut(columns.len(), count, waiting)?;
            let vertical = clamped(top - source_rows.start as f64, extent, source_rows.len() as u32);
            let options = options(filter, (0.0, columns.len() as f64), vertical);
            self.resizer.resize_typed(&linear, &mut waiting, &options).map_err(engine_error)?;
        }
        Ok(())
    }

    pub(crate) fn scratch(rect: SourceRect, target: Dimensions, filter: Filter, light: Light) -> u64 {
        let (width, height) = (u64::from(target.width()), u64::from(target.height()));
        let horizontal_reduction = (rect.width / f64::from(target.width())).max(1.0);
        // No plane is that wide; the taps left and right of the rectangle are included.
        let columns = (rect.width + 2.0 * filter.support() * horizontal_reduction + 2.0) as u64;
        let reduction = rect.height / f64::from(target.height());
        let weights = |taps: f64, targets: u64| 8 * (2.0 * filter.support() * taps.max(1.0) + 2.0) as u64 * targets;
        let weights = weights(horizontal_reduction, width).max(weights(reduction, height));
        weights
            + match light {
                // One intermediate plane: vertical first.
                Light::Gamma => columns * height,
                Light::Linear => {
                    let waiting = (WAITING_BYTES as u64 / 2 / columns).clamp(1, height);
                    let strip = rows_in_strip(columns as usize, reduction, filter) as f64;
                    let strip_rows = (strip.min(height as f64) * reduction
                        + 2.0 * filter.support() * reduction.max(1.0)
                        + 3.0) as u64;
                    2 * (columns * strip_rows + waiting * (columns + width))
                }
            }
    }
}

/// Target rows whose source rows fill a strip.
fn rows_in_strip(columns: usize, reduction: f64, filter: Filter) -> usize {
    let source_rows = (STRIP_BYTES / 2 / columns) as f64 - 2.0 * filter.support() * reduction.max(1.0);
    // At least so many that the rows read twice, for the taps of two strips, are not the greater part.
    (source_rows / reduction).max(4.0 * filter.support()) as usize
}

/// The source samples in reach of the filter.
fn taps(start: f64, length: f64, target: u32, filter: Filter, whole: usize) -> Range<usize> {
    let reach = filter.support() * (length / f64::from(target)).max(1.0);
    let first = ((start - reach).floor() - 1.0).max(0.0) as usize;
    let last = ((start + length + reach).ceil() + 1.0).max(1.0) as usize;
    first.min(whole - 1)..last.min(whole)
}

/// `start` and `length` without the last digit's rounding that would put them outside `0..whole`.
fn clamped(start: f64, length: f64, whole: u32) -> (f64, f64) {
    let start = start.max(0.0);
    (start, length.min(f64::from(whole) - start))
}

fn options(filter: Filter, (left, width): (f64, f64), (top, height): (f64, f64)) -> ResizeOptions {
    let filter = match filter {
        Filter::Box => FilterType::Box,
        Filter::Triangle => FilterType::Bilinear,
        Filter::CatmullRom => FilterType::CatmullRom,
        Filter::Mitchell => FilterType::Mitchell,
        Filter::Lanczos3 => FilterType::Lanczos3,
    };
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false).crop(left, top, width, height)
}

fn view(width: usize, height: usize, samples: &[U16]) -> Result<TypedImageRef<'_, U16>, Error> {
    TypedImageRef::new(width as u32, height as u32, samples).map_err(engine_error)
}

fn view_mut(width: usize, height: usize, samples: &mut [U16]) -> Result<TypedImage<'_, U16>, Error> {
    TypedImage::from_pixels_slice(width as u32, height as u32, samples).map_err(engine_error)
}

fn engine_error(error: impl fmt::Display) -> Error {
    Error::Engine(error.to_string())
}
