//! Where panels, legend and notes of a chart are on its sheet.

use crate::axis::{Axis, Fitted};
use crate::bar::BAR;
use crate::canvas::Rect;
use crate::chart::{Chart, Draw, Frame, Layer, LegendPlace, Panel, Series};
use crate::colors::Colors;
use crate::legend::Legend;
use crate::plot::{below, beside_room, left_of};
use crate::style::{MARGIN, WIDTH};

/// Height of a plot that is alone, of one among several below each other, and of one beside others \[px\].
const HEIGHTS: [f64; 3] = [400.0, 170.0, 150.0];
/// Room left of a plot that is alone, and right of the last one \[px\].
const LEFT: f64 = 68.0;
const RIGHT: f64 = 10.0;
/// Between plots, and between plots and a legend \[px\].
const BETWEEN: f64 = 14.0;
/// A line of text over a plot, and of a note \[px\].
pub(crate) const LINE: f64 = 13.0;
pub(crate) const NOTE: f64 = 15.0;
/// Height of a strip below a plot, and room to it \[px\].
pub(crate) const STRIP: f64 = 14.0;
pub(crate) const TO_STRIP: f64 = 4.0;
/// Longest dark text of a page \[px\].
pub(crate) const PAGE: f64 = WIDTH - 2.0 * MARGIN;

/// Where things are on the sheet.
pub(crate) struct Sheet {
    pub(crate) areas: Vec<Rect>,
    pub(crate) legend: Rect,
    pub(crate) notes: f64,
    pub(crate) height: f64,
}

impl Chart {
    fn columns(&self) -> usize {
        self.per_row.clamp(1, self.panels.len().max(1))
    }

    /// Whether the x axis of a panel is labelled: where all have the same one, below the last panel of a column alone.
    pub(crate) fn labelled(&self, index: usize) -> bool {
        !self.shared.0 || index + self.columns() >= self.panels.len()
    }

    /// Whether the y axis of a panel says what it is: where all have the same one, in the first column alone.
    pub(crate) fn described(&self, index: usize) -> bool {
        !self.shared.1 || index.is_multiple_of(self.columns())
    }

    /// The axes of each panel with their ranges.
    pub(crate) fn fits(&self) -> Vec<(Fitted, Fitted)> {
        let fit = |axis: &Axis, shared: bool, panel: &Panel, of: fn(&Panel) -> Vec<f64>| {
            let values: Vec<f64> = if shared { self.panels.iter().flat_map(of).collect() } else { of(panel) };
            axis.fit(values)
        };
        let both = |panel: &Panel| {
            let x = fit(&panel.x, self.shared.0, panel, xs).turned();
            (x, fit(&panel.y, self.shared.1, panel, ys))
        };
        self.panels.iter().map(both).collect()
    }

    /// Room left of a panel \[px\].
    fn gutter(&self, index: usize, (_, y): &(Fitted, Fitted)) -> f64 {
        let panel = &self.panels[index];
        let first = index.is_multiple_of(self.columns());
        if panel.frame != Frame::Axes {
            return if first { MARGIN } else { BETWEEN + 2.0 };
        }
        let labels = left_of(&panel.y, y, self.height(panel), self.described(index));
        if first { (MARGIN + labels).max(if self.panels.len() == 1 { LEFT } else { 0.0 }) } else { BETWEEN + labels }
    }

    fn height(&self, panel: &Panel) -> f64 {
        let images = panel.layers.iter().find_map(|layer| match layer {
            Layer::Images(images) => Some(images.layout((0.0, 0.0), PAGE - BAR).1),
            _ => None,
        });
        match (panel.height > 0.0, images) {
            (true, _) => panel.height,
            (_, Some(height)) => height.max(120.0),
            _ if self.panels.len() == 1 => HEIGHTS[0],
            _ => HEIGHTS[if self.columns() == 1 { 1 } else { 2 }],
        }
    }

    /// Places all that is on the sheet.
    pub(crate) fn sheet(&self, fits: &[(Fitted, Fitted)], legend: &Legend, notes: usize) -> Sheet {
        let columns = self.columns();
        let side_by_side = self.legend == LegendPlace::Below;
        let beside = if side_by_side || legend.width() == 0.0 { RIGHT } else { legend.width() + 16.0 };
        let right = WIDTH - MARGIN - beside;
        let gutter = |column: usize| {
            let of_column = (column..self.panels.len()).step_by(columns);
            of_column.map(|i| self.gutter(i, &fits[i])).fold(0.0, f64::max)
        };
        let gutters: Vec<f64> = (0..columns).map(gutter).collect();
        let extra = |panel: &Panel| beside_room(panel) + if bar(panel).is_some() { BAR } else { 0.0 };
        let share = |row: &[Panel]| {
            let fixed: f64 = row.iter().map(|panel| panel.width + extra(panel)).sum();
            // A row that is not full has the columns of the others.
            let free = row.iter().filter(|panel| panel.width == 0.0).count() + columns - row.len();
            (right - gutters.iter().sum::<f64>() - fixed) / free.max(1) as f64
        };
        let mut top = MARGIN + if self.heading.is_empty() { 0.0 } else { 20.0 };
        let first = top + self.panels.first().map_or(0.0, |panel| self.above(panel));
        let mut areas = Vec::new();
        for (index, row) in self.panels.chunks(columns).enumerate() {
            let above = row.iter().map(|panel| self.above(panel)).fold(0.0, f64::max);
            let mut height = row.iter().map(|panel| self.height(panel)).fold(0.0, f64::max);
            if self.panels.len() == 1 && !side_by_side {
                height = height.max(legend.height(false));
            }
            let (share, mut left) = (share(row), 0.0);
            for (column, panel) in row.iter().enumerate() {
                left += gutters[column];
                let width = if panel.width > 0.0 { panel.width } else { share };
                areas.push(Rect { left, top: top + above, right: left + width, bottom: top + above + height });
                left += width + extra(panel);
            }
            let under = |(column, panel): (usize, &Panel)| match panel.frame {
                Frame::Axes => below(&panel.x, self.labelled(index * columns + column)),
                Frame::Bare => 8.0,
                Frame::ScaleBar(_) => TO_STRIP + STRIP + 22.0,
            };
            top += above + height + row.iter().enumerate().map(under).fold(0.0, f64::max);
        }
        let legend_area = match side_by_side {
            true => {
                Rect { left: MARGIN, top: top + 8.0, right: WIDTH - MARGIN, bottom: top + 8.0 + legend.height(true) }
            }
            false => {
                let left = WIDTH - MARGIN - legend.width();
                Rect { left, top: first, right: WIDTH - MARGIN, bottom: first + legend.height(false) }
            }
        };
        let bottom = if legend.width() > 0.0 { top.max(legend_area.bottom + 6.0) } else { top };
        let noted = if notes == 0 { 0.0 } else { notes as f64 * NOTE + 10.0 };
        Sheet { areas, legend: legend_area, notes: bottom + 4.0, height: bottom + noted + 2.0 }
    }

    fn above(&self, panel: &Panel) -> f64 {
        let lettered = self.panels.len() > 1 && !self.unlettered;
        let heading = if panel.heading.is_empty() && !lettered && panel.beside.1.is_empty() { 0.0 } else { LINE + 7.0 };
        heading + if panel.verdict.0.is_empty() { 0.0 } else { LINE }
    }
}

fn xs(panel: &Panel) -> Vec<f64> {
    panel.series().flat_map(|series| series.points.iter().map(|p| p.x)).collect()
}

fn ys(panel: &Panel) -> Vec<f64> {
    let points = panel.series().filter(|series| !series.strip).flat_map(|series| &series.points);
    points.flat_map(|p| [p.y].into_iter().chain(p.interval.into_iter().flat_map(|(lo, hi)| [lo, hi]))).collect()
}

/// The scale that a panel needs a bar for.
pub(crate) fn bar(panel: &Panel) -> Option<&Colors> {
    let colors = panel.layers.iter().find_map(|layer| match layer {
        Layer::Images(images) => Some(&images.colors),
        Layer::Series(Series { draw: Draw::Cells(colors), .. }) => Some(colors),
        _ => None,
    });
    colors.filter(|colors| colors.bar)
}
