//! A code's name and parameters, to and from text.

use std::fmt;
use std::str::FromStr;

use super::Coding;
use crate::error::{Error, Result, refuse_if};

impl Coding {
    /// The names, in the order of the table in [`coding`](super).
    pub const NAMES: [&str; 7] = ["bernoulli", "poisson", "regular", "rank-order", "single", "repeat", "latency"];
}

impl FromStr for Coding {
    type Err = Error;

    /// A name and its parameters, each after a colon; what is left out has its default.
    ///
    /// # Errors
    /// An unknown name, a parameter that is no number or outside its range, or one too many.
    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default().trim();
        let given: Vec<&str> = parts.map(str::trim).collect();
        let number = |place: usize, what: &str, range: Range, default: f64| match given.get(place) {
            None => Ok(default),
            Some(typed) => match typed.parse::<f64>() {
                Ok(value) if range.holds(value) => Ok(value),
                _ => {
                    let mend = format!("Write {name}, or with a value such as {name}:{default}.");
                    Err(Error::invalid(format!("{what} of {name}"), typed, range.text(), mend))
                }
            },
        };
        let (coding, most) = match name {
            "bernoulli" => (Coding::Bernoulli { probability: number(0, "the probability", Range::Unit, 1.0)? }, 1),
            "poisson" => (Coding::Poisson { rate: number(0, "the rate in Hz", Range::Positive, 128.0)? }, 1),
            "regular" => (Coding::Regular { rate: number(0, "the rate in Hz", Range::Positive, 250.0)? }, 1),
            "rank-order" | "rank_order" => (Coding::RankOrder, 0),
            "single" => (Coding::Single { sparsity: number(0, "the sparsity", Range::Unit, 0.5)? }, 1),
            "repeat" => (Coding::Repeat { period: number(0, "the period in ms", Range::Positive, 1.0)? }, 1),
            "latency" => {
                let tau = number(0, "tau in ms", Range::Positive, 20.0)?;
                (Coding::Latency { tau, theta: number(1, "theta", Range::Open, 0.2)? }, 2)
            }
            _ => return Err(Error::unknown("pulse code", name, Coding::NAMES)),
        };
        let mend = "Leave out the others.";
        refuse_if!(given.len() > most, "the pulse code's parameters", text, format!("{most} after {name}"), mend);
        Ok(coding)
    }
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Coding::Bernoulli { probability } => write!(f, "bernoulli:{probability}"),
            Coding::Poisson { rate } => write!(f, "poisson:{rate}"),
            Coding::Regular { rate } => write!(f, "regular:{rate}"),
            Coding::RankOrder => f.write_str("rank-order"),
            Coding::Single { sparsity } => write!(f, "single:{sparsity}"),
            Coding::Repeat { period } => write!(f, "repeat:{period}"),
            Coding::Latency { tau, theta } => write!(f, "latency:{tau}:{theta}"),
        }
    }
}

/// Where a parameter may lie.
#[derive(Clone, Copy)]
enum Range {
    Positive,
    Unit,
    Open,
}

impl Range {
    fn holds(self, value: f64) -> bool {
        match self {
            Range::Positive => value > 0.0 && value.is_finite(),
            Range::Unit => (0.0..=1.0).contains(&value),
            Range::Open => value > 0.0 && value < 1.0,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Range::Positive => "a positive number",
            Range::Unit => "0 to 1",
            Range::Open => "above 0 and below 1",
        }
    }
}
