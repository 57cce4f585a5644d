//! Pictures and their pulse codes: the pixels, and beside them when each input neuron pulses.

use super::Figure;
use crate::error::Result;
use crate::recognition::coding::Pulse;
use chart::axis::Axis;
use chart::canvas::{Canvas, Columns, Rect};
use chart::panel::{BELOW, Panel};
use chart::pictures::{Picture, draw, fitted, ink};
use chart::scale_bar::{TALL, lying, outline};
use chart::style::{MARGIN, Stroke, WIDTH};
use chart::table::{Table, number};

/// What [`pulse_code`] shows.
#[derive(Clone, Debug, Default)]
pub struct PulseCode {
    /// What screen readers read out.
    pub title: String,
    /// Length of the time axis \[ms\], from 0.
    pub duration: f64,
    /// One row each, from top to bottom.
    pub rows: Vec<CodedPicture>,
}

/// A picture and the pulses it became.
#[derive(Clone, Debug, Default)]
pub struct CodedPicture {
    /// What stands over the row: the class and the code.
    pub heading: String,
    /// Pixels in a row of the picture.
    pub width: usize,
    /// The pixels, row by row from the top left, 0 (white) to 1 (black). Input neuron i is pixel i.
    pub pixels: Vec<f32>,
    /// The pulses; a weight below 1 is drawn lighter.
    pub pulses: Vec<Pulse>,
}

/// Side of a picture, and height of a row's raster \[px\].
const SIDE: f64 = 112.0;
/// Room over a row for its heading \[px\].
const ABOVE: f64 = 24.0;
/// Room for the raster's y axis: its description and its labels \[px\].
const BETWEEN: f64 = 62.0;
/// Shades of pulses, and how dark the lightest is.
const SHADES: usize = 8;
const LIGHTEST: f64 = 0.25;
/// Half the length of a stroke at least \[px\]: a shorter one is hard to see in print.
const LEAST: f64 = 1.2;

/// Draws each picture in grey beside the raster of its pulses: input neuron, from the top as the picture's rows, against time
/// \[ms\]. The CSV holds pixels and pulses.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn pulse_code(data: &PulseCode) -> Result<Figure> {
    let name = "pulse_code";
    let mut table = Table::new(name, &["row", "heading", "quantity", "input", "t_ms", "value"]);
    let rows = data.rows.len().max(1) as f64;
    let bottom = MARGIN + rows * (ABOVE + SIDE);
    let mut canvas = Canvas::new(WIDTH, bottom + 8.0 + TALL.max(BELOW));
    let left = MARGIN + SIDE + BETWEEN;
    for (i, row) in data.rows.iter().enumerate() {
        let top = MARGIN + i as f64 * (ABOVE + SIDE) + ABOVE;
        let bottom = top + SIDE;
        let space = Rect { left: MARGIN, top, right: MARGIN + SIDE, bottom };
        let picture = fitted(space, row.width, row.pixels.len().div_ceil(row.width.max(1)));
        let fractions: Vec<f64> = row.pixels.iter().map(|p| f64::from(*p)).collect();
        canvas.open(&format!("picture{i}"), picture);
        draw(&mut canvas, &[Picture { width: row.width, fractions: &fractions, area: picture }], ink);
        outline(&mut canvas, picture);
        canvas.close();
        let number_of_row = (i + 1).to_string();
        for (input, pixel) in row.pixels.iter().enumerate() {
            let fields = ["pixel".to_owned(), input.to_string(), String::new(), pixel.to_string()];
            table.row([number_of_row.clone(), row.heading.clone()].into_iter().chain(fields));
        }

        let panel = Panel {
            area: Rect { left, top, right: WIDTH - MARGIN - 10.0, bottom },
            x: Axis::linear("time t [ms]", 0.0, data.duration),
            y: Axis::downwards("", row.pixels.len()),
        };
        let shows = Columns::new("t_ms", "input").of("row", &[&number_of_row]).of("quantity", &["pulse"]);
        panel.axes(&mut canvas, &format!("raster{i}"), &shows, i + 1 == data.rows.len());
        let beside = (left - 40.0, 0.5 * (top + bottom));
        canvas.text(beside, "input neuron", chart::style::TEXT, chart::canvas::Anchor::Upwards, chart::style::BLACK);
        let over = (MARGIN, top - 10.0);
        canvas.text(over, &row.heading, chart::style::SMALL, chart::canvas::Anchor::Start, chart::style::BLACK);
        for pulse in draw_pulses(&mut canvas, &panel, row.pixels.len(), &row.pulses) {
            let fields = ["pulse".to_owned(), pulse.input.to_string(), number(pulse.time), pulse.weight.to_string()];
            table.row([number_of_row.clone(), row.heading.clone()].into_iter().chain(fields));
        }
        if row.pulses.is_empty() {
            panel.nothing(&mut canvas, "no pulse");
        }
    }
    let scale = Axis::linear("pixel (1: ink)", 0.0, 1.0);
    lying(&mut canvas, (MARGIN, bottom + 8.0), SIDE, &scale, ink);
    Ok(Figure { name: name.to_owned(), svg: canvas.finish(name, &data.title)?, csv: table.finish()? })
}

/// Draws the pulses of `inputs` neurons as strokes in the rows of a panel, the darker the heavier. Returns those inside.
pub(super) fn draw_pulses<'a>(
    canvas: &mut Canvas,
    panel: &Panel,
    inputs: usize,
    pulses: &'a [Pulse],
) -> Vec<&'a Pulse> {
    let reach = (0.42 * panel.area.height() / inputs.max(1) as f64).max(LEAST);
    let inside = |p: &&Pulse| p.input < inputs && (0.0..=1.0).contains(&panel.x.fraction(p.time));
    let shown: Vec<&Pulse> = pulses.iter().filter(inside).collect();
    let shade = |p: &Pulse| (f64::from(p.weight).clamp(0.0, 1.0) * (SHADES - 1) as f64).round() as usize;
    for of in 0..SHADES {
        let color = ink(LIGHTEST + (1.0 - LIGHTEST) * of as f64 / (SHADES - 1) as f64);
        let places = shown.iter().filter(|p| shade(p) == of).filter_map(|p| panel.at(p.time, p.input as f64));
        canvas.strokes(places.map(|(x, y)| ((x, y - reach), (x, y + reach))), &Stroke::solid(color, 1.1));
    }
    shown
}
