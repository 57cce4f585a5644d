//! The help of the command: its options in groups, short under `-h` and whole under `--help`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches};

use super::command_line::Cli;
use super::ending::ended;
use super::legible::legible;
use crate::report::program;

/// The subcommand that may be left out.
const COMPARE: &str = "compare";

/// The options by group, in the order of the help.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Schemes and steps", &["dt", "tolerance", "schemes", "arithmetic", "list"]),
    ("Problem", &["neuron", "input", "duration", "v0", "u0", "peak", "lbound"]),
    ("Metrics", &["within", "cost", "tau", "window"]),
    ("Outputs", &["out", "format", "trace", "trace_format", "json", "quiet", "no_timing"]),
];

/// Options, and what the command does with them.
const EXAMPLES: [(&str, &str); 8] = [
    ("--dt 0.5", "regular spiking, input 10, 1000 ms"),
    ("--dt 0.01..1:log:9 --neuron FS", "errors against dt, observed orders"),
    ("--dt 0.5 --neuron a=0.03,b=0.25,d=4 --input pulse:20:5@100,300", ""),
    ("--dt 1 --neuron T", "a published pattern with its own input"),
    ("--dt 0.1,1 --schemes bindsnet,nest-published,rk4+located --format svg,pdf", ""),
    ("--tolerance 1e-3,1e-6 --schemes adaptive", "adaptive solvers alone"),
    ("--dt 0.5 --json | jq .runs[0]", "for scripts"),
    ("recommend --neuron FS --within 0.1ms --over 1s", "what to take for spikes that good"),
];

const EXIT_CODES: &str =
    "Exit codes: 0 done, 1 refused or failed, 2 not understood (options and their values), 130 stopped by Ctrl-C.";

/// What follows the options.
fn after(whole: bool) -> String {
    let name = program();
    if !whole {
        return format!("{name} --help has the whole text of each option, and examples.");
    }
    let line =
        |(options, said): &(&str, &str)| format!("\n  {:<58}{said}", format!("{name} {options}")).trim_end().to_owned();
    let examples = EXAMPLES.iter().map(|example| line(example).trim_start_matches('\n').to_owned());
    format!("Examples:\n{}\n\n{EXIT_CODES}", examples.collect::<Vec<_>>().join("\n"))
}

/// The command with its options in groups. Where `whole` is true its help has the long text of each option, in two columns as the short
/// one: clap's own long form takes five lines an option.
fn command(whole: bool) -> Command {
    let help = Arg::new("help").short('h').long("help");
    let of_subcommands = help.clone().action(ArgAction::Help).help("Print help");
    let compare = |sub: Command| grouped(sub.disable_help_flag(true), help.clone(), whole);
    let command = Cli::command().disable_help_flag(true).mut_subcommands(|sub| {
        // A negative number is a value, which is refused where it is none that is allowed.
        let sub = sub.mut_args(|arg| if arg.is_positional() { arg } else { arg.allow_negative_numbers(true) });
        if sub.get_name() == COMPARE { compare(sub) } else { sub.arg(of_subcommands.clone()) }
    });
    grouped(command, help.clone(), whole)
}

/// A command of the options of a comparison, in groups.
fn grouped(command: Command, help: Arg, whole: bool) -> Command {
    let mut options = 0;
    command
        .arg(help.action(ArgAction::HelpShort).help("Print the help: short by -h, whole by --help"))
        .after_help(after(whole))
        .mut_args(|arg| {
            let group = GROUPS.iter().find(|(_, names)| names.contains(&arg.get_id().as_str()));
            let rank = GROUPS.iter().flat_map(|(_, names)| *names).position(|name| *name == arg.get_id().as_str());
            options += 1;
            let arg = arg.help_heading(group.map(|(title, _)| *title)).display_order(rank.unwrap_or(options));
            match arg.get_long_help().filter(|_| whole).map(ToString::to_string) {
                Some(text) => arg.help(text.replace("\n\n", "\n")),
                None => arg,
            }
        })
}

/// Reads the process's arguments.
///
/// # Errors
/// What clap has to say: help and version, which are no errors, and what it does not understand.
pub(super) fn parse() -> Result<Cli, clap::Error> {
    let whole = std::env::args_os().any(|word| word == "--help");
    Cli::from_arg_matches(&command(whole).try_get_matches()?)
}

/// Prints what clap has to say, and gives the exit code: 0 of help and version, 1 where they cannot be written, 2 of a mistake.
pub(super) fn told(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let printed = error.print().and_then(|()| std::io::stdout().flush());
        return ended(printed.map_err(crate::Error::write("the standard output")));
    }
    let plain = error.render().to_string();
    // What the standard library says of a number that is none.
    let legible = legible(&plain.replace("invalid digit found in string", "it is no whole number from 0 on"));
    // Clap's own form has colours on a terminal. Nothing is left to do about an error stream that is gone.
    let _ = if legible == plain { error.print() } else { write!(std::io::stderr(), "{legible}") };
    ExitCode::from(NOT_UNDERSTOOD)
}

/// Exit code of a command line that is not understood.
const NOT_UNDERSTOOD: u8 = 2;

/// Completions and the manual page, for the name by which the program is installed.
#[cfg(feature = "completions")]
pub(super) mod installed {
    use std::io::Write;

    use crate::error::{Error, Result};

    const NAME: &str = env!("CARGO_PKG_NAME");

    /// Writes the completions of a shell.
    pub(in crate::cli) fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut super::command(false), NAME, &mut script);
        out.write_all(&script).map_err(Error::write("the standard output"))
    }

    /// Writes the manual page, in troff: `spikestep man | man -l -` shows it.
    pub(in crate::cli) fn man(out: &mut dyn Write) -> Result<()> {
        let page = clap_mangen::Man::new(super::command(true).name(NAME));
        page.render(out).map_err(Error::write("the standard output"))
    }
}
