//! The horizontal pass: rows that the vertical pass left as wide as the plane, to rows of a target.
//!
//! It goes by columns of [`ROWS`] rows: they are weighted alike, so that a vector holds what becomes one column of the target.

use masthead_picture::Light;
use masthead_simd::SimdLevel;

use crate::kernels::{BLOCK, Columns, LINE, Pair, ROWS, TILE_WIDTH, to_columns, to_rows};
use crate::ring::Aligned;
use crate::taps::Taps;
use crate::transfer::Tile;

/// Memory of the horizontal pass, kept from one use to the next.
#[derive(Default)]
pub(crate) struct Horizontal {
    columns: Aligned<Pair>,
    rows: Aligned<u8>,
    tile: Tile,
    width: usize,
}

impl Horizontal {
    /// Takes [`ROWS`] rows, `stride` apart and `width` wide: a multiple of [`BLOCK`].
    pub(crate) fn load(&mut self, simd: SimdLevel, rows: &[i16], stride: usize, width: usize) {
        self.width = width;
        to_columns(simd, rows, stride, self.columns.slice(width / 2 * ROWS, [0; 2]).as_chunks_mut().0);
    }

    /// Resamples the rows, which begin at column `left` of the plane, to [`ROWS`] rows as long as there are weights.
    pub(crate) fn resample(&mut self, simd: SimdLevel, light: Light, left: usize, taps: &Taps) -> &[u8] {
        let columns: &[Columns] = self.columns.slice(self.width / 2 * ROWS, [0; 2]).as_chunks().0;
        let stride = taps.len();
        let rows = self.rows.slice(ROWS * stride, 0);
        let tile = &mut self.tile;
        for start in (0..stride).step_by(TILE_WIDTH) {
            let sums = taps.sums(start..stride.min(start + TILE_WIDTH));
            tile.fill(simd, light, columns, left / 2, sums);
            if sums.len() == TILE_WIDTH {
                to_rows(simd, &tile.samples, stride, &mut rows[start..]);
            } else {
                let mut last = [0; ROWS * TILE_WIDTH];
                to_rows(simd, &tile.samples, TILE_WIDTH, &mut last);
                for (row, samples) in rows.chunks_exact_mut(stride).zip(last.chunks_exact(TILE_WIDTH)) {
                    row[start..].copy_from_slice(&samples[..sums.len()]);
                }
            }
        }
        rows
    }

    /// What it takes now, in bytes.
    pub(crate) fn held(&self) -> usize {
        self.columns.bytes() + self.rows.bytes()
    }

    /// What it takes, in bytes, for planes and targets so wide.
    pub(crate) fn bytes(plane: u64, target: u64) -> u64 {
        (plane / 2 + BLOCK as u64) * (ROWS * size_of::<Pair>()) as u64 + ROWS as u64 * target + 2 * LINE as u64
    }
}
