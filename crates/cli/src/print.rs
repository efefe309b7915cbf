//! Standard output and standard error, without panics when nobody reads them.

use std::fmt;
use std::io::{self, ErrorKind, StdoutLock, Write};

use serde::Serialize;

use crate::outcome::Outcome;
use crate::units::one_line;

/// Why one input was not made into a banner.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The file it is about.
    pub(crate) subject: String,
    /// One word for programs: a name of [`masthead::ErrorKind`], or `io`.
    pub(crate) kind: &'static str,
    /// One line for people.
    pub(crate) message: String,
}

impl Failure {
    /// The engine refused the file.
    pub(crate) fn engine(subject: impl Into<String>, error: &masthead::Error) -> Self {
        Self { subject: subject.into(), kind: error.kind().name(), message: error.to_string() }
    }

    /// The operating system refused; `doing` says what was tried, and may be empty.
    pub(crate) fn io(subject: impl Into<String>, doing: &str, error: &io::Error) -> Self {
        let reason = match error.kind() {
            ErrorKind::NotFound => "no such file or folder".to_owned(),
            ErrorKind::PermissionDenied => "permission denied".to_owned(),
            ErrorKind::NotADirectory => "not a folder".to_owned(),
            ErrorKind::AlreadyExists => "there is a file of this name".to_owned(),
            ErrorKind::IsADirectory => "there is a folder of this name".to_owned(),
            _ => error.to_string(),
        };
        let message = if doing.is_empty() { reason } else { format!("{doing}: {reason}") };
        Self { subject: subject.into(), kind: "io", message }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.message)
    }
}

/// One line on standard error, whatever is in the message.
pub(crate) fn complain(message: &dyn fmt::Display) {
    // When standard error is closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "masthead: {}", one_line(&message.to_string()));
}

/// Standard output. Once its reader has gone away (`masthead ... | head`) it is silent, and the work goes on.
pub(crate) struct Stdout {
    stream: StdoutLock<'static>,
    error: Option<io::Error>,
}

impl Stdout {
    pub(crate) fn new() -> Self {
        Self { stream: io::stdout().lock(), error: None }
    }

    pub(crate) fn text(&mut self, text: &str) {
        if self.error.is_none() {
            self.error = self.stream.write_all(text.as_bytes()).and_then(|()| self.stream.flush()).err();
        }
    }

    pub(crate) fn line(&mut self, line: impl fmt::Display) {
        self.text(&format!("{line}\n"));
    }

    /// One line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) {
        self.line(serde_json::to_string(value).expect("the value has only string keys"));
    }

    /// How the run ended as far as printing goes: a reader that had enough is no failure, a full disk is one.
    pub(crate) fn finish(self) -> Outcome {
        match self.error {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => {
                complain(&Failure::io("standard output", "", &error));
                Outcome::Failed
            }
            _ => Outcome::Done,
        }
    }
}
