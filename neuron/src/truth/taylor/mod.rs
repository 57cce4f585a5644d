//! A Taylor-series solver with located spikes.
//!
//! The model is quadratic, so the Taylor coefficients of a solution follow from a recurrence of a few lines, to any order.
//! A step is as long as its series allows at the tolerance; a spike is the root of its polynomial; the next step starts
//! from the reset. At the tightest tolerance, order 31, what remains is rounding: the spike times of the reference cases in
//! `tests/numerics/truth/` come out within 1e-12 ms.
//!
//! From top to bottom: `model::normal_form` (the equations solved), `model::forcing` (the input in them), `model::taylor_series`
//! (the series), `control` (order and step length), `event` (the spike inside a step), and here the loop that joins them; `pieces` has that of
//! neurons with an [`Extension`](crate::model::Extension), whose errors are not bounded.

pub(crate) mod control;
pub(crate) mod event;
pub(crate) mod mesh;
pub(crate) mod pieces;
pub(crate) mod record;

use crate::model::arithmetic::DoubleDouble;
use crate::model::forcing::Forcing;
use crate::model::normal_form::{NormalForm, NormalState};
use crate::model::taylor_series::{SeriesTerms, TaylorSeries};
use crate::spike::SpikeTrain;
use crate::{Problem, Side};

use super::bound::{Certificate, SolverStep};
use super::residual::Reading;
use super::solution::{SpikeBound, Truth};
use control::Control;
use mesh::Mesh;
use record::{Limits, Outcome, Record, is_solvable};

/// The tolerance at which truncation falls below rounding: what a truth is solved with.
pub const TOLERANCE: f64 = 1e-16;

/// Solves a problem to `tolerance`, relative per step ([`TOLERANCE`] for a truth; values are brought into 5.6e-17 to 1e-2).
///
/// A state that starts at or above the peak spikes at once. Never fails: see [`Outcome`] for what can end a run early.
pub fn solve(problem: &Problem, tolerance: f64) -> Truth {
    run(problem, tolerance, None)
}

/// [`solve`], with an error bound for every spike of a plain neuron; takes about twice the time.
pub fn solve_certified(problem: &Problem, tolerance: f64) -> Truth {
    solve_as_read(problem, tolerance, Reading::Decimal)
}

/// [`solve_certified`], the numbers of neuron and start taken as `reading` says.
pub fn solve_as_read(problem: &Problem, tolerance: f64, reading: Reading<'_>) -> Truth {
    run(problem, tolerance, Some(&mut Certificate::new(problem, reading)))
}

pub(crate) fn run(problem: &Problem, tolerance: f64, mut certificate: Option<&mut Certificate>) -> Truth {
    let control = Control::new(tolerance);
    let (mut record, mut bounds, mut flops) = (Record::default(), vec![], 0);
    let mut phases = vec![];
    let (outcome, certain_until) = if !is_solvable(problem) {
        (Outcome::Refused, -1.0)
    } else if !problem.neuron.is_plain() {
        (pieces::integrate(problem, &control, &mut record, &mut phases, &mut flops), -1.0)
    } else {
        integrate(problem, &control, &mut record, &mut certificate, &mut bounds, &mut flops)
    };
    let Record { times, u_before_reset, starts, resets } = record;
    let steps = starts.len().saturating_sub(1);
    if certificate.is_some() && !problem.neuron.is_plain() {
        bounds = vec![None; times.len()];
    }
    Truth {
        spikes: SpikeTrain::new(times).unwrap_or_default(),
        u_before_reset,
        error_bounds: bounds,
        outcome,
        steps,
        evaluations: (steps * control.order) as u64,
        flops,
        certain_until,
        problem: problem.clone(),
        mesh: Mesh { control, starts, resets, phases },
    }
}

/// How the run ends, and up to when the number of spikes is certain \[ms\].
fn integrate(
    problem: &Problem,
    control: &Control,
    record: &mut Record,
    certificate: &mut Option<&mut Certificate>,
    bounds: &mut Vec<Option<SpikeBound>>,
    flops: &mut u64,
) -> (Outcome, f64) {
    let system = &NormalForm::new(&problem.neuron);
    let forcing = &mut Forcing::new(&problem.stimulus, *system, control.order);
    let series = &mut TaylorSeries::new(control.order);
    // Series, step length, terms and sums, and the bound that excludes a spike.
    let order = series.order as u64;
    let step_flops = series.flops() + Control::FLOPS + 3 * (order + 1) + 4 * order;
    // Newton's method takes about four evaluations of p and p' beside those that bracket the root.
    let spike_flops = 10 * 4 * order;

    let (mut now, spiked) = record.begin(problem, system, problem.stimulus.value(0.0, Side::After));
    forcing.restart(now.time);
    let bound = certificate.as_mut().and_then(|certificate| certificate.begin(&now, spiked));
    if spiked {
        bounds.push(bound);
    }

    let (mut terms, limits) = (SeriesTerms::new(), Limits::of(problem));
    let outcome = loop {
        if now.time.high >= forcing.next {
            let [jump, _] = forcing.jump(forcing.next);
            now.k += system.k2 * jump;
            forcing.restart(now.time);
            if let Some(certificate) = certificate {
                certificate.input(jump, &now, forcing);
            }
        } else {
            forcing.restart(now.time);
        }
        record.starts.push(now);
        if let Some(outcome) = record.outcome(limits, system, &now, record.starts.len() as f64) {
            break outcome;
        }

        series.expand(system, now.w, now.k, &forcing.series);
        *flops += step_flops;
        let target = forcing.next.min(problem.duration);
        let room = now.time.until(target);
        let free = control.step(series, system);
        let h = free.min(room);
        series.scale(h, &mut terms);
        let (w, k) = terms.end();
        match event::first_crossing(&terms.w, terms.order, w, system.peak) {
            None => {
                let time = if free < room { now.time.plus(h) } else { DoubleDouble::from(target) };
                let end = NormalState { time, w, k };
                if let Some(certificate) = certificate {
                    certificate.step(SolverStep { forcing, start: &now, terms: &terms, end: &end });
                }
                now = end;
            }
            Some(part) => {
                *flops += spike_flops;
                series.scale(part * h, &mut terms);
                let time = now.time.plus(terms.h);
                let (w, k) = terms.end();
                let crossing = NormalState { time, w, k };
                let reset = NormalState { time, w: system.reset, k: k - system.jump };
                let u = system.u(k, forcing.input(now.time, terms.h));
                let step = SolverStep { forcing, start: &now, terms: &terms, end: &crossing };
                bounds.push(certificate.as_mut().and_then(|certificate| certificate.spike(step, &reset)));
                record.spike(time.high, u);
                now = reset;
            }
        }
    };
    let certain_until = certificate.as_mut().map_or(-1.0, |certificate| certificate.finish(&now, problem.duration));
    (outcome, certain_until)
}
