//! Spike raster: when each scheme fires, under the truth.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Anchor, Canvas, Columns, Rect, fit_text, text_width};
use chart::panel::{BELOW, draw_x_axis};
use chart::style::{BLACK, DASHED, GUIDE, MARGIN, SMALL, Stroke, TRUTH, WIDTH};
use chart::table::{Table, number};

/// What [`raster`] shows.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    /// Length of the time axis \[ms\], from 0.
    pub duration: f64,
    /// The true spikes: the top row, and a guide line down through all rows for each spike.
    pub truth: RasterRow,
    /// The other rows, from top to bottom.
    pub schemes: Vec<RasterRow>,
}

/// One row.
#[derive(Clone, Debug, Default)]
pub struct RasterRow {
    /// Its name.
    pub label: String,
    /// Spike times \[ms\].
    pub times: Vec<f64>,
}

/// Widest row label \[px\]; longer ones are shortened.
const LABEL: f64 = 170.0;

/// Draws a spike raster against time \[ms\].
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn raster(data: &Raster) -> Result<Figure> {
    let name = "raster";
    let rows: Vec<&RasterRow> = std::iter::once(&data.truth).chain(&data.schemes).collect();
    let labels: Vec<String> = rows.iter().map(|r| fit_text(&r.label, SMALL, LABEL)).collect();
    let x = Axis::linear("time t [ms]", 0.0, data.duration);
    let shown = |row: &RasterRow| -> Vec<(usize, f64)> {
        row.times.iter().copied().enumerate().filter(|(_, t)| (0.0..=1.0).contains(&x.fraction(*t))).collect()
    };
    let count = |row: &RasterRow| shown(row).len().to_string();
    let widest = |texts: &mut dyn Iterator<Item = String>| texts.map(|t| text_width(&t, SMALL)).fold(0.0, f64::max);
    let left = MARGIN + widest(&mut labels.iter().cloned()) + 8.0;
    let right = WIDTH - MARGIN - widest(&mut rows.iter().map(|r| count(r)).chain(["spikes".to_owned()])) - 8.0;
    // Tall rows where there are few; at 40, as tall as their label needs.
    let row_height = (260.0 / rows.len() as f64).clamp(SMALL + 3.0, 24.0);
    let top = MARGIN + SMALL + 6.0;
    let area = Rect { left, top, right, bottom: top + row_height * rows.len() as f64 + 4.0 };
    let at = |t: f64| area.left + x.fraction(t) * area.width();

    let mut canvas = Canvas::new(WIDTH, area.bottom + BELOW);
    // No value stands on the y axis: a script finds the row by its label.
    let names: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
    let y = format!("rows {}", serde_json::json!(names));
    canvas.open_plot("plot", area, [&x.scale(), &y], &Columns::new("t_ms", "series"));
    let guide = Stroke { color: TRUTH, width: 0.6, dash: DASHED };
    canvas.strokes(
        shown(&data.truth).into_iter().map(|(_, t)| ((at(t), area.top + row_height), (at(t), area.bottom))),
        &guide,
    );
    let mut table = Table::new(name, &["series", "spike", "t_ms"]);
    for (i, row) in rows.iter().enumerate() {
        let middle = area.top + row_height * (i as f64 + 0.5);
        let reach = 0.38 * row_height;
        let stroke = Stroke::solid(BLACK, if i == 0 { 1.8 } else { 1.1 });
        let spikes = shown(row);
        canvas.strokes(spikes.iter().map(|(_, t)| ((at(*t), middle - reach), (at(*t), middle + reach))), &stroke);
        for (k, t) in spikes {
            table.row([row.label.clone(), (k + 1).to_string(), number(t)]);
        }
    }
    let black = Stroke::solid(BLACK, 0.8);
    canvas.path(&[(area.left, area.top), (area.left, area.bottom), (area.right, area.bottom)], &black);
    canvas.close();

    for (i, (row, label)) in rows.iter().zip(&labels).enumerate() {
        let middle = area.top + row_height * (i as f64 + 0.5);
        canvas.text((area.left - 6.0, middle), label, SMALL, Anchor::End, BLACK);
        canvas.text((WIDTH - MARGIN, middle), &count(row), SMALL, Anchor::End, BLACK);
    }
    canvas.text((WIDTH - MARGIN, MARGIN + SMALL / 2.0), "spikes", SMALL, Anchor::End, GUIDE);
    draw_x_axis(&mut canvas, area, &x);
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Spike times in ms of each scheme under the true ones")?,
        csv: table.finish()?,
    })
}
