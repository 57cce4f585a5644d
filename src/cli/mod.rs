//! The command: parses, calls and prints. No numerics here.

mod bar;
mod check;
mod command_line;
mod compare;
mod convert;
mod distance;
mod ending;
mod explore;
mod fi;
mod gallery;
mod grid;
mod help;
mod interrupt;
mod judge;
mod legible;
mod network;
mod options;
mod output;
mod quantity;
mod recognise;
mod recommend;
mod replay;
mod report;
mod run;

use std::io::Write;
use std::process::ExitCode;

use self::command_line::Command;
use crate::error::{Result, refuse_if};
use crate::scheme::SchemeSet;

/// Runs the command with the process's arguments: what the `main` of `spikestep` and of `compare` calls.
pub fn main() -> ExitCode {
    main_with(SchemeSet::standard())
}

/// Runs the command with the process's arguments and the schemes of `set`: what the `main` of another crate calls, so that a scheme
/// of its own is compared, listed, studied and recommended beside those of this crate.
pub fn main_with(set: &SchemeSet) -> ExitCode {
    interrupt::listen();
    let cli = match help::parse() {
        Ok(cli) => cli,
        Err(told) => return help::told(&told),
    };
    let mut out = std::io::stdout().lock();
    // These write no text to files, which are the same whatever the terminal is.
    if matches!(
        cli.command,
        None | Some(
            Command::Compare(_)
                | Command::Distance(_)
                | Command::Fi(_)
                | Command::Judge(_)
                | Command::Network(_)
                | Command::Recommend(_)
        )
    ) {
        output::fit_terminal();
    }
    let outcome = check_threads().and_then(|()| match &cli.command {
        Some(Command::Distance(args)) => {
            distance::run(args, &mut out).map_err(|error| options::named(error, options::DISTANCE))
        }
        Some(Command::Convert(args)) => convert::run(args, &mut out),
        Some(Command::Check(args)) => check::check(args, set, &mut out),
        Some(Command::Explore(args)) => {
            explore::run(args, set, &mut out).map_err(|error| options::named(error, options::COMPARE))
        }
        Some(Command::Fi(args)) => fi::run(args, set, &mut out),
        Some(Command::Gallery(args)) => gallery::run(args, set, &mut out),
        Some(Command::Judge(args)) => {
            judge::run(args, set, &mut out).map_err(|error| options::named(error, options::JUDGE))
        }
        Some(Command::List(args)) => check::list(args, set, &mut out),
        Some(Command::Merge(args)) => run::merge(args, set, &mut out),
        Some(Command::Network(args)) => network::run(args, set, &mut out),
        Some(Command::Recognise(args)) => recognise::run(args, &mut out),
        Some(Command::Recommend(args)) => match &args.network {
            Some(file) => network::recommend(args, file, set, &mut out),
            None => recommend::run(args, set, &mut out),
        }
        .map_err(|error| options::named(error, options::RECOMMEND)),
        Some(Command::Replay(args)) => replay::run(args, &mut out),
        Some(Command::Report(args)) => report::run(args, &mut out),
        Some(Command::Run(args)) => run::run(args, set, &mut out),
        #[cfg(feature = "completions")]
        Some(Command::Completions { shell }) => help::installed::completions(*shell, &mut out),
        #[cfg(feature = "completions")]
        Some(Command::Man) => help::installed::man(&mut out),
        Some(Command::Compare(args)) => compared(args, set, &mut out),
        None => compared(&cli.compare, set, &mut out),
    });
    ending::ended(outcome.and_then(|()| out.flush().map_err(crate::Error::write("the standard output"))))
}

fn compared(args: &compare::CompareArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    compare::run(args, set, out).map_err(|error| options::named(error, options::COMPARE))
}

/// Most threads that are started: more than any machine has cores.
const MOST_THREADS: usize = 1024;

/// Refuses to start threads without number: rayon takes the number of its variable at its word.
fn check_threads() -> Result<()> {
    let given = std::env::var("RAYON_NUM_THREADS").unwrap_or_default();
    refuse_if!(
        given.parse().is_ok_and(|threads: u128| threads > MOST_THREADS as u128),
        "RAYON_NUM_THREADS",
        given,
        format!("at most {MOST_THREADS}"),
        "Leave it out: as many threads run as there are cores."
    );
    Ok(())
}
