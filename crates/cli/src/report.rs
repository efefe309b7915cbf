//! What a render run tells: a table for people, lines of JSON for programs.

use std::ffi::OsString;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use crate::input::Inputs;
use crate::json::{JsonError, JsonRegion};
use crate::made::{Made, MadeFile};
use crate::outcome::Outcome;
use crate::output::shown;
use crate::print::{Failure, Stdout, complain};
use crate::units::{bytes, count, milliseconds, one_line, time};

/// Prints results as they come.
pub(crate) struct Report {
    stdout: Stdout,
    style: Style,
    files: Vec<String>,
    folder: String,
    start: Instant,
    made: usize,
    failed: usize,
    written: usize,
    written_bytes: u64,
}

enum Style {
    /// One object a line.
    Json,
    /// A row for each file of the one picture.
    Files,
    /// A row for each of several pictures, with these names.
    Pictures { names: Vec<String>, width: usize },
}

impl Report {
    pub(crate) fn new(json: bool, inputs: &Inputs, names: &[OsString], folder: &Path) -> Self {
        let names: Vec<_> = names.iter().map(|name| one_line(&name.to_string_lossy())).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("picture".len());
        let files = inputs.list.iter().map(|input| match input {
            Ok(input) => input.shown(),
            Err(failure) => failure.subject.clone(),
        });
        Self {
            stdout: Stdout::new(),
            style: match (json, inputs.several) {
                (true, _) => Style::Json,
                (false, false) => Style::Files,
                (false, true) => Style::Pictures { names, width },
            },
            files: files.collect(),
            folder: shown(folder),
            start: Instant::now(),
            made: 0,
            failed: 0,
            written: 0,
            written_bytes: 0,
        }
    }

    /// The result of input `index`; called in their order.
    pub(crate) fn add(&mut self, index: usize, result: Result<Made, Failure>) {
        match &result {
            Ok(made) => {
                self.made += 1;
                self.written += made.files.len();
                self.written_bytes += made.bytes();
            }
            Err(failure) => {
                self.failed += 1;
                complain(failure);
            }
        }
        let file = &self.files[index];
        match (&self.style, &result) {
            (Style::Json, result) => self.stdout.json(&JsonPicture::new(file, result)),
            (Style::Files, Ok(made)) => {
                self.stdout.text(&files_table(made));
                let Made { image, region, decode_time, render_time, .. } = made;
                self.stdout.line(format_args!(
                    "\n{} in {}, {}, from region {} of {file} ({image}) in {}, {} of it for decoding",
                    count(made.files.len(), "file"),
                    self.folder,
                    bytes(made.bytes()),
                    region.rect(),
                    time(*render_time),
                    time(*decode_time),
                ));
            }
            (Style::Pictures { names, width }, Ok(made)) => {
                if self.made == 1 {
                    self.stdout.line(row([&format!("{:width$}", "picture"), "region", "files", "bytes", "time"]));
                }
                self.stdout.line(row([
                    &format!("{:width$}", names[index]),
                    &made.region.rect().to_string(),
                    &made.files.len().to_string(),
                    &bytes(made.bytes()),
                    &time(made.render_time),
                ]));
            }
            (_, Err(_)) => {}
        }
        if let (Style::Files, Ok(Made { sheet: Some(sheet), .. })) = (&self.style, &result) {
            self.stdout.line(format_args!("open {} in a browser to see them", shown(sheet)));
        }
    }

    pub(crate) fn finish(mut self) -> Outcome {
        if let Style::Pictures { .. } = self.style {
            let seconds = self.start.elapsed().as_secs_f64();
            if self.made > 0 {
                self.stdout.text("\n");
            }
            self.stdout.line(format_args!(
                "{} of {} in {}: {}, {} in {seconds:.2} s ({:.1} pictures a second)",
                self.made,
                count(self.files.len(), "picture"),
                self.folder,
                count(self.written, "file"),
                bytes(self.written_bytes),
                self.made as f64 / seconds,
            ));
        }
        match self.stdout.finish() {
            Outcome::Done if self.failed > 0 => Outcome::Failed,
            outcome => outcome,
        }
    }
}

/// A row of the table of pictures; all but the first column are flush right.
fn row([name, region, files, bytes, time]: [&str; 5]) -> String {
    format!("{name}  {region:>20}  {files:>5}  {bytes:>9}  {time:>8}")
}

fn files_table(made: &Made) -> String {
    let name = |file: &MadeFile| file.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let names: Vec<_> = made.files.iter().map(|file| name(file).unwrap_or_default()).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let mut table = format!("{:width$}  {:>9}  {:>9}  {:>8}\n", "file", "size", "bytes", "time");
    for (file, name) in made.files.iter().zip(names) {
        table += &format!(
            "{name:width$}  {:>9}  {:>9}  {:>8}\n",
            file.dimensions.to_string(),
            bytes(file.bytes as u64),
            time(file.encode_time),
        );
    }
    table
}

/// A line of `render --json`.
#[derive(Serialize)]
struct JsonPicture<'a> {
    file: &'a str,
    #[serde(flatten)]
    result: JsonResult<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum JsonResult<'a> {
    Made {
        width: u32,
        height: u32,
        region: JsonRegion,
        variants: Vec<JsonVariant<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sheet: Option<String>,
        decode_ms: f64,
        resample_ms: f64,
        render_ms: f64,
    },
    Failed {
        error: JsonError<'a>,
    },
}

#[derive(Serialize)]
struct JsonVariant<'a> {
    name: &'a str,
    width: u32,
    height: u32,
    format: String,
    bytes: usize,
    path: String,
    encode_ms: f64,
}

impl<'a> JsonPicture<'a> {
    fn new(file: &'a str, result: &'a Result<Made, Failure>) -> Self {
        let result = match result {
            Err(failure) => JsonResult::Failed { error: failure.into() },
            Ok(made) => JsonResult::Made {
                width: made.image.width(),
                height: made.image.height(),
                region: made.region.rect().into(),
                variants: made.files.iter().map(JsonVariant::new).collect(),
                sheet: made.sheet.as_deref().map(|path| path.display().to_string()),
                decode_ms: milliseconds(made.decode_time),
                resample_ms: milliseconds(made.resample_time),
                render_ms: milliseconds(made.render_time),
            },
        };
        Self { file, result }
    }
}

impl<'a> JsonVariant<'a> {
    fn new(file: &'a MadeFile) -> Self {
        Self {
            name: &file.name,
            width: file.dimensions.width(),
            height: file.dimensions.height(),
            format: file.format.to_string().to_lowercase(),
            bytes: file.bytes,
            path: file.path.display().to_string(),
            encode_ms: milliseconds(file.encode_time),
        }
    }
}
