//! Names of columns of times, and the units that stand in them.

use crate::quantity::Number;

/// Words that name times, joined by `_`.
const NAMES: [&str; 9] =
    ["t", "time", "times", "spike_time", "spike_times", "spiketime", "spiketimes", "timestamp", "timestamps"];

/// Words for units of time, and how many of them are in a ms or how many ms are in one.
const UNITS: [(&[&str], Unit); 3] = [
    (&["ms", "msec", "millisecond", "milliseconds"], Unit { factor: 1.0, divisor: 1.0 }),
    (&["s", "sec", "second", "seconds"], Unit { factor: 1e3, divisor: 1.0 }),
    (&["us", "µs", "μs", "usec", "microsecond", "microseconds"], Unit { factor: 1.0, divisor: 1e3 }),
];

/// A unit of time as what leads to ms: a quotient of whole numbers, so that the product is the nearest number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    factor: f64,
    divisor: f64,
}

impl Unit {
    /// The millisecond, and the second.
    pub const MS: Unit = UNITS[0].1;
    /// The second.
    pub const S: Unit = UNITS[1].1;

    /// The unit that a word names.
    pub fn named(word: &str) -> Option<Unit> {
        UNITS.iter().find(|(words, _)| words.contains(&word)).map(|(_, unit)| *unit)
    }

    /// A time in this unit in ms.
    pub fn ms<N: Number>(self, time: N) -> N {
        if self == Unit::MS { time } else { time * self.factor.into() / self.divisor.into() }
    }
}

/// Whether the name of a column says that it holds times, and in which unit where it says that: `t_ms`, `time [ms]`, `t/s`,
/// `spike_times`.
///
/// ```
/// use data::interop::{Unit, time_column};
/// assert_eq!(time_column("time (s)"), Some(Some(Unit::S)));
/// assert_eq!(time_column("Times"), Some(None));
/// assert_eq!(time_column("dt_ms"), None);
/// ```
pub fn time_column(name: &str) -> Option<Option<Unit>> {
    let lower = name.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "in").collect();
    let known = |words: &[&str]| NAMES.contains(&words.join("_").as_str());
    let (last, before) = words.split_last()?;
    match Unit::named(last) {
        Some(unit) if known(before) => Some(Some(unit)),
        _ => known(&words).then_some(None),
    }
}
