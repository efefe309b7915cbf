//! The interface to the engines, and what all of them need checked.

use std::borrow::Cow;

use masthead_picture::{Dimensions, Light, Plane};

use crate::{Filter, fir, wide};

/// The part of a plane that a target shows, in samples from the plane's top left corner; edges may lie inside samples.
///
/// # Guarantees
/// - all four numbers are finite, width and height above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceRect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl SourceRect {
    /// A rectangle `width` by `height` samples large with its top left corner at (`left`, `top`); `None` when a number is
    /// not finite or the rectangle is empty.
    #[must_use]
    pub fn new(left: f64, top: f64, width: f64, height: f64) -> Option<Self> {
        let finite = [left, top, width, height].iter().all(|value| value.is_finite());
        (finite && width > 0.0 && height > 0.0).then_some(Self { left, top, width, height })
    }

    /// The whole of a plane.
    #[must_use]
    pub fn of(dimensions: Dimensions) -> Self {
        Self { left: 0.0, top: 0.0, width: dimensions.width().into(), height: dimensions.height().into() }
    }

    /// Left edge.
    #[must_use]
    pub fn left(&self) -> f64 {
        self.left
    }

    /// Top edge.
    #[must_use]
    pub fn top(&self) -> f64 {
        self.top
    }

    /// Width, above 0.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height, above 0.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }
}

/// Why a plane is not resampled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rectangle lies too far outside the plane.
    #[error(
        "source rectangle {}x{}+{}+{} lies outside the {plane} plane by more than one target sample",
        rect.width, rect.height, rect.left, rect.top
    )]
    Outside {
        /// The rectangle.
        rect: SourceRect,
        /// The plane's dimensions.
        plane: Dimensions,
    },
    /// The engine refused: a defect of masthead.
    #[error("resampling failed: {0}")]
    Engine(String),
}

/// Resamples planes, and keeps its scratch memory from one call to the next. Not shared between threads: one each.
#[derive(Debug, Default)]
pub struct Resampler {
    fir: fir::Engine,
    wide: wide::Engine,
}

impl Resampler {
    /// A resampler with no scratch memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The part `rect` of `source`, at the size `target`. In a direction that keeps its size and starts on a whole sample,
    /// samples are copied, whatever the filter.
    ///
    /// The rectangle may reach beyond the plane by at most one target sample: there the plane's edge samples hold on.
    /// (A 4:2:0 picture of odd size needs this: its last chroma sample covers half a pixel more than there is.)
    ///
    /// # Errors
    /// When the rectangle lies further outside.
    pub fn resample(
        &mut self,
        source: &Plane,
        rect: SourceRect,
        target: Dimensions,
        filter: Filter,
        light: Light,
    ) -> Result<Plane, Error> {
        let (source, rect) = extended(source, rect, target)?;
        if is_narrow(rect, target, light) {
            self.fir.resample(&source, rect, target, filter)
        } else {
            Ok(self.wide.resample(&source, rect, target, filter, light))
        }
    }

    /// The most scratch memory, in bytes, that resampling a part `rect` of a plane of `plane` dimensions to `target` needs,
    /// the result not included.
    #[must_use]
    pub fn scratch(rect: SourceRect, target: Dimensions, filter: Filter, light: Light, plane: Dimensions) -> u64 {
        let beyond = |start: f64, length: f64, whole: u32| start < -SLACK || start + length > f64::from(whole) + SLACK;
        let is_extended = beyond(rect.left, rect.width, plane.width()) || beyond(rect.top, rect.height, plane.height());
        let copy = if is_extended { plane.pixels() + plane.pixels() / 8 } else { 0 };
        copy + if is_narrow(rect, target, light) {
            fir::Engine::scratch(rect, target, filter, plane)
        } else {
            wide::Engine::scratch(rect, target, filter, plane)
        }
    }
}

/// Whether `u8` samples between the passes are good enough.
fn is_narrow(rect: SourceRect, target: Dimensions, light: Light) -> bool {
    let shrinks = rect.width >= f64::from(target.width()) && rect.height >= f64::from(target.height());
    light == Light::Gamma && shrinks
}

/// By how much a rectangle that ends on the plane's edge may miss it, through rounding.
const SLACK: f64 = 1e-6;

/// A plane that holds all of `rect`: `source` itself, or a copy with repeated edges when the rectangle reaches beyond it.
fn extended(source: &Plane, rect: SourceRect, target: Dimensions) -> Result<(Cow<'_, Plane>, SourceRect), Error> {
    let dimensions = source.dimensions();
    let outside = || Error::Outside { rect, plane: dimensions };
    let excess = |start: f64, length: f64, whole: u32, target: u32| -> Result<(u32, u32), Error> {
        let before = (-start).max(0.0);
        let after = (start + length - f64::from(whole)).max(0.0);
        let most = (length / f64::from(target)).min(f64::from(whole));
        if before > most + SLACK || after > most + SLACK {
            return Err(outside());
        }
        Ok(((before - SLACK).ceil() as u32, (after - SLACK).ceil() as u32))
    };
    let (left, right) = excess(rect.left, rect.width, dimensions.width(), target.width())?;
    let (top, bottom) = excess(rect.top, rect.height, dimensions.height(), target.height())?;
    if [left, right, top, bottom] == [0; 4] {
        return Ok((Cow::Borrowed(source), rect));
    }
    let size = |whole: u32, before: u32, after: u32| whole.checked_add(before)?.checked_add(after);
    let padded = size(dimensions.width(), left, right)
        .zip(size(dimensions.height(), top, bottom))
        .and_then(|(width, height)| Dimensions::new(width, height))
        .ok_or_else(outside)?;
    let mut samples = Vec::with_capacity(padded.width() as usize * padded.height() as usize);
    let last = source.height() - 1;
    for y in 0..padded.height() as usize {
        let row = source.row(y.saturating_sub(top as usize).min(last));
        samples.extend(std::iter::repeat_n(row[0], left as usize));
        samples.extend_from_slice(row);
        samples.extend(std::iter::repeat_n(row[row.len() - 1], right as usize));
    }
    let plane = Plane::new(padded, samples).expect("as many samples as the dimensions say");
    let rect = SourceRect { left: rect.left + f64::from(left), top: rect.top + f64::from(top), ..rect };
    Ok((Cow::Owned(plane), rect))
}
