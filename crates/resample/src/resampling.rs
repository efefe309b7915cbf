//! What is made of planes of one size: the targets, their weights, and what they share.

use std::ops::Range;
use std::sync::Arc;

use masthead_picture::{Dimensions, Plane};

use crate::kernels::BLOCK;
use crate::ring::stride;
use crate::taps::{Part, Taps};
use crate::{Error, Filter, SourceRect, halve, pass};

/// The most halvings of a target that are accepted: more make no sense of any plane.
pub(crate) const ACCEPTED_HALVINGS: u32 = 16;

/// What is made of a plane: a part of it at another size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The part of the plane that is shown.
    pub rect: SourceRect,
    /// Width and height of the target.
    pub dimensions: Dimensions,
    /// How often the plane is halved first; [`halvings`](crate::halvings) tells how often it may be.
    pub halvings: u32,
}

/// The targets that are made of planes of one size in one pass over each plane, with all their weights.
///
/// It serves any number of planes, in either light, and threads may share it. The weights of one direction are computed
/// once for targets that have the same; targets that have the same rows share the vertical pass as well.
#[derive(Clone, Debug)]
pub struct Resampling {
    plane: Dimensions,
    targets: Vec<Dimensions>,
    /// The plane as it is, halved, halved twice, ...
    pub(crate) levels: Vec<Level>,
}

/// A plane that was halved some number of times.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// The columns that targets and the next level depend on, from a multiple of [`BLOCK`] on.
    pub(crate) columns: Range<usize>,
    pub(crate) strips: Vec<Strip>,
    /// The weights of rows for the next level.
    pub(crate) halving: Option<Taps>,
}

/// Targets with the same rows.
#[derive(Clone, Debug)]
pub(crate) struct Strip {
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
    /// A rectangle may reach beyond the plane by at most one target sample: there the plane's edge samples hold on.
    /// (A 4:2:0 picture of odd size needs this: its last chroma sample covers half a pixel more than there is.)
    ///
    /// Weights have 14 bits. Up to a reduction of about 1000 a sample is within 2 of what exact ones would make of it; above
    /// that, halvings help.
    ///
    /// # Errors
    /// When a rectangle lies further outside, or a target asks for more than 16 halvings.
    pub fn new(plane: Dimensions, targets: &[Target], filter: Filter) -> Result<Self, Error> {
        let most = targets.iter().map(|target| target.halvings).max().unwrap_or(0);
        if most > ACCEPTED_HALVINGS {
            return Err(Error::Halvings(most));
        }
        let mut levels = Vec::new();
        let (mut width, mut height) = (plane.width() as usize, plane.height() as usize);
        for halvings in 0..=most {
            let halving = (halvings < most).then(|| halve::taps(height));
            levels.push(Level { width, height, columns: 0..0, strips: Vec::new(), halving });
            (width, height) = (width.div_ceil(2), height.div_ceil(2));
        }
        let mut known: Vec<((Part, usize), Arc<Taps>)> = Vec::new();
        let mut taps = |part: Part, target: u32| {
            let key = (part, target as usize);
            if let Some((_, taps)) = known.iter().find(|(other, _)| *other == key) {
                return taps.clone();
            }
            let taps = Arc::new(Taps::new(part, target as usize, filter));
            known.push((key, taps.clone()));
            taps
        };
        for (index, target) in targets.iter().enumerate() {
            let Target { rect, dimensions, halvings } = *target;
            rect.check(dimensions, plane)?;
            let level = &mut levels[halvings as usize];
            let part = |start: f64, length: f64, whole: usize, full: u32| {
                let scale = f64::from(halvings).exp2();
                Part { start: start / scale, length: length / scale, whole, extent: f64::from(full) / scale }
            };
            let rows = taps(part(rect.top, rect.height, level.height, plane.height()), dimensions.height());
            let columns = taps(part(rect.left, rect.width, level.width, plane.width()), dimensions.width());
            let used = aligned(2 * columns.first(0)..(2 * columns.end(columns.len() - 1)).min(level.width));
            level.columns = union(level.columns.clone(), used.clone());
            match level.strips.iter_mut().find(|strip| Arc::ptr_eq(&strip.rows, &rows)) {
                Some(strip) => {
                    strip.columns = union(strip.columns.clone(), used);
                    strip.targets.push((index, columns));
                }
                None => level.strips.push(Strip { rows, columns: used, targets: vec![(index, columns)] }),
            }
        }
        for halvings in (1..levels.len()).rev() {
            let deeper = levels[halvings].columns.clone();
            let level = &mut levels[halvings - 1];
            let needed =
                (2 * deeper.start).saturating_sub(halve::REACH)..(2 * deeper.end + halve::REACH).min(level.width);
            level.columns = union(level.columns.clone(), aligned(needed));
        }
        Ok(Self { plane, targets: targets.iter().map(|target| target.dimensions).collect(), levels })
    }

    /// The most memory that it takes together with the scratch memory of so many threads that fill its planes, in bytes:
    /// for these arguments of [`Resampling::new`]. The planes are not counted.
    #[must_use]
    pub fn memory(plane: Dimensions, targets: &[Target], filter: Filter, threads: usize) -> u64 {
        let most = targets.iter().map(|target| target.halvings).max().unwrap_or(0).min(ACCEPTED_HALVINGS);
        let (mut shared, mut scratch) = (0, 0);
        for halvings in 0..=most {
            let halved = |length: u32| u64::from(length.div_ceil(1 << halvings));
            let (width, height) = (halved(plane.width()), halved(plane.height()));
            let pairs = |length: f64, target: u32, whole: u64| {
                Taps::most_pairs(length / f64::from(halvings).exp2(), target, filter, whole)
            };
            let stride = stride(width as usize) as u64;
            let mut ring = halve::WEIGHTS.len() as u64;
            for target in targets.iter().filter(|target| target.halvings == halvings) {
                let (across, down) = (target.dimensions.width(), target.dimensions.height());
                let (columns, rows) =
                    (pairs(target.rect.width, across, width), pairs(target.rect.height, down, height));
                shared += Taps::bytes(across.into(), columns) + Taps::bytes(down.into(), rows);
                scratch += pass::batch_bytes(stride);
                let reduction = target.rect.height / f64::from(down) / f64::from(halvings).exp2();
                let further = ((pass::TOGETHER - 1) as f64 * reduction / 2.0) as u64 + 2;
                ring = ring.max((rows + further).min(height.div_ceil(2)));
            }
            shared += halve::tap_bytes(height);
            scratch += pass::stage_bytes(stride, ring);
        }
        let widest = targets.iter().map(|target| target.dimensions.width()).max().unwrap_or(0);
        scratch += pass::finish_bytes(plane.width().into(), widest.into());
        shared + scratch * threads.max(1) as u64
    }

    /// The dimensions of the planes it is for.
    #[must_use]
    pub fn plane(&self) -> Dimensions {
        self.plane
    }

    /// Band `index` of `count`, from the top, of every target: what a thread makes at a time.
    ///
    /// # Panics
    /// When `index` is not below `count`.
    #[must_use]
    pub(crate) fn band(&self, index: usize, count: usize) -> Band {
        assert!(index < count, "band {index} of {count}");
        let rows = |target: &Dimensions| {
            let height = target.height() as usize;
            height * index / count..height * (index + 1) / count
        };
        let rows: Vec<_> = self.targets.iter().map(rows).collect();
        let room =
            |(rows, target): (&Range<usize>, &Dimensions)| Vec::with_capacity(rows.len() * target.width() as usize);
        let samples = rows.iter().zip(&self.targets).map(room).collect();
        Band { rows, samples }
    }

    /// The targets, in their order, from all their bands, in theirs.
    ///
    /// # Panics
    /// When they are not all the bands of this resampling, in their order.
    #[must_use]
    pub fn planes(&self, bands: Vec<Band>) -> Vec<Plane> {
        let heights: Vec<_> = self.targets.iter().map(|target| target.height() as usize).collect();
        let mut made = vec![0; heights.len()];
        for band in &bands {
            for (made, rows) in made.iter_mut().zip(&band.rows) {
                assert_eq!(*made, rows.start, "a band is missing, or they are not in order");
                *made = rows.end;
            }
        }
        assert_eq!(made, heights, "a band is missing");
        let mut bands: Vec<_> = bands.into_iter().map(|band| band.samples.into_iter()).collect();
        let plane = |target: &Dimensions| {
            let mut parts = bands.iter_mut().map(|samples| samples.next().expect("a band of this resampling"));
            let mut samples = parts.next().expect("there is a band");
            let mut rest = parts.peekable();
            if rest.peek().is_some() {
                samples.reserve_exact(target.pixels() as usize - samples.len());
                rest.for_each(|part| samples.extend(part));
            }
            Plane::new(*target, samples).expect("all bands of this resampling")
        };
        self.targets.iter().map(plane).collect()
    }
}

/// Some rows of each target.
#[derive(Debug)]
pub struct Band {
    rows: Vec<Range<usize>>,
    /// As many as have been made.
    pub(crate) samples: Vec<Vec<u8>>,
}

impl Band {
    /// The rows of target `index` that belong to it.
    pub(crate) fn rows(&self, index: usize) -> Range<usize> {
        self.rows[index].clone()
    }
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
