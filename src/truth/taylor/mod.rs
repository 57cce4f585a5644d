//! A Taylor-series solver with located spikes.
//!
//! The model is quadratic, so the Taylor coefficients of a solution follow from a recurrence of a few lines, to any order.
//! A step is as long as its series allows at the tolerance; a spike is the root of its polynomial; the next step starts
//! from the reset. At the tightest tolerance, order 31, what remains is rounding: the spike times of the reference cases in
//! `tests/numerics/truth/` come out within 1e-12 ms.
//!
//! From top to bottom: `model::normal_form` (the equations solved), `model::forcing` (the input in them), `model::taylor_series`
//! (the series), `control` (order and step length), `event` (the spike inside a step), and here the loop that joins them.

pub(crate) mod control;
pub(crate) mod event;
pub(crate) mod mesh;
pub(crate) mod watch;

use crate::model::arithmetic::Time;
use crate::model::forcing::Forcing;
use crate::model::normal_form::{NormalForm, NormalState};
use crate::model::taylor_series::{SeriesTerms, TaylorSeries};
use crate::spike::SpikeTrain;
use crate::{Problem, Side};

use super::bound::Certificate;
use super::solution::{Outcome, SpikeBound, Truth};
use control::Control;
use mesh::Mesh;
use watch::{SpikeStep, Watch};

/// The tolerance at which truncation falls below rounding: what a truth is solved with.
pub const TOLERANCE: f64 = 1e-16;

/// −v \[mV\], and |k0 − k1²/(4 k2) + I − u| \[mV/ms\], beyond which a solution has diverged.
const DIVERGENCE: f64 = 1e8;
/// So many spikes within one millisecond are a runaway.
const SPIKES_PER_MS: usize = 1000;
/// Steps allowed: this many, and [`STEPS_PER_MS`] for each millisecond.
const STEPS: f64 = 1e6;
const STEPS_PER_MS: f64 = 200.0;

/// Solves a problem to `tolerance`, relative per step ([`TOLERANCE`] for a truth; values are brought into 5.6e-17 to 1e-2).
///
/// A state that starts at or above the peak spikes at once. Never fails: see [`Outcome`] for what can end a run early.
pub fn solve(problem: &Problem, tolerance: f64) -> Truth {
    run(problem, tolerance, &mut Unwatched)
}

/// [`solve`], with an error bound for every spike; takes about twice the time.
pub fn solve_certified(problem: &Problem, tolerance: f64) -> Truth {
    run(problem, tolerance, &mut Certificate::new(problem))
}

/// No bounds asked for.
struct Unwatched;

impl Watch for Unwatched {
    fn begin(&mut self, _: &NormalForm, _: &NormalState, _: bool) -> Option<SpikeBound> {
        None
    }
    fn step(&mut self, _: &NormalForm, _: &Forcing, _: &NormalState, _: &SeriesTerms, _: &NormalState) {}
    fn input(&mut self, _: &NormalForm, _: f64, _: &NormalState, _: &Forcing) {}
    fn spike(&mut self, _: SpikeStep) -> Option<SpikeBound> {
        None
    }
    fn finish(&mut self, _: &NormalForm, _: &NormalState, _: f64) -> f64 {
        -1.0
    }
}

/// Spikes, bounds and steps that a run collects.
struct Record {
    times: Vec<f64>,
    u_before_reset: Vec<f64>,
    bounds: Vec<Option<SpikeBound>>,
    starts: Vec<NormalState>,
    resets: Vec<usize>,
    flops: u64,
}

impl Record {
    fn runs_away(&self) -> bool {
        let n = self.times.len();
        n > SPIKES_PER_MS && self.times[n - 1] - self.times[n - 1 - SPIKES_PER_MS] < 1.0
    }

    fn spike(&mut self, t: f64, u: f64, bound: Option<SpikeBound>) {
        self.times.push(t);
        self.u_before_reset.push(u);
        self.bounds.push(bound);
        self.resets.push(self.starts.len());
    }
}

pub(crate) fn run(problem: &Problem, tolerance: f64, watch: &mut impl Watch) -> Truth {
    let system = NormalForm::new(&problem.neuron);
    let control = Control::new(tolerance);
    let mut forcing = Forcing::new(&problem.stimulus, system, control.order);
    let mut series = TaylorSeries::new(control.order);
    let mut record =
        Record { times: vec![], u_before_reset: vec![], bounds: vec![], starts: vec![], resets: vec![], flops: 0 };

    let solvable = problem.neuron.validate().is_ok() && problem.initial.is_finite() && problem.duration.is_finite();
    let (outcome, certain_until) = if solvable {
        integrate(problem, &system, &control, &mut forcing, &mut series, &mut record, watch)
    } else {
        (Outcome::Refused, -1.0)
    };

    let steps = record.starts.len().saturating_sub(1);
    Truth {
        spikes: SpikeTrain::new(record.times).unwrap_or_default(),
        u_before_reset: record.u_before_reset,
        error_bounds: record.bounds,
        outcome,
        steps,
        evaluations: (steps * control.order) as u64,
        flops: record.flops,
        certain_until,
        problem: problem.clone(),
        mesh: Mesh { control, starts: record.starts, resets: record.resets },
    }
}

fn integrate(
    problem: &Problem,
    system: &NormalForm,
    control: &Control,
    forcing: &mut Forcing,
    series: &mut TaylorSeries,
    record: &mut Record,
    watch: &mut impl Watch,
) -> (Outcome, f64) {
    let duration = problem.duration;
    let step_limit = STEPS + STEPS_PER_MS * duration;
    // Series, step length, terms and sums, and the bound that excludes a spike.
    let order = series.order as u64;
    let step_flops = series.flops() + Control::FLOPS + 3 * (order + 1) + 4 * order;
    // Newton's method takes about four evaluations of p and p' beside those that bracket the root.
    let spike_flops = 10 * 4 * order;

    let initial_input = problem.stimulus.value(0.0, Side::After);
    let (w, k) = system.normalise(problem.initial, initial_input);
    let mut now = NormalState { time: Time::at(0.0), w, k };
    forcing.restart(now.time);
    let spiked = problem.initial.v >= problem.neuron.peak;
    if spiked {
        (now.w, now.k) = (system.reset, now.k - system.jump);
    }
    let bound = watch.begin(system, &now, spiked);
    if spiked {
        record.spike(0.0, problem.initial.u, bound);
    }

    let mut terms = SeriesTerms::new();
    let outcome = loop {
        let at = now.time.high;
        if at >= forcing.next() {
            let jump = forcing.jump(forcing.next());
            now.k += system.k2 * jump;
            let before = now;
            forcing.restart(now.time);
            watch.input(system, jump, &before, forcing);
        } else {
            forcing.restart(now.time);
        }
        record.starts.push(now);
        let ended = if !(now.w.is_finite() && now.k.is_finite())
            || system.v(now.w) < -DIVERGENCE
            || now.k.abs() > system.k2 * DIVERGENCE
        {
            Some(Outcome::Diverged { at })
        } else if record.runs_away() {
            Some(Outcome::Runaway { at })
        } else if record.starts.len() as f64 > step_limit {
            Some(Outcome::StepLimit { at })
        } else if at >= duration {
            Some(Outcome::Completed)
        } else {
            None
        };
        if let Some(outcome) = ended {
            break outcome;
        }

        series.expand(system, now.w, now.k, forcing.series());
        record.flops += step_flops;
        let target = forcing.next().min(duration);
        let room = now.time.until(target);
        let free = control.step(series, system);
        let h = free.min(room);
        series.scale(h, &mut terms);
        let (w, k) = terms.end();
        match event::first_crossing(&terms.w, terms.order, w, system.peak) {
            None => {
                let time = if free < room { now.time.plus(h) } else { Time::at(target) };
                let end = NormalState { time, w, k };
                watch.step(system, forcing, &now, &terms, &end);
                now = end;
            }
            Some(part) => {
                record.flops += spike_flops;
                series.scale(part * h, &mut terms);
                let time = now.time.plus(terms.h);
                let (w, k) = terms.end();
                let crossing = NormalState { time, w, k };
                let reset = NormalState { time, w: system.reset, k: k - system.jump };
                let u = system.u(k, forcing.input(now.time, terms.h));
                let bound = watch.spike(SpikeStep {
                    system,
                    forcing,
                    start: &now,
                    terms: &terms,
                    crossing: &crossing,
                    reset: &reset,
                });
                record.spike(time.high, u, bound);
                now = reset;
            }
        }
    };
    let certain_until = watch.finish(system, &now, duration);
    (outcome, certain_until)
}
