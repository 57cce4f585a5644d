//! What colours stand for.
//!
//! Lightness changes all the way with the value, so that maps read in grey. Ends and middle of the two-sided ramp are those of
//! cividis: J. R. Nuñez, C. R. Anderton, R. S. Renslow, *Optimizing colormaps with consideration for color vision deficiency*,
//! PLoS ONE 13 (2018) e0199239.

use plotters::style::RGBColor;

pub(crate) const BLACK: RGBColor = RGBColor(0, 0, 0);
pub(crate) const WHITE: RGBColor = RGBColor(255, 255, 255);

/// A scale of colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Colors {
    /// What the value is, with its unit.
    pub description: String,
    /// The values at its ends.
    pub ends: (f64, f64),
    /// The colours.
    pub ramp: Ramp,
    /// Whether a bar beside the panel tells it.
    pub bar: bool,
    /// Whether a dashed line is drawn where the values change their sign.
    pub zero_line: bool,
}

/// The colours of a scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Ramp {
    /// From white to black.
    #[default]
    Ink,
    /// From white to dark blue.
    Blue,
    /// From dark blue over grey to yellow.
    Cividis,
    /// Values 1, 2, 3 have these names, in the legend; any other is left white.
    Named([&'static str; 3]),
}

/// Dark blue, grey, yellow.
const CIVIDIS: [RGBColor; 3] = [RGBColor(0, 32, 77), RGBColor(124, 123, 120), RGBColor(255, 234, 70)];
/// Shades of a ramp at most: each differs from the next by about one unit of CIE lightness, which no eye sees.
pub(crate) const SHADES: usize = 64;
impl Colors {
    /// The shade of a value, 0 to [`SHADES`] - 1; none where it is left white.
    pub(crate) fn shade(&self, value: f64) -> Option<usize> {
        if let Ramp::Named(_) = self.ramp {
            return [1.0, 2.0, 3.0].iter().position(|known| *known == value).map(|k| k * (SHADES - 1) / 2);
        }
        let (low, high) = self.ends;
        let fraction = (value - low) / (high - low);
        fraction.is_finite().then(|| (fraction.clamp(0.0, 1.0) * (SHADES - 1) as f64).round() as usize)
    }

    /// The colour of a shade.
    pub(crate) fn of(&self, shade: usize) -> RGBColor {
        let fraction = shade as f64 / (SHADES - 1) as f64;
        match self.ramp {
            Ramp::Ink => mix(WHITE, BLACK, fraction),
            Ramp::Blue => mix(WHITE, CIVIDIS[0], fraction),
            Ramp::Cividis | Ramp::Named(_) if fraction <= 0.5 => mix(CIVIDIS[0], CIVIDIS[1], 2.0 * fraction),
            Ramp::Cividis | Ramp::Named(_) => mix(CIVIDIS[1], CIVIDIS[2], 2.0 * fraction - 1.0),
        }
    }

    /// The colour of text on a shade.
    pub(crate) fn ink(&self, shade: Option<usize>) -> RGBColor {
        // Luma of ITU-R BT.601, what a grey print shows.
        let luma = |RGBColor(r, g, b)| 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
        if shade.is_some_and(|shade| luma(self.of(shade)) < 128.0) { WHITE } else { BLACK }
    }
}

fn mix(RGBColor(r, g, b): RGBColor, to: RGBColor, part: f64) -> RGBColor {
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part.clamp(0.0, 1.0)).round() as u8;
    RGBColor(mix(r, to.0), mix(g, to.1), mix(b, to.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_changes_all_along_each_ramp() {
        let luma = |c: RGBColor| 0.299 * f64::from(c.0) + 0.587 * f64::from(c.1) + 0.114 * f64::from(c.2);
        for (ramp, sign) in [(Ramp::Ink, -1.0), (Ramp::Blue, -1.0), (Ramp::Cividis, 1.0)] {
            let colors = Colors { ramp, ..Colors::default() };
            let along: Vec<f64> = (0..SHADES).map(|shade| sign * luma(colors.of(shade))).collect();
            assert!(along.windows(2).all(|w| w[1] > w[0] + 1.0), "{along:?}");
        }
    }

    #[test]
    fn a_value_without_a_colour_is_left_white() {
        let named = Colors { ramp: Ramp::Named(["a", "b", "c"]), ..Colors::default() };
        assert_eq!([0.0, 1.0, 3.0, f64::NAN].map(|v| named.shade(v)), [None, Some(0), Some(63), None]);
        let ink = Colors { ends: (0.0, 2.0), ..Colors::default() };
        assert_eq!([-1.0, 2.0, f64::NAN].map(|v| ink.shade(v)), [Some(0), Some(63), None]);
    }
}
