//! From a file or a picture to variants, step by step: decode, resample, turn upright, bring to sRGB, encode.

use std::time::{Duration, Instant};

use masthead_decode::{Decoder, RowBatch};
use masthead_picture::{ColorModel, Picture, Sampling};
use rayon::prelude::*;

use crate::encoded::{EncodedVariant, encode};
use crate::passes::{Finished, Passes, Weights};
use crate::plan::{Plan, PlannedVariant};
use crate::stream::stream;
use crate::{Error, Scratch};

/// What [`render`] makes.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The files, in the order of the set.
    pub variants: Vec<EncodedVariant>,
    /// The time that decoding took.
    pub decode_time: Duration,
    /// The time that resampling took, of all threads together. Variants share most of it, so it belongs to none.
    pub resample_time: Duration,
}

/// Decodes the plan's window and makes all variants of `plan`: files in the order of the set, the same whatever the number of
/// threads. The window is nowhere in memory as a whole: rows are resampled as they are decoded, and a variant is encoded as soon
/// as its last row is there.
///
/// With [`RenderOptions::parallel`](crate::RenderOptions::parallel) this happens on the current rayon pool: one thread decodes,
/// another one resamples, and all encode, the dearest variants first. Without it, or in a pool of one thread, the calling thread
/// does it all.
///
/// # Errors
/// When the window cannot be decoded, when the plan was made for another kind of picture, and when an encoder fails, which is a
/// defect.
pub fn render(plan: &Plan, decoder: &Decoder, scratch: &Scratch) -> Result<Rendered, Error> {
    from_file(plan, decoder, scratch, |plan, variant, picture| encode(plan, variant, picture, scratch))
        .map(Rendered::from)
}

/// Makes all variants of `plan` from a picture in memory, as [`render`] does from a file; its components are resampled in
/// parallel.
///
/// # Errors
/// When the picture does not hold the plan's window or is of another kind than the plan was made for, and when an encoder fails,
/// which is a defect.
pub fn render_picture(plan: &Plan, picture: Picture, scratch: &Scratch) -> Result<Rendered, Error> {
    from_picture(plan, picture, scratch, |plan, variant, picture| encode(plan, variant, picture, scratch))
        .map(Rendered::from)
}

/// The variants of `plan` as they are before they are put over the background and encoded: turned upright, in sRGB, in
/// the order of the set. For encoders of one's own.
///
/// # Errors
/// As [`render`].
pub fn resample(plan: &Plan, decoder: &Decoder, scratch: &Scratch) -> Result<Vec<Picture>, Error> {
    from_file(plan, decoder, scratch, |_, _, picture| Ok(picture)).map(Made::in_order)
}

/// The variants of `plan` from a picture in memory, as [`resample`] makes them from a file; also for measuring.
///
/// # Errors
/// As [`render_picture`].
pub fn resample_picture(plan: &Plan, picture: Picture, scratch: &Scratch) -> Result<Vec<Picture>, Error> {
    from_picture(plan, picture, scratch, |_, _, picture| Ok(picture)).map(Made::in_order)
}

/// What has been made of each variant, in whatever order, with the variant's index.
pub(crate) struct Made<T> {
    pub(crate) variants: Vec<(usize, T)>,
    pub(crate) decode_time: Duration,
    pub(crate) resample_time: Duration,
}

impl<T> Made<T> {
    fn in_order(mut self) -> Vec<T> {
        self.variants.sort_unstable_by_key(|&(index, _)| index);
        self.variants.into_iter().map(|(_, made)| made).collect()
    }
}

impl From<Made<EncodedVariant>> for Rendered {
    fn from(made: Made<EncodedVariant>) -> Self {
        let (decode_time, resample_time) = (made.decode_time, made.resample_time);
        Self { variants: made.in_order(), decode_time, resample_time }
    }
}

fn from_file<T: Send>(
    plan: &Plan,
    decoder: &Decoder,
    scratch: &Scratch,
    make: impl Fn(&Plan, &PlannedVariant, Picture) -> Result<T, Error> + Sync,
) -> Result<Made<T>, Error> {
    plan.check_source(decoder.header().model(), &decoder.header().samplings)?;
    let mut decode_time = Duration::ZERO;
    let mut rows = timed(&mut decode_time, || decoder.rows(plan.window(), plan.options.light))?;
    let weights = Weights::new(plan)?;
    let mut resamplers = scratch.resamplers(plan.samplings.len());
    let mut passes = Passes::new(plan, &weights, &mut resamplers, scratch);
    let finish = |finished| finish(plan, finished, &make);
    if plan.threads() > 1 {
        let mut made = stream(rows, passes, finish)?;
        made.decode_time += decode_time;
        scratch.keep(resamplers);
        return Ok(made);
    }
    let (mut variants, mut finished) = (Vec::new(), Vec::new());
    let mut batch = RowBatch::default();
    while timed(&mut decode_time, || rows.read(&mut batch))? {
        finished.extend(passes.push(batch.components()));
        if !passes.are_finished() {
            finished.drain(..).try_for_each(|finished| finish(finished).map(|made| variants.push(made)))?;
        }
    }
    let resample_time = passes.time();
    // What has served goes before the last variants, often all of them, are encoded: that takes memory too.
    drop((rows, batch, passes));
    scratch.keep(resamplers);
    finished.into_iter().try_for_each(|finished| finish(finished).map(|made| variants.push(made)))?;
    Ok(Made { variants, decode_time, resample_time })
}

fn from_picture<T: Send>(
    plan: &Plan,
    picture: Picture,
    scratch: &Scratch,
    make: impl Fn(&Plan, &PlannedVariant, Picture) -> Result<T, Error> + Sync,
) -> Result<Made<T>, Error> {
    let (needed, given) = (plan.window(), picture.window());
    if !given.contains(needed) {
        return Err(Error::Window { needed, given });
    }
    let samplings: Vec<Sampling> = picture.components().iter().map(|component| component.sampling).collect();
    plan.check_source(picture.model(), &samplings)?;
    let picture = picture.premultiplied_in(plan.options.light);
    let weights = Weights::new(plan)?;
    let mut resamplers = scratch.resamplers(plan.samplings.len());
    let mut passes = Passes::new(plan, &weights, &mut resamplers, scratch);
    let finished = passes.push_picture(picture.into_components());
    let resample_time = passes.time();
    drop(passes);
    scratch.keep(resamplers);
    let finish = |finished| finish(plan, finished, &make);
    let variants: Result<Vec<_>, Error> = if plan.threads() > 1 {
        // One variant a task, taken in order: dearest first.
        finished.into_par_iter().with_max_len(1).map(finish).collect()
    } else {
        finished.into_iter().map(finish).collect()
    };
    Ok(Made { variants: variants?, decode_time: Duration::ZERO, resample_time })
}

/// What `make` makes of the picture of a variant: turned upright, in sRGB.
fn finish<T>(
    plan: &Plan,
    Finished { variant, planes }: Finished,
    make: impl Fn(&Plan, &PlannedVariant, Picture) -> Result<T, Error>,
) -> Result<(usize, T), Error> {
    // Planes are turned one by one: chroma was resampled to lie on the pixels as they are shown.
    let mut planes = planes.into_iter().map(|plane| plane.oriented(plan.orientation));
    let mut next = || planes.next().expect("there are as many planes as the model has");
    let shown = match plan.model {
        ColorModel::Gray => Some(Picture::gray(next())),
        ColorModel::YCbCr => Picture::ycbcr([next(), next(), next()]),
        ColorModel::Rgb => Picture::rgb([next(), next(), next()]),
        ColorModel::Rgba => Picture::rgba([next(), next(), next(), next()], plan.options.light),
    };
    let shown = shown.expect("planes are made in the sizes that the plan gives them");
    let shown = match &plan.color {
        Some(transform) => transform.apply(shown),
        None => shown,
    };
    make(plan, &plan.variants[variant], shown).map(|made| (variant, made))
}

/// Adds the time that `work` takes to `time`.
pub(crate) fn timed<T>(time: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *time += start.elapsed();
    result
}
