//! Kind `units_2007`: does a simulator with the coefficients 0.04, 5 and 140 built in have the neurons of 2007? NEST issue 2397.
//!
//! In the 2007 form V' = k2 V² + k1 V + k0 − U + G, U' = a (b V + b0 − U) with other coefficients. Other units, v = α V + β and
//! u = α U + γ, leave the form and give it the coefficients of 2003:
//!
//! ```text
//! α = k2/0.04,   β = (k1 − 5)/0.08,   γ = b β − α b0,   input α G + 0.04 β² − k1 β + α k0 + γ − 140
//! a, b as they are,   c → α c + β,   d → α d,   peak → α peak + β
//! ```
//!
//! Time keeps its unit, so that spikes keep their times; Runge-Kutta methods commute with such a change of units, step by step.

use std::fmt::Write;

use serde::Deserialize;

use super::super::runs::{check_positive, check_steps, fixed_step, fixed_step_schemes};
use super::super::{Experiment, Outputs};
use super::Asked;
use crate::error::{Error, Result};
use crate::metrics::SpikeErrors;
use crate::model::{BIOPHYSICAL_CELLS, Biophysical, Neuron, Problem, State, Stimulus};
use crate::report::figure::{CurvePanel, CurveSeries, Curves, curves};
use crate::report::three;
use crate::truth::{Truth, taylor};

/// The parameters, as in `experiments/questions/units_2007.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct Units2007 {
    asked: Asked,
    /// Current into each of the book's cells \[pA\]: RS, IB, CH.
    currents: Vec<f64>,
    /// Duration \[ms\].
    duration: f64,
    /// Schemes that run both forms, as `--schemes`.
    schemes: String,
    /// Their step \[ms\].
    dt: f64,
}

/// A change of units to the coefficients of 2003.
#[derive(Clone, Copy, Debug)]
struct Units {
    alpha: f64,
    beta: f64,
    gamma: f64,
    /// Added to the input \[mV/ms\].
    offset: f64,
}

impl Units {
    /// Those of a neuron with a leak of 1.
    fn of(n: &Neuron) -> Self {
        let published = Neuron::new(n.a, n.b, n.c, n.d);
        let alpha = n.k2 / published.k2;
        let beta = (n.k1 - published.k1) / (2.0 * published.k2);
        let gamma = n.b * beta - alpha * n.b0;
        let offset = published.k2 * beta * beta - n.k1 * beta + alpha * n.k0 + gamma - published.k0;
        Units { alpha, beta, gamma, offset }
    }

    fn neuron(&self, n: &Neuron) -> Neuron {
        let reset = self.alpha * n.c + self.beta;
        Neuron::new(n.a, n.b, reset, self.alpha * n.d).with_peak(self.alpha * n.peak + self.beta)
    }

    fn problem(&self, p: &Problem, input: f64) -> Problem {
        let initial = State::new(self.alpha * p.initial.v + self.beta, self.alpha * p.initial.u + self.gamma);
        let stimulus = Stimulus::constant(self.alpha * input + self.offset);
        Problem { neuron: self.neuron(&p.neuron), stimulus, initial, duration: p.duration }
    }
}

impl Experiment for Units2007 {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        check_positive("duration", self.duration)?;
        check_steps(&[self.dt], self.duration)?;
        let schemes = fixed_step_schemes(&self.schemes)?;
        if self.currents.len() != BIOPHYSICAL_CELLS.len() {
            let given = format!("{:?}", self.currents);
            return Err(Error::invalid("currents", given, "three: of RS, IB, CH", "Give one a cell, in pA."));
        }
        let mut csv = String::from(
            "cell,current_pA,a,b,c_mV,d,V_th_mV,offset_mV_per_ms,input_mV_per_ms,alpha,beta_mV,scheme,dt_ms,spikes_2007,\
             spikes_2003,largest_difference_ms\n",
        );
        let mut table = format!(
            "{:5} {:>6} {:>6} {:>9} {:>8} {:>9} {:>9} {:>8} {:>9}\n",
            "cell", "a", "b", "c", "d", "V_th", "I_e", "alpha", "beta"
        );
        let (mut panels, mut worst, mut counted, mut equal) = (Vec::new(), 0.0f64, 0, true);
        for ((name, cell), &current) in BIOPHYSICAL_CELLS.iter().zip(&self.currents) {
            let (own, other) = self.forms(cell, current);
            let units = Units::of(&own.neuron);
            let n = &other.neuron;
            let input = units.alpha * current * cell.input_factor() + units.offset;
            let _ = writeln!(
                table,
                "{name:5} {:>6} {:>6} {:>9.4} {:>8.4} {:>9.4} {:>9.4} {:>8.4} {:>9.4}",
                n.a,
                three(n.b),
                n.c,
                n.d,
                n.peak,
                input,
                units.alpha,
                units.beta
            );
            let truth = |p: &Problem| taylor::solve(p, taylor::TOLERANCE);
            let (solved, translated) = (truth(&own), truth(&other));
            let mut compare = |scheme: &str, dt: Option<f64>, a: &crate::SpikeTrain, b: &crate::SpikeTrain| {
                let errors = SpikeErrors::between(b, a);
                let gap = errors.max_abs.unwrap_or(0.0);
                worst = worst.max(gap);
                counted += errors.matched;
                equal &= errors.missed + errors.extra == 0;
                let dt = dt.map(|dt| dt.to_string()).unwrap_or_default();
                let _ = writeln!(
                    csv,
                    "{name},{current},{},{},{},{},{},{},{input},{},{},{scheme},{dt},{},{},{gap}",
                    n.a,
                    n.b,
                    n.c,
                    n.d,
                    n.peak,
                    units.offset,
                    units.alpha,
                    units.beta,
                    a.len(),
                    b.len()
                );
            };
            compare("equations", None, &solved.spikes, &translated.spikes);
            for scheme in &schemes {
                let spikes = |p: &Problem| fixed_step(scheme, p, self.dt, |_| {}).spikes;
                compare(&scheme.to_string(), Some(self.dt), &spikes(&own), &spikes(&other));
            }
            let shown = self.duration.min(300.0);
            panels.push(CurvePanel {
                heading: format!("{name}, {current} pA"),
                x: "time [ms]".to_owned(),
                y: "v [mV]".to_owned(),
                log_x: false,
                log_y: false,
                series: vec![
                    CurveSeries {
                        label: "2007 form".to_owned(),
                        reference: true,
                        marked: false,
                        points: trace(&solved, own.neuron.peak, shown, &|v| v),
                    },
                    CurveSeries {
                        label: "2003 form".to_owned(),
                        reference: false,
                        marked: false,
                        points: trace(&translated, n.peak, shown, &|v| (v - units.beta) / units.alpha),
                    },
                ],
            });
        }
        outputs.figure(&curves(&Curves {
            name: "units_2007",
            title: "Cells of 2007 and the same cells with the coefficients of 2003, back in mV".to_owned(),
            columns: ["t_ms", "v_mV"],
            per_row: 1,
            panels,
        })?)?;
        outputs.dir.write("parameters.csv", csv.as_bytes())?;
        let same = equal && worst < 1e-6;
        let answer = format!(
            "{}: in other units, v = alpha V + beta and u = alpha U + gamma, every neuron of the 2007 form has the coefficients 0.04, 5 and 140, with \
             the same a and b (divided by C), a shifted c and V_th, a scaled d, and a constant added to the input. The cells RS, IB and CH \
             of the book and their translations {} ({counted} spikes compared, under the equations and under {} at {} ms; largest \
             difference {} ms). So hard-coded coefficients take no neuron away from NEST, as long as V_th, c, d and I_e are free: they cost its users \
             the translation, and currents in pA become {} to {} mV/ms per nA. The table has the parameters to type.",
            if same { "It has them already" } else { "Not as computed here" },
            if same { "fire at the same times" } else { "do not fire at the same times" },
            self.schemes,
            self.dt,
            three(worst),
            three(1e3 * self.factors().fold(f64::INFINITY, f64::min)),
            three(1e3 * self.factors().fold(0.0, f64::max)),
        );
        self.asked.answered(outputs, &table, &answer)
    }
}

/// v \[mV\] every quarter of a ms, and at each spike the peak and the reset, through `units`.
fn trace(truth: &Truth, peak: f64, duration: f64, units: &dyn Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let grid = (0..=(duration * 4.0) as usize).map(|i| 0.25 * i as f64).map(|t| (t, truth.state(t).v));
    let spikes = truth.spikes.times().iter().filter(|t| **t <= duration);
    let mut points: Vec<(f64, f64)> = grid.chain(spikes.flat_map(|&t| [(t, peak), (t, truth.state(t).v)])).collect();
    // Stable: a peak stays before its reset.
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.into_iter().map(|(t, v)| (t, units(v))).collect()
}

impl Units2007 {
    /// A cell under a current \[pA\], from rest, in its own form and with the coefficients of 2003.
    fn forms(&self, cell: &Biophysical, current: f64) -> (Problem, Problem) {
        let input = current * cell.input_factor();
        let (neuron, stimulus) = (cell.neuron(), Stimulus::constant(input));
        let own = Problem { neuron, stimulus, initial: cell.rest(), duration: self.duration };
        let other = Units::of(&neuron).problem(&own, input);
        (own, other)
    }

    /// What a pA is worth in the translated input \[mV/ms\], by cell.
    fn factors(&self) -> impl Iterator<Item = f64> {
        BIOPHYSICAL_CELLS.iter().map(|(_, cell)| Units::of(&cell.neuron()).alpha * cell.input_factor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_in_other_units_is_the_field_scaled() {
        for (name, cell) in &BIOPHYSICAL_CELLS {
            let own = cell.neuron();
            let units = Units::of(&own);
            let other = units.neuron(&own);
            for (v, u, g) in [(-60.0, 0.0, 0.0), (-35.0, 2.5, 1.5), (20.0, -1.0, 4.0)] {
                let state = State::new(units.alpha * v + units.beta, units.alpha * u + units.gamma);
                let (here, there) =
                    (own.field(State::new(v, u), g), other.field(state, units.alpha * g + units.offset));
                // Terms up to 1e3, a few roundings each.
                assert!((units.alpha * here.v - there.v).abs() < 1e-11, "{name}");
                assert!((units.alpha * here.u - there.u).abs() < 1e-11, "{name}");
            }
        }
    }
}
