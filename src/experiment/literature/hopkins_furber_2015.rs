//! Kind `hopkins_furber_2015`: the lag of the spikes at a step of 1 ms, method by method, and what a threshold correction does to it.
//!
//! Sources: M. Hopkins, S. Furber, *Accuracy and efficiency in fixed-point neural ODE solvers*, Neural Computation 27 (2015) 2148–2182,
//! of which the abstract was read; and sPyNNaker's `neuron_model_izh_impl.c`, which implements it and names its constants. Arithmetic
//! is f64 here: what fixed point adds is not measured. "Cancels" is taken to mean at least half, a compromise to be worth its flops.

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::claims::{Claim, Claims, Expected};
use super::frozen_u::frozen_error;
use super::threshold_correction::ThresholdCorrected;
use super::{check_list, mean, share};
use crate::error::{Error, Result};
use crate::experiment::runs::{check_positive, check_steps, fixed_step};
use crate::experiment::{Experiment, Outputs};
use crate::metrics::SpikeErrors;
use crate::model::{CellType, Problem, Stimulus};
use crate::report::figure::{CurvePanel, CurveSeries, Curves, curves};
use crate::scheme::{Euler, Heun, Midpoint, Rk4, Scheme, SchemeInfo, StepSize, Trajectory, solve, step_count};
use crate::study::dt_list;
use crate::truth::taylor;

const PAPER: &str = "Hopkins & Furber, Neural Computation 27 (2015) 2148-2182 (abstract read), with sPyNNaker's \
                     neuron_model_izh_impl.c (source read)";
const ABSTRACT: &str = "abstract";
const SOURCE: &str = "sPyNNaker, neuron_model_izh_impl.c";

/// The methods, by their names in the registry; the paper calls `rk2` Midpoint and `heun` Trapezoid.
const METHODS: [&str; 4] = ["euler", "rk2", "heun", "rk4"];
const MIDPOINT: usize = 1;
const TRAPEZOID: usize = 2;
const RK4: usize = 3;
/// The factors sPyNNaker names: right for a linear v, and in use.
const LINEAR: f64 = 1.5;
const IN_USE: f64 = 1.85;

/// The parameters, as in `experiments/literature/hopkins_furber_2015.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::experiment) struct HopkinsFurber2015 {
    /// Cell types.
    neurons: Vec<String>,
    /// Constant inputs \[mV/ms\], all with each cell type.
    inputs: Vec<f64>,
    /// Duration \[ms\].
    duration: f64,
    /// Step \[ms\].
    dt: f64,
    /// Factors of the step after a spike, as `--dt`.
    factors: String,
    /// Where the measurement differs, and why.
    where_we_differ: String,
}

/// A method on one problem: its lag with spikes on the grid, located, and with each factor.
struct Method {
    /// Flops a step.
    flops: f64,
    grid: SpikeErrors,
    located: SpikeErrors,
    /// (factor, errors).
    corrected: Vec<(f64, SpikeErrors)>,
}

/// One cell type under one input.
struct Case {
    cell: &'static CellType,
    input: f64,
    spikes: usize,
    methods: Vec<Method>,
}

/// Lag gained per spike \[ms\]: the slope of lag against spike number.
fn drift(errors: &SpikeErrors) -> f64 {
    errors.drift.map_or(f64::NAN, |drift| drift.per_spike)
}

impl Experiment for HopkinsFurber2015 {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let (cells, factors) = self.checked()?;
        let cases: Vec<_> =
            cells.iter().flat_map(|&cell| self.inputs.iter().map(move |&input| (cell, input))).collect();
        let cases: Vec<Case> =
            cases.into_par_iter().map(|(cell, input)| self.case(cell, input, &factors)).collect::<Result<_>>()?;
        outputs.figure(&curves(&self.figure(&cases, &factors))?)?;
        outputs.dir.write("lags.csv", csv(&cases).as_bytes())?;
        let rows = self.claims(&cases, &factors);
        Claims { paper: PAPER, rows, where_we_differ: self.where_we_differ.clone() }.write(outputs)
    }
}

impl HopkinsFurber2015 {
    fn checked(&self) -> Result<(Vec<&'static CellType>, Vec<f64>)> {
        check_positive("duration", self.duration)?;
        check_steps(&[self.dt], self.duration)?;
        check_list("inputs", &self.inputs)?;
        let mut factors = dt_list::parse("factors", &self.factors)?;
        // What is claimed of is always measured.
        factors.extend([1.0, LINEAR, IN_USE]);
        factors.sort_by(f64::total_cmp);
        factors.dedup();
        let cells: Vec<_> = self.neurons.iter().map(|name| CellType::find(name)).collect::<Result<_>>()?;
        if cells.is_empty() {
            return Err(Error::invalid("neurons", "an empty list", "names of cell types", "Give [\"RS\"]."));
        }
        Ok((cells, factors))
    }

    fn case(&self, cell: &'static CellType, input: f64, factors: &[f64]) -> Result<Case> {
        let stimulus = Stimulus::constant(input);
        let problem = Problem { neuron: cell.neuron, stimulus, initial: cell.initial, duration: self.duration };
        let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
        if truth.len() < 3 {
            let given = format!("{input}, at which {} fires {} times", cell.name, truth.len());
            return Err(Error::invalid("input", given, "inputs that make 3 spikes or more", "Give a larger one."));
        }
        let errors = |run: &Trajectory| SpikeErrors::between(&run.spikes, &truth);
        let mut methods = Vec::new();
        for name in METHODS {
            let of = |name: &str| -> Result<Trajectory> {
                Ok(fixed_step(&name.parse::<Scheme>()?, &problem, self.dt, |_| {}))
            };
            let (grid, located) = (of(name)?, of(&format!("{name}+located"))?);
            let corrected = |factor: f64| -> Result<_> {
                let run = solve(&problem, &corrected(name, factor), StepSize::Fixed(self.dt))?;
                Ok((factor, errors(&run)))
            };
            methods.push(Method {
                flops: grid.cost.flops as f64 / step_count(self.duration, self.dt) as f64,
                grid: errors(&grid),
                located: errors(&located),
                corrected: factors.iter().map(|&factor| corrected(factor)).collect::<Result<_>>()?,
            });
        }
        Ok(Case { cell, input, spikes: truth.len(), methods })
    }

    fn claims(&self, cases: &[Case], factors: &[f64]) -> Vec<Claim> {
        let size = |method: usize, factor: f64| mean_lag(cases, method, factor);
        let best = |method: usize| {
            let smallest = factors.iter().min_by(|a, b| size(method, **a).total_cmp(&size(method, **b)));
            smallest.copied().unwrap_or(f64::NAN)
        };
        let flops = |method: usize| cases.first().map_or(f64::NAN, |case| case.methods[method].flops);
        let of = |method: &dyn Fn(&Method) -> bool| share(cases.iter().flat_map(|c| c.methods.iter().map(method)));
        let share_of = |holds: &dyn Fn(&Case) -> bool| share(cases.iter().map(holds));
        let at = |case: &Case, method: usize, factor: f64| {
            let found = case.methods[method].corrected.iter().find(|(f, _)| *f == factor);
            found.map_or(f64::NAN, |(_, errors)| drift(errors).abs())
        };
        let claim = |quantity: &str, published, place, expected, measured| {
            Claim::new(quantity.to_owned(), published, place, expected, measured)
        };
        let exact = "an exact result for v, u held fixed";
        let lag = "threshold crossing between steps makes a cumulative lag";
        let compromise = "a second-order Runge-Kutta method is the best compromise";
        let located = mean(cases.iter().map(|case| drift(&case.methods[RK4].located).abs()));
        vec![
            // Rounding of 1e-16 grows by the factor by which neighbours part on the upstroke, (W/W₀)², some hundreds here.
            claim(
                "v in closed form, u held: largest relative error",
                exact,
                ABSTRACT,
                Expected::AtMost(1e-12),
                frozen_error(),
            ),
            claim(
                "share of runs that lag on the grid",
                lag,
                ABSTRACT,
                Expected::Above(0.5),
                of(&|m| drift(&m.grid) > 0.0),
            ),
            claim("RK4: mean |lag| per spike on the grid [ms]", "-", ABSTRACT, Expected::Unstated, size(RK4, 1.0)),
            claim("RK4: the same with spikes located [ms]", "-", ABSTRACT, Expected::Unstated, located),
            claim(
                "Midpoint: mean |lag|, factor 1.85 over none",
                "the correction cancels the lag",
                ABSTRACT,
                Expected::AtMost(0.5),
                size(MIDPOINT, IN_USE) / size(MIDPOINT, 1.0),
            ),
            claim(
                "Midpoint: mean |lag|, factor 1.85 over 1.5",
                "1.85 slightly better than 1.5",
                SOURCE,
                Expected::AtMost(1.0),
                size(MIDPOINT, IN_USE) / size(MIDPOINT, LINEAR),
            ),
            claim(
                "Midpoint: best factor",
                "1.85",
                SOURCE,
                Expected::Value { value: IN_USE, within: 0.1 },
                best(MIDPOINT),
            ),
            claim("RK4: best factor", "1.5 for a linear v", SOURCE, Expected::Unstated, best(RK4)),
            claim(
                "flops of Midpoint over Trapezoid",
                "Midpoint for speed",
                ABSTRACT,
                Expected::AtMost(1.0),
                flops(MIDPOINT) / flops(TRAPEZOID),
            ),
            claim(
                "share of cases: Trapezoid nearer, factor 1.85",
                "Trapezoid for accuracy",
                ABSTRACT,
                Expected::Above(0.5),
                share_of(&|c| at(c, TRAPEZOID, IN_USE) < at(c, MIDPOINT, IN_USE)),
            ),
            claim(
                "mean |lag|, Trapezoid over Euler, factor 1.85",
                compromise,
                ABSTRACT,
                Expected::AtMost(flops(0) / flops(TRAPEZOID)),
                size(TRAPEZOID, IN_USE) / size(0, IN_USE),
            ),
            claim(
                "mean |lag|, RK4 over Trapezoid, factor 1.85",
                compromise,
                ABSTRACT,
                Expected::AtLeast(flops(TRAPEZOID) / flops(RK4)),
                size(RK4, IN_USE) / size(TRAPEZOID, IN_USE),
            ),
        ]
    }

    fn figure(&self, cases: &[Case], factors: &[f64]) -> Curves {
        let lags = |heading: String, pick: &dyn Fn(&Method) -> Option<&SpikeErrors>| CurvePanel {
            heading,
            x: "spike number".to_owned(),
            y: "lag [ms]".to_owned(),
            log_x: false,
            log_y: false,
            series: METHODS
                .iter()
                .zip(cases.iter().take(1).flat_map(|case| &case.methods))
                .map(|(name, method)| CurveSeries {
                    label: (*name).to_owned(),
                    points: pick(method)
                        .iter()
                        .flat_map(|errors| errors.errors.iter().enumerate().map(|(k, &e)| ((k + 1) as f64, e)))
                        .collect(),
                    ..CurveSeries::default()
                })
                .collect(),
        };
        let first = cases.first().map_or(String::new(), |case| format!("{}, input {}", case.cell.name, case.input));
        let in_use = |m: &Method| m.corrected.iter().position(|(f, _)| *f == IN_USE);
        let sizes = CurvePanel {
            heading: "all cases, without rk4".to_owned(),
            x: "step after a spike / dt".to_owned(),
            y: "mean |lag| per spike [ms]".to_owned(),
            log_x: false,
            log_y: false,
            series: METHODS
                .iter()
                .enumerate()
                .filter(|(method, _)| *method != RK4)
                .map(|(method, name)| CurveSeries {
                    label: (*name).to_owned(),
                    points: factors.iter().map(|&f| (f, mean_lag(cases, method, f))).collect(),
                    ..CurveSeries::default()
                })
                .collect(),
        };
        Curves {
            name: "lag",
            title: format!("Lag of the spikes at {} ms, and what a longer step after a spike does to it", self.dt),
            columns: ["x", "lag_ms"],
            per_row: 2,
            panels: vec![
                lags(format!("{first}: spikes on the grid"), &|m| Some(&m.grid)),
                lags(format!("{first}: corrected, {IN_USE}"), &|m| in_use(m).map(|i| &m.corrected[i].1)),
                lags(format!("{first}: located"), &|m| Some(&m.located)),
                sizes,
            ],
        }
    }
}

/// Mean over the cases of the size of the lag per spike \[ms\] with the step after a spike `factor` times as long.
fn mean_lag(cases: &[Case], method: usize, factor: f64) -> f64 {
    let found = cases.iter().filter_map(|case| case.methods[method].corrected.iter().find(|(f, _)| *f == factor));
    mean(found.map(|(_, errors)| drift(errors).abs()))
}

/// The scheme of a name with the threshold correction.
fn corrected(name: &'static str, factor: f64) -> Scheme {
    let info = SchemeInfo::new(name, 1, "with the threshold correction of SpiNNaker", "Hopkins & Furber (2015)");
    match name {
        "euler" => Scheme::stepper(info, move |s| ThresholdCorrected::new(s.neuron, Euler, factor)),
        "rk2" => Scheme::stepper(info, move |s| ThresholdCorrected::new(s.neuron, Midpoint, factor)),
        "heun" => Scheme::stepper(info, move |s| ThresholdCorrected::new(s.neuron, Heun, factor)),
        _ => Scheme::stepper(info, move |s| ThresholdCorrected::new(s.neuron, Rk4, factor)),
    }
}

fn csv(cases: &[Case]) -> String {
    let mut text =
        "neuron,input,true_spikes,method,flops_per_step,spikes,factor,lag_per_spike_ms,max_abs_lag_ms\n".to_owned();
    for case in cases {
        for (name, method) in METHODS.iter().zip(&case.methods) {
            let mut row = |handling: &str, e: &SpikeErrors| {
                let Case { cell, input, spikes, .. } = case;
                let own = e.matched + e.extra;
                let largest = e.max_abs.unwrap_or(f64::NAN);
                let (flops, lag) = (method.flops, drift(e));
                let _ =
                    writeln!(text, "{},{input},{spikes},{name},{flops},{own},{handling},{lag},{largest}", cell.name);
            };
            row("located", &method.located);
            for (factor, errors) in &method.corrected {
                row(&factor.to_string(), errors);
            }
        }
    }
    text
}
