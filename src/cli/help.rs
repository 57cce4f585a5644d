//! The help of the command: its options in groups, short under `-h` and whole under `--help`.

use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches};

use super::command_line::Cli;

/// The options by group, in the order of the help.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Schemes and steps", &["dt", "tolerance", "schemes", "arithmetic", "list"]),
    ("Problem", &["neuron", "input", "duration", "v0", "u0", "peak", "lbound"]),
    ("Metrics", &["within", "cost", "tau", "window"]),
    ("Outputs", &["out", "format", "trace", "trace_format", "json", "quiet", "no_timing"]),
];

const EXAMPLES: &str = "\
Examples:
  compare --dt 0.5                                    regular spiking, input 10, 1000 ms
  compare --dt 0.01..1:log:9 --neuron FS              errors against dt, observed orders
  compare --dt 0.5 --neuron a=0.03,b=0.25,d=4 --input pulse:20:5@100,300
  compare --dt 1 --neuron T                           a published pattern with its own input
  compare --dt 0.1,1 --schemes bindsnet,nest-published,rk4+located --format svg,pdf
  compare --tolerance 1e-3,1e-6 --schemes adaptive    adaptive solvers alone
  compare --dt 0.5 --json | jq .runs[0]               for scripts
  compare recommend --neuron FS --within 0.1ms --over 1s   what to take for spikes that good";

const MORE: &str = "compare --help has the whole text of each option, and examples.";

/// The command with its options in groups. Where `whole` is true its help has the long text of each option, in two columns as the short
/// one: clap's own long form takes five lines an option.
fn command(whole: bool) -> Command {
    let help = Arg::new("help").short('h').long("help");
    let mut options = 0;
    Cli::command()
        .disable_help_flag(true)
        .mut_subcommands(|sub| sub.arg(help.clone().action(ArgAction::Help).help("Print help")))
        .arg(help.clone().action(ArgAction::HelpShort).help("Print the help: short by -h, whole by --help"))
        .after_help(if whole { EXAMPLES } else { MORE })
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

/// Reads the process's arguments, or ends it with the help or a message.
pub(super) fn parse() -> Cli {
    let whole = std::env::args_os().any(|word| word == "--help");
    let matches = command(whole).get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

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
