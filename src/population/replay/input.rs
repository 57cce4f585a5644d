//! The input of a recording.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Terminator, Trim};

use super::config::{Config, NetworkConfig, refused};
use crate::error::{Error, Result};

/// Input \[mV/ms\] of a layer.
#[derive(Clone, Debug)]
pub(super) struct Currents {
    /// Step by step, then by rows and neurons.
    values: Vec<f64>,
    /// The number of values in a step.
    width: usize,
}

impl Currents {
    /// Reads one value for each neuron of each row in each step, in any order.
    pub(super) fn read(path: &Path, config: &Config) -> Result<Self> {
        let (steps, batch, n) = (config.steps, config.batch, config.a.len());
        let table = Table::open(path, ["step", "batch", "neuron", "input"])?;
        let mut places = table.places([("step", steps), ("batch", batch), ("neuron", n)])?;
        let mut values = vec![0.0; places.len()];
        table.each(|line| {
            let text = &line.record[3];
            let value = text.parse::<f64>().ok().filter(|x| x.is_finite()).ok_or_else(|| {
                line.error(
                    format!("input is '{}', not a finite number", text.escape_debug()),
                    "Give an input in mV/ms, such as 10.",
                )
            })?;
            values[places.take(line)?] = value;
            Ok(())
        })?;
        places.complete(path)?;
        Ok(Currents { values, width: batch * n })
    }

    /// The values of each step.
    pub(super) fn steps(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks(self.width)
    }
}

/// The inputs of a network that spike.
#[derive(Clone, Debug)]
pub(super) struct InputSpikes {
    /// By presentations, steps and rows.
    spiking: Vec<Vec<u32>>,
    steps: usize,
    batch: usize,
}

impl InputSpikes {
    /// Reads one list of inputs, which may be empty, for each row of each step of each presentation, in any order.
    pub(super) fn read(path: &Path, config: &Config, network: &NetworkConfig) -> Result<Self> {
        let table = Table::open(path, ["presentation", "step", "batch", "spiking_inputs"])?;
        let shape = [("presentation", network.presentations), ("step", config.steps), ("batch", config.batch)];
        let mut places = table.places(shape)?;
        let mut spiking = vec![Vec::new(); places.len()];
        table.each(|line| {
            let list: Result<Vec<u32>> = line.record[3]
                .split_whitespace()
                .map(|text| line.whole("spiking input", text, network.n_input).map(|i| i as u32))
                .collect();
            spiking[places.take(line)?] = list?;
            Ok(())
        })?;
        places.complete(path)?;
        Ok(InputSpikes { spiking, steps: config.steps, batch: config.batch })
    }

    /// Those of a row in a step of a presentation.
    pub(super) fn of(&self, presentation: usize, step: usize, row: usize) -> &[u32] {
        &self.spiking[(presentation * self.steps + step) * self.batch + row]
    }
}

/// A CSV file with four columns of these names, whose first three say the place of a line.
struct Table<'p> {
    path: &'p Path,
    text: Vec<u8>,
    names: [&'static str; 4],
}

/// A line of the table that is being read.
struct Line<'l> {
    path: &'l Path,
    number: u64,
    record: &'l StringRecord,
}

impl<'p> Table<'p> {
    fn open(path: &'p Path, names: [&'static str; 4]) -> Result<Self> {
        let mut text = Vec::new();
        File::open(path).and_then(|mut file| file.read_to_end(&mut text)).map_err(Error::read(path))?;
        Ok(Table { path, text, names })
    }

    /// Room for the lines that it must have.
    fn places(&self, shape: [(&'static str, usize); 3]) -> Result<Places> {
        let expected = shape.iter().try_fold(1usize, |product, (_, extent)| product.checked_mul(*extent));
        match expected {
            // No line is shorter than its three commas and the end.
            Some(expected) if expected <= self.text.len() => Ok(Places { shape, taken: vec![false; expected] }),
            _ => {
                let all = shape.map(|(name, extent)| format!("{extent} of {name}")).join(", ");
                let why = format!("fewer lines than the configuration asks for: one for each of {all}");
                Err(refused(self.path, format!("{why}. Give the input of the same recording.")))
            }
        }
    }

    fn each(&self, mut read: impl FnMut(&Line<'_>) -> Result<()>) -> Result<()> {
        // A record ends where the next line starts, so that lines can be counted.
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .quoting(false)
            .trim(Trim::All)
            .terminator(Terminator::Any(b'\n'))
            .from_reader(self.text.chain(&b"\n"[..]));
        let mut record = StringRecord::new();
        let mut headed = false;
        loop {
            let more = reader.read_record(&mut record).map_err(|error| Error::Line {
                path: self.path.into(),
                line: error.position().map_or(1, csv::Position::line),
                problem: "this is not UTF-8 text".into(),
                mend: "Give a CSV file.".into(),
            })?;
            if !more {
                break;
            }
            let line = Line { path: self.path, number: reader.position().line() - 1, record: &record };
            if headed && record.iter().all(str::is_empty) {
                continue;
            }
            let names = self.names.join(",");
            if !headed {
                headed = true;
                if record.iter().ne(self.names) {
                    let given = record.iter().collect::<Vec<_>>().join(",");
                    return Err(line.error(format!("the columns are '{given}', not '{names}'"), "Name them so."));
                }
                continue;
            }
            if record.len() != self.names.len() {
                let problem = format!("the number of values is {}, not {}", record.len(), self.names.len());
                return Err(line.error(problem, &format!("Give {names}.")));
            }
            read(&line)?;
        }
        if headed {
            Ok(())
        } else {
            Err(refused(self.path, format!("the file is empty. Give the columns {}.", self.names.join(","))))
        }
    }
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

/// Which lines there must be, and which there have been.
struct Places {
    shape: [(&'static str, usize); 3],
    taken: Vec<bool>,
}

impl Places {
    fn len(&self) -> usize {
        self.taken.len()
    }

    /// The place of a line, which nobody has had.
    fn take(&mut self, line: &Line<'_>) -> Result<usize> {
        let mut place = 0;
        for ((name, extent), text) in self.shape.iter().zip(line.record) {
            place = place * extent + line.whole(name, text, *extent)?;
        }
        if std::mem::replace(&mut self.taken[place], true) {
            return Err(line.error(format!("{} comes twice", self.name(place)), "Give each once."));
        }
        Ok(place)
    }

    fn complete(&self, path: &Path) -> Result<()> {
        match self.taken.iter().position(|taken| !taken) {
            None => Ok(()),
            Some(place) => {
                let why = format!("the file ends without {}", self.name(place));
                Err(refused(path, format!("{why}. Give a line for each of the configuration.")))
            }
        }
    }

    fn name(&self, place: usize) -> String {
        let [(a, _), (b, y), (c, z)] = self.shape;
        format!("{a} {}, {b} {}, {c} {}", place / z / y, place / z % y, place % z)
    }
}
