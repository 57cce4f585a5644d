//! Numbers for people: three significant digits, no more than a column holds.

/// `x` with three significant digits, in plain notation from 1e-3 to 1e6 and as 1.23e-7 otherwise.
pub(crate) fn three(x: f64) -> String {
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

/// [`three`], or a dash where there is nothing.
pub(crate) fn three_or_dash(x: Option<f64>) -> String {
    x.map_or_else(|| "-".to_owned(), three)
}

#[cfg(test)]
mod tests {
    use super::three;

    #[test]
    fn three_significant_digits_at_every_size() {
        let shown: Vec<String> = [0.0, 1.234_567, -27.658, 123_456.7, 0.001_234, 1.234e-5, 1.2e7].map(three).to_vec();
        assert_eq!(shown, ["0", "1.23", "-27.7", "123457", "0.00123", "1.23e-5", "1.20e7"]);
    }
}
