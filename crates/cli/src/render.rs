//! `masthead render`.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use masthead::{CropRequest, OutputFormat, Processor};
use rayon::ThreadPool;

use crate::args::JobArgs;
use crate::input::{Input, Inputs};
use crate::made::{Made, MadeFile};
use crate::outcome::Outcome;
use crate::output::Outputs;
use crate::print::{Failure, complain};
use crate::progress::Progress;
use crate::report::Report;
use crate::sheet;

/// Make banners from pictures.
///
/// Each INPUT is cut to the region and written in every size of the set. One picture is written straight into DIR; of
/// several pictures, or of a folder, each gets a folder of its own in DIR, named after its file.
///
/// JPEG and PNG files are read, whatever their names; turned photographs are turned upright, and colours become sRGB.
/// Each size shows the largest centred part of the region that has its shape. Nothing but the picture is written:
/// places, cameras and names that a photograph carries are left out.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct RenderArgs {
    /// Pictures: files, folders (all .jpg, .jpeg and .png inside), or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Folder to write into; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,

    /// Also write an index.html that shows the picture, its region, and every file made from it
    #[arg(long)]
    sheet: bool,

    /// Report as JSON on standard output, one object a line for each picture
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    job: JobArgs,
}

const EXAMPLES: &str = "\
Examples:
  masthead render photo.jpg -o banners
      ten files in the folder banners: 1500x500.jpg, web.jpg, mobile.jpg and so on
  masthead render photo.jpg -o banners --width 1800 --height 600 --offset-top 240 --sheet
      only this part of the photograph, and banners/index.html to look at the result
  masthead render photos/ logo.png -o banners --format png
      a folder for each picture, PNG files in it
  masthead render photo.jpg -o covers --set covers.toml
      the sizes listed in covers.toml ('masthead render --help' tells how to write it)
  cat photo.jpg | masthead render - -o banners --json
      from a pipe, with a report for programs

Pictures of at least 200x100 (--min-size) and at most 8192x8192 pixels are accepted. Memory is bounded: there is at \
most one picture in work for each thread, with at most 256 MiB.

Exit code: 0 when everything was written; 1 when something failed (a line on standard error tells what, \
and the other pictures are still made); 2 when the command line is wrong.";

pub(crate) fn run(args: &RenderArgs) -> Outcome {
    let (inputs, options) = match (Inputs::new(&args.inputs, Some(&args.out)), args.job.options()) {
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
    let studio = Studio {
        outputs: Outputs::new(inputs.paths()),
        processor: Processor::new(options),
        request: args.job.request(),
        max_bytes: args.job.max_bytes(),
        sheet: args.sheet,
        pool,
    };
    let names = inputs.names();
    let folder = |index: usize| if inputs.several { args.out.join(&names[index]) } else { args.out.clone() };
    let mut report = Report::new(args.json, &inputs, &names, &args.out);
    let progress = Progress::new(inputs.list.len());
    each_in_order(
        inputs.list.len(),
        studio.pool.current_num_threads(),
        |index| match &inputs.list[index] {
            Ok(input) => studio.make_or_survive(input, &folder(index)),
            Err(failure) => Err(failure.clone()),
        },
        || progress.advance(),
        |index, result| progress.suspended(|| report.add(index, result)),
    );
    progress.clear();
    report.finish()
}

/// Does `count` pieces of work, at most `parallel` at a time, and hands their results over in order. `done` is called
/// whenever a piece is finished.
fn each_in_order<T: Send>(
    count: usize,
    parallel: usize,
    work: impl Fn(usize) -> T + Sync,
    mut done: impl FnMut(),
    mut hand_over: impl FnMut(usize, T),
) {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..parallel.min(count) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count || sender.send((index, work(index))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (index, result) in receiver {
            done();
            early.insert(index, result);
            while let Some(result) = early.remove(&due) {
                hand_over(due, result);
                due += 1;
            }
        }
    });
}

/// What every picture of a run shares.
struct Studio {
    processor: Processor,
    request: CropRequest,
    max_bytes: usize,
    outputs: Outputs,
    sheet: bool,
    pool: ThreadPool,
}

impl Studio {
    /// As [`Studio::make`]; a defect that a file brings to light costs that file, not the run.
    fn make_or_survive(&self, input: &Input, folder: &Path) -> Result<Made, Failure> {
        catch_unwind(AssertUnwindSafe(|| self.make(input, folder))).unwrap_or_else(|_| {
            Err(Failure {
                subject: input.shown(),
                kind: masthead::ErrorKind::Internal.name(),
                message: "a defect of masthead: please report it, with the lines above and the file".to_owned(),
            })
        })
    }

    fn make(&self, input: &Input, folder: &Path) -> Result<Made, Failure> {
        for spec in &self.processor.options().variants {
            let name = file_name(spec.name(), spec.encoding().format());
            self.outputs.check(&folder.join(name))?;
        }
        let file = input.read(self.max_bytes)?;
        let start = Instant::now();
        // Planning looks at the number of threads, so it belongs inside the pool.
        let banner = self.pool.install(|| self.processor.render(file.clone(), &self.request));
        let banner = banner.map_err(|error| Failure::engine(input.shown(), &error))?;
        let render_time = start.elapsed();
        let page = || sheet::page(&input.name(), file, &banner, self.processor.options());
        let page = self.sheet.then(|| self.pool.install(page));

        self.outputs.create_folder(folder)?;
        let mut files = Vec::new();
        for variant in &banner.variants {
            let path = folder.join(file_name(&variant.name, variant.format));
            self.outputs.write(&path, &variant.bytes)?;
            files.push(MadeFile {
                name: variant.name.clone(),
                path,
                dimensions: variant.dimensions,
                format: variant.format,
                bytes: variant.bytes.len(),
                encode_time: variant.encode_time,
            });
        }
        let sheet = page.map(|page| (folder.join("index.html"), page));
        if let Some((path, page)) = &sheet {
            self.outputs.write(path, page.as_bytes())?;
        }
        Ok(Made {
            image: banner.region.image(),
            region: banner.region,
            files,
            sheet: sheet.map(|(path, _)| path),
            decode_time: banner.decode_time,
            resample_time: banner.resample_time,
            render_time,
        })
    }
}

fn file_name(variant: &str, format: OutputFormat) -> String {
    format!("{variant}.{}", format.extension())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_order_and_no_more_than_allowed_are_in_work() {
        let working = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let (mut finished, mut order) = (0, Vec::new());
        each_in_order(
            50,
            3,
            |index| {
                most.fetch_max(working.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(((index * 7) % 5) as u64));
                working.fetch_sub(1, Ordering::SeqCst);
                index * 2
            },
            || finished += 1,
            |index, result| order.push((index, result)),
        );
        assert_eq!(finished, 50);
        assert_eq!(order, (0..50).map(|index| (index, index * 2)).collect::<Vec<_>>());
        assert!(most.into_inner() <= 3);
    }
}
