//! The residuals of a judged recording: of the best rule and two rivals, over the rows.

use chart::{Axis, Chart, Draw, Field, Look, Panel, Rule, Series, columns};

use crate::report::judgement::{JudgedFile, shown};

/// A residual of nothing has no place on a logarithmic axis: it is drawn here.
const FLOOR: f64 = 1e-17;

/// A spike is off where it is more than so many ms from the true one.
const OFF: f64 = 1.0;

/// v with the spikes that are off, and below it the residual of every row in mV on a logarithmic axis, rows at resets marked; `None` where
/// spikes alone were recorded. `stem` is the name of the figure.
pub fn judged_figure(file: &JudgedFile, stem: &str) -> Option<Chart> {
    let found = &file.found;
    let (end, _) = found.states.last()?;
    let line = |name: &str, points: Vec<(f64, f64)>| Series { thinned: true, width: 1.0, ..Series::line(name, points) };
    let v = found.states.iter().map(|(t, state)| (*t, state.v)).collect();
    let times = found.spikes.times().iter().zip(&file.errors.spikes.errors);
    let off: Vec<f64> = times.filter(|(_, error)| error.abs() > OFF).map(|(t, _)| *t).collect();
    let label = format!("spikes off by more than {OFF} ms");
    let off = (!off.is_empty())
        .then(|| Rule { at: off, upright: true, label, look: Look::Grey(1), ..Rule::default() }.into());
    let recorded = Series { look: Look::Black, label: Some("recorded v".into()), ..line("recorded", v) };
    let potential = Panel {
        name: "v".into(),
        x: Axis::linear("time t [ms]").between(0.0, *end),
        y: Axis::linear("v [mV]"),
        height: 150.0,
        layers: off.into_iter().chain([recorded.into()]).collect(),
        ..Panel::default()
    };
    let mut layers = Vec::new();
    for (place, answer) in shown(file).into_iter().enumerate() {
        let name = format!("{} at {} ms", answer.hypothesis.scheme, answer.hypothesis.dt());
        let rows = found.residuals(answer);
        // One below the other, so that none hides another.
        let floor = FLOOR / 4f64.powi(place as i32);
        let size = |v: f64, u: Option<f64>| v.abs().max(u.unwrap_or(0.0).abs()).max(floor);
        let points = |reset: bool| -> Vec<(f64, f64)> {
            rows.iter().filter(|row| row.reset == reset).map(|row| (row.t, size(row.v, row.u))).collect()
        };
        layers.push(Series { draw: Draw::Dots, look: Look::Of(place), ..line(&name, points(false)) }.into());
        let at_resets =
            Series { draw: Draw::Markers, look: Look::Of(place), ..line(&format!("{name}, at resets"), points(true)) };
        layers.push(at_resets.into());
    }
    let residual = Panel {
        name: "residual".into(),
        x: Axis::linear("time t [ms]").between(0.0, *end),
        y: Axis::log("|residual| [mV or mV/ms]"),
        height: 220.0,
        layers,
        ..Panel::default()
    };
    let fields = [("panel", Field::Panel), ("series", Field::Series), ("t_ms", Field::X), ("value", Field::Y)];
    let verdict = found.verdict.name();
    Some(Chart {
        name: stem.to_owned(),
        title: format!("Residuals of the rules nearest to {}", file.name),
        heading: format!("{verdict}: {}", found.answers[0].hypothesis),
        columns: columns(fields),
        panels: vec![potential, residual],
        notes: vec![
            format!(
                "What each rule maps a recorded row to, less the next recorded row: the larger of v and u. A residual of 0 is drawn at {FLOOR:e} and, of the rivals, below."
            ),
            "Of rules that miss every row alike one is drawn.".to_owned(),
        ],
        ..Chart::default()
    })
}
