//! The whole job: a file in, ten JPEG files out. Beside it a baseline that is put together from published crates, see
//! `masthead_benches::baseline`.
//!
//! Throughput is counted in pixels of the picture. The four lines of a picture come from one run, so their ratios can be
//! read. Compare a change with what was before:
//!
//! ```text
//! cargo bench -p masthead-benches --bench job -- --save-baseline before
//! cargo bench -p masthead-benches --bench job -- --baseline before
//! ```

use std::thread::available_parallelism;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fast_image_resize::Resizer;
use masthead::{CropRequest, Light, Options, Processor, Threads, VariantSet};
use masthead_benches::baseline;
use masthead_benches::files::{benchmarked, limits};
use rayon::ThreadPoolBuilder;

fn processor(light: Light, threads: Threads) -> Processor {
    Processor::new(Options::default().with_light(light).with_threads(threads).with_limits(limits()))
}

fn job(criterion: &mut Criterion) {
    let whole = CropRequest::default();
    let set = VariantSet::profile_banner();
    let mut resizer = Resizer::new();
    let linear = processor(Light::Linear, Threads::Caller);
    let gamma = processor(Light::Gamma, Threads::Caller);
    let parallel = processor(Light::Linear, Threads::Pool);
    let two_threads = available_parallelism().is_ok_and(|threads| threads.get() >= 2);
    let pool = two_threads.then(|| ThreadPoolBuilder::new().num_threads(2).build().expect("two threads start"));

    for file in benchmarked() {
        let prepared =
            linear.prepare(file.bytes.clone(), &whole).unwrap_or_else(|error| panic!("{}: {error}", file.name));
        let header = prepared.header().clone();
        let mut group = criterion.benchmark_group(format!("job/{}", file.name));
        group.sample_size(20).throughput(Throughput::Elements(header.stored.pixels()));
        group.bench_function("baseline: interleaved RGB, gamma, 1 thread", |bencher| {
            bencher
                .iter(|| baseline::job(&file.bytes, header.orientation, &set, &mut resizer).expect("it is a picture"));
        });
        for (processor, name) in [(&linear, "linear"), (&gamma, "gamma")] {
            group.bench_function(format!("masthead: {name}, 1 thread"), |bencher| {
                bencher.iter(|| processor.render(file.bytes.clone(), &whole).expect("it is a picture"));
            });
        }
        if let Some(pool) = &pool {
            group.bench_function("masthead: linear, 2 threads", |bencher| {
                pool.install(|| bencher.iter(|| parallel.render(file.bytes.clone(), &whole).expect("it is a picture")));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, job);
criterion_main!(benches);
