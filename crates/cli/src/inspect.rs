//! `masthead inspect`.

use std::path::PathBuf;

use masthead::{Decoder, Dimensions, Error, Header, Limits, Orientation, Processor, Rect};
use serde::Serialize;

use crate::args::JobArgs;
use crate::input::{Input, Inputs};
use crate::json::{JsonError, JsonRegion};
use crate::outcome::Outcome;
use crate::print::{Failure, Stdout, complain};
use crate::units::{bytes, count};

/// Say what a picture is and whether it would be accepted, without decoding it.
///
/// Reads the header of each FILE and plans the job that `masthead render` would do with the same options: the region, the
/// window of stored pixels that would be decoded for it, and the most memory it would take.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct InspectArgs {
    /// Pictures: files, folders (all .jpg, .jpeg and .png inside), or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Print JSON, one object a line for each picture
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    job: JobArgs,
}

const EXAMPLES: &str = "\
Examples:
  masthead inspect photo.jpg
  masthead inspect photo.jpg --width 1800 --height 600 --threads 4
  masthead inspect uploads/ --json

Exit code: 0 when all would be accepted; 1 when one is refused or cannot be read; 2 when the command line is wrong.";

/// The longest file whose header is looked at. What is above the limit is refused, but its header can be told.
const MOST_BYTES: usize = 1 << 30;

pub(crate) fn run(args: &InspectArgs) -> Outcome {
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
    let processor = Processor::new(options);
    let mut stdout = Stdout::new();
    let mut accepted = true;
    for (index, input) in inputs.list.into_iter().enumerate() {
        let subject = match &input {
            Ok(input) => input.shown(),
            Err(failure) => failure.subject.clone(),
        };
        // How many threads there will be counts for the memory.
        let told = input.and_then(|input| pool.install(|| Told::of(&input, &processor, args)));
        accepted &= told.as_ref().is_ok_and(|told| told.refusal.is_none());
        if let Err(failure) = &told {
            complain(failure);
        }
        match &told {
            told if args.json => stdout.json(&JsonFile::new(&subject, told)),
            Ok(told) => {
                if index > 0 {
                    stdout.line("");
                }
                stdout.text(&told.in_words(&subject));
            }
            Err(_) => {}
        }
    }
    match stdout.finish() {
        Outcome::Done if !accepted => Outcome::Failed,
        outcome => outcome,
    }
}

/// What is known of a picture whose header can be read.
struct Told {
    bytes: usize,
    header: Header,
    threads: usize,
    job: Option<Job>,
    refusal: Option<Failure>,
}

struct Job {
    region: Rect,
    window: Rect,
    memory: u64,
}

impl Told {
    fn of(input: &Input, processor: &Processor, args: &InspectArgs) -> Result<Self, Failure> {
        let file = input.read(MOST_BYTES.max(args.job.max_bytes()))?;
        let failed = |error: Error| Failure::engine(input.shown(), &error);
        let header = Decoder::new(file.clone(), &no_limits()).map_err(|error| failed(error.into()))?.header().clone();
        let threads = args.job.threads();
        let request = args.job.request();
        let prepared = processor.prepare(file.clone(), &request).map(|job| Job {
            region: job.region().rect(),
            window: job.window(),
            memory: job.memory(threads),
        });
        let (job, refusal) = match prepared {
            Ok(job) => (Some(job), None),
            Err(error) => (None, Some(failed(error))),
        };
        Ok(Self { bytes: file.len(), header, threads, job, refusal })
    }

    fn in_words(&self, subject: &str) -> String {
        let header = &self.header;
        let displayed = header.displayed();
        let mut rows = vec![
            ("format", format_in_words(header)),
            ("file", bytes(self.bytes as u64)),
            ("size", format!("{displayed} ({:.1} megapixels)", displayed.pixels() as f64 / 1e6)),
        ];
        if header.orientation != Orientation::Upright {
            rows.push((
                "orientation",
                format!("{} to be shown; stored as {}", turn_in_words(header.orientation), header.stored),
            ));
        }
        rows.push(("colour", color_in_words(header)));
        rows.push((
            "profile",
            match &header.icc_profile {
                Some(profile) => format!("ICC, {}", bytes(profile.len() as u64)),
                None => "none, so sRGB".to_owned(),
            },
        ));
        match (&self.job, &self.refusal) {
            (Some(Job { region, window, memory }), _) => {
                rows.push(("region", region.to_string()));
                rows.push(("window", format!("{window} of the stored picture is decoded")));
                rows.push(("memory", format!("at most {} with {}", bytes(*memory), count(self.threads, "thread"))));
                rows.push(("verdict", "accepted".to_owned()));
            }
            (None, Some(refusal)) => rows.push(("verdict", format!("refused: {}", refusal.message))),
            (None, None) => {}
        }
        let lines = rows.iter().map(|(name, value)| format!("  {name:<11}  {value}\n"));
        format!("{subject}\n{}", lines.collect::<String>())
    }
}

/// Limits that refuse no header.
fn no_limits() -> Limits {
    let dimensions = |side| Dimensions::new(side, side).expect("the side is not zero");
    Limits::default()
        .with_bytes(usize::MAX)
        .with_min_dimensions(dimensions(1))
        .with_max_dimensions(dimensions(u32::MAX))
        .with_pixels(u64::MAX)
        .with_scans(usize::MAX)
        .with_memory(u64::MAX)
        .with_deadline(None)
}

fn format_in_words(header: &Header) -> String {
    match (header.format, header.progressive) {
        (masthead::Format::Jpeg, true) => format!("JPEG, progressive, {}", count(header.scans, "scan")),
        (masthead::Format::Jpeg, false) => format!("JPEG, sequential, {}", count(header.scans, "scan")),
        (format, true) => format!("{format}, interlaced"),
        (format, false) => format.to_string(),
    }
}

fn color_in_words(header: &Header) -> String {
    let subsampling = header.subsampling.as_ref().map(|subsampling| format!(" {subsampling}"));
    format!(
        "{}{}, {} bits a sample, {}",
        header.color,
        subsampling.unwrap_or_default(),
        header.bit_depth,
        if header.alpha { "may be transparent" } else { "opaque" },
    )
}

fn turn_in_words(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::Upright => "left as it is",
        Orientation::FlipHorizontal => "mirrored left to right",
        Orientation::Rotate180 => "turned by 180 degrees",
        Orientation::FlipVertical => "mirrored top to bottom",
        Orientation::Transpose => "mirrored and turned by 270 degrees clockwise",
        Orientation::Rotate90 => "turned by 90 degrees clockwise",
        Orientation::Transverse => "mirrored and turned by 90 degrees clockwise",
        Orientation::Rotate270 => "turned by 270 degrees clockwise",
    }
}

/// A line of `inspect --json`.
#[derive(Serialize)]
struct JsonFile<'a> {
    file: &'a str,
    accepted: bool,
    #[serde(flatten)]
    header: Option<JsonHeader>,
    #[serde(flatten)]
    job: Option<JsonJob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError<'a>>,
}

#[derive(Serialize)]
struct JsonHeader {
    file_bytes: usize,
    format: String,
    width: u32,
    height: u32,
    stored_width: u32,
    stored_height: u32,
    orientation: u32,
    color: String,
    subsampling: Option<String>,
    bit_depth: u8,
    alpha: bool,
    progressive: bool,
    scans: usize,
    icc_profile_bytes: Option<usize>,
}

#[derive(Serialize)]
struct JsonJob {
    region: JsonRegion,
    window: JsonRegion,
    threads: usize,
    memory_bytes: u64,
}

impl<'a> JsonFile<'a> {
    fn new(file: &'a str, told: &'a Result<Told, Failure>) -> Self {
        let failure = match told {
            Ok(told) => told.refusal.as_ref(),
            Err(failure) => Some(failure),
        };
        let told = told.as_ref().ok();
        Self {
            file,
            accepted: failure.is_none(),
            header: told.map(JsonHeader::new),
            job: told.and_then(|told| told.job.as_ref().map(|job| JsonJob::new(job, told.threads))),
            error: failure.map(JsonError::from),
        }
    }
}

impl JsonHeader {
    fn new(told: &Told) -> Self {
        let header = &told.header;
        let displayed = header.displayed();
        Self {
            file_bytes: told.bytes,
            format: header.format.to_string().to_lowercase(),
            width: displayed.width(),
            height: displayed.height(),
            stored_width: header.stored.width(),
            stored_height: header.stored.height(),
            orientation: header.orientation.exif(),
            color: header.color.to_string(),
            subsampling: header.subsampling.as_ref().map(ToString::to_string),
            bit_depth: header.bit_depth,
            alpha: header.alpha,
            progressive: header.progressive,
            scans: header.scans,
            icc_profile_bytes: header.icc_profile.as_ref().map(|profile| profile.len()),
        }
    }
}

impl JsonJob {
    fn new(job: &Job, threads: usize) -> Self {
        Self { region: job.region.into(), window: job.window.into(), threads, memory_bytes: job.memory }
    }
}
