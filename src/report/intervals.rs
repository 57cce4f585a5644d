//! Histograms of interspike intervals, of the truth and of every run over the same bins.

use chart::{Axis, Chart, Field, Look, Panel, Series, columns};

use super::csv_files::{step_size, table};
use super::figure::{Families, legend};
use crate::SpikeTrain;
use crate::metrics::interval_counts;
use crate::study::{Comparison, Run};

/// Bins from 0 to the largest interval, about.
const BINS: f64 = 40.0;

/// The bins of a comparison, all of one width.
pub(super) struct Bins {
    /// Their width \[ms\]: 1, 2 or 5 times a power of ten.
    pub(super) width: f64,
    /// The first and the last that hold an interval of any train.
    range: std::ops::RangeInclusive<usize>,
}

impl Bins {
    /// Those in which the intervals of the truth and of all runs lie; `None` where no train has two spikes.
    pub(super) fn of(comparison: &Comparison) -> Option<Self> {
        let trains = || {
            std::iter::once(&comparison.truth.spikes).chain(comparison.runs.iter().map(|run| &run.trajectory.spikes))
        };
        let intervals = || trains().flat_map(|train| train.times().windows(2)).map(|w| w[1] - w[0]);
        let (least, largest) = (intervals().reduce(f64::min)?, intervals().reduce(f64::max)?);
        if !(largest > 0.0 && largest.is_finite()) {
            return None;
        }
        let decade = 10_f64.powf((largest / BINS).log10().floor());
        let width =
            [1.0, 2.0, 5.0, 10.0].map(|step| step * decade).into_iter().find(|width| width * BINS >= largest)?;
        let bin = |interval: f64| (interval / width) as usize;
        Some(Bins { width, range: bin(least)..=bin(largest) })
    }

    /// Where the bins begin \[ms\].
    pub(super) fn begin(&self) -> Vec<f64> {
        self.range.clone().map(|k| k as f64 * self.width).collect()
    }

    /// Intervals of a train in each bin.
    pub(super) fn counts(&self, train: &SpikeTrain) -> Vec<u64> {
        let mut counts = interval_counts(train, self.width);
        counts.resize(self.range.end() + 1, 0);
        counts.split_off(*self.range.start())
    }
}

/// Intervals in each bin: `scheme,dt_ms,tolerance_ms,from_ms,to_ms,count`, the truth first.
pub fn intervals_csv(comparison: &Comparison) -> Vec<u8> {
    let bins = Bins::of(comparison);
    let rows = |name: String, size: [String; 2], train: &SpikeTrain| -> Vec<Vec<String>> {
        let Some(bins) = &bins else { return Vec::new() };
        let [dt, tolerance] = size;
        let row = |(from, count): (f64, u64)| {
            let numbers = [from.to_string(), (from + bins.width).to_string(), count.to_string()];
            [name.clone(), dt.clone(), tolerance.clone()].into_iter().chain(numbers).collect()
        };
        bins.begin().into_iter().zip(bins.counts(train)).map(row).collect()
    };
    let truth = rows("truth".to_owned(), Default::default(), &comparison.truth.spikes);
    let of_run = |run: &Run| rows(run.scheme.to_string(), step_size(run.size), &run.trajectory.spikes);
    let runs = comparison.runs.iter().flat_map(of_run);
    table(&["scheme", "dt_ms", "tolerance_ms", "from_ms", "to_ms", "count"], truth.into_iter().chain(runs))
}

/// The histograms of `runs` over that of the truth, as outlines.
pub(super) fn intervals(comparison: &Comparison, runs: &[&Run], families: &Families) -> Option<Chart> {
    let bins = Bins::of(comparison)?;
    let outline = |train: &SpikeTrain| {
        let tops = bins.begin().into_iter().zip(bins.counts(train));
        tops.flat_map(|(from, count)| [(from, count as f64), (from + bins.width, count as f64)]).collect::<Vec<_>>()
    };
    let truth = Series { look: Look::Reference, ..Series::line("truth", outline(&comparison.truth.spikes)) };
    let line = |run: &&Run| Series {
        look: families.look(&run.scheme),
        label: Some(legend(run)),
        group: families.heading(&run.scheme),
        ..Series::line(run.scheme.to_string(), outline(&run.trajectory.spikes))
    };
    Some(Chart {
        name: "intervals".into(),
        title: "Number of interspike intervals against their length in ms".into(),
        columns: columns([("scheme", Field::Series), ("interval_ms", Field::X), ("count", Field::Y)]),
        panels: vec![Panel {
            x: Axis::linear("interspike interval [ms]"),
            y: Axis::counts(format!("intervals in {} ms", chart::number(bins.width))),
            layers: std::iter::once(truth).chain(runs.iter().map(line)).map(Into::into).collect(),
            ..Panel::default()
        }],
        notes: families.notes(true),
        ..Chart::default()
    })
}
