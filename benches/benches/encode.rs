//! Encoding: banners of each picture as JPEG and PNG files.
//!
//! Throughput is counted in pixels. Compare a change with what was before:
//!
//! ```text
//! cargo bench -p masthead-benches --bench encode -- --save-baseline before
//! cargo bench -p masthead-benches --bench encode -- --baseline before
//! ```

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use masthead_benches::baseline;
use masthead_benches::files::{PictureFile, banner_plan, benchmarked};
use masthead_encode::{Coding, JpegOptions, PngEffort, PngOptions, Quantisation, encode_jpeg, encode_png};
use masthead_picture::{Interleaved, Picture, Rgb, Sampling};
use masthead_variants::{RenderOptions, Scratch, resample};

/// The banners that are encoded, by their place in the set: 1500x500, 600x200 and 300x100.
const BANNERS: [usize; 3] = [0, 2, 3];

/// All ten banners of each picture from planes, 4:2:0, quality 85, one thread: the encoder beside jpeg-encoder.
fn ten_banners(criterion: &mut Criterion) {
    for file in benchmarked() {
        let mut group = criterion.benchmark_group(format!("encode ten banners/{}", file.name));
        group.sample_size(20);
        let pictures: Vec<Picture> = banners(&file)
            .into_iter()
            .map(|banner| banner.over(Rgb::WHITE).into_rgb().into_ycbcr(Sampling::HALF))
            .collect();
        group.throughput(Throughput::Elements(pictures.iter().map(|picture| picture.dimensions().pixels()).sum()));
        for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
            let options = JpegOptions::default().with_coding(coding).with_quantisation(Quantisation::Standard);
            group.bench_function(format!("{coding:?}").to_lowercase(), |bencher| {
                bencher.iter(|| pictures.iter().map(|picture| encode_jpeg(picture, &options)).collect::<Vec<_>>());
            });
        }
        for (optimised, name) in [(false, "jpeg-encoder"), (true, "jpeg-encoder optimised")] {
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    let files =
                        pictures.iter().map(|picture| baseline::encoded_planes(picture, baseline::QUALITY, optimised));
                    files.collect::<Vec<_>>()
                });
            });
        }
        group.finish();
    }
}

/// The ten banners of a picture, ready to be encoded.
fn banners(file: &PictureFile) -> Vec<Picture> {
    let made = || -> Result<Vec<Picture>, Box<dyn std::error::Error>> {
        let decoder = file.decoder()?;
        let options = RenderOptions::default();
        let plan = banner_plan(decoder.header(), &options);
        Ok(resample(&plan, &decoder, &Scratch::default())?)
    };
    made().unwrap_or_else(|error| panic!("{}: {error}", file.name))
}

fn encode(criterion: &mut Criterion) {
    for file in benchmarked() {
        let mut group = criterion.benchmark_group(format!("encode/{}", file.name));
        group.sample_size(20);
        let banners = banners(&file);
        for banner in BANNERS.map(|index| &banners[index]) {
            let size = banner.dimensions();
            group.throughput(Throughput::Elements(size.pixels()));
            let opaque = banner.clone().over(Rgb::WHITE);
            let rgb = opaque.to_interleaved(Interleaved::Rgb);
            for (sampling, name) in [(Sampling::HALF, "4:2:0"), (Sampling::FULL, "4:4:4")] {
                // RGB first, or a 4:2:0 picture stays one.
                let picture = opaque.clone().into_rgb().into_ycbcr(sampling);
                for coding in [Coding::Standard, Coding::Optimal, Coding::Progressive] {
                    let options = JpegOptions::default().with_coding(coding);
                    let name = format!("{size} jpeg q{} {name} {coding:?}", options.quality).to_lowercase();
                    group.bench_function(name, |bencher| bencher.iter(|| encode_jpeg(&picture, &options)));
                }
            }
            group.bench_function(format!("{size} baseline: jpeg q85 4:2:0 from RGB"), |bencher| {
                bencher.iter(|| baseline::encoded(&rgb, size));
            });
            for effort in [PngEffort::Fast, PngEffort::Balanced, PngEffort::Small] {
                let name = format!("{size} png {effort:?}").to_lowercase();
                group.bench_function(name, |bencher| {
                    bencher.iter_batched(
                        || banner.clone(),
                        |banner| encode_png(banner, &PngOptions::default().with_effort(effort)),
                        BatchSize::LargeInput,
                    )
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, encode, ten_banners);
criterion_main!(benches);
