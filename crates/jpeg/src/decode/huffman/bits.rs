//! Reading bits of entropy-coded data: NEXTBIT and RECEIVE of T.81 (F.2.2.4, F.2.2.5), many bits at a time.

use crate::decode::error::Damage;
use crate::markers::RST0;

/// The bits of a scan, from where it has been read to.
///
/// Where the data ends, or a marker stands, zeros follow, so that the loops need no test for it; [`Bits::check_end`] says whether any
/// of them were taken.
///
/// It is copied into a local variable for a loop, and back behind it, and no reference to it may be given to a function that is not
/// inlined: see `notes.md`.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// The next byte that is not counted in `count`.
    next: usize,
    /// The next bits, from the most significant one on. Behind `count` of them are bits of the byte at `next`, or zeros.
    buffer: u64,
    /// How many bits of the buffer there are, at most 63.
    count: u64,
    /// How many zeros were put behind the end, of which the last `count` may not have been taken.
    missing: u64,
}

impl<'a> Bits<'a> {
    /// The bits of entropy-coded data, up to the first restart marker.
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, next: 0, buffer: 0, count: 0, missing: 0 }
    }

    /// Makes it 56 bits at least.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        if let Some(bytes) = self.data.get(self.next..).and_then(|rest| rest.first_chunk()) {
            let word = u64::from_be_bytes(*bytes);
            if !has_ones(word) {
                self.buffer |= word >> (self.count & 63);
                self.next += ((63 - (self.count & 63)) >> 3) as usize;
                self.count |= 56;
                return;
            }
        }
        (self.next, self.buffer, self.count, self.missing) =
            refill_slowly(self.data, self.next, self.buffer, self.count, self.missing);
    }

    /// Makes it 32 bits at least.
    #[inline(always)]
    pub(super) fn refill_to_32(&mut self) {
        if self.count < 32 {
            self.refill();
        }
    }

    /// How many bits can be taken before a refill.
    #[inline(always)]
    pub(super) fn count(&self) -> u32 {
        self.count as u32
    }

    /// The next bits, from the most significant one on, of which [`Bits::count`] are sure to be there.
    #[inline(always)]
    pub(super) fn peek(&self) -> u64 {
        self.buffer
    }

    /// Goes on by so many bits, at most 63: the lower 6 bits of `count`, as the processor takes them for a shift.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.buffer <<= count & 63;
        self.count = self.count.wrapping_sub(u64::from(count & 63));
    }

    /// RECEIVE (T.81, F.2.2.4): the number that the next bits are, at most 31.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        let value = first(self.buffer, count) as u32;
        self.skip(count);
        value
    }

    /// # Errors
    /// [`Damage::EndsEarly`] when more bits have been taken than there are.
    pub(super) fn check_end(&self) -> Result<(), Damage> {
        if self.count < self.missing { Err(Damage::EndsEarly) } else { Ok(()) }
    }

    /// The bits behind the restart marker of this number, 0 to 7, which is what has to come next. Bits that fill up the last byte
    /// may have any value, and bytes of ones may stand before a marker (T.81, B.1.1.2, F.1.2.3).
    ///
    /// # Errors
    /// When there is more data, another marker, or none.
    pub(super) fn behind_restart(&self, number: u8) -> Result<Self, Damage> {
        self.check_end()?;
        if self.count - self.missing >= 8 {
            return Err(Damage::RestartMissing { expected: number });
        }
        let rest = &self.data[self.next..];
        let ones = rest.iter().take_while(|byte| **byte == 0xff).count();
        match rest.get(ones) {
            None => Err(Damage::EndsEarly),
            Some(marker) if ones > 0 && *marker == RST0 + number => {
                Ok(Self { data: self.data, next: self.next + ones + 1, buffer: 0, count: 0, missing: 0 })
            }
            Some(marker @ RST0..=0xd7) if ones > 0 => {
                Err(Damage::RestartOrder { found: marker - RST0, expected: number })
            }
            Some(_) => Err(Damage::RestartMissing { expected: number }),
        }
    }
}

/// The number that the first bits of a buffer are, at most 63 of them.
#[inline(always)]
pub(super) fn first(buffer: u64, count: u32) -> u64 {
    buffer >> 1 >> (63 - count)
}

/// Whether any byte is 0xFF. One to each byte, the lowest 0xFF becomes 0; what it carries into those above changes nothing then.
#[inline(always)]
fn has_ones(word: u64) -> bool {
    word & !word.wrapping_add(0x0101_0101_0101_0101) & 0x8080_8080_8080_8080 != 0
}

/// [`Bits::refill`] where a byte is 0xFF, or the data ends. Takes and returns values, so that `Bits` can stay in registers.
#[cold]
#[inline(never)]
fn refill_slowly(
    data: &[u8],
    mut next: usize,
    mut buffer: u64,
    mut count: u64,
    missing: u64,
) -> (usize, u64, u64, u64) {
    while count < 56 {
        let rest = &data[next..];
        let byte = match *rest {
            [0xff, ..] => {
                // As libjpeg: one byte of ones, however many stand before the zero that says that it is data.
                let ones = rest.iter().take_while(|byte| **byte == 0xff).count();
                if rest.get(ones) != Some(&0) {
                    // The last of them begins the marker. Millions may stand before it: they are not counted again.
                    next += ones - 1;
                    break;
                }
                next += ones;
                0xff
            }
            [byte, ..] => byte,
            [] => break,
        };
        next += 1;
        buffer |= u64::from(byte) << (56 - count);
        count += 8;
    }
    let zeros = if count < 56 { (63 - count) & !7 } else { 0 };
    (next, buffer, count + zeros, missing + zeros)
}
