//! Which scheme to take.

use super::{Comparison, Run};

/// The verdict of a comparison. Cost is counted in flops, not measured, so that the verdict is the same on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// The fixed-step run with every spike and the smallest largest error; where none has every spike, the one that lost or
    /// added fewest.
    pub nearest: Option<&'a Run>,
    /// The run, of any kind, that keeps every spike within the error asked for at the fewest flops.
    pub cheapest_within: Option<&'a Run>,
}

impl<'a> Verdict<'a> {
    /// Draws the verdict from a comparison.
    pub fn of(comparison: &'a Comparison) -> Self {
        let duration = comparison.study.problem.duration;
        let error = |run: &Run| run.errors.spikes.max_abs.unwrap_or(0.0);
        let wrong = |run: &Run| {
            let diverged = usize::from(run.trajectory.diverged_at.is_some());
            (diverged, run.errors.spikes.missed + run.errors.spikes.extra)
        };
        let nearest = comparison.runs.iter().filter(|run| run.setting.dt().is_some()).min_by(|a, b| {
            (wrong(a).cmp(&wrong(b)))
                .then(error(a).total_cmp(&error(b)))
                .then(a.flops_per_ms(duration).total_cmp(&b.flops_per_ms(duration)))
        });
        let cheapest_within = comparison
            .runs
            .iter()
            .filter(|run| run.has_all_spikes() && error(run) <= comparison.study.within)
            .min_by(|a, b| a.flops_per_ms(duration).total_cmp(&b.flops_per_ms(duration)));
        Verdict { nearest, cheapest_within }
    }
}
