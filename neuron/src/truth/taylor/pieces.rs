//! Neurons whose field changes its form at a potential, or that do more at a spike: solved piece by piece.
//!
//! Between the potentials at which it changes the field is a polynomial, and so is solved by the series of [`taylor`](super) in the normal
//! form of that side, with a cubic in K' where u bends. A potential passed inside a step is the root of its polynomial, as a spike is,
//! and ends it; where v rests on one, the side is the one that v' points to. A peak that depends on u is a root of v − peak_u u. In
//! a refractory period u is known in closed form.
//!
//! No errors are bounded here: bounds and proofs know the plain form.

use crate::model::arithmetic::DoubleDouble;
use crate::model::forcing::Forcing;
use crate::model::normal_form::{NormalForm, NormalState};
use crate::model::taylor_series::{Coefficients, Cubic, MAX_ORDER, SeriesTerms, TaylorSeries};
use crate::{Neuron, Problem, Side, State};

use super::control::Control;
use super::event;
use super::mesh::Phase;
use super::record::{Limits, Outcome, Record};

/// The field on one side of each potential at which it changes.
#[derive(Clone, Debug)]
pub(crate) struct Piece<'a> {
    pub(crate) system: NormalForm,
    pub(crate) forcing: Forcing<'a>,
    cubic: Option<Cubic>,
    /// The potentials that it is between \[mV\]; infinite where there is none.
    between: [f64; 2],
}

impl<'a> Piece<'a> {
    /// The pieces of the neuron of `problem`, from the lowest up; a plain one has one.
    pub(crate) fn all(problem: &'a Problem, order: usize) -> Vec<Piece<'a>> {
        let neuron = &problem.neuron;
        let piece = |v: f64| {
            let (plain, bend) = neuron.piece_at(v);
            let system = NormalForm::new(&plain);
            let cubic = bend.map(|bend| Cubic {
                factor: neuron.a * bend.b_cubic / (system.k2 * system.k2),
                zero: system.normalise(State::new(bend.vb, 0.0), 0.0).0,
            });
            let between = neuron.between_switches(v);
            Piece { system, forcing: Forcing::new(&problem.stimulus, system, order), cubic, between }
        };
        std::iter::once(f64::NEG_INFINITY).chain(neuron.switches()).map(piece).collect()
    }

    /// Sets `series` to that about a state.
    pub(crate) fn expand(&self, w: f64, k: f64, series: &mut TaylorSeries) {
        match self.cubic {
            None => series.expand(&self.system, w, k, &self.forcing.series),
            Some(cubic) => series.expand_cubic(&self.system, cubic, (w, k), &self.forcing.series),
        }
    }

    /// W at a potential.
    fn w(&self, v: f64) -> f64 {
        self.system.normalise(State::new(v, 0.0), 0.0).0
    }
}

/// Where a run is.
#[derive(Clone, Copy)]
enum Now {
    /// In a piece.
    Moving(usize, NormalState),
    /// In a refractory period, which ends at a time.
    Held { time: DoubleDouble, state: State, until: DoubleDouble },
}

/// What ends a step before its length is used up.
enum Event {
    Spike,
    /// A potential \[mV\] at which the field changes.
    Switch(f64),
}

/// Solves a problem; the starts of the steps and their phases go to `record` and `phases`.
pub(super) fn integrate(
    problem: &Problem,
    control: &Control,
    record: &mut Record,
    phases: &mut Vec<(usize, Phase)>,
    flops: &mut u64,
) -> Outcome {
    let (neuron, limits) = (&problem.neuron, Limits::of(problem));
    let mut pieces = Piece::all(problem, control.order);
    let mut series = TaylorSeries::new(control.order);
    let mut terms = SeriesTerms::new();
    let order = series.order as u64;
    let step_flops = series.flops() + Control::FLOPS + 7 * (order + 1);
    let start = if neuron.is_spike(problem.initial) {
        fire(neuron, &mut pieces, problem, record, DoubleDouble::ZERO, problem.initial)
    } else {
        Ok(enter(neuron, &mut pieces, problem, DoubleDouble::ZERO, problem.initial))
    };
    let mut now = match start {
        Ok(now) => now,
        Err(outcome) => return outcome,
    };
    loop {
        let (phase, start) = match now {
            Now::Moving(index, start) => (Phase::Moving(index), start),
            Now::Held { time, state, .. } => (Phase::Held, NormalState { time, w: state.v, k: state.u }),
        };
        if phases.last().is_none_or(|(_, last)| *last != phase) {
            phases.push((record.starts.len(), phase));
        }
        record.starts.push(start);
        let steps = record.starts.len() as f64;
        now = match now {
            Now::Held { time, state, until } => {
                if let Some(outcome) = record.outcome_by_count(limits, time.high, steps) {
                    return outcome;
                }
                let left = time.until(problem.duration).min((until - time).to_f64());
                let end = if left < (until - time).to_f64() { problem.duration.into() } else { until };
                enter(neuron, &mut pieces, problem, end, neuron.held(state, left))
            }
            Now::Moving(index, start) => {
                let piece = &mut pieces[index];
                if start.time.high >= piece.forcing.next {
                    // The input jumps, v and u do not.
                    let u = piece.system.u(start.k, problem.stimulus.value(start.time.high, Side::Before));
                    let state = State::new(piece.system.v(start.w), u);
                    record.starts.pop();
                    now = enter(neuron, &mut pieces, problem, start.time, state);
                    continue;
                }
                piece.forcing.restart(start.time);
                if let Some(outcome) = record.outcome(limits, &piece.system, &start, steps) {
                    return outcome;
                }
                piece.expand(start.w, start.k, &mut series);
                *flops += step_flops;
                let target = piece.forcing.next.min(problem.duration);
                let room = start.time.until(target);
                let free = control.step(&series, &piece.system);
                let h = free.min(room);
                series.scale(h, &mut terms);
                match first_event(neuron, piece, problem, &start, &terms) {
                    None => {
                        let time = if free < room { start.time.plus(h) } else { DoubleDouble::from(target) };
                        let (w, k) = terms.end();
                        Now::Moving(index, NormalState { time, w, k })
                    }
                    Some((part, event)) => {
                        series.scale(part * h, &mut terms);
                        let (time, (w, k)) = (start.time.plus(terms.h), terms.end());
                        let u = piece.system.u(k, piece.forcing.input(start.time, terms.h));
                        match event {
                            Event::Switch(v) => enter(neuron, &mut pieces, problem, time, State::new(v, u)),
                            Event::Spike => {
                                let state = State::new(piece.system.v(w), u);
                                match fire(neuron, &mut pieces, problem, record, time, state) {
                                    Ok(now) => now,
                                    Err(outcome) => return outcome,
                                }
                            }
                        }
                    }
                }
            }
        };
    }
}

/// A spike of `state` at `time`, and what follows it: the end of the run, where the reset is a spike again.
fn fire(
    neuron: &Neuron,
    pieces: &mut [Piece<'_>],
    problem: &Problem,
    record: &mut Record,
    time: DoubleDouble,
    state: State,
) -> Result<Now, Outcome> {
    record.spike(time.high, state.u);
    let reset = neuron.reset(state);
    let refractory = neuron.extension.refractory;
    if refractory > 0.0 {
        return Ok(Now::Held { time, state: reset, until: time.plus(refractory) });
    }
    if neuron.is_spike(reset) {
        return Err(Outcome::Runaway { at: time.high });
    }
    Ok(enter(neuron, pieces, problem, time, reset))
}

/// The piece that `state` is in from `time` on, with its input started there.
fn enter(neuron: &Neuron, pieces: &mut [Piece<'_>], problem: &Problem, time: DoubleDouble, state: State) -> Now {
    let input = problem.stimulus.value(time.high, Side::After);
    let side = neuron.side_at(state, input);
    let index = pieces.iter().position(|piece| side < piece.between[1]).unwrap_or(pieces.len() - 1);
    let piece = &mut pieces[index];
    piece.forcing.restart(time);
    let (_, k) = piece.system.normalise(state, input);
    Now::Moving(index, NormalState { time, w: piece.w(state.v), k })
}

/// The first event of a step, as a part of its length.
fn first_event(
    neuron: &Neuron,
    piece: &Piece<'_>,
    problem: &Problem,
    start: &NormalState,
    terms: &SeriesTerms,
) -> Option<(f64, Event)> {
    let order = terms.order;
    let crossing = |terms: &Coefficients, level: f64| {
        let end = terms[..=order].iter().rev().sum();
        event::first_crossing(terms, order, end, level)
    };
    let spike = if neuron.extension.peak_u == 0.0 {
        crossing(&terms.w, piece.w(neuron.peak))
    } else {
        crossing(&heights(neuron, piece, problem, start, terms), neuron.peak)
    };
    let [low, high] = piece.between;
    let rises = high.is_finite().then(|| crossing(&terms.w, piece.w(high))).flatten();
    let falls = low.is_finite().then(|| crossing(&terms.w.map(|w| -w), -piece.w(low))).flatten();
    let events = [(rises, Event::Switch(high)), (falls, Event::Switch(low)), (spike, Event::Spike)];
    let happen = events.into_iter().filter_map(|(part, event)| Some((part?, event)));
    happen.min_by(|(a, _), (b, _)| a.total_cmp(b))
}

/// The terms of v − peak_u u.
fn heights(
    neuron: &Neuron,
    piece: &Piece<'_>,
    problem: &Problem,
    start: &NormalState,
    terms: &SeriesTerms,
) -> Coefficients {
    let (system, slope) = (&piece.system, neuron.extension.peak_u);
    let mut input = [0.0; MAX_ORDER + 1];
    problem.stimulus.series(start.time.high, &mut input[..=terms.order]);
    let (mut heights, mut power) = ([0.0; MAX_ORDER + 1], 1.0);
    for (n, height) in heights[..=terms.order].iter_mut().enumerate() {
        // u = k0 + I − (k1²/4 + K)/k2, v = (W − k1/2)/k2.
        *height = (terms.w[n] + slope * terms.k[n]) / system.k2 - slope * input[n] * power;
        power *= terms.h;
    }
    heights[0] = neuron.height(State::new(system.v(start.w), system.u(start.k, input[0])));
    heights
}
