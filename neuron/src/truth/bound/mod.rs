//! Error bounds without a reference solution.
//!
//! Every step adds a local error ([`local`]) and has a Jacobian ([`variation`]). Between two spikes they are logged; at
//! the second, the rows of ∂(t, K)/∂(W, K) go backwards through the log, and what each local error does to the spike is
//! added up in absolute value. With W', K' before and W'₊, K'₊ after the reset, all at the same time,
//!
//! ```text
//! δt = −δW / W'        δK* = δK + K' δt         (K* at the spike's own time)
//! δW₊ = −W'₊ δt        δK₊ = δK* − K'₊ δt       (at a fixed time after the reset)
//! ```
//!
//! so that the errors (δt, δK*) of one spike go to the next by a 2 × 2 matrix, and the set of them is carried along ([`error_set`](super::error_set)).
//! The product of both lines is the saltation matrix of hybrid systems (P. C. Müller, *Calculation of Lyapunov exponents
//! for dynamic systems with discontinuities*, Chaos, Solitons & Fractals 5 (1995) 1671–1681). Errors are compared at equal
//! times, so an input that varies, or jumps between spikes, needs no term of its own; a jump within the error of a spike
//! ends the certainty. Errors of the parameters keep their sign from the start to the end of the run ([`parameters`]).
//!
//! Second order: W' = W² + K is quadratic, so a perturbation obeys δW' = 2W δW + δK + δW² exactly. Its Jacobians are
//! therefore wrong by at most the factor exp ∫ 2|δW| dt, which multiplies the bound; there is none once it is large. The
//! set of errors that this needs at every step is carried forwards, less sharply than the sums at the spikes.
//!
//! The bounds from residuals ([`residual`](super::residual)) are sharper for problems in short decimals. This one is kept beside them
//! because it carries on where they are lost, which happens for one random problem in twenty, whose long numbers count as
//! uncertain by half an ulp each; because it alone bounds u before a reset; and because it says what rounding can do to a scheme
//! (`tests/numerics/truth/properties.rs` counts the first).

mod local;
mod parameters;
mod variation;

use crate::model::arithmetic::UNIT_ROUNDOFF;
use crate::model::forcing::{Forcing, distance};
use crate::model::normal_form::{NormalForm, NormalState};
use crate::{Problem, State};

use super::error_set::{ErrorSums, IDENTITY, Matrix};
use super::residual::Reading;
use super::solution::SpikeBound;
use super::taylor::event;
pub(crate) use local::SolverStep;
use local::local_error;
use parameters::{Effect, effects};
use variation::{Columns, WORKSPACE, Workspace, propagate};

/// Bounds are given up where ∫ 2|δW| dt, or the curvature of v over the error of a spike, passes this.
const NONLINEAR: f64 = 0.05;

/// Follows a run and bounds its error.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    system: NormalForm,
    /// How far v and u at the start are off what they stand for \[mV\], \[mV/ms\].
    initial: [f64; 2],
    effects: Vec<Effect>,
    /// (δW, δK) now, from the parameters.
    columns: Columns,
    /// Memory for the series of δW.
    work: Workspace,
    /// From the local errors.
    sums: ErrorSums,
    /// Jacobians of everything since the last spike.
    jacobians: Vec<Matrix>,
    /// Maps the errors of (t, K) at the last spike to (δW, δK) after it.
    entry: Matrix,
    /// ∫ 2|δW| dt from the start of the run.
    nonlinearity: f64,
    /// The time from which on there is no bound \[ms\].
    lost: Option<f64>,
    /// Time and bound of the last spike \[ms\].
    last_spike: Option<(f64, f64)>,
}

impl Certificate {
    pub(crate) fn new(problem: &Problem, reading: Reading<'_>) -> Self {
        let State { v, u } = problem.initial;
        let system = NormalForm::new(&problem.neuron);
        Certificate {
            system,
            initial: [reading.named("v0", v), reading.named("u0", u)].map(distance),
            effects: effects(&problem.neuron, &system, reading),
            columns: Columns::default(),
            work: WORKSPACE,
            sums: ErrorSums::default(),
            jacobians: vec![],
            entry: IDENTITY,
            nonlinearity: 0.0,
            lost: None,
            last_spike: None,
        }
    }

    fn lose(&mut self, at: f64) {
        self.lost.get_or_insert(at);
    }

    /// The largest |δW| now.
    fn w_error(&self) -> f64 {
        self.sums.now.along([1.0, 0.0]) + self.columns.along([1.0, 0.0])
    }

    fn add(&mut self, jacobian: Matrix, local: [f64; 2]) {
        self.sums.step(&jacobian, local);
        self.jacobians.push(jacobian);
    }

    /// Carries the errors through a step.
    fn carry(&mut self, step: &SolverStep) {
        let SolverStep { forcing, start, terms, .. } = *step;
        let before = self.w_error();
        let jacobian =
            propagate(&mut self.work, &self.system, terms, &forcing.drive(), &self.effects, &mut self.columns);
        self.add(jacobian, local_error(&self.system, step, &jacobian));
        self.nonlinearity += 2.0 * before.max(self.w_error()) * terms.h;
        if self.nonlinearity.is_nan() || self.nonlinearity >= NONLINEAR {
            self.lose(start.time.high);
        }
    }

    /// Adds what the parameters do to W and K at a reset.
    fn reset_columns(&mut self) {
        for (i, effect) in self.effects.iter().enumerate() {
            self.columns.w[i] += effect.reset[0];
            self.columns.k[i] += effect.reset[1];
        }
    }

    /// The run starts at `start`, after the reset of a spike at time 0 if `spiked`.
    pub(crate) fn begin(&mut self, start: &NormalState, spiked: bool) -> Option<SpikeBound> {
        let system = self.system;
        let [v, u] = self.initial;
        let w = if spiked { 0.0 } else { system.k2 * v };
        let k = system.k2 * u + UNIT_ROUNDOFF * (start.k.abs() + 2.0 * system.jump.abs());
        self.add(IDENTITY, [w + UNIT_ROUNDOFF * start.w.abs(), k]);
        if spiked {
            self.reset_columns();
        }
        spiked.then_some(SpikeBound { t: 0.0, u })
    }

    /// A step without a spike.
    pub(crate) fn step(&mut self, step: SolverStep) {
        if self.lost.is_some() {
            return;
        }
        self.carry(&step);
        let SolverStep { start, terms, end, .. } = step;
        let peak = self.system.peak;
        // A maximum of v within the error of the peak: whether it spikes is open.
        let error = self.w_error();
        let turns = terms.w[1] > 0.0 && end.w * end.w + end.k < 0.0;
        if turns && event::ceiling(&terms.w, terms.order, end.w) + error >= peak {
            // Ten times the error at the end: at the maximum it is of the same size, but need not be smaller.
            let top = event::maximum(&terms.w, terms.order);
            if top + 10.0 * error >= peak {
                self.lose(start.time.high);
            }
        }
    }

    /// The input jumps by `jump` \[mV/ms\] between the pieces before and after `forcing` moved on.
    pub(crate) fn input(&mut self, jump: f64, before: &NormalState, after: &Forcing) {
        let system = self.system;
        // The jump comes earlier or later by the decimal error of its time; its size and the sum are rounded.
        let at = before.time.high;
        let jump = (system.k2 * jump).abs();
        let rounding = UNIT_ROUNDOFF * (2.0 * jump + before.k.abs()) + 2.0 * system.k2 * after.errors(at).rounding;
        self.add(IDENTITY, [jump * after.shift(), rounding]);
        if self.last_spike.is_some_and(|(t, bound)| at - t <= bound) {
            self.lose(at);
        }
    }

    /// A step that ends in a spike, and the state after its reset; `None` where it cannot be known how wrong the spike is.
    pub(crate) fn spike(&mut self, step: SolverStep, reset: &NormalState) -> Option<SpikeBound> {
        if self.lost.is_some() {
            return None;
        }
        self.carry(&step);
        let (system, SolverStep { forcing, start, terms, end: crossing }) = (self.system, step);
        let source = forcing.after(terms.h);
        let (w_before, k_before) = system.field(crossing.w, crossing.k, source);
        let (w_after, k_after) = system.field(reset.w, reset.k, source);

        // The crossing is also off by the rounding of the peak and by Newton's residual: an ulp of W and, as the root is
        // a number of f64, of the step. A higher peak is crossed as if W were lower.
        let residual = UNIT_ROUNDOFF * (3.0 * system.peak.abs() + 2.0 * terms.h * w_before.abs());
        self.add(IDENTITY, [residual, 0.0]);
        for (w, effect) in self.columns.w.iter_mut().zip(&self.effects) {
            *w -= effect.peak;
        }
        let rows = [[-1.0 / w_before, 0.0], [-k_before / w_before, 1.0]];
        self.sums.spike(rows, &self.jacobians, &self.entry, [0.0; 2]);
        self.jacobians.clear();

        let second_order = 1.0 + 2.0 * self.nonlinearity;
        let at = crossing.time.high;
        let t = self.sums.at_spike.along([1.0, 0.0]) + self.columns.along([1.0 / w_before, 0.0]);
        let t = second_order * t + UNIT_ROUNDOFF * at;

        // W'' = 2 W W' + K'.
        let curvature = (2.0 * crossing.w * w_before + k_before).abs() / w_before;
        let steep = w_before > 0.0 && t * curvature < NONLINEAR;
        let near_jump = at + t >= forcing.next || (forcing.previous > 0.0 && at - t <= forcing.previous);
        if !steep || near_jump {
            self.lose(at);
            return None;
        }

        // u = k0 + I − (k1²/4 + K)/k2 at the spike's own time.
        let k = self.sums.at_spike.along([0.0, 1.0]) + self.columns.along([-k_before / w_before, 1.0]);
        let terms_of_u = system.k0.abs() + 2.0 * (system.half_k1 * system.half_k1 + crossing.k.abs()) / system.k2;
        let inputs = forcing.errors(at);
        let u = second_order * k / system.k2
            + forcing.steepness() * t
            + 2.0 * UNIT_ROUNDOFF * (terms_of_u + forcing.input(start.time, terms.h).abs())
            + inputs.rounding
            + inputs.decimal;

        self.entry = [[-w_after, 0.0], [-k_after, 1.0]];
        self.sums.enter(&self.entry);
        let rounding = [reset.w.abs(), system.jump.abs() + reset.k.abs()];
        self.add(IDENTITY, rounding.map(|x| UNIT_ROUNDOFF * x));
        self.columns.map(&[[w_after / w_before, 0.0], [(k_after - k_before) / w_before, 1.0]]);
        self.reset_columns();
        self.last_spike = Some((at, t));
        Some(SpikeBound { t, u })
    }

    /// The run ends at `end`; up to when the number of spikes is certain \[ms\].
    pub(crate) fn finish(&mut self, end: &NormalState, duration: f64) -> f64 {
        // A spike within its error of the end, on either side of it.
        let rising = end.w * end.w + end.k > 0.0 && end.w + 2.0 * self.w_error() >= self.system.peak;
        let late = self.last_spike.is_some_and(|(t, bound)| t + bound >= duration);
        let end = end.time.high;
        if rising || late {
            self.lose(end * (1.0 - f64::EPSILON));
        }
        self.lost.unwrap_or(end)
    }
}
