//! The passes over the components of the source, all alive together, and the variants that come out of them.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use masthead_picture::{Component, Plane, PlaneRows, Rect};
use masthead_resample::{Pass, Resampler, Resampling, Target};
use rayon::prelude::*;

use crate::error::ResampleError;
use crate::{Plan, Scratch};

/// What is made of each component of the source, with all weights.
pub(crate) struct Weights {
    resamplings: Vec<Resampling>,
    /// For each component, which of them: equal components share one.
    components: Vec<usize>,
}

impl Weights {
    pub(crate) fn new(plan: &Plan) -> Result<Self, ResampleError> {
        let mut known: Vec<(Rect, Vec<Target>)> = Vec::new();
        let components = (0..plan.samplings.len()).map(|component| {
            let (inside, targets) = (plan.inside(component), plan.targets(component));
            // Chroma planes have the same sizes and targets, as have the planes of RGB.
            known.iter().position(|known| *known == (inside, targets.clone())).unwrap_or_else(|| {
                known.push((inside, targets));
                known.len() - 1
            })
        });
        let components = components.collect();
        let resampling = |(inside, targets): &(Rect, Vec<Target>)| {
            Resampling::new(inside.dimensions(), targets, plan.options.filter)
        };
        Ok(Self { resamplings: known.iter().map(resampling).collect::<Result<_, _>>()?, components })
    }
}

/// A pass over each component.
pub(crate) struct Passes<'a> {
    plan: &'a Plan,
    passes: Vec<Pass<'a>>,
    /// Of each variant, the planes that are finished, by component; nothing any more when it has been handed on.
    planes: Vec<Vec<Option<Plane>>>,
    time: Duration,
}

/// All planes of a variant.
pub(crate) struct Finished {
    pub(crate) variant: usize,
    pub(crate) planes: Vec<Plane>,
}

impl<'a> Passes<'a> {
    /// A pass over each component, with a resampler each, and planes in the memory of former jobs.
    pub(crate) fn new(
        plan: &'a Plan,
        weights: &'a Weights,
        resamplers: &'a mut [Resampler],
        scratch: &Scratch,
    ) -> Self {
        let pass = |(component, resampler): (usize, &'a mut Resampler)| {
            let light = plan.variants[0].components[component].light;
            let resampling = &weights.resamplings[weights.components[component]];
            resampler.pass(resampling, light).with_memory(|samples| scratch.plane(samples))
        };
        let passes: Vec<_> = resamplers.iter_mut().enumerate().map(pass).collect();
        let planes = plan.variants.iter().map(|_| passes.iter().map(|_| None).collect()).collect();
        Self { plan, passes, planes, time: Duration::ZERO }
    }

    /// Takes the next rows of each component: gives the variants that they were the last ones for, the dearest first.
    pub(crate) fn push<'b>(&mut self, components: impl IntoIterator<Item = PlaneRows<'b>>) -> Vec<Finished> {
        let start = Instant::now();
        self.passes.iter_mut().zip(components).for_each(|(pass, rows)| pass.push_rows(rows));
        self.time += start.elapsed();
        self.finished()
    }

    /// Takes the components of a picture that holds the window, each of which goes when it has served: gives all variants, the
    /// dearest first.
    pub(crate) fn push_picture(&mut self, components: Vec<Component>) -> Vec<Finished> {
        let plan = self.plan;
        let push = |(index, (pass, component)): (usize, (&mut Pass<'_>, Component))| {
            let start = Instant::now();
            pass.push_rows(rows_inside(&component, plan.inside(index)));
            start.elapsed()
        };
        self.time += if plan.threads() > 1 {
            self.passes.par_iter_mut().zip(components).enumerate().with_max_len(1).map(push).sum()
        } else {
            self.passes.iter_mut().zip(components).enumerate().map(push).sum::<Duration>()
        };
        self.finished()
    }

    fn finished(&mut self) -> Vec<Finished> {
        let mut finished = Vec::new();
        for (component, pass) in self.passes.iter_mut().enumerate() {
            for (variant, plane) in pass.take_finished() {
                let planes = &mut self.planes[variant];
                planes[component] = Some(plane);
                if planes.iter().all(Option::is_some) {
                    let planes = std::mem::take(planes).into_iter().flatten().collect();
                    finished.push(Finished { variant, planes });
                }
            }
        }
        finished.sort_by_key(|finished| Reverse(self.plan.variants[finished.variant].plane_bytes()));
        finished
    }

    /// Whether all variants have been handed on.
    pub(crate) fn are_finished(&self) -> bool {
        self.planes.iter().all(Vec::is_empty)
    }

    /// The time that it has taken so far.
    pub(crate) fn time(&self) -> Duration {
        self.time
    }
}

/// The samples of a component that lie in `inside`, a rectangle of its samples.
fn rows_inside(component: &Component, inside: Rect) -> PlaneRows<'_> {
    let Component { plane, left, top, .. } = component;
    let (left, top) = ((inside.left() - left) as usize, (inside.top() - top) as usize);
    let (width, height) = (inside.width() as usize, inside.height() as usize);
    let start = top * plane.width() + left;
    let samples = plane.samples().get(start..start + (height - 1) * plane.width() + width);
    samples.and_then(|samples| PlaneRows::new(samples, width, plane.width())).expect("a picture holds its window")
}
