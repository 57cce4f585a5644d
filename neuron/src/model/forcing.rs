//! The forcing E(t) of the normal form, as Taylor series of the input.

use super::arithmetic::{DoubleDouble, UNIT_ROUNDOFF};
use super::normal_form::NormalForm;
use super::stimulus::{Piece, Side, Stimulus};
use super::taylor_series::{Coefficients, MAX_ORDER};
use super::typed::Typed;

/// A current that decays: `value` \[mV/ms\] at `start` \[ms\], at `rate` \[1/ms\]. It is an input beside the stimulus.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Decay {
    pub(crate) start: f64,
    pub(crate) value: f64,
    pub(crate) rate: f64,
}

impl Decay {
    /// The current at `t` \[ms\].
    #[inline(always)]
    pub(crate) fn at(&self, t: f64) -> f64 {
        if self.value == 0.0 { 0.0 } else { self.value * (self.rate * (self.start - t)).exp() }
    }
}

/// Taylor series of E about the start of a step, E_n = k2 (n+1) I_{n+1} + α k2 I_n + \[n = 0\] constant.
#[derive(Clone, Debug)]
pub(crate) struct Forcing<'a> {
    stimulus: &'a Stimulus,
    system: NormalForm,
    order: usize,
    /// How many coefficients are not zero by the kind of the input.
    length: usize,
    /// How many pieces of the input have begun.
    begun: usize,
    /// The sinusoid's A ωⁿ/n! with the signs of the derivatives of sin: +, +, −, −, …
    wave: Coefficients,
    /// The current of synapses, in a network.
    decay: Decay,
    /// Coefficients of E about the time of the last [`restart`](Self::restart).
    pub(crate) series: Coefficients,
    /// I and I' at the time of the last [`restart`](Self::restart) that changed the series \[mV/ms, mV/ms²\].
    pub(crate) level: [f64; 2],
    /// α k2 I and its derivative, of the linear part of the input, and α k2 A sin and cos of the sinusoid's phase.
    driven: [[f64; 2]; 2],
    /// The input is constant from `previous` to `next`, so that the series need not be computed again.
    pub(crate) constant: bool,
    /// The last time at or before the present one at which the input was not smooth \[ms\], −∞ if there is none.
    pub(crate) previous: f64,
    /// The next time at which it is not \[ms\], infinite if there is none.
    pub(crate) next: f64,
}

impl<'a> Forcing<'a> {
    /// The forcing of `system` by `stimulus`, with series up to `order`; [`restart`](Self::restart) gives the first of them.
    pub(crate) fn new(stimulus: &'a Stimulus, system: NormalForm, order: usize) -> Self {
        let zero = [0.0; MAX_ORDER + 1];
        let (previous, next) = (f64::INFINITY, f64::INFINITY);
        let mut wave = zero;
        if let Some(s) = stimulus.sinusoid() {
            let mut size = s.amplitude;
            for (n, c) in wave[..=order].iter_mut().enumerate() {
                *c = if n % 4 < 2 { size } else { -size };
                size *= s.omega / (n + 1) as f64;
            }
        }
        Forcing {
            stimulus,
            system,
            order,
            length: 1,
            begun: 0,
            wave,
            decay: Decay::default(),
            series: zero,
            level: [0.0; 2],
            driven: [[0.0; 2]; 2],
            constant: false,
            previous,
            next,
        }
    }

    /// With a current beside the stimulus, where about so many pieces of that have begun.
    pub(crate) fn with(mut self, decay: Decay, begun: usize) -> Self {
        (self.decay, self.begun) = (decay, begun.min(self.stimulus.pieces().len()));
        self
    }

    /// How many pieces of the input have begun.
    pub(crate) fn begun(&self) -> usize {
        self.begun
    }

    /// How many of the coefficients can differ from zero.
    #[inline]
    pub(crate) fn length(&self) -> usize {
        if self.constant { 1 } else { self.length }
    }

    /// The forcing E \[1/ms³\] at `h` \[ms\] after the start of the step.
    pub(crate) fn after(&self, h: f64) -> f64 {
        self.series[..self.length].iter().rev().fold(0.0, |sum, e| sum * h + e)
    }

    /// Σ |E_n| hⁿ: a bound of E over a step.
    pub(crate) fn bound(&self, h: f64) -> f64 {
        self.series[..self.length].iter().rev().fold(0.0, |sum, e| sum * h + e.abs())
    }

    /// Moves the series to `time`.
    #[inline]
    pub(crate) fn restart(&mut self, time: DoubleDouble) {
        if self.constant && self.previous <= time.high && time.high < self.next {
            return;
        }
        self.load(time);
    }

    fn load(&mut self, time: DoubleDouble) {
        let t = time.high;
        let (pieces, sinusoid) = (self.stimulus.pieces(), self.stimulus.sinusoid());
        if !(self.previous <= t && t < self.next) {
            // Most often the next piece begins.
            let begun = |n: usize| pieces.get(n).is_some_and(|p| p.start <= t);
            self.begun += usize::from(begun(self.begun));
            if begun(self.begun) || !(self.begun == 0 || begun(self.begun - 1)) {
                self.begun = pieces.partition_point(|p| p.start <= t);
            }
            let onset = sinusoid.map_or(f64::INFINITY, |s| s.start);
            let piece = self.begun.checked_sub(1).map_or(f64::NEG_INFINITY, |last| pieces[last].start);
            let after = pieces.get(self.begun).map_or(f64::INFINITY, |p| p.start);
            self.previous = if onset <= t { piece.max(onset) } else { piece };
            self.next = if onset > t { after.min(onset) } else { after };
        }
        let (value, slope) = match self.begun.checked_sub(1).map(|last| pieces[last]) {
            Some(p) => (p.value + p.slope * (t - p.start), p.slope),
            None => (0.0, 0.0),
        };
        let NormalForm { k2, alpha, constant, .. } = self.system;
        let wave = sinusoid.filter(|s| s.start <= t);
        (self.constant, self.length) = (wave.is_none() && slope == 0.0, 2);
        self.level = [value, slope];
        self.driven = [[k2 * alpha * value, k2 * alpha * slope], [0.0; 2]];
        let [linear, _] = self.driven;
        if let Some(s) = wave {
            self.length = self.order + 1;
            let (sin, cos) = (s.omega * (t - s.start) + s.phase).sin_cos();
            self.level = [value + s.amplitude * sin, slope + s.amplitude * s.omega * cos];
            // E = k2 (α I + I'): the n-th derivative of sin is ± sin or ± cos, and that of cos.
            let [by_sin, by_cos] = [k2 * alpha * sin, k2 * alpha * cos];
            self.driven[1] = [by_sin, by_cos];
            let by = [by_sin + k2 * s.omega * cos, by_cos - k2 * s.omega * sin];
            for (n, c) in self.series[..self.length].iter_mut().enumerate() {
                *c = self.wave[n] * by[n % 2];
            }
        } else {
            [self.series[0], self.series[1]] = [0.0; 2];
        }
        if self.decay.value != 0.0 {
            if wave.is_none() {
                self.series = [0.0; MAX_ORDER + 1];
            }
            (self.constant, self.length) = (false, self.order + 1);
            // E = k2 (α I + I'), and every derivative of I is −1/τ times the one before.
            let (current, rate) = (self.decay.at(t), self.decay.rate);
            (self.level[0], self.level[1]) = (self.level[0] + current, self.level[1] - rate * current);
            let mut term = k2 * (alpha - rate) * current;
            for (n, c) in self.series[..=self.order].iter_mut().enumerate() {
                *c += term;
                term *= -rate / (n + 1) as f64;
            }
        }
        self.series[0] += linear[0] + k2 * slope + constant;
        self.series[1] += linear[1];
        // The stimulus knows the time only as f64; the remainder moves it by a first-order shift.
        self.series[0] += self.series[1] * time.low;
    }

    /// Coefficients of the drive D = E − k2 I', the part of K' that neither W, K nor a change of the input makes.
    pub(crate) fn drive(&self) -> Coefficients {
        let [linear, wave] = self.driven;
        let mut drive = [0.0; MAX_ORDER + 1];
        for (n, c) in drive.iter_mut().enumerate() {
            *c = self.wave[n] * wave[n % 2];
        }
        drive[0] += linear[0] + self.system.constant;
        drive[1] += linear[1];
        drive
    }

    /// The jump of the input at `t`, the present [`next`](Self::next) \[mV/ms\], and that of its slope \[mV/ms²\].
    pub(crate) fn jump(&self, t: f64) -> [f64; 2] {
        let pieces = self.stimulus.pieces();
        let [before, after] = [self.begun.checked_sub(1), Some(self.begun)]
            .map(|index| index.and_then(|index| pieces.get(index)).copied())
            .map(|piece| piece.unwrap_or(Piece { start: t, value: 0.0, slope: 0.0 }));
        let mut jump = [0.0; 2];
        if pieces.get(self.begun).is_some() && after.start == t {
            jump = [after.value - (before.value + before.slope * (t - before.start)), after.slope - before.slope];
        }
        if let Some(s) = self.stimulus.sinusoid().filter(|s| s.start == t) {
            let (sin, cos) = s.phase.sin_cos();
            jump = [jump[0] + s.amplitude * sin, jump[1] + s.amplitude * s.omega * cos];
        }
        jump
    }

    /// I \[mV/ms\] after `h` \[ms\] from `start`, without seeing a jump at the end.
    pub(crate) fn input(&self, start: DoubleDouble, h: f64) -> f64 {
        let t = start.plus(h).high;
        self.stimulus.value(t, if t >= self.next { Side::Before } else { Side::After }) + self.decay.at(t)
    }

    /// |I'| \[mV/ms²\] at most, at any time in the present piece.
    pub(crate) fn steepness(&self) -> f64 {
        let slope = self.piece().map_or(0.0, |(p, _)| p.slope.abs());
        slope + self.stimulus.sinusoid().map_or(0.0, |s| (s.amplitude * s.omega).abs())
    }

    /// Errors of I near `t` \[mV/ms\].
    pub(crate) fn errors(&self, t: f64) -> InputErrors {
        let (mut decimals, mut rounding) = (0.0, 0.0);
        if let Some((p, [start, value, slope])) = self.piece() {
            let since = (t - p.start).abs();
            decimals += value + slope * since + p.slope.abs() * start;
            if p.slope != 0.0 {
                rounding += 2.0 * p.value.abs() + 4.0 * (p.slope * since).abs();
            }
        }
        if let Some(s) = self.stimulus.sinusoid().filter(|s| s.start <= t) {
            let since = t - s.start;
            let [start, amplitude, omega, phase] = self.stimulus.typed_sinusoid().map_or([0.0; 4], |s| s.map(distance));
            let phase = omega * since + s.omega.abs() * start + phase;
            decimals += amplitude + s.amplitude.abs() * phase;
            rounding += s.amplitude.abs() * (4.0 + 3.0 * (s.omega * since).abs() + s.phase.abs());
        }
        InputErrors { decimal: decimals, rounding: UNIT_ROUNDOFF * rounding }
    }

    /// Largest |ω| of the input \[1/ms\]: how much faster I' varies than I.
    pub(crate) fn rate(&self) -> f64 {
        self.stimulus.sinusoid().map_or(0.0, |s| s.omega.abs())
    }

    /// How far the breakpoint at `previous` is off the time it stands for \[ms\].
    pub(crate) fn shift(&self) -> f64 {
        let onset = self.stimulus.typed_sinusoid().filter(|[start, ..]| start.value() == self.previous);
        let piece = self.piece().filter(|(piece, _)| piece.start == self.previous);
        onset.map_or(0.0, |[start, ..]| distance(start)).max(piece.map_or(0.0, |(_, [start, ..])| start))
    }

    /// The present piece, and how far its start, value and slope are off what they stand for.
    fn piece(&self) -> Option<(Piece, [f64; 3])> {
        let pieces = self.stimulus.pieces();
        let index = pieces.partition_point(|p| p.start <= self.previous).checked_sub(1)?;
        Some((pieces[index], self.stimulus.typed_piece(index).map(distance)))
    }
}

/// How far the input can be from the one that was meant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InputErrors {
    /// The error from the rounding of its decimal numbers to f64 (see [`distance`]) \[mV/ms\].
    pub(crate) decimal: f64,
    /// The error from the rounding of computed values \[mV/ms\].
    pub(crate) rounding: f64,
}

/// How far the f64 of `number` can be from what it stands for. Where nothing more is known of it, half an ulp, or nothing when its
/// binary expansion ends within 32 digits, so that it is a short binary fraction such as −65 or 0.5 and surely meant.
pub(crate) fn distance(number: Typed) -> f64 {
    let x = number.value();
    let short = x.to_bits().trailing_zeros() >= 52 - 32;
    match (number.is_more_than_f64(), short) {
        (true, _) => number.distance(),
        (_, true) => 0.0,
        _ => UNIT_ROUNDOFF * x.abs(),
    }
}
