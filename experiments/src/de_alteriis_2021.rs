//! Sources: G. de Alteriis, C. M. Oddo, *Tradeoff between accuracy and computational cost of Euler and Runge-Kutta ODE solvers for the
//! Izhikevich spiking neuron model*, IEEE/EMBS NER (2021); G. de Alteriis, E. Cataldo, A. Mazzoni, C. M. Oddo, *Euler method can
//! outperform more complex ODE solvers …*, bioRxiv 2021.11.30.470474. The abstracts were read; amplitudes, steps and the cost of the
//! distance are ours.

mod rest;

use spikestep::metrics::victor_purpura;
use spikestep::scheme::Trajectory;

use crate::shared::claims::Expected::{Above, AtMost, Unstated, Value};
use crate::shared::*;
use rest::Rest;

pub(crate) const QUESTION: &str =
    "Do spikes lag linearly, do limits of the step depend on the train, and does Euler beat RK4 at the same flops?";

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
const WHERE_WE_DIFFER: &str = "a lag adds up along a straight line only where the intervals are equal: under the ramp the lag per spike falls with
the interval, and the sine's troughs let the neuron forget. That Euler and RK2 beat RK4 at the same flops is a matter of spikes on the grid,
where the error is the grid's and RK4 has the coarsest. The rest needed is about 1/a = 50 ms, within which what is left in u decays by e,
and scatters with where spikes fall on the grid.";

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

/// What a solver makes of an allocation on one input: the distance per spike, spikes on the grid and located.
struct Allocation {
    input: usize,
    solver: usize,
    flops_per_ms: f64,
    grid: f64,
    located: f64,
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

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
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
    let place = smallest(dts.windows(2).map(|w| w[0] / w[1]));
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
        for (solver, (_, flops)) in SOLVERS.iter().enumerate() {
            let spikes = |handling| solve(solver, handling, problem, flops / flops_per_ms).spikes;
            let [grid, located] = ["", "+located"].map(|handling| distance(&spikes(handling), &truth, DURATION));
            measured.allocations.push(Allocation { input, solver, flops_per_ms, grid: grid?, located: located? });
        }
    }
    Ok(measured)
}

fn claims(measured: &Measured, place: f64) -> Claims {
    let mut claims = Claims::default();
    for (k, (name, value)) in SOLVERS.into_iter().enumerate() {
        let (quantity, expected) = (format!("flops of a step of {name}"), Value { value, within: 0.0 });
        claims.add(quantity, ["13", "28", "68"][k], QUOTED, expected, measured.flops[k]);
    }
    for (k, input) in INPUTS.iter().enumerate() {
        let of = || measured.lags.iter().filter(move |lag| lag.input == k);
        let positive = share(of().flat_map(|lag| lag.errors.errors.iter().map(|e| *e > 0.0)));
        let (quantity, always) =
            (format!("{input}: share of lags that are positive"), Value { value: 1.0, within: 0.0 });
        claims.add(quantity, "the spike delay is positive", NER, always, positive);
        let linear = share(of().map(|lag| lag.linearity() >= 0.99));
        let quantity = format!("{input}: share of runs with R² ≥ 0.99 on a line");
        claims.add(quantity, "and accumulates linearly with the spike count", NER, Above(0.5), linear);
    }
    for (solver, (name, _)) in SOLVERS.iter().enumerate() {
        let limits = measured.limits(0, solver);
        let of = |duration: f64| limits.iter().find(|l| l.0 == duration).map_or(f64::NAN, |l| l.1);
        let change = of(DURATIONS[DURATIONS.len() - 1]) / of(DURATIONS[0]);
        let quantity = format!("{name}, {}: limit, longest train over shortest", INPUTS[0]);
        claims.add(quantity, "limits depend on the train's duration", NER, AtMost(place), change);
        let logarithms: Vec<(f64, f64)> = limits.iter().map(|l| (l.0.ln(), l.1.ln())).collect();
        let quantity = format!("{name}, {}: power of the duration in it", INPUTS[0]);
        claims.add(quantity, "-", NER, Unstated, slope(&logarithms));
    }
    let of = |holds: &dyn Fn(&[Allocation]) -> bool| share(measured.allocations.chunks(SOLVERS.len()).map(holds));
    let (quantity, published) =
        ("share of allocations, RK4 beaten; spikes", "Euler and RK2 can outperform RK4 at the same flops");
    let grid = of(&|a| a[0].grid.min(a[1].grid) < a[RK4].grid);
    claims.add(format!("{quantity} on the grid"), published, BIORXIV, Above(0.0), grid);
    let located = of(&|a| a[0].located.min(a[1].located) < a[RK4].located);
    claims.add(format!("{quantity} located"), "-", BIORXIV, Unstated, located);
    let euler = of(&|a| a[0].grid < a[1].grid.min(a[RK4].grid));
    let quantity = "share of allocations where Euler is best; on the grid";
    claims.add(quantity, "Euler can outperform", BIORXIV, Above(0.0), euler);
    for (solver, (name, _)) in SOLVERS.iter().enumerate() {
        let of = || measured.rests.iter().filter(move |rest| rest.solver == solver);
        for what in ["rate", "duration"] {
            let x = |r: &Rest| if what == "rate" { r.rate } else { r.duration };
            let points: Vec<(f64, f64)> = of().filter_map(|r| Some((x(r), r.rest?))).collect();
            let quantity = format!("{name}: |correlation| of the rest needed with the {what}");
            let published = "rest independent of firing rate and train duration";
            let (size, two_errors) = correlation(&points);
            claims.add(quantity, published, BIORXIV, AtMost(two_errors), size);
        }
        let rest = mean(of().map(|r| r.rest.unwrap_or(f64::INFINITY)));
        claims.add(format!("{name}: mean rest needed [ms]"), "-", BIORXIV, Unstated, rest);
    }
    claims
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
    let allocation = |a: &Allocation| {
        let (name, flops) = SOLVERS[a.solver];
        fields![INPUTS[a.input], a.flops_per_ms, name, flops / a.flops_per_ms, a.grid, a.located]
    };
    let header = "input,flops_per_ms,solver,dt_ms,distance_per_spike,distance_per_spike_located";
    outputs.csv("flops.csv", header, measured.allocations.iter().map(allocation))?;
    let rest = |r: &Rest| fields![SOLVERS[r.solver].0, r.amplitude, r.duration, r.rate, optional(r.rest)];
    outputs.csv("rests.csv", "solver,amplitude,duration_ms,rate_Hz,rest_needed_ms", measured.rests.iter().map(rest))
}

fn panels(measured: &Measured) -> Vec<Panel> {
    let lines = |points: &dyn Fn(usize) -> Vec<(f64, f64)>| -> Vec<Series> {
        SOLVERS.iter().enumerate().map(|(k, (name, _))| line(*name, points(k))).collect()
    };
    let shown = smallest(measured.lags.iter().map(|lag| lag.dt).filter(|dt| *dt >= 0.1));
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
    let own = |solver| measured.allocations.iter().filter(move |a| a.input == 0 && a.solver == solver);
    let axes = ("flops per ms", "distance / spikes");
    add("same flops, spikes on the grid", axes, &|k| own(k).map(|a| (a.flops_per_ms, a.grid)).collect());
    add("same flops, spikes located", axes, &|k| own(k).map(|a| (a.flops_per_ms, a.located)).collect());
    add("largest step by duration", ("duration [ms]", "limit of dt [ms]"), &|k| measured.limits(0, k));
    panels
}
