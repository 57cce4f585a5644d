//! Kind `adaptation_memory`: interspike intervals of a neuron whose recovery remembers exponentially, on two time scales, or by a
//! power law.

use std::fmt::Write;

use serde::Deserialize;

use super::{Experiment, Outputs};
use crate::error::Result;
use crate::model::{NeuronSpec, StimulusSpec};
use crate::operator::{Recovery, RecoveryVariable, march};
use crate::report::figure::{IntervalSeries, Intervals, intervals};

/// The parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdaptationMemory {
    /// The neuron, as `--neuron`.
    neuron: String,
    /// The input, as `--input`.
    input: String,
    /// Duration \[ms\].
    duration: f64,
    /// Step of the marching solver \[ms\].
    dt: f64,
    /// Exponents of fractional recoveries.
    exponents: Vec<f64>,
    /// A second, slow recovery variable beside the neuron's own: what share of b and d it takes, and its rate \[1/ms\].
    slow: Slow,
}

/// See [`AdaptationMemory`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slow {
    share: f64,
    rate: f64,
}

impl Experiment for AdaptationMemory {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let spec = NeuronSpec::parse(&self.neuron)?;
        let stimulus = StimulusSpec::parse(&self.input)?.stimulus(self.duration)?.scaled(spec.input_scale);
        let (neuron, start) = (spec.neuron, spec.initial);
        let own = neuron.a * neuron.leak;
        // Every variable has the gain share · b at rest, so that all memories agree where nothing changes.
        let variable = |share: f64, rate: f64| RecoveryVariable {
            rate,
            weight: share * rate * neuron.b,
            initial: share * start.u,
            jump: share * neuron.d,
        };
        let mut memories = vec![
            ("exponential".to_owned(), Recovery::izhikevich(&neuron, start.u)?),
            (
                "two exponentials".to_owned(),
                Recovery::several(&[variable(1.0 - self.slow.share, own), variable(self.slow.share, self.slow.rate)])?,
            ),
        ];
        for &alpha in &self.exponents {
            memories.push((format!("power law, exponent {alpha}"), Recovery::fractional(&neuron, alpha, start.u)?));
        }
        let mut series = Vec::new();
        let mut text = format!("{:26} {:>7} {:>9} {:>9} {:>9}\n", "memory", "spikes", "first", "tenth", "last");
        for (label, recovery) in memories {
            let run = march(&neuron, &recovery, &stimulus, start.v, self.dt, self.duration)?;
            let intervals: Vec<f64> = run.spikes.times().windows(2).map(|w| w[1] - w[0]).collect();
            let at = |n: Option<&f64>| n.map_or_else(|| "-".to_owned(), |t| format!("{t:.2}"));
            let _ = writeln!(
                text,
                "{label:26} {:>7} {:>9} {:>9} {:>9}",
                run.spikes.len(),
                at(intervals.first()),
                at(intervals.get(9)),
                at(intervals.last())
            );
            series.push(IntervalSeries { label, intervals });
        }
        outputs.figure(&intervals(&Intervals { series })?)?;
        Ok(text + "(interspike intervals in ms)\n")
    }
}
