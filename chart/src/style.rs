//! The look that all figures share: font, sizes, palette, dash patterns, markers.
//!
//! Palette: M. Okabe & K. Ito, *Color Universal Design* (2008), without its yellow, which is too light for lines on white.

use plotters::style::RGBColor;

use crate::chart::Look;
pub(crate) use crate::colors::{BLACK, WHITE};

/// Liberation Sans Regular, SIL Open Font License 1.1: its text stands beside the file.
pub const FONT: &[u8] = include_bytes!("../assets/LiberationSans-Regular.ttf");
/// The family of [`FONT`].
pub(crate) const FONT_NAME: &str = "Liberation Sans";
/// What the SVG asks for: families of equal metrics, so that a viewer without the first sets text of the same width.
pub(crate) const FONT_FAMILY: &str = "Liberation Sans, Arial, Helvetica, sans-serif";

/// Width of every figure \[px\]: 190 mm at 96 px per inch, two columns of a journal.
pub(crate) const WIDTH: f64 = 720.0;
/// Size of axis descriptions \[px\]: 9 pt.
pub(crate) const TEXT: f64 = 12.0;
/// Size of tick labels and legends \[px\]: 8.25 pt.
pub(crate) const SMALL: f64 = 11.0;
/// Empty border around a figure \[px\].
pub(crate) const MARGIN: f64 = 12.0;

/// The truth, thick and behind the schemes.
pub(crate) const TRUTH: RGBColor = RGBColor(176, 176, 176);
/// Grid lines.
pub(crate) const GRID: RGBColor = RGBColor(230, 230, 230);
/// Guides and notes: dark enough for text.
pub(crate) const GUIDE: RGBColor = RGBColor(100, 100, 100);
/// Text that warns: the vermillion of the palette, darker, as letters are thinner than lines.
pub(crate) const WARNING: RGBColor = RGBColor(178, 72, 0);

/// Blue, vermillion, green, orange, black, purple, sky blue: neighbours differ in lightness too.
const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(230, 159, 0),
    RGBColor(0, 0, 0),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
];

/// Lengths of dash and gap in px; empty is solid.
pub(crate) type Dash = &'static [f64];
pub(crate) const SOLID: Dash = &[];
pub(crate) const DASHED: Dash = &[5.0, 3.0];
pub(crate) const DOTTED: Dash = &[1.5, 2.5];
/// Dashes of stripes, by how many lines share them; [`Stroke::stripe`] shifts them.
const STRIPES: [Dash; 6] = [SOLID, SOLID, &[7.0, 7.0], &[6.0, 12.0], &[5.0, 15.0], &[5.0, 20.0]];
/// Lines that share a stripe at most.
pub(crate) const MOST_STRIPES: usize = STRIPES.len() - 1;
const DASHES: [Dash; 5] = [SOLID, DASHED, DOTTED, &[8.0, 2.5, 1.5, 2.5], &[10.0, 3.0]];

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    pub(crate) color: RGBColor,
    /// Width \[px\].
    pub(crate) width: f64,
    pub(crate) dash: Dash,
    /// How far into the dashes it begins \[px\].
    pub(crate) offset: f64,
}

impl Stroke {
    pub(crate) const fn solid(color: RGBColor, width: f64) -> Self {
        Stroke::dashed(color, width, SOLID)
    }

    pub(crate) const fn dashed(color: RGBColor, width: f64, dash: Dash) -> Self {
        Stroke { color, width, dash, offset: 0.0 }
    }

    /// The line as number `k` of `n` that lie on each other: the first is whole, the others are dashes on it, one beside another.
    pub(crate) fn stripe(self, k: usize, n: usize) -> Self {
        let dash = STRIPES[n.min(MOST_STRIPES)];
        match dash.first().filter(|_| k > 0) {
            Some(length) => Stroke { dash, offset: -length * k as f64, ..self },
            None => Stroke { dash: SOLID, ..self },
        }
    }
}

/// A closed shape around a point, filled or hollow: corners on a circle of radius `reach`, the first at `turn` degrees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marker {
    corners: u32,
    turn: f64,
    reach: f64,
}

const fn shape(corners: u32, turn: f64, reach: f64) -> Marker {
    Marker { corners, turn, reach }
}

/// Circle, square, triangles up and down, diamond, pentagon, triangles right and left. Radii give about equal areas.
const MARKERS: [Marker; 8] = [
    shape(24, 0.0, 3.0),
    shape(4, 45.0, 3.8),
    shape(3, -90.0, 4.4),
    shape(4, 0.0, 4.2),
    shape(3, 90.0, 4.4),
    shape(5, -90.0, 3.7),
    shape(3, 0.0, 4.4),
    shape(3, 180.0, 4.4),
];

/// A small dot, as of a step along a trajectory.
pub(crate) const DOT: Marker = shape(12, 0.0, 1.8);

impl Marker {
    /// Its corners around `center` \[px\].
    pub(crate) fn outline(self, center: (f64, f64)) -> Vec<(f64, f64)> {
        (0..self.corners)
            .map(|k| {
                let angle = (self.turn + 360.0 * f64::from(k) / f64::from(self.corners)).to_radians();
                (center.0 + self.reach * angle.cos(), center.1 + self.reach * angle.sin())
            })
            .collect()
    }
}

/// Colour, dash and marker of the `index`-th series. 7, 5 and 8 have no common factor: 280 series differ, and 40 by dash
/// and marker alone, which is what is left in grey.
pub(crate) fn series(index: usize) -> (Stroke, Marker) {
    let color = PALETTE[index % PALETTE.len()];
    (Stroke::dashed(color, 1.4, DASHES[index % DASHES.len()]), MARKERS[index % MARKERS.len()])
}

/// Look of a series that belongs to a group: the group gives the colour, the member the dash, and both the marker. Five members
/// of a group differ.
pub(crate) fn grouped(group: usize, member: usize) -> (Stroke, Marker) {
    let stroke = Stroke::dashed(PALETTE[group % PALETTE.len()], 1.4, DASHES[member % DASHES.len()]);
    (stroke, MARKERS[(group + 2 * member) % MARKERS.len()])
}

/// Colour, dash and marker of a look; `own` is the number of a series that has one of its own.
pub(crate) fn look(look: Look, own: usize) -> (Stroke, Marker) {
    match look {
        Look::Own => series(own),
        Look::Of(index) => series(index),
        Look::Member(group, member) => grouped(group, member),
        Look::Dashed(index) => {
            let (stroke, marker) = series(index);
            (Stroke::dashed(stroke.color, 1.1, DASHED), marker)
        }
        Look::Reference => (Stroke::solid(TRUTH, 4.0), MARKERS[0]),
        Look::Black => (Stroke::solid(BLACK, 1.0), MARKERS[0]),
        Look::Grey(dash) => {
            (Stroke::dashed(GUIDE, 1.1, [DOTTED, SOLID, DASHED, DASHES[3], DASHES[4]][dash % 5]), MARKERS[0])
        }
        Look::Hidden => (Stroke::solid(WHITE, 0.0), MARKERS[0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_series_differ_without_their_colors() {
        let look = |i: usize| {
            let (stroke, marker) = series(i);
            format!("{:?} {marker:?}", stroke.dash)
        };
        let looks: std::collections::HashSet<String> = (0..40).map(look).collect();
        assert_eq!(looks.len(), 40);
    }

    #[test]
    fn members_of_eight_groups_differ_without_their_colors() {
        let look = |group: usize, member: usize| {
            let (stroke, marker) = grouped(group, member);
            format!("{:?} {marker:?}", stroke.dash)
        };
        let looks: std::collections::HashSet<String> =
            (0..8).flat_map(|group| (0..5).map(move |member| look(group, member))).collect();
        assert_eq!(looks.len(), 8 * 5);
    }

    #[test]
    fn text_has_the_contrast_that_readers_need() {
        // Relative luminance and contrast of the Web Content Accessibility Guidelines 2.2, which ask for 4.5.
        let part = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |RGBColor(r, g, b)| 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
        for color in [BLACK, GUIDE, WARNING] {
            let contrast = 1.05 / (luminance(color) + 0.05);
            assert!(contrast >= 4.5, "{color:?}: {contrast}");
        }
    }
}
