//! Tables that tell from the next bits what they mean: a code, and what follows it, in one look-up where they fit.
//!
//! Each is looked up with a fixed number of bits. Codes that are longer, and what does not fit, are decoded step by step; entries that
//! say so are slow. How many bits, and what else was tried: `../notes.md`.

mod dc;
mod pairs;
mod progressive;
mod shared;

pub(super) use self::dc::DcTable;
pub(super) use self::pairs::{AcTable, ENDS, PairEntry};
pub(super) use self::progressive::ProgressiveTable;
pub(in crate::decode) use self::shared::Tables;

/// Bits of a look-up, but for those of [`AcTable`].
const BITS: u32 = 10;

/// The bit of an entry that says that it does not tell all.
const SLOW: u32 = 1 << 6;

/// EXTEND (T.81, F.2.2.1): the value that `size` bits stand for, at most 15. A first bit of 0 says that it is negative.
#[inline(always)]
pub(super) fn extend(bits: u32, size: u32) -> i32 {
    // A size of 0 gives 0: 2 to the power of 0, less 1, is subtracted.
    let is_negative = bits >> (size.wrapping_sub(1) & 31) & 1 ^ 1;
    bits as i32 - is_negative as i32 * ((1 << size) - 1)
}
