//! What is compared: the trains of files over an interval.

use crate::SpikeTrain;
use crate::report::wrapped;
use crate::spike::NamedTrain;

/// What a file holds, under the name it was given by.
pub(super) struct Recorded {
    pub(super) name: String,
    pub(super) trains: Vec<NamedTrain>,
}

/// What is compared of the trains.
pub(super) struct Interval {
    /// From 0 to here \[ms\].
    pub(super) duration: f64,
    /// Spikes after it.
    pub(super) left_out: usize,
    /// What was assumed in reading.
    pub(super) notes: Vec<String>,
    /// Which trains are empty.
    pub(super) warnings: Vec<String>,
}

/// Lines about the interval and what was read, below those that name what is compared.
pub(super) fn interval_lines(interval: &Interval) -> String {
    let mut text = format!("interval   0 to {} ms\n", interval.duration);
    if interval.left_out > 0 {
        text += &format!("left out   spikes after {} ms: {}\n", interval.duration, interval.left_out);
    }
    for (what, sentences) in [("note", &interval.notes), ("warning", &interval.warnings)] {
        sentences.iter().for_each(|sentence| text += &format!("{what:<11}{}\n", wrapped(sentence)));
    }
    text
}

pub(super) fn spikes(train: &SpikeTrain) -> String {
    match train.len() {
        0 => "spikes: 0, an empty train".to_owned(),
        n => format!("spikes: {n}"),
    }
}

/// The first of many names.
pub(super) fn few(names: &[String]) -> String {
    let first = names.iter().take(10).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > 10 { format!("{first} and {} more", names.len() - 10) } else { first }
}
