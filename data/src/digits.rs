//! Numbers as sentences and tables say them.

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

/// `x` as given where six digits are enough for it, rounded to them otherwise.
pub fn six(x: f64) -> String {
    format!("{x:.5e}").parse().map_or_else(|_| x.to_string(), |rounded: f64| rounded.to_string())
}

#[cfg(test)]
mod tests {
    use super::six;

    #[test]
    fn six_digits_keep_what_was_typed() {
        let shown: Vec<String> = [0.5, 0.00390625, 0.562_341_325_190_349_1, 1000.0].map(six).to_vec();
        assert_eq!(shown, ["0.5", "0.00390625", "0.562341", "1000"]);
    }
}
