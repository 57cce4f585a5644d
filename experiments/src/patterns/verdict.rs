//! Whether two spike trains are the same picture.

use crate::SpikeTrain;
use crate::metrics::SpikeErrors;

/// What a train looks like: its spikes in groups, a group being spikes at most a gap apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternClass {
    Silent,
    OneSpike,
    OneBurst,
    Spikes,
    Bursts,
    /// Bursts and single spikes.
    Mixed,
}

impl PatternClass {
    /// The class of a train; spikes at most `gap` \[ms\] apart are of one group.
    pub(super) fn of(spikes: &SpikeTrain, gap: f64) -> Self {
        let sizes: Vec<usize> = spikes.times().chunk_by(|a, b| b - a <= gap).map(<[f64]>::len).collect();
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

    pub(super) fn name(self) -> &'static str {
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

/// How far a run's picture is that of the equations, from all of it to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agreement {
    /// As many spikes, each near its own.
    Same,
    /// As many spikes, some further off.
    Moved,
    /// Another number of spikes of the same class.
    Count,
    /// Another class, or one of the two does not reach the end.
    Pattern,
}

impl Agreement {
    pub(super) const ALL: [Agreement; 4] = [Agreement::Same, Agreement::Moved, Agreement::Count, Agreement::Pattern];

    pub(super) fn name(self) -> &'static str {
        match self {
            Agreement::Same => "same",
            Agreement::Moved => "moved",
            Agreement::Count => "count",
            Agreement::Pattern => "pattern",
        }
    }

    /// Whose a picture is that agrees so.
    pub(super) fn whose(self) -> &'static str {
        match self {
            Agreement::Same => "the model's",
            Agreement::Moved => "the model's, spikes moved",
            Agreement::Count => "the step's: other count",
            Agreement::Pattern => "the step's: other pattern",
        }
    }
}

/// A train, and whether its run was cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) spikes: &'a SpikeTrain,
    pub(super) cut_at: Option<f64>,
}

/// How `run` agrees with `truth`, and the largest distance of spike k from spike k \[ms\].
pub(super) fn compare(run: Seen<'_>, truth: Seen<'_>, within: f64, gap: f64) -> (Agreement, Option<f64>) {
    let errors = SpikeErrors::between(run.spikes, truth.spikes);
    let agreement = if run.cut_at.is_some()
        || truth.cut_at.is_some()
        || PatternClass::of(run.spikes, gap) != PatternClass::of(truth.spikes, gap)
    {
        Agreement::Pattern
    } else if errors.missed + errors.extra > 0 {
        Agreement::Count
    } else if errors.max_abs.is_some_and(|largest| largest > within) {
        Agreement::Moved
    } else {
        Agreement::Same
    };
    (agreement, errors.max_abs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn train(times: &[f64]) -> SpikeTrain {
        SpikeTrain::new(times.to_vec()).unwrap()
    }

    #[test]
    fn classes_are_those_of_the_groups() {
        for (times, class) in [
            (&[][..], PatternClass::Silent),
            (&[5.0], PatternClass::OneSpike),
            (&[5.0, 15.0], PatternClass::OneBurst),
            (&[5.0, 15.1], PatternClass::Spikes),
            (&[5.0, 8.0, 40.0, 43.0], PatternClass::Bursts),
            (&[5.0, 8.0, 40.0], PatternClass::Mixed),
        ] {
            assert_eq!(PatternClass::of(&train(times), 10.0), class, "{times:?}");
        }
    }

    #[test]
    fn agreement_is_as_bad_as_the_worst_difference() {
        let truth = train(&[10.0, 50.0]);
        let exact = Seen { spikes: &truth, cut_at: None };
        let agreement = |times: &[f64]| {
            let spikes = train(times);
            compare(Seen { spikes: &spikes, cut_at: None }, exact, 1.0, 10.0)
        };
        assert_eq!(agreement(&[10.5, 49.5]), (Agreement::Same, Some(0.5)));
        assert_eq!(agreement(&[10.5, 52.0]), (Agreement::Moved, Some(2.0)));
        assert_eq!(agreement(&[10.5, 52.0, 90.0]), (Agreement::Count, Some(2.0)));
        assert_eq!(agreement(&[10.5, 12.0]).0, Agreement::Pattern);
        let cut = Seen { spikes: &truth, cut_at: Some(60.0) };
        assert_eq!(compare(cut, exact, 1.0, 10.0), (Agreement::Pattern, Some(0.0)));
    }
}
