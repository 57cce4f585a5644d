//! Whether the steps of a comparison are fine.

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
        let fine = |run: &Run| run.has_all_spikes() && largest_error(run) <= comparison.within;
        let (mut good, mut bad): (Vec<(f64, Vec<&Scheme>)>, Vec<&Run>) = Default::default();
        for (scheme, mut runs) in comparison.by_scheme() {
            runs.retain(|run| fixed(run) && run.scheme.info().of_simulator == shipped);
            let step = |run: &Run| run.size.dt().unwrap_or_default();
            runs.sort_by(|a, b| step(a).total_cmp(&step(b)));
            let Some(&first) = runs.first() else { continue };
            match runs.into_iter().take_while(|run| fine(run)).last().map(step) {
                None => bad.push(first),
                Some(dt) => match good.iter_mut().find(|(known, _)| *known == dt) {
                    Some((_, schemes)) => schemes.push(scheme),
                    None => good.push((dt, vec![scheme])),
                },
            }
        }
        good.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(Fine { shipped, smallest, good, bad, silent })
    }

    /// Of the runs that are not fine the one that is nearest to it.
    pub fn nearest(&self) -> Option<&'a Run> {
        let lost = |run: &Run| run.spike_errors.missed + run.spike_errors.extra;
        let nearer = |a: &&&Run, b: &&&Run| lost(a).cmp(&lost(b)).then(largest_error(a).total_cmp(&largest_error(b)));
        self.bad.iter().min_by(nearer).copied()
    }
}

/// The largest error of a spike time \[ms\], 0 without one.
fn largest_error(run: &Run) -> f64 {
    run.spike_errors.max_abs.unwrap_or(0.0)
}
