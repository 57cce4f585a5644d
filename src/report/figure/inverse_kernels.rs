//! The first two impulse characteristics of the inverse operator: h₁(t) as a line, h₂(t₁, t₂) as a heat map.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Anchor, Canvas, Columns, Rect};
use chart::heat_map::{BESIDE, HeatMap};
use chart::panel::{BELOW, LEFT, Panel};
use chart::style::{DASHED, GRID, GUIDE, MARGIN, SMALL, Stroke, WIDTH, series};
use chart::table::{Table, number};

/// What [`inverse_kernels`] shows.
#[derive(Clone, Debug, Default)]
pub struct InverseKernels {
    /// Whose kernels they are.
    pub label: String,
    /// (t \[ms\], h₁), t increasing; h₁ has no unit.
    pub first: Vec<(f64, f64)>,
    /// Times \[ms\] of the grid of h₂, equally spaced, the same for both arguments; at least two.
    pub times: Vec<f64>,
    /// h₂(times\[i\], times\[j\]) \[1/mV\] at `i * times.len() + j`.
    pub second: Vec<f64>,
}

const FIRST_HEIGHT: f64 = 150.0;
const SECOND_HEIGHT: f64 = 380.0;
const ABOVE: f64 = 20.0;

/// Draws h₁ over h₂. White dashes mark where h₂ is zero.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn inverse_kernels(data: &InverseKernels) -> Result<Figure> {
    let name = "inverse_kernels";
    let mut table = Table::new(name, &["kernel", "t1_ms", "t2_ms", "value", "unit"]);
    let top = MARGIN + ABOVE;
    let map_top = top + FIRST_HEIGHT + BELOW + ABOVE;
    let bottom = map_top + SECOND_HEIGHT;
    let right = WIDTH - MARGIN - BESIDE;
    let mut canvas = Canvas::new(WIDTH, bottom + BELOW);

    let lowest = data.first.iter().map(|p| p.1).fold(0.0, f64::min);
    let first = Panel {
        area: Rect { left: LEFT, top, right, bottom: top + FIRST_HEIGHT },
        x: Axis::around("time since the impulse t [ms]", data.first.iter().map(|p| p.0), 0.0),
        y: Axis::around(
            "h₁ [1]",
            data.first.iter().map(|p| p.1).chain([0.0, magnification(&data.first).unwrap_or(0.0) * lowest]),
            0.06,
        ),
    };
    first.axes(&mut canvas, "h1", &Columns::new("t1_ms", "value").of("kernel", &["h1"]), true);
    first.heading(&mut canvas, &format!("{}: first order", data.label));
    let ends = (first.x.fraction(0.0), first.y.fraction(0.0));
    if ends.0.is_finite() && (0.0..=1.0).contains(&ends.1) {
        let y = first.area.bottom - ends.1 * first.area.height();
        canvas.path(&[(LEFT, y), (right, y)], &Stroke::solid(GUIDE, 0.8));
    }
    for i in first.line(&mut canvas, data.first.iter().copied(), &series(0).0) {
        let (t, h) = data.first[i];
        table.row(["h1".to_owned(), number(t), String::new(), number(h), "1".to_owned()]);
    }

    if let Some(factor) = magnification(&data.first) {
        let enlarged = data.first.iter().map(|(t, h)| (*t, factor * h));
        first.line(&mut canvas, enlarged, &Stroke { color: series(0).0.color, width: 1.1, dash: DASHED });
        let at = (right, top - 9.0);
        canvas.text(at, &format!("dashed: {factor} × h₁"), SMALL, Anchor::End, GUIDE);
    }

    let second = Panel {
        area: Rect { left: LEFT, top: map_top, right, bottom },
        x: Axis::around("time since the one impulse t₁ [ms]", data.times.iter().copied(), 0.0),
        y: Axis::around("time since the other t₂ [ms]", data.times.iter().copied(), 0.0),
    };
    second.axes(&mut canvas, "h2", &Columns::new("t1_ms", "t2_ms").of("kernel", &["h2"]), true);
    second.heading(&mut canvas, "second order");
    if data.times.len() < 2 || data.second.len() != data.times.len().pow(2) {
        second.nothing(&mut canvas, "no kernel");
    } else {
        HeatMap { at: &data.times, values: &data.second }.draw(&mut canvas, &second, "h₂ [1/mV]");
        for (i, t1) in data.times.iter().enumerate() {
            for (j, t2) in data.times.iter().enumerate() {
                let value = data.second[i * data.times.len() + j];
                table.row(["h2".to_owned(), number(*t1), number(*t2), number(value), "1/mV".to_owned()]);
            }
        }
        let negative = data.second.iter().any(|h| *h < 0.0) && data.second.iter().any(|h| *h > 0.0);
        if negative {
            let at = (right, map_top - 9.0);
            canvas.text(at, "dashed: h₂ = 0; darkest: negative", SMALL, Anchor::End, GUIDE);
        }
    }
    // The map hides the panel's frame: it is drawn again.
    canvas.path(
        &[(LEFT, map_top), (right, map_top), (right, bottom), (LEFT, bottom), (LEFT, map_top)],
        &Stroke::solid(GRID, 0.8),
    );
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Impulse characteristics of the inverse operator, first order over time and second order over two times in ms")?,
        csv: table.finish()?,
    })
}

/// 2, 5, 10, 20, … by which an undershoot too small to be seen becomes one of up to half the height; none for a larger one.
fn magnification(kernel: &[(f64, f64)]) -> Option<f64> {
    let (lo, hi) = kernel.iter().fold((0.0f64, 0.0f64), |(lo, hi), p| (lo.min(p.1), hi.max(p.1)));
    if lo >= 0.0 || -lo > 0.05 * hi {
        return None;
    }
    let room = 0.5 * hi / -lo;
    let decade = 10f64.powf(room.log10().floor());
    [5.0, 2.0, 1.0].map(|k| k * decade).into_iter().find(|factor| *factor <= room && factor.is_finite())
}
