//! What figures show of the state: paths of the truth and of runs, the residual they leave, the phase plane.

use super::keep::{at_largest_step, fixed_step, traced};
use super::{Comparison, Run};
use crate::metrics::Samples;
use crate::model::{Equilibrium, Nullclines, PhasePlane, Problem, Side, State};
use crate::operator::grid_residual;
use crate::scheme::{Sample, step_count};

/// Points of a nullcline.
const NULLCLINE_POINTS: usize = 400;

/// The residual of the evolution equation from spike to spike.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResidualPath {
    /// The scheme's name, or "truth".
    pub label: String,
    /// The middle of each stretch between two spikes \[ms\].
    pub times: Vec<f64>,
    /// Root mean square of the residual over it \[mV/ms\].
    pub residuals: Vec<f64>,
}

/// The phase plane under the input at the end of the run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PhasePortrait<'a> {
    /// The constant input of the plane \[mV/ms\].
    pub input: f64,
    /// Where v' = 0 and where u' = 0.
    pub nullclines: Nullclines,
    /// Where both v' and u' are 0.
    pub equilibria: Vec<Equilibrium>,
    /// The run that is shown beside the truth.
    pub run: &'a Run,
}

impl Comparison {
    /// The runs at the largest step, and the adaptive ones at their largest tolerance: where there is most to see.
    pub fn at_largest_step(&self) -> Vec<&Run> {
        at_largest_step(&self.runs.iter().collect::<Vec<_>>(), |run| run.size)
    }

    /// Those of [`at_largest_step`](Self::at_largest_step) that have room in a figure of the state.
    pub fn traced(&self) -> Vec<&Run> {
        traced(&self.at_largest_step(), |run| &run.scheme)
    }

    /// The true solution at the ends of `parts` equal parts of the run, with the peak and the reset of every spike.
    pub fn true_path(&self, parts: usize) -> Samples {
        let neuron = &self.problem.neuron;
        let end = self.truth.end().min(self.problem.duration);
        let mut cursor = self.truth.cursor();
        let mut spikes = self.truth.spikes.times().iter().zip(&self.truth.u_before_reset).peekable();
        let mut path = Samples::default();
        let mut push = |t, state, spike| path.push(Sample { t, state, spike });
        for n in 0..=parts {
            let t = end * n as f64 / parts as f64;
            while let Some((&spike, &u)) = spikes.next_if(|(spike, _)| **spike <= t) {
                let at_peak = State::new(neuron.peak_at(u), u);
                push(spike, at_peak, true);
                push(spike, neuron.reset(at_peak), false);
            }
            push(t, cursor.state(t), false);
        }
        path
    }

    /// What a run goes through, from the initial state on: that alone where its samples were not kept.
    pub fn path(&self, run: &Run) -> Samples {
        let mut path = Samples::default();
        let start = Sample { t: 0.0, state: self.problem.initial, spike: false };
        std::iter::once(start).chain(run.samples.iter()).for_each(|sample| path.push(sample));
        path
    }

    /// Residuals of the truth and of traced schemes on their grid; none where there is no fixed step.
    pub fn residuals(&self) -> Vec<ResidualPath> {
        let fixed = fixed_step(&self.at_largest_step(), |run| &run.scheme);
        let Some(dt) = fixed.first().and_then(|run| run.size.dt()) else { return Vec::new() };
        let residual = |label: String, problem: &Problem, v: &[f64], spikes: &[f64]| {
            let residual = grid_residual(problem, v, dt, spikes).ok()?;
            let (times, residuals) = residual.between_spikes().into_iter().unzip();
            Some(ResidualPath { label, times, residuals })
        };
        let mut cursor = self.truth.cursor();
        let times = (1..=step_count(self.problem.duration, dt)).map(|n| n as f64 * dt);
        let exact: Vec<f64> = times.map(|t| cursor.state(t).v).take_while(|v| v.is_finite()).collect();
        let truth = residual("truth".to_owned(), &self.problem, &exact, self.truth.spikes.times());
        let runs = traced(&fixed, |run| &run.scheme).into_iter().filter_map(|run| {
            let problem = run.scheme.problem(&self.problem);
            residual(run.scheme.to_string(), &problem, &run.samples.v, run.trajectory.spikes.times())
        });
        truth.into_iter().chain(runs).collect()
    }

    /// The phase plane over the potentials that the truth, at `truth`, visits, and a little more; `None` where the neuron has none.
    pub fn phase_portrait(&self, truth: &Samples) -> Option<PhasePortrait<'_>> {
        let Problem { neuron, stimulus, duration, .. } = &self.problem;
        let input = stimulus.value(*duration, Side::Before);
        let plane = PhasePlane::new(*neuron, input).ok()?;
        let shown = self.at_largest_step();
        let run = *fixed_step(&shown, |run| &run.scheme).first().or(shown.first())?;
        let low = truth.v.iter().copied().filter(|v| v.is_finite()).fold(neuron.c, f64::min) - 10.0;
        let nullclines = plane.nullclines(low, neuron.peak, NULLCLINE_POINTS).ok()?;
        Some(PhasePortrait { input, nullclines, equilibria: plane.equilibria(), run })
    }
}
