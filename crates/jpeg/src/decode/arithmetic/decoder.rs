//! The binary arithmetic decoder: bytes in, decisions out (T.81, D.2).

use super::Damage;
use super::estimates::{ESTIMATES, EVEN};
use crate::markers::{RST0, RST7};

/// What is known of a decision: a row of table D.3 in the lower seven bits, the more probable value in the highest one. At first, the
/// more probable value is 0, with about even odds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State(u8);

impl State {
    /// Nothing is known yet.
    pub(super) const NEW: Self = Self(0);
    const EVEN: Self = Self(EVEN);
}

/// Decodes decisions from the data of a scan.
///
/// The interval register A has 17 bits, as in the standard. The code register is one with the bits that wait behind it: it holds
/// `16 + ahead` bits, so that bytes are taken in several at a time.
pub(super) struct Decoder<'a> {
    data: &'a [u8],
    /// Where the next byte stands in it.
    position: usize,
    /// Whether a marker follows the data, as it should: nothing does in a file that is cut.
    has_end: bool,
    a: u32,
    code: u64,
    ahead: i32,
    /// Bytes that were taken from behind the end of the data, where zeros are.
    missing: u64,
}

/// What stands at a place of entropy-coded data.
enum Next {
    Byte(u8),
    Marker(u8),
    End,
}

impl<'a> Decoder<'a> {
    /// For the data of a scan, which `has_end` if a marker follows it.
    pub(super) fn new(data: &'a [u8], has_end: bool) -> Self {
        let mut decoder = Self { data, position: 0, has_end, a: 0, code: 0, ahead: 0, missing: 0 };
        decoder.initialise();
        decoder
    }

    /// Initdec.
    fn initialise(&mut self) {
        (self.a, self.code, self.ahead, self.missing) = (0x1_0000, 0, -16, 0);
        self.take_bytes();
    }

    /// Decode: the value of a decision, which its state adapts to.
    #[inline]
    pub(super) fn decide(&mut self, state: &mut State) -> bool {
        let estimate = ESTIMATES[usize::from(state.0 & 0x7F)];
        let more_probable = state.0 & 0x80;
        let qe = u32::from(estimate.qe);
        self.a -= qe;
        let bound = u64::from(self.a) << self.ahead;
        // The more probable value has the lower part of the interval. Where that is the smaller one, the two are exchanged.
        let less_probable = if self.code < bound {
            if self.a >= 0x8000 {
                return more_probable != 0;
            }
            self.a < qe
        } else {
            let exchanged = self.a < qe;
            self.code -= bound;
            self.a = qe;
            !exchanged
        };
        state.0 = if less_probable {
            estimate.after_less | more_probable ^ (u8::from(estimate.switch) << 7)
        } else {
            estimate.after_more | more_probable
        };
        self.renormalise();
        (more_probable != 0) != less_probable
    }

    /// The value of a decision with even odds.
    #[inline]
    pub(super) fn decide_evenly(&mut self) -> bool {
        self.decide(&mut { State::EVEN })
    }

    /// Renorm_d.
    #[inline]
    fn renormalise(&mut self) {
        let shift = self.a.leading_zeros() as i32 - 16;
        if self.ahead < shift {
            self.take_bytes();
        }
        self.a <<= shift;
        self.ahead -= shift;
    }

    /// Byte_in, for as many bytes as there is room for.
    #[cold]
    fn take_bytes(&mut self) {
        while self.ahead <= 32 {
            let byte = match self.next() {
                (Next::Byte(byte), behind) => {
                    self.position = behind;
                    byte
                }
                // An encoder may leave out zeros at the end.
                (Next::Marker(_) | Next::End, behind) => {
                    self.position = behind;
                    self.missing += 1;
                    0
                }
            };
            self.code = self.code << 8 | u64::from(byte);
            self.ahead += 8;
        }
    }

    /// What stands next in the data, and where to go on: behind a byte; at the last of the bytes of ones before a marker, or before the
    /// end, of which there may be millions, so that they are not counted again.
    fn next(&self) -> (Next, usize) {
        match self.data.get(self.position) {
            None => (Next::End, self.position),
            Some(0xFF) => {
                let fill = self.data[self.position..].iter().take_while(|byte| **byte == 0xFF).count();
                let behind = self.position + fill;
                match self.data.get(behind) {
                    None => (Next::End, behind - 1),
                    Some(0) => (Next::Byte(0xFF), behind + 1),
                    Some(marker) => (Next::Marker(*marker), behind - 1),
                }
            }
            Some(byte) => (Next::Byte(*byte), self.position + 1),
        }
    }

    /// An error if all that is being decoded stands behind the end of the data, in a file that ends there. Where a marker stands, what
    /// lies before it may be any number of zeros.
    pub(super) fn check_end(&self) -> Result<(), Damage> {
        let is_behind = 8 * self.missing >= 16 + self.ahead as u64;
        if is_behind && !self.has_end && matches!(self.next(), (Next::End, _)) {
            Err(Damage::EndsEarly)
        } else {
            Ok(())
        }
    }

    /// Goes on behind the restart marker with this number, before which all data must have been read.
    pub(super) fn restart(&mut self, expected: u8) -> Result<(), Damage> {
        // Of a byte that stands before the marker, the decoder needs a bit at least.
        let has_rest = self.ahead as u64 / 8 > self.missing;
        match self.next() {
            (Next::Marker(marker @ RST0..=RST7), at) if !has_rest => {
                let found = marker - RST0;
                if found != expected {
                    return Err(Damage::RestartOrder { found, expected });
                }
                self.position = at + 2;
                self.initialise();
                Ok(())
            }
            _ => Err(Damage::RestartMissing { expected }),
        }
    }
}
