//! How far a piece of work is, on a terminal.

use std::io::IsTerminal;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::study::Progress;

/// A bar on a terminal, nothing in a pipe.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(quiet: bool, what: &str) -> Self {
        let hidden = quiet || !std::io::stderr().is_terminal();
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:40}} {{pos}}/{{len}} {what}{{msg}}")) {
            bar.set_style(style);
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
