//! What masthead encodes: within the error of quantisation for libjpeg-turbo, and for masthead's own decoder the planes of
//! libjpeg-turbo, whatever the coding and the restarts.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use masthead_encode::{Coding, DeadZone, JpegOptions, Quality, Quantisation, QuantisationTables, encode_jpeg};
use masthead_fuzz::{check_planes, check_window, decode_whole, window};
use masthead_jpeg::Header;
use masthead_picture::{Dimensions, Picture, Plane, Sampling};

#[path = "../../crates/jpeg/tests/encode/stored.rs"]
mod stored;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    width: u8,
    height: u8,
    /// Grey, 4:4:4 or 4:2:0.
    planes: u8,
    quality: u8,
    chroma_quality: Option<u8>,
    /// Repeated to 64 steps of luma and of chroma.
    steps: Option<[u8; 7]>,
    dead_zone: u8,
    coding: u8,
    restart_rows: u16,
    samples: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let size = |value: u8| u32::from(value) + 1;
    let dimensions = Dimensions::new(size(input.width), size(input.height)).unwrap();
    let plane = |sampling: Sampling, skip: usize| {
        let dimensions = sampling.component_dimensions(dimensions);
        let samples = input.samples.iter().chain(&[0]).cycle().skip(skip).take(dimensions.pixels() as usize);
        Plane::new(dimensions, samples.copied().collect()).unwrap()
    };
    let ycbcr = |chroma| Picture::ycbcr([plane(Sampling::FULL, 0), plane(chroma, 1), plane(chroma, 5)]).unwrap();
    let picture = match input.planes % 3 {
        0 => Picture::gray(plane(Sampling::FULL, 0)),
        1 => ycbcr(Sampling::FULL),
        _ => ycbcr(Sampling::HALF),
    };
    let steps = |steps: [u8; 7]| std::array::from_fn(|i| steps[i % 7].max(1));
    let tables = input.steps.map(|mut list| {
        let luma = steps(list);
        list.reverse();
        QuantisationTables::new(luma, steps(list)).unwrap()
    });
    let dead_zone = DeadZone::new(input.dead_zone).unwrap_or_default();
    let options = JpegOptions::default()
        .with_quality(Quality::new(input.quality).unwrap_or_default())
        .with_chroma_quality(input.chroma_quality.and_then(Quality::new))
        .with_quantisation(match tables {
            Some(tables) => Quantisation::Custom { tables, dead_zone },
            None if input.dead_zone.is_multiple_of(2) => Quantisation::Standard,
            None => Quantisation::Tuned,
        })
        .with_coding([Coding::Standard, Coding::Optimal, Coding::Progressive][usize::from(input.coding % 3)])
        .with_restart_rows(None);
    let file = encode_jpeg(&picture, &options).unwrap();
    // That of tuned quantisation is 8.
    let planes: Vec<&Plane> = picture.components().iter().map(|component| &component.plane).collect();
    stored::check(&file, &planes, dead_zone.get().max(8));

    let decoded = |file: &[u8]| {
        let header = Header::read(file, 100).unwrap();
        (decode_whole(file, &header).unwrap(), header)
    };
    let (ours, header) = decoded(&file);
    let theirs = masthead_libjpeg_turbo::planes(&file).unwrap();
    assert_eq!(theirs.warnings, 0, "{}", theirs.warning);
    check_planes(&header, &ours, &theirs);
    check_window(&file, &header, &ours, window(&header, [input.width, input.height, input.quality, input.coding]));

    // zune-jpeg misreads some restart intervals, masthead's decoder does not.
    let restart_rows = std::num::NonZeroU16::new(input.restart_rows);
    for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
        let other = encode_jpeg(&picture, &options.with_restart_rows(restart_rows).with_coding(coding)).unwrap();
        assert!(decoded(&other).0 == ours, "{coding:?}, restarts {restart_rows:?}");
    }
});
