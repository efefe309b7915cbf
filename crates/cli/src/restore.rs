//! `masthead restore`.

use std::path::PathBuf;

use masthead_server::{RestoreError, restore};
use serde::Serialize;

use crate::data::{DataArgs, block_on, not_opened};
use crate::outcome::Outcome;
use crate::output::shown;
use crate::print::{Failure, Stdout};
use crate::units::{bytes, count};

/// Bring a backup back into a new data folder.
///
/// Each file is checked against its SHA-256 sum. The folder that is given with --data must be empty or not there yet. Uploads that were in
/// work when the backup was made are taken up by the server that starts there.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct RestoreArgs {
    /// Folder of the backup
    #[arg(value_name = "DIR")]
    from: PathBuf,

    #[command(flatten)]
    data: DataArgs,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  masthead restore /backups/masthead-2026-11-25 --data /srv/masthead-data
  masthead check --data /srv/masthead-data && masthead serve --data /srv/masthead-data

Exit code: 0 when it was restored; 1 when it was not, as when the backup is not whole or the folder holds something; 2 when the \
command line is wrong.";

/// The result as JSON.
#[derive(Serialize)]
struct JsonRestored {
    files: u64,
    bytes: u64,
    taken_at: i64,
}

pub(crate) fn run(args: &RestoreArgs) -> Outcome {
    block_on(async {
        let restored = restore(&args.from, &args.data.folder).await.map_err(|error| match error {
            RestoreError::File { path, error } => Failure::io(shown(&path), "", &error).to_string(),
            RestoreError::Open(error) => not_opened(&error),
            other => other.to_string(),
        })?;
        let mut stdout = Stdout::new();
        let (files, size) = (restored.files, restored.bytes);
        if args.json {
            stdout.json(&JsonRestored { files, bytes: size, taken_at: restored.taken_at.unix_seconds() });
        } else {
            let files = count(files as usize, "file");
            stdout.line(format_args!("Restored the database and {files} ({}) to {}.", bytes(size), args.data.shown()));
        }
        Ok(stdout.finish())
    })
}
