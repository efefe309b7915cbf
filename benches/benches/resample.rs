//! Resampling: single planes at the sizes that banners need, beside fast_image_resize, and all planes of the ten banners of
//! a picture.
//!
//! Throughput is counted in samples of the source. fast_image_resize is given what its fastest path takes: single planes of
//! `u8`, or of `u16` whose conversion from and to `u8` is not counted, while ours is. Compare a change with what was before:
//!
//! ```text
//! cargo bench -p masthead-benches --bench resample -- --save-baseline before
//! cargo bench -p masthead-benches --bench resample -- --baseline before
//! ```

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U16};
use fast_image_resize::{PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use masthead_benches::files::{banner_plan, benchmarked, photos};
use masthead_picture::{Dimensions, Light, Plane, Transfer};
use masthead_resample::{Filter, Resampler, SimdLevel, SourceRect};
use masthead_variants::{RenderOptions, Scratch, resample_picture};

/// Strips of common camera pictures, and the banners made from them; one before the last is chroma.
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
    for (source_size, target_size) in SIZES {
        let plane = photographic(dimensions(source_size));
        let (source, target) = (plane.dimensions(), dimensions(target_size));
        for (light, name) in LIGHTS {
            let mut group = criterion.benchmark_group(format!("resample/{source} -> {target} {name}"));
            group.throughput(Throughput::Elements(source.pixels()));
            for simd in SimdLevel::all() {
                let mut resampler = Resampler::with_simd(simd);
                group.bench_function(simd.name(), |bencher| {
                    let rect = SourceRect::of(source);
                    bencher.iter(|| resampler.resample(&plane, rect, target, Filter::Lanczos3, light));
                });
            }
            match light {
                Light::Gamma => {
                    let samples: Vec<U8> = plane.samples().iter().copied().map(U8::new).collect();
                    group.bench_function("fast_image_resize", |bencher| {
                        let mut resize = resizing(&samples, source, target);
                        bencher.iter(&mut resize);
                    });
                }
                Light::Linear => {
                    let linear = |sample: &u8| U16::new(2 * Transfer::srgb().linear(*sample));
                    let samples: Vec<U16> = plane.samples().iter().map(linear).collect();
                    group.bench_function("fast_image_resize", |bencher| {
                        let mut resize = resizing(&samples, source, target);
                        bencher.iter(&mut resize);
                    });
                }
            }
            group.finish();
        }
    }
}

/// The same resampling by fast_image_resize.
fn resizing<P: PixelTrait>(samples: &[P], source: Dimensions, target: Dimensions) -> impl FnMut() {
    let source = TypedImageRef::new(source.width(), source.height(), samples).expect("a whole plane");
    let mut result = vec![P::default(); target.pixels() as usize];
    let filter = fast_image_resize::FilterType::Lanczos3;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false);
    let mut resizer = Resizer::new();
    move || {
        let mut result = TypedImage::from_pixels_slice(target.width(), target.height(), &mut result).expect("a plane");
        resizer.resize_typed(&source, &mut result, &options).expect("sizes are above zero");
    }
}

/// All filters at one size tell enough.
fn filters(criterion: &mut Criterion) {
    let plane = photographic(dimensions(SIZES[1].0));
    let (source, target) = (plane.dimensions(), dimensions(SIZES[1].1));
    let mut group = criterion.benchmark_group(format!("resample/{source} -> {target}"));
    group.throughput(Throughput::Elements(source.pixels()));
    for &filter in Filter::ALL {
        let mut resampler = Resampler::new();
        group.bench_function(filter.to_string(), |bencher| {
            bencher.iter(|| resampler.resample(&plane, SourceRect::of(source), target, filter, Light::Linear));
        });
    }
    group.finish();
}

/// What the pipeline resamples for ten banners.
fn banners(criterion: &mut Criterion) {
    for file in benchmarked() {
        let mut group = criterion.benchmark_group(format!("resample/{}", file.name));
        group.sample_size(20);
        for (light, name) in LIGHTS {
            let options = RenderOptions::default().with_light(light).with_parallel(false);
            let decoder = file.decoder().unwrap_or_else(|error| panic!("{}: {error}", file.name));
            let plan = banner_plan(decoder.header(), &options);
            let picture = decoder.decode(plan.window(), light).unwrap_or_else(|error| panic!("{}: {error}", file.name));
            let scratch = Scratch::default();
            group.throughput(Throughput::Elements(plan.window().dimensions().pixels()));
            group.bench_function(format!("{} -> ten banners {name}", plan.window().dimensions()), |bencher| {
                let picture = || picture.clone();
                bencher.iter_batched(
                    picture,
                    |picture| resample_picture(&plan, picture, &scratch),
                    BatchSize::LargeInput,
                );
            });
        }
        group.finish();
    }
}

criterion_group!(benches, planes, filters, banners);
criterion_main!(benches);
