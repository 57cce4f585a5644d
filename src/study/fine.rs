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
}
