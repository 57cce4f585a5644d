//! The verdict in sentences.

use std::fmt::Write;

use super::layout::{six, three, two, wrapped};
use crate::scheme::StepSize;
use crate::study::{Comparison, Run, Verdict};

/// The nearest scheme, the cheapest ones, and what the study of cost at equal error recommends.
pub(super) fn verdict_text(comparison: &Comparison) -> String {
    let duration = comparison.problem.duration;
    let within = comparison.within;
    let verdict = Verdict::of(comparison);
    let several = comparison.study.dts.len() > 1;
    let mut text = String::new();
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
    let cost = |run: &Run| {
        let (flops, time) = (run.flops_per_ms(duration), run.weighed_ns_per_ms(duration));
        format!("{} flops (about {} ns) per ms", three(flops), two(time))
    };
    let priced = |run: &Run| format!("{}{}, at {}", run.scheme, shown_setting(run), cost(run));
    text += &match verdict.cheapest_within {
        Some(run) => format!("{the} cheapest that keeps every spike within {within} ms is {}", priced(run)),
        None => {
            format!("{none} of these keeps every spike within {within} ms: take a smaller --dt or a located scheme")
        }
    };
    let adaptive = verdict.cheapest_within.is_some_and(|any| any.size.dt().is_none());
    if let Some(run) = verdict.cheapest_fixed_step.filter(|_| adaptive) {
        text += &format!(", and with a fixed step {}", priced(run));
    }
    let _ = write!(text, ".{}", recommended_text(&verdict, comparison));
    wrapped(&text)
}

/// What the study of cost at equal error says beside the comparison.
fn recommended_text(verdict: &Verdict<'_>, comparison: &Comparison) -> String {
    let mut uses = Vec::new();
    if let Some((scheme, tolerance)) = verdict.recommended.one_neuron {
        uses.push(format!("{scheme} --tolerance {tolerance} for one neuron or input that comes as events"));
    }
    if let (Some(scheme), Some(step)) =
        (verdict.recommended.network, comparison.study.dts.iter().copied().reduce(f64::max))
    {
        uses.push(format!("{scheme} in a network coupled every {} ms", six(step)));
    }
    match uses.is_empty() {
        true => String::new(),
        false => format!(" Cheapest in the study of RS, IB, CH and FS (see README): {}.", uses.join("; ")),
    }
}
