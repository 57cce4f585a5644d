//! The normalised system and its input, in double-double: the problem a solution is held against.
//!
//! Formulas as in `model::normal_form`; numbers as [`Reading`] takes them. Each value comes with a radius that holds its
//! rounding errors.

use std::borrow::Cow;

use crate::model::arithmetic::{Ball, DoubleDouble, UP, sin_cos};
use crate::{Problem, Stimulus};

use super::reading::Reading;

/// Order of the series: one piece is then enough for a step of the Taylor solver at its tightest, whose terms fall by 0.3 each.
pub(crate) const ORDER: usize = 48;
pub(crate) const TERMS: usize = ORDER + 1;

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
    /// Start, value and slope of every piece of the input.
    pieces: Cow<'a, [[Ball; 3]]>,
    /// Start, amplitude, angular frequency and phase of its sinusoid.
    sinusoid: Option<[Ball; 4]>,
    /// v and u at the start \[mV\], \[mV/ms\].
    initial: [Ball; 2],
    pub(crate) alpha: Ball,
    pub(crate) beta: Ball,
    constant: Ball,
    pub(crate) peak: Ball,
    pub(crate) reset: Ball,
    pub(crate) jump: Ball,
    k2: Ball,
    half_k1: Ball,
    /// K of a neuron with u = 0 and no input, k2 k0 − k1²/4 \[1/ms²\].
    at_zero: Ball,
}

impl<'a> ExactSystem<'a> {
    pub(crate) fn new(problem: &'a Problem, reading: Reading<'_>) -> Self {
        let Problem { neuron: n, stimulus, initial, .. } = problem;
        let number = |name, x| reading.named(name, x).exact();
        let (k2, k0, a) = (number("k2", n.k2), number("k0", n.k0), number("a", n.a));
        let half_k1 = number("k1", n.k1).times(0.5);
        let (alpha, beta) = (a * number("leak", n.leak), a * number("b", n.b));
        let at_zero = k2 * k0 - half_k1 * half_k1;
        let of_input = |x| reading.number(x);
        let typed = if reading == Reading::Binary { (None, None) } else { stimulus.exact() };
        let pieces = || stimulus.pieces().iter().map(|p| [p.start, p.value, p.slope].map(of_input)).collect();
        let sinusoid = stimulus.sinusoid().map(|s| [s.start, s.amplitude, s.omega, s.phase].map(of_input));
        ExactSystem {
            stimulus,
            pieces: typed.0.map_or_else(|| Cow::Owned(pieces()), Cow::Borrowed),
            sinusoid: typed.1.or(sinusoid),
            initial: [number("v0", initial.v), number("u0", initial.u)],
            alpha,
            beta,
            constant: beta * half_k1 - a * k2 * number("b0", n.b0) + alpha * at_zero,
            peak: k2 * number("peak", n.peak) + half_k1,
            reset: k2 * number("c", n.c) + half_k1,
            jump: k2 * number("d", n.d),
            k2,
            half_k1,
            at_zero,
        }
    }

    /// W of a potential \[mV\].
    pub(crate) fn w(&self, v: Ball) -> Ball {
        self.k2 * v + self.half_k1
    }

    /// K of a recovery variable \[mV/ms\] under `input`.
    pub(crate) fn k(&self, u: Ball, input: Ball) -> Ball {
        self.k2 * (input - u) + self.at_zero
    }

    /// (W, K) where the problem starts, before the reset of a spike at once.
    pub(crate) fn start(&self) -> [Ball; 2] {
        let [v, u] = self.initial;
        [self.w(v), self.k(u, self.input_at(self.piece_of(0.0), Ball::exact(0.0)))]
    }

    /// The piece of the input after the time `t` \[ms\], an f64 as the solver sees it.
    pub(crate) fn piece_of(&self, t: f64) -> PieceOfInput {
        PieceOfInput {
            piece: self.stimulus.pieces().partition_point(|p| p.start <= t).checked_sub(1),
            oscillates: self.stimulus.sinusoid().is_some_and(|s| s.start <= t),
        }
    }

    /// Taylor coefficients of I about `t` on a piece, into `series`; returns how many are not zero.
    fn input(&self, on: PieceOfInput, t: Ball, series: &mut [Ball]) -> usize {
        series.fill(Ball::exact(0.0));
        let mut length = 1;
        if let Some(index) = on.piece {
            let [start, value, slope] = self.pieces[index];
            series[0] = value;
            if slope.size() != 0.0 {
                series[0] = value + slope * (t - start);
                if let Some(first) = series.get_mut(1) {
                    (*first, length) = (slope, 2);
                }
            }
        }
        if let Some([start, amplitude, omega, phase]) = self.sinusoid.filter(|_| on.oscillates) {
            let (sin, cos) = sin_cos(omega * (t - start) + phase);
            let cycle = [sin, cos, -sin, -cos];
            let mut scale = amplitude;
            for (n, c) in series.iter_mut().enumerate() {
                *c = *c + scale * cycle[n % 4];
                scale = (scale * omega).over((n + 1) as f64);
            }
            length = series.len();
        }
        length
    }

    /// Largest |ω| of the input \[1/ms\]: how fast its Taylor coefficients fall.
    pub(crate) fn input_rate(&self) -> f64 {
        self.stimulus.sinusoid().map_or(0.0, |s| s.omega.abs() * UP)
    }

    /// A bound of |E_n| hⁿ from the sinusoid, k2 A (ω + α) (ω h)ⁿ/n!.
    pub(crate) fn source_bound(&self, n: usize, h: f64) -> f64 {
        self.stimulus.sinusoid().map_or(0.0, |s| {
            let omega = self.input_rate();
            let first = self.k2.size() * s.amplitude.abs() * (omega + self.alpha.size());
            (1..=n).fold(first, |term, i| term * (omega * h / i as f64)) * UP
        })
    }

    /// The input at `t` \[mV/ms\], on the piece `on`.
    pub(crate) fn input_at(&self, on: PieceOfInput, t: Ball) -> Ball {
        let mut series = [Ball::exact(0.0); 1];
        self.input(on, t, &mut series);
        series[0]
    }

    /// Taylor coefficients of E about `t`: E_n = k2 (n+1) I_{n+1} + α k2 I_n + \[n = 0\] constant.
    pub(crate) fn source(&self, on: PieceOfInput, t: DoubleDouble, source: &mut Source) {
        // Without slope or sinusoid the series is the same all along a piece.
        if source.length == 1 && source.on == Some(on) {
            return;
        }
        source.on = Some(on);
        let mut input = [Ball::exact(0.0); ORDER + 2];
        let terms = if on.oscillates { ORDER + 2 } else { 3 };
        let length = self.input(on, Ball::exact(t), &mut input[..terms]);
        source.length = length.min(source.terms.len());
        let decay = self.alpha * self.k2;
        for (n, e) in source.terms[..source.length].iter_mut().enumerate() {
            *e = (self.k2 * input[n + 1]).times((n + 1) as f64) + decay * input[n];
        }
        source.terms[0] = source.terms[0] + self.constant;
    }

    /// The time at which the input goes from one piece to the next, which the solver does at the f64 `t`: if both a piece and the
    /// sinusoid start then, both times.
    fn exact_time(&self, before: PieceOfInput, after: PieceOfInput, t: f64) -> Ball {
        let piece = after.piece.filter(|_| after.piece != before.piece).map(|index| self.pieces[index][0]);
        let onset = self.sinusoid.filter(|_| after.oscillates != before.oscillates).map(|[start, ..]| start);
        match (piece, onset) {
            (Some(a), Some(b)) => a.widened((a - b).size()),
            (a, b) => a.or(b).unwrap_or(Ball::exact(t)),
        }
    }

    /// By how much the breakpoint of the input at `t`, an f64, can be off what it stands for \[ms\].
    pub(crate) fn shift(&self, on: PieceOfInput, t: f64) -> f64 {
        (Ball::exact(t) - self.exact_time(on, self.piece_of(t), t)).size()
    }

    /// The effect on (W, K) of the jump between two pieces that the solver makes at the f64 `t`, at that time.
    ///
    /// The time the f64 stands for may be `shift` earlier: exactly, W then gains k2 ΔI · shift and K, beside k2 ΔI, gains
    /// k2 ΔI' · shift. The second order: with V ≥ k2 |ΔI| during the shift, the W of both ways differ by at most 1.01 V shift and
    /// their u by β times that times shift, so that W is off by less than V (2.1 |W| + β) shift² and by what ΔI changes.
    pub(crate) fn jump_of_input(&self, before: PieceOfInput, after: PieceOfInput, t: f64, w: f64) -> [Ball; 2] {
        let exact = self.exact_time(before, after, t);
        let shift = Ball::exact(t) - exact;
        let change = |series: &mut [Ball; 2], on| {
            self.input(on, exact, series);
        };
        let (mut from, mut to) = ([Ball::exact(0.0); 2], [Ball::exact(0.0); 2]);
        change(&mut from, before);
        change(&mut to, after);
        let [value, slope] = [0, 1].map(|i| self.k2 * (to[i] - from[i]));
        let rates = 4.0 * (1.0 + w.abs()) + 2.0 * self.beta.size();
        let bend = self.stimulus.sinusoid().map_or(0.0, |s| s.amplitude.abs() * s.omega * s.omega) * self.k2.size();
        let second_order =
            ((value.size() + bend) * rates + 2.0 * (slope.size() + bend)) * shift.size() * shift.size() * UP;
        [(value * shift).widened(second_order), (value + slope * shift).widened(second_order)]
    }
}

/// The Taylor coefficients of E about the start of a step.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) terms: [Ball; ORDER + 1],
    /// The number of coefficients, from the first on, that can differ from zero.
    pub(crate) length: usize,
    on: Option<PieceOfInput>,
}

impl Source {
    pub(crate) fn new() -> Self {
        Source { terms: [Ball::exact(0.0); ORDER + 1], length: 0, on: None }
    }

    /// The Taylor coefficient E_n of the forcing.
    pub(crate) fn term(&self, n: usize) -> Ball {
        if n < self.length { self.terms[n] } else { Ball::exact(0.0) }
    }

    /// Bounds of |E| and |E'| over `h` \[ms\]; infinite where the series does not fall fast enough beyond its end.
    pub(crate) fn sup(&self, system: &ExactSystem, h: f64) -> [f64; 2] {
        let (value, slope) = self.terms[..self.length]
            .iter()
            .rev()
            .fold((0.0, 0.0), |(value, slope), e| (value * h + e.size(), slope * h + value));
        if self.length <= 2 {
            return [value * UP, slope * UP];
        }
        // Beyond the last term the bounds fall by ω h/(n + 1) each, and those of the slope by ω h/n.
        let rate = system.input_rate();
        if rate * h > 0.4 * ORDER as f64 {
            return [f64::INFINITY; 2];
        }
        let last = 2.0 * system.source_bound(ORDER, h);
        [(value + last) * UP, (slope + rate * last) * UP]
    }

    /// (E, E') after `h` \[ms\], to f64.
    pub(crate) fn after(&self, h: f64) -> (f64, f64) {
        self.terms[..self.length]
            .iter()
            .rev()
            .fold((0.0, 0.0), |(value, slope), e| (value * h + e.to_f64(), slope * h + value))
    }
}
