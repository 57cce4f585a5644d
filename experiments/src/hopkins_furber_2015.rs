//! Sources: M. Hopkins, S. Furber, *Accuracy and efficiency in fixed-point neural ODE solvers*, Neural Computation 27 (2015) 2148–2182,
//! of which the abstract was read; and sPyNNaker's `neuron_model_izh_impl.c`, which implements it and names its constants. Arithmetic
//! is f64 here: what fixed point adds is not measured. "Cancels" is taken to mean at least half, a compromise to be worth its flops.

mod frozen_u;
mod threshold_correction;

use spikestep::scheme::{Trajectory, step_count};

use crate::shared::claims::Expected::{Above, AtLeast, AtMost, Unstated, Value};
use crate::shared::*;
use frozen_u::frozen_error;
use threshold_correction::ThresholdCorrected;

pub(crate) const QUESTION: &str =
    "How much do spikes lag at 1 ms under each method, and does a longer step after a spike cancel it?";

const PAPER: &str = "Hopkins & Furber, Neural Computation 27 (2015) 2148-2182 (abstract read), with sPyNNaker's \
                     neuron_model_izh_impl.c (source read)";
const ABSTRACT: &str = "abstract";
const SOURCE: &str = "sPyNNaker, neuron_model_izh_impl.c";
const CELLS: [&str; 5] = ["RS", "IB", "CH", "FS", "LTS"]; // Cell types
const INPUTS: [f64; 3] = [10.0, 5.0, 15.0]; // Constant inputs [mV/ms], all with each cell type; ours
const DURATION: f64 = 1000.0; // ms; ours
const DT: f64 = 1.0; // ms; theirs
/// Factors of the step after a spike: from, to and how many; those sPyNNaker names come to them.
const FACTORS: (f64, f64, usize) = (1.0, 2.5, 31);
const LINEAR: f64 = 1.5; // The factor that sPyNNaker's program says is right for a linear v
const IN_USE: f64 = 1.85; // The factor that it uses
/// The methods by their names here; the paper calls `rk2` Midpoint and `heun` Trapezoid.
const METHODS: [&str; 4] = ["euler", "rk2", "heun", "rk4"];
const EULER: usize = 0;
const MIDPOINT: usize = 1;
const TRAPEZOID: usize = 2;
const RK4: usize = 3;
const WHERE_WE_DIFFER: &str = "the longer step after a spike takes a part of Midpoint's lag away, not all of it, for two reasons. The intervals of a
scheme on a grid of 1 ms are whole milliseconds, so that the lag changes in jumps with the factor; and the truncation error of Midpoint alone
is late, which a larger factor also pays for. The gain over Euler is small, because the threshold, not the method, is the error. RK4's last
stage throws v far beyond the peak within the step, and u with it. The paper works in fixed point and over inputs that were not read.";

/// A method on one problem: its lag with spikes located, and on the grid with each factor, of which 1 is the grid alone.
struct Method {
    /// Flops a step.
    flops: f64,
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

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let mut factors = linear(FACTORS.0, FACTORS.1, FACTORS.2);
    factors.extend([LINEAR, IN_USE]);
    factors.sort_by(f64::total_cmp);
    factors.dedup();
    let cases: Vec<_> = CELLS.iter().flat_map(|&cell| INPUTS.map(|input| (cell, input))).collect();
    let cases: Vec<Case> = cases.into_par_iter().map(|(cell, input)| case(cell, input, &factors)).collect();
    let title = format!("Lag of the spikes at {DT} ms, and what a longer step after a spike does to it");
    draw(outputs, "lag", title, ["x", "lag_ms"], 2, panels(&cases, &factors))?;
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
    let header = "neuron,input,true_spikes,method,flops_per_step,spikes,factor,lag_per_spike_ms,max_abs_lag_ms";
    outputs.csv("lags.csv", header, rows)?;
    compare(outputs, PAPER, &claims(&cases, &factors), WHERE_WE_DIFFER)
}

fn case(name: &'static str, input: f64, factors: &[f64]) -> Case {
    let problem = constant_input(cell(name), input, DURATION);
    let truth = truth(&problem).spikes;
    let errors = |run: &Trajectory| SpikeErrors::between(&run.spikes, &truth);
    let methods = METHODS.map(|name| {
        let of = |name: &str| fixed_step(&scheme(name), &problem, DT, |_| {});
        let (grid, located) = (of(name), of(&format!("{name}+located")));
        let corrected = |&factor: &f64| {
            let mut rule = ThresholdCorrected::new(name, problem.neuron, factor);
            (factor, errors(&spikestep::scheme::run(&mut rule, &problem, DT, |_| {})))
        };
        Method {
            flops: grid.cost.flops as f64 / step_count(DURATION, DT) as f64,
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

fn claims(cases: &[Case], factors: &[f64]) -> Claims {
    let size = |method: usize, factor: f64| mean_lag(cases, method, factor);
    let best = |method: usize| {
        let smallest = factors.iter().min_by(|a, b| size(method, **a).total_cmp(&size(method, **b)));
        smallest.copied().unwrap_or(f64::NAN)
    };
    let flops = |cheap: usize, dear: usize| cases[0].methods[cheap].flops / cases[0].methods[dear].flops;
    let at = |case: &Case, method: usize| drift(case.methods[method].with_factor(IN_USE)).abs();
    let lagging = share(cases.iter().flat_map(|c| c.methods.iter().map(|m| drift(m.with_factor(1.0)) > 0.0)));
    let located = mean(cases.iter().map(|case| drift(&case.methods[RK4].located).abs()));
    let nearer = share(cases.iter().map(|c| at(c, TRAPEZOID) < at(c, MIDPOINT)));
    let compromise = "a second-order Runge-Kutta method is the best compromise";
    let mut claims = Claims::default();
    let mut read =
        |quantity, published, expected, measured| claims.add(quantity, published, ABSTRACT, expected, measured);
    // Rounding of 1e-16 grows by the factor by which neighbours part on the upstroke, (W/W₀)², some hundreds here.
    let exact = "v in closed form, u held: largest relative error";
    read(exact, "an exact result for v, u held fixed", AtMost(1e-12), frozen_error());
    let lag = "threshold crossing between steps makes a cumulative lag";
    read("share of runs that lag on the grid", lag, Above(0.5), lagging);
    read("RK4: mean |lag| per spike on the grid [ms]", "-", Unstated, size(RK4, 1.0));
    read("RK4: the same with spikes located [ms]", "-", Unstated, located);
    let cancelled = size(MIDPOINT, IN_USE) / size(MIDPOINT, 1.0);
    read("Midpoint: mean |lag|, factor 1.85 over none", "the correction cancels the lag", AtMost(0.5), cancelled);
    read("flops of Midpoint over Trapezoid", "Midpoint for speed", AtMost(1.0), flops(MIDPOINT, TRAPEZOID));
    read("share of cases: Trapezoid nearer, factor 1.85", "Trapezoid for accuracy", Above(0.5), nearer);
    let (over_euler, worth) = (size(TRAPEZOID, IN_USE) / size(EULER, IN_USE), AtMost(flops(EULER, TRAPEZOID)));
    read("mean |lag|, Trapezoid over Euler, factor 1.85", compromise, worth, over_euler);
    let (over_trapezoid, dear) = (size(RK4, IN_USE) / size(TRAPEZOID, IN_USE), AtLeast(flops(TRAPEZOID, RK4)));
    read("mean |lag|, RK4 over Trapezoid, factor 1.85", compromise, dear, over_trapezoid);
    let mut named =
        |quantity, published, expected, measured| claims.add(quantity, published, SOURCE, expected, measured);
    let over_linear = size(MIDPOINT, IN_USE) / size(MIDPOINT, LINEAR);
    named("Midpoint: mean |lag|, factor 1.85 over 1.5", "1.85 slightly better than 1.5", AtMost(1.0), over_linear);
    named("Midpoint: best factor", "1.85", Value { value: IN_USE, within: 0.1 }, best(MIDPOINT));
    named("RK4: best factor", "1.5 for a linear v", Unstated, best(RK4));
    claims
}

fn panels(cases: &[Case], factors: &[f64]) -> Vec<Panel> {
    let first = &cases[0];
    let lags = |what: String, pick: &dyn Fn(&Method) -> &SpikeErrors| {
        let methods = METHODS.iter().zip(&first.methods);
        let lines = methods.map(|(name, method)| line(*name, numbered(&pick(method).errors)));
        panel(format!("{}, input {}: {what}", first.cell, first.input), ("spike number", "lag [ms]"), lines)
    };
    let size = |method: usize| line(METHODS[method], factors.iter().map(move |&f| (f, mean_lag(cases, method, f))));
    let axes = ("step after a spike / dt", "mean |lag| per spike [ms]");
    vec![
        lags("spikes on the grid".to_owned(), &|m| m.with_factor(1.0)),
        lags(format!("corrected, {IN_USE}"), &|m| m.with_factor(IN_USE)),
        lags("located".to_owned(), &|m| &m.located),
        panel("all cases, without rk4", axes, [EULER, MIDPOINT, TRAPEZOID].map(size)),
    ]
}
