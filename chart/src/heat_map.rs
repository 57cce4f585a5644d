//! A heat map: values on a grid as bands of colour, with a bar that tells them, and the line where they are zero.
//!
//! Lightness rises with the value, so that the map reads in grey. Ends and middle of the ramp are those of cividis:
//! J. R. Nuñez, C. R. Anderton, R. S. Renslow, *Optimizing colormaps with consideration for color vision deficiency*, PLoS ONE
//! 13 (2018) e0199239.

use plotters::style::RGBColor;

use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Rect};
use crate::panel::Panel;
use crate::style::{BLACK, DASHED, SMALL, Stroke, TEXT, WHITE};

const RAMP: [(u8, u8, u8); 3] = [(0, 32, 77), (124, 123, 120), (255, 234, 70)];
/// About so many bands.
const BANDS: f64 = 14.0;
/// Width of the bar, and from its edge to its labels and its description \[px\].
const BAR: f64 = 16.0;
const TO_LABELS: f64 = 6.0;
const TO_DESCRIPTION: f64 = 58.0;
/// Each cell of the grid is drawn as so many, along each side: linear on the two triangles
/// of a cell that meet on its rising diagonal, where a symmetric kernel has a ridge.
const REFINE: usize = 3;
/// Bands overlap by so much \[px\]: without it renderers leave hairlines between them.
const OVERLAP: f64 = 0.4;

/// Room right of a map for its bar \[px\].
pub const BESIDE: f64 = 16.0 + BAR + TO_DESCRIPTION + TEXT;

/// Values on a square grid.
pub struct HeatMap<'a> {
    /// Coordinates of the grid, at least two, equally spaced, the same on both axes.
    pub at: &'a [f64],
    /// The value at (at\[i\], at\[j\]) is `values[i * at.len() + j]`.
    pub values: &'a [f64],
}

/// The bands of a map: multiples of a round step.
struct Bands {
    step: f64,
    lowest: i64,
    highest: i64,
}

impl Bands {
    fn of(values: &[f64]) -> Self {
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        let (lo, hi) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
        let span = if hi > lo { hi - lo } else { 1.0 };
        let decade = 10f64.powf((span / BANDS).log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|k| k * decade).into_iter().find(|s| *s >= span / BANDS);
        let step = step.unwrap_or(10.0 * decade);
        if hi < lo {
            return Bands { step, lowest: 0, highest: 0 };
        }
        Bands { step, lowest: (lo / step).floor() as i64, highest: (hi / step).floor() as i64 }
    }

    fn band(&self, value: f64) -> Option<i64> {
        value.is_finite().then(|| ((value / self.step).floor() as i64).clamp(self.lowest, self.highest))
    }

    fn color(&self, band: i64) -> RGBColor {
        if self.highest == self.lowest {
            return ramp(0.5);
        }
        ramp((band - self.lowest) as f64 / (self.highest - self.lowest) as f64)
    }
}

/// The colour at a fraction of the ramp: CIE lightness rises by equal steps, and the middle is a neutral grey.
pub fn ramp(fraction: f64) -> RGBColor {
    let at = fraction.clamp(0.0, 1.0) * (RAMP.len() - 1) as f64;
    let index = (at as usize).min(RAMP.len() - 2);
    let (from, to) = (RAMP[index], RAMP[index + 1]);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * (at - index as f64)).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

impl HeatMap<'_> {
    /// Fills `panel` and draws the bar beside it, with what it tells.
    pub fn draw(&self, canvas: &mut Canvas, panel: &Panel, description: &str) {
        let bands = Bands::of(self.values);
        let fine = self.refined();
        let fine = HeatMap { at: &fine.0, values: &fine.1 };
        let n = fine.at.len();
        for j in 0..n {
            let mut start = 0;
            while start < n {
                let band = bands.band(fine.values[start * n + j]);
                let end = (start + 1..n).find(|i| bands.band(fine.values[i * n + j]) != band).unwrap_or(n);
                if let (Some(band), Some(corners)) = (band, fine.cells(panel, start, end, j)) {
                    canvas.fill(&corners, bands.color(band));
                }
                start = end;
            }
        }
        let zero = Stroke { color: WHITE, width: 1.4, dash: DASHED };
        canvas.strokes(
            self.zero_line().into_iter().filter_map(|(p, q)| Some((panel.at(p.0, p.1)?, panel.at(q.0, q.1)?))),
            &zero,
        );
        self.bar(canvas, panel.area, &bands, description);
    }

    /// The same map on a grid [`REFINE`] times as fine.
    fn refined(&self) -> (Vec<f64>, Vec<f64>) {
        let n = self.at.len();
        let places: Vec<(usize, f64)> = (0..=(n - 1) * REFINE)
            .map(|k| ((k / REFINE).min(n.saturating_sub(2)), k))
            .map(|(i, k)| (i, (k - i * REFINE) as f64 / REFINE as f64))
            .collect();
        let mix = |from: f64, to: f64, part: f64| if part == 0.0 { from } else { from + part * (to - from) };
        let at = places.iter().map(|&(i, part)| mix(self.at[i], self.at[i + 1], part)).collect();
        let corner = |i: usize, j: usize| self.values[i * n + j];
        let value = |&(i, p): &(usize, f64), (j, q): (usize, f64)| {
            let (low, high) = (corner(i, j), corner(i + 1, j + 1));
            let (part, between) = if p >= q { (p, corner(i + 1, j)) } else { (q, corner(i, j + 1)) };
            mix(low, between, part) + (if p >= q { q } else { p }) * (high - between)
        };
        (at, places.iter().flat_map(|row| places.iter().map(move |column| value(row, *column))).collect())
    }

    /// The corners \[px\] of the cells `start..end` of row `j`, cut to the panel.
    fn cells(&self, panel: &Panel, start: usize, end: usize, j: usize) -> Option<[(f64, f64); 4]> {
        let half = 0.5 * (self.at[self.at.len() - 1] - self.at[0]) / (self.at.len().max(2) - 1) as f64;
        let (left, top) = panel.at(self.at[start] - half, self.at[j] + half)?;
        let (right, bottom) = panel.at(self.at[end - 1] + half, self.at[j] - half)?;
        let Rect { left: l, top: t, right: r, bottom: b } = panel.area;
        let (left, right) = (left.max(l), (right + OVERLAP).min(r));
        let (top, bottom) = ((top - OVERLAP).max(t), bottom.min(b));
        Some([(left, top), (right, top), (right, bottom), (left, bottom)])
    }

    /// Where the values change sign: marching squares, with linear interpolation along the edges. A zero on the grid is
    /// no change of sign: where values are zero along a border there is no line.
    fn zero_line(&self) -> Vec<((f64, f64), (f64, f64))> {
        let n = self.at.len();
        let corner = |i: usize, j: usize| (self.at[i], self.at[j], self.values[i * n + j]);
        let mut line = Vec::new();
        for i in 1..n {
            for j in 1..n {
                let around = [corner(i - 1, j - 1), corner(i, j - 1), corner(i, j), corner(i - 1, j)];
                let crossings: Vec<(f64, f64)> = (0..4)
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

    fn bar(&self, canvas: &mut Canvas, map: Rect, bands: &Bands, description: &str) {
        let left = map.right + 16.0;
        let area = Rect { left, top: map.top, right: left + BAR, bottom: map.bottom };
        let ends = (bands.lowest as f64 * bands.step, (bands.highest + 1) as f64 * bands.step);
        let axis = Axis::linear(description, ends.0, ends.1);
        let y = |value: f64| area.bottom - axis.fraction(value) * area.height();
        canvas.open("bar", area);
        for band in bands.lowest..=bands.highest {
            let (low, high) = (y(band as f64 * bands.step), y((band + 1) as f64 * bands.step));
            let top = (high - OVERLAP).max(area.top);
            canvas.fill(&[(left, top), (area.right, top), (area.right, low), (left, low)], bands.color(band));
        }
        if ends.0 < 0.0 && ends.1 > 0.0 {
            canvas.path(&[(left, y(0.0)), (area.right, y(0.0))], &Stroke { color: WHITE, width: 1.4, dash: DASHED });
        }
        canvas.close();
        for tick in axis.ticks((area.height() / 34.0) as usize) {
            let at = area.bottom - tick.fraction * area.height();
            canvas.strokes([((area.right, at), (area.right + 3.0, at))], &Stroke::solid(BLACK, 0.8));
            if let Some(label) = tick.label {
                canvas.text((area.right + TO_LABELS, at), &label.base, SMALL, Anchor::Start, BLACK);
            }
        }
        let middle = (area.right + TO_DESCRIPTION, 0.5 * (area.top + area.bottom));
        canvas.text(middle, description, TEXT, Anchor::Upwards, BLACK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_rises_along_the_ramp() {
        // Luma of ITU-R BT.601, what a grey print shows.
        let luma = |c: RGBColor| 0.299 * f64::from(c.0) + 0.587 * f64::from(c.1) + 0.114 * f64::from(c.2);
        let along: Vec<f64> = (0..=20).map(|i| luma(ramp(f64::from(i) / 20.0))).collect();
        assert!(along.windows(2).all(|w| w[1] > w[0] + 5.0), "{along:?}");
    }

    #[test]
    fn bands_are_round_and_hold_every_value() {
        let bands = Bands::of(&[-0.0003, 0.0, 0.0123]);
        assert_eq!((bands.step, bands.lowest, bands.highest), (0.001, -1, 12));
        let same = Bands::of(&[2.0, 2.0]);
        assert_eq!(same.band(2.0), Some(same.lowest));
        assert_eq!(Bands::of(&[f64::NAN]).band(f64::NAN), None);
    }

    #[test]
    fn the_zero_line_is_where_a_plane_is_zero() {
        let at = [0.0, 1.0, 2.0];
        let values: Vec<f64> = at.iter().flat_map(|x| at.iter().map(move |y| x + y - 1.5)).collect();
        let line = HeatMap { at: &at, values: &values }.zero_line();
        assert!(!line.is_empty());
        for (x, y) in line.iter().flat_map(|(p, q)| [*p, *q]) {
            assert!((x + y - 1.5).abs() < 1e-15);
        }
    }
}
