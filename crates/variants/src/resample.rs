//! All planes of a group of variants, in one pass over each plane of the source.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use masthead_picture::{Component, Plane, Rect};
use masthead_resample::{Resampler, Resampling, Target};
use rayon::prelude::*;

use crate::error::ResampleError;
use crate::{Error, Plan};

/// Scratch memory of finished jobs, for the next ones. Shared by all threads.
#[derive(Debug, Default)]
pub struct Scratch {
    resamplers: Mutex<Vec<Resampler>>,
}

impl Scratch {
    /// Runs `work` with a resampler that no other thread uses.
    fn with<T>(&self, work: impl FnOnce(&mut Resampler) -> T) -> T {
        let resamplers = || self.resamplers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut resampler = resamplers().pop().unwrap_or_default();
        let result = work(&mut resampler);
        resamplers().push(resampler);
        result
    }
}

/// The samples of a component inside the window. Filters do not reach beyond its edges.
pub(crate) struct Cropped {
    plane: Plane,
    left: u32,
    top: u32,
}

impl Cropped {
    pub(crate) fn new(component: Component, window: Rect) -> Self {
        let Component { plane, sampling, left, top } = component;
        let inside = sampling.cover(window);
        let plane = if Rect::new(left, top, plane.dimensions()) == Some(inside) {
            plane
        } else {
            Rect::new(inside.left() - left, inside.top() - top, inside.dimensions())
                .and_then(|rect| plane.cropped(rect))
                .expect("a picture holds its window")
        };
        Self { plane, left: inside.left(), top: inside.top() }
    }
}

/// The planes of each variant of a group, and the time they took. When it is the last group, each source plane goes as soon
/// as it has served.
pub(crate) fn resample_group(
    plan: &Plan,
    group: &[usize],
    sources: &mut [Option<Cropped>],
    is_last: bool,
    scratch: &Scratch,
) -> Result<(Vec<Vec<Plane>>, Duration), Error> {
    let mut planes: Vec<Vec<Plane>> = group.iter().map(|_| Vec::with_capacity(sources.len())).collect();
    let mut known: Option<(Vec<Target>, Resampling)> = None;
    let mut time = Duration::ZERO;
    for (index, slot) in sources.iter_mut().enumerate() {
        let source = slot.as_ref().expect("a source stays until the last group");
        let dimensions = source.plane.dimensions();
        let components = group.iter().map(|&variant| &plan.variants[variant].components[index]);
        let targets: Vec<Target> = components.map(|component| component.target(source.left, source.top)).collect();
        // Chroma planes have the same sizes and targets, as have the planes of RGB: they share the weights.
        known = known.filter(|(same, resampling)| *same == targets && resampling.plane() == dimensions);
        let (_, resampling) = match &known {
            Some(known) => known,
            None => {
                let resampling =
                    Resampling::new(dimensions, &targets, plan.options.filter).map_err(ResampleError::from)?;
                known.insert((targets, resampling))
            }
        };
        let light = plan.variants[0].components[index].light;
        let count = plan.strips(index, plan.threads());
        let strip = |strip: usize| {
            let start = Instant::now();
            let made =
                scratch.with(|resampler| resampler.resample_strip(resampling, &source.plane, light, strip, count));
            (made, start.elapsed())
        };
        let made: Vec<_> = if count > 1 { (0..count).into_par_iter().map(strip).collect() } else { vec![strip(0)] };
        let (strips, times): (Vec<_>, Vec<Duration>) = made.into_iter().unzip();
        time += times.into_iter().sum::<Duration>();
        for (planes, plane) in planes.iter_mut().zip(resampling.planes(strips)) {
            planes.push(plane);
        }
        if is_last {
            *slot = None;
        }
    }
    Ok((planes, time))
}
