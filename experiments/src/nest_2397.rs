//! In the 2007 form V' = k2 V² + k1 V + k0 − U + G, U' = a (b V + b0 − U) with other coefficients. Other units, v = α V + β and
//! u = α U + γ, leave the form and give it the coefficients of 2003:
//!
//! ```text
//! α = k2/0.04,   β = (k1 − 5)/0.08,   γ = b β − α b0,   input α G + 0.04 β² − k1 β + α k0 + γ − 140
//! a, b as they are,   c → α c + β,   d → α d,   peak → α peak + β
//! ```
//!
//! Time keeps its unit, so that spikes keep their times; Runge-Kutta methods commute with such a change of units, step by step.

use spikestep::model::{BIOPHYSICAL_CELLS, Biophysical};
use spikestep::study::true_curve;
use spikestep::truth::Truth;

use crate::shared::*;

pub(crate) const QUESTION: &str = "Does a model with 0.04, 5 and 140 hard-coded lack the neurons of the 2007 form?";

const ASKED: Asked = [
    "https://github.com/nest/nest-simulator/issues/2397",
    "Currently the \"Izhikevich neuron model\" has several hard-coded parameters, the model is not as flexible as it could \
            be. With slight modifications to the current code, more types of neurons could be properly modelled.",
];
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
    /// The input in the units of 2003 \[mV/ms\].
    input: f64,
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
    Case { name, current, units, input, own, other, solved, compared }
}

/// The cells of the book that have the form of 2007 and no more, without the year in their names.
fn plain_cells() -> impl Iterator<Item = (&'static str, &'static Biophysical)> {
    let plain = BIOPHYSICAL_CELLS.iter().filter(|(_, cell)| cell.neuron().is_plain());
    plain.map(|(name, cell)| (name.trim_end_matches("2007"), cell))
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let cases: Vec<Case> =
        plain_cells().zip(CURRENTS).map(|((name, cell), current)| case(name, cell, current)).collect();
    let panels = cases.iter().map(|case| {
        let curve = |problem: &Problem, truth| true_curve(&Problem { duration: SHOWN, ..problem.clone() }, truth);
        let drawn = |look, name, points: Vec<(f64, f64)>| Series { look, thinned: true, ..line(name, points) };
        let own = drawn(Look::Reference, "2007 form", curve(&case.own, &case.solved[0]));
        let back = |(t, v): (f64, f64)| (t, (v - case.units.beta) / case.units.alpha);
        let other = drawn(Look::Own, "2003 form", curve(&case.other, &case.solved[1]).into_iter().map(back).collect());
        panel(format!("{}, {} pA", case.name, case.current), ("time [ms]", "v [mV]"), [own, other])
    });
    let title = "Cells of 2007 and the same cells with the coefficients of 2003, back in mV";
    draw(outputs, "units_2007", title, ["t_ms", "v_mV"], 1, panels.collect())?;
    let header = "cell,current_pA,a,b,c_mV,d,V_th_mV,I_e_mV_per_ms,alpha,beta_mV";
    let row = |case: &Case| {
        let (n, units) = (&case.other.neuron, case.units);
        fields![case.name, case.current, n.a, n.b, n.c, n.d, n.peak, case.input, units.alpha, units.beta]
    };
    let table = outputs.table("parameters.csv", header, cases.iter().map(row))?;
    let (mut worst, mut counted, mut equal) = (0.0f64, 0, true);
    let rows = cases.iter().flat_map(|case| case.compared.iter().map(move |compared| (case.name, compared)));
    let rows = rows.map(|(cell, (name, dt, own, other))| {
        let errors = SpikeErrors::between(other, own);
        let gap = errors.max_abs.unwrap_or(0.0);
        (worst, counted, equal) = (worst.max(gap), counted + errors.matched, equal && own.len() == other.len());
        fields![cell, name, optional(*dt), own.len(), other.len(), gap]
    });
    outputs.csv("spikes.csv", "cell,scheme,dt_ms,spikes_2007,spikes_2003,largest_difference_ms", rows)?;
    let (verdict, fire) = match equal && worst < 1e-6 {
        true => ("It has them already", "fire at the same times"),
        false => ("Not as computed here", "do not fire at the same times"),
    };
    let answer = format!(
        "{verdict}: in other units, v = alpha V + beta and u = alpha U + gamma, every neuron of the 2007 form has the \
         coefficients 0.04, 5 and 140. The cells of the book and their translations {fire} ({counted} spikes compared, under the \
         equations and under {} at {DT} ms; largest difference {} ms). Hard-coded coefficients take no neuron away from NEST, as \
         long as V_th, c, d and I_e are free: they cost its users the translation.",
        SCHEMES.join(", "),
        three(worst)
    );
    answered(outputs, ASKED, &table, &answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_in_other_units_is_the_field_scaled() {
        for (name, cell) in plain_cells() {
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
