//! The binary arithmetic encoder: decisions in, bytes out (ITU T.81, D.1).

/// The estimate that a decision is coded with: an entry of table D.3 and the more probable value.
#[derive(Clone, Copy, Default)]
pub(super) struct State {
    index: u8,
    more_probable: bool,
}

/// Encodes decisions.
pub(super) struct Encoder {
    /// The interval register A, the code register C, and the shifts until C holds a byte.
    a: u32,
    c: u32,
    shifts: u32,
    /// Bytes of 0xFF that a carry may yet turn into zeros.
    stacked: usize,
    /// Data behind one byte that is none: it stands where the first carry could go.
    bytes: Vec<u8>,
}

impl Encoder {
    /// Initenc.
    pub(super) fn new() -> Self {
        Self { a: 0x10000, c: 0, shifts: 11, stacked: 0, bytes: vec![0] }
    }

    /// A decision with equal odds, which are not adapted: a sign or a bit of a DC coefficient.
    pub(super) fn even(&mut self, decision: bool) {
        self.code(&mut State { index: 113, more_probable: false }, decision);
    }

    /// Code_0 and Code_1.
    pub(super) fn code(&mut self, state: &mut State, decision: bool) {
        let (qe, next_lps, next_mps, switch) = ESTIMATES[usize::from(state.index)];
        let qe = u32::from(qe);
        self.a -= qe;
        if decision == state.more_probable {
            if self.a >= 0x8000 {
                return;
            }
            if self.a < qe {
                self.c += self.a;
                self.a = qe;
            }
            state.index = next_mps;
        } else {
            if self.a >= qe {
                self.c += self.a;
                self.a = qe;
            }
            state.index = next_lps;
            state.more_probable ^= switch == 1;
        }
        // Renorm_e.
        while self.a < 0x8000 {
            self.a <<= 1;
            self.c <<= 1;
            self.shifts -= 1;
            if self.shifts == 0 {
                self.byte_out();
                self.shifts = 8;
            }
        }
    }

    fn byte_out(&mut self) {
        let byte = self.c >> 19;
        self.c &= 0x7FFFF;
        if byte > 0xFF {
            *self.bytes.last_mut().expect("never empty") += 1;
            self.stuff_zero();
            self.bytes.resize(self.bytes.len() + self.stacked, 0);
            self.stacked = 0;
            self.bytes.push(byte as u8);
        } else if byte == 0xFF {
            self.stacked += 1;
        } else {
            self.output_stacked();
            self.bytes.push(byte as u8);
        }
    }

    fn output_stacked(&mut self) {
        self.bytes.extend([0xFF, 0].repeat(self.stacked));
        self.stacked = 0;
    }

    fn stuff_zero(&mut self) {
        if self.bytes.last() == Some(&0xFF) {
            self.bytes.push(0);
        }
    }

    /// Flush: as many low bits of the code as may be are zero, and zeros at the end are left out.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let cleared = (self.c + self.a - 1) & 0xFFFF_0000;
        self.c = if cleared < self.c { cleared + 0x8000 } else { cleared };
        self.c <<= self.shifts;
        self.byte_out();
        self.c <<= 8;
        self.byte_out();
        self.output_stacked();
        while self.bytes.len() > 1 && self.bytes.last() == Some(&0) {
            self.bytes.pop();
        }
        self.stuff_zero();
        self.bytes.split_off(1)
    }
}

/// Table D.3: Qe, the next entry after the less and after the more probable value, and whether the less probable value becomes the
/// more probable one. The last entry, which stays as it is, is for equal odds (F.1.4.4.2).
#[rustfmt::skip]
const ESTIMATES: [(u16, u8, u8, u8); 114] = [
    (0x5A1D, 1, 1, 1), (0x2586, 14, 2, 0), (0x1114, 16, 3, 0), (0x080B, 18, 4, 0), (0x03D8, 20, 5, 0),
    (0x01DA, 23, 6, 0), (0x00E5, 25, 7, 0), (0x006F, 28, 8, 0), (0x0036, 30, 9, 0), (0x001A, 33, 10, 0),
    (0x000D, 35, 11, 0), (0x0006, 9, 12, 0), (0x0003, 10, 13, 0), (0x0001, 12, 13, 0), (0x5A7F, 15, 15, 1),
    (0x3F25, 36, 16, 0), (0x2CF2, 38, 17, 0), (0x207C, 39, 18, 0), (0x17B9, 40, 19, 0), (0x1182, 42, 20, 0),
    (0x0CEF, 43, 21, 0), (0x09A1, 45, 22, 0), (0x072F, 46, 23, 0), (0x055C, 48, 24, 0), (0x0406, 49, 25, 0),
    (0x0303, 51, 26, 0), (0x0240, 52, 27, 0), (0x01B1, 54, 28, 0), (0x0144, 56, 29, 0), (0x00F5, 57, 30, 0),
    (0x00B7, 59, 31, 0), (0x008A, 60, 32, 0), (0x0068, 62, 33, 0), (0x004E, 63, 34, 0), (0x003B, 32, 35, 0),
    (0x002C, 33, 9, 0), (0x5AE1, 37, 37, 1), (0x484C, 64, 38, 0), (0x3A0D, 65, 39, 0), (0x2EF1, 67, 40, 0),
    (0x261F, 68, 41, 0), (0x1F33, 69, 42, 0), (0x19A8, 70, 43, 0), (0x1518, 72, 44, 0), (0x1177, 73, 45, 0),
    (0x0E74, 74, 46, 0), (0x0BFB, 75, 47, 0), (0x09F8, 77, 48, 0), (0x0861, 78, 49, 0), (0x0706, 79, 50, 0),
    (0x05CD, 48, 51, 0), (0x04DE, 50, 52, 0), (0x040F, 50, 53, 0), (0x0363, 51, 54, 0), (0x02D4, 52, 55, 0),
    (0x025C, 53, 56, 0), (0x01F8, 54, 57, 0), (0x01A4, 55, 58, 0), (0x0160, 56, 59, 0), (0x0125, 57, 60, 0),
    (0x00F6, 58, 61, 0), (0x00CB, 59, 62, 0), (0x00AB, 61, 63, 0), (0x008F, 61, 32, 0), (0x5B12, 65, 65, 1),
    (0x4D04, 80, 66, 0), (0x412C, 81, 67, 0), (0x37D8, 82, 68, 0), (0x2FE8, 83, 69, 0), (0x293C, 84, 70, 0),
    (0x2379, 86, 71, 0), (0x1EDF, 87, 72, 0), (0x1AA9, 87, 73, 0), (0x174E, 72, 74, 0), (0x1424, 72, 75, 0),
    (0x119C, 74, 76, 0), (0x0F6B, 74, 77, 0), (0x0D51, 75, 78, 0), (0x0BB6, 77, 79, 0), (0x0A40, 77, 48, 0),
    (0x5832, 80, 81, 1), (0x4D1C, 88, 82, 0), (0x438E, 89, 83, 0), (0x3BDD, 90, 84, 0), (0x34EE, 91, 85, 0),
    (0x2EAE, 92, 86, 0), (0x299A, 93, 87, 0), (0x2516, 86, 71, 0), (0x5570, 88, 89, 1), (0x4CA9, 95, 90, 0),
    (0x44D9, 96, 91, 0), (0x3E22, 97, 92, 0), (0x3824, 99, 93, 0), (0x32B4, 99, 94, 0), (0x2E17, 93, 86, 0),
    (0x56A8, 95, 96, 1), (0x4F46, 101, 97, 0), (0x47E5, 102, 98, 0), (0x41CF, 103, 99, 0), (0x3C3D, 104, 100, 0),
    (0x375E, 99, 93, 0), (0x5231, 105, 102, 0), (0x4C0F, 106, 103, 0), (0x4639, 107, 104, 0), (0x415E, 103, 99, 0),
    (0x5627, 105, 106, 1), (0x50E7, 108, 107, 0), (0x4B85, 109, 103, 0), (0x5597, 110, 109, 0), (0x504F, 111, 107, 0),
    (0x5A10, 110, 111, 1), (0x5522, 112, 109, 0), (0x59EB, 112, 111, 1), (0x5A1D, 113, 113, 0),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The test sequence of T.81, K.4: 256 decisions in one state, and the code they give.
    #[test]
    fn sequence_of_the_standard() {
        const DECISIONS: [u8; 32] = [
            0x00, 0x02, 0x00, 0x51, 0x00, 0x00, 0x00, 0xC0, 0x03, 0x52, 0x87, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA, 0x82, 0xC0,
            0x20, 0x00, 0xFC, 0xD7, 0x9E, 0xF6, 0x74, 0xEA, 0xAB, 0xF7, 0x69, 0x7E, 0xE7, 0x4C,
        ];
        const CODE: [u8; 29] = [
            0x65, 0x5B, 0x51, 0x44, 0xF7, 0x96, 0x9D, 0x51, 0x78, 0x55, 0xBF, 0xFF, 0x00, 0xFC, 0x51, 0x84, 0xC7, 0xCE,
            0xF9, 0x39, 0x00, 0x28, 0x7D, 0x46, 0x70, 0x8E, 0xCB, 0xC0, 0xF6,
        ];
        let mut encoder = Encoder::new();
        let mut state = State::default();
        for decision in DECISIONS.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)) {
            encoder.code(&mut state, decision);
        }
        assert_eq!(encoder.finish(), CODE);
    }
}
