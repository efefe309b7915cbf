//! Valid JPEGs that few encoders write: odd scans, factors, tables and markers, and arithmetic coding.
//!
//! All are of a size whose last MCUs hold blocks that no sample is in, in both directions.

use crate::GeneratedFile;
use crate::jpeg::{Conditioning, Jpeg, Scan};
use crate::scene::scene;

/// Odd numbers of blocks in both directions: scans of luma alone have fewer blocks than MCUs of 4:2:0 have room for.
const RAGGED: (usize, usize) = (209, 101);

pub(super) fn files() -> Vec<GeneratedFile> {
    let same_planes = [sequential(), progressive(), arithmetic()].concat();
    let named = |(name, proves, jpeg): (&str, _, Jpeg)| {
        GeneratedFile::new(format!("jpeg-{name}-420-ragged.jpg"), proves, jpeg.encode())
    };
    let made = |(name, proves, jpeg): (&str, _, Jpeg)| {
        GeneratedFile::new(format!("jpeg-{name}-ragged.jpg"), proves, jpeg.encode())
    };
    same_planes.into_iter().map(named).chain([factors(), others()].concat().into_iter().map(made)).collect()
}

type Named = (&'static str, &'static str, Jpeg);

fn full() -> Jpeg {
    Jpeg::ycbcr(&scene(RAGGED.0, RAGGED.1))
}

fn halved() -> Jpeg {
    full().with_sampling(&[(2, 2)])
}

fn sequential() -> Vec<Named> {
    vec![
        ("baseline", "all files of 420-ragged have the same planes", halved()),
        (
            "multi-scan",
            "scans of one component have fewer rows of blocks than the padded planes",
            halved().one_scan_each(),
        ),
        (
            "scan-order",
            "separate scans from the last component to the first",
            halved().with_scans([2, 1, 0].map(|only| Scan::whole([only]))),
        ),
        (
            "partly-interleaved",
            "luma and Cr in one scan, Cb in a later one",
            halved().with_scans([Scan::whole([0, 2]), Scan::whole([1])]),
        ),
        (
            "tables-redefined",
            "each scan with tables in destination 0, of quantisation too, and with another restart interval",
            halved().with_one_quantisation_table_at_a_time().with_scans(
                [5, 0, 1]
                    .iter()
                    .enumerate()
                    .map(|(i, &mcus)| Scan { tables: vec![(0, 0)], ..Scan::whole([i]).with_restart_interval(mcus) })
                    .collect::<Vec<_>>(),
            ),
        ),
        (
            "fill-bytes",
            "fill bytes before markers, restart markers too",
            halved().with_restart_interval(9).with_fill_bytes(&[1, 0, 3]),
        ),
        ("restart-every-mcu", "a restart marker after each MCU", halved().with_restart_interval(1)),
        (
            "multi-scan-restart-every-block",
            "a restart marker after each block of separate scans",
            halved().one_scan_each().with_restart_interval(1),
        ),
        (
            "multi-scan-dnl",
            "the height comes after the first of three scans",
            halved().one_scan_each().with_height_after_scan(),
        ),
    ]
}

fn progressive() -> Vec<Named> {
    let changing = |scans: Vec<Scan>| -> Vec<Scan> {
        let intervals = [0, 1, 5, 300].into_iter().cycle();
        scans.into_iter().zip(intervals).map(|(scan, mcus)| scan.with_restart_interval(mcus)).collect()
    };
    vec![
        ("progressive", "the usual order of scans", halved().progressive()),
        (
            "progressive-odd-order",
            "bands and bits in an order of its own for each component",
            halved().with_progressive_scans(odd_order()),
        ),
        (
            "progressive-components-apart",
            "one component is whole before another one begins",
            halved().with_progressive_scans(components_apart()),
        ),
        (
            "progressive-eob-runs",
            "runs of ended bands that go on over rows of MCUs",
            halved().with_progressive_scans(narrow_bands()),
        ),
        ("progressive-100-scans", "as many scans as are accepted", halved().with_progressive_scans(hundred())),
        (
            "progressive-restart-every-mcu",
            "a restart marker after each MCU of each scan",
            halved().progressive().with_restart_interval(1),
        ),
        (
            "progressive-restart-changes",
            "another restart interval before each scan",
            halved().with_progressive_scans(changing(odd_order())),
        ),
        (
            "progressive-tables-once",
            "one set of Huffman tables for all scans",
            halved().progressive().with_huffman_tables_once(),
        ),
        ("progressive-fill-bytes", "fill bytes before markers", halved().progressive().with_fill_bytes(&[2, 0, 0, 1])),
        (
            "progressive-dnl",
            "the height comes after the first of many scans",
            halved().progressive().with_height_after_scan(),
        ),
    ]
}

fn arithmetic() -> Vec<Named> {
    let halved = || halved().arithmetic();
    let bounds = Conditioning { dc: [(1, 3), (0, 0), (2, 2), (0, 15)], ac: [1, 63, 5, 20] };
    let conditioned = |mut scans: Vec<Scan>| {
        scans[0].conditioning = Some(bounds);
        scans
    };
    vec![
        ("arithmetic", "SOF9: sequential with arithmetic coding", halved()),
        ("arithmetic-multi-scan", "the same in separate scans", halved().one_scan_each()),
        ("arithmetic-restart-every-mcu", "statistics begin anew at each restart", halved().with_restart_interval(1)),
        (
            "arithmetic-restart",
            "intervals that go from one row of MCUs into the next",
            halved().with_restart_interval(19),
        ),
        (
            "arithmetic-conditioning",
            "DAC: bounds of differences and of low frequencies",
            halved().with_scans(conditioned(vec![Scan::whole([0, 1, 2])])),
        ),
        (
            "arithmetic-fill-bytes",
            "fill bytes before markers, restart markers too",
            halved().with_restart_interval(9).with_fill_bytes(&[1, 0, 3]),
        ),
        ("arithmetic-dnl", "the height comes after the scan", halved().with_height_after_scan()),
        ("arithmetic-progressive", "SOF10: progressive with arithmetic coding", halved().progressive()),
        (
            "arithmetic-progressive-odd-order",
            "the same in an order of its own for each component, with conditioning",
            halved().with_progressive_scans(conditioned(odd_order())),
        ),
        (
            "arithmetic-progressive-100-scans",
            "as many scans as are accepted",
            halved().with_progressive_scans(hundred()),
        ),
        ("arithmetic-progressive-restart", "restarts in each scan", halved().progressive().with_restart_interval(7)),
        (
            "arithmetic-progressive-restart-every-mcu",
            "a restart marker after each MCU of each scan",
            halved().progressive().with_restart_interval(1),
        ),
    ]
}

fn factors() -> Vec<Named> {
    let mixed = || full().with_sampling(&[(3, 2), (2, 1), (1, 2)]);
    vec![
        ("3x1-1x1-1x1", "chroma at a third of the width", full().with_sampling(&[(3, 1)])),
        ("3x1-2x1-1x1", "Cb at two thirds of the width, Cr at one", full().with_sampling(&[(3, 1), (2, 1), (1, 1)])),
        ("3x2-2x1-1x2", "three widths and two heights, ten blocks in an MCU", mixed()),
        (
            "2x3-1x3-1x1",
            "three heights and two widths, ten blocks in an MCU",
            full().with_sampling(&[(2, 3), (1, 3), (1, 1)]),
        ),
        (
            "1x4-1x3-1x2",
            "chroma at three and two quarters of the height",
            full().with_sampling(&[(1, 4), (1, 3), (1, 2)]),
        ),
        (
            "luma-2x2-3x1-1x3",
            "no component has the largest factor in both directions",
            full().with_sampling(&[(2, 2), (3, 1), (1, 3)]),
        ),
        (
            "4x4-3x3-2x2",
            "more than ten blocks in an MCU: separate scans",
            full().with_sampling(&[(4, 4), (3, 3), (2, 2)]).one_scan_each(),
        ),
        ("progressive-3x2-2x1-1x2", "the same factors, progressive", mixed().progressive()),
        ("multi-scan-3x2-2x1-1x2", "the same factors in separate scans", mixed().one_scan_each()),
        ("arithmetic-3x2-2x1-1x2", "the same factors with arithmetic coding", mixed().arithmetic()),
        ("restart-3x2-2x1-1x2", "the same factors with restarts", mixed().with_restart_interval(2)),
    ]
}

fn others() -> Vec<Named> {
    let picture = scene(RAGGED.0, RAGGED.1);
    let subsampled = [(2, 2), (1, 1), (1, 1), (2, 2)];
    let grey = || Jpeg::grey(&picture).with_sampling(&[(3, 2)]);
    vec![
        ("wide-steps", "quantisation tables of two bytes a step", halved().with_wide_steps()),
        (
            "progressive-ycck",
            "progressive with four components",
            Jpeg::ycck(&picture).with_sampling(&subsampled).progressive(),
        ),
        (
            "progressive-cmyk-components-apart",
            "four components, one whole before another one begins",
            Jpeg::cmyk(&picture).with_progressive_scans((0..4).rev().flat_map(alone).collect()),
        ),
        (
            "ycck-two-by-two",
            "four components in two interleaved scans",
            Jpeg::ycck(&picture).with_sampling(&subsampled).with_scans([Scan::whole([0, 3]), Scan::whole([1, 2])]),
        ),
        (
            "arithmetic-ycck",
            "arithmetic coding with four components",
            Jpeg::ycck(&picture).with_sampling(&subsampled).arithmetic(),
        ),
        (
            "arithmetic-progressive-cmyk",
            "progressive and arithmetic with four components",
            Jpeg::cmyk(&picture).progressive().arithmetic(),
        ),
        ("arithmetic-grey-3x2", "factors of a single component mean nothing here either", grey().arithmetic()),
        ("progressive-grey-3x2", "nor in progressive scans", grey().progressive()),
    ]
}

/// DC of some components with AC of others between, bands that are cut differently at each bit.
fn odd_order() -> Vec<Scan> {
    vec![
        Scan::new([1], (0, 0), (0, 2)),
        Scan::new([0, 2], (0, 0), (0, 2)),
        Scan::new([0], (1, 1), (0, 3)),
        Scan::new([0], (2, 63), (0, 3)),
        Scan::new([0], (1, 63), (3, 2)),
        Scan::new([1], (1, 63), (0, 0)),
        Scan::new([0, 1, 2], (0, 0), (2, 1)),
        Scan::new([2], (1, 20), (0, 1)),
        Scan::new([2], (21, 63), (0, 1)),
        Scan::new([0], (1, 40), (2, 1)),
        Scan::new([0], (41, 63), (2, 1)),
        Scan::new([0, 1, 2], (0, 0), (1, 0)),
        Scan::new([2], (1, 63), (1, 0)),
        Scan::new([0], (1, 63), (1, 0)),
    ]
}

fn components_apart() -> Vec<Scan> {
    [2, 0, 1].into_iter().flat_map(alone).collect()
}

/// All of one component.
fn alone(component: usize) -> Vec<Scan> {
    [((0, 0), (0, 1)), ((6, 63), (0, 1)), ((1, 5), (0, 0)), ((0, 0), (1, 0)), ((6, 63), (1, 0))]
        .map(|(band, approximation)| Scan::new([component], band, approximation))
        .to_vec()
}

/// High bands apart: most of their blocks are in runs.
fn narrow_bands() -> Vec<Scan> {
    let mut scans = vec![Scan::new([0, 1, 2], (0, 0), (0, 0))];
    for band in [(1, 2), (3, 20), (21, 40), (41, 62), (63, 63)] {
        scans.extend([0, 1, 2].map(|only| Scan::new([only], band, (0, 1))));
        scans.extend([0, 1, 2].map(|only| Scan::new([only], band, (1, 0))));
    }
    scans
}

/// A hundred scans: bands of one coefficient each for luma, of more for chroma, in two bits.
fn hundred() -> Vec<Scan> {
    let bands = |component: usize, count: usize, approximation| {
        (1..=count).map(move |k| Scan::new([component], (k, if k == count { 63 } else { k }), approximation))
    };
    let mut scans = vec![Scan::new([0, 1, 2], (0, 0), (0, 1))];
    for approximation in [(0, 1), (1, 0)] {
        scans.extend(bands(0, 32, approximation));
        scans.extend([1, 2].into_iter().flat_map(|component| bands(component, 8, approximation)));
    }
    scans.extend([2, 1, 0].map(|only| Scan::new([only], (0, 0), (1, 0))));
    assert_eq!(scans.len(), 100);
    scans
}
