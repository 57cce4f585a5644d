//! The open list of metrics, and their values for one run.

use std::sync::Arc;

use super::Measured;
use super::arithmetic::of_arithmetic;
use super::metric::Metric;
use super::standard::standard;

/// Metrics in the order of their columns: the standard ones, and whatever is added to them.
#[derive(Clone, Debug)]
pub struct MetricSet(Arc<[Metric]>);

impl MetricSet {
    /// The metrics of this crate.
    pub fn standard() -> Self {
        MetricSet(standard().into())
    }

    /// The set with the metrics of runs in an arithmetic of few bits.
    #[must_use]
    pub fn with_arithmetic(&self) -> Self {
        of_arithmetic().into_iter().fold(self.clone(), |set, metric| set.with(metric))
    }

    /// The set with one more metric at its end; one of the same name is replaced.
    #[must_use]
    pub fn with(&self, metric: Metric) -> Self {
        let others = self.0.iter().filter(|known| known.name != metric.name).cloned();
        MetricSet(others.chain([metric.clone()]).collect())
    }

    /// The metrics of the set for which `wanted` is true.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(&Metric) -> bool) -> Self {
        MetricSet(self.0.iter().filter(|metric| wanted(metric)).cloned().collect())
    }

    /// The metrics in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Metric> {
        self.0.iter()
    }

    /// The metric of that name.
    pub fn get(&self, name: &str) -> Option<&Metric> {
        self.0.iter().find(|metric| metric.name == name)
    }

    /// All metrics of one run; what is no finite number is left out.
    pub fn of(&self, run: &Measured<'_>) -> MetricValues {
        let finite = |metric: &Metric| metric.of(run).filter(|value| value.is_finite());
        MetricValues { values: self.0.iter().map(finite).collect(), metrics: self.clone() }
    }
}

impl Default for MetricSet {
    fn default() -> Self {
        MetricSet::standard()
    }
}

/// The values of all metrics of a set for one run.
#[derive(Clone, Debug)]
pub struct MetricValues {
    metrics: MetricSet,
    values: Vec<Option<f64>>,
}

impl MetricValues {
    /// The value of the metric of that name; `None` where it is not defined, and where there is no such metric.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.iter().find(|(metric, _)| metric.name == name).and_then(|(_, value)| value)
    }

    /// Every metric with its value, in the order of the set.
    pub fn iter(&self) -> impl Iterator<Item = (&Metric, Option<f64>)> {
        self.metrics.iter().zip(self.values.iter().copied())
    }

    /// Every metric with its value, in the order of texts and JSON: by what they are [about](Metric::about).
    pub fn by_subject(&self) -> Vec<(&Metric, Option<f64>)> {
        let mut all: Vec<(&Metric, Option<f64>)> = self.iter().collect();
        all.sort_by_key(|(metric, _)| metric.about);
        all
    }
}
