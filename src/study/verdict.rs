//! Which scheme to take, and the observed order of each over the steps of a study.

use super::{Comparison, Recommended, Run, TruthSolver};
use crate::metrics::ObservedOrder;
use crate::scheme::Scheme;

/// The verdict of a comparison, empty where the truth [ends early](Comparison::truth_ends_at), the same on every machine: cost is counted in flops, and weighed by what a flop takes in each scheme
/// ([`flop_time`](super::flop_time)), which was measured once.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// The fixed-step run with every spike and the smallest largest error; where none has every spike, the one that lost or
    /// added fewest.
    pub nearest: Option<&'a Run>,
    /// The run, of any kind, that keeps every spike within the error asked for at the lowest cost.
    pub cheapest_within: Option<&'a Run>,
    /// The same among fixed-step runs: what a coupled network can take.
    pub cheapest_fixed_step: Option<&'a Run>,
    /// What the study of cost at equal error found best at this error and, for a network, this step (the largest of the comparison).
    pub recommended: Recommended,
}

impl<'a> Verdict<'a> {
    /// Draws the verdict from a comparison.
    pub fn of(comparison: &'a Comparison) -> Self {
        let study = &comparison.study;
        let duration = comparison.problem.duration;
        let wrong = |run: &Run| {
            let diverged = usize::from(run.trajectory.diverged_at.is_some());
            (diverged, run.spike_errors.missed + run.spike_errors.extra)
        };
        // Where the truth ends early nobody knows what a run lost after it.
        let known: &[Run] = if comparison.truth_ends_at().is_some() { &[] } else { &comparison.runs };
        let fixed = |run: &&Run| run.size.dt().is_some();
        let cheaper = |a: &&Run, b: &&Run| a.weighed_ns_per_ms(duration).total_cmp(&b.weighed_ns_per_ms(duration));
        let nearest = known.iter().filter(fixed).min_by(|a, b| {
            (wrong(a).cmp(&wrong(b))).then(a.largest_error().total_cmp(&b.largest_error())).then(cheaper(a, b))
        });
        let within = || known.iter().filter(|run| run.keeps_within(comparison.within));
        let step = study.dts.iter().copied().reduce(f64::max);
        Verdict {
            nearest,
            cheapest_within: within().min_by(cheaper),
            cheapest_fixed_step: within().filter(fixed).min_by(cheaper),
            recommended: Recommended::at(comparison.within, step),
        }
    }
}

/// A scheme's observed order.
#[derive(Clone, Debug)]
pub struct SchemeOrder {
    /// The scheme that the order is of.
    pub scheme: Scheme,
    /// Order of its largest spike-time error in dt; `None` where three usable steps are not in line.
    pub order: Option<ObservedOrder>,
}

/// Observed orders of all fixed-step schemes. Runs that lost or added spikes do not count, nor do errors near the bound of
/// the truth or near what rounding can do: a scheme rounds at every step, as the truth's solvers do, and where they find that
/// their errors cancel its errors need not.
pub fn observed_orders(comparison: &Comparison) -> Vec<SchemeOrder> {
    let floor = match comparison.check.checked_by {
        // Nothing is bounded: two solutions are as far apart as this.
        TruthSolver::Dop853 => comparison.check.largest_difference,
        _ => comparison
            .truth
            .bound()
            .zip(comparison.check.rounding)
            .map_or(f64::INFINITY, |(bound, rounding)| bound.max(rounding)),
    };
    let schemes = comparison.by_scheme().into_iter().filter(|(scheme, _)| !scheme.is_adaptive());
    schemes
        .map(|(scheme, runs)| {
            let whole = runs.into_iter().filter(|run| run.has_all_spikes());
            let points: Vec<_> = whole.filter_map(|run| Some((run.size.dt()?, run.spike_errors.max_abs?))).collect();
            SchemeOrder { scheme: scheme.clone(), order: ObservedOrder::of(&points, floor) }
        })
        .collect()
}
