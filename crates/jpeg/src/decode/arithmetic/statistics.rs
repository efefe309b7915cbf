//! The statistical models: which state each decision about a coefficient has (T.81, F.1.4 and F.2.4; figures F.4 to F.9, F.19 to
//! F.24).

use super::Damage;
use super::decoder::{Decoder, State};
use crate::decode::scan_header::Conditioning;

/// States of a DC table: five contexts of four decisions (S0, SS, SP, SN), and from 20 on sizes (X) and bits (M) of magnitudes.
pub(super) type DcArea = [State; 64];

/// States of an AC table: three for each coefficient from 1 on (SE, S0, SP), and sizes and bits of magnitudes from [`LOW`] and
/// [`HIGH`] on.
pub(super) type AcArea = [State; 256];

/// Where sizes of DC differences begin.
const X1: usize = 20;
/// Where sizes of AC coefficients begin, up to coefficient Kx.
const LOW: usize = 189;
/// The same beyond it.
const HIGH: usize = 217;
/// From the state of a size to that of its bits.
const BITS: usize = 14;

/// What is too large for any coefficient.
const TOO_LARGE: u32 = 1 << 15;

/// The coefficient at position `k` of the zigzag order in the areas of an AC table.
#[derive(Clone, Copy)]
pub(super) struct AcStates(usize);

impl AcStates {
    pub(super) const fn of(k: usize) -> Self {
        Self(3 * (k - 1))
    }

    /// SE: whether the band has ended.
    pub(super) const fn end(self) -> usize {
        self.0
    }

    /// S0: whether it is not zero.
    pub(super) const fn nonzero(self) -> usize {
        self.0 + 1
    }

    /// SP and SN, which are one: whether it is larger than 1. In a refinement: the next bit.
    pub(super) const fn larger(self) -> usize {
        self.0 + 2
    }
}

/// The DC coefficients of a component: what the next one is predicted from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prediction {
    /// The coefficient before it.
    value: i32,
    /// S0 of the context that the difference before it gives.
    context: usize,
}

impl Prediction {
    /// Decodes the next DC coefficient.
    pub(super) fn decode(
        &mut self,
        decoder: &mut Decoder<'_>,
        area: &mut DcArea,
        conditioning: &Conditioning,
    ) -> Result<i32, Damage> {
        let s0 = self.context;
        if !decoder.decide(&mut area[s0]) {
            self.context = 0;
            return Ok(self.value);
        }
        let negative = decoder.decide(&mut area[s0 + 1]);
        let (size, magnitude) = if decoder.decide(&mut area[s0 + 2 + usize::from(negative)]) {
            let (size, state) = decode_size(decoder, area, X1, 1)?;
            (size, decode_bits(decoder, &mut area[state + BITS], size))
        } else {
            (0, 0)
        };
        let small = size < 1 << conditioning.dc_lower >> 1;
        let large = size > 1 << conditioning.dc_upper >> 1;
        self.context = if small { 0 } else { 4 + 4 * usize::from(negative) + 8 * usize::from(large) };
        let difference = magnitude as i32 + 1;
        // As libjpeg has it, of whose coefficients 16 bits are kept.
        let value = self.value + if negative { -difference } else { difference };
        self.value = i32::from(value as i16);
        Ok(self.value)
    }
}

/// Decodes the sign and magnitude of an AC coefficient that is not zero.
pub(super) fn decode_ac(decoder: &mut Decoder<'_>, area: &mut AcArea, k: usize, low: u8) -> Result<i32, Damage> {
    let negative = decoder.decide_evenly();
    let states = AcStates::of(k);
    let magnitude = if !decoder.decide(&mut area[states.larger()]) {
        0
    } else if !decoder.decide(&mut area[states.larger()]) {
        1
    } else {
        let (size, state) = decode_size(decoder, area, if k <= low.into() { LOW } else { HIGH }, 2)?;
        decode_bits(decoder, &mut area[state + BITS], size)
    };
    let value = magnitude as i32 + 1;
    Ok(if negative { -value } else { value })
}

/// The highest bit of a magnitude, `from` at least, and the state that its size ended with.
fn decode_size(
    decoder: &mut Decoder<'_>,
    area: &mut [State],
    mut state: usize,
    from: u32,
) -> Result<(u32, usize), Damage> {
    let mut size = from;
    while decoder.decide(&mut area[state]) {
        size <<= 1;
        if size == TOO_LARGE {
            return Err(Damage::Coefficient);
        }
        state += 1;
    }
    Ok((size, state))
}

/// The magnitude whose highest bit is `size`.
fn decode_bits(decoder: &mut Decoder<'_>, state: &mut State, size: u32) -> u32 {
    let (mut magnitude, mut bit) = (size, size >> 1);
    while bit != 0 {
        if decoder.decide(state) {
            magnitude |= bit;
        }
        bit >>= 1;
    }
    magnitude
}
