//! `masthead backup`.

use std::path::PathBuf;

use masthead_server::{Backup, BackupError, MissingFile, backup};
use serde::Serialize;

use crate::data::{DataArgs, block_on, not_opened};
use crate::outcome::Outcome;
use crate::output::shown;
use crate::print::{Failure, Stdout, complain};
use crate::units::{bytes, count};

/// Back up a server's data folder, while the server runs or not.
///
/// DIR is made: a snapshot of the database and the files that it needs, with their SHA-256 sums. All that was acknowledged before the
/// command began is in it. It grows as DIR.partial and gets its name when it is whole and on disk. 'masthead restore' brings it
/// back. It holds secrets of users, and is for its owner alone to read.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct BackupArgs {
    /// Folder of the backup, which must not be there yet
    #[arg(value_name = "DIR")]
    to: PathBuf,

    #[command(flatten)]
    data: DataArgs,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  masthead backup /backups/masthead-$(date +%F)
  masthead backup DIR && (cd DIR && sha256sum --check --quiet SHA256SUMS)

Exit code: 0 when it was made; 1 when it was not, and when files were missing in the data folder itself (the backup is made, \
and they are listed); 2 when the command line is wrong.";

/// The result as JSON.
#[derive(Serialize)]
struct JsonBackup<'a> {
    banners: u64,
    originals: u64,
    bytes: u64,
    missing: &'a [MissingFile],
}

pub(crate) fn run(args: &BackupArgs) -> Outcome {
    block_on(async {
        let made = backup(&args.data.folder, &args.to).await.map_err(|error| match error {
            BackupError::File { path, error } => Failure::io(shown(&path), "", &error).to_string(),
            BackupError::NoDatabase(_) => args.data.empty(),
            BackupError::Open(error) => not_opened(&error),
            other => other.to_string(),
        })?;
        Ok(print(args, &made))
    })
}

fn print(args: &BackupArgs, made: &Backup) -> Outcome {
    let Backup { banners, originals, bytes: size, missing } = made;
    let mut stdout = Stdout::new();
    if args.json {
        stdout.json(&JsonBackup { banners: *banners, originals: *originals, bytes: *size, missing });
    } else {
        let files = [(*banners, "banner"), (*originals, "original")].map(|(number, noun)| count(number as usize, noun));
        stdout.line(format_args!("Backed up {} and {} ({}) to {}.", files[0], files[1], bytes(*size), shown(&args.to)));
    }
    for file in missing {
        complain(&format!("missing: {}", lacks(file)));
    }
    match stdout.finish() {
        Outcome::Done if !missing.is_empty() => Outcome::Failed,
        printed => printed,
    }
}

/// A file that is missing or not whole, and what is known of it.
pub(crate) fn lacks(file: &MissingFile) -> String {
    let MissingFile { path, user, expected, found, .. } = file;
    match (found, expected) {
        (None, _) => format!("{path} of user {user}"),
        (Some(found), Some(expected)) => format!("{path} of user {user} has {found} bytes (expected {expected})"),
        (Some(found), None) => format!("{path} of user {user} has {found} bytes"),
    }
}
