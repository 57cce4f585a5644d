//! Times of a recording: their unit, and how far apart its rows are.

use crate::error::{Error, Result};
use crate::interop::{Source, Unit, time_column};
use crate::judge::precision::shortest;

/// The unit of a column of times, as a user may give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Numbers of steps, or no times at all.
    Steps,
}

impl TimeUnit {
    /// The unit that a word names.
    ///
    /// # Errors
    /// Any word but `ms`, `s` and `step`.
    pub fn named(word: &str) -> Result<TimeUnit> {
        match word {
            "ms" => Ok(TimeUnit::Milliseconds),
            "s" => Ok(TimeUnit::Seconds),
            "step" | "steps" => Ok(TimeUnit::Steps),
            _ => Err(Error::invalid("--unit", format!("'{word}'"), "ms, s or step", "Write --unit s.")),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            TimeUnit::Milliseconds => "ms",
            TimeUnit::Seconds => "s",
            TimeUnit::Steps => "steps",
        }
    }
}

/// The unit that the name of a column of times says.
pub(super) fn unit_in(name: &str) -> Option<TimeUnit> {
    let lower = name.trim().to_lowercase();
    if lower == "ms" {
        return Some(TimeUnit::Milliseconds);
    }
    if lower.contains("step") {
        return Some(TimeUnit::Steps);
    }
    match time_column(name).flatten()? {
        unit if unit == Unit::S => Some(TimeUnit::Seconds),
        unit if unit == Unit::MS => Some(TimeUnit::Milliseconds),
        _ => None,
    }
}

/// Below this spacing a number of ms is taken for one of s: no simulator steps by less than 0.01 ms, nor by 10 s.
pub(super) const LEAST_STEP: f64 = 0.01;

/// The even distance of the rows, in the unit of the times.
pub(super) fn spacing(source: &Source, t: &[f64]) -> Result<f64> {
    let mean = (t[t.len() - 1] - t[0]) / (t.len() - 1) as f64;
    if let Some(row) = t.windows(2).position(|w| w[1] <= w[0]) {
        let problem = format!("the time {} comes after {}", t[row + 1], t[row]);
        return Err(source.at(row + 1, problem, "Sort the rows by time, one neuron a file."));
    }
    // Times are printed with so many decimals, of which the last one is rounded.
    let decimals = t.iter().take(1000).map(|t| shortest(*t).1).max().unwrap_or(0).min(15);
    let rounding = 0.51 * 10f64.powi(-(decimals as i32)) + 1e-7 * t[t.len() - 1].abs();
    let off = |k: usize| (t[k] - t[0] - k as f64 * mean).abs();
    if let Some(row) = (0..t.len()).find(|k| off(*k) > 0.01 * mean + 2.0 * rounding) {
        let mend = "Give rows at equal times; of an adaptive solver, its values on a grid.";
        return Err(source.at(row, format!("the rows are not equally far apart: {} is off the grid", t[row]), mend));
    }
    Ok(nice(mean, (1e-9 * mean).max(2.0 * rounding / (t.len() - 1) as f64)))
}

/// The number with the fewest digits that is within `tolerance` of `x`.
pub(in crate::judge) fn nice(x: f64, tolerance: f64) -> f64 {
    let tries = (1..17).map(|digits| format!("{:.*e}", digits - 1, x).parse::<f64>().unwrap_or(x));
    tries.into_iter().find(|near| (near - x).abs() <= tolerance).unwrap_or(x)
}
