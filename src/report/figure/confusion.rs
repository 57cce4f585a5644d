//! Confusion matrix: how often pictures of each class were answered by each class, and each class' recall.

use chart::RGBColor;

use super::Figure;
use crate::error::Result;
use crate::recognition::readout::{ConfusionMatrix, Interval, wilson};
use chart::axis::Axis;
use chart::canvas::{Anchor, Canvas, Columns, Rect, fit_text, text_width};
use chart::panel::{BELOW, Panel};
use chart::scale_bar::outline;
use chart::style::{BLACK, GRID, MARGIN, SMALL, Stroke, TEXT, WHITE, WIDTH, series};
use chart::table::{Table, number};

/// What [`confusion`] shows.
#[derive(Clone, Debug)]
pub struct Confusion {
    /// What was recognised by what: the set, the scheme, the step.
    pub heading: String,
    /// Names of the classes; one without a name has its number.
    pub classes: Vec<String>,
    /// The counts.
    pub matrix: ConfusionMatrix,
    /// Accuracy with its interval: [`ConfusionMatrix::interval`], or over seeds.
    pub accuracy: Interval,
}

/// Side of the matrix \[px\].
const SIDE: f64 = 380.0;
/// Widest name of a class left of the matrix \[px\].
const NAME: f64 = 64.0;
/// Room above the matrix: heading, accuracy, description and names \[px\].
const ABOVE: f64 = 84.0;
/// Width of the numbers right of the recall \[px\].
const NUMBERS: f64 = 36.0;
/// Colour of the whole class in one cell; none of it is white, and lightness falls all the way.
const FULL: RGBColor = RGBColor(0, 32, 77);

/// Draws the counts, cells shaded by their share of the true class, and beside them the recall of each class (the share of its
/// pictures that were answered rightly) with Wilson's 95 % interval.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn confusion(data: &Confusion) -> Result<Figure> {
    let name = "confusion";
    let mut table = Table::new(name, &["class", "answer", "count", "share", "share_low", "share_high"]);
    let n = data.matrix.classes();
    let names: Vec<String> = (0..n).map(|i| data.classes.get(i).cloned().unwrap_or_else(|| i.to_string())).collect();
    let short: Vec<String> = names.iter().map(|name| fit_text(name, SMALL, NAME)).collect();
    let widest = short.iter().map(|name| text_width(name, SMALL)).fold(0.0, f64::max);
    let left = MARGIN + TEXT + 10.0 + widest + 6.0;
    let area = Rect { left, top: MARGIN + ABOVE, right: left + SIDE, bottom: MARGIN + ABOVE + SIDE };
    let cell = SIDE / n.max(1) as f64;
    let mut canvas = Canvas::new(WIDTH, area.bottom + BELOW);

    let Interval { estimate, low, high } = data.accuracy;
    let accuracy = format!(
        "accuracy {estimate:.3} (95 % confidence interval {low:.3} to {high:.3}), {} images; shade: share of the true class",
        data.matrix.total()
    );
    let across = WIDTH - 2.0 * MARGIN;
    canvas.text((MARGIN, MARGIN + 6.0), &fit_text(&data.heading, TEXT, across), TEXT, Anchor::Start, BLACK);
    canvas.text((MARGIN, MARGIN + 24.0), &fit_text(&accuracy, SMALL, across), SMALL, Anchor::Start, BLACK);

    canvas.open("matrix", area);
    let mut recalls = Vec::new();
    for class in 0..n {
        let of_class: u64 = (0..n).map(|answer| data.matrix.count(class, answer)).sum();
        for answer in 0..n {
            let count = data.matrix.count(class, answer);
            let share = wilson(count, of_class);
            let (x, y) = (area.left + answer as f64 * cell, area.top + class as f64 * cell);
            if count > 0 {
                let color = shade(share.estimate);
                canvas.fill(&[(x, y), (x + cell, y), (x + cell, y + cell), (x, y + cell)], color);
                let size = SMALL.min(0.6 * cell);
                let ink = if share.estimate > 0.5 { WHITE } else { BLACK };
                if text_width(&count.to_string(), size) < cell - 1.0 && size >= 5.0 {
                    canvas.text((x + 0.5 * cell, y + 0.5 * cell), &count.to_string(), size, Anchor::Middle, ink);
                }
            }
            let shown = |x: f64| if x.is_finite() { number(x) } else { String::new() };
            let shares =
                [share.estimate, share.low, share.high].map(|x| if of_class > 0 { shown(x) } else { String::new() });
            table.row([names[class].clone(), names[answer].clone(), count.to_string()].into_iter().chain(shares));
            if answer == class {
                recalls.push((of_class, share));
            }
        }
    }
    let lines = (1..n).map(|i| i as f64 * cell);
    let grid = Stroke::solid(GRID, 0.6);
    canvas.strokes(lines.clone().map(|at| ((area.left + at, area.top), (area.left + at, area.bottom))), &grid);
    canvas.strokes(lines.map(|at| ((area.left, area.top + at), (area.right, area.top + at))), &grid);
    outline(&mut canvas, area);
    canvas.close();
    draw_names(&mut canvas, area, cell, &short);
    draw_recalls(&mut canvas, area, &recalls);
    Ok(Figure {
        name: name.to_owned(),
        svg: canvas.finish(name, "Counts of true classes and answers")?,
        csv: table.finish()?,
    })
}

/// White to [`FULL`].
fn shade(share: f64) -> RGBColor {
    let mix = |full: u8| (255.0 + share.clamp(0.0, 1.0) * (f64::from(full) - 255.0)).round() as u8;
    RGBColor(mix(FULL.0), mix(FULL.1), mix(FULL.2))
}

/// Names of the classes, as many as have room, and what rows and columns are.
fn draw_names(canvas: &mut Canvas, area: Rect, cell: f64, names: &[String]) {
    let widest = names.iter().map(|name| text_width(name, SMALL)).fold(0.0, f64::max);
    let down = ((SMALL + 2.0) / cell).ceil().max(1.0) as usize;
    // Long names do not stand side by side: answers are in the order of the rows.
    let along = ((widest + 4.0) / cell).ceil().max(1.0) as usize;
    for (i, name) in names.iter().enumerate() {
        let middle = (i as f64 + 0.5) * cell;
        if i % down == 0 {
            canvas.text((area.left - 6.0, area.top + middle), name, SMALL, Anchor::End, BLACK);
        }
        if i % along == 0 {
            canvas.text((area.left + middle, area.top - 9.0), name, SMALL, Anchor::Middle, BLACK);
        }
    }
    let (middle_x, middle_y) = (0.5 * (area.left + area.right), 0.5 * (area.top + area.bottom));
    canvas.text((middle_x, area.top - 28.0), "answer", TEXT, Anchor::Middle, BLACK);
    canvas.text((MARGIN + TEXT / 2.0, middle_y), "true class", TEXT, Anchor::Upwards, BLACK);
}

/// The recall of each class in the line of its row; number and interval.
fn draw_recalls(canvas: &mut Canvas, matrix: Rect, recalls: &[(u64, Interval)]) {
    let area = Rect { left: matrix.right + 22.0, right: WIDTH - MARGIN - NUMBERS, ..matrix };
    let low = recalls.iter().filter(|(of, _)| *of > 0).map(|(_, r)| r.low).fold(1.0, f64::min);
    let panel = Panel {
        area,
        x: Axis::linear("recall", (10.0 * low - 0.2).floor().max(0.0) / 10.0, 1.0),
        y: Axis::rows("", recalls.len()),
    };
    let (stroke, marker) = series(0);
    let shows = Columns::new("share", "class");
    panel.axes(canvas, "recall", &shows, true);
    for (class, (_, recall)) in recalls.iter().enumerate().filter(|(_, (of, _))| *of > 0) {
        let y = class as f64;
        panel.line(canvas, [(recall.low, y), (recall.high, y)], &Stroke::solid(stroke.color, 1.2));
        panel.marker(canvas, (recall.estimate, y), marker, &stroke, false);
        if area.height() / recalls.len() as f64 > SMALL
            && let Some((_, y)) = panel.at(1.0, y)
        {
            canvas.text((WIDTH - MARGIN, y), &format!("{:.3}", recall.estimate), SMALL, Anchor::End, BLACK);
        }
    }
    canvas.text(
        (0.5 * (area.left + area.right), area.top - 9.0),
        "recall, 95 % interval",
        SMALL,
        Anchor::Middle,
        BLACK,
    );
}
