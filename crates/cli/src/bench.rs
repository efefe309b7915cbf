//! `masthead bench`.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use masthead::{Banner, CropRequest, FileBytes, Options, Processor, Threads};
use rayon::ThreadPool;
use serde::Serialize;

use crate::args::JobArgs;
use crate::input::{Input, Inputs};
use crate::measure::{cpu_time, median, peak_memory, reset_peak_memory};
use crate::numbers::whole;
use crate::outcome::Outcome;
use crate::print::{Failure, Stdout, complain};
use crate::units::{bytes, count, milliseconds, time};

/// Measure how fast banners are made here.
///
/// Each FILE is made into all sizes of the set again and again, in memory, after two runs that do not count.
///
/// First one job at a time, its variants shared by N threads: the median of its wall time and CPU time, and of its stages.
/// Times of resampling and encoding are summed over the variants, so with several threads they add up to more than the
/// wall time.
///
/// Then N jobs at a time, each on a thread of its own: the number of images that these threads can make in a second. (With
/// one thread that is the same, and is not run again.)
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct BenchArgs {
    /// Pictures: files, folders (all .jpg, .jpeg and .png inside), or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Measured runs, 1 to 100000; as many again for each thread in the second part
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = whole(1..=100_000_u32),
          allow_negative_numbers = true)]
    repeat: u32,

    /// Print JSON, one object a line for each picture
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    job: JobArgs,
}

const EXAMPLES: &str = "\
Examples:
  masthead bench photo.jpg                        on all cores
  masthead bench photo.jpg --threads 1            what one core can do
  masthead bench photos/ --repeat 50 --json       for a program
  masthead bench photo.jpg --light gamma          what linear light costs

As JSON: file; width and height of the picture; threads; repeat; wall_ms and cpu_ms of one job; stages \
with decode_ms, resample_ms and encode_ms; output_bytes of all sizes; images_per_second with N jobs at a \
time; peak_rss_bytes, the peak memory of the process from the first run of this picture to its last. \
cpu_ms and peak_rss_bytes are read from Linux's /proc and null elsewhere.";

/// Runs before those that count: they fill caches and scratch memory.
const WARM_UPS: usize = 2;

pub(crate) fn run(args: &BenchArgs) -> Outcome {
    let (inputs, options) = match (Inputs::new(&args.files, None), args.job.options()) {
        (Ok(inputs), Ok(options)) => (inputs, options),
        (Err(message), _) | (_, Err(message)) => return Outcome::Usage(message),
    };
    let pool = match args.job.pool() {
        Ok(pool) => pool,
        Err(message) => {
            complain(&message);
            return Outcome::Failed;
        }
    };
    let mut stdout = Stdout::new();
    let mut failed = false;
    for (index, input) in inputs.list.into_iter().enumerate() {
        match input.and_then(|input| measure(&input, args, &options, &pool)) {
            Ok(figures) if args.json => stdout.json(&figures),
            Ok(figures) => {
                if index > 0 {
                    stdout.line("");
                }
                stdout.text(&figures.in_words());
            }
            Err(failure) => {
                failed = true;
                complain(&failure);
            }
        }
    }
    match stdout.finish() {
        Outcome::Done if failed => Outcome::Failed,
        outcome => outcome,
    }
}

fn measure(input: &Input, args: &BenchArgs, options: &Options, pool: &ThreadPool) -> Result<Figures, Failure> {
    let file = input.read(args.job.max_bytes())?;
    let (request, threads, repeat) = (args.job.request(), args.job.threads(), args.repeat as usize);
    reset_peak_memory();
    let (runs, banner) = one_at_a_time(&file, &request, options, pool, repeat)
        .map_err(|error| Failure::engine(input.shown(), &error))?;
    let rate = match threads {
        // One job at a time is all that one thread does.
        1 => repeat as f64 / runs.wall.iter().sum::<Duration>().as_secs_f64(),
        _ => images_per_second(&file, &request, options, threads, repeat)
            .map_err(|error| Failure::engine(input.shown(), &error))?,
    };
    let median = |values| milliseconds(median(values).unwrap_or_default());
    Ok(Figures {
        file: input.shown(),
        width: banner.region.image().width(),
        height: banner.region.image().height(),
        threads,
        repeat,
        wall_ms: median(runs.wall),
        cpu_ms: (runs.cpu.len() == repeat).then(|| median(runs.cpu)),
        stages: Stages {
            decode_ms: median(runs.decode),
            resample_ms: median(runs.resample),
            encode_ms: median(runs.encode),
        },
        output_bytes: banner.total_bytes(),
        images_per_second: (rate * 1e3).round() / 1e3,
        peak_rss_bytes: peak_memory(),
        variants: banner.variants.len(),
    })
}

/// Times of `repeat` jobs after one another, each on all threads of the pool, and what they made.
fn one_at_a_time(
    file: &FileBytes,
    request: &CropRequest,
    options: &Options,
    pool: &ThreadPool,
    repeat: usize,
) -> Result<(Runs, Banner), masthead::Error> {
    let processor = Processor::new(options.clone().with_threads(Threads::Pool));
    let render = || pool.install(|| processor.render(file.clone(), request));
    for _ in 1..WARM_UPS {
        render()?;
    }
    let mut banner = render()?;
    let mut runs = Runs::default();
    for _ in 0..repeat {
        // Two banners at once would count as memory of one.
        drop(banner);
        let (start, cpu) = (Instant::now(), cpu_time());
        banner = render()?;
        runs.add(start.elapsed(), cpu_time().zip(cpu).map(|(after, before)| after.saturating_sub(before)), &banner);
    }
    Ok((runs, banner))
}

/// How many images a second `threads` threads make, each on jobs of its own.
fn images_per_second(
    file: &FileBytes,
    request: &CropRequest,
    options: &Options,
    threads: usize,
    repeat: usize,
) -> Result<f64, masthead::Error> {
    let processor = Processor::new(options.clone().with_threads(Threads::Caller));
    let run = |times: usize| (0..times).try_for_each(|_| processor.render(file.clone(), request).map(drop));
    let all = |times: usize| {
        thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| run(times))).collect();
            running.into_iter().try_for_each(|thread| thread.join().expect("a job does not panic"))
        })
    };
    all(1)?;
    let start = Instant::now();
    all(repeat)?;
    Ok((threads * repeat) as f64 / start.elapsed().as_secs_f64())
}

/// The times of all runs.
#[derive(Default)]
struct Runs {
    wall: Vec<Duration>,
    cpu: Vec<Duration>,
    decode: Vec<Duration>,
    resample: Vec<Duration>,
    encode: Vec<Duration>,
}

impl Runs {
    fn add(&mut self, wall: Duration, cpu: Option<Duration>, banner: &Banner) {
        self.wall.push(wall);
        self.cpu.extend(cpu);
        self.decode.push(banner.decode_time);
        self.resample.push(banner.resample_time);
        self.encode.push(banner.variants.iter().map(|variant| variant.encode_time).sum());
    }
}

/// What was measured of one picture; as JSON, a line of `bench --json`.
#[derive(Serialize)]
struct Figures {
    file: String,
    width: u32,
    height: u32,
    threads: usize,
    repeat: usize,
    wall_ms: f64,
    cpu_ms: Option<f64>,
    stages: Stages,
    output_bytes: usize,
    images_per_second: f64,
    peak_rss_bytes: Option<u64>,
    #[serde(skip)]
    variants: usize,
}

#[derive(Serialize)]
struct Stages {
    decode_ms: f64,
    resample_ms: f64,
    encode_ms: f64,
}

impl Figures {
    fn in_words(&self) -> String {
        let shown = |milliseconds: f64| time(Duration::from_secs_f64(milliseconds / 1e3));
        let unknown = || "not available here".to_owned();
        let threads = count(self.threads, "thread");
        let rows = [
            ("one job", format!("{} on {threads}", shown(self.wall_ms))),
            ("CPU time", self.cpu_ms.map_or_else(unknown, shown)),
            ("decode", shown(self.stages.decode_ms)),
            ("resample", shown(self.stages.resample_ms)),
            ("encode", shown(self.stages.encode_ms)),
            ("output", format!("{}, {}", count(self.variants, "file"), bytes(self.output_bytes as u64))),
            ("throughput", format!("{:.1} images a second, {} at a time", self.images_per_second, self.threads)),
            ("peak memory", self.peak_rss_bytes.map_or_else(unknown, bytes)),
        ];
        let lines = rows.iter().map(|(name, value)| format!("  {name:<11}  {value}\n"));
        let runs = count(self.repeat, "run");
        format!("{} ({}x{}), median of {runs}\n{}", self.file, self.width, self.height, lines.collect::<String>())
    }
}
