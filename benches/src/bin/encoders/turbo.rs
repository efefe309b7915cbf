//! libjpeg-turbo, as Pillow has it, in a process of its own.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use masthead_picture::{Picture, Sampling};

/// A file, and the time that it took.
pub(crate) type Made = (Vec<u8>, Duration);

/// The options of libjpeg-turbo that are compared, in the order of its answers.
pub(crate) const MODES: [&str; 3] = ["baseline", "optimised", "progressive"];

/// A running `turbo.py`.
pub(crate) struct Turbo {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Turbo {
    /// `None` when there is no python3 with Pillow.
    pub(crate) fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/encoders/turbo.py");
        let mut command = Command::new("python3");
        let mut child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let (requests, mut answers) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        let mut ready = String::new();
        answers.read_line(&mut ready).ok()?;
        (ready == "ready\n").then_some(Self { child, requests, answers })
    }

    /// A picture encoded in every mode: the files, and the median time of `rounds`.
    pub(crate) fn encoded(
        &mut self,
        picture: &Picture,
        quality: u8,
        rounds: usize,
    ) -> Result<Vec<Made>, Box<dyn Error>> {
        let kind = match picture.components() {
            [_] => 400,
            [_, chroma, ..] if chroma.sampling == Sampling::HALF => 420,
            _ => 444,
        };
        let (width, height) = (picture.dimensions().width(), picture.dimensions().height());
        writeln!(self.requests, "{width} {height} {kind} {quality} {rounds}")?;
        for component in picture.components() {
            self.requests.write_all(component.plane.samples())?;
        }
        self.requests.flush()?;
        MODES.iter().map(|_| self.answer()).collect()
    }

    fn answer(&mut self) -> Result<Made, Box<dyn Error>> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (length, nanoseconds) = line.trim_end().split_once(' ').ok_or("turbo.py has ended")?;
        let mut file = vec![0; length.parse()?];
        self.answers.read_exact(&mut file)?;
        Ok((file, Duration::from_nanos(nanoseconds.parse()?)))
    }
}

impl Drop for Turbo {
    fn drop(&mut self) {
        // Its work is done; whether it still runs does not matter.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
