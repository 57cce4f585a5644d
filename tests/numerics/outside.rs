//! What a crate outside this one can do without its default features (`tests/outside`): a scheme with a parameter and a metric of
//! its own, compared with the others against the proven truth.

#![allow(unreachable_pub)] // The root of a crate, and a module here.

use spikestep::Scheme;
use spikestep::metrics::Metric;
use spikestep::model::{Neuron, State, StepInput};
use spikestep::scheme::{Cost, Flow, SchemeInfo};

/// The linearly implicit Euler method with a weight: (1 − γ h J) k = f, x ← x + h k, J the Jacobian at the start of the step. Of
/// order 2 for γ = 1/2, else of order 1 (H. H. Rosenbrock, Comput. J. 5 (1963) 329–330).
struct Rosenbrock {
    gamma: f64,
}

impl Flow for Rosenbrock {
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let (h, z) = (input.length(), self.gamma * input.length());
        let rate = neuron.field(from, input.at(self.gamma));
        // The rows (p, q) and (r, s) of 1 − γ h J, and Cramer's rule.
        let (p, q) = (1.0 - z * (2.0 * neuron.k2 * from.v + neuron.k1), z);
        let (r, s) = (-z * neuron.a * neuron.b, 1.0 + z * neuron.a * neuron.leak);
        let determinant = p * s - q * r;
        let step = h / determinant;
        State { v: from.v + step * (s * rate.v - q * rate.u), u: from.u + step * (p * rate.u - r * rate.v) }
    }

    fn cost(&self) -> Cost {
        Cost::new(1, 40)
    }
}

/// The method as a scheme of the name `rosenbrock:GAMMA`.
pub fn rosenbrock(gamma: f64) -> Scheme {
    let order = if gamma == 0.5 { 2 } else { 1 };
    let info = SchemeInfo::new("rosenbrock", order, "linearly implicit Euler with a weight", "Rosenbrock 1963");
    Scheme::flow(info.named(format!("rosenbrock:{gamma}")), move |_| Rosenbrock { gamma })
}

/// How late the first spike is.
pub fn first_spike_delay() -> Metric {
    Metric::number("first_spike_delay_ms", "The first spike less the true one, in ms.", |run| {
        Some(run.spikes().times().first()? - run.truth.spikes.times().first()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use spikestep::SchemeSet;
    use spikestep::metrics::MetricSet;
    use spikestep::model::NeuronSpec;
    use spikestep::study::{CompareOptions, Run, Study, StudyInput, observed_orders};
    use spikestep::truth::enclosure::enclose;
    use spikestep::truth::residual::Reading;

    #[test]
    fn a_scheme_and_a_metric_from_outside_are_compared_with_those_inside() {
        let schemes = SchemeSet::standard().with(rosenbrock(0.5));
        let study = Study {
            neurons: vec![NeuronSpec::parse("RS").unwrap()],
            inputs: vec![StudyInput::parse("step:10").unwrap()],
            schemes: schemes.parse_list("rosenbrock:0.5+located,rk2+located,rosenbrock:0.5").unwrap(),
            dts: vec![0.0125, 0.025, 0.05],
            duration: Some(200.0),
            metrics: MetricSet::standard().with(first_spike_delay()),
            ..Study::default()
        };
        let comparison = study.compare(CompareOptions::default()).unwrap();
        assert!(comparison.truth.bound().unwrap() < 1e-10);
        let proof = enclose(&comparison.problem, Reading::Decimal);
        assert_eq!(proof.spikes.len(), comparison.truth.spikes.len());
        // The order is kept through spikes where they are located; on the grid a spike is late by up to a step.
        let order = |scheme: &Scheme| {
            let all = observed_orders(&comparison);
            let found = all.iter().find(|of| of.scheme == *scheme).unwrap();
            found.order.unwrap().order
        };
        let located = schemes.get("rosenbrock:0.5+located").unwrap();
        assert!((order(&located) - 2.0).abs() < 0.2, "{}", order(&located));
        let delay = |run: &Run| run.metrics.get("first_spike_delay_ms").unwrap();
        for run in comparison.runs.iter().filter(|run| run.scheme == rosenbrock(0.5)) {
            assert!((0.0..=run.size.dt().unwrap()).contains(&delay(run)), "{}", delay(run));
        }
    }
}
