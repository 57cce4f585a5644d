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

mod receiver;
mod texts;

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::super::runs::{check_positive, fixed_step_schemes};
use super::super::{Experiment, Outputs};
use super::{Asked, ConcatRows, cells, median};
use crate::error::{Error, Result};
use crate::model::PhasePlane;
use crate::report::figure::curves;
use crate::report::three;
use crate::scheme::Scheme;
use receiver::{ORDERS, Receiver, arrivals};

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

struct Row {
    scheme: Scheme,
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

impl UpdateOrder {
    fn check(&self) -> Result<Vec<Scheme>> {
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
        let jobs: Vec<(Scheme, f64)> =
            schemes.iter().flat_map(|s| self.dts.iter().map(move |&dt| (s.clone(), dt))).collect();
        let rows: Vec<Row> = jobs
            .into_par_iter()
            .map(|(scheme, dt)| {
                let row = |&(order, name)| {
                    let spikes = driven.stepped(&scheme, dt, order, &arrivals, self.weight);
                    let shifts: Vec<f64> = spikes.iter().zip(&truth).map(|(s, t)| s - t).collect();
                    let fire = |t: f64| first(link(t).stepped(&scheme, dt, order, &[t], self.chain_weight));
                    Row {
                        scheme: scheme.clone(),
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
        let answer = self.answer(&rows, schemes[0].clone());
        self.asked.answered(outputs, &table, &answer)
    }
}
