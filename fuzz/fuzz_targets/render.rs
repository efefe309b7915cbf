//! The whole pipeline with small limits: what is made is a readable file of the right size, and the same in both orders
//! of work.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use masthead::{
    Banner, Chroma, CropPolicy, CropRequest, Encoding, ErrorKind, JpegOptions, Light, Limits, Options, OutputFormat,
    PngEffort, PngOptions, Processor, Threads, VariantSet, VariantSpec,
};
use masthead_decode::{Decoder, Format};
use masthead_picture::{Dimensions, Rect};

fn processor(light: Light, threads: Threads) -> Processor {
    let jpeg = |chroma| Encoding::jpeg(JpegOptions::default()).with_chroma(chroma);
    let spec = |name: &str, width, height, encoding| VariantSpec::new(name, width, height, encoding).unwrap();
    let variants = VariantSet::new(vec![
        spec("wide", 150, 51, jpeg(Chroma::Half)),
        spec("tall", 21, 60, jpeg(Chroma::Full)),
        spec("png", 40, 20, Encoding::Png(PngOptions::default().with_effort(PngEffort::Fast))),
    ]);
    let one = Dimensions::new(1, 1).unwrap();
    // The fuzzer has a time limit of its own.
    let limits =
        Limits::default().with_min_dimensions(one).with_pixels(1 << 19).with_memory(64 << 20).with_deadline(None);
    let options = Options::default()
        .with_variants(variants.unwrap())
        .with_limits(limits)
        .with_min_region(one)
        .with_crop_policy(CropPolicy::Clamp)
        .with_light(light)
        .with_threads(threads);
    Processor::new(options)
}

static LINEAR: LazyLock<Processor> = LazyLock::new(|| processor(Light::Linear, Threads::Caller));
static LINEAR_IN_POOL: LazyLock<Processor> = LazyLock::new(|| processor(Light::Linear, Threads::Pool));
static GAMMA: LazyLock<Processor> = LazyLock::new(|| processor(Light::Gamma, Threads::Caller));

fn check(banner: &Banner) {
    let any_size = Limits::default().with_min_dimensions(Dimensions::new(1, 1).unwrap());
    for variant in &banner.variants {
        let decoder = Decoder::new(&variant.bytes, &any_size).unwrap();
        let header = decoder.header().clone();
        assert_eq!(header.stored, variant.dimensions);
        assert_eq!(header.format == Format::Png, variant.format == OutputFormat::Png);
        assert_eq!(header.icc_profile, None);
        decoder.decode(Rect::of(header.stored), Light::Linear).unwrap();
    }
}

fuzz_target!(|bytes: &[u8]| {
    let choice = |from: usize| bytes.iter().rev().nth(from).map(|byte| u32::from(*byte)).filter(|byte| *byte > 127);
    let request =
        CropRequest { offset_left: choice(0).map(|left| left - 128), height: choice(1), ..CropRequest::default() };
    match LINEAR.render(bytes, &request) {
        Err(error) => assert_ne!(error.kind(), ErrorKind::Internal, "{error}"),
        Ok(banner) => {
            check(&banner);
            check(&GAMMA.render(bytes, &request).unwrap());
            let in_pool = LINEAR_IN_POOL.render(bytes, &request).unwrap();
            assert!(banner.variants.iter().zip(&in_pool.variants).all(|(a, b)| a.bytes == b.bytes));
        }
    }
});
