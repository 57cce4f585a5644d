//! From one point to the next.
//!
//! A point is a double-double state x at a double-double time; ε = x − (the exact state then) lies in a set that is carried along. A
//! piece of the flow Φ from x ends in a ball, whose middle is the next point. With the exact solutions y from x and z from the
//! exact state, and [`growth`](super::growth)'s equation of their difference,
//!
//! ```text
//! ε⁺ = x⁺ − y(h) + y(h) − z(h) = (x⁺ − y(h)) + J ε − q,      q' = A q + (ε_W(s)², 0),   q(0) = 0
//! ```
//!
//! where |x⁺ − y(h)| is at most the ball's radius, J is the Jacobian with its error ([`linear`](super::linear)), and |ε_W(s)| and q are
//! bounded by Grönwall's inequality. That z does not meet the peak on the way is proven from the series of y
//! ([`range`](super::range)). Times are rounded to 106 bits: the point is then y a little earlier or later, by less than 2⁻¹⁰² t times
//! the largest derivatives on the piece.

use crate::Problem;
use crate::model::arithmetic::{Ball, DoubleDouble, OPERATION, UP};
use crate::truth::error_set::{ErrorSet, IDENTITY, Matrix};
use crate::truth::residual::Reading;
use crate::truth::residual::flow::{ExactFlow, Position};
use crate::truth::residual::system::{ExactSystem, PieceOfInput};

use super::growth::Rates;
use super::linear::jacobian;
use super::range::{LARGEST, Range};
use super::spike_enclosure::SpikeEnclosure;

/// Pieces after which a run is given up: this many, and so many more a ms; the fastest published cell needs 4 a ms.
const PIECES: f64 = 2000.0;
const PIECES_PER_MS: f64 = 20.0;

/// Shorter and shorter lengths that are tried for a piece before the proof ends.
const ATTEMPTS: usize = 12;

/// The state of a proof: what is proven up to the present time.
pub(super) struct Follower<'a> {
    pub(super) system: ExactSystem<'a>,
    problem: &'a Problem,
    pub(super) flow: ExactFlow,
    pub(super) time: DoubleDouble,
    pub(super) point: [DoubleDouble; 2],
    pub(super) set: ErrorSet,
    on: PieceOfInput,
    /// Ends of the smooth stretch of the input around `time`, as f64 \[ms\].
    pub(super) stretch: [f64; 2],
    /// At least how far these are off the breakpoints that they stand for \[ms\].
    pub(super) shift: f64,
    pub(super) spikes: Vec<SpikeEnclosure>,
}

/// What is known of y and z all along a piece.
pub(super) struct Along {
    pub(super) rates: Rates,
    /// Above |ε| at the start and on the piece.
    pub(super) start: [f64; 2],
    pub(super) error: [f64; 2],
    /// Upper bounds of |W| and |K| on both.
    pub(super) sup: [f64; 2],
    /// Upper bounds of |E| and |E'|.
    pub(super) source: [f64; 2],
}

impl Along {
    /// Upper bounds of |W'| and |K'|.
    pub(super) fn slopes(&self, system: &ExactSystem) -> [f64; 2] {
        let [w, k] = self.sup;
        [(w * w + k) * UP, (self.source[0] + system.beta.size() * w + system.alpha.size() * k) * UP]
    }

    /// An upper bound of |q| at the end of the step.
    fn quadratic(&self) -> Option<[f64; 2]> {
        self.rates.linear([0.0; 2], [self.error[0] * self.error[0] * UP + f64::MIN_POSITIVE, 0.0])
    }
}

/// The spikes and how far the proof goes; see [`super::enclose`].
pub(super) fn follow(problem: &Problem, reading: Reading<'_>) -> (Vec<SpikeEnclosure>, f64) {
    let mut follower = Follower::new(problem, ExactSystem::new(problem, reading));
    let proven_until = follower.run();
    (follower.spikes, proven_until)
}

impl<'a> Follower<'a> {
    fn new(problem: &'a Problem, system: ExactSystem<'a>) -> Self {
        let on = system.piece_of(0.0);
        let [mut w, mut k] = system.start();
        let mut spikes = vec![];
        if problem.initial.v >= problem.neuron.peak {
            (w, k) = (system.reset, k - system.jump);
            spikes.push(SpikeEnclosure { time: 0.0, rest: 0.0, radius: 0.0 });
        }
        let mut set = ErrorSet::default();
        set.advance_outward(&IDENTITY, [w.radius, k.radius]);
        let stop = next_stop(problem, 0.0);
        Follower {
            shift: system.shift(on, stop),
            system,
            problem,
            flow: ExactFlow::new(),
            time: DoubleDouble::ZERO,
            point: [w.value, k.value],
            set,
            on,
            stretch: [0.0, stop],
            spikes,
        }
    }

    /// To the end, or as far as something can be proven \[ms\].
    fn run(&mut self) -> f64 {
        let most = PIECES + PIECES_PER_MS * self.problem.duration;
        let mut pieces = 0.0;
        while (DoubleDouble::from(self.problem.duration) - self.time).high > 0.0 {
            pieces += 1.0;
            if pieces > most || self.advance().is_none() {
                // Up to the point, whose time may be rounded up.
                return self.time.high * (1.0 - f64::EPSILON);
            }
        }
        self.problem.duration
    }

    /// One piece, or `None` where nothing is proven of the next.
    fn advance(&mut self) -> Option<()> {
        let stop = self.stretch[1];
        let left = DoubleDouble::from(stop) - self.time;
        let [w, k] = self.point.map(Ball::exact);
        if !(left.high > 0.0 && w.to_f64().abs() < 1e60 && k.to_f64().abs() < 1e60) {
            return None;
        }
        self.flow.expand(&self.system, self.on, self.time, Position { w, k });
        if self.flow.largest() > LARGEST {
            return None;
        }
        let reach = self.flow.reach(&self.system);
        let pieces = (left.high / reach).ceil();
        let mut h = if pieces > 1.0 { DoubleDouble::from(left.high / pieces) } else { left };
        for _ in 0..ATTEMPTS {
            let next = if h == left { DoubleDouble::from(stop) } else { self.time + h };
            if self.piece(h, next).is_some() {
                return if self.time == DoubleDouble::from(stop) { self.pass(stop) } else { Some(()) };
            }
            h = DoubleDouble::from(0.6 * h.high);
        }
        None
    }

    /// The flow over `h`, to the time `next`, or to a spike on the way.
    fn piece(&mut self, h: DoubleDouble, next: DoubleDouble) -> Option<()> {
        let peak = self.system.peak.to_f64();
        let end = self.end(h)?;
        if let Some(part) = self.flow.first_crossing(end, peak) {
            return self.spike(part * h.high);
        }
        let along = self.along(&end, h.high)?;
        let range = Range::new(&self.flow, &end);
        // A jump may come some ulps of its time sooner or later than the piece ends.
        let slopes = along.slopes(&self.system);
        let late = (2.0 * f64::EPSILON * next.high.abs() + self.shift) * slopes[0];
        if !range.stays_below(self.level(), [along.error[0] + late, along.error[1]]) {
            return None;
        }
        let (jacobian, local) = self.map(&range, &along, h.high)?;
        let timing = 2.0 * OPERATION * next.high;
        let added = [local[0] + end.w.radius + timing * slopes[0], local[1] + end.k.radius + timing * slopes[1]];
        if !added.iter().all(|x| x.is_finite()) {
            return None;
        }
        self.set.advance_outward(&jacobian, added);
        (self.point, self.time) = ([end.w.value, end.k.value], next);
        Some(())
    }

    /// The ball at the end of `h`, if there is one.
    pub(super) fn end(&mut self, h: DoubleDouble) -> Option<Position> {
        let end = self.flow.at(&self.system, h);
        let finite = |b: Ball| b.value.high.is_finite() && b.value.low.is_finite() && b.radius.is_finite();
        (finite(end.w) && finite(end.k)).then_some(end)
    }

    /// An f64 that is below the exact peak.
    pub(super) fn level(&self) -> f64 {
        let peak = self.system.peak;
        peak.to_f64() - 2.0 * (peak.radius + f64::EPSILON * peak.to_f64().abs())
    }

    /// What holds along the piece last summed, of length `h`.
    pub(super) fn along(&self, end: &Position, h: f64) -> Option<Along> {
        let range = Range::new(&self.flow, end);
        let alpha = self.system.alpha;
        let rates = Rates {
            twice_w: 2.0 * range.w.upper(),
            growth_of_k: (alpha.radius - alpha.value.high) + f64::EPSILON * alpha.value.high.abs(),
            beta: self.system.beta.size(),
            h,
        };
        let start = [self.set.along_outward([1.0, 0.0]), self.set.along_outward([0.0, 1.0])];
        let error = rates.difference(start)?;
        let sup = [(range.w.sup() + error[0]) * UP, (range.k.sup() + error[1]) * UP];
        Some(Along { rates, start, error, sup, source: self.flow.source.sup(&self.system, h * UP) })
    }

    /// J after `h`, no later than the piece goes, and a bound of what J ε leaves out of y − z; `range` is that of the series to `h`.
    pub(super) fn map(&self, range: &Range, along: &Along, h: f64) -> Option<(Matrix, [f64; 2])> {
        let (jacobian, error) = jacobian(&self.system, &range.w, &Rates { h, ..along.rates })?;
        let q = along.quadratic()?;
        let local = std::array::from_fn(|i| (error[i][0] * along.start[0] + error[i][1] * along.start[1] + q[i]) * UP);
        Some((jacobian, local))
    }

    /// At the end of a smooth stretch of the input: the jump to the next.
    fn pass(&mut self, stop: f64) -> Option<()> {
        let next = self.system.piece_of(stop);
        let before = self.point.map(Ball::exact);
        let shift = self.system.shift(self.on, stop);
        let jump = self.system.jump_of_input(self.on, next, stop, before[0].to_f64());
        let [w, k] = [before[0] + jump[0], before[1] + jump[1]];
        self.set.advance_outward(&IDENTITY, [w.radius, k.radius]);
        self.point = [w.value, k.value];
        self.on = next;
        let end = next_stop(self.problem, stop);
        (self.stretch, self.shift) = ([stop, end], shift.max(self.system.shift(next, end)));
        // Where the jump is some ulps earlier, W goes on from there by W² + K, no larger than this.
        let slope = (w.size() + 1.0).powi(2) + k.size() + before[1].size() + 1.0;
        let shift = (2.0 * f64::EPSILON * stop.abs() + shift) * slope;
        let error = self.set.along_outward([1.0, 0.0]);
        let most = w.to_f64() + (w.radius + error + shift) * UP + f64::EPSILON * w.size();
        (shift + error < 0.5 && most < self.level()).then_some(())
    }
}

/// The next breakpoint of the input after `t`, or the end of the run \[ms\].
fn next_stop(problem: &Problem, t: f64) -> f64 {
    problem.stimulus.next_breakpoint(t).unwrap_or(f64::INFINITY).min(problem.duration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Neuron, Piece, Sinusoid, State, Stimulus};

    fn problem(v: f64, u: f64) -> Problem {
        let pieces = [(0.0, 0.0, 0.0), (7.5, 12.0, 0.015625), (61.75, 9.0, 0.0)];
        let pieces = pieces.map(|(start, value, slope)| Piece { start, value, slope }).to_vec();
        let sinusoid = Sinusoid { start: 20.125, amplitude: 3.0, omega: 0.25, phase: 0.5 };
        Problem {
            neuron: Neuron::new(0.02, 0.2, -55.0, 4.0),
            stimulus: Stimulus::piecewise_linear(pieces).unwrap().with_sinusoid(sinusoid),
            initial: State::new(v, u),
            duration: 200.0,
        }
    }

    fn from_a_set(problem: &Problem, half_width: [f64; 2]) -> Follower<'_> {
        let mut follower = Follower::new(problem, ExactSystem::new(problem, Reading::Binary));
        follower.set.advance_outward(&IDENTITY, half_width.map(|r| problem.neuron.k2 * UP * r));
        follower
    }

    /// Exact solutions from the corners and edges of a set of initial states and from inside, v within r of its middle and u within
    /// `thick` r. A segment stays one under linear maps: there the radius is the first order, reached at the ends, and the
    /// second. A box is turned before it is enclosed by another, once to a part of 1.67.
    #[test]
    fn a_set_holds_the_spikes_of_all_solutions_from_it_and_is_not_much_wider() {
        let (v, u) = (-65.0, -13.0);
        let middle = problem(v, u);
        let sets = [
            (0.0, 1e-9, 1.0001),
            (0.0, 1e-6, 1.001),
            (0.0, 1e-4, 1.1),
            (0.0, 1e-3, 1.5),
            (1.0, 1e-12, 1.7),
            (1.0, 1e-6, 1.8),
            (1.0, 1e-4, 1.7),
            (1.0, 1e-3, 1.7),
        ];
        for (thick, r, most) in sets {
            let mut follower = from_a_set(&middle, [r, thick * r]);
            follower.run();
            let wide = follower.spikes;
            assert!(!wide.is_empty() && (r > 1e-6 || wide.len() == 10), "{r}: {} spikes", wide.len());
            let mut farthest = vec![0.0f64; wide.len()];
            for (x, y) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0), (0.0, 1.0), (-1.0, 0.0), (0.3, -0.7)] {
                let (narrow, until) = follow(&problem(v + r * x, u + thick * r * y), Reading::Binary);
                assert_eq!(until, 200.0);
                for (i, (set, one)) in wide.iter().zip(&narrow).enumerate() {
                    let off = set.error_of(one.time) + one.rest;
                    // The corners are rounded to half an ulp of v, 7e-15.
                    let allowed = set.radius * (1.0 + 7.2e-15 / r) + one.radius;
                    assert!(off.abs() <= allowed, "{thick}, {r}, ({x}, {y}), spike {i}: {off:e} {allowed:e}");
                    farthest[i] = farthest[i].max(off.abs());
                }
            }
            let widest = wide.iter().zip(&farthest).map(|(set, far)| set.radius / far).fold(1.0, f64::max);
            assert!(widest < most, "{thick} {r}: {widest}");
        }
    }

    /// Up the upstroke, to 0.1 ms before the first spike: solutions from the ends of a segment part by the first order and by a
    /// second that is larger on one side, where without q the end would be outside.
    #[test]
    fn the_second_order_is_in_the_set() {
        let (v, u) = (-65.0, -13.0);
        let whole = problem(v, u);
        let duration = follow(&whole, Reading::Binary).0[0].time - 0.1;
        let stop = |problem: Problem| Problem { duration, ..problem };
        let middle = stop(whole);
        for r in [1e-6, 1e-4, 1e-3] {
            let mut set = from_a_set(&middle, [r, 0.0]);
            assert_eq!(set.run(), duration);
            let sides = [-r, r].map(|shift| {
                let end = stop(problem(v + shift, u));
                let mut one = from_a_set(&end, [0.0; 2]);
                assert_eq!(one.run(), duration);
                let apart = (one.point[0] - set.point[0]).to_f64().abs();
                let allowed = set.set.along_outward([1.0, 0.0]) * (1.0 + 7.2e-15 / r);
                assert!(apart <= allowed && allowed < (1.0 + 1e3 * r) * apart, "{r}: {apart:e} {allowed:e}");
                apart
            });
            // More than the first order by itself, which is between the two.
            let first = 0.5 * (sides[0] + sides[1]);
            assert!(sides[1] > first * (1.0 + 0.01 * r), "{sides:?}");
        }
    }

    /// From 10 mV below the peak: the way is so short that the second order is that of the crossing, T² W W'/W' over T: of two
    /// ends the lower one is later than the first order says, and outside if z' were taken as that of y.
    #[test]
    fn the_bend_of_the_crossing_is_in_the_interval() {
        for r in [1e-3, 1e-2, 1e-1] {
            let middle = problem(20.0, -13.0);
            let mut set = from_a_set(&middle, [r, 0.0]);
            assert!(set.advance().is_some() && set.spikes.len() == 1, "{r}");
            let wide = set.spikes[0];
            for shift in [-r, r] {
                let one = follow(&problem(20.0 + shift, -13.0), Reading::Binary).0[0];
                let off = (wide.error_of(one.time) + one.rest).abs();
                assert!(off <= wide.radius * (1.0 + 7.2e-15 / r), "{r}: {off:e} {wide:?}");
                assert!(wide.radius < off * (1.0 + 2.0 * r), "{r}: {off:e} {wide:?}");
            }
        }
    }
}
