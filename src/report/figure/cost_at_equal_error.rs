//! Cost at equal error: what an error of the spike times costs, a panel a neuron, the same axes in all of them.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::legend::Legend;
use chart::panel::{BELOW, LEFT, Panel};
use chart::style::{MARGIN, WIDTH, grouped};
use chart::table::{Table, number};

/// Panels beside each other.
const COLUMNS: usize = 2;
/// Height of a panel, room for its heading above it, between panels, and above the legend \[px\].
const HEIGHT: f64 = 236.0;
const ABOVE: f64 = 24.0;
const BETWEEN: f64 = 46.0;
const TO_LEGEND: f64 = 10.0;

/// What [`cost_at_equal_error`] shows.
#[derive(Clone, Debug, Default)]
pub struct CostAtEqualError {
    /// Kinds of lines, such as "adaptive": each has a colour and a part of the legend, with at most five lines.
    pub groups: Vec<String>,
    /// One a neuron, in rows of two.
    pub panels: Vec<CostPanel>,
}

/// The lines of one neuron.
#[derive(Clone, Debug, Default)]
pub struct CostPanel {
    /// What stands over it.
    pub heading: String,
    /// In the order of the legend.
    pub lines: Vec<ErrorCostLine>,
}

/// A scheme or another program at several steps or tolerances.
#[derive(Clone, Debug)]
pub struct ErrorCostLine {
    /// Index of its group.
    pub group: usize,
    /// Its name.
    pub label: String,
    /// From its finest setting to its coarsest.
    pub points: Vec<ErrorCost>,
}

/// One run in which no spike is lost or added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorCost {
    /// The step \[ms\] or the tolerance.
    pub setting: f64,
    /// Largest error of a spike \[ms\].
    pub error: f64,
    /// Time per simulated second \[µs\].
    pub time: f64,
}

/// Draws largest spike-time error \[ms\] against time per simulated second \[µs\], both logarithmic: lower and further left is
/// better.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn cost_at_equal_error(data: &CostAtEqualError) -> Result<Figure> {
    let name = "cost_at_equal_error";
    let header = ["neuron", "group", "series", "setting", "time_us_per_s", "max_spike_time_error_ms"];
    let mut table = Table::new(name, &header);
    let labels: Vec<Vec<&str>> = (0..data.groups.len()).map(|group| labels(data, group)).collect();
    let points = || data.panels.iter().flat_map(|p| &p.lines).flat_map(|l| &l.points);
    let x = Axis::log("time per simulated second [µs]", points().map(|p| p.time));
    let y = Axis::log("largest spike-time error [ms]", points().map(|p| p.error));

    let legends: Vec<Legend> = labels.iter().enumerate().map(|(group, labels)| legend(data, group, labels)).collect();
    let rows = data.panels.len().div_ceil(COLUMNS).max(1);
    let below = MARGIN + rows as f64 * (ABOVE + HEIGHT) + BELOW + TO_LEGEND;
    let tallest = legends.iter().map(Legend::height).fold(0.0, f64::max);
    let mut canvas = Canvas::new(WIDTH, below + tallest + MARGIN);
    let width = (WIDTH - MARGIN - LEFT - BETWEEN) / COLUMNS as f64;
    let empty = CostPanel::default();
    let shown: Vec<&CostPanel> = if data.panels.is_empty() { vec![&empty] } else { data.panels.iter().collect() };
    for (index, shown_panel) in shown.iter().enumerate() {
        let (row, column) = (index / COLUMNS, index % COLUMNS);
        let left = LEFT + column as f64 * (width + BETWEEN);
        let top = MARGIN + ABOVE + row as f64 * (ABOVE + HEIGHT);
        let mut y = y.clone();
        if column > 0 {
            y.description.clear();
        }
        let area = Rect { left, top, right: left + width, bottom: top + HEIGHT };
        let panel = Panel { area, x: x.clone(), y };
        let shows = Columns::new("time_us_per_s", "max_spike_time_error_ms").of("neuron", &[&shown_panel.heading]);
        panel.axes(&mut canvas, &format!("panel{index}"), &shows, index + COLUMNS >= shown.len());
        panel.heading(&mut canvas, &shown_panel.heading);
        if shown_panel.lines.iter().all(|line| line.points.is_empty()) {
            panel.nothing(&mut canvas, "no points");
        }
        let look = |line: &ErrorCostLine| {
            let member = labels.get(line.group).and_then(|l| l.iter().position(|label| *label == line.label));
            grouped(line.group, member.unwrap_or_default())
        };
        for line in &shown_panel.lines {
            let place = |p: &ErrorCost| (p.time, if p.error > 0.0 { p.error } else { f64::NAN });
            panel.line(&mut canvas, line.points.iter().map(place), &look(line).0);
        }
        for line in &shown_panel.lines {
            let (stroke, marker) = look(line);
            for p in &line.points {
                panel.marker(&mut canvas, (p.time, p.error), marker, &stroke, false);
                let group = data.groups.get(line.group).cloned().unwrap_or_default();
                let words = [shown_panel.heading.clone(), group, line.label.clone()];
                table.row(words.into_iter().chain([p.setting, p.time, p.error].map(number)));
            }
        }
    }
    // The parts of the legend share what the figure is wide.
    let free = WIDTH - 2.0 * MARGIN - legends.iter().map(Legend::width).sum::<f64>();
    let gap = (free / (legends.len().max(2) - 1) as f64).min(BETWEEN);
    let mut left = MARGIN;
    for (group, legend) in legends.iter().enumerate() {
        legend.draw_at(&mut canvas, &format!("legend{group}"), (left, below));
        left += legend.width() + gap;
    }
    let title = "Largest spike-time error in ms against time in µs per simulated second";
    Ok(Figure { name: name.to_owned(), svg: canvas.finish(name, title)?, csv: table.finish()? })
}

/// Names of a group's lines, each once.
fn labels(data: &CostAtEqualError, group: usize) -> Vec<&str> {
    let mut labels: Vec<&str> = Vec::new();
    for line in data.panels.iter().flat_map(|p| &p.lines).filter(|line| line.group == group) {
        if !labels.contains(&line.label.as_str()) {
            labels.push(&line.label);
        }
    }
    labels
}

fn legend(data: &CostAtEqualError, group: usize, labels: &[&str]) -> Legend {
    let mut legend = Legend::default();
    legend.heading(&data.groups[group]);
    for (member, label) in labels.iter().enumerate() {
        let (stroke, marker) = grouped(group, member);
        legend.entry(label, Some(stroke), Some((marker, stroke, false)));
    }
    legend
}
