//! A network under schemes in sentences.

use data::digits::three;

use super::chaos::ZERO;
use super::{Moved, NetworkComparison, NetworkQuestion, NetworkRun};
use crate::error::shown;
use crate::population::exact::DoubtKind;

/// Bounds until when spikes are known \[ms\].
pub(crate) const BOUNDS: [f64; 2] = [1e-6, 1e-3];

/// What comes so near that its order is in doubt.
pub(crate) fn between(kind: DoubtKind) -> &'static str {
    match kind {
        DoubtKind::Arrivals => "two arrivals",
        DoubtKind::Spike => "a spike and an arrival",
    }
}

impl NetworkQuestion {
    /// What the network is, and until when its truth is known.
    pub fn known(&self, comparison: &NetworkComparison) -> String {
        let truth = &comparison.truth;
        let [fine, coarse] = BOUNDS.map(|bound| three(truth.known_until(bound)));
        let lost = truth.lost_at.map_or_else(|| "never lost".to_owned(), |t| format!("lost at {} ms", three(t)));
        let doubts = truth
            .doubts
            .iter()
            .map(|doubt| format!(" The order of {} is in doubt at {} ms.", between(doubt.kind), three(doubt.time)));
        let cut = truth.cut.and_then(|(neuron, outcome)| Some((neuron, outcome.cut_at()?))).map(|(neuron, at)| {
            format!(" Neuron {neuron} cannot be solved beyond {} ms: the run ends there.", shown(at))
        });
        format!(
            "{} neurons, {} edges, {} ms: {} spikes and {} arrivals. The truth is known to 1e-6 ms until {fine} ms, to 1e-3 ms \
             until {coarse} ms, and {lost}.{}{}",
            self.network.neurons().len(),
            self.network.edges().all().len(),
            shown(truth.duration),
            truth.spikes.len(),
            truth.arrivals,
            doubts.collect::<String>(),
            cut.unwrap_or_default(),
        )
    }

    /// Until when a run is right, and what its step does beyond chaos.
    pub fn verdict(&self, comparison: &NetworkComparison, run: &NetworkRun) -> String {
        let size = |moved: &Moved| format!("{} of {} {}", moved.statistic.name, moved.statistic.group, moved.size());
        let moved: Vec<String> = run.beyond_chaos().map(size).collect();
        let duration = shown(self.network.duration());
        let beyond = match (&moved[..], run.run.diverged_at) {
            (_, Some(at)) => format!("a neuron leaves the finite numbers at {} ms", shown(at)),
            ([], None) => format!("nothing beyond chaos in {duration} ms"),
            (moved, None) => format!("beyond chaos: {}", moved.join(", ")),
        };
        let follows = match (run.follows_until(), comparison.truth.lost_at) {
            (until, Some(lost)) if until.is_none_or(|t| t >= lost) => {
                format!("every spike right until the truth is lost at {} ms", three(lost))
            }
            (Some(t), _) => format!("right until {} ms", three(t)),
            (None, _) => "every spike right".to_owned(),
        };
        format!("{} at {} ms: {follows}; {beyond}.", run.scheme, shown(run.dt))
    }
}

impl Moved {
    /// By how much it differs from the truth's, with the interval of 95 %: in per cent, or as a factor where it is much.
    pub fn size(&self) -> String {
        if self.truth.abs() < ZERO {
            return format!("{} where the truth has none", three(self.statistic.value));
        }
        let (ratio, error) = (self.statistic.value / self.truth, (self.interval / self.truth).abs());
        // Runs that are all the same differ by the rounding of their mean.
        let error = if error < ZERO { 0.0 } else { error };
        match (ratio - 1.0).abs() < 0.3 {
            true => {
                let sign = if ratio > 1.0 { "+" } else { "" };
                format!("{sign}{} ± {} %", three(100.0 * (ratio - 1.0)), three(100.0 * error))
            }
            false => format!("× {} ± {}", three(ratio), three(error)),
        }
    }
}
