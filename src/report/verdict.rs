//! The verdict in sentences.

use std::fmt::Write;

use super::layout::{six, three, wrapped};
use super::program;
use crate::scheme::{Scheme, StepSize};
use crate::study::{Comparison, Fine, Run, Verdict};

/// Whether the steps asked for are fine ([`Fine`]), in sentences. Empty without fixed steps.
pub(super) fn fine_text(comparison: &Comparison) -> String {
    let within = comparison.within;
    let Some(fine) = Fine::of(comparison) else { return String::new() };
    if let Some(at) = fine.known_until {
        let known = format!("the truth is known until {} of {} ms only", six(at), six(comparison.problem.duration));
        return wrapped(&format!("Whether a step is fine cannot be told: {known}.")) + "\n";
    }
    if fine.silent {
        let unit = comparison.study.neurons.first().map_or("mV/ms", |spec| spec.unit().name());
        let text = format!(
            "The equations do not fire under this input: it tells whether a step adds spikes, and nothing about spike times. Take a \
             stronger one, in {unit}: {} fi finds the least that fires.",
            program()
        );
        return wrapped(&text) + "\n";
    }
    let what = if fine.shipped { "simulators' rules" } else { "schemes" };
    let several = comparison.study.dts.len() > 1;
    let up_to = |(dt, schemes): &(f64, Vec<&Scheme>)| {
        let names = schemes.iter().map(|scheme| scheme.to_string()).collect::<Vec<_>>().join(", ");
        if several { format!("{names} up to {} ms", six(*dt)) } else { format!("for {names}") }
    };
    let mut text = match several {
        true => "Which dt is fine?".to_owned(),
        false => format!("Is dt = {} ms fine?", six(fine.smallest)),
    };
    let _ = write!(text, " Within {within} ms {}", fine.good.iter().map(up_to).collect::<Vec<_>>().join("; "));
    if let Some(run) = fine.nearest() {
        let off = match (run.spike_errors.missed, run.spike_errors.extra) {
            (0, 0) => format!("is {} ms off", three(run.largest_error())),
            (missed, 0) => format!("loses {missed} of {} spikes", comparison.truth.spikes.len()),
            (missed, extra) => format!("loses {missed} spikes and adds {extra}"),
        };
        let all = if fine.good.is_empty() { "for none of the" } else { "; not for the other" };
        let _ = match fine.bad.len() {
            1 => write!(text, "{}not for {}, which {off}", if fine.good.is_empty() { "" } else { "; " }, run.scheme),
            n => write!(text, "{all} {n} {what}: the nearest, {}, {off}", run.scheme),
        };
        let _ = if several { write!(text, " at {} ms", six(fine.smallest)) } else { Ok(()) };
    }
    wrapped(&text) + ".\n"
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
