//! Guides of a slope on two logarithmic axes: beside the points that they measure.

use crate::canvas::{Anchor, Canvas, text_width};
use crate::chart::{Panel, Point};
use crate::plot::Plot;
use crate::style::{BLACK, DOTTED, GUIDE, SMALL, Stroke};

/// A stretch has a slope where that of neighbouring points is at most this far away.
const NEAR: f64 = 0.35;
/// Two points alone can have any slope by chance: theirs counts where that from the first point of the series to the last is at most this
/// far away.
const OVERALL: f64 = 0.5;
/// From the points to the guide \[px\].
const ASIDE: f64 = 9.0;

/// A guide: its slope, and the ends of the stretch of a series that has about this slope.
pub(crate) struct Guide {
    slope: f64,
    from: (f64, f64),
    to: (f64, f64),
}

/// How a guide is drawn.
pub(crate) const STROKE: Stroke = Stroke::dashed(GUIDE, 1.0, DOTTED);

/// The guides of a panel: for each slope the longest stretch of a series that has it, hollow points and those at the floor left out.
pub(crate) fn guides(panel: &Panel, slopes: &[f64]) -> Vec<Guide> {
    let lines: Vec<Vec<(f64, f64)>> =
        panel.series().filter(|series| series.joined()).map(|s| solid(&s.points)).collect();
    let guide = |&slope: &f64| {
        let stretches = lines.iter().flat_map(|line| stretches(line, slope));
        let (from, to) = stretches.max_by(|p, q| length(p).total_cmp(&length(q)))?;
        Some(Guide { slope, from, to })
    };
    slopes.iter().filter_map(guide).collect()
}

/// The points that a slope can be read from, from left to right.
fn solid(points: &[Point]) -> Vec<(f64, f64)> {
    let counts = |p: &&Point| !p.hollow && p.x > 0.0 && p.y > 0.0 && p.x.is_finite() && p.y.is_finite();
    let mut solid: Vec<(f64, f64)> = points.iter().filter(counts).map(|p| (p.x, p.y)).collect();
    solid.sort_by(|p, q| p.0.total_cmp(&q.0));
    solid
}

fn length((from, to): &((f64, f64), (f64, f64))) -> f64 {
    to.0 / from.0
}

/// The stretches of a line whose neighbouring points have about this slope.
fn stretches(line: &[(f64, f64)], slope: f64) -> Vec<((f64, f64), (f64, f64))> {
    let off = |p: (f64, f64), q: (f64, f64)| ((q.1 / p.1).ln() / (q.0 / p.0).ln() - slope).abs();
    let fits = |w: &[(f64, f64)]| off(w[0], w[1]) < NEAR;
    let overall = line.first().zip(line.last()).is_some_and(|(first, last)| off(*first, *last) < OVERALL);
    let pairs: Vec<&[(f64, f64)]> = line.windows(2).collect();
    let runs = pairs.chunk_by(|a, b| fits(a) == fits(b)).filter(|run| fits(run[0]) && (run.len() > 1 || overall));
    runs.map(|run| (run[0][0], run[run.len() - 1][1])).collect()
}

/// Draws guides to the right of their points, each with its slope at the end that has room.
pub(crate) fn draw(canvas: &mut Canvas, plot: &Plot<'_>, guides: &[Guide]) {
    let mut labels: Vec<(f64, f64)> = Vec::new();
    for guide in guides {
        let Some((from, to)) = plot.at(guide.from.0, guide.from.1).zip(plot.at(guide.to.0, guide.to.1)) else {
            continue;
        };
        // px up for a px to the right, of the slope itself, through the middle of the stretch.
        let (width, height) = (plot.area.width() / plot.x.length(), plot.area.height() / plot.y.length());
        let steep = guide.slope * height / width;
        let (middle, half) = ((0.5 * (from.0 + to.0), 0.5 * (from.1 + to.1)), 0.5 * (to.0 - from.0));
        let norm = steep.hypot(1.0);
        let (dx, dy) = (ASIDE * steep.abs() / norm, ASIDE / norm);
        let place = |part: f64| (middle.0 + dx + part * half, middle.1 + dy - steep * part * half);
        plot.line(canvas, [place(-0.8), place(0.8)].map(Some), &STROKE);
        let text = guide.slope.to_string();
        let free = |at: &(f64, f64)| {
            let apart = |other: &(f64, f64)| (other.0 - at.0).abs() > 24.0 || (other.1 - at.1).abs() > 1.4 * SMALL;
            plot.holds((at.0 + 0.5 * text_width(&text, SMALL) + 2.0, at.1 + SMALL)) && labels.iter().all(apart)
        };
        let beside = |part: f64| (place(part).0 + dx.max(5.0), place(part).1 + dy.max(5.0));
        if let Some(at) = [-0.2, 0.3, -0.6, 0.7, -1.0].map(beside).into_iter().find(free) {
            canvas.text(at, &text, SMALL, Anchor::Middle, BLACK);
            labels.push(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Series;

    #[test]
    fn a_guide_stands_where_a_series_has_its_slope_hollow_and_floor_left_out() {
        let mut points: Vec<Point> = [0.01, 0.1, 1.0, 10.0].map(|x: f64| (x, x.powi(2)).into()).to_vec();
        points[3].hollow = true;
        points.push((0.001, 0.0).into());
        let panel = Panel { layers: vec![Series::line("a", points).into()], ..Panel::default() };
        let found = guides(&panel, &[1.0, 2.0, 4.0]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].slope, found[0].from.0, found[0].to.0), (2.0, 0.01, 1.0));
    }

    #[test]
    fn one_steep_pair_of_a_line_of_order_one_has_no_guide() {
        // Slopes 0.3 and 1.9 from pair to pair, 1.1 in all.
        let points: [Point; 3] = [(0.01, 1e-3).into(), (0.1, 2e-3).into(), (1.0, 0.16).into()];
        let panel = Panel { layers: vec![Series::line("a", points).into()], ..Panel::default() };
        assert!(guides(&panel, &[2.0]).is_empty());
        let pair = [(0.01, 1e-4), (0.1, 1e-2)];
        let panel = Panel { layers: vec![Series::line("a", pair).into()], ..Panel::default() };
        assert_eq!(guides(&panel, &[2.0]).len(), 1);
    }
}
