//! The input of a recording: a CSV file of four columns, whose first three say the place of a line.

use std::path::Path;

use super::config::{Config, NetworkConfig, refused};
use crate::error::{Error, Result};

/// Input \[mV/ms\] of a layer, step by step, then by rows and neurons: one value for each neuron of each row in each step, in any order.
pub(super) fn currents(path: &Path, config: &Config) -> Result<Vec<f64>> {
    let extents = [config.steps, config.batch, config.a.len()];
    read(path, ["step", "batch", "neuron", "input"], extents, |line, text| {
        text.parse::<f64>().ok().filter(|x| x.is_finite()).ok_or_else(|| {
            let problem = format!("input is '{}', not a finite number", text.escape_debug());
            line.error(problem, "Give an input in mV/ms, such as 10.")
        })
    })
}

/// The inputs of a network that spike, by presentations, steps and rows: a list, which may be empty, for each, in any order.
pub(super) fn spikes(path: &Path, config: &Config, network: &NetworkConfig) -> Result<Vec<Vec<u32>>> {
    let extents = [network.presentations, config.steps, config.batch];
    read(path, ["presentation", "step", "batch", "spiking_inputs"], extents, |line, text| {
        let input = |text| line.whole("spiking input", text, network.n_input).map(|i| i as u32);
        text.split_whitespace().map(input).collect()
    })
}

/// A line of a file that is being read.
struct Line<'p> {
    path: &'p Path,
    number: u64,
}

impl Line<'_> {
    fn error(&self, problem: String, mend: &str) -> Error {
        Error::Line { path: self.path.into(), line: self.number, problem, mend: mend.into() }
    }

    /// A whole number below `extent`.
    fn whole(&self, name: &str, text: &str, extent: usize) -> Result<usize> {
        text.parse().ok().filter(|i| *i < extent).ok_or_else(|| {
            let problem = format!("{name} is '{}'; allowed: 0 to {}", text.escape_debug(), extent - 1);
            self.error(problem, "Numbers count from 0; see the sizes in the configuration.")
        })
    }
}

/// Reads a file of these columns: each place below the `extents` once, with what `value` makes of the last field.
fn read<V: Clone>(
    path: &Path,
    names: [&str; 4],
    extents: [usize; 3],
    value: impl Fn(&Line<'_>, &str) -> Result<V>,
) -> Result<Vec<V>> {
    let text = data::whole::read_bytes(path)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let expected = extents.iter().try_fold(1usize, |product, extent| product.checked_mul(*extent));
    // No line is shorter than its three commas and the end.
    let Some(expected) = expected.filter(|expected| *expected <= text.len()) else {
        let all = names.iter().zip(extents).map(|(name, extent)| format!("{extent} of {name}")).collect::<Vec<_>>();
        let why = format!("fewer lines than the configuration asks for: one for each of {}", all.join(", "));
        return Err(refused(path, format!("{why}. Give the input of the same recording.")));
    };
    let name = |place: usize| {
        let ([a, b, c, _], [_, y, z]) = (names, extents);
        format!("{a} {}, {b} {}, {c} {}", place / z / y, place / z % y, place % z)
    };
    let mut values: Vec<Option<V>> = vec![None; expected];
    let mut headed = false;
    for (text, number) in text.split(|byte| *byte == b'\n').zip(1..) {
        let line = Line { path, number };
        let text = str::from_utf8(text);
        let text = text.map_err(|_| line.error("this is not UTF-8 text".into(), "Give a CSV file."))?;
        let fields: Vec<&str> = text.split(',').map(str::trim).collect();
        if fields.iter().all(|field| field.is_empty()) {
            continue;
        }
        let all = names.join(",");
        if !std::mem::replace(&mut headed, true) {
            if fields != names {
                return Err(line.error(format!("the columns are '{}', not '{all}'", fields.join(",")), "Name them so."));
            }
            continue;
        }
        let &[a, b, c, last] = fields.as_slice() else {
            let problem = format!("the number of values is {}, not {}", fields.len(), names.len());
            return Err(line.error(problem, &format!("Give {all}.")));
        };
        let mut place = 0;
        for ((name, extent), text) in names.iter().zip(extents).zip([a, b, c]) {
            place = place * extent + line.whole(name, text, extent)?;
        }
        if values[place].replace(value(&line, last)?).is_some() {
            return Err(line.error(format!("{} comes twice", name(place)), "Give each once."));
        }
    }
    if let Some(place) = values.iter().position(Option::is_none) {
        let why = format!("the file ends without {}", name(place));
        return Err(refused(path, format!("{why}. Give a line for each of the configuration.")));
    }
    Ok(values.into_iter().flatten().collect())
}
