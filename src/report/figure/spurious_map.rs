//! Maps of when a neuron spikes that was inhibited: size of the input against the step, one panel for each scheme.

use chart::RGBColor;

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Anchor, Canvas, Columns, Rect, text_width};
use chart::panel::{BELOW, LEFT, Panel};
use chart::style::{BLACK, DASHED, GRID, MARGIN, SMALL, Stroke, WIDTH};
use chart::table::{Table, number};

/// What [`spurious_map`] shows.
#[derive(Clone, Debug, Default)]
pub struct SpuriousMap {
    /// What screen readers read out.
    pub title: String,
    /// Steps \[ms\], rising by equal factors.
    pub dts: Vec<f64>,
    /// Sizes of the negative input \[mV/ms\], rising by equal factors.
    pub inputs: Vec<f64>,
    /// Panels in a row.
    pub per_row: usize,
    /// Row by row; one without values leaves its place empty.
    pub panels: Vec<MapPanel>,
}

/// One panel.
#[derive(Clone, Debug, Default)]
pub struct MapPanel {
    /// What stands over it.
    pub heading: String,
    /// What it is called in the CSV.
    pub name: String,
    /// When the spike comes, for each step and then each input: 0 never, 1 in the first step of the input, 2 in the next, 3 later.
    pub when: Vec<u8>,
    /// A derived border: (dt \[ms\], size of the input \[mV/ms\]), dashed.
    pub derived: Vec<(f64, f64)>,
}

/// Dark, middle and light, which read in grey: ends and middle of the ramp of the heat map.
const WHEN: [(&str, RGBColor); 3] = [
    ("in the first step of the input", RGBColor(0, 32, 77)),
    ("in the next step", RGBColor(124, 123, 120)),
    ("later", RGBColor(255, 224, 70)),
];
const ABOVE: f64 = 34.0;
const HEIGHT: f64 = 124.0;
/// Renderers leave hairlines between cells that do not overlap \[px\].
const OVERLAP: f64 = 0.4;

/// Draws the maps; what the colours say stands above them.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn spurious_map(data: &SpuriousMap) -> Result<Figure> {
    let name = "inhibition_excites";
    let mut table = Table::new(name, &["panel", "dt_ms", "input_mV_per_ms", "spike"]);
    let per_row = data.per_row.max(1);
    let rows = data.panels.len().div_ceil(per_row).max(1);
    let top = MARGIN + 18.0;
    let row = ABOVE + HEIGHT + BELOW - 8.0;
    let mut canvas = Canvas::new(WIDTH, top + rows as f64 * row + 4.0);
    legend(&mut canvas, data.panels.iter().any(|panel| !panel.derived.is_empty()));
    let width = (WIDTH - LEFT - MARGIN) / per_row as f64;
    let (half_dt, half_input) = (half(&data.dts), half(&data.inputs));
    for (i, shown) in data.panels.iter().enumerate() {
        if shown.when.len() != data.dts.len() * data.inputs.len() {
            continue;
        }
        let (column, line) = (i % per_row, i / per_row);
        let left = LEFT + column as f64 * width;
        let area = Rect {
            left,
            top: top + line as f64 * row + ABOVE,
            // Room for the next one's labels.
            right: left + width - 38.0,
            bottom: top + line as f64 * row + ABOVE + HEIGHT,
        };
        let around = |values: &[f64], half: f64| values.iter().flat_map(|x| [x / half, x * half]).collect::<Vec<_>>();
        let panel = Panel {
            area,
            x: Axis::log("time step dt [ms]", around(&data.dts, half_dt)),
            y: Axis::log(if column == 0 { "inhibition −I [mV/ms]" } else { "" }, around(&data.inputs, half_input)),
        };
        let shows = Columns::new("dt_ms", "input_mV_per_ms").of("panel", &[&shown.name]);
        panel.axes(&mut canvas, &format!("panel{i}"), &shows, true);
        panel.heading(&mut canvas, &shown.heading);
        for (d, &dt) in data.dts.iter().enumerate() {
            let when = &shown.when[d * data.inputs.len()..(d + 1) * data.inputs.len()];
            let mut start = 0;
            for run in when.chunk_by(|a, b| a == b) {
                let end = start + run.len();
                if let Some((_, color)) = usize::from(run[0]).checked_sub(1).and_then(|k| WHEN.get(k)) {
                    let low = panel.at(dt / half_dt, data.inputs[start] / half_input);
                    let high = panel.at(dt * half_dt, data.inputs[end - 1] * half_input);
                    if let (Some((l, b)), Some((r, t))) = (low, high) {
                        let (r, t) = (r + OVERLAP, t - OVERLAP);
                        canvas.fill(&[(l, b), (r, b), (r, t), (l, t)], *color);
                    }
                }
                start = end;
            }
            for (input, when) in data.inputs.iter().zip(when) {
                let said = usize::from(*when).checked_sub(1).and_then(|k| WHEN.get(k)).map_or("none", |w| w.0);
                table.row([shown.name.clone(), number(dt), number(-input), said.to_owned()]);
            }
        }
        // On dark and on light.
        panel.line(&mut canvas, shown.derived.iter().copied(), &Stroke::solid(GRID, 2.6));
        panel.line(&mut canvas, shown.derived.iter().copied(), &Stroke { color: BLACK, width: 1.2, dash: DASHED });
        if shown.when.iter().all(|when| *when == 0) {
            let middle = ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
            canvas.text(middle, "no spike", SMALL, Anchor::Middle, BLACK);
        }
    }
    Ok(Figure { name: name.to_owned(), svg: canvas.finish(name, &data.title)?, csv: table.finish()? })
}

/// Half the factor between neighbours of a grid.
fn half(grid: &[f64]) -> f64 {
    match grid {
        [first, .., last] if last > first => (last / first).powf(0.5 / (grid.len() - 1) as f64),
        _ => 1.1,
    }
}

fn legend(canvas: &mut Canvas, derived: bool) {
    let mut at = LEFT;
    let y = MARGIN + 6.0;
    canvas.text((at, y), "spike:", SMALL, Anchor::Start, BLACK);
    at += text_width("spike:", SMALL) + 10.0;
    for (label, color) in WHEN {
        canvas.fill(&[(at, y - 5.0), (at + 16.0, y - 5.0), (at + 16.0, y + 5.0), (at, y + 5.0)], color);
        canvas.text((at + 22.0, y), label, SMALL, Anchor::Start, BLACK);
        at += 22.0 + text_width(label, SMALL) + 18.0;
    }
    if derived {
        canvas.path(&[(at, y), (at + 24.0, y)], &Stroke { color: BLACK, width: 1.2, dash: DASHED });
        canvas.text((at + 30.0, y), "derived border", SMALL, Anchor::Start, BLACK);
    }
}
