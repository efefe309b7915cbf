//! In which order and on how many threads the variants of a plan are made.

use crate::Plan;

/// Variants are made in one pass over the source as long as their planes take no more than this together, in bytes. Those of
/// the ten profile banners take 5 MB.
const GROUP_BYTES: u64 = 8 << 20;

/// The fewest rows of a component that a thread resamples: what it needs beyond them is up to a hundred more on each side.
const STRIP_ROWS: usize = 256;

impl Plan {
    /// How many threads [`render`](crate::render) will use when called here and now.
    #[must_use]
    pub fn threads(&self) -> usize {
        if self.options.parallel { rayon::current_num_threads() } else { 1 }
    }

    /// The variants in groups whose planes are made in one pass, dearest first: as many as do not take much memory.
    pub(crate) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut bytes = 0;
        for &index in &self.order {
            bytes += self.variants[index].plane_bytes();
            match groups.last_mut() {
                Some(group) if bytes <= GROUP_BYTES => group.push(index),
                _ => {
                    bytes = self.variants[index].plane_bytes();
                    groups.push(vec![index]);
                }
            }
        }
        groups
    }

    /// How many strips of rows a component is resampled in by so many threads: each strip needs rows beyond its edges again, which
    /// its neighbour needs too.
    pub(crate) fn strips(&self, component: usize, threads: usize) -> usize {
        let rows = self.samplings[component].cover(self.window).height() as usize;
        threads.min(rows / STRIP_ROWS).max(1)
    }
}
