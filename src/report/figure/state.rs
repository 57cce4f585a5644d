//! What a run goes through: the residual of the evolution equation, and the phase plane.

use chart::{Axis, Chart, Draw, Field, Look, Panel, Point, Rule, Series, columns};

use super::{legend, short};
use crate::metrics::Samples;
use crate::model::{Equilibrium, EquilibriumKind};
use crate::study::Comparison;

/// Steps of the scheme are marked in the phase plane as long as there are no more.
const MARKED: usize = 400;

/// The root mean square residual of each stretch between two spikes against time: how far each scheme is from the equation it
/// solves, and when. None where there is no fixed step.
pub(super) fn residual(comparison: &Comparison) -> Option<Chart> {
    let paths = comparison.residuals();
    let dt = comparison.at_largest_step().into_iter().find_map(|run| run.size.dt())?;
    let line = |path: &crate::study::ResidualPath| {
        let reference = path.label == "truth";
        Series {
            look: if reference { Look::Reference } else { Look::Own },
            draw: if reference { Draw::Line } else { Draw::Sparse },
            ..Series::line(&path.label, path.times.iter().copied().zip(path.residuals.iter().copied()))
        }
    };
    let mut of_truth = paths.iter().find(|path| path.label == "truth").map_or_else(Vec::new, |p| p.residuals.clone());
    of_truth.retain(|r| r.is_finite());
    of_truth.sort_by(f64::total_cmp);
    let note = of_truth.get(of_truth.len() / 2).map(|middle| {
        format!(
            "The residual is read from the values at the steps, {} ms apart. The truth solves the equation: what is left of it, {} \
             mV/ms (median), is the error of reading v between the steps.",
            short(dt),
            short(*middle)
        )
    });
    let end = paths.iter().flat_map(|p| p.times.iter().copied()).filter(|t| t.is_finite()).fold(1.0, f64::max);
    let fields = [("scheme", Field::Series), ("t_ms", Field::X), ("residual_mV_per_ms", Field::Y)];
    (!paths.is_empty()).then(|| Chart {
        name: "residual".into(),
        title: "Residual of the evolution equation in mV/ms against time in ms".into(),
        columns: columns(fields),
        panels: vec![Panel {
            x: Axis::linear("time t [ms]").between(0.0, end),
            y: Axis::log("residual, RMS between spikes [mV/ms]"),
            layers: paths.iter().map(line).map(Into::into).collect(),
            ..Panel::default()
        }],
        notes: note.into_iter().collect(),
        ..Chart::default()
    })
}

/// Nullclines, equilibria, and the paths of the truth and of one scheme; none where the neuron has no plane.
pub(super) fn phase_plane(comparison: &Comparison, truth: &Samples) -> Option<Chart> {
    let portrait = comparison.phase_portrait(truth)?;
    let (run, neuron) = (portrait.run, comparison.problem.neuron);
    let path = comparison.path(run);
    let marked = path.v.len() <= MARKED;
    let lowest = truth.v.iter().chain(&path.v).copied().filter(|v| v.is_finite()).fold(neuron.c, f64::min);
    let visited = truth.u.iter().chain(&path.u).copied().chain(portrait.equilibria.iter().map(|e| e.state.u));
    let (low, high) =
        visited.filter(|u| u.is_finite()).fold((f64::MAX, f64::MIN), |(lo, hi), u| (lo.min(u), hi.max(u)));
    let room = 0.12 * (high - low);
    let scheme = run.size.dt().map_or_else(|| legend(run), |dt| format!("{}, dt {dt} ms", run.scheme));

    let line = |kind: &str, name: String, look: Look, thinned: bool, points: Vec<(f64, f64)>| Series {
        look,
        thinned,
        texts: vec![kind.to_owned()],
        ..Series::line(name, points)
    };
    let of = |path: &Samples| broken(path, 0.5 * (neuron.peak - neuron.c));
    let mut layers = Vec::new();
    for (name, v) in [("reset", neuron.c), ("peak", neuron.peak)] {
        let row = ["limit".to_owned(), name.to_owned(), chart::number(v), String::new()];
        let (label, rows) = ("reset v = c, and peak".to_owned(), vec![row.to_vec()]);
        layers.push(Rule { at: vec![v], upright: true, label, look: Look::Grey(0), rows, ..Rule::default() }.into());
    }
    let nullcline = format!("v' = 0 at I = {}", portrait.input);
    layers.extend([
        line("nullcline", nullcline, Look::Of(1), true, portrait.nullclines.v.clone()).into(),
        line("nullcline", "u' = 0".to_owned(), Look::Of(2), true, portrait.nullclines.u.clone()).into(),
        line("trajectory", "truth".to_owned(), Look::Reference, true, of(truth)).into(),
        line("trajectory", scheme.clone(), Look::Of(0), !marked, of(&path)).into(),
    ]);
    if marked {
        let dots = Series {
            look: Look::Of(0),
            draw: Draw::Dots,
            label: Some(String::new()),
            fields: Some(Vec::new()),
            ..Series::line(scheme, of(&path))
        };
        layers.push(dots.into());
    }
    layers.extend(portrait.equilibria.iter().map(equilibrium).map(Into::into));
    let fields = [("kind", Field::Of(0)), ("series", Field::Series), ("v_mV", Field::X), ("u_mV_per_ms", Field::Y)];
    Some(Chart {
        name: "phase_plane".into(),
        title: "Recovery variable in mV/ms against membrane potential in mV".into(),
        columns: columns(fields),
        panels: vec![Panel {
            x: Axis::linear("membrane potential v [mV]").between(lowest.max(-110.0) - 5.0, neuron.peak + 10.0),
            y: Axis::linear("recovery variable u [mV/ms]").between(low - room, high + room),
            layers,
            ..Panel::default()
        }],
        ..Chart::default()
    })
}

/// A mark, hollow where the equilibrium is not stable.
fn equilibrium(at: &Equilibrium) -> Series {
    let stable = matches!(at.kind, EquilibriumKind::StableNode | EquilibriumKind::StableFocus);
    let kind = if stable { "stable equilibrium" } else { "unstable equilibrium" };
    let point = Point { hollow: !stable, ..(at.state.v, at.state.u).into() };
    let (label, texts) = (Some(kind.to_owned()), vec![kind.to_owned()]);
    Series { label, look: Look::Black, draw: Draw::Markers, texts, ..Series::line("", [point]) }
}

/// The points of a path, with a gap where v falls by more than `jump`, as it does in a reset.
fn broken(path: &Samples, jump: f64) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let mut last = f64::NAN;
    for (&v, &u) in path.v.iter().zip(&path.u) {
        if v < last - jump {
            points.push((f64::NAN, f64::NAN));
        }
        points.push((v, u));
        last = v;
    }
    points
}
