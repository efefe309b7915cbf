//! From a decoded window to variants, step by step: resample, turn upright, bring to sRGB, encode.

use std::time::Duration;

use masthead_picture::{ColorModel, Picture, Plane};
use rayon::prelude::*;

use crate::Error;
use crate::encoded::{EncodedVariant, encode};
use crate::plan::{Plan, PlannedVariant};
use crate::resample::{Cropped, Scratch, resample_group};

/// What [`render`] makes.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The files, in the order of the set.
    pub variants: Vec<EncodedVariant>,
    /// The time that resampling took, of all threads together. Variants share most of it, so it belongs to none.
    pub resample_time: Duration,
}

/// Makes all variants of `plan` from `picture`, which must hold the plan's window. The files are in the order of the set,
/// and the same whatever the number of threads.
///
/// With [`RenderOptions::parallel`](crate::RenderOptions::parallel) they are made on the current rayon pool, dearest
/// first; without it, or in a pool of one thread, in order on the calling thread.
///
/// # Errors
/// When the picture does not hold the plan's window, and when an encoder fails, which is a defect.
pub fn render(plan: &Plan, picture: Picture, scratch: &Scratch) -> Result<Rendered, Error> {
    let (variants, resample_time) = for_each_variant(plan, picture, scratch, encode)?;
    Ok(Rendered { variants, resample_time })
}

/// The variants of `plan` as they are before they are put over the background and encoded: turned upright, in sRGB, in
/// the order of the set. For encoders of one's own, and for measuring.
///
/// # Errors
/// When the picture does not hold the plan's window.
pub fn resample(plan: &Plan, picture: Picture, scratch: &Scratch) -> Result<Vec<Picture>, Error> {
    for_each_variant(plan, picture, scratch, |_, _, picture| Ok(picture)).map(|(pictures, _)| pictures)
}

/// What `make` makes of each variant, in the order of the set, and the time that resampling took.
fn for_each_variant<T: Send>(
    plan: &Plan,
    picture: Picture,
    scratch: &Scratch,
    make: impl Fn(&Plan, &PlannedVariant, Picture) -> Result<T, Error> + Sync,
) -> Result<(Vec<T>, Duration), Error> {
    let (needed, given) = (plan.window(), picture.window());
    let picture = picture.premultiplied_in(plan.options.light);
    let model = picture.model();
    let components = picture.into_components();
    if !given.contains(needed) || plan.variants.iter().any(|variant| variant.components.len() != components.len()) {
        return Err(Error::Window { needed, given });
    }
    let mut sources: Vec<_> = components.into_iter().map(|component| Some(Cropped::new(component, needed))).collect();
    let mut finished: Vec<Option<T>> = plan.variants.iter().map(|_| None).collect();
    let mut resample_time = Duration::ZERO;
    let groups = plan.groups();
    for (number, group) in groups.iter().enumerate() {
        let is_last = number + 1 == groups.len();
        let (planes, time) = resample_group(plan, group, &mut sources, is_last, scratch)?;
        resample_time += time;
        let make = |(index, planes): (usize, Vec<Plane>)| {
            let variant = &plan.variants[index];
            make(plan, variant, finished_picture(plan, model, planes)).map(|made| (index, made))
        };
        let jobs = group.iter().copied().zip(planes);
        let made: Result<Vec<_>, Error> = if plan.threads() > 1 {
            // One variant a task, taken in order: dearest first.
            jobs.collect::<Vec<_>>().into_par_iter().with_max_len(1).map(make).collect()
        } else {
            jobs.map(make).collect()
        };
        for (index, made) in made? {
            finished[index] = Some(made);
        }
    }
    Ok((finished.into_iter().map(|made| made.expect("every variant is in a group")).collect(), resample_time))
}

/// A variant's picture: turned upright, in sRGB.
fn finished_picture(plan: &Plan, model: ColorModel, planes: Vec<Plane>) -> Picture {
    // Planes are turned one by one: chroma was resampled to lie on the pixels as they are shown.
    let mut planes = planes.into_iter().map(|plane| plane.oriented(plan.orientation));
    let mut next = || planes.next().expect("there are as many planes as the model has");
    let shown = match model {
        ColorModel::Gray => Some(Picture::gray(next())),
        ColorModel::YCbCr => Picture::ycbcr([next(), next(), next()]),
        ColorModel::Rgb => Picture::rgb([next(), next(), next()]),
        ColorModel::Rgba => Picture::rgba([next(), next(), next(), next()], plan.options.light),
    };
    let shown = shown.expect("planes are made in the sizes that the plan gives them");
    match &plan.color {
        Some(transform) => transform.apply(shown),
        None => shown,
    }
}
