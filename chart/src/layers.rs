//! The layers of a panel, drawn: lines and markers, strokes, maps, pictures.

use std::collections::BTreeMap;

use plotters::style::RGBColor;

use crate::bar::outline;
use crate::canvas::{Anchor, Canvas, Rect, fit_text, text_width};
use crate::chart::{Draw, Images, Point, Rule, Series};
use crate::colors::{Colors, Ramp};
use crate::plot::Plot;
use crate::style::{BLACK, DASHED, DOT, GRID, MOST_STRIPES, Marker, SMALL, Stroke, WHITE};

/// Markers along a line that has a few: enough to tell it by, few enough to see it.
const MARKERS: usize = 8;
/// Lines lie on each other where their points are no further apart \[px\].
const TOGETHER: f64 = 0.6;
/// Half the width of an error bar's cap, and between the points of neighbouring series with intervals \[px\].
const CAP: f64 = 2.5;
const DODGE: f64 = 4.0;
/// The points of all series with intervals keep within so much \[px\].
const SPREAD: f64 = 24.0;
/// Half the length of a stroke at least and at most \[px\].
const REACH: (f64, f64) = (1.2, 9.2);
/// Shades of strokes, and how dark the lightest is.
const SHADES: usize = 8;
const LIGHTEST: f64 = 0.25;
/// Cells overlap by so much \[px\], or by this part of their size: without it renderers leave hairlines between them.
const OVERLAP: f64 = 0.3;
const OVERLAP_PART: f64 = 0.1;
/// Side of a small picture at most, between two of them, and size of a label \[px\].
const SIDE: f64 = 100.0;
const GAP: f64 = 4.0;
const LABEL: f64 = 8.0;

/// A place on the sheet \[px\].
type Place = (f64, f64);

/// A series of a panel with its look and number among all, and where its points are.
pub(crate) struct Drawn<'a> {
    pub(crate) series: &'a Series,
    pub(crate) look: (Stroke, Marker),
    pub(crate) number: usize,
    pub(crate) places: Vec<Option<Place>>,
    /// Which of how many lines on each other it is.
    stripe: (usize, usize),
}

/// The series of a panel where they are on the sheet; `series` of them in all panels have a look of their own.
pub(crate) fn placed<'a>(
    plot: &Plot<'_>,
    all: impl IntoIterator<Item = (&'a Series, (Stroke, Marker), usize)>,
    series: usize,
) -> Vec<Drawn<'a>> {
    let dodge = DODGE.min(SPREAD / series.max(1) as f64);
    let place = |(of, look, number): (&'a Series, (Stroke, Marker), usize)| {
        let dodged = of.points.iter().any(|p| p.interval.is_some());
        let aside = if dodged { (number as f64 - 0.5 * (series as f64 - 1.0)) * dodge } else { 0.0 };
        let places = of.points.iter().map(|p| plot.at(p.x, p.y).map(|(x, y)| (x + aside, y))).collect();
        Drawn { series: of, look, number, places, stripe: (0, 1) }
    };
    let mut drawn: Vec<Drawn<'_>> = all.into_iter().map(place).collect();
    for i in 0..drawn.len() {
        let same: Vec<usize> =
            (0..drawn.len()).filter(|&j| together(&drawn[i], &drawn[j])).take(MOST_STRIPES).collect();
        if let Some(k) = same.iter().position(|&j| j == i) {
            drawn[i].stripe = (k, same.len());
        }
    }
    drawn
}

/// Whether two series are lines on each other.
fn together(a: &Drawn<'_>, b: &Drawn<'_>) -> bool {
    let line =
        |d: &Drawn<'_>| d.series.joined() && d.series.look != crate::chart::Look::Reference && d.places.len() > 1;
    let near = |pair: (&Option<Place>, &Option<Place>)| match pair {
        (Some(p), Some(q)) => (p.0 - q.0).abs() <= TOGETHER && (p.1 - q.1).abs() <= TOGETHER,
        (None, None) => true,
        _ => false,
    };
    std::ptr::eq(a, b)
        || line(a) && line(b) && a.places.len() == b.places.len() && a.places.iter().zip(&b.places).all(near)
}

impl Drawn<'_> {
    fn stroke(&self) -> Stroke {
        let (stroke, (k, n)) = (self.look.0, self.stripe);
        if n > 1 { stroke.stripe(k, n) } else { stroke }
    }

    /// Draws the line. Returns the indices of the points that it was drawn through.
    pub(crate) fn line(&self, canvas: &mut Canvas, plot: &Plot<'_>) -> Vec<usize> {
        if !self.series.joined() {
            return (0..self.places.len()).collect();
        }
        let zero_is_no_line = plot.panel.y.is_log();
        let joined = self.series.points.iter().zip(&self.places);
        let joined = joined.map(|(p, place)| place.filter(|_| !(zero_is_no_line && p.y == 0.0)));
        let drawn = plot.line(canvas, joined, &self.stroke());
        let Rect { top, bottom, .. } = plot.area;
        let bar = Stroke::solid(self.look.0.color, 1.0);
        for (point, place) in self.series.points.iter().zip(&self.places) {
            let ends = point.interval.and_then(|(lo, hi)| plot.at(point.x, lo).zip(plot.at(point.x, hi)));
            if let (Some((x, _)), Some((low, high))) = (place, ends) {
                let (low, high) = (low.1.clamp(top, bottom), high.1.clamp(top, bottom));
                canvas.strokes([((*x, low), (*x, high))], &bar);
                canvas.strokes([low, high].map(|y| ((x - CAP, y), (x + CAP, y))), &bar);
            }
        }
        drawn
    }

    /// Draws the markers, strokes or cells.
    pub(crate) fn marks(&self, canvas: &mut Canvas, plot: &Plot<'_>) {
        let n = self.places.len();
        let finite = |k: usize| self.places.get(k).is_some_and(Option::is_some);
        let (k, of) = self.stripe;
        let every = n.div_ceil(MARKERS).max(1);
        let marked = |i: usize| match self.series.draw {
            Draw::Line | Draw::Strokes | Draw::Cells(_) => false,
            Draw::Marked => i % of == k,
            // Shifted from line to line, so that markers do not all fall together; between two gaps there is no line to see.
            Draw::Sparse => i % every == self.number % every || !(finite(i.wrapping_sub(1)) || finite(i + 1)),
            Draw::Markers | Draw::Dots => true,
        };
        let look = if self.series.draw == Draw::Dots { (self.look.0, DOT) } else { self.look };
        for (i, (point, place)) in self.series.points.iter().zip(&self.places).enumerate() {
            if let Some(at) = place.filter(|_| marked(i)) {
                plot.marker(canvas, at, &look, (point.hollow, point.y == 0.0));
            }
        }
        match &self.series.draw {
            Draw::Strokes => self.strokes(canvas, plot),
            Draw::Cells(colors) => cells(canvas, plot, &self.series.points, colors),
            _ => {}
        }
    }

    /// Upright strokes in the rows of the panel, the darker the larger the value.
    fn strokes(&self, canvas: &mut Canvas, plot: &Plot<'_>) {
        let row = plot.area.height() / plot.y.length().abs().max(1.0);
        let reach = (0.4 * row).clamp(REACH.0, REACH.1);
        let shade = |p: &Point| (p.value.clamp(0.0, 1.0) * (SHADES - 1) as f64).round() as usize;
        for of in 0..SHADES {
            let dark = LIGHTEST + (1.0 - LIGHTEST) * of as f64 / (SHADES - 1) as f64;
            let RGBColor(r, g, b) = self.look.0.color;
            let part = |c: u8| (255.0 - dark * (255.0 - f64::from(c))).round() as u8;
            let stroke = Stroke::solid(RGBColor(part(r), part(g), part(b)), self.look.0.width);
            let here = self.series.points.iter().zip(&self.places).filter(|(p, _)| shade(p) == of);
            let here = here.filter_map(|(_, place)| place.filter(|at| plot.holds(*at)));
            canvas.strokes(here.map(|(x, y)| ((x, y - reach), (x, y + reach))), &stroke);
        }
    }
}

/// Draws lines across the panel.
pub(crate) fn rule(canvas: &mut Canvas, plot: &Plot<'_>, rule: &Rule, stroke: &Stroke) {
    let Rect { left, top, right, bottom } = plot.area;
    let axis = if rule.upright { &plot.x } else { &plot.y };
    let inside = rule.at.iter().map(|at| axis.fraction(*at)).filter(|f| (0.0..=1.0).contains(f));
    let lines: Vec<(Place, Place)> = match rule.upright {
        true => inside.map(|f| left + f * (right - left)).map(|x| ((x, top), (x, bottom))).collect(),
        false => inside.map(|f| bottom - f * (bottom - top)).map(|y| ((left, y), (right, y))).collect(),
    };
    canvas.strokes(lines, stroke);
}

/// The distinct values, rising.
fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.filter(|x| x.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// Half the distance of neighbours on an axis; half of the axis where there is one.
fn half(at: &[f64]) -> f64 {
    at.windows(2).map(|w| w[1] - w[0]).reduce(f64::min).map_or(0.5, |apart| 0.5 * apart)
}

/// Draws the cells of a map: neighbours of one shade as one bar, and what stands in them.
fn cells(canvas: &mut Canvas, plot: &Plot<'_>, points: &[Point], colors: &Colors) {
    let (width, height) = (plot.area.width(), plot.area.height());
    let at = |p: &Point| (plot.x.fraction(p.x), plot.y.fraction(p.y));
    let (half_x, half_y) =
        (half(&distinct(points.iter().map(|p| at(p).0))), half(&distinct(points.iter().map(|p| at(p).1))));
    let (cell_x, cell_y) = (2.0 * half_x * width, 2.0 * half_y * height);
    let overlap = OVERLAP.min(OVERLAP_PART * cell_x.min(cell_y));
    let mut sorted: Vec<&Point> = points.iter().filter(|p| at(p).0.is_finite() && at(p).1.is_finite()).collect();
    sorted.sort_by(|p, q| at(q).1.total_cmp(&at(p).1).then(at(p).0.total_cmp(&at(q).0)));
    let mut bars: BTreeMap<usize, Vec<(Place, f64)>> = BTreeMap::new();
    for run in sorted.chunk_by(|p, q| at(p).1 == at(q).1 && colors.shade(p.value) == colors.shade(q.value)) {
        if let Some(shade) = colors.shade(run[0].value) {
            let (from, y) = at(run[0]);
            let left = (plot.area.left + (from - half_x) * width).max(plot.area.left);
            let right = plot.area.left + (at(run[run.len() - 1]).0 + half_x) * width + overlap;
            let middle = plot.area.bottom - y * height;
            bars.entry(shade).or_default().push(((left, middle), right.min(plot.area.right) - left));
        }
    }
    for (shade, bars) in bars {
        canvas.bars(bars, cell_y + overlap, colors.of(shade));
    }
    if !(plot.panel.x.named().is_empty() || plot.panel.y.named().is_empty()) {
        lattice(canvas, plot);
    }
    let size = SMALL.min(0.7 * cell_y);
    for point in points.iter().filter(|p| text_width(&p.label, size) < cell_x - 1.0 && size >= 5.0) {
        if let Some(at) = plot.at(point.x, point.y).filter(|_| !point.label.is_empty()) {
            canvas.text(at, &point.label, size, Anchor::Middle, colors.ink(colors.shade(point.value)));
        }
    }
    if colors.zero_line {
        let zero = Stroke::dashed(WHITE, 1.4, DASHED);
        canvas.strokes(
            zero_line(points).into_iter().filter_map(|(p, q)| plot.at(p.0, p.1).zip(plot.at(q.0, q.1))),
            &zero,
        );
    }
    if colors.ramp != Ramp::Ink || !plot.panel.x.named().is_empty() {
        outline(canvas, plot.area);
    }
}

/// Lines between the cells of two axes of names.
fn lattice(canvas: &mut Canvas, plot: &Plot<'_>) {
    let Rect { left, top, right, bottom } = plot.area;
    let grid = Stroke::solid(GRID, 0.6);
    let (columns, rows) = (plot.panel.x.named().len(), plot.panel.y.named().len());
    let x = |i: usize| left + plot.area.width() * i as f64 / columns as f64;
    let y = |i: usize| top + plot.area.height() * i as f64 / rows as f64;
    canvas.strokes((1..columns).map(|i| ((x(i), top), (x(i), bottom))), &grid);
    canvas.strokes((1..rows).map(|i| ((left, y(i)), (right, y(i)))), &grid);
}

/// Where the values on a grid change sign: marching squares, with linear interpolation along the edges. A zero on the grid is no
/// change of sign: where values are zero along a border there is no line.
fn zero_line(points: &[Point]) -> Vec<(Place, Place)> {
    let (xs, ys) = (distinct(points.iter().map(|p| p.x)), distinct(points.iter().map(|p| p.y)));
    let index = |values: &[f64], x: f64| values.partition_point(|known| *known < x);
    let mut values = vec![f64::NAN; xs.len() * ys.len()];
    for p in points.iter().filter(|p| p.x.is_finite() && p.y.is_finite()) {
        values[index(&xs, p.x) * ys.len() + index(&ys, p.y)] = p.value;
    }
    let corner = |i: usize, j: usize| (xs[i], ys[j], values[i * ys.len() + j]);
    let mut line = Vec::new();
    for i in 1..xs.len() {
        for j in 1..ys.len() {
            let around = [corner(i - 1, j - 1), corner(i, j - 1), corner(i, j), corner(i - 1, j)];
            let crossings: Vec<Place> = (0..4)
                .filter_map(|k| {
                    let (p, q) = (around[k], around[(k + 1) % 4]);
                    let part = p.2 / (p.2 - q.2);
                    (p.2 * q.2 < 0.0).then_some((p.0 + part * (q.0 - p.0), p.1 + part * (q.1 - p.1)))
                })
                .collect();
            line.extend(crossings.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        }
    }
    line
}

impl Images {
    /// Where the pictures stand in a place of this width from a point on, and the height that their labels and they take \[px\].
    pub(crate) fn layout(&self, (left, top): Place, width: f64) -> (Vec<Rect>, f64) {
        // Columns to rows of the grid.
        let columns = ((self.images.len() as f64 * 1.3).sqrt().ceil() as usize).clamp(1, self.images.len().max(1));
        // A picture alone has its panel's heading.
        let label = self.images.len() > 1 && self.images.iter().any(|image| !image.label.is_empty());
        let label = if label { LABEL + 3.0 } else { 0.0 };
        let side = (width / columns as f64 - GAP).min(SIDE);
        let across = self.width.max(1);
        let most = self.images.iter().map(|image| image.pixels.len().div_ceil(across)).max().unwrap_or(1).max(1);
        let pixel = side / across.max(most) as f64;
        let row = label + pixel * most as f64 + GAP;
        let area = |(i, image): (usize, &crate::chart::Image)| {
            let (left, top) = (left + (i % columns) as f64 * (side + GAP), top + (i / columns) as f64 * row + label);
            let height = pixel * image.pixels.len().div_ceil(across) as f64;
            Rect { left, top, right: left + pixel * across as f64, bottom: top + height }
        };
        (self.images.iter().enumerate().map(area).collect(), row * self.images.len().div_ceil(columns) as f64)
    }

    /// Draws the pictures from the upper left corner of the plot on.
    pub(crate) fn draw(&self, canvas: &mut Canvas, plot: &Plot<'_>) {
        let (areas, _) = self.layout((plot.area.left, plot.area.top), plot.area.width());
        let across = self.width.max(1);
        let Some(pixel) = areas.first().map(|area| area.width() / across as f64) else { return };
        let overlap = OVERLAP.min(OVERLAP_PART * pixel);
        let mut bars: BTreeMap<usize, Vec<(Place, f64)>> = BTreeMap::new();
        for (image, area) in self.images.iter().zip(&areas) {
            for (row, pixels) in image.pixels.chunks(across).enumerate() {
                let y = area.top + pixel * (row as f64 + 0.5);
                let mut start = 0;
                for run in pixels.chunk_by(|a, b| self.colors.shade(*a) == self.colors.shade(*b)) {
                    if let Some(shade) = self.colors.shade(run[0]) {
                        let from = area.left + pixel * start as f64;
                        bars.entry(shade).or_default().push(((from, y), pixel * run.len() as f64 + overlap));
                    }
                    start += run.len();
                }
            }
        }
        for (shade, bars) in bars {
            canvas.bars(bars, pixel + overlap, self.colors.of(shade));
        }
        for (image, area) in self.images.iter().zip(&areas) {
            outline(canvas, *area);
            let text = if self.images.len() > 1 { fit_text(&image.label, LABEL, area.width()) } else { String::new() };
            canvas.text((area.left, area.top - 0.5 * (LABEL + 3.0)), &text, LABEL, Anchor::Start, BLACK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zero_line_is_where_a_plane_is_zero() {
        let at = [0.0, 1.0, 2.0];
        let plane = |x: f64, y: f64| Point { value: x + y - 1.5, ..(x, y).into() };
        let points: Vec<Point> = at.iter().flat_map(|x| at.iter().map(move |y| plane(*x, *y))).collect();
        let line = zero_line(&points);
        assert!(!line.is_empty());
        for (x, y) in line.iter().flat_map(|(p, q)| [*p, *q]) {
            assert!((x + y - 1.5).abs() < 1e-15);
        }
    }
}
