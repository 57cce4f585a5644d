//! Numbers with their units in texts: `50pA`, `0.5 ms`, `0.03/ms`, `1/1024`.
//!
//! One parser reads them for every option, for parameters of neurons and inputs, for studies and for NeuroML.

use std::ops::{Div, Mul};
use std::str::FromStr;

use crate::error::{Error, Result};

/// What a text is read as: an f64, or a number that knows more of its digits and whose f64 is the same.
pub trait Number: Copy + FromStr + From<f64> + Into<f64> + Mul<Output = Self> + Div<Output = Self> {}

impl<T: Copy + FromStr + From<f64> + Into<f64> + Mul<Output = T> + Div<Output = T>> Number for T {}

/// What a number measures.
#[derive(Debug, PartialEq)]
pub struct Dimension {
    /// What messages call it: "a time".
    pub name: &'static str,
    /// Its units, ours first, each with the factor and the divisor that lead to ours. A division by 1000 gives the nearest number
    /// to what was typed, a product with 0.001 need not.
    units: &'static [(&'static str, f64, f64)],
}

/// Any number.
pub const NUMBER: Dimension = Dimension { name: "a number without unit", units: &[] };
/// Converted to ms.
pub const TIME: Dimension = Dimension {
    name: "a time",
    units: &[("ms", 1.0, 1.0), ("us", 1.0, 1e3), ("s", 1e3, 1.0), ("µs", 1.0, 1e3), ("μs", 1.0, 1e3)],
};
/// Converted to mV.
pub const VOLTAGE: Dimension = Dimension {
    name: "a voltage",
    units: &[("mV", 1.0, 1.0), ("V", 1e3, 1.0), ("uV", 1.0, 1e3), ("µV", 1.0, 1e3), ("μV", 1.0, 1e3)],
};
/// Converted to 1/ms.
pub const RATE: Dimension = Dimension {
    name: "a rate",
    units: &[
        ("/ms", 1.0, 1.0),
        ("per_ms", 1.0, 1.0),
        ("/s", 1.0, 1e3),
        ("per_s", 1.0, 1e3),
        ("Hz", 1.0, 1e3),
        ("kHz", 1.0, 1.0),
        ("per_min", 1.0, 6e4),
        ("per_hour", 1.0, 3.6e6),
    ],
};
/// Converted to Hz.
pub const FREQUENCY: Dimension = Dimension {
    name: "a frequency",
    units: &[("Hz", 1.0, 1.0), ("kHz", 1e3, 1.0), ("/s", 1.0, 1.0), ("/ms", 1e3, 1.0)],
};
/// Converted to pA.
pub const CURRENT: Dimension = Dimension {
    name: "a current",
    units: &[
        ("pA", 1.0, 1.0),
        ("nA", 1e3, 1.0),
        ("uA", 1e6, 1.0),
        ("µA", 1e6, 1.0),
        ("μA", 1e6, 1.0),
        ("mA", 1e9, 1.0),
        ("A", 1e12, 1.0),
    ],
};
/// Converted to mV/ms: inputs and u of the forms without a capacitance.
pub const SLOPE: Dimension = Dimension { name: "a voltage per time", units: &[("mV/ms", 1.0, 1.0), ("V/s", 1.0, 1.0)] };
/// Converted to 1/(mV ms).
pub const CURVATURE: Dimension =
    Dimension { name: "a rate per voltage", units: &[("/mV/ms", 1.0, 1.0), ("/ms/mV", 1.0, 1.0), ("/V/s", 1.0, 1e6)] };
/// Converted to pF.
pub const CAPACITANCE: Dimension = Dimension {
    name: "a capacitance",
    units: &[
        ("pF", 1.0, 1.0),
        ("nF", 1e3, 1.0),
        ("uF", 1e6, 1.0),
        ("µF", 1e6, 1.0),
        ("μF", 1e6, 1.0),
        ("F", 1e12, 1.0),
    ],
};
/// Converted to nS.
pub const CONDUCTANCE: Dimension = Dimension {
    name: "a conductance",
    units: &[
        ("nS", 1.0, 1.0),
        ("pS", 1.0, 1e3),
        ("uS", 1e3, 1.0),
        ("µS", 1e3, 1.0),
        ("μS", 1e3, 1.0),
        ("mS", 1e6, 1.0),
        ("S", 1e9, 1.0),
    ],
};
/// Converted to nS/mV.
pub const CONDUCTANCE_PER_VOLTAGE: Dimension = Dimension {
    name: "a conductance per voltage",
    units: &[
        ("nS/mV", 1.0, 1.0),
        ("nS_per_mV", 1.0, 1.0),
        ("pA/mV^2", 1.0, 1.0),
        ("S/V", 1e6, 1.0),
        ("S_per_V", 1e6, 1.0),
    ],
};

/// All that has units: what was given instead of what was wanted is looked for here.
const ALL: [&Dimension; 10] = [
    &TIME,
    &VOLTAGE,
    &CURRENT,
    &SLOPE,
    &CAPACITANCE,
    &CONDUCTANCE,
    &CONDUCTANCE_PER_VOLTAGE,
    &FREQUENCY,
    &RATE,
    &CURVATURE,
];

impl Dimension {
    /// The number in our unit that `text` gives with a unit of this dimension.
    pub fn with_unit<N: Number>(&self, text: &str) -> Option<N> {
        let value = |&(unit, factor, divisor): &(&str, f64, f64)| {
            let number: N = plain(text.trim().strip_suffix(unit)?)?;
            // In our unit it is what was typed, whatever its size.
            let ours = (factor, divisor) == (1.0, 1.0);
            Some(if ours { number } else { number * factor.into() / divisor.into() })
        };
        self.units.iter().find_map(value).filter(is_finite)
    }

    /// Reads a number, in our unit where it has none.
    ///
    /// # Errors
    /// Text that is no finite number, or one in a unit of another kind; `what` names the quantity in the message.
    pub fn read<N: Number>(&self, what: &str, text: &str) -> Result<N> {
        plain(text).or_else(|| self.with_unit(text)).ok_or_else(|| self.refused(what, text, "finite"))
    }

    /// As [`read`](Self::read), for what is checked where it is used, which has words for `inf` and `nan`.
    ///
    /// # Errors
    /// Text that is no number, or one in a unit of another kind.
    pub fn unchecked<N: Number>(&self, what: &str, text: &str) -> Result<N> {
        text.trim().parse().or_else(|_| self.read(what, text))
    }

    /// As [`read`](Self::read), for what must be above zero.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), and a number that is not positive.
    pub fn positive<N: Number>(&self, what: &str, text: &str) -> Result<N> {
        let value = plain(text).or_else(|| self.with_unit(text)).filter(|&x: &N| x.into() > 0.0);
        value.ok_or_else(|| self.refused(what, text, "positive, finite"))
    }

    /// How a message calls a text: with what its unit measures, where that is something else.
    pub fn given(&self, text: &str) -> String {
        let text = text.trim();
        let has = |of: &Dimension| of.with_unit::<f64>(text).is_some();
        let other = ALL.into_iter().find(|other| *other != self && has(other));
        match (text, other.filter(|_| !has(self))) {
            ("", _) => "missing".to_owned(),
            (_, Some(other)) => format!("'{text}', {}", other.name),
            (_, None) => format!("'{text}'"),
        }
    }

    /// The message for a text that is none of this dimension.
    fn refused(&self, what: &str, text: &str, kind: &str) -> Error {
        let given = self.given(text);
        let Some((unit, ..)) = self.units.first() else {
            return Error::invalid(what, given, format!("a {kind} number"), "Write it like 10, -65 or 0.02.");
        };
        let noun = self.name.trim_start_matches("a ");
        let mut units: Vec<_> = self.units.iter().filter(|(unit, ..)| unit.is_ascii()).collect();
        units.sort_by(|a, b| (a.1 / a.2).total_cmp(&(b.1 / b.2)));
        let (last, others) = units.split_last().expect("a dimension with a unit has a last one");
        let others: Vec<&str> = others.iter().map(|(unit, ..)| *unit).collect();
        let others = if others.is_empty() { String::new() } else { format!("{} or ", others.join(", ")) };
        Error::invalid(
            what,
            given,
            format!("a {kind} {noun} in {unit}, or with its unit {others}{}", last.0),
            if what.starts_with("--") {
                format!("Write {what} 0.1{unit} or {what} 1{}.", last.0)
            } else {
                format!("Write it like 10 or 10{unit}.")
            },
        )
    }

    /// Its units with commas, without the other spellings of micro.
    pub fn units(&self) -> String {
        let ascii = self.units.iter().map(|(unit, ..)| *unit).filter(|unit| unit.is_ascii());
        ascii.collect::<Vec<_>>().join(", ")
    }

    /// A number in our unit, as one writes it.
    pub fn example(&self) -> String {
        format!("1{}", self.units.first().map_or("", |(unit, ..)| unit))
    }
}

/// A finite number or a fraction of two: `0.5`, `1e-3`, `1/1024`.
pub fn plain<N: Number>(text: &str) -> Option<N> {
    let number = |text: &str| text.trim().parse::<N>().ok();
    let value = match text.split_once('/') {
        Some((above, below)) => number(above)? / number(below)?,
        None => number(text)?,
    };
    Some(value).filter(is_finite)
}

fn is_finite<N: Number>(number: &N) -> bool {
    (*number).into().is_finite()
}
