//! How far a piece of work is, on a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::study::{Progress, SHOWINGS};

/// A bar on a terminal, nothing in a pipe.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(quiet: bool, what: &str) -> Self {
        let hidden = quiet || !std::io::stderr().is_terminal();
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) =
            ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {what}{{msg}}{{showings}}"))
        {
            let showings = |_: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = write!(out, "{SHOWINGS}");
            };
            bar.set_style(style.with_key("showings", showings));
        }
        if !hidden {
            // A network learns for minutes before its first cell is done.
            bar.enable_steady_tick(Duration::from_secs(1));
        }
        Bar(bar)
    }

    pub(super) fn show(&self, state: Progress) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_length(state.all as u64);
        if let Some(left) = state.left {
            self.0.set_message(format!(", {} left", HumanDuration(left)));
        }
        self.0.set_position(state.done as u64);
    }
}

/// The lines that follow are not written over a bar.
impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
