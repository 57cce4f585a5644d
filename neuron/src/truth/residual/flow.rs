//! The exact flow of one step: Taylor series of W and K in double-double, with radii.
//!
//! A step of a solver is cut into pieces short enough for order 48 to leave 1e-24 of W and K; each piece is one series. Every
//! coefficient carries a radius for its rounding errors and those it inherits, every sum one for its own, and [`tails`] bounds
//! what the series leaves out: the result is a ball that holds the flow of the exact system from the exact state before.
//! Bounds of rounding are computed in f64 and rounded up by a factor ([`UP`]), not by directed rounding.

use crate::model::arithmetic::{Ball, DoubleDouble, OPERATION, Splits, UP, two_product};
use crate::model::taylor_series::MAX_ORDER;
use crate::truth::error_set::Matrix;
use crate::truth::taylor::event;

use super::jacobian::jacobian;
use super::system::{ExactSystem, ORDER, PieceOfInput, Source, TERMS};
use super::tail::{Rates, tails};

/// Coefficients from here on are computed in f64. Where the last terms are at 2⁻⁸⁰, the 20th is below 2⁻⁴⁰ of the sum, so that
/// this costs 2⁻⁹³; the radii count it.
const ROUNDED: usize = 20;

/// The size of the last terms relative to W and K: eight digits below the rounding of the best f64 solver, so that a residual
/// keeps eight. A smaller one costs shorter pieces and shows in nothing.
const LOG2_TOLERANCE: f64 = -80.0;

/// Added to every radius of a coefficient: above what underflow can do to it, some hundred operations of 2⁻¹⁰⁷⁴ each.
const FLOOR: f64 = 1e-300;

/// Radii and tails of a shorter piece are those of this length \[ms\]: its 48th power does not underflow.
const SHORTEST: f64 = 1e-6;

/// Most pieces of one step; a step that needs more is no step of a sensible solver.
const MOST_PIECES: usize = 1000;

/// A state of the exact flow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub(crate) w: Ball,
    pub(crate) k: Ball,
}

/// Where a step is taken from, and how far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) start: DoubleDouble,
    pub(crate) length: DoubleDouble,
    pub(crate) on: PieceOfInput,
    /// How far W may be off when the peak is looked for \[1/ms\].
    pub(crate) margin: f64,
}

/// The end of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    pub(crate) end: Position,
    /// The time of the end minus that of the solver's step \[ms\]: 0 but for a crossing.
    pub(crate) late: Ball,
    /// ∂(W, K) at the end by ∂(W, K) at the start.
    pub(crate) jacobian: Matrix,
    /// (E, E') at the end.
    pub(crate) source: (f64, f64),
}

/// The exact flow of single steps, with the memory for one series.
#[derive(Clone, Debug)]
pub(crate) struct ExactFlow {
    forwards: Splits<TERMS>,
    backwards: Splits<TERMS>,
    w: [DoubleDouble; TERMS],
    k: [DoubleDouble; TERMS],
    w_radius: [f64; TERMS],
    k_radius: [f64; TERMS],
    /// W_n hⁿ and K_n hⁿ to f64, at the length last used.
    pub(crate) w_terms: [f64; TERMS],
    pub(crate) k_terms: [f64; TERMS],
    pub(crate) source: Source,
}

impl ExactFlow {
    pub(crate) fn new() -> Self {
        let zero = [DoubleDouble::ZERO; TERMS];
        ExactFlow {
            forwards: Splits::ZERO,
            backwards: Splits::ZERO,
            w: zero,
            k: zero,
            w_radius: [0.0; TERMS],
            k_radius: [0.0; TERMS],
            w_terms: [0.0; TERMS],
            k_terms: [0.0; TERMS],
            source: Source::new(),
        }
    }

    /// Follows the flow over a step without a spike. `None` where it cannot be followed, or meets the peak.
    pub(crate) fn step(&mut self, system: &ExactSystem, stretch: Stretch, from: Position) -> Option<Arrival> {
        let level = system.peak.to_f64() - stretch.margin;
        self.follow(system, stretch, from, |flow, h, end, last| {
            let slope = end.w.value.high * end.w.value.high + end.k.value.high;
            let near = flow.first_crossing(end, level).is_some() || end.w.value.high >= level;
            // The end of a step may touch the peak within the margin, on the way up: the spike is the next step's.
            (!near || (last && slope > 0.0 && end.w.value.high <= system.peak.to_f64() + stretch.margin))
                .then_some((h, end))
        })
    }

    /// Follows the flow over a step that ends in a spike, up to the crossing of the peak.
    pub(crate) fn spike(&mut self, system: &ExactSystem, stretch: Stretch, from: Position) -> Option<Arrival> {
        let peak = system.peak.to_f64();
        self.follow(system, stretch, from, |flow, h, end, last| {
            if !last {
                let crosses = end.w.value.high >= peak || flow.first_crossing(end, peak).is_some();
                return (!crosses).then_some((h, end));
            }
            let (x, at) = flow.crossing(system, h)?;
            // No earlier crossing: the first one of the f64 polynomial is this one, to its rounding and Newton's.
            let early = flow.first_crossing(at, peak).is_some_and(|part| part < 1.0 - 1e-6);
            (!early).then_some((x, at))
        })
    }

    /// Piece by piece to the end; `judge` takes a piece's length and end, and returns the ones to go on with.
    fn follow(
        &mut self,
        system: &ExactSystem,
        stretch: Stretch,
        from: Position,
        judge: impl Fn(&mut Self, DoubleDouble, Position, bool) -> Option<(DoubleDouble, Position)>,
    ) -> Option<Arrival> {
        // Searches for the peak by halving would not end on numbers that are none.
        if !(stretch.margin.is_finite() && from.w.to_f64().is_finite() && from.k.to_f64().is_finite()) {
            return None;
        }
        let mut here = from;
        let (mut passed, mut matrix) = (DoubleDouble::ZERO, None::<Matrix>);
        for _ in 0..MOST_PIECES {
            let left = stretch.length - passed;
            let time = stretch.start + passed;
            self.expand(system, stretch.on, time, here);
            let reach = self.reach(system);
            if !(reach > 0.0 && left.high > 0.0) {
                return None;
            }
            let pieces = (left.high / reach).ceil().max(1.0);
            let last = pieces == 1.0;
            let h = if last { left } else { DoubleDouble::from(left.high / pieces) };
            let end = self.at(system, h);
            let known = end.w.radius.is_finite() && end.k.radius.is_finite();
            if !(known && end.w.to_f64().is_finite() && end.k.to_f64().is_finite()) {
                return None;
            }
            let (h, end) = judge(self, h, end, last)?;
            let piece = jacobian(&self.w_terms, h.high, system.alpha.to_f64(), system.beta.to_f64());
            matrix = Some(matrix.map_or(piece, |before| product(&piece, &before)));
            (passed, here) = (passed + h, end);
            if last {
                let (w, k) = (here.w.value.high, here.k.value.high);
                let source = self.source.after(h.high);
                // Whoever asks for the crossing takes W = peak for granted and the radius in its time.
                let slope = w * w + k;
                let late = Ball { value: passed - stretch.length, radius: 2.0 * here.w.radius / slope.abs() };
                return Some(Arrival { end: here, late, jacobian: matrix?, source });
            }
        }
        None
    }

    /// The series about a position.
    pub(crate) fn expand(&mut self, system: &ExactSystem, on: PieceOfInput, time: DoubleDouble, from: Position) {
        system.source(on, time, &mut self.source);
        (self.w[0], self.w_radius[0]) = (from.w.value, from.w.radius);
        (self.k[0], self.k_radius[0]) = (from.k.value, from.k.radius);
        let (alpha, beta) = (system.alpha.size(), system.beta.size());
        for n in 0..ORDER {
            let (w, k) = (self.w[n], self.k[n]);
            let (w_radius, k_radius) = (self.w_radius[n], self.k_radius[n]);
            self.forwards.set(n, w, w_radius);
            self.backwards.set(ORDER - n, w, w_radius);
            // Pairs come twice, the middle term of an even n once.
            let half = n.div_ceil(2);
            let (middle, r) =
                if n % 2 == 0 { (self.w[n / 2], self.w_radius[n / 2]) } else { (DoubleDouble::ZERO, 0.0) };
            let e = self.source.term(n);
            let divisor = (n + 1) as f64;
            let (dot, rounding);
            if n < ROUNDED {
                dot = self.forwards.dot(0, &self.backwards, ORDER - n, half);
                // Sums of up to four highs: 36 u² of their sizes, and the division.
                rounding = 8.0 * OPERATION;
                let (square, lost) = two_product(middle.high, middle.high);
                let rest = 2.0 * dot.value.low + (lost + 2.0 * middle.high * middle.low) + k.low;
                self.w[n + 1] = DoubleDouble::sum_of([2.0 * dot.value.high, square, k.high], rest).over(divisor);
                let (beta, alpha) = (-system.beta.value, -system.alpha.value);
                let ((by_w, w_lost), (by_k, k_lost)) =
                    (two_product(beta.high, w.high), two_product(alpha.high, k.high));
                let w_rest = w_lost + (beta.high * w.low + beta.low * w.high);
                let k_rest = k_lost + (alpha.high * k.low + alpha.low * k.high);
                let rest = e.value.low + (w_rest + k_rest);
                self.k[n + 1] = DoubleDouble::sum_of([e.value.high, by_w, by_k], rest).over(divisor);
            } else {
                dot = self.forwards.rounded_dot(0, &self.backwards, ORDER - n, half);
                rounding = 4.0 * f64::EPSILON;
                let sum = 2.0 * dot.value.high + middle.high * middle.high + k.high;
                let rate = e.value.high - (system.beta.value.high * w.high + system.alpha.value.high * k.high);
                (self.w[n + 1], self.k[n + 1]) = ((sum / divisor).into(), (rate / divisor).into());
            }
            let size = 2.0 * dot.size + middle.high * middle.high + k.high.abs();
            let spread = 2.0 * dot.radius + r * (2.0 * middle.high.abs() + r) + k_radius;
            self.w_radius[n + 1] = (spread + rounding * size) / divisor * UP + FLOOR;
            let sizes = e.value.high.abs() + beta * w.high.abs() + alpha * k.high.abs();
            let inherited = beta * w_radius
                + system.beta.radius * w.high.abs()
                + alpha * k_radius
                + system.alpha.radius * k.high.abs()
                + e.radius;
            self.k_radius[n + 1] = (inherited + rounding * sizes) / divisor * UP + FLOOR;
        }
    }

    /// The largest coefficient of W and K.
    pub(crate) fn largest(&self) -> f64 {
        self.w.iter().chain(&self.k).map(|c| c.high.abs()).fold(0.0, f64::max)
    }

    /// The length \[ms\] at which the last terms reach the tolerance, within what keeps rounding from growing.
    pub(crate) fn reach(&self, system: &ExactSystem) -> f64 {
        let (w, k) = (self.w[0].high.abs(), self.k[0].high.abs());
        let w_scale = w.max(k.sqrt()).max(1e-6 * (system.peak.to_f64() - system.reset.to_f64()));
        let k_scale = k.max(1e-3 * w_scale * w_scale);
        let log2_h = (ORDER - 2..=ORDER)
            .map(|n| {
                let size = (self.w[n].high.abs() / w_scale).max(self.k[n].high.abs() / k_scale);
                (LOG2_TOLERANCE - size.log2()) / n as f64
            })
            .fold(f64::INFINITY, f64::min);
        log2_h.exp2().min(4.0 / (2.0 * w + system.alpha.size()))
    }

    /// (W, K) at `h`.
    pub(crate) fn at(&mut self, system: &ExactSystem, h: DoubleDouble) -> Position {
        let x = h.high;
        let far = x.abs().max(SHORTEST);
        let (mut power, mut size) = (1.0, 1.0);
        let (mut w_sizes, mut k_sizes) = ([0.0; TERMS], [0.0; TERMS]);
        let (mut w_spread, mut k_spread) = (0.0, 0.0);
        for n in 0..TERMS {
            self.w_terms[n] = self.w[n].high * power;
            self.k_terms[n] = self.k[n].high * power;
            w_spread += self.w_radius[n] * size;
            k_spread += self.k_radius[n] * size;
            w_sizes[n] = (self.w[n].high.abs() + self.w_radius[n]) * size;
            k_sizes[n] = (self.k[n].high.abs() + self.k_radius[n]) * size;
            power *= x;
            size *= far;
        }
        let rates = Rates {
            alpha: system.alpha.size(),
            beta: system.beta.size(),
            source: if self.source.length > 2 { system.source_bound(ORDER, far) } else { 0.0 },
            rate: system.input_rate(),
        };
        let tail = tails(&w_sizes, &k_sizes, far, rates);
        let sum = |c: &[DoubleDouble; TERMS], sizes: &[f64; TERMS], spread: f64, tail: f64| {
            // The highest terms are so small that f64 is enough for them.
            let (mut first, mut high) = (TERMS, 0.0);
            while first > 1 && high + sizes[first - 1] < 1e-12 * sizes[0] {
                first -= 1;
                high += sizes[first];
            }
            let start = c[first..].iter().rev().fold(0.0, |sum, c| sum * x + c.high);
            let value = c[..first].iter().rev().fold(DoubleDouble::from(start), |sum, c| sum * h + *c);
            // Two operations a term on partial sums that together are below Σ (n + 1) |c_n| hⁿ.
            let partial: f64 = sizes[..first].iter().enumerate().map(|(n, s)| (n + 1) as f64 * s).sum();
            let radius = spread
                + tail
                + 4.0 * OPERATION * (partial + high * first as f64)
                + f64::EPSILON * 2.0 * TERMS as f64 * high;
            Ball { value, radius: radius * UP }
        };
        Position { w: sum(&self.w, &w_sizes, w_spread, tail[0]), k: sum(&self.k, &k_sizes, k_spread, tail[1]) }
    }

    /// The root of W = peak next to `h`, by Newton's method from there, and the position at it.
    pub(crate) fn crossing(&mut self, system: &ExactSystem, h: DoubleDouble) -> Option<(DoubleDouble, Position)> {
        let mut x = h;
        for _ in 0..12 {
            let mut at = self.at(system, x);
            let (w, k) = (at.w.value.high, at.k.value.high);
            let slope = w * w + k;
            let error = at.w.value - system.peak.value;
            let shift = error.to_f64() / slope;
            // The series is good a little beyond the end; W' must be positive where v crosses from below.
            if !(slope > 0.0 && x.high > 0.0 && x.high < 1.5 * h.high && shift.is_finite()) {
                return None;
            }
            if shift.abs() <= 1e-26 * (1.0 + x.high) {
                at.w.radius += system.peak.radius + error.to_f64().abs();
                at.w.value = system.peak.value;
                return Some((x, at));
            }
            x = x - DoubleDouble::from(shift);
        }
        None
    }

    /// The first place, as a part of the piece, where W reaches `level`.
    pub(crate) fn first_crossing(&self, end: Position, level: f64) -> Option<f64> {
        let order = MAX_ORDER.min(ORDER);
        let terms = std::array::from_fn(|n| self.w_terms[n]);
        if terms[0] >= level {
            return Some(0.0);
        }
        event::first_crossing(&terms, order, end.w.value.high, level)
    }
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]))
}
