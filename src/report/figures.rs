//! The figures of a comparison, from its runs to what each figure shows.

use super::figure::{
    Convergence, ConvergencePoint, Curve, Equilibrium, ErrorVsDt, Figure, MissedPoint, MissedSeries, MissedSpikes,
    PhasePlane, Raster, RasterRow, ResidualSeries, Residuals, SpikeErrorSeries, SpikeErrors, Trace, Traces, WorkPoint,
    WorkPrecision, WorkSeries, error_vs_dt, missed_spikes, phase_plane, raster, residual, spike_errors, traces,
    work_precision,
};
use crate::error::Result;
use crate::model::{self, EquilibriumKind};
use crate::scheme::{Scheme, StepSize};
use crate::study::{Comparison, Path, ResidualPath, Run, observed_orders};

/// Spikes in the zoom of v(t).
const ZOOMED_SPIKES: usize = 3;

/// All figures of a comparison, which has [kept](crate::study::Keep) what they show of the state: v(t), raster, spike-time errors and phase plane at its largest step (where there is most to
/// see), and with several steps the error, its price and the missed spikes against dt.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn figures(comparison: &Comparison) -> Result<Vec<Figure>> {
    let (shown, truth) = (comparison.at_largest_step(), comparison.true_path());
    let mut all = vec![
        traces(&trace_data(comparison, &truth))?,
        raster(&raster_data(comparison, &shown))?,
        spike_errors(&spike_error_data(&shown))?,
    ];
    let data = residual_data(comparison);
    if !data.series.is_empty() {
        all.push(residual(&data)?);
    }
    if let Some(data) = phase_plane_data(comparison, &truth) {
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

fn trace_data(comparison: &Comparison, truth: &Path) -> Traces {
    let trace = |label: String, path: Path| Trace { label, t: path.t, v: path.v };
    let schemes = comparison.traced().into_iter().map(|run| trace(run.scheme.to_string(), comparison.path(run)));
    let (truth, schemes) = (trace("truth".to_owned(), truth.clone()), schemes.collect());
    let duration = comparison.problem.duration;
    let spikes = comparison.truth.spikes.times();
    let zoom_start = match spikes.len().checked_sub(ZOOMED_SPIKES) {
        Some(first) => {
            // Room before the first of them: a quarter of the time they take.
            let start = spikes[first];
            start - 0.25 * (duration - start)
        }
        None => 0.0,
    };
    Traces { truth, schemes, zoom: (zoom_start.max(0.0), duration), peak: comparison.problem.neuron.peak }
}

fn raster_data(comparison: &Comparison, runs: &[&Run]) -> Raster {
    let row = |label: String, times: &[f64]| RasterRow { label, times: times.to_vec() };
    Raster {
        duration: comparison.problem.duration,
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

fn residual_data(comparison: &Comparison) -> Residuals {
    let series = comparison.residuals().into_iter().map(|residual| {
        let ResidualPath { label, times, residuals } = residual;
        ResidualSeries { label, times, residuals }
    });
    Residuals { series: series.collect() }
}

fn phase_plane_data(comparison: &Comparison, truth: &Path) -> Option<PhasePlane> {
    let portrait = comparison.phase_portrait(truth)?;
    let (run, neuron) = (portrait.run, comparison.problem.neuron);
    let curve = |label: String, path: Path| Curve { label, v: path.v, u: path.u };
    let line = |label: String, points: &[(f64, f64)]| {
        let (v, u) = points.iter().copied().unzip();
        Curve { label, v, u }
    };
    let stable = |kind| matches!(kind, EquilibriumKind::StableNode | EquilibriumKind::StableFocus);
    let equilibrium = |e: model::Equilibrium| Equilibrium { v: e.state.v, u: e.state.u, stable: stable(e.kind) };
    Some(PhasePlane {
        v_nullcline: line(format!("v' = 0 at I = {}", portrait.input), &portrait.nullclines.v),
        u_nullcline: line("u' = 0".to_owned(), &portrait.nullclines.u),
        equilibria: portrait.equilibria.into_iter().map(equilibrium).collect(),
        truth: curve("truth".to_owned(), truth.clone()),
        scheme: curve(format!("{}, {}", run.scheme, short(run.size)), comparison.path(run)),
        reset: neuron.c,
        peak: neuron.peak,
    })
}

fn short(size: StepSize) -> String {
    match size {
        StepSize::Fixed(dt) => format!("dt {dt} ms"),
        StepSize::Tolerance(tolerance) => format!("tolerance {tolerance:e}"),
    }
}

fn convergence_data(comparison: &Comparison) -> ErrorVsDt {
    let orders = observed_orders(comparison);
    let order = |id: &Scheme| {
        let of = orders.iter().find(|o| o.scheme.to_string() == id.to_string());
        of.and_then(|o| o.order).map(|o| o.order)
    };
    let point = |run: &&Run| {
        let (dt, error) = (run.size.dt()?, run.spike_errors.max_abs?);
        Some(ConvergencePoint { dt, error, lost: !run.has_all_spikes() })
    };
    let schemes = comparison.by_scheme().into_iter().filter(|(id, _)| !id.is_adaptive()).map(|(id, runs)| {
        Convergence { label: id.to_string(), order: order(id), points: runs.iter().filter_map(point).collect() }
    });
    ErrorVsDt { schemes: schemes.collect() }
}

fn missed_data(comparison: &Comparison) -> MissedSpikes {
    let point = |run: &&Run| {
        let spikes = &run.spike_errors;
        Some(MissedPoint { dt: run.size.dt()?, missed: spikes.missed, extra: spikes.extra })
    };
    let schemes = comparison
        .by_scheme()
        .into_iter()
        .filter(|(id, _)| !id.is_adaptive())
        .map(|(id, runs)| MissedSeries { label: id.to_string(), points: runs.iter().filter_map(point).collect() });
    MissedSpikes { schemes: schemes.collect() }
}

fn work_data(comparison: &Comparison) -> WorkPrecision {
    let point = |run: &&Run| {
        let (cost, error) = (run.timing?.median, run.spike_errors.max_abs?);
        Some(WorkPoint { setting: short(run.size), cost, error, lost: !run.has_all_spikes() })
    };
    let schemes = comparison
        .by_scheme()
        .into_iter()
        .map(|(id, runs)| WorkSeries { label: id.to_string(), points: runs.iter().filter_map(point).collect() })
        .filter(|series| !series.points.is_empty());
    WorkPrecision { schemes: schemes.collect() }
}
