//! From residuals to the errors of spikes.
//!
//! Let e = (δW, δK) be the numerical minus the exact state at the end of a step. The exact flow Φ of the step takes the
//! numerical state before, x, to Φ(x), from which the numerical state after differs by the residual δ; so
//!
//! ```text
//! e⁺ = Φ(x) − Φ(x − e) + δ = J e − q + δ,        |q| ≤ ∫ |R(h, s)| (e_W(s)², 0) ds
//! ```
//!
//! with J the Jacobian and R the propagator: W' = W² + K is quadratic, so e' = A e − (e_W², 0) exactly. At a spike the
//! residual is that of (t, K), and with W', K' before and W'₊, K'₊ after the reset
//!
//! ```text
//! T = δt − e_W/W'            the error of the time
//! κ = δK + e_K − K' e_W/W'   that of K after the reset, each solution taken at its own spike time
//! e⁺ = (δW_r − W'₊ T, κ − K'₊ T)
//! ```
//!
//! The signed e, without q, gives the predicted error. For the safe sum the rows of ∂(t, K)/∂(W, K) go backwards through the
//! Jacobians of an interspike interval, and |row · δ| is summed together with what is not known of δ (its radius), of J, and
//! with q; sums of earlier spikes are carried on as a set, as in [`error_set`](crate::truth::error_set). The same sums without δ itself say
//! how far the prediction can be off.

use crate::Problem;
use crate::model::arithmetic::{Ball, DoubleDouble};
use crate::truth::error_set::{ErrorSums, IDENTITY, Matrix, row_times};

use super::flow::{Arrival, ExactFlow, Position, Stretch};
use super::jacobian::JACOBIAN_ERROR;
use super::log::{Point, StepLog, Variables};
use super::reading::Reading;
use super::system::{ExactSystem, PieceOfInput};

/// How wrong a spike time is, to the first order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeError {
    /// The solver's time, as rounded to f64, minus the exact one \[ms\].
    pub predicted: f64,
    /// By how much `predicted` may be off \[ms\]: what is not known of the residuals, and second-order terms.
    pub uncertainty: f64,
    /// The safe sum of the absolute values of all contributions \[ms\]; above the true error whatever cancels.
    pub bound: f64,
}

/// The errors of a logged run.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// For every spike of the log; `None` from where no bound could be given.
    pub spikes: Vec<Option<SpikeError>>,
    /// Up to when the number of spikes is certain \[ms\]: the end of the log, or where the bound was lost.
    pub certain_until: f64,
}

/// Second-order terms beyond this part of the safe sum end the bound. Orders from the third on are taken to fall by the ratio
/// of the bounds of the second and the first, and are added as a geometric series; the second itself comes out 15 times and
/// more below its bound on the reference cases.
const SECOND_ORDER: f64 = 0.5;

/// A change of the linearisation within an interspike interval, Σ h |δW|, or within the error of a spike, beyond this ends the
/// bound as well.
const NONLINEAR: f64 = 0.25;

/// An uncertainty of a spike time up to this \[ms\] comes from the radii of the residuals, that is from long decimals of the problem:
/// its second-order part is too small to be seen, and is not asked for.
const NEGLIGIBLE: f64 = 1e-10;

/// Carries the error of a run from step to step of its log.
struct Follower<'a> {
    system: ExactSystem<'a>,
    problem: &'a Problem,
    variables: Variables,
    flow: ExactFlow,
    /// The signed error of (W, K) now.
    error: [f64; 2],
    /// Bounds with the residuals themselves in them.
    safe: ErrorSums,
    /// Bounds of what is not known of the residuals alone.
    spread: ErrorSums,
    jacobians: Vec<Matrix>,
    entry: Matrix,
    /// Σ h |δW| since the last spike.
    nonlinearity: f64,
    /// The time from which on there is no bound \[ms\].
    lost: Option<f64>,
    /// Time and safe sum of the last spike \[ms\].
    last_spike: Option<(f64, f64)>,
}

/// The error of every spike of a run, against `problem` with its numbers taken as `reading` says.
///
/// Never fails: from a step that cannot be followed (one that passes a breakpoint of the input or the peak, goes back in
/// time, or ends in a number that is none) the certificate says nothing; of a neuron that is not plain it says nothing at all.
pub fn certify(problem: &Problem, log: &StepLog, reading: Reading<'_>) -> Certificate {
    if !problem.neuron.is_plain() {
        return Certificate { spikes: vec![], certain_until: -1.0 };
    }
    let mut follower = Follower {
        system: ExactSystem::new(problem, reading),
        problem,
        variables: log.variables,
        flow: ExactFlow::new(),
        error: [0.0; 2],
        safe: ErrorSums::default(),
        spread: ErrorSums::default(),
        jacobians: vec![],
        entry: IDENTITY,
        nonlinearity: 0.0,
        lost: None,
        last_spike: None,
    };
    let mut spikes = vec![];
    if log.points[0].spike {
        spikes.push(Some(SpikeError { predicted: 0.0, uncertainty: 0.0, bound: 0.0 }));
    }
    follower.begin(&log.points[0]);
    for pair in log.points.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let spike = follower.lost.is_none().then(|| follower.advance(before, after)).flatten();
        if spike.is_none() && after.spike {
            follower.lose(before.time.high);
        }
        if after.spike {
            spikes.push(spike.filter(|_| follower.lost.is_none()));
        }
    }
    let certain_until = follower.finish(&log.points[log.points.len() - 1]);
    Certificate { spikes, certain_until }
}

impl Follower<'_> {
    fn lose(&mut self, at: f64) {
        self.lost.get_or_insert(at);
    }

    /// A logged state, exactly, in (W, K).
    fn position(&self, point: &Point) -> Position {
        let [first, second] = point.state.map(Ball::exact);
        match self.variables {
            Variables::Normalised => Position { w: first, k: second },
            Variables::Plain => {
                let input = self.system.input_at(self.system.piece_of(point.time.high), Ball::exact(point.time));
                Position { w: self.system.w(first), k: self.system.k(second, input) }
            }
        }
    }

    /// Adds a residual: the signed one, and boxes for what is known and unknown of it.
    fn add(&mut self, jacobian: Matrix, residual: [f64; 2], unknown: [f64; 2]) {
        let [w, k] = self.error;
        self.error = std::array::from_fn(|i| jacobian[i][0] * w + jacobian[i][1] * k + residual[i]);
        self.safe.step(&jacobian, std::array::from_fn(|i| residual[i].abs() + unknown[i]));
        self.spread.step(&jacobian, unknown);
        self.jacobians.push(jacobian);
    }

    /// The numerical minus the exact state, and how far that may be off.
    fn residual(numerical: &Position, exact: &Position) -> ([f64; 2], [f64; 2]) {
        let differences = [numerical.w - exact.w, numerical.k - exact.k];
        // Rounding of the difference to f64, and of what is done with it, is below JACOBIAN_ERROR of it.
        let values = differences.map(Ball::to_f64);
        (values, differences.map(|d| d.radius + JACOBIAN_ERROR * d.to_f64().abs()))
    }

    fn begin(&mut self, first: &Point) {
        let [w, k] = self.system.start();
        let mut exact = Position { w, k };
        if first.spike {
            exact = self.reset(exact);
        }
        let (residual, unknown) = Self::residual(&self.position(first), &exact);
        self.add(IDENTITY, residual, unknown);
    }

    fn reset(&self, crossing: Position) -> Position {
        Position { w: self.system.reset, k: crossing.k - self.system.jump }
    }

    /// One step of the log; the error of its spike, if it ends in one.
    fn advance(&mut self, before: &Point, after: &Point) -> Option<SpikeError> {
        let at = before.time.high;
        let (on, next) = (self.system.piece_of(at), self.system.piece_of(after.time.high));
        let breakpoint = self.problem.stimulus.next_breakpoint(at).unwrap_or(f64::INFINITY);
        let start = before.time;
        let stretch = Stretch {
            start,
            length: after.time - start,
            on,
            // Ten times the error at the start: near the peak, where it counts, it grows by less.
            margin: 10.0 * self.largest_error()[0],
        };
        let from = self.position(before);
        let arrival = if after.spike {
            self.flow.spike(&self.system, stretch, from)
        } else {
            self.flow.step(&self.system, stretch, from)
        };
        // A step that passes a breakpoint, or goes nowhere, is not one that a bound can follow.
        let Some(mut arrival) = arrival.filter(|_| after.time.high <= breakpoint) else {
            self.lose(at);
            return None;
        };
        let Some(local) = self.second_order(stretch.length.high, &arrival.jacobian) else {
            self.lose(at);
            return None;
        };
        if after.spike {
            return self.spike(before, after, arrival, local, breakpoint);
        }
        if next != on {
            self.jump(&mut arrival.end, on, next, after.time);
        }
        let (residual, unknown) = Self::residual(&self.position(after), &arrival.end);
        self.add(arrival.jacobian, residual, std::array::from_fn(|i| unknown[i] + local[i]));
        None
    }

    /// How large the errors of (W, K) can be now: the signed one and what may be wrong with it.
    fn largest_error(&self) -> [f64; 2] {
        let spread = self.spread.size();
        std::array::from_fn(|i| self.error[i].abs() + spread[i])
    }

    /// A box for q, and for the error of the Jacobian; `None` where the linearisation is worth nothing.
    fn second_order(&mut self, h: f64, jacobian: &Matrix) -> Option<[f64; 2]> {
        let (spread, [w, k]) = (self.spread.size(), self.largest_error());
        let carried: [f64; 2] = std::array::from_fn(|i| {
            let signed = row_times(jacobian[i], &[[self.error[0], 0.0], [self.error[1], 0.0]])[0];
            signed.abs() + jacobian[i][0].abs() * spread[0] + jacobian[i][1].abs() * spread[1]
        });
        // Inside the step δW is between what it is at the ends, but for what δK adds and takes back, at most h δK; half of
        // that again is for exponents that change their sign.
        let largest = 1.5 * (w.max(carried[0]) + h * k);
        self.nonlinearity += h * largest;
        let square = h * largest * largest;
        // A propagator from inside the step to its end is between that of the whole step and 1 (or 0), as the exponent
        // 2W keeps its sign or is small within a step.
        let q = [jacobian[0][0].abs().max(1.0) * square, jacobian[1][0].abs() * square];
        let rounding: [f64; 2] =
            std::array::from_fn(|i| JACOBIAN_ERROR * (jacobian[i][0].abs() * w + jacobian[i][1].abs() * k));
        (self.nonlinearity < NONLINEAR).then(|| std::array::from_fn(|i| q[i] + rounding[i]))
    }

    /// A jump of the input at the end of a step.
    fn jump(&mut self, end: &mut Position, on: PieceOfInput, next: PieceOfInput, time: DoubleDouble) {
        let [w, k] = self.system.jump_of_input(on, next, time.high, end.w.to_f64());
        *end = Position { w: end.w + w, k: end.k + k };
        // A spike that may be on the other side of the jump.
        if self.last_spike.is_some_and(|(t, bound)| time.high - t <= bound) {
            self.lose(time.high);
        }
    }

    fn spike(
        &mut self,
        before: &Point,
        after: &Point,
        arrival: Arrival,
        local: [f64; 2],
        breakpoint: f64,
    ) -> Option<SpikeError> {
        let system = &self.system;
        let (alpha, beta) = (system.alpha.to_f64(), system.beta.to_f64());
        let (w, k, (e, e_slope)) = (arrival.end.w.to_f64(), arrival.end.k.value.high, arrival.source);
        let field = |w: f64, k: f64| (w * w + k, e - beta * w - alpha * k);
        let curvature = |w: f64, (dw, dk): (f64, f64)| (2.0 * w * dw + dk, e_slope - beta * dw - alpha * dk);
        let (dw, dk) = field(w, k);
        let (ddw, ddk) = curvature(w, (dw, dk));

        // The step up to the crossing has no residual of its own in (W, K): it is that of (t, K).
        self.add(arrival.jacobian, [0.0; 2], local);
        let exact = self.reset(arrival.end);
        let numerical = self.position(after);
        let (difference, unknown) = Self::residual(&numerical, &exact);
        let delta = [-arrival.late.value.to_f64(), difference[1]];
        let rows = [[-1.0 / dw, 0.0], [-dk / dw, 1.0]];
        let linear = rows.map(|row| row[0] * self.error[0] + row[1] * self.error[1]);
        let signed: [f64; 2] = std::array::from_fn(|i| delta[i] + linear[i]);

        // Second order of the crossing, for the largest error possible.
        let [w_error, k_error] = self.largest_error();
        let t = w_error / dw;
        let drift = 2.0 * w.abs() * w_error + k_error;
        let second_t = (0.5 * ddw.abs() * t * t + drift * t) / dw;
        let second_k =
            0.5 * ddk.abs() * t * t + (beta.abs() * w_error + alpha.abs() * k_error) * t + dk.abs() * second_t;
        let unknown_t = arrival.late.radius + JACOBIAN_ERROR * delta[0].abs() + second_t;
        let unknown = [unknown_t, unknown[1] + dk.abs() * arrival.late.radius + second_k];
        self.safe.spike(rows, &self.jacobians, &self.entry, std::array::from_fn(|i| delta[i].abs() + unknown[i]));
        self.spread.spike(rows, &self.jacobians, &self.entry, unknown);
        self.jacobians.clear();

        // The spike is reported as an f64.
        let DoubleDouble { high, low } = after.time;
        let (first, second) = (self.safe.at_spike.along([1.0, 0.0]), self.spread.at_spike.along([1.0, 0.0]));
        let ratio = if second <= NEGLIGIBLE { 0.0 } else { second / first };
        let linear_enough = ratio < SECOND_ORDER && t * ddw.abs() < NONLINEAR * dw;
        let uncertainty = second / (1.0 - ratio);
        let bound = first + (uncertainty - second);
        let previous = self
            .problem
            .stimulus
            .pieces()
            .iter()
            .map(|p| p.start)
            .chain(self.problem.stimulus.sinusoid().map(|s| s.start));
        let previous = previous.filter(|&s| s <= before.time.high && s > 0.0).fold(f64::NEG_INFINITY, f64::max);
        let near_jump = high + bound >= breakpoint || high - bound <= previous;
        if !linear_enough || near_jump {
            self.lose(high);
            return None;
        }

        // From (t, K) at the spike to (W, K) at the solver's time of it.
        let (w_after, k_after) = (numerical.w.value.high, numerical.k.value.high);
        let (dw_after, dk_after) = field(w_after, k_after);
        let (ddw_after, ddk_after) = curvature(w_after, (dw_after, dk_after));
        self.entry = [[-dw_after, 0.0], [-dk_after, 1.0]];
        self.safe.enter(&self.entry);
        self.spread.enter(&self.entry);
        self.error = [-dw_after * signed[0], signed[1] - dk_after * signed[0]];
        let square = 0.5 * (signed[0].abs() + uncertainty).powi(2);
        let bend = [ddw_after.abs() * square, ddk_after.abs() * square];
        let radius = numerical.w.radius + exact.w.radius + JACOBIAN_ERROR * difference[0].abs();
        self.add(IDENTITY, [difference[0], 0.0], [radius + bend[0], bend[1]]);
        self.nonlinearity = 0.0;
        self.last_spike = Some((high, bound));
        Some(SpikeError {
            predicted: signed[0] - low,
            uncertainty: uncertainty + JACOBIAN_ERROR * low.abs(),
            bound: bound + (1.0 + JACOBIAN_ERROR) * low.abs(),
        })
    }

    /// Up to when the number of spikes is certain \[ms\].
    fn finish(&mut self, last: &Point) -> f64 {
        let end = last.time.high;
        let position = self.position(last);
        let (w, k) = (position.w.value.high, position.k.value.high);
        let rising = w * w + k > 0.0 && w + 2.0 * self.largest_error()[0] >= self.system.peak.to_f64();
        let late = self.last_spike.is_some_and(|(t, bound)| t + bound >= self.problem.duration);
        if rising || late {
            self.lose(end * (1.0 - f64::EPSILON));
        }
        self.lost.unwrap_or(end)
    }
}
