//! What does the cutoff do to the pattern of spikes, to u at the spike, and to a fixed step?
//!
//! Sources: J. Touboul, *Importance of the cutoff value in the quadratic adaptive integrate-and-fire model*, Neural Computation 21 (2009)
//! 2114–2122, and *On the simulation of nonlinear bidimensional spiking neuron models*, Neural Computation 23 (2011) 1704–1742. The
//! abstracts were read; neurons, input and cutoffs are ours. [`peak`](crate::peak) has the rates that follow, and what compensates them.

use rayon::prelude::*;
use spikestep::report::chart::{Axis, Panel};
use spikestep::{Neuron, Problem, Result};

use crate::shared::claims::Expected::{Above, AtMost, Unstated};
use crate::shared::claims::{Claim, compare};
use crate::shared::*;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    title: "Touboul (2009, 2011): the cutoff",
    question: "Does u diverge with the cutoff, does the cutoff change the pattern, and are the errors of a fixed step unbounded in it?",
    run,
};

const PAPER: &str = "Touboul, Neural Computation 21 (2009) 2114-2122 and 23 (2011) 1704-1742 (abstracts read)";
const ABSTRACT: &str = "abstract, 2009";
const ABSTRACT_2011: &str = "abstract, 2011";
const CELLS: [&str; 5] = ["RS", "IB", "CH", "FS", "LTS"]; // Cell types
const INPUT: f64 = 10.0; // mV/ms, constant; ours
const DURATION: f64 = 8000.0; // ms; the pattern is read from its second half
const CUTOFFS: (f64, f64, usize) = (30.0, 1e6, 46); // Lowest and highest cutoff [mV], and how many, at equal ratios
const DTS: [f64; 2] = [0.1, 0.01]; // Steps of Euler's method [ms]
const LONGEST: usize = 64; // Most spikes in a period that is looked for
const WHERE_WE_DIFFER: &str = "nowhere in substance. u grows by (ab/k2) ln(cutoff), as slowly as a logarithm: of five cell types under a constant input of 10 only CH changes
its pattern, from five spikes a burst at 30 mV to four from about 150 mV and three from about 1e5 mV; the others keep regular firing and
change their rate (experiment peak). The errors of Euler's method go up in stairs, one for each further step that the upstroke takes: that of u
faster than the square root of the cutoff, that of the spike time hardly (0.2 to 0.6 ms from 30 to 1e6 mV at 0.1 ms).";

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
    euler: [(f64, f64); 2],
}

/// A cell type with all cutoffs.
struct Case {
    cell: &'static str,
    neuron: Neuron,
    exact: Vec<Exact>,
}

impl Case {
    /// A number at the lowest and at the highest cutoff.
    fn ends(&self, of: impl Fn(&Exact) -> f64) -> (f64, f64) {
        (of(&self.exact[0]), of(&self.exact[self.exact.len() - 1]))
    }
}

/// The smallest p for which every interval is that p spikes before to 1e-6 of itself, seen over two periods at least.
///
/// Intervals approach a cycle by a factor a spike that is far from 1 here; true spike times are known to 1e-11 ms.
fn period(intervals: &[f64]) -> Option<usize> {
    (1..=LONGEST.min(intervals.len() / 3))
        .find(|&p| intervals.iter().zip(&intervals[p..]).all(|(a, b)| (a - b).abs() <= 1e-6 * a))
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let cutoffs = logarithmic(CUTOFFS.0, CUTOFFS.1, CUTOFFS.2);
    let case = |name: &&'static str| Case {
        cell: name,
        neuron: cell(name).neuron,
        exact: cutoffs.iter().map(|&cutoff| exact(name, cutoff)).collect(),
    };
    let cases: Vec<Case> = CELLS.par_iter().map(case).collect();
    let title = "What the cutoff does to the pattern, to u at the spike and to Euler's method";
    draw(outputs, "cutoff", title, ["cutoff_mV", "value"], 2, panels(&cases))?;
    let of_dt = DTS.map(|dt| format!("euler_{dt}_spike_error_ms,euler_{dt}_u_error")).join(",");
    let header = "neuron,cutoff_mV,first_spike_ms,u_at_it,spikes_per_period,longest_over_shortest_interval";
    let rows = cases.iter().flat_map(|case| {
        case.exact.iter().map(|e| {
            let period = optional(e.period.map(|p| p as f64));
            let euler = e.euler.iter().flat_map(|(t, u)| fields![t, u]).collect();
            [fields![case.cell, e.cutoff, e.first, e.u, period, e.spread], euler].concat()
        })
    });
    outputs.csv("cutoffs.csv", &format!("{header},{of_dt}"), rows)?;
    compare(outputs, PAPER, &claims(&cases), WHERE_WE_DIFFER)
}

fn exact(name: &str, cutoff: f64) -> Exact {
    let mut problem = constant_input(cell(name), INPUT, DURATION);
    problem.neuron = problem.neuron.with_peak(cutoff);
    let truth = truth(&problem);
    let (first, u) = (truth.spikes.times()[0], truth.u_before_reset[0]);
    let late = truth.spikes.times().windows(2).filter(|w| w[0] >= 0.5 * DURATION).map(|w| w[1] - w[0]);
    let intervals: Vec<f64> = late.collect();
    let (shortest, longest) = intervals.iter().fold((f64::INFINITY, 0.0_f64), |(s, l), &x| (s.min(x), l.max(x)));
    let euler = DTS.map(|dt| {
        // Long enough for a first spike that comes late.
        let problem = Problem { duration: (2.0 * first).max(first + 10.0 * dt), ..problem.clone() };
        let mut found = None;
        let _ = fixed_step(&scheme("euler"), &problem, dt, |row| {
            if row.spike && found.is_none() {
                // The state of a row is that after the reset.
                found = Some((row.t - first, row.state.u - problem.neuron.d - u));
            }
        });
        found.unwrap_or((f64::NAN, f64::NAN))
    });
    Exact { cutoff, first, u, period: period(&intervals), spread: longest / shortest, euler }
}

fn claims(cases: &[Case]) -> Vec<Claim> {
    let mut rows = Vec::new();
    let mut claim = |quantity: String, published, place, expected, measured| {
        rows.push(Claim::new(quantity, published, place, expected, measured));
    };
    for case in cases {
        // Near the blow-up du/d(ln W) = a b/k2, W = k2 v + k1/2: the growth of u between the two highest cutoffs over that.
        let Neuron { a, b, k1, k2, .. } = case.neuron;
        let ln_w = |e: &Exact| (k2 * e.cutoff + 0.5 * k1).ln();
        let [.., low, high] = &case.exact[..] else { continue };
        let growth = (high.u - low.u) / (a * b / k2 * (ln_w(high) - ln_w(low)));
        let quantity = format!("{}: growth of u with ln(cutoff), over ab/k2", case.cell);
        claim(quantity, "u diverges at the blow-up", ABSTRACT, Above(0.0), growth);
    }
    // All that is left of a spike above v takes 1/(k2 v + k1/2) to first order.
    let latest = largest(cases.iter().map(|case| {
        let (low, high) = case.ends(|e| e.first);
        (high - low) * (case.neuron.k2 * case.exact[0].cutoff + 0.5 * case.neuron.k1)
    }));
    let quantity = "delay of the first spike by the cutoff, over 1/W".to_owned();
    claim(quantity, "blow-up in finite time", ABSTRACT, AtMost(1.1), latest);
    let changed = share(cases.iter().map(|case| case.exact[0].period != case.exact[case.exact.len() - 1].period));
    let quantity = "share of cell types whose pattern the cutoff changes".to_owned();
    claim(quantity, "changing it alters the spike patterns", ABSTRACT, Above(0.0), changed);
    for case in cases {
        let (low, high) = case.ends(|e| e.period.map_or(f64::NAN, |p| p as f64));
        for (which, spikes) in [("lowest", low), ("highest", high)] {
            claim(format!("{}: spikes in a period at the {which} cutoff", case.cell), "-", ABSTRACT, Unstated, spikes);
        }
    }
    for (k, dt) in DTS.iter().enumerate() {
        for what in ["spike time", "u at it"] {
            let error = |e: &Exact| if what == "u at it" { e.euler[k].1 } else { e.euler[k].0 }.abs();
            // Errors go up and down with where the last step ends: what is beyond that is at least a factor of 2 from the lowest
            // cutoff to the highest.
            let ends = cases.iter().map(|case| case.ends(error));
            let grows = share(ends.map(|(low, high)| high >= 2.0 * low));
            let quantity = format!("Euler {dt} ms: share of cell types, error of {what} doubles");
            claim(quantity, "errors unbounded as the cutoff grows", ABSTRACT_2011, Above(0.5), grows);
        }
        let high = cases.iter().flat_map(|case| case.exact.iter().filter(|e| e.cutoff >= 1e3));
        let logarithms = high.map(|e| (e.cutoff.ln(), e.euler[k].1.abs().ln()));
        let power = slope(&logarithms.filter(|p| p.1.is_finite()).collect::<Vec<_>>());
        claim(format!("Euler {dt} ms: power of the cutoff in the error of u"), "-", ABSTRACT_2011, Unstated, power);
    }
    rows
}

fn panels(cases: &[Case]) -> Vec<Panel> {
    let panel = |heading: String, y: &str, of: &dyn Fn(&Exact) -> Option<f64>| {
        let points = |case: &Case| case.exact.iter().filter_map(|e| Some((e.cutoff, of(e)?))).collect::<Vec<_>>();
        log_panel(heading, ("cutoff [mV]", y), cases.iter().map(|case| line(case.cell, points(case))))
    };
    let dt = DTS[0];
    vec![
        panel("u at the first spike".into(), "u [mV/ms]", &|e| Some(e.u)),
        panel("spikes until intervals repeat".into(), "spikes", &|e| e.period.map(|p| p as f64)),
        Panel {
            y: Axis::log("|error of u| [mV/ms]"),
            ..panel(format!("Euler, {dt} ms: u at the first spike"), "|error of u| [mV/ms]", &|e| {
                Some(e.euler[0].1.abs()).filter(|size| *size > 0.0)
            })
        },
        panel(format!("Euler, {dt} ms: first spike"), "error [ms]", &|e| Some(e.euler[0].0)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_of_made_up_intervals() {
        assert_eq!(period(&[5.0; 9]), Some(1));
        assert_eq!(period(&[2.0, 2.0, 40.0].repeat(4)), Some(3));
        let next = |x: &mut f64, _: usize| {
            *x = 3.9 * *x * (1.0 - *x);
            Some(1.0 + *x)
        };
        let chaos: Vec<f64> = (0..60).scan(0.3_f64, next).collect();
        assert_eq!(period(&chaos), None);
        assert_eq!(period(&[]), None);
    }
}
