//! What is made of planes of one size, worked out once for all of them: targets, weights, and what targets share.

use std::ops::Range;
use std::sync::Arc;

use masthead_picture::Dimensions;
use masthead_simd::SimdLevel;

use crate::kernels::BLOCK;
use crate::taps::{Part, Taps};
use crate::{Error, Filter, Target, pyramid};

/// The targets that are made of planes of one size in one pass over each plane, with all their weights.
///
/// It serves any number of planes, in either light, and threads may share it. The weights of one direction are computed
/// once for targets that have the same; targets that have the same rows share the vertical pass as well.
#[derive(Clone, Debug)]
pub struct Resampling {
    plane: Dimensions,
    pub(crate) targets: Vec<Dimensions>,
    /// The levels of the pyramid, from the plane itself on.
    pub(crate) levels: Vec<Level>,
}

/// A level of the pyramid, and what is made of it.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// The columns that targets and the next level depend on, from a multiple of [`BLOCK`] on.
    pub(crate) columns: Range<usize>,
    pub(crate) vertical_passes: Vec<VerticalPass>,
    /// The weights of rows for the next level.
    pub(crate) next: Option<Taps>,
}

/// Targets with the same rows: they are resampled vertically once, and horizontally each on its own.
#[derive(Clone, Debug)]
pub(crate) struct VerticalPass {
    pub(crate) rows: Arc<Taps>,
    /// The columns that the targets depend on, from a multiple of [`BLOCK`] on.
    pub(crate) columns: Range<usize>,
    /// The index of each target, and the weights of its columns.
    pub(crate) targets: Vec<(usize, Arc<Taps>)>,
}

impl Resampling {
    /// Of planes of `plane` dimensions, these targets. In a direction that keeps its size and starts on a whole sample,
    /// samples are copied, whatever the filter.
    ///
    /// A rectangle may lie beyond the plane by at most one target sample: there the plane's edge samples hold on.
    /// (A 4:2:0 picture of odd size needs this: its last chroma sample covers half a pixel more than there is.)
    ///
    /// Weights have 14 bits. Up to a reduction of about 1000 a sample is within 2 of what exact ones would make of it; above
    /// that, higher levels of the pyramid help.
    ///
    /// # Errors
    /// When a rectangle lies further outside, or a target asks for a level above 16.
    pub fn new(plane: Dimensions, targets: &[Target], filter: Filter) -> Result<Self, Error> {
        Self::with_simd(SimdLevel::detect(), plane, targets, filter)
    }

    /// As [`Resampling::new`], its weights made by these kernels; for tests and benchmarks, since the results are the same.
    ///
    /// # Errors
    /// Those of [`Resampling::new`].
    pub fn with_simd(simd: SimdLevel, plane: Dimensions, targets: &[Target], filter: Filter) -> Result<Self, Error> {
        targets.iter().try_for_each(|target| target.check(plane))?;
        let mut levels = levels(plane, targets.iter().map(|target| target.level).max().unwrap_or(0));
        let mut known: Vec<((Part, usize), Arc<Taps>)> = Vec::new();
        let mut taps = |part: Part, target: u32| {
            let key = (part, target as usize);
            if let Some((_, taps)) = known.iter().find(|(other, _)| *other == key) {
                return taps.clone();
            }
            let taps = Arc::new(Taps::new(simd, part, target as usize, filter));
            known.push((key, taps.clone()));
            taps
        };
        for (index, target) in targets.iter().enumerate() {
            let level = &mut levels[target.level as usize];
            let (across, down) = target.parts(plane, (level.width, level.height));
            let (columns, rows) = (taps(across, target.dimensions.width()), taps(down, target.dimensions.height()));
            let used = aligned(2 * columns.first(0)..(2 * columns.end(columns.len() - 1)).min(level.width));
            level.columns = union(level.columns.clone(), used.clone());
            match level.vertical_passes.iter_mut().find(|pass| Arc::ptr_eq(&pass.rows, &rows)) {
                Some(pass) => {
                    pass.columns = union(pass.columns.clone(), used);
                    pass.targets.push((index, columns));
                }
                None => {
                    level.vertical_passes.push(VerticalPass { rows, columns: used, targets: vec![(index, columns)] })
                }
            }
        }
        for next in (1..levels.len()).rev() {
            let columns = levels[next].columns.clone();
            let level = &mut levels[next - 1];
            let needed = pyramid::needed(columns, level.width);
            level.columns = union(level.columns.clone(), aligned(needed));
        }
        Ok(Self { plane, targets: targets.iter().map(|target| target.dimensions).collect(), levels })
    }

    /// The dimensions of the planes it is for.
    #[must_use]
    pub fn plane(&self) -> Dimensions {
        self.plane
    }
}

/// The levels of the pyramid over a plane, without anything that is made of them.
fn levels(plane: Dimensions, highest: u32) -> Vec<Level> {
    let (mut width, mut height) = (plane.width() as usize, plane.height() as usize);
    let level = |level| {
        let next = (level < highest).then(|| pyramid::taps(height));
        let made = Level { width, height, columns: 0..0, vertical_passes: Vec::new(), next };
        (width, height) = (width.div_ceil(2), height.div_ceil(2));
        made
    };
    (0..=highest).map(level).collect()
}

fn aligned(columns: Range<usize>) -> Range<usize> {
    columns.start / BLOCK * BLOCK..columns.end
}

/// The smallest range that holds both; an empty one counts for nothing.
pub(crate) fn union(a: Range<usize>, b: Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b,
        (_, true) => a,
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}
