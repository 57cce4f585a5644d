//! Learned weights as pictures: for each neuron, the weights of its inputs where their pixels are.

use super::Figure;
use crate::error::Result;
use chart::axis::Axis;
use chart::canvas::{Anchor, Canvas, Rect, fit_text};
use chart::heat_map::ramp;
use chart::panel::BELOW;
use chart::pictures::{Picture, draw, fitted};
use chart::scale_bar::{WIDE, outline, upright};
use chart::style::{BLACK, MARGIN, TEXT, WIDTH};
use chart::table::{Table, number};

/// What [`weight_images`] shows.
#[derive(Clone, Debug, Default)]
pub struct WeightImages {
    /// What screen readers read out.
    pub title: String,
    /// Pixels in a row of the pictures that the network sees.
    pub width: usize,
    /// Unit of the weights: "mV" of a charge, "mV/ms" of an input for one step.
    pub unit: String,
    /// One for each neuron, row by row.
    pub neurons: Vec<WeightImage>,
}

/// The weights onto one neuron.
#[derive(Clone, Debug, Default)]
pub struct WeightImage {
    /// Its number in its layer.
    pub neuron: usize,
    /// What stands over it, such as the class it was assigned to; may be empty.
    pub label: String,
    /// The weight of each input, in the order of the pixels.
    pub weights: Vec<f64>,
}

/// Side of an image at most, between two of them, and size of a label \[px\].
const SIDE: f64 = 100.0;
const GAP: f64 = 4.0;
const LABEL: f64 = 8.0;
/// Columns to rows of the grid.
const ASPECT: f64 = 1.3;
/// Least height of the scale bar \[px\].
const BAR: f64 = 120.0;

/// Draws the weights of each neuron as an image, all on one scale: from 0, or where both signs occur, as far below 0 as above it,
/// with 0 in a neutral grey. Lightness rises with the weight by equal steps, so that the images read in grey. The SVG has some
/// 15 bytes a weight.
///
/// # Errors
/// [`Error::Figure`](crate::Error::Figure) when the drawing library refuses.
pub fn weight_images(data: &WeightImages) -> Result<Figure> {
    let name = "weight_images";
    let column = format!("weight_{}", data.unit.replace('/', "_per_"));
    let mut table = Table::new(name, &["neuron", "label", "input", &column]);
    let (low, high) = range(data.neurons.iter().flat_map(|n| n.weights.iter().copied()));
    let scale = Axis::linear(&format!("weight w [{}]", data.unit), low, high);
    let fractions: Vec<Vec<f64>> =
        data.neurons.iter().map(|neuron| neuron.weights.iter().map(|w| (w - low) / (high - low)).collect()).collect();

    let columns = ((data.neurons.len() as f64 * ASPECT).sqrt().ceil() as usize).max(1);
    let rows = data.neurons.len().div_ceil(columns);
    let room = (WIDTH - 2.0 * MARGIN - WIDE - 12.0) / columns as f64;
    let label = if data.neurons.iter().any(|n| !n.label.is_empty()) { LABEL + 3.0 } else { 0.0 };
    let side = (room - GAP).min(SIDE);
    let image = |i: usize, pixels: usize| {
        let left = MARGIN + (i % columns) as f64 * (side + GAP);
        let height = data.neurons.iter().map(|n| n.weights.len().div_ceil(data.width.max(1))).max().unwrap_or(1);
        let tallest = fitted(Rect { left, top: 0.0, right: left + side, bottom: side }, data.width, height).height();
        let top = MARGIN + (i / columns) as f64 * (tallest + label + GAP) + label;
        let space = Rect { left, top, right: left + side, bottom: top + tallest };
        fitted(space, data.width, pixels.div_ceil(data.width.max(1)))
    };
    let areas: Vec<Rect> = data.neurons.iter().enumerate().map(|(i, n)| image(i, n.weights.len())).collect();
    let last = areas.iter().map(|a| a.bottom).fold(MARGIN, f64::max);
    let bar = (last - MARGIN).clamp(BAR, 3.0 * BAR);
    let mut canvas = Canvas::new(WIDTH, last.max(MARGIN + bar) + MARGIN);
    let right = MARGIN + columns.min(data.neurons.len()) as f64 * (side + GAP);
    if rows == 0 {
        canvas.text((MARGIN, MARGIN + BELOW), "no neuron", TEXT, Anchor::Start, BLACK);
    } else {
        canvas.open("images", Rect { left: MARGIN, top: MARGIN, right: right - GAP, bottom: last });
    }
    let pictures: Vec<Picture<'_>> = fractions
        .iter()
        .zip(&areas)
        .map(|(fractions, area)| Picture { width: data.width, fractions, area: *area })
        .collect();
    draw(&mut canvas, &pictures, ramp);
    for (neuron, area) in data.neurons.iter().zip(&areas) {
        outline(&mut canvas, *area);
        let text = fit_text(&neuron.label, LABEL, side);
        canvas.text((area.left, area.top - 0.5 * label), &text, LABEL, Anchor::Start, BLACK);
        for (input, weight) in neuron.weights.iter().enumerate() {
            let weight = if weight.is_finite() { number(*weight) } else { String::new() };
            table.row([neuron.neuron.to_string(), neuron.label.clone(), input.to_string(), weight]);
        }
    }
    if rows > 0 {
        canvas.close();
    }
    upright(&mut canvas, (right.max(MARGIN + SIDE) + 12.0, MARGIN), bar, &scale, ramp);
    Ok(Figure { name: name.to_owned(), svg: canvas.finish(name, &data.title)?, csv: table.finish()? })
}

/// The ends of the scale: 0 and the extreme weight, or the largest size with both signs.
fn range(weights: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) =
        weights.filter(|w| w.is_finite()).fold((0.0, 0.0), |(lo, hi), w| (f64::min(lo, w), f64::max(hi, w)));
    match (low < 0.0, high > 0.0) {
        (true, true) => (low.min(-high), high.max(-low)),
        (false, false) => (0.0, 1.0),
        _ => (low, high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_an_end_of_the_scale_or_its_middle() {
        assert_eq!(range([1.0, 3.0].into_iter()), (0.0, 3.0));
        assert_eq!(range([-1.0, -3.0].into_iter()), (-3.0, 0.0));
        assert_eq!(range([1.0, -3.0, f64::NAN].into_iter()), (-3.0, 3.0));
        assert_eq!(range([4.0, -3.0].into_iter()), (-4.0, 4.0));
        assert_eq!(range([].into_iter()), (0.0, 1.0));
    }
}
