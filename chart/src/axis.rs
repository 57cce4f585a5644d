//! One axis: its scale, its range and its ticks.

use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;

/// What a tick is labelled with: digits, and an exponent to raise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) base: String,
    pub(crate) exponent: String,
}

/// A tick at a fraction of the axis' length; minor ticks carry no label.
#[derive(Clone, Debug)]
pub(crate) struct Tick {
    pub(crate) fraction: f64,
    pub(crate) label: Option<Label>,
}

/// The scale of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
enum Scale {
    #[default]
    Linear,
    /// Linear, with ticks at whole numbers only.
    Counts,
    /// Decimal logarithm; zero lies on the floor.
    Log,
    /// Linear around zero, logarithmic outside: both signs over many decades.
    SymLog,
    /// Of things numbered from 0: names, each over so many of them. Without names, numbers.
    Names(Vec<(String, usize)>),
    /// Of so many things numbered from 0, the first one at the upper end.
    Downwards(usize),
}

/// What an axis shows: its description, its scale, and where it ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What stands along it, with its unit.
    pub description: String,
    scale: Scale,
    ends: Option<(f64, f64)>,
    /// Room beyond the values, as a part of their extent.
    room: f64,
}

impl Axis {
    fn new(description: impl Into<String>, scale: Scale) -> Self {
        Axis { description: description.into(), scale, ends: None, room: 0.04 }
    }

    /// A linear axis around the values.
    pub fn linear(description: impl Into<String>) -> Self {
        Axis::new(description, Scale::Linear)
    }

    /// A linear axis of things that are counted.
    pub fn counts(description: impl Into<String>) -> Self {
        Axis::new(description, Scale::Counts)
    }

    /// A logarithmic axis around the positive values; zeros lie at its floor.
    pub fn log(description: impl Into<String>) -> Self {
        Axis::new(description, Scale::Log)
    }

    /// A symmetric-logarithmic axis: both signs over many decades, linear around zero.
    pub fn symlog(description: impl Into<String>) -> Self {
        Axis::new(description, Scale::SymLog)
    }

    /// An axis of names at 0, 1, 2, ..., as an x axis from the left, as a y axis from the top.
    pub fn names(description: impl Into<String>, names: impl IntoIterator<Item = String>) -> Self {
        Axis::groups(description, names.into_iter().map(|name| (name, 1)))
    }

    /// The same where each name stands for several numbers that follow each other.
    pub fn groups(description: impl Into<String>, groups: impl IntoIterator<Item = (String, usize)>) -> Self {
        Axis::new(description, Scale::Names(groups.into_iter().collect()))
    }

    /// A y axis of `n` things numbered from 0, the first one at the top, as a picture's rows are.
    pub fn downwards(description: impl Into<String>, n: usize) -> Self {
        Axis::new(description, Scale::Downwards(n))
    }

    /// The same axis from `lo` to `hi`, whatever the values.
    #[must_use]
    pub fn between(self, lo: f64, hi: f64) -> Self {
        Axis { ends: Some((lo, hi)), ..self }
    }

    /// The same axis with this room beyond the values, as a part of their extent.
    #[must_use]
    pub fn with_room(self, room: f64) -> Self {
        Axis { room, ..self }
    }

    /// The same axis without ticks and labels, as beside another one of the same rows.
    #[must_use]
    pub fn without_ticks(self) -> Self {
        match self.scale {
            Scale::Downwards(n) => Axis { scale: Scale::Names(vec![(String::new(), n)]), ..self },
            _ => self,
        }
    }

    /// The names along it.
    pub(crate) fn named(&self) -> &[(String, usize)] {
        if let Scale::Names(names) = &self.scale { names } else { &[] }
    }

    /// Whether it has names, each of one place.
    pub(crate) fn has_single_names(&self) -> bool {
        !self.named().is_empty() && self.named().iter().all(|(_, n)| *n == 1)
    }

    /// Whether its scale is logarithmic.
    pub(crate) fn is_log(&self) -> bool {
        self.scale == Scale::Log
    }

    /// The axis around finite values.
    pub(crate) fn fit(&self, values: impl IntoIterator<Item = f64> + Clone) -> Fitted {
        let (scale, lo, hi) = match &self.scale {
            Scale::Log => self.fit_log(values),
            Scale::SymLog => return self.fit_symlog(values),
            Scale::Names(names) => {
                let n = names.iter().map(|(_, n)| n).sum::<usize>().max(1);
                (Place::Bare, n as f64 - 0.5, -0.5)
            }
            Scale::Downwards(n) => (Place::Counts, (*n).max(1) as f64 - 0.5, -0.5),
            Scale::Linear | Scale::Counts => {
                let (lo, hi) = self.ends.or_else(|| extent(values)).unwrap_or((0.0, 1.0));
                let room = if self.ends.is_some() { 0.0 } else { self.room * (hi - lo) };
                let (lo, hi) = (lo - room, hi + room);
                let place = if self.scale == Scale::Counts { Place::Counts } else { Place::Linear };
                match (lo.is_finite(), hi.is_finite() && hi > lo) {
                    (true, true) => (place, lo, hi),
                    (true, false) => (place, lo - 0.5, lo + 0.5),
                    _ => (place, 0.0, 1.0),
                }
            }
        };
        Fitted { scale, lo, hi }
    }

    fn fit_log(&self, values: impl IntoIterator<Item = f64> + Clone) -> (Place, f64, f64) {
        if let Some((lo, hi)) = self.ends.filter(|(lo, hi)| *lo > 0.0 && hi > lo) {
            return (Place::Log, lo.log10(), hi.log10());
        }
        let zero = values.clone().into_iter().any(|x| x == 0.0);
        let positive = values.into_iter().filter(|x| *x > 0.0).map(f64::log10);
        let (lo, hi) = extent(positive).unwrap_or((-3.0, 0.0));
        let room = (0.05 * (hi - lo)).max(if hi - lo < 0.5 { 0.35 } else { 0.1 });
        let room = if self.room == 0.0 { 0.0 } else { room };
        let floor = if zero { 0.08 * (hi - lo) + 0.2 } else { 0.0 };
        (Place::Log, lo - room - floor, hi + room)
    }

    fn fit_symlog(&self, values: impl IntoIterator<Item = f64> + Clone) -> Fitted {
        let sizes = values.clone().into_iter().filter(|x| x.is_finite() && *x != 0.0).map(|x| x.abs().log10());
        let (smallest, largest) = extent(sizes).unwrap_or((-1.0, 0.0));
        let linear = (smallest.floor() as i32).max(largest.ceil() as i32 - SYMLOG_DECADES);
        let mut axis = Fitted { scale: Place::SymLog(linear), lo: 0.0, hi: 1.0 };
        let (lo, hi) = extent(values.into_iter().chain([0.0])).unwrap_or((0.0, 0.0));
        axis.lo = axis.coordinate(lo).min(-0.5) - 0.5;
        axis.hi = axis.coordinate(hi).max(0.5) + 0.5;
        axis
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Linear,
    Counts,
    /// Linear, without ticks: names stand at its places.
    Bare,
    Log,
    /// Linear between -10^e and 10^e, where it takes one unit, logarithmic outside.
    SymLog(i32),
}

/// An axis with its range. `lo` and `hi` are in the scale's own coordinate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fitted {
    scale: Place,
    lo: f64,
    hi: f64,
}

/// Decades that a symmetric-log axis shows on each side at most; smaller values lie in its linear middle.
const SYMLOG_DECADES: i32 = 10;

fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|x| x.is_finite()).fold(None, |seen, x| match seen {
        None => Some((x, x)),
        Some((lo, hi)) => Some((f64::min(lo, x), f64::max(hi, x))),
    })
}

impl Fitted {
    /// The same axis read from the other end: names of an x axis begin at the left.
    pub(crate) fn turned(self) -> Self {
        if self.scale == Place::Bare { Fitted { lo: self.hi, hi: self.lo, ..self } } else { self }
    }

    fn coordinate(&self, x: f64) -> f64 {
        match self.scale {
            Place::Linear | Place::Counts | Place::Bare => x,
            Place::Log if x > 0.0 => x.log10(),
            Place::Log if x == 0.0 => self.lo,
            Place::Log => f64::NAN,
            Place::SymLog(linear) => {
                let scaled = x / 10f64.powi(linear);
                if scaled.abs() <= 1.0 { scaled } else { scaled.signum() * (1.0 + scaled.abs().log10()) }
            }
        }
    }

    /// Where a value lies, 0 at the lower end and 1 at the upper; not finite where the axis has no place for it.
    pub(crate) fn fraction(&self, x: f64) -> f64 {
        // Far outside is as far as near outside: the drawing's coordinates stay small.
        ((self.coordinate(x) - self.lo) / (self.hi - self.lo)).clamp(-5.0, 6.0)
    }

    /// The scale and its ends, for a script that finds the value at a place: "linear 0 1000", "log -2 0" (exponents of ten),
    /// "symlog:-3 -4.5 6.5" (see [`Place::SymLog`]; ends in the scale's own unit).
    pub(crate) fn scale(&self) -> String {
        let name = match self.scale {
            Place::Linear | Place::Counts | Place::Bare => "linear".to_owned(),
            Place::Log => "log".to_owned(),
            Place::SymLog(linear) => format!("symlog:{linear}"),
        };
        format!("{name} {} {}", self.lo, self.hi)
    }

    /// Length of the axis in its scale's unit: decades, for a logarithmic one.
    pub(crate) fn length(&self) -> f64 {
        self.hi - self.lo
    }

    /// Ticks of which at most about `labels` are labelled.
    pub(crate) fn ticks(&self, labels: usize) -> Vec<Tick> {
        match self.scale {
            Place::Linear | Place::Counts => self.linear_ticks(labels),
            Place::Bare => Vec::new(),
            Place::Log => self.log_ticks(labels),
            Place::SymLog(linear) => self.symlog_ticks(linear, labels),
        }
    }

    fn tick(&self, coordinate: f64, label: Option<Label>) -> Tick {
        Tick { fraction: (coordinate - self.lo) / (self.hi - self.lo), label }
    }

    fn linear_ticks(&self, labels: usize) -> Vec<Tick> {
        let mut at = RangedCoordf64::from(self.lo.min(self.hi)..self.lo.max(self.hi)).key_points(labels.max(2));
        if matches!(self.scale, Place::Counts) {
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

    fn labels(axis: &Fitted, most: usize) -> Vec<String> {
        axis.ticks(most).into_iter().filter_map(|t| t.label).map(|l| format!("{}^{}", l.base, l.exponent)).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        let unit = Axis::linear("t").between(0.0, 1.0).fit([]);
        assert_eq!(labels(&unit, 6), ["0.0^", "0.2^", "0.4^", "0.6^", "0.8^", "1.0^"]);
        assert_eq!(labels(&Axis::counts("n").between(0.0, 1.5).fit([]), 6), ["0^", "1^"]);
        let rows = Axis::downwards("i", 64).fit([]);
        assert_eq!(labels(&rows, 4), ["0^", "20^", "40^", "60^"]);
        assert!(rows.fraction(0.0) > rows.fraction(63.0));
        let names = Axis::names("i", ["a".to_owned(), "b".to_owned()]).fit([]);
        assert!(labels(&names, 4).is_empty() && names.fraction(0.0) == 0.75 && names.turned().fraction(0.0) == 0.25);
        assert_eq!(labels(&Axis::log("e").fit([1e-9, 1.0]), 6), ["10^−8", "10^−6", "10^−4", "10^−2", "10^0"]);
        assert_eq!(labels(&Axis::log("dt").fit([0.1, 1.0]), 8), ["0.1^", "0.2^", "0.5^", "1^"]);
        assert_eq!(labels(&Axis::symlog("e").fit([-10.0, 1e-1]), 20), ["0^", "−10^−1", "−10^0", "−10^1", "10^−1"]);
    }

    #[test]
    fn every_scale_keeps_order_and_has_no_place_for_nan() {
        let axes =
            [Axis::linear("x").fit([-3.0, 5.0]), Axis::symlog("x").fit([-3.0, 1e-4]), Axis::log("x").fit([1e-4, 4.0])];
        for axis in axes {
            let at: Vec<f64> = [1e-4, 0.01, 0.5, 3.0].iter().map(|x| axis.fraction(*x)).collect();
            assert!(at.windows(2).all(|w| w[0] < w[1]), "{at:?}");
            assert!(axis.fraction(f64::NAN).is_nan());
        }
        let symlog = Axis::symlog("x").fit([-3.0, 1e-4]);
        assert!(symlog.fraction(-3.0) < symlog.fraction(-1e-3) && symlog.fraction(-1e-9) < symlog.fraction(0.0));
    }

    #[test]
    fn axes_of_nothing_have_a_range_and_zero_is_the_floor_of_a_logarithmic_one() {
        let zeros = [0.0, 0.0];
        for axis in
            [Axis::linear("x").fit([]), Axis::log("x").fit([]), Axis::log("x").fit(zeros), Axis::symlog("x").fit(zeros)]
        {
            assert!(axis.hi > axis.lo && !labels(&axis, 6).is_empty(), "{axis:?}");
        }
        assert_eq!(Axis::log("x").fit(zeros).fraction(0.0), 0.0);
        assert!(Axis::log("x").fit(zeros).fraction(-1.0).is_nan());
    }
}
