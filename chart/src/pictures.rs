//! Small pictures of square pixels: of what is shown to a network, and of its weights.

use std::collections::BTreeMap;

use plotters::style::RGBColor;

use crate::canvas::{Canvas, Rect};

/// Shades that a picture has at most: each differs from the next by about one unit of CIE lightness, which no eye sees.
const SHADES: usize = 64;
/// Pixels overlap by so much \[px\], or by this part of their size: without it renderers leave hairlines between them.
const OVERLAP: f64 = 0.3;
const OVERLAP_PART: f64 = 0.1;

/// A run of pixels of one shade: the middle of its left side, and its length \[px\].
type Bar = ((f64, f64), f64);

/// A picture: its pixels row by row from the top left, and where it stands.
pub struct Picture<'a> {
    /// Pixels in a row.
    pub width: usize,
    /// Fractions of the scale, 0..=1; what is not finite is left white.
    pub fractions: &'a [f64],
    /// Its place; pixels are as large as it allows.
    pub area: Rect,
}

/// The largest rectangle of square pixels inside `area`, at its upper left.
pub fn fitted(area: Rect, width: usize, height: usize) -> Rect {
    let (columns, rows) = (width.max(1) as f64, height.max(1) as f64);
    let pixel = (area.width() / columns).min(area.height() / rows);
    Rect { right: area.left + columns * pixel, bottom: area.top + rows * pixel, ..area }
}

/// Draws pictures whose pixels have one size, in the colours of a scale.
pub fn draw(canvas: &mut Canvas, pictures: &[Picture<'_>], color: impl Fn(f64) -> RGBColor) {
    let Some(pixel) = pictures.iter().map(|p| p.area.width() / p.width.max(1) as f64).reduce(f64::min) else { return };
    let overlap = OVERLAP.min(OVERLAP_PART * pixel);
    let mut shades: BTreeMap<usize, Vec<Bar>> = BTreeMap::new();
    for picture in pictures {
        for (row, pixels) in picture.fractions.chunks(picture.width.max(1)).enumerate() {
            let y = picture.area.top + pixel * (row as f64 + 0.5);
            let mut start = 0;
            for run in pixels.chunk_by(|a, b| shade(*a) == shade(*b)) {
                let from = picture.area.left + pixel * start as f64;
                if let Some(shade) = shade(run[0]) {
                    let length = pixel * run.len() as f64 + overlap;
                    shades.entry(shade).or_default().push(((from, y), length));
                }
                start += run.len();
            }
        }
    }
    for (shade, bars) in shades {
        canvas.bars(bars, pixel + overlap, color(shade as f64 / (SHADES - 1) as f64));
    }
}

fn shade(fraction: f64) -> Option<usize> {
    fraction.is_finite().then(|| (fraction.clamp(0.0, 1.0) * (SHADES - 1) as f64).round() as usize)
}

/// From white to black.
pub fn ink(fraction: f64) -> RGBColor {
    let level = (255.0 * (1.0 - fraction.clamp(0.0, 1.0))).round() as u8;
    RGBColor(level, level, level)
}
