//! One axis: its scale, its range and its ticks.

use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;

/// What a tick is labelled with: digits, and an exponent to raise.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub base: String,
    pub exponent: String,
}

/// A tick at a fraction of the axis' length; minor ticks carry no label.
#[derive(Clone, Debug)]
pub struct Tick {
    pub fraction: f64,
    pub label: Option<Label>,
}

#[derive(Clone, Copy, Debug)]
enum Scale {
    Linear,
    /// Linear, with ticks at whole numbers only.
    Counts,
    /// Linear, without ticks: whoever draws it names its places.
    Bare,
    /// Decimal logarithm; zero lies on the floor.
    Log,
    /// Linear between -10^e and 10^e, where it takes one unit, logarithmic outside: both signs over many decades.
    SymLog(i32),
}

/// An axis. `lo` and `hi` are in the scale's own coordinate.
#[derive(Clone, Debug)]
pub struct Axis {
    scale: Scale,
    lo: f64,
    hi: f64,
    pub description: String,
}

/// Decades that a symmetric-log axis shows on each side at most; smaller values lie in its linear middle.
const SYMLOG_DECADES: i32 = 10;

fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|x| x.is_finite()).fold(None, |seen, x| match seen {
        None => Some((x, x)),
        Some((lo, hi)) => Some((f64::min(lo, x), f64::max(hi, x))),
    })
}

impl Axis {
    /// From `lo` to `hi`.
    pub fn linear(description: &str, lo: f64, hi: f64) -> Self {
        let (lo, hi) = if lo.is_finite() && hi.is_finite() && hi > lo {
            (lo, hi)
        } else if lo.is_finite() {
            (lo - 0.5, lo + 0.5)
        } else {
            (0.0, 1.0)
        };
        Axis { scale: Scale::Linear, lo, hi, description: description.to_owned() }
    }

    /// From `lo` to `hi`, of things that are counted.
    pub fn counts(description: &str, lo: f64, hi: f64) -> Self {
        Axis { scale: Scale::Counts, ..Axis::linear(description, lo, hi) }
    }

    /// Of `n` things numbered from 0, the first one at the upper end, as a picture's rows are.
    pub fn downwards(description: &str, n: usize) -> Self {
        let end = n.max(1) as f64 - 0.5;
        Axis { scale: Scale::Counts, lo: end, hi: -0.5, description: description.to_owned() }
    }

    /// The same without ticks.
    pub fn rows(description: &str, n: usize) -> Self {
        Axis { scale: Scale::Bare, ..Axis::downwards(description, n) }
    }

    /// Around the finite values, with `pad` times their extent on both sides.
    pub fn around(description: &str, values: impl IntoIterator<Item = f64>, pad: f64) -> Self {
        let (lo, hi) = extent(values).unwrap_or((0.0, 1.0));
        let room = pad * (hi - lo);
        Axis::linear(description, lo - room, hi + room)
    }

    /// Logarithmic, around the positive values; zeros among them get room at the floor.
    pub fn log(description: &str, values: impl IntoIterator<Item = f64> + Clone) -> Self {
        let zero = values.clone().into_iter().any(|x| x == 0.0);
        let positive = values.into_iter().filter(|x| *x > 0.0).map(f64::log10);
        let (lo, hi) = extent(positive).unwrap_or((-3.0, 0.0));
        let room = (0.05 * (hi - lo)).max(if hi - lo < 0.5 { 0.35 } else { 0.1 });
        let floor = if zero { 0.08 * (hi - lo) + 0.2 } else { 0.0 };
        Axis { scale: Scale::Log, lo: lo - room - floor, hi: hi + room, description: description.to_owned() }
    }

    /// Symmetric-log, around the finite values and zero.
    pub fn symlog(description: &str, values: impl IntoIterator<Item = f64> + Clone) -> Self {
        let sizes = values.clone().into_iter().filter(|x| x.is_finite() && *x != 0.0).map(|x| x.abs().log10());
        let (smallest, largest) = extent(sizes).unwrap_or((-1.0, 0.0));
        let linear = (smallest.floor() as i32).max(largest.ceil() as i32 - SYMLOG_DECADES);
        let mut axis = Axis { scale: Scale::SymLog(linear), lo: 0.0, hi: 1.0, description: description.to_owned() };
        let (lo, hi) = extent(values.into_iter().chain([0.0])).unwrap_or((0.0, 0.0));
        axis.lo = axis.coordinate(lo).min(-0.5) - 0.5;
        axis.hi = axis.coordinate(hi).max(0.5) + 0.5;
        axis
    }

    /// The same axis with another description.
    pub fn described(&self, description: &str) -> Self {
        Axis { description: description.to_owned(), ..self.clone() }
    }

    fn coordinate(&self, x: f64) -> f64 {
        match self.scale {
            Scale::Linear | Scale::Counts | Scale::Bare => x,
            Scale::Log if x > 0.0 => x.log10(),
            Scale::Log if x == 0.0 => self.lo,
            Scale::Log => f64::NAN,
            Scale::SymLog(linear) => {
                let scaled = x / 10f64.powi(linear);
                if scaled.abs() <= 1.0 { scaled } else { scaled.signum() * (1.0 + scaled.abs().log10()) }
            }
        }
    }

    /// Where a value lies, 0 at the lower end and 1 at the upper; not finite where the axis has no place for it.
    pub fn fraction(&self, x: f64) -> f64 {
        // Far outside is as far as near outside: the drawing's coordinates stay small.
        ((self.coordinate(x) - self.lo) / (self.hi - self.lo)).clamp(-5.0, 6.0)
    }

    /// The scale and its ends, for a script that finds the value at a place: "linear 0 1000", "log -2 0" (exponents of ten),
    /// "symlog:-3 -4.5 6.5" (see [`Scale::SymLog`]; ends in the scale's own unit).
    pub fn scale(&self) -> String {
        let name = match self.scale {
            Scale::Linear | Scale::Counts | Scale::Bare => "linear".to_owned(),
            Scale::Log => "log".to_owned(),
            Scale::SymLog(linear) => format!("symlog:{linear}"),
        };
        format!("{name} {} {}", self.lo, self.hi)
    }

    /// Whether the scale is logarithmic, with no place for zero but its floor.
    pub fn is_log(&self) -> bool {
        matches!(self.scale, Scale::Log)
    }

    /// Length of the axis in its scale's unit: decades, for a logarithmic one.
    pub fn length(&self) -> f64 {
        self.hi - self.lo
    }

    /// Ticks of which at most about `labels` are labelled.
    pub fn ticks(&self, labels: usize) -> Vec<Tick> {
        match self.scale {
            Scale::Linear | Scale::Counts => self.linear_ticks(labels),
            Scale::Bare => Vec::new(),
            Scale::Log => self.log_ticks(labels),
            Scale::SymLog(linear) => self.symlog_ticks(linear, labels),
        }
    }

    fn tick(&self, coordinate: f64, label: Option<Label>) -> Tick {
        Tick { fraction: (coordinate - self.lo) / (self.hi - self.lo), label }
    }

    fn linear_ticks(&self, labels: usize) -> Vec<Tick> {
        let mut at = RangedCoordf64::from(self.lo.min(self.hi)..self.lo.max(self.hi)).key_points(labels.max(2));
        if matches!(self.scale, Scale::Counts) {
            at.retain(|x| (x - x.round()).abs() < 1e-9);
        }
        let spacing = at.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
        let decimals = (0..8).find(|d| {
            let scaled = spacing * 10f64.powi(*d);
            (scaled - scaled.round()).abs() < 1e-6 * scaled
        });
        let text = |x: f64| plain(x, decimals.unwrap_or(0) as usize);
        at.into_iter().map(|x| self.tick(x, Some(Label { base: text(x), exponent: String::new() }))).collect()
    }

    fn log_ticks(&self, labels: usize) -> Vec<Tick> {
        let span = self.hi - self.lo;
        let short = span <= 3.5 && self.lo >= -4.0 && self.hi <= 5.0;
        let step = decade_step(span, labels);
        let mut ticks = Vec::new();
        for decade in self.lo.floor() as i32..=self.hi.floor() as i32 {
            for digit in 1..10 {
                let coordinate = f64::from(decade) + f64::from(digit).log10();
                let major = digit == 1 && decade.rem_euclid(step) == 0;
                // 1, 2, 5 where three labels a decade fit.
                let between = 3.0 * span <= labels as f64 + 1.5 && (digit == 2 || digit == 5);
                if !(self.lo..=self.hi).contains(&coordinate) || (digit != 1 && step > 1) {
                    continue;
                }
                let label = if (major || between) && short {
                    let value = f64::from(digit) * 10f64.powi(decade);
                    Some(Label { base: plain(value, (-decade).max(0) as usize), exponent: String::new() })
                } else {
                    major.then(|| power(1.0, decade))
                };
                ticks.push(self.tick(coordinate, label));
            }
        }
        ticks
    }

    fn symlog_ticks(&self, linear: i32, labels: usize) -> Vec<Tick> {
        let step = decade_step(self.hi - self.lo, labels);
        let mut ticks = vec![self.tick(0.0, Some(Label { base: "0".to_owned(), exponent: String::new() }))];
        for sign in [-1.0, 1.0] {
            for above in 0..=SYMLOG_DECADES + 1 {
                let coordinate = sign * f64::from(above + 1);
                if (self.lo..=self.hi).contains(&coordinate) {
                    let label = ((above + 1).rem_euclid(step) == 0).then(|| power(sign, linear + above));
                    ticks.push(self.tick(coordinate, label));
                }
            }
        }
        ticks
    }
}

/// Every how many decades a label stands.
fn decade_step(decades: f64, labels: usize) -> i32 {
    ((decades / labels.max(2) as f64).ceil() as i32).max(1)
}

fn plain(x: f64, decimals: usize) -> String {
    let text = format!("{x:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| c == '0' || c == '.') => digits.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

fn power(sign: f64, decade: i32) -> Label {
    let minus = if sign < 0.0 { "−" } else { "" };
    Label { base: format!("{minus}10"), exponent: plain(f64::from(decade), 0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis, most: usize) -> Vec<String> {
        axis.ticks(most).into_iter().filter_map(|t| t.label).map(|l| format!("{}^{}", l.base, l.exponent)).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(&Axis::linear("t", 0.0, 1.0), 6), ["0.0^", "0.2^", "0.4^", "0.6^", "0.8^", "1.0^"]);
        assert_eq!(labels(&Axis::counts("n", 0.0, 1.5), 6), ["0^", "1^"]);
        assert_eq!(labels(&Axis::downwards("i", 64), 4), ["0^", "20^", "40^", "60^"]);
        assert!(Axis::downwards("i", 64).fraction(0.0) > Axis::downwards("i", 64).fraction(63.0));
        assert!(labels(&Axis::rows("i", 64), 4).is_empty());
        let decades = labels(&Axis::log("e", [1e-9, 1.0]), 6);
        assert_eq!(decades, ["10^−8", "10^−6", "10^−4", "10^−2", "10^0"]);
        assert_eq!(labels(&Axis::log("dt", [0.1, 1.0]), 8), ["0.1^", "0.2^", "0.5^", "1^"]);
        let both = labels(&Axis::symlog("e", [-10.0, 1e-1]), 20);
        assert_eq!(both, ["0^", "−10^−1", "−10^0", "−10^1", "10^−1"]);
    }

    #[test]
    fn every_scale_keeps_order_and_has_no_place_for_nan() {
        for axis in [Axis::linear("x", -3.0, 5.0), Axis::symlog("x", [-3.0, 1e-4]), Axis::log("x", [1e-4, 4.0])] {
            let at: Vec<f64> = [1e-4, 0.01, 0.5, 3.0].iter().map(|x| axis.fraction(*x)).collect();
            assert!(at.windows(2).all(|w| w[0] < w[1]), "{at:?}");
            assert!(axis.fraction(f64::NAN).is_nan());
        }
        let symlog = Axis::symlog("x", [-3.0, 1e-4]);
        assert!(symlog.fraction(-3.0) < symlog.fraction(-1e-3) && symlog.fraction(-1e-9) < symlog.fraction(0.0));
    }

    #[test]
    fn axes_of_nothing_have_a_range() {
        let zeros = [0.0, 0.0];
        for axis in [Axis::around("x", [], 0.1), Axis::log("x", []), Axis::log("x", zeros), Axis::symlog("x", zeros)] {
            assert!(axis.hi > axis.lo && !labels(&axis, 6).is_empty(), "{axis:?}");
        }
        assert_eq!(Axis::log("x", zeros).fraction(0.0), 0.0);
        assert!(Axis::log("x", zeros).fraction(-1.0).is_nan());
    }
}
