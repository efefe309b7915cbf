//! A Huffman-coded scan under way: its MCU rows and its restart intervals.

use masthead_simd::SimdLevel;

use super::bits::Bits;
use super::coding::{Coding, State};
use super::kernels;
use super::layout::{BlockRow, Mcus};
use super::sequential::SequentialTables;
use super::tables::Tables;
use crate::decode::coefficients::McuRow;
use crate::decode::error::Damage;
use crate::decode::frame::Frame;
use crate::decode::scan_header::ScanHeader;

/// A Huffman-coded scan under way.
pub(in crate::decode) struct HuffmanScan<'a> {
    simd: SimdLevel,
    coding: Coding,
    components: Vec<ScannedComponent>,
    /// The rows of blocks of an MCU; what it holds is of the MCU row that is decoded.
    rows: Vec<BlockRow>,
    /// MCUs in a row of them.
    across: usize,
    /// MCU rows of the picture.
    down: u32,
    state: State<'a>,
    /// MCUs between restart markers, 0 if there are none; and how many are still to come before the next one.
    restart_interval: usize,
    left: usize,
    /// The number of the next marker.
    restart: u8,
}

/// A component of a scan.
#[derive(Clone, Copy)]
struct ScannedComponent {
    /// Its index in the frame.
    index: usize,
    /// Blocks of it in a row of an MCU.
    width: usize,
    /// Rows of blocks in an MCU row of the picture.
    rows: u32,
    /// Rows of blocks in all, without those that only fill up MCUs.
    down: u32,
}

impl<'a> HuffmanScan<'a> {
    /// The scan of a header of `file`. It takes its tables from `tables`, to which it adds what is not there.
    ///
    /// # Errors
    /// [`Damage::HuffmanTable`].
    pub(in crate::decode) fn new(
        simd: SimdLevel,
        file: &'a [u8],
        frame: &Frame,
        header: &ScanHeader,
        tables: &mut Tables<'a>,
    ) -> Result<Self, Damage> {
        // A scan of one component has MCUs of one block, and none that only fill up (T.81, A.2.2).
        let is_interleaved = header.components.len() > 1;
        let across = if is_interleaved { frame.mcus_across() } else { frame.blocks_across(header.components[0].index) };
        let mut components = Vec::with_capacity(header.components.len());
        components.extend(header.components.iter().map(|component| {
            let of_frame = &frame.components[component.index];
            ScannedComponent {
                index: component.index,
                width: if is_interleaved { of_frame.horizontal().into() } else { 1 },
                rows: of_frame.vertical().into(),
                down: frame.blocks_down(component.index),
            }
        }));
        let restart_interval = header.restart_interval as usize;
        Ok(Self {
            simd,
            coding: Coding::new(frame, header, tables)?,
            components,
            rows: Vec::with_capacity(most_rows(frame, header)),
            across: across as usize,
            down: frame.mcu_rows(),
            state: State::new(Bits::new(file.get(header.data.clone()).unwrap_or_default())),
            restart_interval,
            left: restart_interval,
            restart: 0,
        })
    }

    /// Bytes that a scan allocates, besides its tables.
    pub(in crate::decode) fn memory(frame: &Frame, header: &ScanHeader) -> u64 {
        let of_component = size_of::<ScannedComponent>() + size_of::<SequentialTables>();
        (header.components.len() * of_component + most_rows(frame, header) * size_of::<BlockRow>()) as u64
    }

    /// Decodes the next MCU row, which is `index`. Adds what the scan has of its coefficients to `row`, but if they are not to be
    /// kept, only where later scans depend on them.
    ///
    /// # Errors
    /// [`Damage`].
    pub(in crate::decode) fn decode_mcu_row(&mut self, index: u32, row: &mut McuRow, keep: bool) -> Result<(), Damage> {
        if let [component] = self.components[..] {
            let rows = component.rows.min(component.down.saturating_sub(index * component.rows));
            for y in 0..rows {
                self.rows.clear();
                self.rows.push(BlockRow {
                    component: 0,
                    start: row.first_block(component.index, y as usize),
                    width: 1,
                });
                self.decode_mcus(row, keep)?;
            }
        } else {
            self.rows.clear();
            for (number, component) in self.components.iter().enumerate() {
                let starts = (0..component.rows).map(|y| row.first_block(component.index, y as usize));
                self.rows.extend(starts.map(|start| BlockRow { component: number, start, width: component.width }));
            }
            self.decode_mcus(row, keep)?;
        }
        if index + 1 == self.down && self.state.end_of_band_run > 0 {
            return Err(Damage::EndOfBandRun);
        }
        self.state.bits.check_end()
    }

    /// Decodes a row of MCUs, from one restart marker to the next.
    fn decode_mcus(&mut self, row: &mut McuRow, keep: bool) -> Result<(), Damage> {
        let mut next = 0;
        while next < self.across {
            let mut count = self.across - next;
            if self.restart_interval > 0 {
                if self.left == 0 {
                    self.begin_interval()?;
                }
                count = count.min(self.left);
                self.left -= count;
            }
            let (blocks, nonzero) = row.all();
            let mcus = Mcus { rows: &self.rows, range: next..next + count };
            kernels::decode(self.simd, &self.coding, &mut self.state, &mcus, blocks, nonzero, keep)?;
            next += count;
        }
        Ok(())
    }

    /// Goes on behind a restart marker (T.81, F.2.1.3.1 and G.2).
    fn begin_interval(&mut self) -> Result<(), Damage> {
        if self.state.end_of_band_run > 0 {
            return Err(Damage::EndOfBandRun);
        }
        self.state = State::new(self.state.bits.behind_restart(self.restart)?);
        self.restart = (self.restart + 1) & 7;
        self.left = self.restart_interval;
        Ok(())
    }
}

/// The most rows of blocks of an MCU of a scan.
fn most_rows(frame: &Frame, header: &ScanHeader) -> usize {
    match &*header.components {
        [_] => 1,
        components => {
            components.iter().map(|component| usize::from(frame.components[component.index].vertical())).sum()
        }
    }
}
