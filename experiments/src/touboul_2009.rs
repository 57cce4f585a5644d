//! Sources: J. Touboul, *Importance of the cutoff value in the quadratic adaptive integrate-and-fire model*, Neural Computation 21 (2009)
//! 2114–2122, and *On the simulation of nonlinear bidimensional spiking neuron models*, Neural Computation 23 (2011) 1704–1742. The
//! abstracts were read; neurons, input and cutoffs are ours.
//!
//! Near the blow-up v' ≈ k2 v², so that du/dv = a (b v + b0 − leak u)/v' ≈ (a b/k2)/v: the time of the blow-up is finite, but u at
//! the cutoff grows like (a b/k2) ln W, W = k2 cutoff + k1/2, without bound, and with it the state after a reset and every interval. With
//! d − (a b/k2) ln(W/W₃₀) in place of d a higher cutoff does to first order what one of 30 mV does. A scheme on a grid overshoots its
//! cutoff by a random amount, which does the same to its u.

use spikestep::model::{CELL_TYPES, CellType};
use spikestep::report::wrapped;

use crate::shared::claims::Expected::{Above, AtMost, Unstated};
use crate::shared::*;

pub(crate) const QUESTION: &str =
    "What does the cutoff do to the equations, to their pattern of spikes, and to schemes on a grid?";

const PAPER: &str = "Touboul, Neural Computation 21 (2009) 2114-2122 and 23 (2011) 1704-1742 (abstracts read)";
const ABSTRACT: &str = "abstract, 2009";
const ABSTRACT_2011: &str = "abstract, 2011";
const CELLS: [&str; 5] = ["RS", "IB", "CH", "FS", "LTS"]; // Cell types of the claims
const INPUT: f64 = 10.0; // mV/ms, constant; ours
const DURATION: f64 = 8000.0; // ms; the pattern is read from its second half
const CUTOFFS: (f64, f64, usize) = (30.0, 1e6, 46); // Lowest and highest cutoff [mV], and how many, at equal ratios
const DTS: [f64; 2] = [0.1, 0.01]; // Steps of Euler's method [ms]
const LONGEST: usize = 64; // Most spikes in a period that is looked for
const RATE_DURATION: f64 = 1000.0; // Over which rates are measured, for all cell types of 2003 [ms]
/// Cutoffs of the rates of the equations \[mV\], rising; the first is what the others are measured against.
const RATE_CUTOFFS: [f64; 7] = [30.0, 45.0, 100.0, 1e3, 1e4, 1e6, 1e8];
const SCHEMES: [&str; 4] = ["bindsnet", "euler", "rk4", "rk4+located"]; // Schemes whose rates are measured
const SCHEME_DTS: [f64; 3] = [1.0, 0.5, 0.1]; // Their steps [ms]
const SCHEME_CUTOFFS: [f64; 2] = [30.0, 45.0]; // Their cutoffs [mV]: the published one, and BindsNET's
const WHERE_WE_DIFFER: &str = "nowhere in substance: u grows as slowly as a logarithm, most cell types keep their pattern and change their rate, and
the errors of Euler's method go up in stairs, one for each further step that the upstroke takes.";

/// The equations with one cutoff.
struct Exact {
    cutoff: f64,
    /// First spike \[ms\], and u just before its reset \[mV/ms\].
    first: f64,
    u: f64,
    /// After how many spikes the intervals repeat: 1 regular, more a burst; `None` where they do not repeat by then.
    period: Option<usize>,
    /// Errors of Euler's method at each step, of the first spike \[ms\] and of u at it \[mV/ms\].
    euler: [(f64, f64); 2],
}

/// A cell type with all cutoffs.
struct Case {
    cell: &'static str,
    exact: Vec<Exact>,
}

impl Case {
    /// A number at the lowest and at the highest cutoff.
    fn ends(&self, of: impl Fn(&Exact) -> f64) -> (f64, f64) {
        (of(&self.exact[0]), of(&self.exact[self.exact.len() - 1]))
    }
}

/// The spikes of the equations or of a scheme on a cell type with one cutoff.
struct Rate {
    cell: &'static str,
    /// A scheme, and its step \[ms\], or one of [`EQUATIONS`].
    who: &'static str,
    dt: Option<f64>,
    cutoff: f64,
    spikes: usize,
    /// \[Hz\]
    rate: f64,
}

/// The equations as they are, and with d lowered by (a b/k2) ln(W/W₃₀).
const EQUATIONS: [&str; 2] = ["equations", "equations with lowered d"];

/// W = k2 v + k1/2 \[1/ms\].
fn w(neuron: &Neuron, v: f64) -> f64 {
    neuron.k2 * v + 0.5 * neuron.k1
}

/// What u gains on top between two cutoffs, to leading order \[mV/ms\].
fn logarithm(neuron: &Neuron, from: f64, to: f64) -> f64 {
    neuron.a * neuron.b / neuron.k2 * (w(neuron, to) / w(neuron, from)).ln()
}

fn rates(cell: &'static CellType) -> Vec<Rate> {
    let problem = |neuron| Problem { neuron, ..constant_input(cell, INPUT, RATE_DURATION) };
    let of = |who, dt, cutoff, train: SpikeTrain| Rate {
        cell: cell.name,
        who,
        dt,
        cutoff,
        spikes: train.len(),
        rate: rate(train.times()),
    };
    let exact = RATE_CUTOFFS.into_iter().flat_map(|cutoff| {
        let neuron = cell.neuron.with_peak(cutoff);
        let lowered = Neuron { d: neuron.d - logarithm(&neuron, RATE_CUTOFFS[0], cutoff), ..neuron };
        let solved = |(who, neuron)| of(who, None, cutoff, truth(&problem(neuron)).spikes);
        EQUATIONS.into_iter().zip([neuron, lowered]).map(solved).collect::<Vec<_>>()
    });
    let settings = SCHEMES.into_iter().flat_map(|who| SCHEME_DTS.map(|dt| (who, dt)));
    let stepped = settings.flat_map(|(who, dt)| {
        SCHEME_CUTOFFS.map(|cutoff| {
            let problem = problem(cell.neuron.with_peak(cutoff));
            of(who, Some(dt), cutoff, fixed_step(&scheme(who), &problem, dt, |_| {}).spikes)
        })
    });
    exact.chain(stepped).collect()
}

/// What the cutoff costs FS.
fn rates_text(rates: &[Rate]) -> String {
    let own = || rates.iter().filter(|r| r.cell == "FS" && r.who == EQUATIONS[0]);
    let low = own().next().map_or(f64::NAN, |r| r.rate);
    let change = |r: &Rate| format!("{} % at {} mV", three(100.0 * (1.0 - r.rate / low)), three(r.cutoff));
    let changes: Vec<String> = own().skip(1).map(change).collect();
    format!("FS fires slower than with the cutoff at {} mV by {}.\n", RATE_CUTOFFS[0], changes.join(", "))
}

/// The smallest p for which every interval is that p spikes before to 1e-6 of itself, seen over two periods at least.
///
/// Intervals approach a cycle by a factor a spike that is far from 1 here; true spike times are known to 1e-11 ms.
fn period(intervals: &[f64]) -> Option<usize> {
    (1..=LONGEST.min(intervals.len() / 3))
        .find(|&p| intervals.iter().zip(&intervals[p..]).all(|(a, b)| (a - b).abs() <= 1e-6 * a))
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let cutoffs = logarithmic(CUTOFFS.0, CUTOFFS.1, CUTOFFS.2);
    let case =
        |name: &&'static str| Case { cell: name, exact: cutoffs.iter().map(|&cutoff| exact(name, cutoff)).collect() };
    let cases: Vec<Case> = CELLS.par_iter().map(case).collect();
    let rates: Vec<Rate> = CELL_TYPES.par_iter().flat_map_iter(rates).collect();
    let title = "What the cutoff does to the pattern, to u at the spike, to Euler's method and to rates";
    draw(outputs, "cutoff", title, ["cutoff_mV", "value"], 2, panels(&cases, &rates))?;
    let of_dt = DTS.map(|dt| format!("euler_{dt}_spike_error_ms,euler_{dt}_u_error")).join(",");
    let header = "neuron,cutoff_mV,first_spike_ms,u_at_it,spikes_per_period";
    let rows = cases.iter().flat_map(|case| {
        case.exact.iter().map(|e| {
            let period = optional(e.period.map(|p| p as f64));
            let euler = e.euler.iter().flat_map(|(t, u)| fields![t, u]).collect();
            [fields![case.cell, e.cutoff, e.first, e.u, period], euler].concat()
        })
    });
    outputs.csv("cutoffs.csv", &format!("{header},{of_dt}"), rows)?;
    let rows = rates.iter().map(|r| fields![r.cell, r.who, optional(r.dt), r.cutoff, r.spikes, r.rate]);
    outputs.csv("rates.csv", "cell,scheme,dt_ms,cutoff_mV,spikes,rate_Hz", rows)?;
    Ok(compare(outputs, PAPER, &claims(&cases), WHERE_WE_DIFFER)? + &wrapped(&rates_text(&rates)) + "\n")
}

fn exact(name: &str, cutoff: f64) -> Exact {
    let mut problem = constant_input(cell(name), INPUT, DURATION);
    problem.neuron = problem.neuron.with_peak(cutoff);
    let truth = truth(&problem);
    let (first, u) = (truth.spikes.times()[0], truth.u_before_reset[0]);
    let late = truth.spikes.times().windows(2).filter(|w| w[0] >= 0.5 * DURATION).map(|w| w[1] - w[0]);
    let intervals: Vec<f64> = late.collect();
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
    Exact { cutoff, first, u, period: period(&intervals), euler }
}

fn claims(cases: &[Case]) -> Claims {
    let mut claims = Claims::default();
    for case in cases {
        // Between the two highest cutoffs.
        let [.., low, high] = &case.exact[..] else { continue };
        let growth = (high.u - low.u) / logarithm(&cell(case.cell).neuron, low.cutoff, high.cutoff);
        let quantity = format!("{}: growth of u with ln(cutoff), over ab/k2", case.cell);
        claims.add(quantity, "u diverges at the blow-up", ABSTRACT, Above(0.0), growth);
    }
    // All that is left of a spike above v takes 1/(k2 v + k1/2) to first order.
    let latest = largest(cases.iter().map(|case| {
        let (low, high) = case.ends(|e| e.first);
        (high - low) * w(&cell(case.cell).neuron, case.exact[0].cutoff)
    }));
    let quantity = "delay of the first spike by the cutoff, over 1/W".to_owned();
    claims.add(quantity, "blow-up in finite time", ABSTRACT, AtMost(1.1), latest);
    let changed = share(cases.iter().map(|case| case.exact[0].period != case.exact[case.exact.len() - 1].period));
    let quantity = "share of cell types whose pattern the cutoff changes".to_owned();
    claims.add(quantity, "changing it alters the spike patterns", ABSTRACT, Above(0.0), changed);
    for (k, dt) in DTS.iter().enumerate() {
        for what in ["spike time", "u at it"] {
            let error = |e: &Exact| if what == "u at it" { e.euler[k].1 } else { e.euler[k].0 }.abs();
            // Errors go up and down with where the last step ends: what is beyond that is at least a factor of 2 from the lowest
            // cutoff to the highest.
            let ends = cases.iter().map(|case| case.ends(error));
            let grows = share(ends.map(|(low, high)| high >= 2.0 * low));
            let quantity = format!("Euler {dt} ms: share of cell types, error of {what} doubles");
            claims.add(quantity, "errors unbounded as the cutoff grows", ABSTRACT_2011, Above(0.5), grows);
        }
        let high = cases.iter().flat_map(|case| case.exact.iter().filter(|e| e.cutoff >= 1e3));
        let logarithms = high.map(|e| (e.cutoff.ln(), e.euler[k].1.abs().ln()));
        let power = slope(&logarithms.filter(|p| p.1.is_finite()).collect::<Vec<_>>());
        claims.add(
            format!("Euler {dt} ms: power of the cutoff in the error of u"),
            "-",
            ABSTRACT_2011,
            Unstated,
            power,
        );
    }
    claims
}

fn panels(cases: &[Case], rates: &[Rate]) -> Vec<Panel> {
    let axis = "cutoff [mV]";
    let panel = |heading: String, y: &str, of: &dyn Fn(&Exact) -> Option<f64>| {
        let points = |case: &Case| case.exact.iter().filter_map(|e| Some((e.cutoff, of(e)?))).collect::<Vec<_>>();
        log_panel(heading, (axis, y), cases.iter().map(|case| line(case.cell, points(case))))
    };
    let changes = |(who, heading): (&str, &str)| {
        let points = |cell: &str| {
            let own = || rates.iter().filter(|r| r.cell == cell && r.who == who);
            let low = own().next().map_or(f64::NAN, |r| r.rate);
            own().map(|r| (r.cutoff, 100.0 * (r.rate / low - 1.0))).collect::<Vec<_>>()
        };
        let y = format!("change [%], against {} mV", RATE_CUTOFFS[0]);
        log_panel(heading, (axis, &y), CELL_TYPES.iter().map(|cell| marked(cell.name, points(cell.name))))
    };
    let (dt, error) = (DTS[0], "|error of u| [mV/ms]");
    let of_u = |e: &Exact| Some(e.euler[0].1.abs()).filter(|size| *size > 0.0);
    let own = [
        panel("u at the first spike".into(), "u [mV/ms]", &|e| Some(e.u)),
        panel("spikes until intervals repeat".into(), "spikes", &|e| e.period.map(|p| p as f64)),
        Panel { y: Axis::log(error), ..panel(format!("Euler, {dt} ms: u at the first spike"), error, &of_u) },
        panel(format!("Euler, {dt} ms: first spike"), "error [ms]", &|e| Some(e.euler[0].0)),
    ];
    let headings = ["rate", "rate with d − (a b/k2) ln(W/W₃₀)"];
    own.into_iter().chain(EQUATIONS.into_iter().zip(headings).map(changes)).collect()
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

    /// u at the blow-up: the logarithm is all that grows, and what is left over ln p/p at a peak p.
    #[test]
    fn u_at_the_peak_grows_as_the_logarithm_and_the_blow_up_is_in_time() {
        for cell in &CELL_TYPES {
            let at = |peak: f64| {
                let neuron = cell.neuron.with_peak(peak);
                let truth = truth(&Problem { neuron, ..constant_input(cell, 10.0, 20.0) });
                (truth.spikes.times()[0], truth.u_before_reset[0])
            };
            let (low, high) = (at(1e4), at(1e6));
            let grown = high.1 - low.1;
            // du/dv − (a b/k2)/(v + k1/(2 k2)) is −(a leak u + …)/(k2 v²): with |u| < 20 below a·(20 + b·62.5)·25/1e4 in all.
            let rest = cell.neuron.a * (20.0 + cell.neuron.b * 62.5) * 25.0 / 1e4;
            assert!((grown - logarithm(&cell.neuron, 1e4, 1e6)).abs() < rest, "{}: {grown}", cell.name);
            assert!(grown > 10.0 * rest, "{}: the logarithm must show", cell.name);
            // The time left to the blow-up is 1/W to first order, and the next one is K/(3 W³), K below 2.
            let left = 1.0 / w(&cell.neuron, 1e4) - 1.0 / w(&cell.neuron, 1e6);
            let next = 2.0 / (3.0 * w(&cell.neuron, 1e4).powi(3));
            // Rounding of a time of 10 ms: 1e-14 for each of some dozens of steps.
            assert!((high.0 - low.0 - left).abs() < next + 1e-12, "{}", cell.name);
        }
    }
}
