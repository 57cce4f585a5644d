//! A kernel given by samples.

use std::fmt;

use crate::error::{Error, Result, finite, positive};
use crate::operator::short::short;

/// Samples of a kernel at 0, spacing, 2 spacing, … ms, joined by straight lines; zero after the last.
#[derive(Clone, Debug, PartialEq)]
pub struct SampledKernel {
    spacing: f64,
    values: Vec<f64>,
}

impl SampledKernel {
    pub(super) fn new(spacing: f64, values: Vec<f64>) -> Result<Self> {
        positive("spacing of a sampled kernel in ms", spacing, "Sample the kernel at times 0, 0.1, 0.2, ..., say.")?;
        if values.len() < 2 {
            return Err(Error::invalid(
                "sampled kernel",
                format!("{} samples long", values.len()),
                "two samples or more",
                "Sample the kernel over the time that it remembers.",
            ));
        }
        for (i, &value) in values.iter().enumerate() {
            finite(&format!("kernel at t = {} ms", short(i as f64 * spacing)), value)?;
        }
        Ok(SampledKernel { spacing, values })
    }

    /// Time of the last sample \[ms\].
    fn duration(&self) -> f64 {
        (self.values.len() - 1) as f64 * self.spacing
    }

    pub(super) fn scale(&mut self, factor: f64) {
        self.values.iter_mut().for_each(|v| *v *= factor);
    }

    pub(super) fn value(&self, t: f64) -> f64 {
        let x = t / self.spacing;
        let i = x as usize;
        match (self.values.get(i), self.values.get(i + 1)) {
            (Some(&a), Some(&b)) => a + (b - a) * (x - i as f64),
            (Some(&a), None) if x == i as f64 => a,
            _ => 0.0,
        }
    }

    /// Exact moments: between samples κ yᵏ is a polynomial.
    pub(super) fn moments(&self, start: f64, length: f64) -> [f64; 4] {
        let mut sum = [0.0; 4];
        let end = start + length;
        // A panel's end that misses a sample by rounding must not open an interval of rounding's length: it would do no
        // harm, its moments being as small.
        let first = (start / self.spacing) as usize;
        for i in first..self.values.len() - 1 {
            let (left, right) = (i as f64 * self.spacing, (i + 1) as f64 * self.spacing);
            if left >= end {
                break;
            }
            let (y0, y1) = ((left.max(start) - start) / length, (right.min(end) - start) / length);
            if y1 <= y0 {
                continue;
            }
            let slope = (self.values[i + 1] - self.values[i]) / self.spacing * length;
            let at_zero = self.values[i] - slope * (left - start) / length;
            let (mut p0, mut p1) = (y0, y1);
            for (k, s) in sum.iter_mut().enumerate() {
                let k = k as f64;
                let (q0, q1) = (p0 * y0, p1 * y1);
                *s += length * (at_zero * (p1 - p0) / (k + 1.0) + slope * (q1 - q0) / (k + 2.0));
                (p0, p1) = (q0, q1);
            }
        }
        sum
    }

    pub(super) fn check_grid(&self, dt: f64, duration: f64) -> Result<()> {
        let ratio = dt / self.spacing;
        if ratio < 0.5 || (ratio - ratio.round()).abs() > 1e-6 * ratio {
            return Err(Error::invalid(
                "spacing of a sampled kernel",
                format!("{} ms with a step of {dt} ms", self.spacing),
                "a spacing that goes a whole number of times into the step",
                format!("Sample the kernel every {dt} ms, or at an integer fraction of that."),
            ));
        }
        let largest = self.values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let last = self.values.last().map_or(0.0, |v| v.abs());
        if self.duration() < duration * (1.0 - 1e-9) && last > 1e-6 * largest {
            return Err(Error::invalid(
                "length of a sampled kernel",
                format!("{} ms, where it is still {:.2e} of its largest value", self.duration(), last / largest),
                format!("{duration} ms, the time to be solved, or a kernel that has died away to 1e-6"),
                "Give more samples, or let the last ones go to 0.",
            ));
        }
        Ok(())
    }
}

impl fmt::Display for SampledKernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "κ_sampled[{} values, every {} ms] θ", self.values.len(), self.spacing)
    }
}
