//! The input I(t): piecewise linear, plus at most one sinusoid.
//!
//! Steps, ramps, pulses, frozen noise and recorded inputs are all piecewise linear, so that every scheme and the truth
//! see exactly the same function of continuous time. How a scheme samples it is said at [`StepInput`].

use std::sync::Arc;

use serde::Serialize;

use super::arithmetic::Ball;
use super::typed::Typed;
use crate::error::{Error, Result, finite};

/// One linear piece of an input: `value + slope (t − start)` from `start` until the next piece starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Piece {
    /// The time at which the piece starts \[ms\].
    pub start: f64,
    /// The input at `start` \[mV/ms\].
    pub value: f64,
    /// How fast the input rises in the piece \[mV/ms²\].
    pub slope: f64,
}

/// A sinusoid `amplitude · sin(omega (t − start) + phase)` from `start` on, zero before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sinusoid {
    /// The time from which on it is added \[ms\].
    pub start: f64,
    /// The amplitude of the sine \[mV/ms\].
    pub amplitude: f64,
    /// The angular frequency of the sine \[rad/ms\].
    pub omega: f64,
    /// Phase at the onset \[rad\].
    pub phase: f64,
}

/// From which side a function with jumps is read at a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The limit from earlier times.
    Before,
    /// The limit from later times (the value itself: inputs are right-continuous).
    After,
}

/// The input of a neuron, in mV/ms, as a function of time in ms.
///
/// ```
/// use spikestep::{Side, Stimulus};
/// let step = Stimulus::step(10.0, 100.0);
/// assert_eq!(step.value(99.0, Side::After), 0.0);
/// assert_eq!(step.value(100.0, Side::Before), 0.0);
/// assert_eq!(step.value(100.0, Side::After), 10.0);
/// assert_eq!(step.next_breakpoint(0.0), Some(100.0));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stimulus {
    pieces: Vec<Piece>,
    sinusoid: Option<Sinusoid>,
    #[serde(skip)]
    exact: ExactInput,
}

/// What the numbers of an input stand for, where that is more than their f64 say.
#[derive(Clone, Debug, Default, PartialEq)]
struct ExactInput {
    /// Start, value and slope of every piece.
    pieces: Option<Arc<[[Ball; 3]]>>,
    /// Start, amplitude, angular frequency and phase.
    sinusoid: Option<[Ball; 4]>,
}

impl Stimulus {
    /// A stimulus from its pieces, whose starts must increase; before the first piece the input is zero.
    ///
    /// # Errors
    /// Numbers that are not finite, or starts that do not increase.
    pub fn piecewise_linear(pieces: Vec<Piece>) -> Result<Self> {
        for p in &pieces {
            finite("time of an input piece", p.start)?;
            finite("value of an input piece", p.value)?;
            finite("slope of an input piece", p.slope)?;
        }
        if let Some(w) = pieces.windows(2).find(|w| w[1].start <= w[0].start) {
            return Err(Error::invalid(
                "start of an input piece",
                format!("{} ms after {} ms", w[1].start, w[0].start),
                "strictly increasing times",
                "Sort the pieces by time and merge those that start together.",
            ));
        }
        let mut pieces = pieces;
        if pieces.first().is_none_or(|p| p.start > 0.0) {
            pieces.insert(0, Piece { start: 0.0, value: 0.0, slope: 0.0 });
        }
        Ok(Self::of(pieces))
    }

    fn of(pieces: Vec<Piece>) -> Self {
        Stimulus { pieces, sinusoid: None, exact: ExactInput::default() }
    }

    /// [`piecewise_linear`](Self::piecewise_linear) of the starts, values and slopes of the pieces as typed.
    pub(super) fn typed(numbers: impl IntoIterator<Item = [Typed; 3]>) -> Result<Self> {
        let (mut pieces, mut exact) = (Vec::new(), Vec::new());
        for piece in numbers {
            // Nothing is kept beside the f64 up to the first number that is more than its f64.
            if exact.is_empty() && piece.iter().any(|number| number.is_more_than_f64()) {
                exact.extend(pieces.iter().map(|piece| typed_piece(piece, None).map(Typed::exact)));
                exact.push(piece.map(Typed::exact));
            } else if !exact.is_empty() {
                exact.push(piece.map(Typed::exact));
            }
            let [start, value, slope] = piece.map(Typed::value);
            pieces.push(Piece { start, value, slope });
        }
        let mut stimulus = Self::piecewise_linear(pieces)?;
        if !exact.is_empty() {
            // Silence before the first piece.
            let added = stimulus.pieces.len() - exact.len();
            exact.splice(0..0, std::iter::repeat_n([Ball::exact(0.0); 3], added));
            stimulus.exact.pieces = Some(exact.into());
        }
        Ok(stimulus)
    }

    /// An input that has the constant value `value` \[mV/ms\].
    pub fn constant(value: f64) -> Self {
        Self::of(vec![Piece { start: 0.0, value, slope: 0.0 }])
    }

    /// Zero, then `amplitude` \[mV/ms\] from `onset` \[ms\] on.
    pub fn step(amplitude: f64, onset: f64) -> Self {
        if onset <= 0.0 {
            return Self::constant(amplitude);
        }
        Self::of(vec![
            Piece { start: 0.0, value: 0.0, slope: 0.0 },
            Piece { start: onset, value: amplitude, slope: 0.0 },
        ])
    }

    /// This input plus a sinusoid (which replaces an earlier one).
    pub fn with_sinusoid(mut self, sinusoid: Sinusoid) -> Self {
        self.sinusoid = Some(sinusoid);
        self.exact.sinusoid = None;
        self
    }

    /// [`with_sinusoid`](Self::with_sinusoid), by its start, amplitude, angular frequency and phase as typed.
    pub(super) fn with_typed_sinusoid(mut self, numbers: [Typed; 4]) -> Self {
        let [start, amplitude, omega, phase] = numbers.map(Typed::value);
        self.sinusoid = Some(Sinusoid { start, amplitude, omega, phase });
        self.exact.sinusoid = Some(numbers.map(Typed::exact));
        self
    }

    /// This input times `factor`: pA to mV/ms for a neuron in the 2007 form (factor 1/C).
    pub fn scaled(mut self, factor: impl Into<Typed>) -> Self {
        let factor = factor.into();
        if factor == Typed::from(1.0) {
            return self;
        }
        let before = self.exact.pieces.take();
        let scaled = self.pieces.iter_mut().enumerate().map(|(index, piece)| {
            let [start, value, slope] = typed_piece(piece, before.as_ref().map(|exact| exact[index]));
            let (value, slope) = (value * factor, slope * factor);
            (piece.value, piece.slope) = (value.value(), slope.value());
            [start, value, slope].map(Typed::exact)
        });
        self.exact.pieces = Some(scaled.collect());
        match self.typed_sinusoid() {
            Some([start, amplitude, omega, phase]) => {
                self.with_typed_sinusoid([start, amplitude * factor, omega, phase])
            }
            None => self,
        }
    }

    /// Start, value and slope of the piece at `index`, each with what it stands for.
    pub(super) fn typed_piece(&self, index: usize) -> [Typed; 3] {
        typed_piece(&self.pieces[index], self.exact.pieces.as_ref().map(|exact| exact[index]))
    }

    /// Start, amplitude, angular frequency and phase of the sinusoid, each with what it stands for.
    pub(super) fn typed_sinusoid(&self) -> Option<[Typed; 4]> {
        let Sinusoid { start, amplitude, omega, phase } = self.sinusoid?;
        Some(Typed::with([start, amplitude, omega, phase], self.exact.sinusoid))
    }

    /// What the numbers of pieces and sinusoid stand for, where that is more than their f64 say.
    pub(crate) fn exact(&self) -> (Option<&[[Ball; 3]]>, Option<[Ball; 4]>) {
        (self.exact.pieces.as_deref(), self.exact.sinusoid)
    }

    /// The same input up to `end` \[ms\]: without the pieces behind the first one that starts there or later.
    pub(super) fn until(&self, end: f64) -> Self {
        let count = (self.pieces.partition_point(|piece| piece.start < end) + 1).min(self.pieces.len());
        let exact = self.exact.pieces.as_ref().map(|exact| exact[..count].into());
        let exact = ExactInput { pieces: exact, sinusoid: self.exact.sinusoid };
        Stimulus { pieces: self.pieces[..count].to_vec(), sinusoid: self.sinusoid, exact }
    }

    /// Becomes `whole` from `from` to `to` \[ms\], raised by `level` \[mV/ms\]: the input of a step with what else it takes.
    pub(crate) fn become_part(&mut self, whole: &Stimulus, [from, to]: [f64; 2], level: f64) {
        let first = whole.pieces.partition_point(|piece| piece.start <= from).saturating_sub(1);
        // A step may see a jump at its end that is late by rounding.
        let end = to + 1e-6 * (to - from);
        let pieces = whole.pieces[first..].iter().take_while(|piece| piece.start <= end);
        self.pieces.clear();
        self.pieces.extend(pieces.map(|piece| Piece { value: piece.value + level, ..*piece }));
        (self.sinusoid, self.exact) = (whole.sinusoid, ExactInput::default());
    }

    /// The constant \[mV/ms\] that the whole input is, if it is one.
    #[inline]
    pub fn as_constant(&self) -> Option<f64> {
        match (self.pieces.as_slice(), self.sinusoid) {
            ([p], None) if p.slope == 0.0 => Some(p.value),
            _ => None,
        }
    }

    /// The linear pieces, first to last.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The sinusoid on top of them, if any.
    pub fn sinusoid(&self) -> Option<Sinusoid> {
        self.sinusoid
    }

    /// I(t) \[mV/ms\]; at a jump, the limit from `side`.
    #[inline]
    pub fn value(&self, t: f64, side: Side) -> f64 {
        self.value_in_piece_of(t, t, side)
    }

    /// The piece that holds `t`, evaluated at `at`: how a sample next to a jump is kept on its side of it.
    #[inline]
    fn value_in_piece_of(&self, t: f64, at: f64, side: Side) -> f64 {
        let (linear, active) = match side {
            Side::After => (self.pieces.partition_point(|p| p.start <= t), true),
            Side::Before => (self.pieces.partition_point(|p| p.start < t), false),
        };
        let base = match linear {
            0 => 0.0,
            n => {
                let p = &self.pieces[n - 1];
                p.value + p.slope * (at - p.start)
            }
        };
        match self.sinusoid {
            Some(s) if t > s.start || (active && t == s.start) => {
                base + s.amplitude * (s.omega * (at - s.start) + s.phase).sin()
            }
            _ => base,
        }
    }

    /// The smooth piece that holds the time `within`, evaluated at `at`: for solvers that know which piece they are on.
    pub(crate) fn value_on_piece_of(&self, within: f64, at: f64) -> f64 {
        self.value_in_piece_of(within, at, Side::After)
    }

    /// The first time after `t` \[ms\] at which the input is not smooth.
    pub fn next_breakpoint(&self, t: f64) -> Option<f64> {
        let piece = self.pieces.get(self.pieces.partition_point(|p| p.start <= t)).map(|p| p.start);
        let onset = self.sinusoid.map(|s| s.start).filter(|&s| s > t);
        match (piece, onset) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Taylor coefficients of I about `t` from the right, `series[k]` \[mV/ms^(k+1)\]: I(t + s) = Σ series\[k\] s^k up to
    /// the next breakpoint.
    pub fn series(&self, t: f64, series: &mut [f64]) {
        self.series_in_piece_of(t, t, series);
    }

    /// [`series`](Self::series) about `t` of the piece that holds `within`.
    fn series_in_piece_of(&self, within: f64, t: f64, series: &mut [f64]) {
        series.fill(0.0);
        let index = self.pieces.partition_point(|p| p.start <= within);
        if let Some(p) = index.checked_sub(1).map(|i| &self.pieces[i]) {
            series[0] = p.value + p.slope * (t - p.start);
            if let Some(first) = series.get_mut(1) {
                *first = p.slope;
            }
        }
        if let Some(s) = self.sinusoid.filter(|s| within >= s.start) {
            // Derivatives of sin cycle through sin, cos, −sin, −cos.
            let (sin, cos) = (s.omega * (t - s.start) + s.phase).sin_cos();
            let cycle = [sin, cos, -sin, -cos];
            let mut scale = s.amplitude;
            for (k, c) in series.iter_mut().enumerate() {
                *c += scale * cycle[k % 4];
                scale *= s.omega / (k + 1) as f64;
            }
        }
    }
}

fn typed_piece(piece: &Piece, exact: Option<[Ball; 3]>) -> [Typed; 3] {
    Typed::with([piece.start, piece.value, piece.slope], exact)
}

/// The input as one step from `start` over `length` ms sees it.
///
/// **Convention, the same for every fixed-step scheme:** a sample at the start of a step is the limit from the right, one
/// at its end the limit from the left, one inside the value itself. A jump on a grid point therefore belongs to the step
/// that starts there. A grid time n·dt that misses a jump by rounding (less than 1e-9 of a step) counts as being on it.
/// What happens between a scheme's sampling points it does not see: a pulse shorter than dt can be missed.
#[derive(Clone, Copy, Debug)]
pub struct StepInput<'a> {
    stimulus: &'a Stimulus,
    start: f64,
    length: f64,
    snap: f64,
}

impl<'a> StepInput<'a> {
    /// The input over one step of the grid.
    #[inline]
    pub fn new(stimulus: &'a Stimulus, start: f64, length: f64) -> Self {
        StepInput { stimulus, start, length, snap: 1e-9 * length }
    }

    /// The part of the step that starts at the fraction `theta` and lasts `length` ms, sampled by the same convention.
    #[inline]
    pub fn part(&self, theta: f64, length: f64) -> Self {
        StepInput { start: self.start + theta * self.length, length, ..*self }
    }

    /// Length of the step \[ms\].
    #[inline]
    pub fn length(&self) -> f64 {
        self.length
    }

    /// Start of the step \[ms\].
    #[inline]
    pub fn start(&self) -> f64 {
        self.start
    }

    /// I \[mV/ms\] at the fraction `theta` of the step, 0 to 1.
    #[inline]
    pub fn at(&self, theta: f64) -> f64 {
        if let Some(value) = self.constant() {
            return value;
        }
        let t = self.start + theta * self.length;
        let (inside, side) = if theta == 0.0 {
            (t + self.snap, Side::After)
        } else if theta == 1.0 {
            (t - self.snap, Side::Before)
        } else {
            (t, Side::After)
        };
        self.stimulus.value_in_piece_of(inside, t, side)
    }

    /// I \[mV/ms\] where the next step starts: at the end, after a jump that the input may have there.
    #[inline]
    pub fn after(&self) -> f64 {
        self.part(1.0, self.length).at(0.0)
    }

    /// The constant \[mV/ms\] that the whole input is, if it is one.
    #[inline]
    pub(crate) fn constant(&self) -> Option<f64> {
        self.stimulus.as_constant()
    }

    /// How long the input is smooth from the start of the step on \[ms\]: its length, or less where a breakpoint falls inside.
    pub(crate) fn smooth_length(&self) -> f64 {
        let breakpoint = self.stimulus.next_breakpoint(self.start + self.snap).unwrap_or(f64::INFINITY);
        if breakpoint < self.start + self.length - self.snap { breakpoint - self.start } else { self.length }
    }

    /// I \[mV/ms\] after `h` ms, by the smooth piece that starts with the step.
    #[inline]
    pub(crate) fn smooth_value(&self, h: f64) -> f64 {
        self.constant()
            .unwrap_or_else(|| self.stimulus.value_in_piece_of(self.start + self.snap, self.start + h, Side::After))
    }

    /// Taylor coefficients of I about the start of the step, and how many of them can differ from zero (see
    /// [`Stimulus::series`]).
    pub(crate) fn series(&self, series: &mut [f64]) -> usize {
        self.stimulus.series_in_piece_of(self.start + self.snap, self.start, series);
        let sinusoid = self.stimulus.sinusoid.is_some();
        if sinusoid { series.len() } else { series.len().min(2) }
    }

    /// |ω| of the sinusoid \[1/ms\], 0 without one.
    pub(crate) fn omega(&self) -> f64 {
        self.stimulus.sinusoid.map_or(0.0, |s| s.omega.abs())
    }
}
