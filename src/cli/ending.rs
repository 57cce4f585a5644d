//! How the command ends: what it prints, and its exit code.

use std::io::Write;
use std::process::ExitCode;

use super::interrupt::STOPPED;
use super::legible::legible;
use crate::error::Result;
use crate::report::program;

/// Prints what went wrong, and gives the exit code: 0, 1 where something was refused or failed, 130 where it was stopped.
pub(super) fn ended(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let stopped = matches!(error, crate::Error::Stopped { .. });
            let text = legible(&error.to_string()).replace('\n', "\\n");
            let text = text.replace("compare --list", &format!("{} --list", program()));
            // Nothing is left to do about an error stream that is gone.
            let _ = writeln!(std::io::stderr(), "{}{text}", if stopped { "" } else { "error: " });
            if stopped { ExitCode::from(STOPPED) } else { ExitCode::FAILURE }
        }
    }
}

/// Whether the reader of a pipe (`| head`) has had enough: no error.
fn is_broken_pipe(error: &crate::Error) -> bool {
    matches!(error, crate::Error::Write { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
}
