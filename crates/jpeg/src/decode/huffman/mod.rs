//! Huffman-coded scans (T.81, annexes F and G).
//!
//! A scan is read by [`Bits`]. What its bits mean is looked up in `tables`, which are made of `codes`. `sequential`, `progressive`
//! and `refinement` decode the blocks of MCUs that stand between two restart markers; `kernels` chooses their instructions. `scan` goes
//! from MCU row to MCU row, and from restart marker to restart marker.
//!
//! Why the inner loops are as they are: `notes.md`.

mod bits;
mod codes;
mod coding;
mod kernels;
mod layout;
mod progressive;
mod refinement;
mod scan;
mod sequential;
mod tables;
#[cfg(test)]
mod tests;

pub(super) use self::scan::HuffmanScan;
pub(super) use self::tables::Tables;
