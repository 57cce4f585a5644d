//! A recommendation to be read by eye.

use std::fmt::Write;

use super::warning;
use crate::error::shown;
use crate::report::Described;
use crate::report::layout::{headed, three, three_or_dash, wrapped};
use crate::report::table::problem_text;
use crate::scheme::StepSize;
use crate::study::{CONFIRMATIONS, Recommendation, Searched, SimulatorSearch, Trial};

/// The answer in sentences, then what every scheme and every simulator needs, then what keeps the bound at no step.
pub fn recommendation_text(found: &Recommendation, described: &Described) -> String {
    let mut text = problem_text(&found.basis, described);
    let _ = write!(text, "\n{}\n", wrapped(&answer_text(found)));
    let ranked = found.ranked();
    if !ranked.is_empty() {
        let _ = write!(text, "\nThe largest step of each scheme, the cheapest first\n{}", kept_table(&ranked));
    }
    let none: Vec<&Searched> = found.candidates.iter().filter(|searched| searched.kept().is_none()).collect();
    if !none.is_empty() {
        let title = format!("Not within {} ms at any step tried", shown(found.basis.within));
        let _ = write!(text, "\n{title}\n{}", none_table(&none));
    }
    let _ = write!(text, "\nSimulators as they come (their rule, peak and step)\n{}", simulator_table(found));
    let _ = write!(text, "\n{}\n", wrapped(&footnote(found)));
    text
}

/// What to take, what comes next, and how to see it.
pub(super) fn answer_text(found: &Recommendation) -> String {
    if let Some(warning) = warning(found) {
        return warning;
    }
    let within = found.basis.within;
    let Some(best) = found.best() else {
        return format!(
            "No candidate keeps every spike within {} ms with steps down to {} ms: lower --finest, raise --within, or take \
             more --schemes.",
            shown(within),
            shown(found.finest)
        );
    };
    let mut text = format!("For every spike within {} ms take {}.", shown(within), described(best));
    if let Some(next) = found.runner_up() {
        let _ = write!(text, " Runner-up: {}.", described(next));
    }
    if let ([Some(fixed), next], true) = (found.fixed_step(), best.scheme.is_adaptive()) {
        let _ = write!(text, " With a fixed step, as in a network: {}", described(fixed));
        let _ = match next {
            Some(next) => write!(text, "; runner-up {}.", described(next)),
            None => write!(text, "."),
        };
    }
    text
}

/// "rk4 at dt = 0.5 ms (error 0.02 ms, margin 5.0, 85 µs per simulated second)".
fn described(searched: &Searched) -> String {
    let Some(kept) = searched.kept() else { return searched.scheme.to_string() };
    let setting = match kept.size {
        StepSize::Fixed(dt) => format!("dt = {} ms", shown(dt)),
        StepSize::Tolerance(tolerance) => format!("tolerance {}", shown(tolerance)),
    };
    let error = match (kept.error, searched.margin()) {
        (Some(error), Some(margin)) => format!("largest error {} ms, margin {}", three(error), three(margin)),
        _ => "no error".to_owned(),
    };
    format!("{} at {setting} ({error}; {} µs per simulated second)", searched.scheme, three(kept.cost))
}

/// A step, or "tol" and a tolerance.
fn size(setting: StepSize) -> String {
    match setting {
        StepSize::Fixed(dt) => shown(dt),
        StepSize::Tolerance(tolerance) => format!("tol {}", shown(tolerance)),
    }
}

/// Spikes lost and added where there are any, else the error.
fn error(trial: &Trial) -> String {
    match (trial.diverged_at, trial.missed + trial.extra) {
        (Some(_), _) => "diverges".to_owned(),
        (None, 0) => three_or_dash(trial.error),
        (None, _) => lost(trial),
    }
}

/// "-3/+0 spikes".
fn lost(trial: &Trial) -> String {
    format!("-{}/+{} spikes", trial.missed, trial.extra)
}

fn margin(searched: &Searched) -> String {
    searched.margin().map_or_else(|| "-".to_owned(), three)
}

/// A column of the median of measured times.
fn measured(searched: &Searched, none: &str) -> (&'static str, String) {
    ("measured", searched.timing.map_or_else(|| none.to_owned(), |timing| three(timing.median)))
}

fn kept_table(ranked: &[&Searched]) -> String {
    let timed = ranked.iter().any(|searched| searched.timing.is_some());
    let row = |searched: &&Searched| {
        let kept = searched.kept().expect("ranked are those that keep it");
        let next = searched.next_larger();
        let mut row = vec![
            ("scheme", searched.scheme.to_string()),
            ("dt", size(kept.size)),
            ("error", three_or_dash(kept.error)),
            ("margin", margin(searched)),
            ("cost", three(kept.cost)),
        ];
        row.extend(timed.then(|| measured(searched, "")));
        row.extend([
            ("next dt", next.map_or_else(|| "-".to_owned(), |trial| size(trial.size))),
            ("error there", next.map_or_else(|| "-".to_owned(), error)),
            ("tried", searched.tried.len().to_string()),
        ]);
        row
    };
    headed(ranked.iter().map(row).collect())
}

fn none_table(none: &[&Searched]) -> String {
    let row = |searched: &&Searched| {
        let smallest = searched.tried.last();
        vec![
            ("scheme", searched.scheme.to_string()),
            ("down to", smallest.map_or_else(|| "-".to_owned(), |trial| size(trial.size))),
            ("error there", smallest.map_or_else(|| "-".to_owned(), error)),
            ("steps tried", searched.tried.len().to_string()),
        ]
    };
    headed(none.iter().map(row).collect())
}

fn simulator_table(found: &Recommendation) -> String {
    let timed = found.simulators.iter().any(|row| row.searched.timing.is_some());
    let row = |row: &SimulatorSearch| {
        let searched = &row.searched;
        let mark = if row.rule.is_default { " *" } else { "" };
        let [needs, error_there, margin, cost] = match (searched.kept(), searched.tried.last()) {
            (Some(kept), _) => [size(kept.size), three_or_dash(kept.error), margin(searched), three(kept.cost)],
            (None, smallest) => [
                smallest.map_or_else(|| "none".to_owned(), |trial| format!("none to {}", size(trial.size))),
                smallest.map_or_else(|| "-".to_owned(), error),
                "-".to_owned(),
                "-".to_owned(),
            ],
        };
        let mut fields = vec![
            ("simulator, rule", format!("{} {}{mark}", row.rule.simulator, row.rule.rule)),
            ("its dt", shown(row.rule.default_dt)),
            ("error there", row.at_default.as_ref().map_or_else(|| "-".to_owned(), error)),
            ("needs dt", needs),
            ("error", error_there),
            ("margin", margin),
            ("cost", cost),
        ];
        fields.extend(timed.then(|| measured(searched, "-")));
        fields
    };
    headed(found.simulators.iter().map(row).collect())
}

/// What the columns mean, and what was tried.
fn footnote(found: &Recommendation) -> String {
    let timed = found.candidates.iter().any(|searched| searched.timing.is_some());
    let measured = if timed { "; measured: the median time here" } else { "" };
    let lucky: usize = found.candidates.iter().map(Searched::larger_by_luck).sum();
    let luck = match lucky {
        0 => String::new(),
        n => format!(" {n} larger step{} kept it by luck: one in between does not.", if n == 1 { "" } else { "s" }),
    };
    format!(
        "Steps and errors in ms. A step counts when it and every smaller step tried keep all spikes, none lost or added: at least \
         {CONFIRMATIONS} more unless the list ends.{luck} Cost in µs per simulated second: flops, weighed by what one takes in each \
         scheme{measured}. tol: tolerance of an adaptive scheme. *: what the simulator does unless told otherwise."
    )
}
