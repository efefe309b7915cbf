//! Decoding: the window that the ten banners of a picture need, and the whole picture, through masthead's decoders of both formats; and
//! beside each other the JPEG decoders of masthead, libjpeg-turbo and zune-jpeg, which do nothing but read the header and decode MCU rows to
//! samples.
//!
//! Compare a change with what was before:
//!
//! ```text
//! cargo bench -p masthead-benches --bench decode -- --save-baseline before
//! cargo bench -p masthead-benches --bench decode -- --baseline before
//! ```

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use masthead_benches::baseline::Pixels;
use masthead_benches::decoders::{JpegDecoding, jpegs};
use masthead_benches::files::{banner_plan, benchmarked};
use masthead_picture::{Light, Rect};
use masthead_variants::RenderOptions;

fn decode(criterion: &mut Criterion) {
    for file in benchmarked() {
        let decoder = || file.decoder().unwrap_or_else(|error| panic!("{}: {error}", file.name));
        let header = decoder().header().clone();
        let window = banner_plan(&header, &RenderOptions::default()).window();
        let whole = Rect::of(header.stored);

        let mut group = criterion.benchmark_group(format!("decode/{}", file.name));
        group.sample_size(20).throughput(Throughput::Elements(header.stored.pixels()));
        group.bench_function("header", |bencher| bencher.iter(|| black_box(decoder())));
        group.bench_function(format!("window {window} of {}", header.stored), |bencher| {
            bencher.iter(|| decoder().decode(window, Light::Linear).expect("decoded before"));
        });
        group.bench_function(format!("whole {}", header.stored), |bencher| {
            bencher.iter(|| decoder().decode(whole, Light::Linear).expect("decoded before"));
        });
        group.bench_function(format!("baseline: whole {} to interleaved", header.stored), |bencher| {
            bencher.iter(|| Pixels::decode(&file.bytes).expect("decoded before"));
        });
        group.finish();
    }
}

fn decoders(criterion: &mut Criterion) {
    for jpeg in jpegs().unwrap_or_else(|error| panic!("{error}")) {
        let mut group = criterion.benchmark_group(format!("decoders/{}", jpeg.name));
        group.sample_size(10).throughput(Throughput::Elements(jpeg.whole.dimensions().pixels()));
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
        for (part, window) in [("whole", jpeg.whole), ("banners", jpeg.banners)] {
            for decoder in JpegDecoding::all() {
                group.bench_function(format!("{part} {window}: {}", decoder.name()), |bencher| {
                    bencher.iter(|| decoder.decode(&jpeg.bytes, window).expect("all of them read it"));
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, decode, decoders);
criterion_main!(benches);
