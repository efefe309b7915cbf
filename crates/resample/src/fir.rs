//! The engine over fast_image_resize, on `u8` samples: for reductions in gamma light. The only file that imports it.

use std::fmt;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions};
use masthead_picture::{Dimensions, Plane};

use crate::{Error, Filter, SourceRect};

/// Scratch memory and the CPU features that were detected.
#[derive(Default)]
pub(crate) struct Engine {
    resizer: fast_image_resize::Resizer,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("cpu", &self.resizer.cpu_extensions()).finish_non_exhaustive()
    }
}

impl Engine {
    /// A part of a plane at another size, on `u8` samples: rows first, then columns, rounded and cut off in between.
    pub(crate) fn resample(
        &mut self,
        source: &Plane,
        rect: SourceRect,
        target: Dimensions,
        filter: Filter,
    ) -> Result<Plane, Error> {
        let mut plane = Plane::filled(target, 0);
        let dimensions = source.dimensions();
        let view = TypedImageRef::<U8>::from_buffer(dimensions.width(), dimensions.height(), source.samples())
            .map_err(engine_error)?;
        let mut result = TypedImage::<U8>::from_buffer(target.width(), target.height(), plane.samples_mut())
            .map_err(engine_error)?;
        let options = options(
            filter,
            clamped(rect.left, rect.width, dimensions.width()),
            clamped(rect.top, rect.height, dimensions.height()),
        );
        self.resizer.resize_typed(&view, &mut result, &options).map_err(engine_error)?;
        Ok(plane)
    }

    /// The most scratch memory of [`Engine::resample`], in bytes.
    pub(crate) fn scratch(rect: SourceRect, target: Dimensions, filter: Filter, plane: Dimensions) -> u64 {
        let (width, height) = (u64::from(target.width()), u64::from(target.height()));
        let reach = |length: f64, target: u64| 2.0 * filter.support() * (length / target as f64).max(1.0) + 4.0;
        let columns = ((rect.width + reach(rect.width, width)) as u64).clamp(1, plane.width().into());
        let weights = reach(rect.width, width) as u64 * width + reach(rect.height, height) as u64 * height;
        columns * height + 12 * weights
    }
}

/// `start` and `length` without the last digit's rounding that would put them outside `0..whole`.
fn clamped(start: f64, length: f64, whole: u32) -> (f64, f64) {
    let start = start.max(0.0);
    (start, length.min(f64::from(whole) - start))
}

fn options(filter: Filter, (left, width): (f64, f64), (top, height): (f64, f64)) -> ResizeOptions {
    // Our own weights: the library's Lanczos takes two sines each, a tenth of the whole job.
    let own = |name, weight: fn(f64) -> f64| {
        fast_image_resize::Filter::new(name, weight, filter.support()).map_or(FilterType::Lanczos3, FilterType::Custom)
    };
    let filter = match filter {
        Filter::Box => FilterType::Box,
        Filter::Triangle => own("triangle", |x| Filter::Triangle.weight(x)),
        Filter::CatmullRom => own("catmull-rom", |x| Filter::CatmullRom.weight(x)),
        Filter::Mitchell => own("mitchell", |x| Filter::Mitchell.weight(x)),
        Filter::Lanczos3 => own("lanczos3", |x| Filter::Lanczos3.weight(x)),
    };
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false).crop(left, top, width, height)
}

fn engine_error(error: impl fmt::Display) -> Error {
    Error::Engine(error.to_string())
}
