//! The figures of a comparison, from its runs to what each figure shows.

use super::figure::{
    Convergence, ConvergencePoint, Curve, Equilibrium, ErrorVsDt, Figure, MissedPoint, MissedSeries, MissedSpikes,
    PhasePlane, Raster, RasterRow, ResidualSeries, Residuals, SpikeErrorSeries, SpikeErrors, Trace, Traces, WorkPoint,
    WorkPrecision, WorkSeries, error_vs_dt, missed_spikes, phase_plane, raster, residual, spike_errors, traces,
    work_precision,
};
use crate::error::Result;
use crate::model::{self, EquilibriumKind, Problem, Side, State};
use crate::operator::grid_residual;
use crate::scheme::StepSize;
use crate::scheme::step_count;
use crate::scheme::{Scheme, solve_with};
use crate::study::{Comparison, Run, observed_orders};

/// Most schemes in the figure of v(t): more cannot be told apart.
const TRACED: usize = 4;

/// Schemes that the figure of v(t) takes first: the plain one, a simulator, and what locating spikes changes.
const TRACED_FIRST: [&str; 4] = ["euler", "bindsnet", "rk4", "rk4+located"];

/// Spikes in the zoom of v(t).
const ZOOMED_SPIKES: usize = 3;

/// Points of the true solution in a figure; a page cannot show more.
const TRUTH_POINTS: usize = 8000;

/// All figures of a comparison: v(t), raster, spike-time errors and phase plane at its largest step (where there is most to
/// see), and with several steps the error, its price and the missed spikes against dt.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn figures(comparison: &Comparison) -> Result<Vec<Figure>> {
    let shown = at_largest_step(comparison);
    let mut all = vec![
        traces(&trace_data(comparison, &shown))?,
        raster(&raster_data(comparison, &shown))?,
        spike_errors(&spike_error_data(&shown))?,
    ];
    let data = residual_data(comparison, &shown);
    if !data.series.is_empty() {
        all.push(residual(&data)?);
    }
    if let Some(data) = phase_plane_data(comparison, &shown) {
        all.push(phase_plane(&data)?);
    }
    if comparison.study.dts.len() > 1 {
        all.push(error_vs_dt(&convergence_data(comparison))?);
        all.push(missed_spikes(&missed_data(comparison))?);
        let data = work_data(comparison);
        if !data.schemes.is_empty() {
            all.push(work_precision(&data)?);
        }
    }
    Ok(all)
}

/// The runs at the largest step, and the adaptive ones at their largest tolerance.
fn at_largest_step(comparison: &Comparison) -> Vec<&Run> {
    let largest = |values: &[f64]| values.iter().copied().reduce(f64::max);
    let (dt, tolerance) = (largest(&comparison.study.dts), largest(&comparison.study.tolerances));
    let shown = |run: &&Run| match run.setting {
        StepSize::Fixed(step) => Some(step) == dt,
        StepSize::Tolerance(value) => Some(value) == tolerance,
    };
    comparison.runs.iter().filter(shown).collect()
}

/// The true solution at equal spacing, with the peak and the reset of every spike.
fn truth_points(comparison: &Comparison) -> (Vec<f64>, Vec<State>) {
    let problem = &comparison.study.problem;
    let end = comparison.truth.end().min(problem.duration);
    let mut cursor = comparison.truth.cursor();
    let mut spikes = comparison.truth.spikes.times().iter().zip(&comparison.truth.u_before_reset).peekable();
    let (mut times, mut states) = (Vec::new(), Vec::new());
    for n in 0..=TRUTH_POINTS {
        let t = end * n as f64 / TRUTH_POINTS as f64;
        while let Some((&spike, &u)) = spikes.next_if(|(spike, _)| **spike <= t) {
            times.extend([spike, spike]);
            let at_peak = State::new(problem.neuron.peak, u);
            states.extend([at_peak, problem.neuron.reset(at_peak)]);
        }
        times.push(t);
        states.push(cursor.state(t));
    }
    (times, states)
}

/// What a run goes through, from the initial state on.
fn points(comparison: &Comparison, run: &Run) -> (Vec<f64>, Vec<State>) {
    let mut times = vec![0.0];
    let mut states = vec![comparison.study.problem.initial];
    // The run was solved before with the same scheme and step: it cannot be refused here.
    let _ = solve_with(&comparison.study.problem, &run.scheme, run.setting, |row| {
        times.push(row.t);
        states.push(row.state);
    });
    (times, states)
}

/// The runs that have room in a figure of traces.
fn traced<'a>(runs: &[&'a Run]) -> Vec<&'a Run> {
    let preferred = |run: &&&Run| TRACED_FIRST.contains(&run.scheme.to_string().as_str());
    let mut chosen: Vec<&Run> = runs.iter().filter(preferred).copied().collect();
    let others = runs.iter().filter(|run| !preferred(run)).copied();
    let missing = TRACED.saturating_sub(chosen.len());
    chosen.extend(others.take(missing));
    chosen
}

fn trace_data(comparison: &Comparison, runs: &[&Run]) -> Traces {
    let chosen = traced(runs);
    let (t, states) = truth_points(comparison);
    let truth = Trace { label: "truth".to_owned(), t, v: states.iter().map(|s| s.v).collect() };
    let schemes = chosen
        .into_iter()
        .map(|run| {
            let (t, states) = points(comparison, run);
            Trace { label: run.scheme.to_string(), t, v: states.iter().map(|s| s.v).collect() }
        })
        .collect();
    let duration = comparison.study.problem.duration;
    let spikes = comparison.truth.spikes.times();
    let zoom_start = match spikes.len().checked_sub(ZOOMED_SPIKES) {
        Some(first) => {
            // Room before the first of them: a quarter of the time they take.
            let start = spikes[first];
            start - 0.25 * (duration - start)
        }
        None => 0.0,
    };
    Traces { truth, schemes, zoom: (zoom_start.max(0.0), duration), peak: comparison.study.problem.neuron.peak }
}

fn raster_data(comparison: &Comparison, runs: &[&Run]) -> Raster {
    let row = |label: String, times: &[f64]| RasterRow { label, times: times.to_vec() };
    Raster {
        duration: comparison.study.problem.duration,
        truth: row("truth".to_owned(), comparison.truth.spikes.times()),
        schemes: runs.iter().map(|run| row(run.scheme.to_string(), run.trajectory.spikes.times())).collect(),
    }
}

fn spike_error_data(runs: &[&Run]) -> SpikeErrors {
    let series = runs.iter().map(|run| SpikeErrorSeries {
        label: run.scheme.to_string(),
        located: run.scheme.locates_spikes(),
        errors: run.spike_errors.errors.clone(),
    });
    SpikeErrors { series: series.collect() }
}

/// Residuals of the traced schemes and of the truth on their grid, from spike to spike.
fn residual_data(comparison: &Comparison, runs: &[&Run]) -> Residuals {
    let fixed: Vec<&Run> = runs.iter().copied().filter(|run| !run.scheme.is_adaptive()).collect();
    let Some(dt) = fixed.first().and_then(|run| run.setting.dt()) else { return Residuals::default() };
    let mut series = Vec::new();
    let mut add = |label: String, problem: &Problem, v: &[f64], spikes: &[f64]| {
        let Ok(residual) = grid_residual(problem, v, dt, spikes) else { return };
        let (times, residuals) = residual.between_spikes().into_iter().unzip();
        series.push(ResidualSeries { label, times, residuals });
    };
    let problem = &comparison.study.problem;
    let mut cursor = comparison.truth.cursor();
    let times = (1..=step_count(problem.duration, dt)).map(|n| n as f64 * dt);
    let exact: Vec<f64> = times.map(|t| cursor.state(t).v).take_while(|v| v.is_finite()).collect();
    add("truth".to_owned(), problem, &exact, comparison.truth.spikes.times());
    for run in traced(&fixed) {
        let (_, states) = points(comparison, run);
        let v: Vec<f64> = states.iter().skip(1).map(|s| s.v).collect();
        let problem = Problem { neuron: problem.neuron.with_peak(run.peak), ..problem.clone() };
        add(run.scheme.to_string(), &problem, &v, run.trajectory.spikes.times());
    }
    Residuals { series }
}

fn phase_plane_data(comparison: &Comparison, runs: &[&Run]) -> Option<PhasePlane> {
    let problem = &comparison.study.problem;
    let input = problem.stimulus.value(problem.duration, Side::Before);
    let plane = model::PhasePlane::new(problem.neuron, input).ok()?;
    let run = runs.iter().find(|run| !run.scheme.is_adaptive()).or(runs.first())?;
    let curve = |label: String, states: &[State]| Curve {
        label,
        v: states.iter().map(|s| s.v).collect(),
        u: states.iter().map(|s| s.u).collect(),
    };
    let (_, truth) = truth_points(comparison);
    let (_, scheme) = points(comparison, run);
    // Nullclines over the potentials the truth visits, and a little more.
    let low = truth.iter().map(|s| s.v).filter(|v| v.is_finite()).fold(problem.neuron.c, f64::min) - 10.0;
    let nullclines = plane.nullclines(low, problem.neuron.peak, 400).ok()?;
    let line = |label: &str, points: &[(f64, f64)]| Curve {
        label: label.to_owned(),
        v: points.iter().map(|p| p.0).collect(),
        u: points.iter().map(|p| p.1).collect(),
    };
    let stable = |kind| matches!(kind, EquilibriumKind::StableNode | EquilibriumKind::StableFocus);
    Some(PhasePlane {
        v_nullcline: line(&format!("v' = 0 at I = {input}"), &nullclines.v),
        u_nullcline: line("u' = 0", &nullclines.u),
        equilibria: plane
            .equilibria()
            .into_iter()
            .map(|e| Equilibrium { v: e.state.v, u: e.state.u, stable: stable(e.kind) })
            .collect(),
        truth: curve("truth".to_owned(), &truth),
        scheme: curve(format!("{}, {}", run.scheme, short(run.setting)), &scheme),
        reset: problem.neuron.c,
        peak: problem.neuron.peak,
    })
}

fn short(setting: StepSize) -> String {
    match setting {
        StepSize::Fixed(dt) => format!("dt {dt} ms"),
        StepSize::Tolerance(tolerance) => format!("tolerance {tolerance:e}"),
    }
}

/// The runs of each scheme, in the order of the study.
fn by_scheme(comparison: &Comparison) -> impl Iterator<Item = (&Scheme, Vec<&Run>)> {
    comparison.study.schemes.iter().map(|id| {
        let runs = comparison.runs.iter().filter(move |run| run.scheme == *id);
        (id, runs.collect())
    })
}

fn convergence_data(comparison: &Comparison) -> ErrorVsDt {
    let orders = observed_orders(comparison);
    let order = |id: &Scheme| {
        let of = orders.iter().find(|o| o.scheme.to_string() == id.to_string());
        of.and_then(|o| o.order).map(|o| o.order)
    };
    let point = |run: &&Run| {
        let (dt, error) = (run.setting.dt()?, run.spike_errors.max_abs?);
        Some(ConvergencePoint { dt, error, lost: !run.has_all_spikes() })
    };
    let schemes = by_scheme(comparison).filter(|(id, _)| !id.is_adaptive()).map(|(id, runs)| Convergence {
        label: id.to_string(),
        order: order(id),
        points: runs.iter().filter_map(point).collect(),
    });
    ErrorVsDt { schemes: schemes.collect() }
}

fn missed_data(comparison: &Comparison) -> MissedSpikes {
    let point = |run: &&Run| {
        let spikes = &run.spike_errors;
        Some(MissedPoint { dt: run.setting.dt()?, missed: spikes.missed, extra: spikes.extra })
    };
    let schemes = by_scheme(comparison)
        .filter(|(id, _)| !id.is_adaptive())
        .map(|(id, runs)| MissedSeries { label: id.to_string(), points: runs.iter().filter_map(point).collect() });
    MissedSpikes { schemes: schemes.collect() }
}

fn work_data(comparison: &Comparison) -> WorkPrecision {
    let point = |run: &&Run| {
        let (cost, error) = (run.timing?.median, run.spike_errors.max_abs?);
        Some(WorkPoint { setting: short(run.setting), cost, error, lost: !run.has_all_spikes() })
    };
    let schemes = by_scheme(comparison)
        .map(|(id, runs)| WorkSeries { label: id.to_string(), points: runs.iter().filter_map(point).collect() })
        .filter(|series| !series.points.is_empty());
    WorkPrecision { schemes: schemes.collect() }
}
