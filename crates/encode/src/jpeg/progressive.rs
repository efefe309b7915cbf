//! Files of many scans: every block is kept, and each scan takes some bits of some coefficients.

use masthead_simd::SimdLevel;

use super::frame::{Frame, Layout, Unit};
use super::kernels::{Block, SPAN};
use super::markers::Band;
use super::quantiser::Quantiser;
use super::tokens::{RAW, SIXTEEN_ZEROS, Tokens, magnitude, table, token};

/// The most blocks that end together.
const MOST_ENDED: u32 = 0x7fff;

/// What one scan holds: some bits of some coefficients of one component, or of the DC coefficients of all.
#[derive(Clone)]
pub(super) struct Scan {
    pub(super) places: Vec<usize>,
    pub(super) band: Band,
}

/// The scans of a frame: the DC coefficients of all components interleaved, as libjpeg has them, then the AC coefficients, which
/// the standard allows in scans of one component only. That mozjpeg's order makes the smallest files of those that were tried is
/// shown in `notes.md`.
pub(super) fn script(frame: &Frame<'_>) -> Vec<Scan> {
    let scan = |place, first, last, high, low| Scan { places: vec![place], band: Band { first, last, high, low } };
    let dc = Scan { places: frame.places(), band: Band { first: 0, last: 0, high: 0, low: 0 } };
    let mut scans = vec![
        dc,
        scan(0, 1, 8, 0, 2),
        scan(1, 1, 8, 0, 0),
        scan(2, 1, 8, 0, 0),
        scan(0, 9, 63, 0, 2),
        scan(0, 1, 63, 2, 1),
        scan(0, 1, 63, 1, 0),
        scan(1, 9, 63, 0, 0),
        scan(2, 9, 63, 0, 0),
    ];
    scans.retain(|scan| scan.places.iter().all(|place| *place < frame.components.len()));
    scans
}

/// All blocks of a frame.
pub(super) struct Kept<'a> {
    frame: &'a Frame<'a>,
    /// Row after row; a row of each component has a multiple of [`SPAN`] blocks.
    blocks: Vec<Vec<[Block; SPAN]>>,
}

impl<'a> Kept<'a> {
    pub(super) fn new(frame: &'a Frame<'a>, quantisers: &[Quantiser; 2], level: SimdLevel) -> Self {
        let blocks = frame.components.iter().map(|component| {
            let (columns, rows) = component.blocks();
            let spans = columns.div_ceil(SPAN);
            let mut blocks = vec![[Block::ZERO; SPAN]; spans * rows];
            let quantiser = &quantisers[usize::from(component.chroma)];
            for (y, row) in blocks.chunks_exact_mut(spans).enumerate() {
                component.transform(y, 0, level, quantiser, row);
            }
            blocks
        });
        Self { frame, blocks: blocks.collect() }
    }

    /// The rows of blocks of a component.
    fn rows(&self, place: usize) -> impl Iterator<Item = &[Block]> {
        let (columns, _) = self.frame.components[place].blocks();
        let rows = self.blocks[place].chunks_exact(columns.div_ceil(SPAN));
        rows.map(move |row| &row.as_flattened()[..columns])
    }

    /// The tokens of a scan, with a restart interval of so many rows of MCUs.
    pub(super) fn tokens(&self, scan: &Scan, restart_rows: Option<usize>) -> Tokens {
        let interval = restart_rows.unwrap_or(usize::MAX);
        if scan.band.first == 0 {
            self.dc(&scan.places, interval)
        } else {
            self.ac(scan.places[0], scan.band, interval)
        }
    }

    /// DC coefficients, all their bits (T.81, G.1.2.1).
    fn dc(&self, places: &[usize], interval: usize) -> Tokens {
        let Layout { units, columns, rows } = self.frame.layout(places);
        let mut tokens = Tokens::default();
        let mut last = [0; 3];
        for y in 0..rows {
            if y > 0 && y.is_multiple_of(interval) {
                tokens.end_interval();
                last = [0; 3];
            }
            let units = (0..columns).flat_map(|x| units.iter().map(move |unit| (x, unit)));
            for (x, Unit { place, factor, column, row }) in units {
                let (x, y) = (x * factor + column, y * factor + row);
                let last = &mut last[*place];
                let (columns, rows) = self.frame.components[*place].blocks();
                let value = if x < columns && y < rows {
                    i32::from(self.blocks[*place][y * columns.div_ceil(SPAN) + x / SPAN][x % SPAN].coefficients[0])
                } else {
                    *last
                };
                let (size, bits) = magnitude(value - *last);
                tokens.push(token(table(false, self.frame.components[*place].chroma), size, bits));
                *last = value;
            }
        }
        tokens
    }

    /// A band of AC coefficients of a component.
    fn ac(&self, place: usize, band: Band, interval: usize) -> Tokens {
        let mut scan = AcScan::new(band, self.frame.components[place].chroma);
        for (y, row) in self.rows(place).enumerate() {
            if y > 0 && y.is_multiple_of(interval) {
                scan.flush();
                scan.tokens.end_interval();
            }
            for block in row {
                if band.high == 0 { scan.first(block) } else { scan.refine(block) }
            }
        }
        scan.flush();
        scan.tokens
    }
}

/// A scan of AC coefficients of one component (T.81, G.1.2.2 and G.1.2.3).
struct AcScan {
    tokens: Tokens,
    band: Band,
    /// The coefficients of the band.
    mask: u64,
    table: u8,
    /// How many blocks have ended since the last symbol, and the corrections that follow the symbol for that.
    ended: u32,
    corrections: Corrections,
}

impl AcScan {
    fn new(band: Band, chroma: bool) -> Self {
        let mask = u64::MAX >> (63 - band.last) & u64::MAX << band.first;
        let (tokens, corrections) = (Tokens::default(), Corrections::default());
        Self { tokens, band, mask, table: table(true, chroma), ended: 0, corrections }
    }

    /// The upper bits of the coefficients of a block.
    fn first(&mut self, block: &Block) {
        let mut next = u32::from(self.band.first);
        let mut nonzero = block.nonzero & self.mask;
        while nonzero != 0 {
            let at = nonzero.trailing_zeros();
            nonzero &= nonzero - 1;
            let value = i32::from(block.coefficients[at as usize % 64]);
            let upper = value.signum() * (value.abs() >> self.band.low);
            if upper == 0 {
                continue;
            }
            self.flush();
            let mut run = at - next;
            while run > 15 {
                self.tokens.push(token(self.table, SIXTEEN_ZEROS, 0));
                run -= 16;
            }
            let (size, bits) = magnitude(upper);
            self.tokens.push(token(self.table, (run as u8) << 4 | size, bits));
            next = at + 1;
        }
        if next <= self.band.last.into() {
            self.end();
        }
    }

    /// One more bit of the coefficients of a block: a symbol for those that were zero so far and are not any more, a single bit,
    /// its correction, for those that were not zero.
    fn refine(&mut self, block: &Block) {
        let low = self.band.low;
        let upper = |at: u32| block.coefficients[at as usize % 64].unsigned_abs() >> low;
        let nonzero = block.nonzero & self.mask;
        let mut left = nonzero;
        let mut new = 0_u64;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            new |= u64::from(upper(at) == 1) << at;
        }
        let mut run = 0;
        let mut next = u32::from(self.band.first);
        let mut corrections = Corrections::default();
        left = nonzero;
        while left != 0 {
            let at = left.trailing_zeros();
            left &= left - 1;
            run += at - next;
            next = at + 1;
            let value = upper(at);
            if value == 0 {
                run += 1;
                continue;
            }
            // Zeros after the last new one are those of the end.
            while run > 15 && new >> at != 0 {
                self.flush();
                self.tokens.push(token(self.table, SIXTEEN_ZEROS, 0));
                std::mem::take(&mut corrections).move_to(&mut self.tokens);
                run -= 16;
            }
            if value > 1 {
                corrections.push(value & 1);
                continue;
            }
            self.flush();
            let positive = block.coefficients[at as usize % 64] > 0;
            self.tokens.push(token(self.table, (run as u8) << 4 | 1, positive.into()));
            std::mem::take(&mut corrections).move_to(&mut self.tokens);
            run = 0;
        }
        run += u32::from(self.band.last) + 1 - next;
        if run > 0 || !corrections.is_empty() {
            self.corrections.append(corrections);
            self.end();
        }
    }

    /// Nothing but zeros and corrections follows in this block.
    fn end(&mut self) {
        self.ended += 1;
        if self.ended == MOST_ENDED {
            self.flush();
        }
    }

    /// Says how many blocks have ended.
    fn flush(&mut self) {
        if self.ended == 0 {
            return;
        }
        let size = self.ended.ilog2();
        self.tokens.push(token(self.table, (size as u8) << 4, (self.ended - (1 << size)) as u16));
        std::mem::take(&mut self.corrections).move_to(&mut self.tokens);
        self.ended = 0;
    }
}

/// Single bits that wait for their symbol.
#[derive(Default)]
struct Corrections(Vec<u16>);

impl Corrections {
    fn push(&mut self, bit: u16) {
        self.0.push(bit);
    }

    fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn move_to(self, tokens: &mut Tokens) {
        for bits in self.0.chunks(16) {
            let joined = bits.iter().fold(0, |joined, bit| joined << 1 | bit);
            tokens.push(token(RAW, bits.len() as u8, joined));
        }
    }
}
