//! Problems, their true solutions, and schemes at a fixed step.

use spikestep::model::{CellType, NeuronSpec, PhasePlane, StimulusSpec};
use spikestep::scheme::{Sample, Stepper, start};
use spikestep::truth::{Truth, taylor};
use spikestep::{Neuron, Problem, Result, Scheme, SchemeSet, State, StepSize, Stimulus, Trajectory, solve_with};

/// The schemes of a list such as "euler,rk4+located".
pub(crate) fn schemes(list: &str) -> Result<Vec<Scheme>> {
    SchemeSet::standard().parse_list(list)
}

/// The scheme of a name such as "rk4+located", of which an experiment knows that it is one.
pub(crate) fn scheme(name: &str) -> Scheme {
    name.parse().expect("an experiment names schemes that there are")
}

/// The cell type of 2003 of a name such as "RS", of which an experiment knows that it is one.
pub(crate) fn cell(name: &str) -> &'static CellType {
    CellType::find(name).expect("an experiment names cell types that there are")
}

/// A cell type from its usual start under a constant `input` \[mV/ms\] for `duration` \[ms\].
pub(crate) fn constant_input(cell: &CellType, input: f64, duration: f64) -> Problem {
    Problem { neuron: cell.neuron, stimulus: Stimulus::constant(input), initial: cell.initial, duration }
}

/// A neuron and an input as `compare` takes them, such as "RS" and "step:10", for `duration` \[ms\].
pub(crate) fn preset(neuron: &str, input: &str, duration: f64) -> Result<Problem> {
    let NeuronSpec { neuron, initial, input_scale, .. } = NeuronSpec::parse(neuron)?;
    let stimulus = StimulusSpec::parse(input)?.stimulus(duration)?.scaled(input_scale);
    Ok(Problem { neuron, stimulus, initial, duration })
}

/// The solution of the equations, good to rounding.
pub(crate) fn truth(problem: &Problem) -> Truth {
    taylor::solve(problem, taylor::TOLERANCE)
}

/// Spikes \[ms\] of the equations where v is raised at the times of `arrivals` \[ms\], rising, by their charges \[mV\]: solved from arrival
/// to arrival, under an input that is constant.
pub(crate) fn jumped(problem: &Problem, arrivals: impl IntoIterator<Item = (f64, f64)>) -> Vec<f64> {
    let (mut state, mut start, mut spikes) = (problem.initial, 0.0, Vec::new());
    let within = arrivals.into_iter().filter(|(t, _)| *t < problem.duration);
    for (t, charge) in within.chain([(problem.duration, 0.0)]) {
        if t > start {
            let part = truth(&Problem { initial: state, duration: t - start, ..problem.clone() });
            spikes.extend(part.spikes.times().iter().map(|s| start + s));
            (state, start) = (part.state(t - start), t);
        }
        state.v += charge;
        if state.v >= problem.neuron.peak {
            spikes.push(t);
            state = problem.neuron.reset(state);
        }
    }
    spikes
}

/// The lowest equilibrium of a neuron under a constant `input` \[mV/ms\]; `None` where it has none.
pub(crate) fn rest(neuron: &Neuron, input: f64) -> Option<State> {
    PhasePlane::new(*neuron, input).ok()?.equilibria().first().map(|e| e.state)
}

/// Solves `problem` by a fixed-step scheme at `dt` \[ms\] with the neuron's own peak, whatever the scheme's default is, and
/// calls `observe` after every step.
pub(crate) fn fixed_step(scheme: &Scheme, problem: &Problem, dt: f64, observe: impl FnMut(Sample)) -> Trajectory {
    solve_with(problem, &scheme.at_peak_of_neuron(), StepSize::Fixed(dt), observe)
        .expect("an experiment names fixed-step schemes and steps")
}

/// The scheme at work on `problem`, for a rule that is built around it.
pub(crate) fn stepper(scheme: &Scheme, problem: &Problem, dt: f64) -> Box<dyn Stepper> {
    start(problem, &scheme.at_peak_of_neuron(), dt).expect("an experiment names fixed-step schemes")
}
