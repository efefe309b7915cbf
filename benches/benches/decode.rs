//! Decoding: the window that the ten banners of a picture need, the whole picture, and beside them the whole picture as
//! interleaved RGB by zune-jpeg or png.
//!
//! Compare a change with what was before:
//!
//! ```text
//! cargo bench -p masthead-benches --bench decode -- --save-baseline before
//! cargo bench -p masthead-benches --bench decode -- --baseline before
//! ```

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use masthead_benches::baseline::Pixels;
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

criterion_group!(benches, decode);
criterion_main!(benches);
