//! Inputs of NeuroML: pulse, ramp and sine generators as what a stimulus can hold.
//!
//! Source: the component types of the same names in NeuroML's `Inputs.xml`, version 2. A name that ends in DL is without dimension: mV/ms
//! here. All are right-continuous, and zero (a ramp: its baseline) outside of `delay` to `delay + duration`.

use super::super::{InputUnit, Stimulus, Typed};
use super::element::Element;
use crate::error::Result;
use data::quantity::{CURRENT, NUMBER, TIME};

/// The sum of generators.
#[derive(Default)]
pub(super) struct Sum {
    /// Each with the starts, values and slopes of its pieces in the order of time.
    linear: Vec<Vec<[Typed; 3]>>,
    /// Start, amplitude, angular frequency and phase of the sine, and its end \[ms\].
    sine: Option<([Typed; 4], f64)>,
    /// Each in words.
    pub(super) words: Vec<String>,
}

impl Sum {
    /// Adds `weight` times what the element generates.
    ///
    /// # Errors
    /// An element that is no such generator, of another unit, or with parameters that are none; a second sine.
    pub(super) fn add(&mut self, of: Element<'_>, weight: Typed, unit: InputUnit) -> Result<()> {
        let (kind, dimensionless) = of.tag().strip_suffix("DL").map_or((of.tag(), false), |kind| (kind, true));
        if !["pulseGenerator", "sineGenerator", "rampGenerator", "compoundInput"].contains(&kind) {
            let mend = "Pulse, sine and ramp generators and their sums can be; give an input in its place.";
            return Err(of.refused("cannot be held as an input", mend));
        }
        if dimensionless != (unit == InputUnit::VoltagePerTime) {
            let why = format!("does not fit the cell, whose input is in {}", unit.name());
            return Err(
                of.refused(&why, "NeuroML gives pulseGenerator to an izhikevich2007Cell, pulseGeneratorDL to others.")
            );
        }
        if kind == "compoundInput" {
            let silent = ["notes", "annotation", "property"];
            return of
                .children()
                .filter(|c| !silent.contains(&c.tag()))
                .try_for_each(|child| self.add(child, weight, unit));
        }
        let amplitude = |key: &str| of.value(key, if dimensionless { &NUMBER } else { &CURRENT });
        let (delay, duration) = (of.value("delay", &TIME)?, of.value("duration", &TIME)?);
        if delay.value() < 0.0 || duration.value() < 0.0 {
            return Err(of.refused("has a negative time", "Runs start at 0 ms."));
        }
        let end = delay + duration;
        let zero = Typed::from(0.0);
        let piece = |start: Typed, value: Typed, slope: Typed| [start, weight * value, weight * slope];
        let shown = Typed::value;
        let unit = unit.name();
        let (words, pieces) = match kind {
            "pulseGenerator" => {
                let amplitude = amplitude("amplitude")?;
                (format!("{} {unit}", shown(amplitude)), [piece(delay, amplitude, zero), piece(end, zero, zero)])
            }
            "rampGenerator" => {
                let [from, to, base] = ["startAmplitude", "finishAmplitude", "baselineAmplitude"].map(amplitude);
                let (from, to, base) = (from?, to?, base?);
                self.linear.push(vec![piece(zero, base, zero)]);
                let slope = if duration.value() > 0.0 { (to - from) / duration } else { zero };
                let words = format!("{} to {} {unit} over {} {unit}", shown(from), shown(to), shown(base));
                (words, [piece(delay, from - base, slope), piece(end, zero, zero)])
            }
            _ => {
                let (amplitude, phase) = (amplitude("amplitude")?, of.value("phase", &NUMBER)?);
                let period = of.value("period", &TIME)?;
                if period.value() <= 0.0 {
                    return Err(of.refused("has no positive period", "Write it like period=\"25ms\"."));
                }
                let sine = [delay, weight * amplitude, Typed::TAU / period, phase];
                if self.sine.replace((sine, end.value())).is_some() {
                    return Err(of.refused("is a second sine, and an input holds one", "Give an input in its place."));
                }
                (
                    format!("a sine of {} {unit} and {} ms", shown(amplitude), shown(period)),
                    [piece(delay, zero, zero), piece(end, zero, zero)],
                )
            }
        };
        let (weight, delay, end) = (shown(weight), shown(delay), shown(end));
        let times = if weight == 1.0 { String::new() } else { format!(", times {weight}") };
        self.words.push(format!("{} {}, {words} from {delay} to {end} ms{times}", of.tag(), of.id()));
        if duration.value() > 0.0 {
            self.linear.push(pieces.into());
        }
        Ok(())
    }

    /// The sum, and the time \[ms\] up to which it is that.
    ///
    /// # Errors
    /// Numbers that are not finite.
    pub(super) fn stimulus(&self) -> Result<(Stimulus, Option<f64>)> {
        let starts = self.linear.iter().flatten().map(|[start, ..]| *start);
        let mut starts: Vec<Typed> = std::iter::once(0.0.into()).chain(starts).collect();
        starts.sort_by(|a, b| a.value().total_cmp(&b.value()));
        starts.dedup_by(|a, b| a.value() == b.value());
        let at = |at: Typed| {
            let begun = |piece: &&[Typed; 3]| piece[0].value() <= at.value();
            let active = self.linear.iter().filter_map(|pieces| pieces.iter().rev().find(begun));
            let sum = |[start, value, slope]: [Typed; 3], p: &[Typed; 3]| {
                [start, value + p[1] + p[2] * (at - p[0]), slope + p[2]]
            };
            active.fold([at, 0.0.into(), 0.0.into()], sum)
        };
        let stimulus = Stimulus::typed(starts.into_iter().map(at))?;
        match self.sine {
            None => Ok((stimulus, None)),
            Some((sine, end)) => Ok((stimulus.with_typed_sinusoid(sine), Some(end))),
        }
    }
}
