//! The text of `--input`: step, ramp, pulse, sine, noise, csv, or a number.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::{InputUnit, NeuronSpec, Stimulus, Typed};
use crate::error::{self, Error, Result};
use data::quantity::{CURRENT, Dimension, FREQUENCY, SLOPE, TIME, plain};

/// Most samples of a recording in a run: the truth takes some 50 µs for each.
const MOST_RECORDED: usize = 1_000_000;

/// The seed of noise that is typed without one.
const SEED: u64 = 1;

/// The kinds of input, and how each is written.
const FORMS: [(&str, &str); 6] = [
    ("step", "step:AMPLITUDE[@ONSET_MS]"),
    ("ramp", "ramp:FROM:TO[@ONSET_MS]"),
    ("pulse", "pulse:AMPLITUDE:WIDTH_MS@START_MS[,START_MS...]"),
    ("sine", "sine:MEAN:AMPLITUDE:FREQUENCY_HZ[@ONSET_MS]"),
    ("noise", "noise:MEAN:SD[:GRID_MS[:SEED]]"),
    ("csv", "csv:FILE[:linear|:hold]"),
];

/// What an input does between two samples of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// A straight line from sample to sample.
    Linear,
    /// Each sample is held until the next one.
    Hold,
}

/// An input as asked for on the command line. Its amplitudes are in mV/ms (in pA for a neuron in the 2007 form), times in
/// ms, frequencies in Hz, where they have no unit of their own. Every input is zero before its onset.
///
/// ```
/// use spikestep::{model::StimulusSpec, Side};
/// let input = StimulusSpec::parse("pulse:5:2@10,30")?.stimulus(100.0)?;
/// assert_eq!(input.value(31.0, Side::After), 5.0);
/// assert_eq!(StimulusSpec::parse("10")?, StimulusSpec::parse("step:10")?);
/// assert_eq!(StimulusSpec::parse("step:110pA@0.1s")?, StimulusSpec::parse("step:0.11nA@100ms")?);
/// let error = StimulusSpec::parse("stp:10").unwrap_err().to_string();
/// assert!(error.contains("did you mean 'step'?"));
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StimulusSpec {
    kind: Kind,
    /// The unit that its amplitudes were typed with.
    unit: Option<InputUnit>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Step { amplitude: Typed, onset: Typed },
    Ramp { from: Typed, to: Typed, onset: Typed },
    Pulse { amplitude: Typed, width: Typed, starts: Vec<Typed> },
    Sine { mean: Typed, amplitude: Typed, frequency: Typed, onset: Typed },
    Noise { mean: Typed, sd: Typed, grid: Typed, seed: Option<u64> },
    Csv(Recorded),
}

/// A file, which is read once, however many runs it drives.
#[derive(Clone, Debug)]
struct Recorded {
    path: PathBuf,
    interpolation: Interpolation,
    read: Arc<OnceLock<Stimulus>>,
}

impl PartialEq for Recorded {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.interpolation == other.interpolation
    }
}

impl Recorded {
    fn stimulus(&self) -> Result<&Stimulus> {
        match self.read.get() {
            Some(known) => Ok(known),
            None => {
                let read = Stimulus::from_csv(&self.path, self.interpolation)?;
                Ok(self.read.get_or_init(|| read))
            }
        }
    }
}

impl StimulusSpec {
    /// Reads one of
    ///
    /// - `10` or `step:10[@100]`: constant from the onset (0 without `@`);
    /// - `ramp:0:20[@100]`: from 0 at the onset to 20 at the end of the run;
    /// - `pulse:5:2@10,30`: pulses of 5 that last 2 ms and start at 10 and 30 ms;
    /// - `sine:5:3:40[@100]`: from the onset on, 5 + 3 sin(2π 40 Hz (t − onset));
    /// - `noise:5:2[:1[:1]]`: mean, standard deviation, grid in ms and seed of [`Stimulus::frozen_noise`];
    /// - `csv:FILE[:linear|:hold]`: a recording, [`Stimulus::from_csv`], linear between its samples unless they are held; the file is read
    ///   by [`stimulus`](Self::stimulus).
    ///
    /// # Errors
    /// An unknown kind, parts that are missing or too many, text that is no finite number, a unit of the wrong kind, amplitudes in
    /// units of two kinds, a width or frequency that is not positive, a negative onset or standard deviation.
    pub fn parse(text: &str) -> Result<StimulusSpec> {
        let text = text.trim();
        let unit = Cell::new(None);
        let number = |what: &str, text: &str| amplitude(what, text, &unit);
        let Some((kind, rest)) = text.split_once(':') else {
            return match number("input", text) {
                Ok(amplitude) => {
                    Ok(StimulusSpec { kind: Kind::Step { amplitude, onset: 0.0.into() }, unit: unit.get() })
                }
                Err(_) if form_of(text).is_some() => Err(malformed(text, "without its parts")),
                Err(error) if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => Err(error),
                Err(_) => Err(unknown(text)),
            };
        };
        let kind = kind.trim().to_ascii_lowercase();
        if form_of(&kind).is_none() {
            return Err(unknown(&kind));
        }
        if kind == "csv" {
            return csv(rest);
        }
        let (values, times) = match rest.split_once('@') {
            Some((values, times)) => (values, Some(times)),
            None => (rest, None),
        };
        let parts: Vec<&str> = values.split(':').collect();
        let onset = || times.map_or(Ok(0.0.into()), |text| time("input onset", text));
        let kind = match (kind.as_str(), parts[..].as_ref()) {
            ("step", [amplitude]) => Kind::Step { amplitude: number("step amplitude", amplitude)?, onset: onset()? },
            ("ramp", [from, to]) => {
                Kind::Ramp { from: number("ramp start", from)?, to: number("ramp end", to)?, onset: onset()? }
            }
            ("pulse", [amplitude, width]) => Kind::Pulse {
                amplitude: number("pulse amplitude", amplitude)?,
                width: positive("pulse width", width, &TIME)?,
                starts: times
                    .ok_or_else(|| malformed(&kind, "without a start"))?
                    .split(',')
                    .map(|start| time("pulse start", start))
                    .collect::<Result<_>>()?,
            },
            ("sine", [mean, amplitude, frequency]) => Kind::Sine {
                mean: number("sine mean", mean)?,
                amplitude: number("sine amplitude", amplitude)?,
                frequency: positive("sine frequency", frequency, &FREQUENCY)?,
                onset: onset()?,
            },
            ("noise", _) if times.is_some() => return Err(malformed(&kind, "with an onset")),
            ("noise", [mean, sd, optional @ ..]) if optional.len() <= 2 => Kind::Noise {
                mean: number("noise mean", mean)?,
                sd: not_negative("noise standard deviation", number("noise standard deviation", sd)?)?,
                grid: optional.first().map_or(Ok(1.0.into()), |grid| positive("noise grid", grid, &TIME))?,
                seed: optional.get(1).map(|text| seed(text)).transpose()?,
            },
            _ => return Err(malformed(&kind, &format!("with {} values", parts.len()))),
        };
        Ok(StimulusSpec { kind, unit: unit.get() })
    }

    /// Whether its amplitudes were typed with a unit.
    pub fn has_unit(&self) -> bool {
        self.unit.is_some()
    }

    /// The same input with a recording looked for in `folder`.
    pub fn in_folder(mut self, folder: &Path) -> StimulusSpec {
        if let Kind::Csv(Recorded { path, read, .. }) = &mut self.kind {
            (*path, *read) = (folder.join(&*path), Arc::default());
        }
        self
    }

    /// The input \[mV/ms\] as `neuron` takes it, for a run of `duration` ms.
    ///
    /// ```
    /// use spikestep::model::{NeuronSpec, StimulusSpec};
    /// let error = StimulusSpec::parse("step:110pA")?.stimulus_of(&NeuronSpec::parse("RS")?, 100.0).unwrap_err().to_string();
    /// assert!(error.contains("an amplitude in pA for the neuron RS; allowed: mV/ms"), "{error}");
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`stimulus`](Self::stimulus), and amplitudes in a unit that is not the neuron's.
    pub fn stimulus_of(&self, neuron: &NeuronSpec, duration: f64) -> Result<Stimulus> {
        let own = neuron.unit();
        match self.unit.filter(|&unit| unit != own) {
            None => Ok(self.stimulus(duration)?.scaled(neuron.typed_input_scale())),
            Some(unit) => Err(Error::invalid(
                "the input",
                format!("an amplitude in {} for the neuron {}", unit.name(), neuron.label),
                match own {
                    InputUnit::VoltagePerTime => format!("mV/ms ({}), for this form has no capacitance", SLOPE.units()),
                    InputUnit::Current => format!("pA ({}), for this is the 2007 form", CURRENT.units()),
                },
                format!("Write the amplitude in {}, or without a unit.", own.name()),
            )),
        }
    }

    /// The seed that its noise was typed with; `None` without one, and for an input that is no noise.
    pub fn seed(&self) -> Option<u64> {
        match self.kind {
            Kind::Noise { seed, .. } => seed,
            _ => None,
        }
    }

    /// The same noise from another seed; `None` for an input that is no noise.
    pub fn with_seed(&self, seed: u64) -> Option<StimulusSpec> {
        match self.kind {
            Kind::Noise { mean, sd, grid, .. } => {
                Some(StimulusSpec { kind: Kind::Noise { mean, sd, grid, seed: Some(seed) }, ..*self })
            }
            _ => None,
        }
    }

    /// The first and the last time of a recorded input \[ms\]; `None` for any other, and for a file that [`stimulus`](Self::stimulus)
    /// refuses.
    pub fn recorded_span(&self) -> Option<[f64; 2]> {
        let Kind::Csv(recorded) = &self.kind else { return None };
        let stimulus = recorded.stimulus().ok()?;
        let pieces = stimulus.pieces();
        Some([pieces.first()?.start, pieces.last()?.start])
    }

    /// How a recorded input goes on between its samples; `None` for any other.
    pub fn interpolation(&self) -> Option<Interpolation> {
        match &self.kind {
            Kind::Csv(recorded) => Some(recorded.interpolation),
            _ => None,
        }
    }

    /// The input as a function of time, for a run of `duration` ms.
    ///
    /// # Errors
    /// A duration that is not positive; an onset, a pulse, or all that is not zero of a recording at or after the end: nobody
    /// asks for an input to leave it unseen. Pulses that overlap; noise of more than 10⁷ values; a file that cannot be read
    /// or used.
    pub fn stimulus(&self, duration: f64) -> Result<Stimulus> {
        error::positive("duration in ms", duration, "Give a duration such as 1000.")?;
        match &self.kind {
            Kind::Step { amplitude, onset } => from_onset(*amplitude, inside(*onset, duration)?),
            Kind::Ramp { from, to, onset } => Stimulus::ramp(*from, *to, inside(*onset, duration)?, duration),
            Kind::Pulse { amplitude, width, starts } => {
                starts.iter().try_for_each(|start| inside(*start, duration).map(|_| ()))?;
                Stimulus::pulses(*amplitude, *width, starts)
            }
            Kind::Sine { mean, amplitude, frequency, onset } => {
                // Hz to rad/ms.
                let omega = Typed::TAU * *frequency / 1000.0.into();
                let sinusoid = [inside(*onset, duration)?, *amplitude, omega, 0.0.into()];
                Ok(from_onset(*mean, *onset)?.with_typed_sinusoid(sinusoid))
            }
            Kind::Noise { mean, sd, grid, seed } => {
                Stimulus::frozen_noise(mean.value(), sd.value(), *grid, seed.unwrap_or(SEED), duration)
            }
            Kind::Csv(recorded) => {
                let stimulus = recorded.stimulus()?.until(duration);
                let count = stimulus.pieces().len();
                if count > MOST_RECORDED {
                    let until = stimulus.pieces()[MOST_RECORDED - 1].start;
                    let given = format!("{count} samples of {} in a run of {duration} ms", recorded.path.display());
                    let mend = format!("Give a duration of at most {until} ms, or resample the recording.");
                    return Err(Error::invalid("input", given, format!("at most {MOST_RECORDED}"), mend));
                }
                let first = stimulus.pieces().iter().find(|p| p.value != 0.0 || p.slope != 0.0);
                first.map_or(Ok(0.0.into()), |p| inside(p.start.into(), duration))?;
                Ok(stimulus)
            }
        }
    }
}

fn csv(rest: &str) -> Result<StimulusSpec> {
    let (path, interpolation) = match rest.strip_suffix(":hold") {
        Some(path) => (path, Interpolation::Hold),
        None => (rest.strip_suffix(":linear").unwrap_or(rest), Interpolation::Linear),
    };
    if path.is_empty() {
        return Err(malformed("csv", "without a file"));
    }
    let recorded = Recorded { path: path.into(), interpolation, read: Arc::default() };
    Ok(StimulusSpec { kind: Kind::Csv(recorded), unit: None })
}

fn form_of(kind: &str) -> Option<&'static str> {
    FORMS.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind)).map(|(_, form)| *form)
}

fn unknown(kind: &str) -> Error {
    Error::unknown("input", kind, FORMS.iter().map(|(name, _)| *name).chain(["or a number for a constant input"]))
}

fn malformed(kind: &str, given: &str) -> Error {
    let form = form_of(kind).unwrap_or("a number");
    Error::invalid(format!("input '{kind}'"), given, form, "Parts in brackets may be left out.")
}

/// Zero, then `amplitude` from `onset` on.
fn from_onset(amplitude: Typed, onset: Typed) -> Result<Stimulus> {
    Stimulus::typed([[onset, amplitude, 0.0.into()]])
}

fn inside(typed: Typed, duration: f64) -> Result<Typed> {
    let onset = typed.value();
    if onset < duration {
        return Ok(typed);
    }
    Err(Error::invalid(
        "input onset",
        format!("{onset} ms in a run of {duration} ms"),
        "a time before the end",
        "Start the input earlier or raise the duration.",
    ))
}

/// An amplitude in the unit it is typed with, which all amplitudes of an input have; `unit` holds that of the ones before.
fn amplitude(what: &str, text: &str, unit: &Cell<Option<InputUnit>>) -> Result<Typed> {
    let kinds = [InputUnit::VoltagePerTime, InputUnit::Current];
    let typed = kinds.into_iter().find_map(|unit| Some((unit, unit.dimension().with_unit(text)?)));
    let (own, value) = match (typed, plain(text)) {
        (Some((own, value)), _) => (Some(own), value),
        (None, Some(value)) => (None, value),
        // A frequency or a time where an amplitude belongs, or no number at all.
        (None, None) => {
            return Err(Error::invalid(
                what,
                SLOPE.given(text),
                format!("a finite number, or one in {}, or for the 2007 form in {}", SLOPE.units(), CURRENT.units()),
                "Write it like 10, 10mV/ms or 110pA.",
            ));
        }
    };
    match (own, unit.get()) {
        (Some(own), Some(before)) if own != before => Err(Error::invalid(
            what,
            format!("'{}' beside an amplitude in {}", text.trim(), before.name()),
            "amplitudes of one kind",
            format!("Write all in {} or all in {}.", before.name(), own.name()),
        )),
        _ => {
            unit.set(own.or(unit.get()));
            Ok(value)
        }
    }
}

fn time(what: &str, text: &str) -> Result<Typed> {
    not_negative(what, TIME.read(what, text)?)
}

fn positive(what: &str, text: &str, dimension: &Dimension) -> Result<Typed> {
    let typed: Typed = dimension.read(what, text)?;
    error::positive(what, typed.value(), "Write it like 2 or 0.5.")?;
    Ok(typed)
}

fn not_negative(what: &str, typed: Typed) -> Result<Typed> {
    if typed.value() >= 0.0 {
        return Ok(typed);
    }
    Err(Error::invalid(what, typed.value(), "0 or more", "Runs start at 0 ms; spreads have no sign."))
}

fn seed(text: &str) -> Result<u64> {
    text.trim().parse().map_err(|_| {
        let given = format!("'{}'", text.trim());
        Error::invalid("noise seed", given, "a whole number from 0 to 18446744073709551615", "Use 1, the default.")
    })
}
