//! The folder in which a server keeps everything.

use std::path::{Path, PathBuf};

use masthead_server::OpenError;
use tokio::runtime::Builder;

use crate::outcome::Outcome;
use crate::output::shown;
use crate::print::{Failure, complain};

/// The folder that is taken when none is given.
const DEFAULT: &str = "./masthead-data";

/// Where a server keeps everything.
#[derive(clap::Args)]
pub(crate) struct DataArgs {
    /// Folder of the server: its users and its banners
    #[arg(long = "data", value_name = "DIR", default_value = DEFAULT, env = "MASTHEAD_DATA", hide_env_values = true)]
    pub(crate) folder: PathBuf,
}

impl DataArgs {
    /// The folder as it is printed.
    pub(crate) fn shown(&self) -> String {
        shown(&self.folder)
    }

    /// A folder in which there is nothing.
    pub(crate) fn empty(&self) -> String {
        format!("{}: no server has kept anything in this folder (see --data)", self.shown())
    }

    /// What another command needs to find the same folder: nothing, or ` --data DIR`.
    pub(crate) fn option(&self) -> String {
        if self.folder == Path::new(DEFAULT) { String::new() } else { format!(" --data {}", quoted(&self.shown())) }
    }
}

/// Runs a command on a data folder to its end.
pub(crate) fn block_on(work: impl Future<Output = Result<Outcome, String>>) -> Outcome {
    let done = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => Err(format!("cannot start: {error}")),
    };
    done.unwrap_or_else(|message| {
        complain(&message);
        Outcome::Failed
    })
}

/// A folder that cannot be opened, in the words of the other commands.
pub(crate) fn not_opened(error: &OpenError) -> String {
    match error {
        OpenError::Folder { path, error } => Failure::io(shown(path), "", error).to_string(),
        other => other.to_string(),
    }
}

/// A word of a shell.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_can_be_copied_into_a_shell() {
        assert_eq!(quoted("./masthead-data"), "./masthead-data");
        assert_eq!(quoted("my data"), "'my data'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
