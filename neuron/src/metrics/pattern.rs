//! Whether two spike trains are the same firing pattern.

use super::SpikeErrors;
use crate::SpikeTrain;

/// What a train looks like: its spikes in groups, where spikes at most [`BURST_GAP`](Self::BURST_GAP) apart are of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternClass {
    /// No spike.
    Silent,
    /// One spike.
    OneSpike,
    /// One group of several spikes.
    OneBurst,
    /// Spikes apart from each other.
    Spikes,
    /// Several groups, each of several spikes.
    Bursts,
    /// Bursts and single spikes.
    Mixed,
}

impl PatternClass {
    /// Spikes at most so far apart are one burst \[ms\].
    pub const BURST_GAP: f64 = 10.0;

    /// The class of a train.
    pub fn of(spikes: &SpikeTrain) -> Self {
        let groups = spikes.times().chunk_by(|a, b| b - a <= Self::BURST_GAP);
        let sizes: Vec<usize> = groups.map(<[f64]>::len).collect();
        let bursts = sizes.iter().filter(|&&size| size > 1).count();
        match (sizes.len(), bursts) {
            (0, _) => PatternClass::Silent,
            (1, 0) => PatternClass::OneSpike,
            (1, _) => PatternClass::OneBurst,
            (_, 0) => PatternClass::Spikes,
            (groups, _) if bursts == groups => PatternClass::Bursts,
            _ => PatternClass::Mixed,
        }
    }

    /// The class in words, as tables have it.
    pub fn name(self) -> &'static str {
        match self {
            PatternClass::Silent => "silent",
            PatternClass::OneSpike => "one spike",
            PatternClass::OneBurst => "one burst",
            PatternClass::Spikes => "single spikes",
            PatternClass::Bursts => "bursts",
            PatternClass::Mixed => "bursts and single spikes",
        }
    }
}

/// How far the pattern of a run is that of the equations, from all of it to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// As many spikes, each within [`WITHIN`](Self::WITHIN) of its own.
    Same,
    /// As many spikes, some further off.
    Moved,
    /// Another number of spikes of the same class.
    Count,
    /// Another class, or one of the two does not reach the end.
    Pattern,
}

impl Agreement {
    /// All of them, in their order.
    pub const ALL: [Agreement; 4] = [Agreement::Same, Agreement::Moved, Agreement::Count, Agreement::Pattern];
    /// A spike that is no further off has not moved \[ms\].
    pub const WITHIN: f64 = 1.0;

    /// How the spikes of a run agree with the true ones, and the largest distance of spike k from true spike k \[ms\], as far as both
    /// go. `cut` says that one of the two solutions does not reach the end.
    pub fn between(run: &SpikeTrain, truth: &SpikeTrain, cut: bool) -> (Self, Option<f64>) {
        let errors = SpikeErrors::between(run, truth);
        let agreement = if cut || PatternClass::of(run) != PatternClass::of(truth) {
            Agreement::Pattern
        } else if errors.missed + errors.extra > 0 {
            Agreement::Count
        } else if errors.max_abs.is_some_and(|largest| largest > Self::WITHIN) {
            Agreement::Moved
        } else {
            Agreement::Same
        };
        (agreement, errors.max_abs)
    }

    /// The agreement in a word.
    pub fn name(self) -> &'static str {
        match self {
            Agreement::Same => "same",
            Agreement::Moved => "moved",
            Agreement::Count => "count",
            Agreement::Pattern => "pattern",
        }
    }

    /// Whose doing a pattern is that agrees so: the model's or the step's.
    pub fn whose(self) -> &'static str {
        match self {
            Agreement::Same => "the model's",
            Agreement::Moved => "the model's, spikes moved",
            Agreement::Count => "the step's: other count",
            Agreement::Pattern => "the step's: other pattern",
        }
    }
}
