//! From a decoded window to files.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use masthead_encode::{encode_jpeg, encode_png};
use masthead_picture::{ColorModel, Component, Dimensions, Picture, Plane, Rect};
use masthead_resample::{Resampler, Resampling, Target};
use rayon::prelude::*;

use crate::plan::PlannedVariant;
use crate::{Encoding, OutputFormat, Plan};

/// One finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedVariant {
    /// The name of its [`VariantSpec`](crate::VariantSpec).
    pub name: String,
    /// Width and height.
    pub dimensions: Dimensions,
    /// The format of the file.
    pub format: OutputFormat,
    /// The file.
    pub bytes: Vec<u8>,
    /// The time that it took to turn it, to bring it to sRGB and to encode it.
    pub encode_time: Duration,
}

/// What [`render`] makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The files, in the order of the set.
    pub variants: Vec<EncodedVariant>,
    /// The time that resampling took, of all threads together. Variants share most of it, so it belongs to none.
    pub resample_time: Duration,
}

/// Why there are no files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The job takes more memory than it is allowed.
    #[error("the image needs {needed} bytes of memory, at most {most} are accepted")]
    Memory {
        /// The estimate.
        needed: u64,
        /// The limit.
        most: u64,
    },
    /// The picture is not the one that the plan was made for.
    #[error("the plan needs the window {needed}, the picture has {given}")]
    Window {
        /// What was planned.
        needed: Rect,
        /// What was given.
        given: Rect,
    },
    /// Resampling failed: a defect of masthead.
    #[error(transparent)]
    Resample(#[from] ResampleError),
    /// Encoding failed: a defect of masthead.
    #[error(transparent)]
    Encode(#[from] masthead_encode::Error),
}

/// Why resampling failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ResampleError(String);

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
/// the order of the set. For measuring, and for encoders of one's own.
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
    let mut sources: Vec<_> = components.into_iter().map(|component| Some(Inside::new(component, needed))).collect();
    let mut finished: Vec<Option<T>> = plan.variants.iter().map(|_| None).collect();
    let mut resample_time = Duration::ZERO;
    let groups = plan.groups();
    for (number, group) in groups.iter().enumerate() {
        let is_last = number + 1 == groups.len();
        let (planes, time) = resample_group(plan, group, &mut sources, is_last, scratch)?;
        resample_time += time;
        let make = |(index, planes): (usize, Vec<Plane>)| {
            let variant = &plan.variants[index];
            make(plan, variant, shown(plan, model, planes)).map(|made| (index, made))
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

/// The part of a component inside the window, whose edges are hard.
struct Inside {
    plane: Plane,
    left: u32,
    top: u32,
}

impl Inside {
    fn new(component: Component, window: Rect) -> Self {
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
fn resample_group(
    plan: &Plan,
    group: &[usize],
    sources: &mut [Option<Inside>],
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
                let resampling = Resampling::new(dimensions, &targets, plan.options.filter)
                    .map_err(|error| Error::Resample(ResampleError(error.to_string())))?;
                known.insert((targets, resampling))
            }
        };
        let light = plan.variants[0].components[index].light;
        let count = plan.bands(index, plan.threads());
        let band = |band: usize| {
            let start = Instant::now();
            let made = scratch.with(|resampler| resampler.resample_band(resampling, &source.plane, light, band, count));
            (made, start.elapsed())
        };
        let made: Vec<_> = if count > 1 { (0..count).into_par_iter().map(band).collect() } else { vec![band(0)] };
        let (bands, times): (Vec<_>, Vec<Duration>) = made.into_iter().unzip();
        time += times.into_iter().sum::<Duration>();
        for (planes, plane) in planes.iter_mut().zip(resampling.planes(bands)) {
            planes.push(plane);
        }
        if is_last {
            *slot = None;
        }
    }
    Ok((planes, time))
}

/// A variant's picture: turned upright, in sRGB.
fn shown(plan: &Plan, model: ColorModel, planes: Vec<Plane>) -> Picture {
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

fn encode(plan: &Plan, variant: &PlannedVariant, picture: Picture) -> Result<EncodedVariant, Error> {
    let start = Instant::now();
    let encoding = variant.spec.encoding();
    let mut bytes = match encoding {
        Encoding::Jpeg { options, .. } => {
            let picture = picture.over(plan.options.background).into_ycbcr(variant.chroma);
            encode_jpeg(&picture, &options)?
        }
        Encoding::Png(options) => encode_png(picture, &options)?,
    };
    bytes.shrink_to_fit();
    Ok(EncodedVariant {
        name: variant.spec.name().to_owned(),
        dimensions: variant.spec.dimensions(),
        format: encoding.format(),
        bytes,
        encode_time: start.elapsed(),
    })
}
