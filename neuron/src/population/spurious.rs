//! Spikes of a layer that the equations do not have: what a step makes of inhibition.
//!
//! An explicit step throws v far below rest under a strong negative input and then squares it: the neuron spikes because it was
//! inhibited (`experiments/src/inhibition_excites.rs`). The equations never do that.
//!
//! A spike is **spurious** when the exact flow ([`taylor`]), from the neuron's own state at the start of the step and under the same
//! input over it, does not reach the peak in it. Euler's rules spike one step after the one that threw v down; theirs is spurious
//! only if the flow from the start of the step before, under the inputs of both, does not spike either (where that step had no
//! spike of its own). No more than these two steps are looked at, so the count is a lower bound: a spike that comes some steps
//! after the one that threw v or u off (under Euler at 1 ms up to 20 ms later) counts as true. A spike that the scheme merely makes too early or too late by less than a step counts as true as far as the
//! flow reaches it from there; errors that have piled up before are not the matter here.
//!
//! ```
//! use spikestep::population::{spurious, LayerSpec, Network};
//! use spikestep::Neuron;
//!
//! let mut network = Network::<f64>::new(1.0, 1)?;
//! let spec = LayerSpec { rest: -70.0, ..LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0)]) };
//! let y = network.add_layer("Y", spec)?;
//! // One step of −300 mV/ms, and nothing after it.
//! let pulse = |step: u64, inputs: &mut spikestep::population::network::Inputs<'_, '_, f64>| {
//!     inputs.current(y)?[0] = if step == 0 { -300.0 } else { 0.0 };
//!     Ok(())
//! };
//! let found = spurious::count(&mut network, y, 5, pulse, &mut [])?;
//! assert_eq!((found.spikes, found.spurious), (1, 1));
//! # Ok::<(), spikestep::Error>(())
//! ```

use super::network::{Inputs, NodeId};
use super::{Monitor, Network, Real, Variable};
use crate::error::Result;
use crate::scheme::rules::{RuleVisitor, resets_next, visit_rule};
use crate::scheme::{Rule, Scheme};
use crate::truth::taylor;
use crate::{Neuron, Problem, State, Stimulus};

/// What [`count`] found in a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spurious {
    /// The number of spikes.
    pub spikes: u64,
    /// Those that the equations do not have.
    pub spurious: u64,
    /// The least input of a step \[mV/ms\].
    pub least_input: f64,
    /// The lowest v at the end of a step \[mV\].
    pub lowest_v: f64,
}

impl Spurious {
    /// The count before any step.
    pub const NONE: Spurious = Spurious { spikes: 0, spurious: 0, least_input: f64::INFINITY, lowest_v: f64::INFINITY };

    /// The part of the spikes that is spurious; none without spikes.
    pub fn share(&self) -> Option<f64> {
        (self.spikes > 0).then(|| self.spurious as f64 / self.spikes as f64)
    }

    /// The counts of both together.
    pub fn and(self, other: Spurious) -> Spurious {
        Spurious {
            spikes: self.spikes + other.spikes,
            spurious: self.spurious + other.spurious,
            least_input: self.least_input.min(other.least_input),
            lowest_v: self.lowest_v.min(other.lowest_v),
        }
    }
}

/// What the neurons of a row did in a step.
#[derive(Clone, Debug, Default)]
struct Done {
    /// State at the start, after the reset.
    start: Vec<State>,
    input: Vec<f64>,
    jump: Vec<f64>,
    spikes: Vec<u32>,
}

/// Runs `network` for `steps` steps as [`Network::run`] does, with the same results, and counts the spikes of the layer `node` that the
/// equations do not have. Every spike costs the solution of a step or two, some microseconds; steps are taken one at a time, on one
/// thread.
///
/// # Errors
/// As [`Network::run`]; a node that is not a layer.
pub fn count<T: Real>(
    network: &mut Network<T>,
    node: NodeId,
    steps: u64,
    mut feed: impl FnMut(u64, &mut Inputs<'_, '_, T>) -> Result<()>,
    monitors: &mut [Monitor<'_>],
) -> Result<Spurious> {
    let spec = network.layer(node)?.spec();
    let (neurons, scheme) = (spec.neurons.clone(), spec.scheme.clone());
    let rows = network.batch();
    let mut before = vec![Done::default(); rows];
    let mut found = Spurious::NONE;
    for _ in 0..steps {
        let starts: Vec<Vec<State>> = (0..rows).map(|row| starts(network, node, row, &neurons, &scheme)).collect();
        network.run(1, &mut feed, monitors)?;
        for (row, start) in starts.into_iter().enumerate() {
            let double = |variable| network.values(node, variable, row).into_iter().map(T::double).collect::<Vec<_>>();
            let spikes: Vec<u32> = network.spikes(node, row).iter().map(|spike| spike.neuron).collect();
            let done = Done { start, input: double(Variable::Input), jump: double(Variable::Jump), spikes };
            let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
            found.spikes += done.spikes.len() as u64;
            found.least_input = found.least_input.min(least(&done.input));
            found.lowest_v = found.lowest_v.min(least(&double(Variable::V)));
            for own in done.spikes.chunk_by(|a, b| a == b) {
                let i = own[0] as usize;
                let earlier = looks_back(&scheme).then_some(&before[row]);
                let exact = exact_spikes(&neurons[i], i, &done, earlier, network.dt());
                found.spurious += own.len().saturating_sub(exact) as u64;
            }
            before[row] = done;
        }
    }
    Ok(found)
}

/// Whether what a step throws down spikes in the next one: a rule that evaluates v' once in a step squares it no sooner.
fn looks_back(scheme: &Scheme) -> bool {
    struct OneEvaluation;
    impl RuleVisitor for OneEvaluation {
        type Output = bool;
        fn visit<R: Rule>(self, _: R) -> bool {
            R::COST.rhs_evaluations == 1
        }
    }
    visit_rule(scheme, OneEvaluation).unwrap_or(false)
}

/// The states from which the next step starts.
fn starts<T: Real>(network: &Network<T>, node: NodeId, row: usize, neurons: &[Neuron], scheme: &Scheme) -> Vec<State> {
    let waits = resets_next(scheme);
    let (v, u) = (network.values(node, Variable::V, row), network.values(node, Variable::U, row));
    let state = |((v, u), neuron): ((T, T), &Neuron)| {
        let state = State::new(v.double(), u.double());
        let waits = waits && v >= T::of(neuron.peak);
        if waits { neuron.reset(state) } else { state }
    };
    v.into_iter().zip(u).zip(neurons).map(state).collect()
}

/// Spikes of the exact flow in the step of neuron `i`; with `earlier`, the most that it has from either start.
fn exact_spikes(neuron: &Neuron, i: usize, done: &Done, earlier: Option<&Done>, dt: f64) -> usize {
    let part = |done: &Done| (done.input[i], done.jump.get(i).copied().unwrap_or(0.0));
    let own = flow(neuron, done.start[i], &[part(done)], dt);
    match earlier {
        Some(before) if own == 0 && !before.start.is_empty() && !before.spikes.contains(&(i as u32)) => {
            flow(neuron, before.start[i], &[part(before), part(done)], dt)
        }
        _ => own,
    }
}

/// Spikes of the exact flow over steps with these inputs \[mV/ms\] and jumps at their ends \[mV\]. It is the solver of the truth that
/// gives it: a scheme of a fixed step may not be trusted with the states that a bad step leaves, hundreds of mV below rest.
fn flow(neuron: &Neuron, from: State, steps: &[(f64, f64)], dt: f64) -> usize {
    let (mut state, mut spikes) = (from, 0);
    for &(input, jump) in steps {
        let problem = Problem { neuron: *neuron, stimulus: Stimulus::constant(input), initial: state, duration: dt };
        let solution = taylor::solve(&problem, TOLERANCE);
        spikes += solution.spikes.len();
        state = solution.state(dt);
        state.v += jump;
        if state.v >= neuron.peak {
            spikes += 1;
            state = neuron.reset(state);
        }
    }
    spikes
}

/// Of that solver: far below what decides whether there is a spike in a step.
const TOLERANCE: f64 = 1e-9;
