//! Numbers for people: three significant digits, no more than a column holds.

/// `x` with three significant digits, in plain notation from 1e-3 to 1e6 and as 1.23e-7 otherwise.
pub fn three(x: f64) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    if !x.is_finite() {
        return x.to_string();
    }
    let magnitude = x.abs().log10().floor() as i32;
    if !(-3..6).contains(&magnitude) {
        return format!("{x:.2e}");
    }
    let decimals = (2 - magnitude).max(0) as usize;
    format!("{x:.decimals$}")
}

/// `x` rounded to two digits, for what is known no better.
pub(super) fn two(x: f64) -> String {
    format!("{x:.1e}").parse().map_or_else(|_| x.to_string(), |rounded: f64| rounded.to_string())
}

/// [`three`] for columns that must be narrow: two digits where the number needs an exponent.
pub(super) fn narrow(x: f64) -> String {
    let text = three(x);
    if text.contains('e') { format!("{x:.1e}") } else { text }
}

/// `x` as given where six digits are enough for it, rounded to them otherwise.
pub(super) fn six(x: f64) -> String {
    format!("{x:.5e}").parse().map_or_else(|_| x.to_string(), |rounded: f64| rounded.to_string())
}

/// [`three`], or a dash where there is nothing or the number overflowed.
pub fn three_or_dash(x: Option<f64>) -> String {
    x.filter(|x| x.is_finite()).map_or_else(|| "-".to_owned(), three)
}

#[cfg(test)]
mod tests {
    use super::{six, three};

    #[test]
    fn six_digits_keep_what_was_typed() {
        let shown: Vec<String> = [0.5, 0.00390625, 0.562_341_325_190_349_1, 1000.0].map(six).to_vec();
        assert_eq!(shown, ["0.5", "0.00390625", "0.562341", "1000"]);
    }

    #[test]
    fn three_significant_digits_at_every_size() {
        let shown: Vec<String> = [0.0, 1.234_567, -27.658, 123_456.7, 0.001_234, 1.234e-5, 1.2e7].map(three).to_vec();
        assert_eq!(shown, ["0", "1.23", "-27.7", "123457", "0.00123", "1.23e-5", "1.20e7"]);
    }
}
