//! The error against the step and against its price: how fast schemes converge, and where they stop to.

use chart::{Axis, Chart, Draw, Field, Layer, Panel, Point, Series, columns};

use super::families::Families;
use super::{HOLLOW, short};
use crate::metrics::ObservedOrder;
use crate::scheme::{Scheme, StepSize};
use crate::study::{Comparison, Run, SchemeOrder, observed_orders};

/// An observed order this far from the scheme's own needs a reason.
const UNEXPECTED: f64 = 0.25;

/// Largest spike-time error against the step, with the observed orders and guides of slope 1, 2 and 4.
pub(super) fn error_vs_dt(comparison: &Comparison, families: &Families) -> Chart {
    let mut reasons = Vec::new();
    let mut layers = vec![Layer::Slopes(vec![1.0, 2.0, 4.0])];
    let fixed = comparison.by_scheme().into_iter().filter(|(scheme, _)| !scheme.is_adaptive());
    for ((scheme, mut runs), SchemeOrder { order: observed, .. }) in fixed.zip(observed_orders(comparison)) {
        runs.sort_by(|a, b| a.size.dt().unwrap_or(0.0).total_cmp(&b.size.dt().unwrap_or(0.0)));
        let line = Series {
            look: families.look(scheme),
            label: Some(observed.map_or_else(|| scheme.to_string(), |o| format!("{scheme} ({})", order(scheme, &o)))),
            texts: vec![observed.map(|o| chart::number(o.order)).unwrap_or_default()],
            ..line(scheme, families, runs.iter().filter_map(|run| point(run, run.size.dt()?)))
        };
        if line.look != chart::Look::Hidden {
            reasons.extend(observed.filter(|o| unexpected(scheme, o)).map(|o| reason(scheme, &o, &runs)));
        }
        layers.push(line.into());
    }
    let fields = [
        ("scheme", Field::Series),
        ("observed_order", Field::Of(0)),
        ("dt_ms", Field::X),
        ("max_spike_time_error_ms", Field::Y),
        ("spikes_missed_or_extra", Field::Hollow),
    ];
    Chart {
        name: "error_vs_dt".into(),
        title: "Largest spike-time error in ms against time step in ms".into(),
        columns: columns(fields),
        panels: vec![Panel {
            x: Axis::log("time step dt [ms]"),
            y: Axis::log("largest spike-time error [ms]"),
            layers,
            ..Panel::default()
        }],
        hollow: HOLLOW.into(),
        notes: reasons.into_iter().chain(families.notes(false)).collect(),
        ..Chart::default()
    }
}

/// Largest spike-time error against cost, measured and counted: lower and further left is better. None where no time was measured.
pub(super) fn work_precision(comparison: &Comparison, families: &Families) -> Option<Chart> {
    if !comparison.is_timed() {
        return None;
    }
    let duration = comparison.problem.duration;
    let time = |run: &Run| Some(run.timing?.median);
    let flops = |run: &Run| Some(run.flops_per_ms(duration));
    type Cost<'a> = &'a dyn Fn(&Run) -> Option<f64>;
    // The rows of the first panel have both costs.
    let panel = |unit: &str, cost: Cost<'_>, fields: Option<Vec<Field>>| {
        let lines = comparison.by_scheme().into_iter().map(|(scheme, runs)| {
            let points = runs.iter().filter_map(|run| {
                let setting = match run.size {
                    StepSize::Fixed(dt) => format!("dt {dt} ms"),
                    StepSize::Tolerance(tolerance) => format!("tolerance {tolerance:e}"),
                };
                let counted = flops(run).map(chart::number).unwrap_or_default();
                Some(Point { texts: vec![setting, counted], ..point(run, cost(run)?)? })
            });
            Series { look: families.look(scheme), fields: fields.clone(), ..line(scheme, families, points) }
        });
        Panel {
            x: Axis::log(format!("cost [{unit} per simulated ms]")),
            y: Axis::log("largest spike-time error [ms]"),
            layers: lines.filter(|line| !line.points.is_empty()).map(Into::into).collect(),
            ..Panel::default()
        }
    };
    let fields = [
        ("scheme", Field::Series),
        ("setting", Field::At(0)),
        ("cost_ns_per_ms", Field::X),
        ("max_spike_time_error_ms", Field::Y),
        ("spikes_missed_or_extra", Field::Hollow),
        ("cost_flops_per_ms", Field::At(1)),
    ];
    Some(Chart {
        name: "work_precision".into(),
        title: "Largest spike-time error in ms against cost in ns and in flops per simulated ms".into(),
        columns: columns(fields),
        per_row: 2,
        shared: (false, true),
        panels: vec![panel("ns", &time, None), panel("flops", &flops, Some(Vec::new()))],
        hollow: HOLLOW.into(),
        notes: families.notes(true),
        ..Chart::default()
    })
}

fn line(scheme: &Scheme, families: &Families, points: impl Iterator<Item = Point>) -> Series {
    Series { group: families.heading(scheme), draw: Draw::Marked, ..Series::line(scheme.to_string(), points) }
}

/// The largest error of a run, hollow where spikes are lost or added; none where nothing matches.
fn point(run: &Run, x: f64) -> Option<Point> {
    Some(Point { hollow: !run.has_all_spikes(), ..(x, run.spike_errors.max_abs?).into() })
}

/// The order that a scheme's name lets expect: spikes on the grid are off by a part of the step whatever the scheme.
fn expected(scheme: &Scheme) -> u8 {
    if scheme.locates_spikes() { scheme.info().order } else { scheme.info().order.min(1) }
}

fn unexpected(scheme: &Scheme, observed: &ObservedOrder) -> bool {
    expected(scheme) > 0 && (observed.order - f64::from(expected(scheme))).abs() > UNEXPECTED
}

fn order(scheme: &Scheme, observed: &ObservedOrder) -> String {
    if !observed.settled {
        return "not asymptotic".to_owned();
    }
    let of = if unexpected(scheme, observed) { format!(" of {}", expected(scheme)) } else { String::new() };
    format!("order {:.1}{of}", observed.order)
}

/// Why a scheme does not show its order, from its runs in the order of their steps.
fn reason(scheme: &Scheme, observed: &ObservedOrder, runs: &[&Run]) -> String {
    let whole = |run: &&&Run| run.has_all_spikes();
    let usable: Vec<(f64, f64)> =
        runs.iter().filter(whole).filter_map(|run| Some((run.size.dt()?, run.spike_errors.max_abs?))).collect();
    let finer = usable.iter().filter(|p| p.0 < observed.dt_min).count();
    let coarser = usable.iter().filter(|p| p.0 > observed.dt_max).count();
    let lost = runs.len() - runs.iter().filter(whole).count();
    let used: Vec<(f64, f64)> =
        usable.iter().copied().filter(|p| (observed.dt_min..=observed.dt_max).contains(&p.0) && p.1 > 0.0).collect();
    let mut text = format!(
        "{scheme}, {}: fitted to the {} steps from {} to {} ms",
        order(scheme, observed),
        observed.points,
        short(observed.dt_min),
        short(observed.dt_max)
    );
    if finer > 0 {
        text += &format!("; at {finer} smaller steps the floor of rounding is reached");
    }
    let slope = |w: &[(f64, f64)]| (w[1].1 / w[0].1).ln() / (w[1].0 / w[0].0).ln();
    if coarser > 0 {
        text += &format!("; the slope is not the same at {coarser} larger steps");
        if let (Some(first), Some(last)) = (usable.iter().find(|p| p.1 > 0.0), usable.last()) {
            text += &format!(" (over all, {:.1})", slope(&[*first, *last]));
        }
    } else if let (Some(first), Some(last)) = (used.windows(2).next(), used.windows(2).last()) {
        text += &format!("; from point to point the slope goes from {:.1} to {:.1}", slope(first), slope(last));
    }
    if lost > 0 {
        text += &format!("; {lost} steps lose or add spikes and do not count");
    }
    text + "."
}
