//! How much do spikes lag at a step of 1 ms under each method, and what does a longer step after a spike do to it?
//!
//! Sources: M. Hopkins, S. Furber, *Accuracy and efficiency in fixed-point neural ODE solvers*, Neural Computation 27 (2015) 2148–2182,
//! of which the abstract was read; and sPyNNaker's `neuron_model_izh_impl.c`, which implements it and names its constants. Arithmetic
//! is f64 here: what fixed point adds is not measured. "Cancels" is taken to mean at least half, a compromise to be worth its flops.

mod frozen_u;
mod threshold_correction;

use rayon::prelude::*;
use spikestep::Result;
use spikestep::metrics::SpikeErrors;
use spikestep::report::figure::CurvePanel;
use spikestep::scheme::{Trajectory, step_count};

use crate::shared::claims::{Claim, Expected, compare};
use crate::shared::{
    Experiment, Outputs, cell, constant_input, draw, fields, fixed_step, line, linear, mean, numbered, panel, scheme,
    share, solve_by, truth,
};
use frozen_u::frozen_error;
use threshold_correction::ThresholdCorrected;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "hopkins_furber_2015",
    title: "Hopkins & Furber (2015): spike lag per method",
    question: "How much do spikes lag at 1 ms under each method, and does a longer step after a spike cancel it?",
    run,
};

const PAPER: &str = "Hopkins & Furber, Neural Computation 27 (2015) 2148-2182 (abstract read), with sPyNNaker's \
                     neuron_model_izh_impl.c (source read)";
const ABSTRACT: &str = "abstract";
const SOURCE: &str = "sPyNNaker, neuron_model_izh_impl.c";
/// Cell types.
const CELLS: [&str; 5] = ["RS", "IB", "CH", "FS", "LTS"];
/// Constant inputs \[mV/ms\], all with each cell type; ours.
const INPUTS: [f64; 3] = [10.0, 5.0, 15.0];
/// Duration \[ms\]; ours.
const DURATION: f64 = 1000.0;
/// Step \[ms\]; theirs.
const DT: f64 = 1.0;
/// Factors of the step after a spike: from, to and how many; those sPyNNaker names come to them.
const FACTORS: (f64, f64, usize) = (1.0, 2.5, 31);
/// The factors sPyNNaker names: right for a linear v, and in use.
const LINEAR: f64 = 1.5;
const IN_USE: f64 = 1.85;
/// The methods by their names here; the paper calls `rk2` Midpoint and `heun` Trapezoid.
const METHODS: [&str; 4] = ["euler", "rk2", "heun", "rk4"];
const EULER: usize = 0;
const MIDPOINT: usize = 1;
const TRAPEZOID: usize = 2;
const RK4: usize = 3;
const WHERE_WE_DIFFER: &str = "the longer step after a spike takes a third of Midpoint's lag away, not all of it, for two reasons. Under a constant input the intervals of a
scheme on a grid of 1 ms are whole milliseconds, so that the lag changes in jumps with the factor; and the truncation error of Midpoint
alone, with spikes located, is 0.2 to 0.8 ms a spike, late, which a factor beyond 1.85 also pays for: hence a best factor near 2.4 here. Over
Euler the gain of Trapezoid is then no more than 15 %, because the threshold, not the method, is the error. RK4 on the grid is, over all
cases, worse than either: its last stage throws v far beyond the peak within the step, and u with it; with spikes located it is the best by far. The paper works in fixed
point and over inputs that were not read; its tables of lags were not at hand.";

/// A method on one problem: its lag with spikes on the grid, located, and with each factor.
struct Method {
    /// Flops a step.
    flops: f64,
    grid: SpikeErrors,
    located: SpikeErrors,
    /// (factor, errors).
    corrected: Vec<(f64, SpikeErrors)>,
}

impl Method {
    fn with_factor(&self, factor: f64) -> &SpikeErrors {
        let found = self.corrected.iter().find(|(own, _)| *own == factor);
        &found.expect("what is claimed of is measured").1
    }
}

/// One cell type under one input.
struct Case {
    cell: &'static str,
    input: f64,
    spikes: usize,
    methods: [Method; 4],
}

/// Lag gained per spike \[ms\]: the slope of lag against spike number.
fn drift(errors: &SpikeErrors) -> f64 {
    errors.drift.map_or(f64::NAN, |drift| drift.per_spike)
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let mut factors = linear(FACTORS.0, FACTORS.1, FACTORS.2);
    factors.extend([LINEAR, IN_USE]);
    factors.sort_by(f64::total_cmp);
    factors.dedup();
    let cases: Vec<_> = CELLS.iter().flat_map(|&cell| INPUTS.map(|input| (cell, input))).collect();
    let cases: Vec<Case> = cases.into_par_iter().map(|(cell, input)| case(cell, input, DT, &factors)).collect();
    let title = format!("Lag of the spikes at {DT} ms, and what a longer step after a spike does to it");
    draw(outputs, "lag", title, ["x", "lag_ms"], 2, panels(&cases, &factors))?;
    let header = [
        "neuron",
        "input",
        "true_spikes",
        "method",
        "flops_per_step",
        "spikes",
        "factor",
        "lag_per_spike_ms",
        "max_abs_lag_ms",
    ];
    let rows = cases.iter().flat_map(|c| {
        METHODS.iter().zip(&c.methods).flat_map(move |(name, method)| {
            let row = move |handling: String, e: &SpikeErrors| {
                let (own, largest) = (e.matched + e.extra, e.max_abs.unwrap_or(f64::NAN));
                fields![c.cell, c.input, c.spikes, name, method.flops, own, handling, drift(e), largest]
            };
            let corrected = method.corrected.iter().map(move |(factor, e)| row(factor.to_string(), e));
            std::iter::once(row("located".to_owned(), &method.located)).chain(corrected)
        })
    });
    outputs.csv("lags.csv", &header, rows)?;
    compare(outputs, PAPER, &claims(&cases, &factors), WHERE_WE_DIFFER)
}

fn case(name: &'static str, input: f64, dt: f64, factors: &[f64]) -> Case {
    let problem = constant_input(cell(name), input, DURATION);
    let truth = truth(&problem).spikes;
    let errors = |run: &Trajectory| SpikeErrors::between(&run.spikes, &truth);
    let methods = METHODS.map(|name| {
        let of = |name: &str| fixed_step(scheme(name), &problem, dt, |_| {});
        let (grid, located) = (of(name), of(&format!("{name}+located")));
        let corrected = |&factor: &f64| {
            let mut rule = ThresholdCorrected::new(name, problem.neuron, factor);
            (factor, errors(&solve_by(&mut rule, &problem, dt)))
        };
        Method {
            flops: grid.cost.flops as f64 / step_count(DURATION, dt) as f64,
            grid: errors(&grid),
            located: errors(&located),
            corrected: factors.iter().map(corrected).collect(),
        }
    });
    Case { cell: name, input, spikes: truth.len(), methods }
}

/// Mean over the cases of the size of the lag per spike \[ms\] with the step after a spike `factor` times as long.
fn mean_lag(cases: &[Case], method: usize, factor: f64) -> f64 {
    mean(cases.iter().map(|case| drift(case.methods[method].with_factor(factor)).abs()))
}

fn claims(cases: &[Case], factors: &[f64]) -> Vec<Claim> {
    let size = |method: usize, factor: f64| mean_lag(cases, method, factor);
    let best = |method: usize| {
        let smallest = factors.iter().min_by(|a, b| size(method, **a).total_cmp(&size(method, **b)));
        smallest.copied().unwrap_or(f64::NAN)
    };
    let flops = |method: usize| cases[0].methods[method].flops;
    let at = |case: &Case, method: usize| drift(case.methods[method].with_factor(IN_USE)).abs();
    let lagging = share(cases.iter().flat_map(|c| c.methods.iter().map(|m| drift(&m.grid) > 0.0)));
    let located = mean(cases.iter().map(|case| drift(&case.methods[RK4].located).abs()));
    let nearer = share(cases.iter().map(|c| at(c, TRAPEZOID) < at(c, MIDPOINT)));
    let theirs =
        |quantity: &str, published, expected, measured| Claim::new(quantity, published, ABSTRACT, expected, measured);
    let exact = "an exact result for v, u held fixed";
    let lag = "threshold crossing between steps makes a cumulative lag";
    let cancels = "the correction cancels the lag";
    let better = "1.85 slightly better than 1.5";
    let compromise = "a second-order Runge-Kutta method is the best compromise";
    let worth = |cheap: usize, dear: usize| flops(cheap) / flops(dear);
    let over = |a: (usize, f64), b: (usize, f64)| size(a.0, a.1) / size(b.0, b.1);
    vec![
        // Rounding of 1e-16 grows by the factor by which neighbours part on the upstroke, (W/W₀)², some hundreds here.
        theirs("v in closed form, u held: largest relative error", exact, Expected::AtMost(1e-12), frozen_error()),
        theirs("share of runs that lag on the grid", lag, Expected::Above(0.5), lagging),
        Claim::ours("RK4: mean |lag| per spike on the grid [ms]", ABSTRACT, size(RK4, 1.0)),
        Claim::ours("RK4: the same with spikes located [ms]", ABSTRACT, located),
        theirs(
            "Midpoint: mean |lag|, factor 1.85 over none",
            cancels,
            Expected::AtMost(0.5),
            over((MIDPOINT, IN_USE), (MIDPOINT, 1.0)),
        ),
        Claim::new(
            "Midpoint: mean |lag|, factor 1.85 over 1.5",
            better,
            SOURCE,
            Expected::AtMost(1.0),
            over((MIDPOINT, IN_USE), (MIDPOINT, LINEAR)),
        ),
        Claim::new(
            "Midpoint: best factor",
            "1.85",
            SOURCE,
            Expected::Value { value: IN_USE, within: 0.1 },
            best(MIDPOINT),
        ),
        Claim::new("RK4: best factor", "1.5 for a linear v", SOURCE, Expected::Unstated, best(RK4)),
        theirs(
            "flops of Midpoint over Trapezoid",
            "Midpoint for speed",
            Expected::AtMost(1.0),
            worth(MIDPOINT, TRAPEZOID),
        ),
        theirs("share of cases: Trapezoid nearer, factor 1.85", "Trapezoid for accuracy", Expected::Above(0.5), nearer),
        theirs(
            "mean |lag|, Trapezoid over Euler, factor 1.85",
            compromise,
            Expected::AtMost(worth(EULER, TRAPEZOID)),
            over((TRAPEZOID, IN_USE), (EULER, IN_USE)),
        ),
        theirs(
            "mean |lag|, RK4 over Trapezoid, factor 1.85",
            compromise,
            Expected::AtLeast(worth(TRAPEZOID, RK4)),
            over((RK4, IN_USE), (TRAPEZOID, IN_USE)),
        ),
    ]
}

fn panels(cases: &[Case], factors: &[f64]) -> Vec<CurvePanel> {
    let first = &cases[0];
    let lags = |what: String, pick: &dyn Fn(&Method) -> &SpikeErrors| {
        let methods = METHODS.iter().zip(&first.methods);
        let lines = methods.map(|(name, method)| line(*name, numbered(&pick(method).errors)));
        panel(format!("{}, input {}: {what}", first.cell, first.input), ("spike number", "lag [ms]"), lines)
    };
    let size = |method: usize| line(METHODS[method], factors.iter().map(move |&f| (f, mean_lag(cases, method, f))));
    let axes = ("step after a spike / dt", "mean |lag| per spike [ms]");
    vec![
        lags("spikes on the grid".to_owned(), &|m| &m.grid),
        lags(format!("corrected, {IN_USE}"), &|m| m.with_factor(IN_USE)),
        lags("located".to_owned(), &|m| &m.located),
        panel("all cases, without rk4", axes, [EULER, MIDPOINT, TRAPEZOID].map(size)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A claim is what the schemes do: another step gives another lag.
    #[test]
    fn lags_are_those_of_the_schemes() {
        for dt in [1.0, 0.1] {
            let problem = constant_input(cell("RS"), 10.0, DURATION);
            let truth = truth(&problem).spikes;
            let lag = |name: &str| {
                drift(&SpikeErrors::between(&fixed_step(scheme(name), &problem, dt, |_| {}).spikes, &truth)).abs()
            };
            let found = claims(&[case("RS", 10.0, dt, &[1.0, LINEAR, IN_USE])], &[1.0, LINEAR, IN_USE]);
            let find = |what: &str| found.iter().find(|row| row.quantity.starts_with(what)).unwrap().measured;
            assert_eq!(find("RK4: mean |lag| per spike on the grid"), lag("rk4"));
            assert_eq!(find("RK4: the same with spikes located"), lag("rk4+located"));
            assert_eq!(find("flops of Midpoint over Trapezoid"), 28.0 / 32.0);
        }
    }
}
