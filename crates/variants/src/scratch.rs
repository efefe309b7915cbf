//! Memory of finished jobs, for the next ones.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use masthead_picture::Picture;
use masthead_resample::Resampler;

/// The most scratch memory in bytes that a resampler keeps: that of a picture some 5000 samples wide. Wider ones take so long that
/// getting memory anew is nothing beside it.
pub(crate) const KEPT: usize = 1 << 20;

/// The most memory in bytes that planes of finished variants keep together: those of the ten profile banners take 5 MB for each job
/// at a time. Given back, each page of it would be cleared anew by the kernel for the next job: 500 page faults and 7 % of the time of a
/// picture of 3 megapixels (medians of `masthead bench`, in one run).
const KEPT_PLANES: usize = 16 << 20;

/// Scratch memory of finished jobs, for the next ones. Shared by all threads: there is as much of it as jobs have used at one time.
#[derive(Debug, Default)]
pub struct Scratch {
    resamplers: Mutex<Vec<Resampler>>,
    planes: Mutex<Planes>,
    /// Whether there may be a next job: the only one of a program need not hold what nobody will use.
    has_served: AtomicBool,
}

/// Memory of planes, the oldest first.
#[derive(Debug, Default)]
struct Planes {
    kept: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl Scratch {
    /// So many resamplers that no other job uses.
    pub(crate) fn resamplers(&self, count: usize) -> Vec<Resampler> {
        let mut kept = locked(&self.resamplers);
        let rest = kept.len().saturating_sub(count);
        let mut resamplers = kept.split_off(rest);
        drop(kept);
        resamplers.resize_with(count, Resampler::new);
        resamplers
    }

    /// Keeps resamplers for the next job.
    pub(crate) fn keep(&self, mut resamplers: Vec<Resampler>) {
        resamplers.iter_mut().for_each(|resampler| resampler.trim(KEPT));
        locked(&self.resamplers).append(&mut resamplers);
        self.has_served.store(true, Ordering::Relaxed);
    }

    /// Memory for a plane of so many samples: that of one that had as many, or none. Sizes of a set come again with each job.
    pub(crate) fn plane(&self, samples: usize) -> Vec<u8> {
        let mut planes = locked(&self.planes);
        let same = planes.kept.iter().position(|plane| plane.capacity() == samples);
        let plane = same.and_then(|index| planes.kept.remove(index)).unwrap_or_default();
        planes.bytes -= plane.capacity();
        plane
    }

    /// Keeps the planes of a finished variant for the next job, and lets the oldest go where there are too many.
    pub(crate) fn keep_planes(&self, picture: Picture) {
        if !self.has_served.load(Ordering::Relaxed) {
            return;
        }
        let mut planes = locked(&self.planes);
        for component in picture.into_components() {
            let plane = component.plane.into_samples();
            planes.bytes += plane.capacity();
            planes.kept.push_back(plane);
        }
        while planes.bytes > KEPT_PLANES
            && let Some(oldest) = planes.kept.pop_front()
        {
            planes.bytes -= oldest.capacity();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use masthead_picture::{Dimensions, Plane};

    use super::*;

    fn picture(width: u32) -> Picture {
        Picture::gray(Plane::filled(Dimensions::new(width, 1 << 10).unwrap(), 7))
    }

    #[test]
    fn planes_of_the_same_size_are_used_again() {
        let scratch = Scratch::default();
        scratch.keep_planes(picture(3));
        assert_eq!(scratch.plane(3 << 10).capacity(), 0, "there has been no job");
        scratch.keep(Vec::new());
        scratch.keep_planes(picture(3));
        assert_eq!(scratch.plane(2 << 10).capacity(), 0);
        assert_eq!(scratch.plane(3 << 10).capacity(), 3 << 10);
        assert_eq!(scratch.plane(3 << 10).capacity(), 0, "it is in use");
    }

    #[test]
    fn the_oldest_planes_go_first() {
        let scratch = Scratch::default();
        scratch.keep(Vec::new());
        let width = (KEPT_PLANES / 4) as u32 >> 10;
        for more in 0..6 {
            scratch.keep_planes(picture(width + more));
        }
        let kept = (0..6).filter(|more| scratch.plane(((width + more) as usize) << 10).capacity() > 0);
        assert_eq!(kept.collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(locked(&scratch.planes).bytes, 0);
    }
}
