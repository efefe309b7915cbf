//! Resampling: single planes at the sizes that banners need, and all planes of the ten banners of a picture.
//!
//! Throughput is counted in samples of the source. Compare a change with what was before:
//!
//! ```text
//! cargo bench -p masthead-benches --bench resample -- --save-baseline before
//! cargo bench -p masthead-benches --bench resample -- --baseline before
//! ```

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use masthead_benches::files::{banner_plan, benchmarked, photos};
use masthead_picture::{Dimensions, Light, Plane};
use masthead_resample::{Filter, Resampler, SourceRect, halved};
use masthead_variants::{RenderOptions, Scratch, resample};

/// Strips of common camera pictures, and the banners made from them; the last two are chroma.
const SIZES: [((u32, u32), (u32, u32)); 6] = [
    ((3840, 1280), (1500, 500)),
    ((2725, 908), (1500, 500)),
    ((2725, 908), (600, 200)),
    ((1920, 640), (1252, 626)),
    ((1362, 454), (750, 250)),
    ((640, 320), (1252, 626)),
];

const LIGHTS: [(Light, &str); 2] = [(Light::Linear, "linear"), (Light::Gamma, "gamma")];

fn dimensions((width, height): (u32, u32)) -> Dimensions {
    Dimensions::new(width, height).expect("sizes are above zero")
}

/// The first plane of a photograph of `testdata`, repeated to this size.
fn photographic(size: Dimensions) -> Plane {
    let file = &photos()[0];
    let picture = file.decode_whole(Light::Linear).unwrap_or_else(|error| panic!("{}: {error}", file.name));
    let photo = &picture.components()[0].plane;
    let rows = (0..size.height() as usize).map(|y| photo.row(y % photo.height()));
    let samples = rows.flat_map(|row| row.iter().cycle().take(size.width() as usize).copied()).collect();
    Plane::new(size, samples).expect("as many samples as the size says")
}

fn planes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("resample");
    for (source_size, target_size) in SIZES {
        let plane = photographic(dimensions(source_size));
        let (source, target) = (plane.dimensions(), dimensions(target_size));
        group.throughput(Throughput::Elements(source.pixels()));
        for (light, name) in LIGHTS {
            // All filters at one size tell enough.
            let filters = if source_size == SIZES[1].0 && target_size == SIZES[1].1 {
                &Filter::ALL[..]
            } else {
                &[Filter::Lanczos3]
            };
            for &filter in filters {
                let mut resampler = Resampler::new();
                group.bench_function(format!("{source} -> {target} {filter} {name}"), |bencher| {
                    bencher.iter(|| resampler.resample(&plane, SourceRect::of(source), target, filter, light));
                });
            }
        }
    }
    let plane = photographic(dimensions(SIZES[0].0));
    group.throughput(Throughput::Elements(plane.dimensions().pixels()));
    for (light, name) in LIGHTS {
        group.bench_function(format!("{} halved {name}", plane.dimensions()), |bencher| {
            bencher.iter(|| halved(&plane, light));
        });
    }
    group.finish();
}

/// What the pipeline resamples for ten banners: halvings are shared, variants smaller than the picture's planes.
fn banners(criterion: &mut Criterion) {
    for file in benchmarked() {
        let mut group = criterion.benchmark_group(format!("resample/{}", file.name));
        group.sample_size(20);
        for (light, name) in LIGHTS {
            let options = RenderOptions { light, parallel: false, ..RenderOptions::default() };
            let decoder = file.decoder().unwrap_or_else(|error| panic!("{}: {error}", file.name));
            let plan = banner_plan(decoder.header(), &options);
            let picture = decoder.decode(plan.window(), light).unwrap_or_else(|error| panic!("{}: {error}", file.name));
            let scratch = Scratch::default();
            group.throughput(Throughput::Elements(plan.window().dimensions().pixels()));
            group.bench_function(format!("{} -> ten banners {name}", plan.window().dimensions()), |bencher| {
                let picture = || picture.clone();
                bencher.iter_batched(picture, |picture| resample(&plan, picture, &scratch), BatchSize::LargeInput);
            });
        }
        group.finish();
    }
}

criterion_group!(benches, planes, banners);
criterion_main!(benches);
