//! From a decoded window to files.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use masthead_encode::{encode_jpeg, encode_png};
use masthead_picture::{ColorModel, Component, Dimensions, Light, Picture, Plane, Rect};
use masthead_resample::{Resampler, halve_rows, halved, halved_dimensions};
use rayon::prelude::*;

use crate::plan::{PlannedComponent, PlannedVariant};
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
    /// The time that resampling it took, and turning it and bringing it to sRGB.
    pub resample_time: Duration,
    /// The time that encoding it took.
    pub encode_time: Duration,
}

/// What [`render`] makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The files, in the order of the set.
    pub variants: Vec<EncodedVariant>,
    /// The time that halving planes took. Variants share them, so it belongs to none.
    pub halving_time: Duration,
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
    let (variants, halving_time) =
        for_each_variant(plan, picture, scratch, |job, pyramids, variant| job.render(pyramids, variant))?;
    Ok(Rendered { variants, halving_time })
}

/// The variants of `plan` as they are before they are put over the background and encoded: turned upright, in sRGB, in
/// the order of the set. For measuring, and for encoders of one's own.
///
/// # Errors
/// When the picture does not hold the plan's window.
pub fn resample(plan: &Plan, picture: Picture, scratch: &Scratch) -> Result<Vec<Picture>, Error> {
    for_each_variant(plan, picture, scratch, |job, pyramids, variant| job.resample(pyramids, variant))
        .map(|(pictures, _)| pictures)
}

/// What `make` makes of each variant, in the order of the set, and the time that halving took.
fn for_each_variant<T: Send + Sync>(
    plan: &Plan,
    picture: Picture,
    scratch: &Scratch,
    make: impl Fn(&RenderJob<'_>, &[Pyramid], &PlannedVariant) -> Result<T, Error> + Sync,
) -> Result<(Vec<T>, Duration), Error> {
    let (needed, given) = (plan.window(), picture.window());
    let picture = picture.premultiplied_in(plan.options.light);
    let model = picture.model();
    let components = picture.into_components();
    if !given.contains(needed) || plan.variants.iter().any(|variant| variant.components.len() != components.len()) {
        return Err(Error::Window { needed, given });
    }
    let job = RenderJob { plan, model, scratch };
    let in_parallel = plan.threads() > 1;
    let mut pyramids: Vec<Pyramid> =
        components.into_iter().map(|component| Pyramid::new(component, plan.window())).collect();
    let finished: Vec<OnceLock<Result<T, Error>>> = plan.variants.iter().map(|_| OnceLock::new()).collect();
    let mut halving_time = Duration::ZERO;
    for level in plan.levels() {
        let start = Instant::now();
        for (index, pyramid) in pyramids.iter_mut().enumerate() {
            pyramid.descend(level, plan, index, in_parallel);
        }
        halving_time += start.elapsed();
        // Nobody else has this index.
        let make_at = |index: usize| drop(finished[index].set(make(&job, &pyramids, &plan.variants[index])));
        let indices = plan.order.iter().copied().filter(|&index| plan.variants[index].level() == level);
        if in_parallel {
            let make_at = &make_at;
            rayon::scope_fifo(|scope| indices.for_each(|index| scope.spawn_fifo(move |_| make_at(index))));
        } else {
            indices.for_each(make_at);
        }
    }
    let finished = finished.into_iter().map(|result| result.into_inner().expect("every variant was made"));
    Ok((finished.collect::<Result<_, _>>()?, halving_time))
}

/// Rows of a halved plane that a thread makes at a time.
const HALVED_ROWS: usize = 64;

/// A component of the window at full size and halved, as far as variants still need it.
struct Pyramid {
    levels: Vec<Option<Plane>>,
    left: u32,
    top: u32,
}

impl Pyramid {
    /// The part of a component inside the window, whose edges are hard.
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
        Self { levels: vec![Some(plane)], left: inside.left(), top: inside.top() }
    }

    /// Halves down to `level`, if component `index` needs it, and drops what no variant of this level or below uses.
    fn descend(&mut self, level: u32, plan: &Plan, index: usize, in_parallel: bool) {
        let needed = level.min(plan.halvings(index)) as usize;
        while self.levels.len() <= needed {
            let plane = self.levels.last().and_then(Option::as_ref).expect("the last level is kept");
            let light = plan.variants[0].components[index].light;
            let half = if in_parallel { halved_in_parallel(plane, light) } else { halved(plane, light) };
            self.levels.push(Some(half));
        }
        for above in 0..needed {
            if !plan.uses(index, above as u32, level) {
                self.levels[above] = None;
            }
        }
    }

    fn level(&self, halvings: u32) -> &Plane {
        self.levels[halvings as usize].as_ref().expect("levels are kept while variants use them")
    }
}

fn halved_in_parallel(plane: &Plane, light: Light) -> Plane {
    let mut half = Plane::filled(halved_dimensions(plane.dimensions()), 0);
    let samples_at_once = HALVED_ROWS * half.width();
    half.samples_mut()
        .par_chunks_mut(samples_at_once)
        .enumerate()
        .for_each(|(chunk, rows)| halve_rows(plane, light, chunk * HALVED_ROWS, rows));
    half
}

struct RenderJob<'a> {
    plan: &'a Plan,
    model: ColorModel,
    scratch: &'a Scratch,
}

impl RenderJob<'_> {
    fn render(&self, pyramids: &[Pyramid], variant: &PlannedVariant) -> Result<EncodedVariant, Error> {
        let start = Instant::now();
        let picture = self.resample(pyramids, variant)?;
        let resample_time = start.elapsed();

        let start = Instant::now();
        let encoding = variant.spec.encoding();
        let mut bytes = match encoding {
            Encoding::Jpeg { options, chroma } => {
                let picture = picture.over(self.plan.options.background).into_ycbcr(chroma.sampling());
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
            resample_time,
            encode_time: start.elapsed(),
        })
    }

    fn resample(&self, pyramids: &[Pyramid], variant: &PlannedVariant) -> Result<Picture, Error> {
        let planes = self.scratch.with(|resampler| {
            pyramids
                .iter()
                .zip(&variant.components)
                .map(|(pyramid, component)| self.resample_component(resampler, pyramid, component))
                .collect::<Result<Vec<Plane>, Error>>()
        })?;
        // Planes are turned one by one: chroma was resampled to lie on the pixels as they are shown.
        let mut planes = planes.into_iter().map(|plane| plane.oriented(self.plan.orientation));
        let mut next = || planes.next().expect("there are as many planes as the model has");
        let shown = match self.model {
            ColorModel::Gray => Some(Picture::gray(next())),
            ColorModel::YCbCr => Picture::ycbcr([next(), next(), next()]),
            ColorModel::Rgb => Picture::rgb([next(), next(), next()]),
            ColorModel::Rgba => Picture::rgba([next(), next(), next(), next()], self.plan.options.light),
        };
        let shown = shown.expect("planes are made in the sizes that the plan gives them");
        Ok(match &self.plan.color {
            Some(transform) => transform.apply(shown),
            None => shown,
        })
    }

    fn resample_component(
        &self,
        resampler: &mut Resampler,
        pyramid: &Pyramid,
        component: &PlannedComponent,
    ) -> Result<Plane, Error> {
        let PlannedComponent { target, halvings, light, .. } = *component;
        let source = component.source(pyramid.left, pyramid.top);
        resampler
            .resample(pyramid.level(halvings), source, target, self.plan.options.filter, light)
            .map_err(|error| Error::Resample(ResampleError(error.to_string())))
    }
}
