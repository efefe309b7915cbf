//! The `masthead` command: glue between a shell and the crate `masthead`, one file for each command.

mod args;
#[cfg(feature = "server")]
mod backup;
mod banner;
mod bench;
#[cfg(feature = "server")]
mod check;
mod completions;
#[cfg(feature = "server")]
mod data;
mod encoding;
mod input;
mod inspect;
mod json;
mod made;
mod measure;
mod numbers;
mod outcome;
mod output;
mod print;
mod progress;
mod render;
mod report;
#[cfg(feature = "server")]
mod restore;
#[cfg(feature = "server")]
mod serve;
mod set;
mod sheet;
mod units;
#[cfg(feature = "server")]
mod user;
#[cfg(feature = "server")]
mod values;
mod words;

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};
use masthead_simd::SimdLevel;

use crate::outcome::Outcome;

/// Makes banner images: one photograph in, every size of banner out.
///
/// masthead reads a JPEG or PNG file, cuts out the region you choose, and writes it in every size of a set: the ten
/// sizes of a profile banner unless you give your own.
#[cfg_attr(feature = "server", doc = "It does so for files, and as a server for uploads.")]
#[derive(Parser)]
#[command(name = "masthead", version, long_version = long_version(), arg_required_else_help = true, max_term_width = 100,
          after_help = after_help())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Which parts this build has.
const PARTS: &str = if cfg!(feature = "server") {
    "render, inspect, bench, completions; server: serve, user, backup, restore, check"
} else {
    "render, inspect, bench, completions; no server (it is the feature 'server' of the crate masthead-cli)"
};

/// What `--version` prints behind the name.
fn long_version() -> String {
    format!("{}\nparts: {PARTS}", env!("CARGO_PKG_VERSION"))
}

fn after_help() -> String {
    let server = if cfg!(feature = "server") {
        "  masthead serve                           take uploads over HTTP, and serve the banners\n  \
           masthead user add ann                    add a user who may upload\n  \
           masthead backup DIR                      back up what the server keeps, while it runs\n"
    } else {
        ""
    };
    format!(
        "Examples:\n  \
           masthead render photo.jpg -o banners     make the ten sizes of a profile banner\n  \
           masthead inspect photo.jpg               see what a file is, and whether it would be accepted\n  \
           masthead bench photo.jpg                 measure how fast it is on this machine\n\
         {server}  \
           masthead help render                     read all about a command\n\n\
         Parts of this build: {PARTS}.\n\n\
         Exit code: 0 when everything was done, 1 when something failed, 2 when the command line is wrong."
    )
}

#[derive(Subcommand)]
enum Command {
    Render(render::RenderArgs),
    Inspect(inspect::InspectArgs),
    Bench(bench::BenchArgs),
    #[cfg(feature = "server")]
    Serve(Box<serve::ServeArgs>),
    #[cfg(feature = "server")]
    User(user::UserArgs),
    #[cfg(feature = "server")]
    Backup(backup::BackupArgs),
    #[cfg(feature = "server")]
    Restore(restore::RestoreArgs),
    #[cfg(feature = "server")]
    Check(check::CheckArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    fn run(self) -> Outcome {
        match self {
            Self::Render(args) => render::run(&args),
            Self::Inspect(args) => inspect::run(&args),
            Self::Bench(args) => bench::run(&args),
            #[cfg(feature = "server")]
            Self::Serve(args) => serve::run(&args),
            #[cfg(feature = "server")]
            Self::User(args) => user::run(&args),
            #[cfg(feature = "server")]
            Self::Backup(args) => backup::run(&args),
            #[cfg(feature = "server")]
            Self::Restore(args) => restore::run(&args),
            #[cfg(feature = "server")]
            Self::Check(args) => check::run(&args),
            Self::Completions(args) => completions::run(&args, &mut Cli::command()),
        }
    }
}

/// The command line; the run ends here if it is wrong, and when it asks for help.
fn parsed() -> Cli {
    Cli::try_parse().unwrap_or_else(|mut error| {
        let absent = match error.get(ContextKind::InvalidSubcommand) {
            Some(ContextValue::String(word)) => {
                !cfg!(feature = "server") && ["serve", "user", "backup", "restore", "check"].contains(&word.as_str())
            }
            _ => false,
        };
        if absent {
            error.insert(
                ContextKind::Suggested,
                ContextValue::StyledStrs(vec![format!("this build has {PARTS}").into()]),
            );
        }
        error.exit()
    })
}

fn main() -> ExitCode {
    let command = parsed().command;
    let outcome = match SimdLevel::from_env() {
        Ok(_) => command.run(),
        // It would panic where kernels are first needed, and be passed over where none are.
        Err(error) => Outcome::Usage(error.to_string()),
    };
    match outcome {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::Failed => ExitCode::from(1),
        Outcome::Usage(message) => {
            print::complain(&message);
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
