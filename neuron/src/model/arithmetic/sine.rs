//! Sine and cosine in double-double, for inputs with a sinusoid.

use super::ball::Ball;
use super::double_double::{DoubleDouble, OPERATION, UP};

/// π/2 to 106 bits.
const QUARTER: DoubleDouble = DoubleDouble { high: std::f64::consts::FRAC_PI_2, low: 6.123_233_995_736_766e-17 };

/// (sin x, cos x). Reducing x by multiples of π/2 costs |x| times three operations (π/2 is itself rounded), the series one
/// for each of its terms' products, which sum to less than 4.
pub(crate) fn sin_cos(x: Ball) -> (Ball, Ball) {
    let (sin, cos) = of_value(x.value);
    let radius = (x.radius + OPERATION * (16.0 + 4.0 * x.size())) * UP;
    (Ball { value: sin, radius }, Ball { value: cos, radius })
}

/// Reduced by multiples of π/2, then Taylor series.
fn of_value(x: DoubleDouble) -> (DoubleDouble, DoubleDouble) {
    let turns = (x.high / QUARTER.high).round();
    let r = x - QUARTER.times(turns);
    let square = r * r;
    // |r| ≤ π/4: the first terms left out are (π/4)²⁹/29! < 2⁻¹¹² and (π/4)²⁸/28! < 2⁻¹⁰⁷.
    let series = |first: DoubleDouble, offset: u32| {
        let (mut sum, mut term) = (first, first);
        for i in 1..14 {
            let n = f64::from(2 * i + offset);
            term = -(term * square).over(n * (n - 1.0));
            sum = sum + term;
        }
        sum
    };
    let (sin, cos) = (series(r, 1), series(DoubleDouble::from(1.0), 0));
    match turns.rem_euclid(4.0) as u8 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_add_up_to_one_and_angles_add() {
        let step = DoubleDouble { high: 0.7, low: 1e-17 };
        let (s1, c1) = of_value(step);
        let (mut s, mut c) = (DoubleDouble::ZERO, DoubleDouble::from(1.0));
        for n in 1..200 {
            (s, c) = (s * c1 + c * s1, c * c1 - s * s1);
            let (sin, cos) = of_value(step.times(f64::from(n)));
            // 4 operations an addition, and the reduction by up to 90 quarters.
            let allowed = (8.0 * f64::from(n) + 400.0) * OPERATION;
            assert!((sin - s).to_f64().abs() < allowed && (cos - c).to_f64().abs() < allowed, "{n}");
            assert!((sin * sin + cos * cos - DoubleDouble::from(1.0)).to_f64().abs() < 400.0 * OPERATION);
        }
    }
}
