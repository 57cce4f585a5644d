//! The normalised system and its input, in double-double: the problem a solution is held against.
//!
//! Formulas as in `taylor/system.rs`; numbers as [`Reading`] takes them. Each value comes with a radius that holds its
//! rounding errors.

use crate::{Problem, Stimulus};

use super::double_double::{DoubleDouble, OPERATION, UP};
use super::reading::Reading;
use super::sine::sin_cos;

/// More than the relative error of any parameter or short sum of products, by its terms' sizes: 16 operations.
const ROUNDING: f64 = 16.0 * OPERATION;

/// A number and how far it may be off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ball {
    pub(crate) value: DoubleDouble,
    pub(crate) radius: f64,
}

/// Σ xᵢ yᵢ with a radius for its roundings.
fn dot(terms: &[(DoubleDouble, DoubleDouble)]) -> Ball {
    let (mut value, mut size) = (DoubleDouble::ZERO, 0.0);
    for (x, y) in terms {
        value = value + *x * *y;
        size += (x.high * y.high).abs();
    }
    Ball { value, radius: ROUNDING * size }
}

/// The smooth piece of the input that a step lies on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PieceOfInput {
    piece: Option<usize>,
    oscillates: bool,
}

/// Constants of the normalised system and the pieces of its input.
#[derive(Clone, Debug)]
pub(crate) struct ExactSystem<'a> {
    stimulus: &'a Stimulus,
    reading: Reading,
    pub(crate) alpha: DoubleDouble,
    pub(crate) beta: DoubleDouble,
    constant: Ball,
    pub(crate) peak: Ball,
    pub(crate) reset: Ball,
    pub(crate) jump: Ball,
    pub(crate) k2: DoubleDouble,
    half_k1: DoubleDouble,
    k0: DoubleDouble,
}

impl<'a> ExactSystem<'a> {
    pub(crate) fn new(problem: &'a Problem, reading: Reading) -> Self {
        let n = &problem.neuron;
        let number = |x| reading.number(x);
        let one = DoubleDouble::from(1.0);
        let (k2, k0, a) = (number(n.k2), number(n.k0), number(n.a));
        let half_k1 = number(n.k1).times(0.5);
        let (alpha, beta) = (a * number(n.leak), a * number(n.b));
        let constant =
            dot(&[(beta, half_k1), (-(a * k2), number(n.b0)), (alpha, k2 * k0), (alpha, -(half_k1 * half_k1))]);
        ExactSystem {
            stimulus: &problem.stimulus,
            reading,
            alpha,
            beta,
            constant,
            peak: dot(&[(k2, number(n.peak)), (half_k1, one)]),
            reset: dot(&[(k2, number(n.c)), (half_k1, one)]),
            jump: dot(&[(k2, number(n.d))]),
            k2,
            half_k1,
            k0,
        }
    }

    /// W of a potential \[mV\].
    pub(crate) fn w(&self, v: DoubleDouble) -> Ball {
        dot(&[(self.k2, v), (self.half_k1, DoubleDouble::from(1.0))])
    }

    /// K of a recovery variable \[mV/ms\] under `input`.
    pub(crate) fn k(&self, u: DoubleDouble, input: Ball) -> Ball {
        let k = dot(&[(self.k2, self.k0), (self.k2, input.value), (-self.k2, u), (-self.half_k1, self.half_k1)]);
        Ball { radius: k.radius + self.k2.high * input.radius, ..k }
    }

    /// The number an f64 of the problem stands for.
    pub(crate) fn number(&self, x: f64) -> DoubleDouble {
        self.reading.number(x)
    }

    /// The piece of the input after the time `t` \[ms\], an f64 as the solver sees it.
    pub(crate) fn piece_of(&self, t: f64) -> PieceOfInput {
        PieceOfInput {
            piece: self.stimulus.pieces().partition_point(|p| p.start <= t).checked_sub(1),
            oscillates: self.stimulus.sinusoid().is_some_and(|s| s.start <= t),
        }
    }

    /// Taylor coefficients of I about `t` on a piece, into `series`; returns a radius for all of them, and how many are not
    /// zero.
    fn input(&self, on: PieceOfInput, t: DoubleDouble, series: &mut [DoubleDouble]) -> (f64, usize) {
        series.fill(DoubleDouble::ZERO);
        let (mut radius, mut length) = (0.0, 1);
        if let Some(index) = on.piece {
            let p = self.stimulus.pieces()[index];
            series[0] = self.number(p.value);
            radius = ROUNDING * p.value.abs();
            if p.slope != 0.0 {
                let slope = self.number(p.slope);
                series[0] = series[0] + slope * (t - self.number(p.start));
                radius += ROUNDING * p.slope.abs() * (1.0 + t.high.abs() + p.start.abs());
                if let Some(first) = series.get_mut(1) {
                    (*first, length) = (slope, 2);
                }
            }
        }
        if let Some(s) = self.stimulus.sinusoid().filter(|_| on.oscillates) {
            let omega = self.number(s.omega);
            let (sin, cos) = sin_cos(omega * (t - self.number(s.start)) + self.number(s.phase));
            let cycle = [sin, cos, -sin, -cos];
            let mut scale = self.number(s.amplitude);
            for (n, c) in series.iter_mut().enumerate() {
                *c = *c + scale * cycle[n % 4];
                scale = (scale * omega).over((n + 1) as f64);
            }
            let angle = s.omega.abs() * (t.high.abs() + s.start.abs()) + s.phase.abs();
            // The largest coefficient is below amplitude · e^ω.
            radius += ROUNDING * s.amplitude.abs() * s.omega.abs().exp() * (4.0 + 2.0 * angle);
            length = series.len();
        }
        (radius, length)
    }

    /// Largest |ω| of the input \[1/ms\]: how fast its Taylor coefficients fall.
    pub(crate) fn input_rate(&self) -> f64 {
        self.stimulus.sinusoid().map_or(0.0, |s| s.omega.abs())
    }

    /// A bound of |E_n| hⁿ from the sinusoid, k2 A (ω + α) (ω h)ⁿ/n!.
    pub(crate) fn source_bound(&self, n: usize, h: f64) -> f64 {
        self.stimulus.sinusoid().map_or(0.0, |s| {
            let omega = s.omega.abs();
            let first = self.k2.high * s.amplitude.abs() * (omega + self.alpha.high.abs());
            (1..=n).fold(first, |term, i| term * (omega * h / i as f64)) * UP
        })
    }

    /// I and I' at `t` from one side, as [`PieceOfInput`] says.
    fn input_and_slope(&self, on: PieceOfInput, t: DoubleDouble) -> [Ball; 2] {
        let mut series = [DoubleDouble::ZERO; 2];
        let (radius, _) = self.input(on, t, &mut series);
        series.map(|value| Ball { value, radius })
    }

    /// I at `t` \[mV/ms\].
    pub(crate) fn input_at(&self, on: PieceOfInput, t: DoubleDouble) -> Ball {
        self.input_and_slope(on, t)[0]
    }

    /// Taylor coefficients of E about `t`: E_n = k2 (n+1) I_{n+1} + α k2 I_n + \[n = 0\] constant.
    pub(crate) fn source(&self, on: PieceOfInput, t: DoubleDouble, source: &mut Source) {
        let mut input = [DoubleDouble::ZERO; super::flow::ORDER + 2];
        let terms = if on.oscillates { source.terms.len() + 1 } else { 3 };
        let (radius, length) = self.input(on, t, &mut input[..terms]);
        let decay = self.alpha * self.k2;
        source.length = length.min(source.terms.len());
        for (n, e) in source.terms[..source.length].iter_mut().enumerate() {
            *e = (self.k2 * input[n + 1]).times((n + 1) as f64) + decay * input[n];
        }
        source.terms[0] = source.terms[0] + self.constant.value;
        // Coefficient n carries the radius of I_n, of (n + 1) I_{n+1}, and of its own three operations.
        let largest = input[..terms].iter().fold(0.0f64, |m, x| m.max(x.high.abs()));
        source.radius = (source.terms.len() as f64 * self.k2.high + decay.high.abs()) * (radius + ROUNDING * largest)
            + self.constant.radius
            + ROUNDING * self.constant.value.high.abs();
    }

    /// The effect on (W, K) of the jump between two pieces that the solver makes at the f64 `t`, at that time.
    ///
    /// The time the f64 stands for may be `shift` earlier: exactly, W then gains k2 ΔI · shift and K, beside k2 ΔI, gains
    /// k2 ΔI' · shift, to second order in a shift of half an ulp.
    pub(crate) fn jump_of_input(&self, before: PieceOfInput, after: PieceOfInput, t: f64, w: f64) -> [Ball; 2] {
        let exact = self.number(t);
        let shift = (DoubleDouble::from(t) - exact).to_f64();
        let (from, to) = (self.input_and_slope(before, exact), self.input_and_slope(after, exact));
        let [value, slope] = [0, 1].map(|i| Ball {
            value: self.k2 * (to[i].value - from[i].value),
            radius: self.k2.high * (to[i].radius + from[i].radius)
                + ROUNDING * self.k2.high * (to[i].value.high.abs() + from[i].value.high.abs()),
        });
        let (size, rate) = (value.value.high.abs(), slope.value.high.abs());
        let second_order =
            (size * (1.0 + 2.0 * w.abs() + self.beta.high.abs() + self.alpha.high.abs()) + rate) * shift * shift;
        [
            Ball { value: value.value.times(shift), radius: 2.0 * second_order + OPERATION * size },
            Ball {
                value: value.value + slope.value.times(shift),
                radius: value.radius + 2.0 * second_order + slope.radius * shift.abs(),
            },
        ]
    }
}

/// The Taylor coefficients of E about the start of a step.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) terms: [DoubleDouble; super::flow::ORDER + 1],
    /// How many are not zero.
    pub(crate) length: usize,
    /// Of every coefficient.
    pub(crate) radius: f64,
}

impl Source {
    pub(crate) fn new() -> Self {
        Source { terms: [DoubleDouble::ZERO; super::flow::ORDER + 1], length: 0, radius: 0.0 }
    }

    /// (E, E') after `h` \[ms\], to f64.
    pub(crate) fn after(&self, h: f64) -> (f64, f64) {
        self.terms[..self.length]
            .iter()
            .rev()
            .fold((0.0, 0.0), |(value, slope), e| (value * h + e.high, slope * h + value))
    }
}
