//! Whether the steps of a comparison are fine.

use std::fmt::Write;

use data::digits::{six, three};

use super::{Comparison, Run, TruthSolver};
use crate::scheme::Scheme;

/// For which schemes the steps of a comparison are fine. Fine is every spike within the error asked for, at this step and every smaller
/// one that was run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fine<'a> {
    /// Whether this is about the rules of simulators as they are shipped, which it is where some were run, or about all schemes.
    pub shipped: bool,
    /// The smallest step that was run \[ms\].
    pub smallest: f64,
    /// Until when the truth is known \[ms\], where that is not the whole run: no scheme is told to be fine then, and none not to be.
    pub known_until: Option<f64>,
    /// Steps up to which schemes are fine \[ms\], the smallest first, and which schemes those are.
    pub good: Vec<(f64, Vec<&'a Scheme>)>,
    /// Of the other schemes the run at the smallest step.
    pub bad: Vec<&'a Run>,
    /// Whether the equations do not fire at all, so that the comparison tells nothing about spike times.
    pub silent: bool,
}

impl<'a> Fine<'a> {
    /// Draws it from a comparison; `None` where no step was fixed.
    pub fn of(comparison: &'a Comparison) -> Option<Self> {
        let fixed = |run: &Run| run.size.dt().is_some();
        let shipped = comparison.runs.iter().any(|run| fixed(run) && run.scheme.info().of_simulator);
        let smallest = comparison.runs.iter().filter_map(|run| run.size.dt()).reduce(f64::min)?;
        let known = comparison.truth.bound().is_some() || comparison.check.checked_by == TruthSolver::Dop853;
        let silent = comparison.truth.spikes.is_empty() && known;
        let known_until = comparison.truth_ends_at();
        let (mut good, mut bad): (Vec<(f64, Vec<&Scheme>)>, Vec<&Run>) = Default::default();
        // Where the truth ends early nobody knows what a run lost after it.
        let schemes = if known_until.is_some() { Vec::new() } else { comparison.by_scheme() };
        for (scheme, mut runs) in schemes {
            runs.retain(|run| fixed(run) && run.scheme.info().of_simulator == shipped);
            let step = |run: &Run| run.size.dt().unwrap_or_default();
            runs.sort_by(|a, b| step(a).total_cmp(&step(b)));
            let Some(&first) = runs.first() else { continue };
            match runs.into_iter().take_while(|run| run.keeps_within(comparison.within)).last().map(step) {
                None => bad.push(first),
                Some(dt) => match good.iter_mut().find(|(known, _)| *known == dt) {
                    Some((_, schemes)) => schemes.push(scheme),
                    None => good.push((dt, vec![scheme])),
                },
            }
        }
        good.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(Fine { shipped, smallest, known_until, good, bad, silent })
    }

    /// Of the runs that are not fine the one that is nearest to it.
    pub fn nearest(&self) -> Option<&'a Run> {
        let lost = |run: &Run| run.spike_errors.missed + run.spike_errors.extra;
        let nearer = |a: &&&Run, b: &&&Run| lost(a).cmp(&lost(b)).then(a.largest_error().total_cmp(&b.largest_error()));
        self.bad.iter().min_by(nearer).copied()
    }
    /// The answer in a sentence, the same one wherever a comparison is shown. `comparison` is the one that this was drawn from; advice
    /// names commands of `program`.
    pub fn text(&self, comparison: &Comparison, program: &str) -> String {
        let within = comparison.within;
        if let Some(at) = self.known_until {
            let duration = six(comparison.problem.duration);
            return format!(
                "Whether a step is fine cannot be told: the truth is known until {} of {duration} ms only.",
                six(at)
            );
        }
        if self.silent {
            let unit = comparison.study.neurons.first().map_or("mV/ms", |spec| spec.unit().name());
            return format!(
                "The equations do not fire under this input: it tells whether a step adds spikes, and nothing about spike times. Take \
                 a stronger one, in {unit}: {program} fi finds the least that fires."
            );
        }
        let what = if self.shipped { "simulators' rules" } else { "schemes" };
        let several = comparison.study.dts.len() > 1;
        let up_to = |(dt, schemes): &(f64, Vec<&Scheme>)| {
            let names = schemes.iter().map(|scheme| scheme.to_string()).collect::<Vec<_>>().join(", ");
            if several { format!("{names} up to {} ms", six(*dt)) } else { format!("for {names}") }
        };
        let mut text = match several {
            true => "Which dt is fine?".to_owned(),
            false => format!("Is dt = {} ms fine?", six(self.smallest)),
        };
        let _ = write!(text, " Within {within} ms {}", self.good.iter().map(up_to).collect::<Vec<_>>().join("; "));
        if let Some(run) = self.nearest() {
            let off = match (run.spike_errors.missed, run.spike_errors.extra) {
                (0, 0) => format!("is {} ms off", three(run.largest_error())),
                (missed, 0) => format!("loses {missed} of {} spikes", comparison.truth.spikes.len()),
                (missed, extra) => format!("loses {missed} spikes and adds {extra}"),
            };
            let all = if self.good.is_empty() { "for none of the" } else { "; not for the other" };
            let _ = match self.bad.len() {
                1 => {
                    write!(text, "{}not for {}, which {off}", if self.good.is_empty() { "" } else { "; " }, run.scheme)
                }
                n => write!(text, "{all} {n} {what}: the nearest, {}, {off}", run.scheme),
            };
            let _ = if several { write!(text, " at {} ms", six(self.smallest)) } else { Ok(()) };
        }
        text + "."
    }
}
