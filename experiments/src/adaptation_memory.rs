//! u is a convolution of v with a kernel. All memories have the same gain b at rest and the same jump d at a spike. The power law is the
//! fractional recovery D^α u = a^α (b v − u), which no system of few differential equations can follow.

use spikestep::operator::{Recovery, RecoveryVariable, march};

use crate::shared::*;

pub(crate) const QUESTION: &str =
    "How do interspike intervals grow when u forgets exponentially, on two time scales, or by a power law?";

const NEURON: &str = "RS"; // The neuron
const INPUT: &str = "step:10"; // The input
const DURATION: f64 = 3000.0; // Duration [ms]
const DT: f64 = 0.1; // Step of the marching solver [ms]
const EXPONENTS: [f64; 3] = [0.9, 0.7, 0.5]; // Exponents of fractional recoveries
const SLOW_SHARE: f64 = 0.3; // The share of b and d that a second, slow recovery variable takes from the neuron's own
const SLOW_RATE: f64 = 0.002; // The rate of the slow variable [1/ms]

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let Problem { neuron, stimulus, initial: start, .. } = preset(NEURON, INPUT, DURATION)?;
    let own = neuron.a * neuron.leak;
    // Every variable has the gain share · b at rest, so that all memories agree where nothing changes.
    let variable = |share: f64, rate: f64| RecoveryVariable {
        rate,
        weight: share * rate * neuron.b,
        initial: share * start.u,
        jump: share * neuron.d,
    };
    let two = [variable(1.0 - SLOW_SHARE, own), variable(SLOW_SHARE, SLOW_RATE)];
    let mut memories = vec![
        ("exponential".to_owned(), Recovery::izhikevich(&neuron, start.u)?),
        ("two exponentials".to_owned(), Recovery::several(&two)?),
    ];
    for alpha in EXPONENTS {
        memories.push((format!("power law, exponent {alpha}"), Recovery::fractional(&neuron, alpha, start.u)?));
    }
    let (mut series, mut rows) = (Vec::new(), Vec::new());
    for (label, recovery) in memories {
        let run = march(&neuron, &recovery, &stimulus, start.v, DT, DURATION)?;
        let intervals: Vec<f64> = run.spikes.times().windows(2).map(|w| w[1] - w[0]).collect();
        let [first, tenth, last] =
            [intervals.first(), intervals.get(9), intervals.last()].map(|t| optional(t.copied()));
        rows.push(fields![label, run.spikes.len(), first, tenth, last]);
        series.push(marked(label, numbered(&intervals)));
    }
    let (axes, names) = (("interval number", "interspike interval [ms]"), ["interval", "interval_ms"]);
    outputs.figure(&log_log("intervals", "Interspike interval in ms against its number", axes, &[], names, series))?;
    Ok(table("memory,spikes,first interval [ms],tenth,last", rows))
}
