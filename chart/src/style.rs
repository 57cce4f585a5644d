//! The look that all figures share: font, sizes, palette, dash patterns, markers.
//!
//! Palette: M. Okabe & K. Ito, *Color Universal Design* (2008), without its yellow, which is too light for lines on white.

use plotters::style::RGBColor;

/// Liberation Sans Regular, SIL Open Font License 1.1: its text stands beside the file.
pub const FONT: &[u8] = include_bytes!("../assets/LiberationSans-Regular.ttf");
/// The family of [`FONT`].
pub const FONT_NAME: &str = "Liberation Sans";
/// What the SVG asks for: families of equal metrics, so that a viewer without the first sets text of the same width.
pub const FONT_FAMILY: &str = "Liberation Sans, Arial, Helvetica, sans-serif";

/// Width of every figure \[px\]: 190 mm at 96 px per inch, two columns of a journal.
pub const WIDTH: f64 = 720.0;
/// Size of axis descriptions \[px\]: 9 pt.
pub const TEXT: f64 = 12.0;
/// Size of tick labels and legends \[px\]: 8.25 pt.
pub const SMALL: f64 = 11.0;
/// Empty border around a figure \[px\].
pub const MARGIN: f64 = 12.0;

pub const BLACK: RGBColor = RGBColor(0, 0, 0);
pub const WHITE: RGBColor = RGBColor(255, 255, 255);
/// The truth, thick and behind the schemes.
pub const TRUTH: RGBColor = RGBColor(176, 176, 176);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(230, 230, 230);
/// Guides and notes.
pub const GUIDE: RGBColor = RGBColor(120, 120, 120);

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
pub type Dash = &'static [f64];
pub const SOLID: Dash = &[];
pub const DASHED: Dash = &[5.0, 3.0];
pub const DOTTED: Dash = &[1.5, 2.5];
const DASHES: [Dash; 5] = [SOLID, DASHED, DOTTED, &[8.0, 2.5, 1.5, 2.5], &[10.0, 3.0]];

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Stroke {
    pub color: RGBColor,
    /// Width \[px\].
    pub width: f64,
    pub dash: Dash,
}

impl Stroke {
    pub const fn solid(color: RGBColor, width: f64) -> Self {
        Stroke { color, width, dash: SOLID }
    }
}

/// A closed shape around a point, filled or hollow: corners on a circle of radius `reach`, the first at `turn` degrees.
#[derive(Clone, Copy, Debug)]
pub struct Marker {
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

/// A step along a trajectory, and an equilibrium.
pub const STEP: Marker = shape(12, 0.0, 1.8);
pub const EQUILIBRIUM: Marker = shape(24, 0.0, 4.5);

impl Marker {
    /// Its corners around `center` \[px\].
    pub fn outline(self, center: (f64, f64)) -> Vec<(f64, f64)> {
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
pub fn series(index: usize) -> (Stroke, Marker) {
    let color = PALETTE[index % PALETTE.len()];
    (Stroke { color, width: 1.4, dash: DASHES[index % DASHES.len()] }, MARKERS[index % MARKERS.len()])
}

/// Look of a series that belongs to a group: the group gives the colour, the member the dash, and both the marker. Five members
/// of a group differ.
pub fn grouped(group: usize, member: usize) -> (Stroke, Marker) {
    let stroke = Stroke { color: PALETTE[group % PALETTE.len()], width: 1.4, dash: DASHES[member % DASHES.len()] };
    (stroke, MARKERS[(group + 2 * member) % MARKERS.len()])
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
}
