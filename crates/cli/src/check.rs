//! `masthead check`.

use masthead_server::{AcceptedPair, Check, CheckError, MissingFile, accept, check};
use serde::Serialize;

use crate::backup::lacks;
use crate::data::{DataArgs, block_on, not_opened};
use crate::outcome::Outcome;
use crate::print::Stdout;
use crate::units::count;

/// Say whether database and banners of a server agree, while it runs or not.
///
/// It lists files that the database needs and that are missing or too short, and files that the database does not know. Those are never
/// deleted at once: a server moves them into blobs/quarantine, brings them back when the database knows them again, and deletes
/// them there after days (see 'masthead serve --quarantine').
///
/// A server does not start on a database and banners that do not belong together, or one of which is older than the other. --accept makes
/// them a pair as they are.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    data: DataArgs,

    /// Go on with what is there, while no server runs: move files that the database does not know into the quarantine, and let
    /// database and banners be a pair from now on. Without a database, an empty one is made
    #[arg(long)]
    accept: bool,

    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  masthead check
  masthead check --json | jq -r '.missing[].path'
  masthead check --accept --data /srv/masthead-data      after putting an older database back on purpose

Exit code: 0 when they agree (whatever is in the quarantine); 1 when they do not, something is missing or unknown, or it could not \
be found out; 2 when the command line is wrong.";

/// The result as JSON.
#[derive(Serialize)]
struct JsonCheck<'a> {
    good: bool,
    mismatch: Option<String>,
    banners: u64,
    jobs: u64,
    missing: &'a [MissingFile],
    unknown: &'a [String],
    quarantined: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<JsonAccepted>,
}

/// What --accept has done.
#[derive(Serialize)]
struct JsonAccepted {
    generation: u64,
    new_database: bool,
    quarantined: usize,
    returned: usize,
}

pub(crate) fn run(args: &CheckArgs) -> Outcome {
    block_on(async {
        let failed = |error: CheckError| match error {
            CheckError::Open(error) => not_opened(&error),
            CheckError::Nothing(_) => args.data.empty(),
            other => format!("{}: {other}", args.data.shown()),
        };
        let accepted = match args.accept {
            true => Some(accept(&args.data.folder).await.map_err(failed)?),
            false => None,
        };
        let found = check(&args.data.folder).await.map_err(failed)?;
        let mut stdout = Stdout::new();
        if args.json {
            stdout.json(&json(&found, accepted.as_ref()));
        } else {
            if let Some(accepted) = &accepted {
                print_accepted(&mut stdout, args, accepted);
            }
            print(&mut stdout, args, &found);
        }
        Ok(match stdout.finish() {
            Outcome::Done if !found.is_good() => Outcome::Failed,
            printed => printed,
        })
    })
}

fn json<'a>(found: &'a Check, accepted: Option<&AcceptedPair>) -> JsonCheck<'a> {
    JsonCheck {
        good: found.is_good(),
        mismatch: found.mismatch.map(|mismatch| mismatch.to_string()),
        banners: found.banners,
        jobs: found.jobs,
        missing: &found.missing,
        unknown: &found.unknown,
        quarantined: &found.quarantined,
        accepted: accepted.map(|accepted| JsonAccepted {
            generation: accepted.generation,
            new_database: accepted.new_database,
            quarantined: accepted.set_aside,
            returned: accepted.returned,
        }),
    }
}

fn print_accepted(stdout: &mut Stdout, args: &CheckArgs, accepted: &AcceptedPair) {
    if accepted.new_database {
        stdout.line("There was no database: a new one was made, without users.");
    }
    if accepted.returned > 0 {
        stdout.line(format_args!("Brought {} back from the quarantine.", count(accepted.returned, "file")));
    }
    stdout.line(format_args!(
        "Moved {} that the database does not know into {}/blobs/quarantine.\n\
         Database and banners are a pair of generation {} now: a server can start.",
        count(accepted.set_aside, "file"),
        args.data.shown(),
        accepted.generation
    ));
}

fn print(stdout: &mut Stdout, args: &CheckArgs, found: &Check) {
    for file in &found.missing {
        stdout.line(format_args!("missing: {}", lacks(file)));
    }
    for path in &found.unknown {
        stdout.line(format_args!("unknown: {path}"));
    }
    for path in &found.quarantined {
        stdout.line(format_args!("in quarantine: {path}"));
    }
    if let Some(mismatch) = &found.mismatch {
        stdout.line(format_args!(
            "no pair: {mismatch}; {}, or restore a backup into another folder with 'masthead restore'; 'masthead check --accept{}' goes \
             on with what is there",
            mismatch.remedy(),
            args.data.option()
        ));
    } else if !found.missing.is_empty() {
        stdout.line(format_args!(
            "What is missing: put the file back from a backup, have the banner uploaded once more, or remove it with 'masthead user \
             remove-banner NAME{}'.",
            args.data.option()
        ));
    }
    let numbers =
        [(found.banners, "banner"), (found.jobs, "upload")].map(|(number, noun)| count(number as usize, noun));
    stdout.line(format_args!(
        "{}: {} and {} in work; {} missing, {} unknown, {} in quarantine.",
        args.data.shown(),
        numbers[0],
        numbers[1],
        found.missing.len(),
        found.unknown.len(),
        found.quarantined.len(),
    ));
}
