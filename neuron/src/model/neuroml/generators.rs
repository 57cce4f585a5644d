//! Inputs of NeuroML: pulse, ramp and sine generators as what a stimulus can hold.
//!
//! Source: the component types of the same names in NeuroML's `Inputs.xml`, version 2. A name that ends in DL is without dimension: mV/ms
//! here. All are right-continuous, and zero (a ramp: its baseline) outside of `delay` to `delay + duration`.

use std::f64::consts::TAU;

use super::super::{InputUnit, Piece, Sinusoid, Stimulus};
use super::Element;
use crate::error::Result;
use data::quantity::{CURRENT, NUMBER, TIME};

/// The sum of generators.
#[derive(Default)]
pub(super) struct Sum {
    /// Each with its pieces in the order of time.
    linear: Vec<Vec<Piece>>,
    /// The sine and its end \[ms\].
    sine: Option<(Sinusoid, f64)>,
    /// Each in words.
    pub(super) words: Vec<String>,
}

impl Sum {
    /// Adds `weight` times what the element generates.
    ///
    /// # Errors
    /// An element that is no such generator, of another unit, or with parameters that are none; a second sine.
    pub(super) fn add(&mut self, of: Element<'_>, weight: f64, unit: InputUnit) -> Result<()> {
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
        if delay < 0.0 || duration < 0.0 {
            return Err(of.refused("has a negative time", "Runs start at 0 ms."));
        }
        let end = delay + duration;
        let piece = |start: f64, value: f64, slope: f64| Piece { start, value: weight * value, slope: weight * slope };
        let unit = unit.name();
        let (words, pieces) = match kind {
            "pulseGenerator" => {
                let amplitude = amplitude("amplitude")?;
                (format!("{amplitude} {unit}"), [piece(delay, amplitude, 0.0), piece(end, 0.0, 0.0)])
            }
            "rampGenerator" => {
                let [from, to, base] = ["startAmplitude", "finishAmplitude", "baselineAmplitude"].map(amplitude);
                let (from, to, base) = (from?, to?, base?);
                self.linear.push(vec![piece(0.0, base, 0.0)]);
                let slope = if duration > 0.0 { (to - from) / duration } else { 0.0 };
                let words = format!("{from} to {to} {unit} over {base} {unit}");
                (words, [piece(delay, from - base, slope), piece(end, 0.0, 0.0)])
            }
            _ => {
                let (amplitude, phase) = (amplitude("amplitude")?, of.value("phase", &NUMBER)?);
                let period = of.value("period", &TIME)?;
                if period <= 0.0 {
                    return Err(of.refused("has no positive period", "Write it like period=\"25ms\"."));
                }
                let sinusoid = Sinusoid { start: delay, amplitude: weight * amplitude, omega: TAU / period, phase };
                if self.sine.replace((sinusoid, end)).is_some() {
                    return Err(of.refused("is a second sine, and an input holds one", "Give an input in its place."));
                }
                (
                    format!("a sine of {amplitude} {unit} and {period} ms"),
                    [piece(delay, 0.0, 0.0), piece(end, 0.0, 0.0)],
                )
            }
        };
        let times = if weight == 1.0 { String::new() } else { format!(", times {weight}") };
        self.words.push(format!("{} {}, {words} from {delay} to {end} ms{times}", of.tag(), of.id()));
        if duration > 0.0 {
            self.linear.push(pieces.into());
        }
        Ok(())
    }

    /// The sum, and the time \[ms\] up to which it is that.
    ///
    /// # Errors
    /// Numbers that are not finite.
    pub(super) fn stimulus(&self) -> Result<(Stimulus, Option<f64>)> {
        let mut starts: Vec<f64> = self.linear.iter().flatten().map(|piece| piece.start).chain([0.0]).collect();
        starts.sort_by(f64::total_cmp);
        starts.dedup();
        let at = |start: f64| {
            let active = self.linear.iter().filter_map(|pieces| pieces.iter().rev().find(|piece| piece.start <= start));
            let sum = |(value, slope): (f64, f64), p: &Piece| {
                (value + p.value + p.slope * (start - p.start), slope + p.slope)
            };
            let (value, slope) = active.fold((0.0, 0.0), sum);
            Piece { start, value, slope }
        };
        let stimulus = Stimulus::piecewise_linear(starts.into_iter().map(at).collect())?;
        match self.sine {
            None => Ok((stimulus, None)),
            Some((sine, end)) => Ok((stimulus.with_sinusoid(sine), Some(end))),
        }
    }
}
