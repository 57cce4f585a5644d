//! The phase plane: nullclines, equilibria, and the paths of the truth and of one scheme.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, Panel};
use chart::style::{BLACK, DASHED, DOTTED, EQUILIBRIUM, GUIDE, MARGIN, STEP, Stroke, TRUTH, WIDTH, series};
use chart::table::{Table, number};

/// What [`phase_plane`] shows.
#[derive(Clone, Debug, Default)]
pub struct PhasePlane {
    /// Where v' = 0.
    pub v_nullcline: Curve,
    /// Where u' = 0.
    pub u_nullcline: Curve,
    /// Where both are.
    pub equilibria: Vec<Equilibrium>,
    /// The true trajectory.
    pub truth: Curve,
    /// A scheme's trajectory; its steps are marked where they are far enough apart.
    pub scheme: Curve,
    /// The reset value c of v \[mV\].
    pub reset: f64,
    /// The peak of v \[mV\].
    pub peak: f64,
}

/// A curve in the plane. The jump of a reset is left out where v falls by more than half of peak - c between two
/// points, and a NaN breaks the curve too.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Its name in the legend.
    pub label: String,
    /// Membrane potential v \[mV\].
    pub v: Vec<f64>,
    /// Recovery variable u \[mV/ms\].
    pub u: Vec<f64>,
}

/// An equilibrium.
#[derive(Clone, Copy, Debug)]
pub struct Equilibrium {
    /// Its v \[mV\].
    pub v: f64,
    /// Its u \[mV/ms\].
    pub u: f64,
    /// Whether nearby states return to it: drawn filled, otherwise hollow.
    pub stable: bool,
}

const HEIGHT: f64 = 400.0;
/// Steps of the scheme are marked as long as there are no more.
const MARKED: usize = 400;

/// Draws u \[mV/ms\] against v \[mV\].
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn phase_plane(data: &PhasePlane) -> Result<Figure> {
    let name = "phase_plane";
    let mut table = Table::new(name, &["kind", "series", "v_mV", "u_mV_per_ms"]);
    let scheme_stroke = Stroke { width: 1.2, ..series(0).0 };
    let curves = [
        ("nullcline", &data.v_nullcline, Stroke { dash: DASHED, ..series(1).0 }),
        ("nullcline", &data.u_nullcline, Stroke { dash: &[8.0, 2.5, 1.5, 2.5], ..series(2).0 }),
        ("trajectory", &data.truth, Stroke::solid(TRUTH, 4.0)),
        ("trajectory", &data.scheme, scheme_stroke),
    ];
    let marked = data.scheme.v.len() <= MARKED;
    let trajectories = [&data.truth, &data.scheme];
    let ceiling = data.peak + 10.0;
    let lowest = trajectories.iter().flat_map(|c| &c.v).copied().filter(|v| v.is_finite()).fold(data.reset, f64::min);
    let visited = trajectories.iter().flat_map(|c| c.u.iter().copied()).chain(data.equilibria.iter().map(|e| e.u));

    let mut legend = Legend::default();
    for (_, curve, stroke) in &curves {
        if !curve.label.is_empty() {
            let marker = (marked && std::ptr::eq(*curve, &data.scheme)).then_some((STEP, *stroke, false));
            legend.entry(&curve.label, Some(*stroke), marker);
        }
    }
    for (stable, label) in [(true, "stable equilibrium"), (false, "unstable equilibrium")] {
        if data.equilibria.iter().any(|e| e.stable == stable) {
            legend.entry(label, None, Some((EQUILIBRIUM, Stroke::solid(BLACK, 1.0), !stable)));
        }
    }
    let limits = Stroke { color: GUIDE, width: 1.0, dash: DOTTED };
    legend.entry("reset v = c, and peak", Some(limits), None);

    let (left, right) = legend.beside();
    let bottom = MARGIN + HEIGHT.max(legend.height());
    let panel = Panel {
        area: Rect { left, top: MARGIN, right, bottom },
        x: Axis::linear("membrane potential v [mV]", lowest.max(-110.0) - 5.0, ceiling),
        y: Axis::around("recovery variable u [mV/ms]", visited, 0.12),
    };
    let mut canvas = Canvas::new(WIDTH, bottom + BELOW);
    panel.axes(&mut canvas, "plot", &Columns::new("v_mV", "u_mV_per_ms"), true);
    for (side, v) in [("reset", data.reset), ("peak", data.peak)] {
        if (0.0..=1.0).contains(&panel.x.fraction(v)) {
            let x = panel.area.left + panel.x.fraction(v) * panel.area.width();
            canvas.path(&[(x, panel.area.top), (x, panel.area.bottom)], &limits);
            table.row(["limit".to_owned(), side.to_owned(), number(v), String::new()]);
        }
    }
    for (kind, curve, stroke) in &curves {
        for run in runs(curve, 0.5 * (data.peak - data.reset)) {
            let drawn = panel.line(&mut canvas, run.iter().copied(), stroke);
            // Where steps are marked, all of them are shown, not only those that bend the line.
            let all = marked && std::ptr::eq(*curve, &data.scheme);
            for (v, u) in if all { (0..run.len()).collect() } else { drawn }.into_iter().map(|i| run[i]) {
                table.row([(*kind).to_owned(), curve.label.clone(), number(v), number(u)]);
            }
        }
    }
    if marked {
        for (v, u) in data.scheme.v.iter().zip(&data.scheme.u) {
            panel.marker(&mut canvas, (*v, *u), STEP, &scheme_stroke, false);
        }
    }
    for e in &data.equilibria {
        panel.marker(&mut canvas, (e.v, e.u), EQUILIBRIUM, &Stroke::solid(BLACK, 1.0), !e.stable);
        let kind = if e.stable { "stable equilibrium" } else { "unstable equilibrium" };
        table.row([kind.to_owned(), String::new(), number(e.v), number(e.u)]);
    }
    legend.draw(&mut canvas, MARGIN);
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Recovery variable in mV/ms against membrane potential in mV")?,
        csv: table.finish()?,
    })
}

/// The parts of a curve between its breaks.
fn runs(curve: &Curve, jump: f64) -> Vec<Vec<(f64, f64)>> {
    let points: Vec<(f64, f64)> = curve.v.iter().copied().zip(curve.u.iter().copied()).collect();
    let finite = |p: &(f64, f64)| p.0.is_finite() && p.1.is_finite();
    points
        .chunk_by(|p, q| finite(p) == finite(q) && !(jump > 0.0 && q.0 < p.0 - jump))
        .filter(|run| finite(&run[0]))
        .map(<[_]>::to_vec)
        .collect()
}
