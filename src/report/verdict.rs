//! The verdict in sentences.

use std::fmt::Write;

use super::layout::{six, three, wrapped};
use super::program;
use crate::scheme::StepSize;
use crate::study::{Comparison, Fine, Run, Verdict};

/// Whether the steps asked for are fine ([`Fine`]), in a sentence on lines of its own. Empty without fixed steps.
pub(super) fn fine_text(comparison: &Comparison) -> String {
    Fine::of(comparison).map_or_else(String::new, |fine| wrapped(&fine.text(comparison, program())) + "\n")
}

/// The nearest scheme, and the cheapest ones by their flops, weighed by what a flop takes in each.
pub(super) fn verdict_text(comparison: &Comparison) -> String {
    let duration = comparison.problem.duration;
    let within = comparison.within;
    let verdict = Verdict::of(comparison);
    let several = comparison.study.dts.len() > 1;
    let mut text = String::new();
    if let Some(at) = comparison.truth_ends_at() {
        return wrapped(&format!("No scheme is recommended: the truth is known until {} ms only.", six(at)));
    }
    if let Some(run) = verdict.nearest {
        let dt = run.size.dt().unwrap_or_default();
        let place = if several {
            format!("Over these steps the nearest fixed-step scheme is {} at dt = {} ms", run.scheme, six(dt))
        } else {
            format!("At dt = {} ms the nearest fixed-step scheme is {}", six(dt), run.scheme)
        };
        let spikes = &run.spike_errors;
        let _ = match (run.has_all_spikes(), spikes.max_abs) {
            (true, Some(error)) => write!(text, "{place} (largest spike-time error {} ms)", three(error)),
            (true, None) => write!(text, "{place} (no spike, as in the truth)"),
            (false, _) => {
                let diverges = if run.trajectory.diverged_at.is_some() { "diverges, " } else { "" };
                write!(text, "{place} ({diverges}{} missed, {} extra)", spikes.missed, spikes.extra)
            }
        };
        text += "; ";
    }
    let (the, none) = if text.is_empty() { ("The", "None") } else { ("the", "none") };
    let shown_setting = |run: &Run| match run.size {
        StepSize::Fixed(dt) if several => format!(" at dt = {} ms", six(dt)),
        StepSize::Fixed(_) => String::new(),
        StepSize::Tolerance(tolerance) => format!(" (adaptive, tolerance {tolerance:e})"),
    };
    let cost = |run: &Run| format!("{} flops per ms", three(run.flops_per_ms(duration)));
    let priced = |run: &Run| format!("{}{}, at {}", run.scheme, shown_setting(run), cost(run));
    text += &match verdict.cheapest_within {
        Some(run) => format!("{the} cheapest that keeps every spike within {within} ms is {}", priced(run)),
        None => {
            // With a peak of its own a rule converges to other spikes, however small the step.
            let own = comparison.runs.iter().find_map(|run| Some((&run.scheme, run.scheme.own_peak()?)));
            let other = own.map_or_else(String::new, |(scheme, peak)| {
                format!(" ({scheme} has a peak of its own, {peak} mV, and comes no nearer by smaller steps)")
            });
            format!(
                "{none} of these keeps every spike within {within} ms{other}: take a smaller --dt, or a scheme that locates its \
                 spikes, such as rk4+located"
            )
        }
    };
    let adaptive = verdict.cheapest_within.is_some_and(|any| any.size.dt().is_none());
    if let Some(run) = verdict.cheapest_fixed_step.filter(|_| adaptive) {
        text += &format!(", and with a fixed step {}", priced(run));
    }
    wrapped(&(text + "."))
}
