//! The `masthead` command: glue between a shell and the crate `masthead`, one file for each command.

mod args;
mod banner;
mod bench;
mod completions;
mod data;
mod encoding;
mod input;
mod inspect;
mod measure;
mod output;
mod print;
mod progress;
mod render;
mod report;
mod serve;
mod set;
mod sheet;
mod units;
mod user;
mod values;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use masthead_simd::SimdLevel;

/// Makes banner images: one photograph in, every size of banner out.
///
/// masthead reads a JPEG or PNG file, cuts out the region you choose, and writes it in every size of a set: the ten
/// sizes of a profile banner unless you give your own. It does so for files, and as a server for uploads.
#[derive(Parser)]
#[command(name = "masthead", version, arg_required_else_help = true, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  masthead render photo.jpg -o banners     make the ten sizes of a profile banner
  masthead inspect photo.jpg               see what a file is, and whether it would be accepted
  masthead bench photo.jpg                 measure how fast it is on this machine
  masthead serve                           take uploads over HTTP, and serve the banners
  masthead user add ann                    add a user who may upload
  masthead help render                     read all about a command

Exit code: 0 when everything was done, 1 when something failed, 2 when the command line is wrong.";

#[derive(Subcommand)]
enum Command {
    Render(render::RenderArgs),
    Inspect(inspect::InspectArgs),
    Bench(bench::BenchArgs),
    Serve(Box<serve::ServeArgs>),
    User(user::UserArgs),
    Completions(completions::CompletionsArgs),
}

/// How a run ended.
pub(crate) enum Outcome {
    /// Everything was done.
    Done,
    /// Something failed, and a line on standard error said so.
    Failed,
    /// The command line is wrong in a way that clap cannot see.
    Usage(String),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    if let Err(error) = SimdLevel::from_env() {
        return ended(Outcome::Usage(error.to_string()));
    }
    ended(match command {
        Command::Render(args) => render::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::User(args) => user::run(&args),
        Command::Completions(args) => completions::run(&args),
    })
}

fn ended(outcome: Outcome) -> ExitCode {
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
