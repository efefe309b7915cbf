//! A load generator for `masthead serve`; see the README beside it.

mod args;
mod http;
mod load;
mod process;
mod report;
mod target;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use masthead::{CropRequest, Encoding, Options, Processor, VariantSet, VariantSpec};

use args::Args;
use load::Region;
use report::{Report, Setting};
use target::Target;

/// What is uploaded without `--file`: this photograph, in this size, 2.07 megapixels.
const PHOTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos/rocket.jpg");
const SIZE: [u32; 2] = [1920, 1080];

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            faults.iter().for_each(|fault| eprintln!("masthead-load: {fault}"));
            ExitCode::FAILURE
        }
        Err(message) => {
            eprintln!("masthead-load: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<Vec<String>, String> {
    let picture = match &args.file {
        Some(file) => fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?,
        None => enlarged(Path::new(PHOTO), SIZE)?,
    };
    let processor = Processor::default();
    let job = processor.prepare(&picture, &CropRequest::default()).map_err(|error| error.to_string())?;
    let image = job.region().image();
    let region = Region::within([image.width(), image.height()]);
    let kilobytes = picture.len() as f64 / 1e3;
    let shown = format!("JPEG, {}x{}, {kilobytes:.0} kB", image.width(), image.height());

    // The bench reads a file, and so does whoever wants to see what was uploaded.
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("upload.jpg");
    fs::write(&file, &picture).map_err(|error| error.to_string())?;

    let before = target::bench(args, &file, region.size)?;
    let mut target = Target::new(args)?;
    let seen = load::run(args, &target, &picture, &region);
    let stopped = target.stop();
    let after = target::bench(args, &file, region.size)?;

    let setting = Setting { picture: shown, bench: [before, after] };
    let report = Report { args, seen: &seen, setting: &setting };
    print!("{}", report.table());
    if let Some(path) = &args.write {
        report.write(path)?;
    }
    let mut faults = report.faults();
    faults.extend(stopped.err());
    Ok(faults)
}

/// A photograph as a JPEG of this size, made by masthead itself.
fn enlarged(photo: &Path, [width, height]: [u32; 2]) -> Result<Vec<u8>, String> {
    let file = fs::read(photo).map_err(|error| format!("{}: {error}", photo.display()))?;
    let spec = VariantSpec::new("upload", width, height, Encoding::default());
    let variants = spec.and_then(|spec| VariantSet::new(vec![spec])).map_err(|error| error.to_string())?;
    let processor = Processor::new(Options::default().with_variants(variants));
    let banner = processor.render(&file, &CropRequest::default()).map_err(|error| error.to_string())?;
    let made = banner.variants.into_iter().next();
    made.map(|variant| variant.bytes).ok_or_else(|| "masthead made nothing".to_owned())
}
