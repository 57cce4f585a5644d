//! Numbers as the equations print them.

/// A number without the digits that rounding left in a product: 0.02 · 0.2 is 0.004.
pub(super) fn short(x: f64) -> f64 {
    format!("{x:.12e}").parse().unwrap_or(x)
}

/// What joins a term to those before it: the sign, with spaces unless it is the first.
pub(super) fn joint(first: bool, negative: bool) -> &'static str {
    match (first, negative) {
        (true, false) => "",
        (true, true) => "-",
        (false, false) => " + ",
        (false, true) => " - ",
    }
}
