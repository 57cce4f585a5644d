//! Euler, RK2 and RK4 on step, ramp and sine: how do spikes lag, what do flops buy, and how long a rest makes good?
//!
//! Sources: G. de Alteriis, C. M. Oddo, *Tradeoff between accuracy and computational cost of Euler and Runge-Kutta ODE solvers for the
//! Izhikevich spiking neuron model*, IEEE/EMBS NER (2021); G. de Alteriis, E. Cataldo, A. Mazzoni, C. M. Oddo, *Euler method can
//! outperform more complex ODE solvers …*, bioRxiv 2021.11.30.470474. The abstracts were read; amplitudes, steps and the cost of the
//! distance are ours.

mod rest;

use rayon::prelude::*;
use spikestep::metrics::{SpikeErrors, victor_purpura};
use spikestep::report::chart::{Panel, Series};
use spikestep::scheme::Trajectory;
use spikestep::{Problem, Result, SpikeTrain};

use crate::shared::claims::Expected::{Above, AtMost, Unstated, Value};
use crate::shared::claims::{Claim, compare};
use crate::shared::*;
use rest::Rest;

pub(crate) const EXPERIMENT: Experiment = Experiment {
    title: "de Alteriis & Oddo (2021): Euler, RK2 and RK4 on step, ramp and sine",
    question: "Do spikes lag linearly, do limits of the step depend on the train, and does Euler beat RK4 at the same flops?",
    run,
};

const PAPER: &str = "de Alteriis & Oddo, IEEE/EMBS NER (2021) and de Alteriis, Cataldo, Mazzoni & Oddo, bioRxiv 2021.11.30.470474 \
                     (abstracts read)";
const NER: &str = "NER 2021, abstract";
const BIORXIV: &str = "bioRxiv 2021, abstract";
const QUOTED: &str = "quoted second-hand, table not read"; // The tables of the papers were not at hand
/// The solvers and the flops of a step that are quoted for them.
const SOLVERS: [(&str, f64); 3] = [("euler", 13.0), ("rk2", 28.0), ("rk4", 68.0)];
const RK4: usize = 2;
const CELL: &str = "RS"; // Cell type
const INPUTS: [&str; 3] = ["step:10", "ramp:0:20", "sine:10:5:5"]; // Inputs, as `--input` [mV/ms, Hz]; amplitudes ours
const DURATION: f64 = 4000.0; // ms; ours
/// Steps \[ms\] of the lags and of the search for limits: from, to and how many, at equal ratios.
const DTS: (f64, f64, usize) = (0.01, 1.0, 41);
const COST: f64 = 0.1; // Cost of the Victor–Purpura distance [1/ms]; ours
/// Durations of the trains whose limits are compared \[ms\], rising.
const DURATIONS: [f64; 5] = [250.0, 500.0, 1000.0, 2000.0, 4000.0];
const LIMIT: f64 = 0.5; // The limit is the largest step up to which the distance per spike stays below this; ours
const FLOPS_PER_MS: [f64; 8] = [34.0, 68.0, 136.0, 340.0, 680.0, 1360.0, 3400.0, 6800.0]; // Allocations [flops/ms]
const WHERE_WE_DIFFER: &str = "every lag is positive, as published, but it adds up along a straight line only where the intervals are equal: under the ramp
the lag per spike falls with the interval, and under the sine the input's troughs let the neuron forget, so that the lag returns to the same
value each period and does not accumulate at all. That Euler and RK2 beat RK4 at the same flops is a matter of spikes on the grid, where the
error is the grid's and RK4 has the coarsest: it holds at all 24 allocations, and at none with spikes located inside the step. The rest
needed is about 55 to 70 ms, a little more than 1/a = 50 ms, within which what is left in u decays by e; it scatters by tens of ms with
where spikes fall on the grid, and for Euler and RK4 is shorter after fast trains.";

/// A solver at one step on one input.
struct Lag {
    input: usize,
    solver: usize,
    dt: f64,
    errors: SpikeErrors,
}

impl Lag {
    /// Share of the variance of the lag that a straight line in the spike number explains.
    fn linearity(&self) -> f64 {
        let n = self.errors.matched as f64;
        // From the slope and its standard error: t² / (t² + n − 2).
        self.errors.drift.map_or(f64::NAN, |d| 1.0 / (1.0 + (n - 2.0) * (d.standard_error / d.per_spike).powi(2)))
    }
}

/// The limit of a solver on one input for trains of one duration.
struct Limit {
    input: usize,
    solver: usize,
    duration: f64,
    /// \[ms\]; `None` where not even the smallest step is good enough.
    dt: Option<f64>,
}

/// An allocation on one input: the distance per spike of each solver, spikes on the grid and located.
struct Allocation {
    input: usize,
    flops_per_ms: f64,
    grid: [f64; 3],
    located: [f64; 3],
}

/// All that was measured.
#[derive(Default)]
struct Measured {
    /// Counted flops of a step.
    flops: [f64; 3],
    lags: Vec<Lag>,
    limits: Vec<Limit>,
    allocations: Vec<Allocation>,
    rests: Vec<Rest>,
}

impl Measured {
    /// (duration, limit) of a solver on an input \[ms\], where there is a limit.
    fn limits(&self, input: usize, solver: usize) -> Vec<(f64, f64)> {
        let own = self.limits.iter().filter(|l| l.input == input && l.solver == solver);
        own.filter_map(|l| Some((l.duration, l.dt?))).collect()
    }
}

/// A solver, with its spikes on the grid or found as `handling` says.
fn solve(solver: usize, handling: &str, problem: &Problem, dt: f64) -> Trajectory {
    fixed_step(&scheme(&format!("{}{handling}", SOLVERS[solver].0)), problem, dt, |_| {})
}

/// Victor–Purpura distance per true spike up to `until` \[ms\].
fn distance(train: &SpikeTrain, truth: &SpikeTrain, until: f64) -> Result<f64> {
    let truth = truth.until(until);
    Ok(victor_purpura(&train.until(until), &truth, COST)? / truth.len().max(1) as f64)
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let dts = logarithmic(DTS.0, DTS.1, DTS.2);
    let problems = INPUTS.iter().map(|input| preset(CELL, input, DURATION)).collect::<Result<Vec<_>>>()?;
    let mut measured = Measured::default();
    for (solver, flops) in measured.flops.iter_mut().enumerate() {
        let run = solve(solver, "", &problems[0], dts[0]);
        *flops = run.cost.flops as f64 / run.steps as f64;
    }
    let parts = problems.par_iter().enumerate().map(|(input, problem)| measure(input, problem, &dts));
    for part in parts.collect::<Result<Vec<_>>>()? {
        measured.lags.extend(part.lags);
        measured.limits.extend(part.limits);
        measured.allocations.extend(part.allocations);
    }
    measured.rests = rest::needed()?;
    let title = "Lag of the spikes, what flops buy, and limits of the step";
    draw(outputs, "lag_and_flops", title, ["x", "value"], 2, panels(&measured))?;
    write(outputs, &measured)?;
    // Limits are known to one place in the list of steps.
    let place = dts.windows(2).map(|w| w[0] / w[1]).fold(f64::INFINITY, f64::min);
    compare(outputs, PAPER, &claims(&measured, place), WHERE_WE_DIFFER)
}

/// Lags, limits and allocations of one input.
fn measure(input: usize, problem: &Problem, dts: &[f64]) -> Result<Measured> {
    let truth = truth(problem).spikes;
    let mut measured = Measured::default();
    for solver in 0..SOLVERS.len() {
        let trains: Vec<SpikeTrain> = dts.iter().map(|&dt| solve(solver, "", problem, dt).spikes).collect();
        let lag = |(&dt, spikes)| Lag { input, solver, dt, errors: SpikeErrors::between(spikes, &truth) };
        measured.lags.extend(dts.iter().zip(&trains).map(lag));
        for duration in DURATIONS {
            let mut limit = None;
            for (&dt, train) in dts.iter().zip(&trains) {
                if distance(train, &truth, duration)? > LIMIT {
                    break;
                }
                limit = Some(dt);
            }
            measured.limits.push(Limit { input, solver, duration, dt: limit });
        }
    }
    for flops_per_ms in FLOPS_PER_MS {
        let mut allocation = Allocation { input, flops_per_ms, grid: [0.0; 3], located: [0.0; 3] };
        for (solver, (_, flops)) in SOLVERS.iter().enumerate() {
            let of =
                |handling| distance(&solve(solver, handling, problem, flops / flops_per_ms).spikes, &truth, DURATION);
            (allocation.grid[solver], allocation.located[solver]) = (of("")?, of("+located")?);
        }
        measured.allocations.push(allocation);
    }
    Ok(measured)
}

fn claims(measured: &Measured, place: f64) -> Vec<Claim> {
    let mut rows = Vec::new();
    let mut claim = |quantity: String, published, place, expected, measured| {
        rows.push(Claim::new(quantity, published, place, expected, measured));
    };
    for (k, (name, value)) in SOLVERS.into_iter().enumerate() {
        let (quantity, expected) = (format!("flops of a step of {name}"), Value { value, within: 0.0 });
        claim(quantity, ["13", "28", "68"][k], QUOTED, expected, measured.flops[k]);
    }
    for (k, input) in INPUTS.iter().enumerate() {
        let of = || measured.lags.iter().filter(move |lag| lag.input == k);
        let positive = share(of().flat_map(|lag| lag.errors.errors.iter().map(|e| *e > 0.0)));
        let (quantity, always) =
            (format!("{input}: share of lags that are positive"), Value { value: 1.0, within: 0.0 });
        claim(quantity, "the spike delay is positive", NER, always, positive);
        let linear = share(of().map(|lag| lag.linearity() >= 0.99));
        let quantity = format!("{input}: share of runs with R² ≥ 0.99 on a line");
        claim(quantity, "and accumulates linearly with the spike count", NER, Above(0.5), linear);
    }
    for (solver, (name, _)) in SOLVERS.iter().enumerate() {
        let limits = measured.limits(0, solver);
        let of = |duration: f64| limits.iter().find(|l| l.0 == duration).map_or(f64::NAN, |l| l.1);
        let change = of(DURATIONS[DURATIONS.len() - 1]) / of(DURATIONS[0]);
        let quantity = format!("{name}, {}: limit, longest train over shortest", INPUTS[0]);
        claim(quantity, "limits depend on the train's duration", NER, AtMost(place), change);
        let logarithms: Vec<(f64, f64)> = limits.iter().map(|l| (l.0.ln(), l.1.ln())).collect();
        let quantity = format!("{name}, {}: power of the duration in it", INPUTS[0]);
        claim(quantity, "-", NER, Unstated, slope(&logarithms));
    }
    let of = |holds: &dyn Fn(&Allocation) -> bool| share(measured.allocations.iter().map(holds));
    let beaten = |d: &[f64; 3]| d[0].min(d[1]) < d[RK4];
    let (quantity, published) =
        ("share of allocations, RK4 beaten; spikes", "Euler and RK2 can outperform RK4 at the same flops");
    claim(format!("{quantity} on the grid"), published, BIORXIV, Above(0.0), of(&|a| beaten(&a.grid)));
    claim(format!("{quantity} located"), "-", BIORXIV, Unstated, of(&|a| beaten(&a.located)));
    let quantity = "share of allocations where Euler is best; on the grid".to_owned();
    let euler = of(&|a| a.grid[0] < a.grid[1].min(a.grid[RK4]));
    claim(quantity, "Euler can outperform", BIORXIV, Above(0.0), euler);
    for (solver, (name, _)) in SOLVERS.iter().enumerate() {
        let of = || measured.rests.iter().filter(move |rest| rest.solver == solver);
        // Twice the standard error 1/√(n − 1) of a correlation of what is independent.
        let bound = AtMost(2.0 / (of().count().max(2) as f64 - 1.0).sqrt());
        for what in ["rate", "duration"] {
            let x = |r: &Rest| if what == "rate" { r.rate } else { r.duration };
            let points: Vec<(f64, f64)> = of().filter_map(|r| Some((x(r), r.rest?))).collect();
            let quantity = format!("{name}: |correlation| of the rest needed with the {what}");
            let published = "rest independent of firing rate and train duration";
            claim(quantity, published, BIORXIV, bound, correlation(&points).abs());
        }
        let rest = mean(of().map(|r| r.rest.unwrap_or(f64::INFINITY)));
        claim(format!("{name}: mean rest needed [ms]"), "-", BIORXIV, Unstated, rest);
    }
    rows
}

fn write(outputs: &mut Outputs<'_>, measured: &Measured) -> Result<()> {
    let lag = |l: &Lag| {
        let e = &l.errors;
        let (drift, largest) = (optional(e.drift.map(|d| d.per_spike)), optional(e.max_abs));
        let found = fields![e.matched, e.missed, e.extra, drift, largest, l.linearity()];
        [fields![INPUTS[l.input], SOLVERS[l.solver].0, l.dt], found].concat()
    };
    let header = "input,solver,dt_ms,matched,missed,extra,lag_per_spike_ms,largest_lag_ms,r_squared";
    outputs.csv("lags.csv", header, measured.lags.iter().map(lag))?;
    let limit = |l: &Limit| fields![INPUTS[l.input], SOLVERS[l.solver].0, l.duration, optional(l.dt)];
    outputs.csv("limits.csv", "input,solver,duration_ms,limit_ms", measured.limits.iter().map(limit))?;
    let rows = measured.allocations.iter().flat_map(|a| {
        let row = |(k, (name, flops)): (usize, &(&str, f64))| {
            fields![INPUTS[a.input], a.flops_per_ms, name, flops / a.flops_per_ms, a.grid[k], a.located[k]]
        };
        SOLVERS.iter().enumerate().map(row).collect::<Vec<_>>()
    });
    let header = "input,flops_per_ms,solver,dt_ms,distance_per_spike,distance_per_spike_located";
    outputs.csv("flops.csv", header, rows)?;
    let rest = |r: &Rest| fields![SOLVERS[r.solver].0, r.amplitude, r.duration, r.rate, optional(r.rest)];
    outputs.csv("rests.csv", "solver,amplitude,duration_ms,rate_Hz,rest_needed_ms", measured.rests.iter().map(rest))
}

fn panels(measured: &Measured) -> Vec<Panel> {
    let lines = |points: &dyn Fn(usize) -> Vec<(f64, f64)>| -> Vec<Series> {
        SOLVERS.iter().enumerate().map(|(k, (name, _))| line(*name, points(k))).collect()
    };
    let shown = measured.lags.iter().map(|lag| lag.dt).filter(|dt| *dt >= 0.1).fold(f64::INFINITY, f64::min);
    let lags = |(k, input): (usize, &&str)| {
        let own = |solver: usize| measured.lags.iter().find(|l| (l.input, l.solver, l.dt) == (k, solver, shown));
        let points = |solver: usize| own(solver).map_or_else(Vec::new, |lag| numbered(&lag.errors.errors).collect());
        let heading = format!("{input}, dt = {} ms", (shown * 1e4).round() / 1e4);
        panel(heading, ("spike number", "lag [ms]"), lines(&points))
    };
    let mut panels: Vec<Panel> = INPUTS.iter().enumerate().map(lags).collect();
    let mut add = |what: &str, axes, points: &dyn Fn(usize) -> Vec<(f64, f64)>| {
        panels.push(log_panel(format!("{}: {what}", INPUTS[0]), axes, lines(points)));
    };
    let own = || measured.allocations.iter().filter(|a| a.input == 0);
    let axes = ("flops per ms", "distance / spikes");
    add("same flops, spikes on the grid", axes, &|k| own().map(|a| (a.flops_per_ms, a.grid[k])).collect());
    add("same flops, spikes located", axes, &|k| own().map(|a| (a.flops_per_ms, a.located[k])).collect());
    add("largest step by duration", ("duration [ms]", "limit of dt [ms]"), &|k| measured.limits(0, k));
    panels
}
