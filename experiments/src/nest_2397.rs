//! Does a simulator with the coefficients 0.04, 5 and 140 built in have the neurons of 2007? NEST issue 2397.
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

use spikestep::metrics::SpikeErrors;
use spikestep::model::{BIOPHYSICAL_CELLS, Biophysical};
use spikestep::report::chart::{Look, Series};
use spikestep::report::three;
use spikestep::truth::Truth;
use spikestep::{Neuron, Problem, Result, SpikeTrain, State, Stimulus};

use crate::shared::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    title: "NEST issue 2397: the neurons of 2007 with coefficients built in",
    question: "Does a model with 0.04, 5 and 140 hard-coded lack the neurons of the 2007 form?",
    run,
};

const ASKED: Asked = Asked {
    link: "https://github.com/nest/nest-simulator/issues/2397",
    quote: "Currently the \"Izhikevich neuron model\" has several hard-coded parameters, the model is not as flexible as it could \
            be. With slight modifications to the current code, more types of neurons could be properly modelled.",
};
const CURRENTS: [f64; 3] = [100.0, 400.0, 200.0]; // Current into each of the book's cells [pA]: RS, IB, CH
const DURATION: f64 = 500.0; // ms
const SHOWN: f64 = 300.0; // How much of it is drawn [ms]
const SCHEMES: [&str; 2] = ["nest-consistent", "rk4"]; // Schemes that run both forms
const DT: f64 = 0.1; // Their step [ms]

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

    fn state(&self, s: State) -> State {
        State::new(self.alpha * s.v + self.beta, self.alpha * s.u + self.gamma)
    }
}

/// A cell of the book under a current, from rest.
struct Case {
    name: &'static str,
    current: f64,
    units: Units,
    /// The input in the units of 2003 \[mV/ms\], and what a pA is worth in it.
    input: f64,
    per_pa: f64,
    /// In its own form, and with the coefficients of 2003.
    own: Problem,
    other: Problem,
    /// Each solved, and who (a scheme and its step) compared them: spikes of both.
    solved: [Truth; 2],
    compared: Vec<(&'static str, Option<f64>, SpikeTrain, SpikeTrain)>,
}

fn case(name: &'static str, cell: &Biophysical, current: f64) -> Case {
    let neuron = cell.neuron();
    let units = Units::of(&neuron);
    let input = units.alpha * (current * cell.input_factor()) + units.offset;
    let problem =
        |neuron, input, initial| Problem { neuron, stimulus: Stimulus::constant(input), initial, duration: DURATION };
    let own = problem(neuron, current * cell.input_factor(), cell.rest());
    let other = problem(units.neuron(&neuron), input, units.state(own.initial));
    let solved = [truth(&own), truth(&other)];
    let mut compared = vec![("equations", None, solved[0].spikes.clone(), solved[1].spikes.clone())];
    for name in SCHEMES {
        let spikes = |problem: &Problem| fixed_step(&scheme(name), problem, DT, |_| {}).spikes;
        compared.push((name, Some(DT), spikes(&own), spikes(&other)));
    }
    let per_pa = units.alpha * cell.input_factor();
    Case { name, current, units, input, per_pa, own, other, solved, compared }
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let cells = BIOPHYSICAL_CELLS.iter().zip(CURRENTS);
    let cases: Vec<Case> = cells.map(|((name, cell), current)| case(name, cell, current)).collect();
    let panels = cases.iter().map(|case| {
        let back = |v: f64| (v - case.units.beta) / case.units.alpha;
        let own = line("2007 form", trace(&case.solved[0], case.own.neuron.peak, |v| v));
        let own = Series { look: Look::Reference, ..own };
        let other = line("2003 form", trace(&case.solved[1], case.other.neuron.peak, back));
        panel(format!("{}, {} pA", case.name, case.current), ("time [ms]", "v [mV]"), [own, other])
    });
    let title = "Cells of 2007 and the same cells with the coefficients of 2003, back in mV";
    draw(outputs, "units_2007", title, ["t_ms", "v_mV"], 1, panels.collect())?;
    let (mut worst, mut counted, mut equal, mut rows) = (0.0f64, 0, true, Vec::new());
    for case in &cases {
        let (n, units) = (&case.other.neuron, case.units);
        for (name, dt, a, b) in &case.compared {
            let errors = SpikeErrors::between(b, a);
            let gap = errors.max_abs.unwrap_or(0.0);
            (worst, counted) = (worst.max(gap), counted + errors.matched);
            equal &= errors.missed + errors.extra == 0;
            let mut row = fields![case.name, case.current, n.a, n.b, n.c, n.d, n.peak, units.offset, case.input];
            row.extend(fields![units.alpha, units.beta, name, optional(*dt), a.len(), b.len(), gap]);
            rows.push(row);
        }
    }
    let header = "cell,current_pA,a,b,c_mV,d,V_th_mV,offset_mV_per_ms,input_mV_per_ms,alpha,beta_mV,scheme,dt_ms,spikes_2007,\
                  spikes_2003,largest_difference_ms";
    outputs.csv("parameters.csv", header, rows.iter().cloned())?;
    let shown =
        rows.iter().step_by(1 + SCHEMES.len()).map(|row| [0, 2, 3, 4, 5, 6, 8, 9, 10].map(|k| row[k].clone()).into());
    let table = table("cell,a,b,c,d,V_th,I_e,alpha,beta", shown);
    let factors = || cases.iter().map(|case| 1e3 * case.per_pa);
    let (least, most) = (three(factors().fold(f64::INFINITY, f64::min)), three(largest(factors())));
    let (verdict, fire) = match equal && worst < 1e-6 {
        true => ("It has them already", "fire at the same times"),
        false => ("Not as computed here", "do not fire at the same times"),
    };
    let (schemes, worst) = (SCHEMES.join(","), three(worst));
    let answer = format!(
        "{verdict}: in other units, v = alpha V + beta and u = alpha U + gamma, every neuron of the 2007 form has the \
         coefficients 0.04, 5 and 140, with the same a and b (divided by C), a shifted c and V_th, a scaled d, and a constant \
         added to the input. The cells RS, IB and CH of the book and their translations {fire} ({counted} spikes compared, under \
         the equations and under {schemes} at {DT} ms; largest difference {worst} ms). So hard-coded coefficients take no neuron \
         away from NEST, as long as V_th, c, d and I_e are free: they cost its users the translation, and currents in pA become \
         {least} to {most} mV/ms per nA. The table has the parameters to type."
    );
    ASKED.answered(outputs, &table, &answer)
}

/// v \[mV\] every quarter of a ms, and at each spike the peak and the reset, through `units`.
fn trace(truth: &Truth, peak: f64, units: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let grid = (0..=(SHOWN * 4.0) as usize).map(|i| 0.25 * i as f64).map(|t| (t, truth.state(t).v));
    let spikes = truth.spikes.times().iter().filter(|t| **t <= SHOWN);
    let mut points: Vec<(f64, f64)> = grid.chain(spikes.flat_map(|&t| [(t, peak), (t, truth.state(t).v)])).collect();
    // Stable: a peak stays before its reset.
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.into_iter().map(|(t, v)| (t, units(v))).collect()
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
                let here = own.field(State::new(v, u), g);
                let there = other.field(units.state(State::new(v, u)), units.alpha * g + units.offset);
                // Terms up to 1e3, a few roundings each.
                assert!((units.alpha * here.v - there.v).abs() < 1e-11, "{name}");
                assert!((units.alpha * here.u - there.u).abs() < 1e-11, "{name}");
            }
        }
    }
}
