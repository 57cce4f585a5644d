//! Kind `update_order`: synaptic input applied before or after the update of a step: what moves? NEST issue 2647.
//!
//! Spikes arrive at points of the grid t_k, and each adds a jump of `weight` mV to v. Four ways to step that:
//!
//! ```text
//! after      v moves over (t_n, t_n+1], then v += w of the arrivals at t_n+1, then the threshold      the equations at the grid
//! before     v += w of the arrivals at t_n+1, then v moves over (t_n, t_n+1], then the threshold      each arrival dt early
//! current    v moves over (t_n, t_n+1] with w/dt added to the input                                   spread over the step before
//! unscaled   the same with w added to the input: NEST with consistent_integration false               a charge w dt
//! ```
//!
//! NEST's default rule, v + h f(v) + w, *is* `after`: f is taken at the v before the jump. (`models/izhikevich.cpp`.)

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::super::runs::{check_positive, fixed_step_schemes};
use super::super::{Experiment, Outputs};
use super::{cells, median, Asked, ConcatRows};
use crate::error::{Error, Result};
use crate::model::{Neuron, PhasePlane, Problem, State, StepInput, Stimulus};
use crate::report::figure::{curves, CurvePanel, CurveSeries, Curves};
use crate::report::three;
use crate::scheme::registry::{SchemeId, Setup};
use crate::scheme::{step_count, Step};
use crate::truth::taylor;

/// The parameters, as in `experiments/questions/update_order.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct UpdateOrder {
    asked: Asked,
    /// Cell type of 2003.
    cell: String,
    /// Constant input \[mV/ms\].
    input: f64,
    /// Jump of v at an arrival \[mV\].
    weight: f64,
    /// Shortest and longest interval between arrivals \[ms\], whole numbers.
    intervals: (u32, u32),
    /// Duration \[ms\].
    duration: f64,
    /// Schemes between arrivals, as `--schemes`; the first is the precise one.
    schemes: String,
    /// Steps \[ms\], of which whole numbers make 1 ms.
    dts: Vec<f64>,
    /// Neurons of the chain.
    chain: usize,
    /// Delay from one neuron of the chain to the next \[ms\], a whole number.
    delay: f64,
    /// Jump of v by which a neuron of the chain makes the next fire \[mV\].
    chain_weight: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    After,
    Before,
    Current,
    Unscaled,
}

const ORDERS: [(Order, &str); 4] =
    [(Order::After, "after"), (Order::Before, "before"), (Order::Current, "current"), (Order::Unscaled, "unscaled")];

struct Row {
    scheme: SchemeId,
    dt: f64,
    order: &'static str,
    spikes: usize,
    /// Whether they are as many as in the equations: only then is a shift one.
    complete: bool,
    /// Median of scheme less truth, spike by spike \[ms\].
    shift: f64,
    /// Largest \[ms\].
    largest: f64,
    /// When the last neuron of the chain fires less when it should \[ms\]; not a number where it does not.
    latency: f64,
}

/// Arrivals in ms: irregular, the same everywhere, by the golden-ratio sequence.
fn arrivals((low, high): (u32, u32), duration: f64) -> Vec<f64> {
    let golden = 0.5 * (5f64.sqrt() - 1.0);
    let interval = |k: u32| f64::from(low) + (f64::from(high - low + 1) * (f64::from(k) * golden).fract()).floor();
    let mut times = Vec::new();
    let mut t = interval(1);
    while t < duration {
        times.push(t);
        t += interval(times.len() as u32 + 1);
    }
    times
}

/// A neuron that receives jumps.
#[derive(Clone, Copy)]
struct Receiver {
    neuron: Neuron,
    input: f64,
    initial: State,
    duration: f64,
}

impl Receiver {
    /// v += weight, and what the threshold makes of it.
    fn jumped(&self, state: State, weight: f64) -> (State, bool) {
        let state = State { v: state.v + weight, ..state };
        if state.v >= self.neuron.peak {
            (self.neuron.reset(state), true)
        } else {
            (state, false)
        }
    }

    /// The equations: solved from arrival to arrival.
    fn truth(&self, arrivals: &[f64], weight: f64) -> Vec<f64> {
        let (mut state, mut start, mut spikes) = (self.initial, 0.0, Vec::new());
        for &end in arrivals.iter().filter(|&&t| t < self.duration).chain([&self.duration]) {
            let stimulus = Stimulus::constant(self.input);
            let problem = Problem { neuron: self.neuron, stimulus, initial: state, duration: end - start };
            let part = taylor::solve(&problem, taylor::TOLERANCE);
            spikes.extend(part.spikes.times().iter().map(|t| start + t));
            let (next, fired) = self.jumped(part.state(end - start), weight);
            if fired {
                spikes.push(end);
            }
            (state, start) = (next, end);
        }
        spikes.retain(|&t| t < self.duration);
        spikes
    }

    /// `scheme` at `dt`, the arrivals (points of the grid) applied in `order`.
    fn stepped(&self, scheme: SchemeId, dt: f64, order: Order, arrivals: &[f64], weight: f64) -> Vec<f64> {
        let steps = step_count(self.duration, dt);
        let setup = Setup { neuron: self.neuron, dt, steps, initial: self.initial, lbound: None };
        let Some(mut scheme) = scheme.build(&setup) else { return Vec::new() };
        let plain = Stimulus::constant(self.input);
        let kicked = match order {
            Order::Current => Stimulus::constant(self.input + weight / dt),
            _ => Stimulus::constant(self.input + weight),
        };
        let mut due = arrivals.iter().map(|t| (t / dt).round() as u64).peekable();
        let (mut state, mut spikes) = (self.initial, Vec::new());
        for n in 0..steps {
            let (start, end) = (n as f64 * dt, (n + 1) as f64 * dt);
            let arrives = due.next_if(|&at| at <= n + 1).is_some();
            if arrives && order == Order::Before {
                let (next, fired) = self.jumped(state, weight);
                if fired {
                    spikes.push(end);
                }
                state = next;
            }
            let spread = arrives && matches!(order, Order::Current | Order::Unscaled);
            let input = StepInput::new(if spread { &kicked } else { &plain }, start, dt);
            match scheme.step(state, &Step { start, end, input }, &mut spikes) {
                Ok(next) if next.is_finite() => state = next,
                _ => break,
            }
            if arrives && order == Order::After {
                let (next, fired) = self.jumped(state, weight);
                if fired {
                    spikes.push(end);
                }
                state = next;
            }
        }
        spikes.retain(|&t| t < self.duration);
        spikes
    }
}

impl UpdateOrder {
    fn check(&self) -> Result<Vec<SchemeId>> {
        for (what, x) in [("duration", self.duration), ("delay", self.delay), ("weight", self.weight)] {
            check_positive(what, x)?;
        }
        let whole = |x: f64| (x - x.round()).abs() < 1e-9 && x > 0.5;
        if self.dts.is_empty() || !self.dts.iter().all(|dt| whole(1.0 / dt)) || !whole(self.delay) {
            let given = format!("{:?} and {}", self.dts, self.delay);
            let mend = "Arrivals are at whole ms: take 1, 0.5, 0.25, 0.1.";
            return Err(Error::invalid("dts or delay", given, "whole parts of 1 ms, and whole ms", mend));
        }
        if self.intervals.0 == 0 || self.intervals.1 < self.intervals.0 || self.chain == 0 {
            let given = format!("{:?} and {}", self.intervals, self.chain);
            return Err(Error::invalid(
                "intervals or chain",
                given,
                "a rising pair above 0, one neuron or more",
                "Mend it.",
            ));
        }
        fixed_step_schemes(&self.schemes)
    }

    /// When the last neuron of a chain at rest fires, its first neuron told at 5 ms; `fire` gives the first spike after an arrival.
    fn latency(&self, dt: f64, fire: impl Fn(f64) -> Option<f64>) -> f64 {
        let mut arrival = 5.0;
        for n in 0..self.chain {
            let Some(spike) = fire(arrival) else { return f64::NAN };
            // A spike inside a step is sent at its end.
            let sent = if dt > 0.0 { (spike / dt - 1e-9).ceil() * dt } else { spike };
            if n + 1 == self.chain {
                return sent;
            }
            arrival = sent + self.delay;
        }
        f64::NAN
    }
}

impl Experiment for UpdateOrder {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let schemes = self.check()?;
        let cell = cells(std::slice::from_ref(&self.cell))?[0];
        let neuron = cell.neuron;
        let driven = Receiver { neuron, input: self.input, initial: cell.initial, duration: self.duration };
        let at_rest = PhasePlane::new(neuron, 0.0)?.equilibria().first().map_or(cell.initial, |e| e.state);
        let link = |arrival: f64| Receiver { neuron, input: 0.0, initial: at_rest, duration: arrival + 50.0 };
        let arrivals = arrivals(self.intervals, self.duration);
        let truth = driven.truth(&arrivals, self.weight);
        let first = |spikes: Vec<f64>| spikes.first().copied();
        let due = self.latency(0.0, |t| first(link(t).truth(&[t], self.chain_weight)));
        let jobs: Vec<(SchemeId, f64)> =
            schemes.iter().flat_map(|&s| self.dts.iter().map(move |&dt| (s, dt))).collect();
        let rows: Vec<Row> = jobs
            .into_par_iter()
            .map(|(scheme, dt)| {
                let row = |&(order, name): &(Order, &'static str)| {
                    let spikes = driven.stepped(scheme, dt, order, &arrivals, self.weight);
                    let shifts: Vec<f64> = spikes.iter().zip(&truth).map(|(s, t)| s - t).collect();
                    let fire = |t: f64| first(link(t).stepped(scheme, dt, order, &[t], self.chain_weight));
                    Row {
                        scheme,
                        dt,
                        order: name,
                        spikes: spikes.len(),
                        complete: spikes.len() == truth.len(),
                        largest: shifts.iter().map(|s| s.abs()).fold(0.0, f64::max),
                        shift: median(shifts),
                        latency: self.latency(dt, fire) - due,
                    }
                };
                ORDERS.iter().map(row).collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
            .concat_rows();
        outputs.figure(&curves(&self.figure(&schemes, &rows))?)?;
        let mut csv = String::from(
            "scheme,dt_ms,order,spikes,true_spikes,median_shift_ms,largest_shift_ms,chain_latency_error_ms\n",
        );
        let mut table = format!(
            "{} spikes in {} ms, {} arrivals of {} mV\n{:14} {:>7} {:10} {:>7} {:>13} {:>14} {:>22}\n",
            truth.len(),
            self.duration,
            arrivals.len(),
            self.weight,
            "scheme",
            "dt [ms]",
            "input",
            "spikes",
            "median [ms]",
            "largest [ms]",
            format!("end of chain of {} [ms]", self.chain)
        );
        for r in &rows {
            let field = |x: f64| if x.is_nan() { String::new() } else { x.to_string() };
            let _ = writeln!(
                csv,
                "{},{},{},{},{},{},{},{}",
                r.scheme,
                r.dt,
                r.order,
                r.spikes,
                truth.len(),
                field(r.shift),
                r.largest,
                field(r.latency)
            );
            let _ = writeln!(
                table,
                "{:14} {:>7} {:10} {:>7} {:>13} {:>14} {:>22}",
                r.scheme.to_string(),
                r.dt,
                r.order,
                r.spikes,
                if r.shift.is_nan() { "-".to_owned() } else { three(r.shift) },
                three(r.largest),
                if r.latency.is_nan() { "silent".to_owned() } else { three(r.latency) }
            );
        }
        outputs.dir.write("shifts.csv", csv.as_bytes())?;
        let answer = self.answer(&rows, schemes[0]);
        self.asked.answered(outputs, &table, &answer)
    }
}

impl UpdateOrder {
    fn answer(&self, rows: &[Row], precise: SchemeId) -> String {
        let dt = self.dts.iter().copied().fold(0.0, f64::max);
        let find = |scheme: &str, order: &str| {
            rows.iter().find(|r| r.scheme.to_string() == scheme && r.order == order && r.dt == dt)
        };
        let precise = precise.to_string();
        let (Some(after), Some(before), Some(current), Some(unscaled)) =
            (find(&precise, "after"), find(&precise, "before"), find(&precise, "current"), find(&precise, "unscaled"))
        else {
            return String::new();
        };
        let right = if after.largest < 0.01 * dt { "is the model" } else { "is not quite the model" };
        let early =
            if (before.shift + dt).abs() < 0.25 * dt { "one whole step early" } else { "early by a part of a step" };
        let silent = |r: &Row| {
            if r.latency.is_nan() {
                "falls silent".to_owned()
            } else {
                format!("ends {} ms off", three(r.latency))
            }
        };
        let mut text = format!(
            "There is a right one, given where the grid says an input arrives. With {precise} between arrivals, so that nothing else errs, \
             a jump at the end of the step, before the threshold is tested, {right} (largest shift {} ms at dt = {dt} ms); before the update \
             output spikes come {early} (median {} ms), and a chain of {} neurons ends {} ms off where \
             'after' is {} ms off, which is the rounding of its spikes up to the grid: each synapse gains a step, as if its delay were dt shorter. \
             NEST's default rule, v + h f(v) + w, evaluates f before it adds the jump: in spite of its order in the code it is 'after', \
             so input does count for the threshold of the same step without entering the dynamics of it. The published form adds w to the current instead: \
             spread over the step before the arrival with the charge kept (w/dt) it shifts spikes by {} ms; without that division, as \
             NEST has it, an input is worth w dt, and at dt = {dt} ms the chain {}",
            three(after.largest),
            three(before.shift),
            self.chain,
            three(before.latency),
            three(after.latency),
            three(current.shift),
            silent(unscaled)
        );
        let small = self.dts.iter().copied().fold(f64::INFINITY, f64::min);
        if let Some(r) = rows.iter().find(|r| r.scheme.to_string() == precise && r.order == "unscaled" && r.dt == small)
        {
            let _ = write!(text, ", at {small} ms it {}", silent(r));
        }
        text += ".";
        if let (Some(after), Some(before)) = (find("euler", "after"), find("euler", "before")) {
            let _ = write!(
                text,
                " Under forward Euler the scheme's own error comes on top: median {} ms 'after', {} ms 'before'.",
                three(after.shift),
                three(before.shift)
            );
        }
        text
    }

    fn figure(&self, schemes: &[SchemeId], rows: &[Row]) -> Curves {
        let panel = |scheme: &SchemeId, y: &str, what: &str, of: &dyn Fn(&Row) -> f64| CurvePanel {
            heading: format!("{scheme}: {what}"),
            x: "time step dt [ms]".to_owned(),
            y: y.to_owned(),
            log_x: true,
            series: ORDERS
                .iter()
                .map(|(_, name)| CurveSeries {
                    label: (*name).to_owned(),
                    reference: false,
                    marked: true,
                    points: rows
                        .iter()
                        .filter(|r| r.scheme.to_string() == scheme.to_string() && r.order == *name)
                        .map(|r| (r.dt, of(r)))
                        .filter(|p| p.1.is_finite())
                        .collect(),
                })
                .collect(),
        };
        let of = |scheme: &SchemeId| {
            let chain = format!("end of a chain of {}", self.chain);
            [
                panel(scheme, "median shift [ms]", "output spikes", &|r| if r.complete { r.shift } else { f64::NAN }),
                panel(scheme, "late by [ms]", &chain, &|r| r.latency),
            ]
        };
        Curves {
            name: "update_order",
            title: "Where in a step input is applied, and by how much output spikes move".to_owned(),
            columns: ["dt_ms", "shift_ms"],
            per_row: 2,
            panels: schemes.iter().flat_map(of).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receiver() -> Receiver {
        let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
        Receiver { neuron, input: 4.0, initial: State::new(-65.0, -13.0), duration: 1000.0 }
    }

    #[test]
    fn before_is_after_with_each_arrival_a_step_earlier() {
        let arrivals = arrivals((5, 15), 1000.0);
        let earlier: Vec<f64> = arrivals.iter().map(|t| t - 1.0).collect();
        let scheme = "projective-8".parse().unwrap();
        let before = receiver().stepped(scheme, 1.0, Order::Before, &arrivals, 8.0);
        let moved = receiver().stepped(scheme, 1.0, Order::After, &earlier, 8.0);
        assert!(before.len() > 5);
        assert_eq!(before, moved);
        // And `after` is the model: projective-8 at 1 ms is within 4e-4 ms on this neuron over a second (design's table).
        let after = receiver().stepped(scheme, 1.0, Order::After, &arrivals, 8.0);
        let truth = receiver().truth(&arrivals, 8.0);
        assert_eq!(after.len(), truth.len());
        assert!(after.iter().zip(&truth).all(|(a, t)| (a - t).abs() < 1e-3));
    }

    #[test]
    fn the_default_rule_of_nest_is_after() {
        // v + h f(v) + w, u + h a (b v − u) with the old v, then the threshold: written out here as in the simulator.
        let r = receiver();
        let (arrivals, dt, w) = (arrivals((5, 15), 1000.0), 0.5, 8.0);
        let (mut v, mut u, mut spikes) = (r.initial.v, r.initial.u, Vec::new());
        for n in 0..2000u32 {
            let t = f64::from(n + 1) * dt;
            let kick = if arrivals.contains(&t) { w } else { 0.0 };
            let (old_v, old_u) = (v, u);
            v += dt * (0.04 * old_v * old_v + 5.0 * old_v + 140.0 - old_u + 4.0) + kick;
            u += dt * 0.02 * (0.2 * old_v - old_u);
            if v >= 30.0 {
                (v, u) = (-65.0, u + 8.0);
                spikes.push(t);
            }
        }
        spikes.retain(|&t| t < 1000.0);
        let found = r.stepped("nest-consistent".parse().unwrap(), dt, Order::After, &arrivals, w);
        assert!(found.len() > 5);
        assert_eq!(found, spikes);
    }
}
