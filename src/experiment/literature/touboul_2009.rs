//! Kind `touboul_2009`: what the cutoff does to the pattern of spikes, to u at the spike, and to a fixed step.
//!
//! Sources: J. Touboul, *Importance of the cutoff value in the quadratic adaptive integrate-and-fire model*, Neural Computation 21 (2009)
//! 2114–2122, and *On the simulation of nonlinear bidimensional spiking neuron models*, Neural Computation 23 (2011) 1704–1742. The
//! abstracts were read; neurons, input and cutoffs are ours. Kind `peak` has the rates that follow, and what compensates them.

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::claims::{Claim, Claims, Expected};
use super::{check_list, share, slope_and_correlation};
use crate::error::{Error, Result};
use crate::experiment::runs::{check_positive, check_steps, fixed_step};
use crate::experiment::{Experiment, Outputs};
use crate::model::{CellType, Neuron, Problem, Stimulus};
use crate::report::figure::{CurvePanel, CurveSeries, Curves, curves};
use crate::scheme::Scheme;
use crate::study::dt_list;
use crate::truth::taylor;

const PAPER: &str = "Touboul, Neural Computation 21 (2009) 2114-2122 and 23 (2011) 1704-1742 (abstracts read)";
const ABSTRACT: &str = "abstract, 2009";
const ABSTRACT_2011: &str = "abstract, 2011";

/// The parameters, as in `experiments/literature/touboul_2009.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct Touboul2009 {
    /// Cell types.
    neurons: Vec<String>,
    /// Constant input \[mV/ms\].
    input: f64,
    /// Duration \[ms\]; the pattern is read from its second half.
    duration: f64,
    /// Cutoffs \[mV\], as `--dt`.
    cutoffs: String,
    /// Steps of Euler's method \[ms\].
    dts: Vec<f64>,
    /// Where the measurement differs, and why.
    where_we_differ: String,
}

/// The equations with one cutoff.
struct Exact {
    cutoff: f64,
    /// First spike \[ms\], and u just before its reset \[mV/ms\].
    first: f64,
    u: f64,
    /// After how many spikes the intervals repeat: 1 regular, more a burst; `None` where they do not repeat by then.
    period: Option<usize>,
    /// Longest interval over the shortest, of the second half.
    spread: f64,
    /// Errors of Euler's method at each step, of the first spike \[ms\] and of u at it \[mV/ms\].
    euler: Vec<(f64, f64)>,
}

struct Case {
    cell: &'static CellType,
    exact: Vec<Exact>,
}

/// Most spikes in a period that is looked for.
const LONGEST: usize = 64;

/// The smallest p for which every interval is that p spikes before to 1e-6 of itself, seen over two periods at least.
///
/// Intervals approach a cycle by a factor a spike that is far from 1 here; true spike times are known to 1e-11 ms.
fn period(intervals: &[f64]) -> Option<usize> {
    (1..=LONGEST.min(intervals.len() / 3))
        .find(|&p| intervals.iter().zip(&intervals[p..]).all(|(a, b)| (a - b).abs() <= 1e-6 * a))
}

impl Experiment for Touboul2009 {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let (cells, cutoffs) = self.checked()?;
        let cases: Vec<Case> = cells
            .into_par_iter()
            .map(|cell| Ok(Case { cell, exact: cutoffs.iter().map(|&c| self.exact(cell, c)).collect::<Result<_>>()? }))
            .collect::<Result<_>>()?;
        outputs.figure(&curves(&self.figure(&cases))?)?;
        outputs.dir.write("cutoffs.csv", self.csv(&cases).as_bytes())?;
        let rows = self.claims(&cases);
        Claims { paper: PAPER, rows, where_we_differ: self.where_we_differ.clone() }.write(outputs)
    }
}

impl Touboul2009 {
    fn checked(&self) -> Result<(Vec<&'static CellType>, Vec<f64>)> {
        check_positive("duration", self.duration)?;
        check_positive("input", self.input)?;
        check_list("dts", &self.dts)?;
        check_steps(&self.dts, self.duration)?;
        let mut cutoffs = dt_list::parse("cutoffs", &self.cutoffs)?;
        cutoffs.sort_by(f64::total_cmp);
        if cutoffs.len() < 3 || cutoffs.iter().any(|c| !(10.0..=1e8).contains(c)) {
            let allowed = "three or more of 10 to 1e8 mV";
            return Err(Error::invalid("cutoffs", &self.cutoffs, allowed, "Give cutoffs = \"30..1e4:log:30\"."));
        }
        let cells: Vec<_> = self.neurons.iter().map(|name| CellType::find(name)).collect::<Result<_>>()?;
        if cells.is_empty() {
            return Err(Error::invalid("neurons", "an empty list", "names of cell types", "Give [\"CH\"]."));
        }
        Ok((cells, cutoffs))
    }

    fn exact(&self, cell: &CellType, cutoff: f64) -> Result<Exact> {
        let neuron = cell.neuron.with_peak(cutoff);
        let stimulus = Stimulus::constant(self.input);
        let problem = Problem { neuron, stimulus, initial: cell.initial, duration: self.duration };
        let truth = taylor::solve(&problem, taylor::TOLERANCE);
        let (Some(&first), Some(&u)) = (truth.spikes.times().first(), truth.u_before_reset.first()) else {
            let given = format!("{}, at which {} does not fire", self.input, cell.name);
            return Err(Error::invalid("input", given, "an input that makes spikes", "Give a larger one."));
        };
        let late = truth.spikes.times().windows(2).filter(|w| w[0] >= 0.5 * self.duration).map(|w| w[1] - w[0]);
        let intervals: Vec<f64> = late.collect();
        let (shortest, longest) = intervals.iter().fold((f64::INFINITY, 0.0_f64), |(s, l), &x| (s.min(x), l.max(x)));
        let euler: Scheme = "euler".parse()?;
        let errors = self.dts.iter().map(|&dt| {
            // Long enough for a first spike that comes late.
            let problem = Problem { duration: (2.0 * first).max(first + 10.0 * dt), ..problem.clone() };
            let mut found = (f64::NAN, f64::NAN);
            let mut seen = false;
            let _ = fixed_step(&euler, &problem, dt, |row| {
                if row.spike && !seen {
                    // The state of a row is that after the reset.
                    found = (row.t - first, row.state.u - neuron.d - u);
                    seen = true;
                }
            });
            found
        });
        Ok(Exact { cutoff, first, u, period: period(&intervals), spread: longest / shortest, euler: errors.collect() })
    }

    fn claims(&self, cases: &[Case]) -> Vec<Claim> {
        let claim = Claim::new;
        let ends = |case: &Case, of: &dyn Fn(&Exact) -> f64| match case.exact.as_slice() {
            [first, .., last] => (of(first), of(last)),
            _ => (f64::NAN, f64::NAN),
        };
        let mut rows = Vec::new();
        for case in cases {
            // Near the blow-up du/d(ln W) = a b/k2, W = k2 v + k1/2: the growth of u between the two highest cutoffs over that.
            let Neuron { a, b, k1, k2, .. } = case.cell.neuron;
            let ln_w = |e: &Exact| (k2 * e.cutoff + 0.5 * k1).ln();
            let growth = match case.exact.as_slice() {
                [.., low, high] => (high.u - low.u) / (a * b / k2 * (ln_w(high) - ln_w(low))),
                _ => f64::NAN,
            };
            let quantity = format!("{}: growth of u with ln(cutoff), over ab/k2", case.cell.name);
            rows.push(claim(quantity, "u diverges at the blow-up", ABSTRACT, Expected::Above(0.0), growth));
        }
        // All that is left of a spike above v takes 1/(k2 v + k1/2) to first order.
        let late = |case: &Case| {
            let (low, high) = ends(case, &|e| e.first);
            let n = &case.cell.neuron;
            (high - low) * (n.k2 * case.exact[0].cutoff + 0.5 * n.k1)
        };
        let latest = cases.iter().map(late).fold(0.0, f64::max);
        rows.push(claim(
            "delay of the first spike by the cutoff, over 1/W".into(),
            "blow-up in finite time",
            ABSTRACT,
            Expected::AtMost(1.1),
            latest,
        ));
        let changes = |case: &Case| {
            let (first, last) = (case.exact.first().map(|e| e.period), case.exact.last().map(|e| e.period));
            first != last
        };
        rows.push(claim(
            "share of cell types whose pattern the cutoff changes".into(),
            "changing it alters the spike patterns",
            ABSTRACT,
            Expected::Above(0.0),
            share(cases.iter().map(changes)),
        ));
        for case in cases {
            let (low, high) = ends(case, &|e| e.period.map_or(f64::NAN, |p| p as f64));
            for (which, spikes) in [("lowest", low), ("highest", high)] {
                let quantity = format!("{}: spikes in a period at the {which} cutoff", case.cell.name);
                rows.push(claim(quantity, "-", ABSTRACT, Expected::Unstated, spikes));
            }
        }
        for (k, dt) in self.dts.iter().enumerate() {
            for (what, pick) in [("spike time", 0), ("u at it", 1)] {
                let error = |e: &Exact| if pick == 0 { e.euler[k].0 } else { e.euler[k].1 }.abs();
                // Errors go up and down with where the last step ends: what is beyond that is at least a factor of 2 from the lowest
                // cutoff to the highest.
                let grows = share(cases.iter().map(|case| {
                    let (low, high) = ends(case, &error);
                    high >= 2.0 * low
                }));
                let quantity = format!("Euler {dt} ms: share of cell types, error of {what} doubles");
                rows.push(claim(
                    quantity,
                    "errors unbounded as the cutoff grows",
                    ABSTRACT_2011,
                    Expected::Above(0.5),
                    grows,
                ));
            }
            let points: Vec<(f64, f64)> = cases
                .iter()
                .flat_map(|case| case.exact.iter().filter(|e| e.cutoff >= 1e3))
                .map(|e| (e.cutoff.ln(), e.euler[k].1.abs().ln()))
                .filter(|p| p.1.is_finite())
                .collect();
            let power = slope_and_correlation(&points).map_or(f64::NAN, |(slope, _)| slope);
            rows.push(claim(
                format!("Euler {dt} ms: power of the cutoff in the error of u"),
                "-",
                ABSTRACT_2011,
                Expected::Unstated,
                power,
            ));
        }
        rows
    }

    fn csv(&self, cases: &[Case]) -> String {
        let mut text =
            "neuron,cutoff_mV,first_spike_ms,u_at_it,spikes_per_period,longest_over_shortest_interval".to_owned();
        for dt in &self.dts {
            let _ = write!(text, ",euler_{dt}_spike_error_ms,euler_{dt}_u_error");
        }
        text.push('\n');
        for Case { cell, exact } in cases {
            for e in exact {
                let period = e.period.map_or_else(String::new, |p| p.to_string());
                let _ = write!(text, "{},{},{},{},{period},{}", cell.name, e.cutoff, e.first, e.u, e.spread);
                for (t, u) in &e.euler {
                    let _ = write!(text, ",{t},{u}");
                }
                text.push('\n');
            }
        }
        text
    }

    fn figure(&self, cases: &[Case]) -> Curves {
        let panel = |heading: String, y: &str, log_y: bool, of: &dyn Fn(&Exact) -> Option<f64>| CurvePanel {
            heading,
            x: "cutoff [mV]".to_owned(),
            y: y.to_owned(),
            log_x: true,
            log_y,
            series: cases
                .iter()
                .map(|case| CurveSeries {
                    label: case.cell.name.to_owned(),
                    points: case.exact.iter().filter_map(|e| of(e).map(|y| (e.cutoff, y))).collect(),
                    ..CurveSeries::default()
                })
                .collect(),
        };
        let dt = self.dts.first().copied().unwrap_or(f64::NAN);
        Curves {
            name: "cutoff",
            title: "What the cutoff does to the pattern, to u at the spike and to Euler's method".to_owned(),
            columns: ["cutoff_mV", "value"],
            per_row: 2,
            panels: vec![
                panel("u at the first spike".into(), "u [mV/ms]", false, &|e| Some(e.u)),
                panel("spikes until intervals repeat".into(), "spikes", false, &|e| e.period.map(|p| p as f64)),
                panel(format!("Euler, {dt} ms: u at the first spike"), "|error of u| [mV/ms]", true, &|e| {
                    Some(e.euler.first()?.1.abs()).filter(|size| *size > 0.0)
                }),
                panel(format!("Euler, {dt} ms: first spike"), "error [ms]", false, &|e| Some(e.euler.first()?.0)),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::period;

    #[test]
    fn periods_of_made_up_intervals() {
        assert_eq!(period(&[5.0; 9]), Some(1));
        assert_eq!(period(&[2.0, 2.0, 40.0].repeat(4)), Some(3));
        let chaos: Vec<f64> = (0..60)
            .scan(0.3_f64, |x, _| {
                *x = 3.9 * *x * (1.0 - *x);
                Some(1.0 + *x)
            })
            .collect();
        assert_eq!(period(&chaos), None);
        assert_eq!(period(&[]), None);
    }
}
