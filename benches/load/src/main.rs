//! A load generator for `masthead serve`; see the README beside it.

mod args;
#[cfg(feature = "chaos")]
mod chaos;
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

/// What is uploaded without `--file`: these photographs, in these sizes, of 2 and 6 megapixels.
const PHOTOS: [(&str, [u32; 2]); 2] = [("rocket.jpg", [1920, 1080]), ("coffee.png", [3000, 2000])];

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
    #[cfg(feature = "chaos")]
    if args.chaos {
        return chaos::run(chaos::Setting::whole(args.seconds.unwrap_or(60)));
    }
    let pictures = match &args.file {
        Some(file) => vec![fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?],
        None => {
            let photos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/photos");
            PHOTOS.iter().map(|(name, size)| enlarged(&photos.join(name), *size)).collect::<Result<_, _>>()?
        }
    };
    let (mut tables, mut faults) = (Vec::new(), Vec::new());
    for picture in pictures {
        let (table, found) = load_with(args, &picture)?;
        print!("{}{table}", if tables.is_empty() { "" } else { "\n" });
        tables.push(table);
        faults.extend(found);
    }
    if let Some(path) = &args.write {
        report::write(path, &tables.join("\n"))?;
    }
    Ok(faults)
}

/// Loads a server with uploads of one picture: gives a table of figures, and everything that must not be.
fn load_with(args: &Args, picture: &[u8]) -> Result<(String, Vec<String>), String> {
    let processor = Processor::default();
    let job = processor.prepare(picture, &CropRequest::default()).map_err(|error| error.to_string())?;
    let image = job.region().image();
    let region = Region::within([image.width(), image.height()]);
    let kilobytes = picture.len() as f64 / 1e3;
    let shown = format!("JPEG, {}x{}, {kilobytes:.0} kB", image.width(), image.height());

    // The bench reads a file, and so does whoever wants to see what was uploaded.
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("upload.jpg");
    fs::write(&file, picture).map_err(|error| error.to_string())?;

    let before = target::bench(args, &file, region.size)?;
    let mut target = Target::new(args)?;
    let seen = load::run(args, &target, picture, &region);
    let stopped = target.stop();
    let after = target::bench(args, &file, region.size)?;

    let setting = Setting { picture: shown, bench: [before, after] };
    let report = Report { args, seen: &seen, setting: &setting };
    let mut faults = report.faults();
    faults.extend(stopped.err());
    Ok((report.table(), faults))
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
