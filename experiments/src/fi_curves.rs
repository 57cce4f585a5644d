//! Which step shifts the rheobase of a cell type, and which its gain?
//!
//! From the resting state at zero input, a constant input; the rate is that of the last part of the run. The equations lose their rest at
//! a Hopf or saddle-node point, which has a formula; a scheme keeps the equilibrium and can lose its stability elsewhere.

use std::fmt::Write;

use rayon::prelude::*;

use spikestep::model::{CELL_TYPES, CellType, PhasePlane, hopf_input, saddle_node_input};
use spikestep::report::chart::{Chart, Look, Series};
use spikestep::report::{three, three_or_dash};
use spikestep::scheme::stability::spectral_radius;
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, Result, Scheme, SpikeTrain, State, Stimulus};

use crate::shared::{Experiment, Outputs, chart, fields, fixed_step, line, optional, panel, schemes};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "fi_curves",
    title: "Rate against input",
    question: "Which step shifts the rheobase of a cell type, and which its gain?",
    run,
};

/// The schemes.
const SCHEMES: &str = "euler,half-step,rk4,rk4+located,projective-8";
/// Steps \[ms\].
const DTS: [f64; 4] = [1.0, 0.5, 0.25, 0.1];
/// First and last input \[mV/ms\].
const INPUTS: (f64, f64) = (0.0, 20.0);
/// Number of inputs.
const POINTS: usize = 41;
/// Duration \[ms\], of which the last part counts.
const DURATION: f64 = 2000.0;
/// The last part of a run, whose rate is measured \[ms\].
const MEASURED: f64 = 1000.0;
/// To what the rheobases are searched \[mV/ms\].
const RESOLUTION: f64 = 0.005;
/// Tolerance of the equations' rates, relative per step: far below what a rate in a figure or table shows.
const TOLERANCE: f64 = 1e-13;
/// The step that the figure shows \[ms\].
const SHOWN_DT: f64 = 0.5;

/// A curve and its two thresholds \[mV/ms\].
struct Curve {
    /// Rates \[Hz\] at the inputs; not a number where the run diverged.
    rates: Vec<f64>,
    /// Input at which the resting state loses its stability.
    rest_lost: Option<f64>,
    /// Least input step from rest at zero input that is followed by firing that lasts.
    sustained: Option<f64>,
}

struct Row {
    cell: &'static CellType,
    /// Scheme and step; none for the equations.
    scheme: Option<(Scheme, f64)>,
    curve: Curve,
}

/// The input \[mV/ms\] at which the equations lose their rest: the Hopf point where it lies on the lower branch, the saddle-node
/// otherwise.
fn analytic_rheobase(neuron: &Neuron) -> Option<(f64, &'static str)> {
    let fold = saddle_node_input(neuron)?;
    let v_fold = -(neuron.k1 - neuron.b / neuron.leak) / (2.0 * neuron.k2);
    let v_hopf = (neuron.a * neuron.leak - neuron.k1) / (2.0 * neuron.k2);
    match hopf_input(neuron) {
        Some(hopf) if v_hopf < v_fold => Some((hopf, "Hopf")),
        _ => Some((fold, "saddle-node")),
    }
}

/// The lower equilibrium under `input`.
fn rest(neuron: &Neuron, input: f64) -> Option<State> {
    PhasePlane::new(*neuron, input).ok()?.equilibria().first().map(|e| e.state)
}

/// Where `holds` ceases between `low` and `high`, by halving; `None` unless it holds at one end only.
fn edge(low: f64, high: f64, resolution: f64, holds: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut low, mut high) = (low, high);
    if !holds(low) || holds(high) {
        return None;
    }
    while high - low > resolution {
        let middle = 0.5 * (low + high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(0.5 * (low + high))
}

/// Least-squares slope of rate against input where both curves fire \[Hz per mV/ms\], this one's and the other's.
fn gains(inputs: &[f64], rates: &[f64], others: &[f64]) -> Option<(f64, f64)> {
    let fire = |i: &usize| rates[*i] > 0.0 && others[*i] > 0.0;
    let at: Vec<usize> = (0..inputs.len()).filter(fire).collect();
    if at.len() < 3 {
        return None;
    }
    let mean = |values: &[f64]| at.iter().map(|&i| values[i]).sum::<f64>() / at.len() as f64;
    let center = mean(inputs);
    let slope = |values: &[f64]| {
        let level = mean(values);
        let (top, below) = at.iter().fold((0.0, 0.0), |(top, below), &i| {
            let x = inputs[i] - center;
            (top + x * (values[i] - level), below + x * x)
        });
        top / below
    };
    Some((slope(rates), slope(others)))
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let schemes = schemes(SCHEMES)?;
    let mut jobs: Vec<(&'static CellType, Option<(Scheme, f64)>)> = Vec::new();
    for cell in &CELL_TYPES {
        jobs.push((cell, None));
        for scheme in &schemes {
            jobs.extend(DTS.map(|dt| (cell, Some((scheme.clone(), dt)))));
        }
    }
    let rows: Vec<Row> = jobs
        .into_par_iter()
        .map(|(cell, scheme)| Row { cell, scheme: scheme.clone(), curve: curve(cell, scheme) })
        .collect();
    outputs.figure(&figure(&rows))?;
    tables(outputs, &rows)
}

fn inputs() -> Vec<f64> {
    let (from, to) = INPUTS;
    (0..POINTS).map(|i| from + (to - from) * i as f64 / (POINTS - 1) as f64).collect()
}

/// The rate \[Hz\] in the last part of a run: intervals over the time they take; 0 below two spikes.
fn rate(spikes: &SpikeTrain) -> f64 {
    let from = spikes.times().partition_point(|&t| t <= DURATION - MEASURED);
    match &spikes.times()[from..] {
        [first, .., last] if last > first => 1000.0 * (spikes.len() - from - 1) as f64 / (last - first),
        _ => 0.0,
    }
}

fn curve(cell: &CellType, scheme: Option<(Scheme, f64)>) -> Curve {
    let neuron = cell.neuron;
    let initial = rest(&neuron, 0.0).unwrap_or(cell.initial);
    let spikes = |input: f64| {
        let problem = Problem { neuron, stimulus: Stimulus::constant(input), initial, duration: DURATION };
        let (spikes, cut_at) = match &scheme {
            None => {
                let truth = taylor::solve(&problem, TOLERANCE);
                (truth.spikes, truth.outcome.cut_at())
            }
            Some((scheme, dt)) => {
                let run = fixed_step(scheme, &problem, *dt, |_| {});
                (run.spikes, run.diverged_at)
            }
        };
        // What ends early has no rate, and is not silent.
        cut_at.map_or(Some(spikes), |_| None)
    };
    let rate = |input: f64| spikes(input).map_or(f64::NAN, |spikes| rate(&spikes));
    let rates = inputs().into_iter().map(rate).collect();
    let analytic = analytic_rheobase(&neuron);
    let rest_lost = match (&scheme, analytic) {
        (None, found) => found.map(|f| f.0),
        // Between 4 mV/ms below and just above: at the saddle-node there is no rest left.
        (Some((scheme, dt)), Some((input, _))) => edge(input - 4.0, input + 1.0, 1e-3 * RESOLUTION, |input| {
            rest(&neuron, input)
                .and_then(|state| spectral_radius(scheme, &neuron, state, input, *dt))
                .is_some_and(|radius| radius < 1.0)
        }),
        _ => None,
    };
    let silent = |input: f64| rate(input) == 0.0;
    let sustained = edge(INPUTS.0.min(0.0), INPUTS.1, RESOLUTION, silent);
    Curve { rates, rest_lost, sustained }
}

fn figure(rows: &[Row]) -> Chart {
    let inputs = inputs();
    let panels = CELL_TYPES.iter().map(|cell| {
        let own = rows
            .iter()
            .filter(|row| row.cell.name == cell.name && row.scheme.clone().is_none_or(|(_, dt)| dt == SHOWN_DT));
        let series = own.map(|row| {
            let label = row.scheme.clone().map_or_else(|| "equations".to_owned(), |(scheme, _)| scheme.to_string());
            let look = if row.scheme.is_none() { Look::Reference } else { Look::Own };
            Series { look, ..line(label, inputs.iter().copied().zip(row.curve.rates.iter().copied())) }
        });
        panel(format!("{}, dt = {} ms", cell.name, SHOWN_DT), ("input I [mV/ms]", "firing rate [Hz]"), series)
    });
    let title = "Firing rate in Hz against constant input in mV/ms, per cell type";
    chart("fi_curves", title, ["input_mV_per_ms", "rate_Hz"], 2, panels.collect())
}

/// Writes the CSV of thresholds and gains, and gives their text.
fn tables(outputs: &mut Outputs<'_>, rows: &[Row]) -> Result<String> {
    let header = [
        "cell",
        "scheme",
        "dt_ms",
        "rest_lost_mV_per_ms",
        "rest_lost_shift",
        "sustained_from_mV_per_ms",
        "sustained_shift",
        "gain_Hz_per_mV_per_ms",
        "gain_ratio",
        "rate_at_last_input_Hz",
        "rate_ratio",
    ];
    let mut csv = Vec::new();
    let mut text = String::new();
    let inputs = inputs();
    for cell in &CELL_TYPES {
        let own = || rows.iter().filter(|row| row.cell.name == cell.name);
        let Some(truth) = own().find(|row| row.scheme.is_none()).map(|row| &row.curve) else { continue };
        let kind = analytic_rheobase(&cell.neuron).map_or("none", |f| f.1);
        let last = truth.rates.last().copied().unwrap_or(0.0);
        let _ = writeln!(
            text,
            "{}: rest is lost at {} mV/ms ({kind}), a step from rest fires on from {} mV/ms, {} Hz at {}\n  {:24} {:>5} {:>11} {:>11} {:>10} {:>10}",
            cell.name,
            truth.rest_lost.map_or("-".to_owned(), |x| format!("{x:.4}")),
            truth.sustained.map_or("-".to_owned(), |x| format!("{x:.3}")),
            three(last),
            INPUTS.1,
            "shift against that",
            "dt",
            "rest lost",
            "fires from",
            "gain",
            "last rate"
        );
        for row in own() {
            let curve = &row.curve;
            let shift = |own: Option<f64>, of: Option<f64>| Some(own? - of?);
            let (rest, step) = (shift(curve.rest_lost, truth.rest_lost), shift(curve.sustained, truth.sustained));
            let gain = gains(&inputs, &curve.rates, &truth.rates);
            let ratio = gain.map(|(own, of)| own / of);
            let rate = curve.rates.last().copied().unwrap_or(0.0);
            let (name, dt) = row
                .scheme
                .clone()
                .map_or(("equations".to_owned(), String::new()), |(scheme, dt)| (scheme.to_string(), dt.to_string()));
            csv.push(fields![
                cell.name,
                name,
                dt,
                optional(curve.rest_lost),
                optional(rest),
                optional(curve.sustained),
                optional(step),
                optional(gain.map(|g| g.0)),
                optional(ratio),
                optional(Some(rate).filter(|r| r.is_finite())),
                optional(Some(rate / last).filter(|r| r.is_finite())),
            ]);
            if row.scheme.is_some() {
                let percent = |x: Option<f64>| x.map_or("-".to_owned(), |r| format!("{:+.1} %", 100.0 * (r - 1.0)));
                let _ = writeln!(
                    text,
                    "  {name:24} {dt:>5} {:>11} {:>11} {:>10} {:>10}",
                    three_or_dash(rest.map(|x| (x / (1e-2 * RESOLUTION)).round() * 1e-2 * RESOLUTION)),
                    three_or_dash(step.map(|x| (x / RESOLUTION).round() * RESOLUTION)),
                    percent(ratio),
                    if rate.is_nan() { "diverged".to_owned() } else { percent(Some(rate / last)) }
                );
            }
        }
    }
    let _ = writeln!(
        text,
        "(rest lost: input at which the scheme's own rest becomes unstable, minus the equations' Hopf or saddle-node point; fires \
         from:\nleast step from rest at zero input after which spikes last; both in mV/ms. Gain: slope of rate over input.)"
    );
    outputs.csv("rheobase_and_gain.csv", &header, csv)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_is_lost_where_the_eigenvalues_say() {
        // RS: trace 0 at v = (0.02 − 5)/0.08 = −62.25, left of the fold at −60: I = 0.2 v − 0.04 v² − 5 v − 140 = 3.7975.
        let (input, kind) = analytic_rheobase(&Neuron::new(0.02, 0.2, -65.0, 8.0)).unwrap();
        assert!((input - 3.7975).abs() < 1e-12 && kind == "Hopf");
        // a = 0.1, b = 0.05: det J < 0 at the Hopf point, so the fold comes first, at 4.95²/0.16 − 140.
        let (input, kind) = analytic_rheobase(&Neuron::new(0.1, 0.05, -65.0, 8.0)).unwrap();
        assert!((input - 13.140_625).abs() < 1e-12 && kind == "saddle-node");
    }

    #[test]
    fn edges_and_gains_of_known_functions() {
        let found = edge(0.0, 10.0, 1e-6, |x| x < 3.25).unwrap();
        assert!((found - 3.25).abs() <= 1e-6);
        assert_eq!(edge(0.0, 10.0, 1e-6, |_| true), None);
        // Where both fire (from 1 on) the slopes are 2 and 4.
        let inputs = [0.0, 1.0, 2.0, 3.0];
        assert_eq!(gains(&inputs, &[0.0, 2.0, 4.0, 6.0], &[5.0, 4.0, 8.0, 12.0]), Some((2.0, 4.0)));
    }
}
