//! `masthead completions`.

use clap::Command;
use clap_complete::Shell;

use crate::outcome::Outcome;
use crate::print::Stdout;

/// Print a completion script for your shell.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  masthead completions bash > ~/.local/share/bash-completion/completions/masthead
  masthead completions fish > ~/.config/fish/completions/masthead.fish
  masthead completions zsh > ~/.zfunc/_masthead       (with ~/.zfunc in your fpath)";

/// Prints the script for a command line.
pub(crate) fn run(args: &CompletionsArgs, command: &mut Command) -> Outcome {
    // clap_complete panics when it cannot write, so it writes into memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "masthead", &mut script);
    let mut stdout = Stdout::new();
    stdout.text(&String::from_utf8_lossy(&script));
    stdout.finish()
}
