//! Inputs of the laboratory: ramps, pulses, frozen noise.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

use super::{Piece, Stimulus};
use crate::error::{Error, Result, finite, positive};

/// Most pieces an input may have: 240 MB of them, and more than any step grid that is of use.
pub(super) const MOST_PIECES: usize = 10_000_000;

impl Stimulus {
    /// Zero before `onset` \[ms\], then a straight line from `from` to `to` \[mV/ms\], reached and kept at `end` \[ms\].
    ///
    /// ```
    /// use spikestep::{Side, Stimulus};
    /// let ramp = Stimulus::ramp(0.0, 20.0, 100.0, 500.0)?;
    /// assert_eq!(ramp.value(300.0, Side::After), 10.0);
    /// assert_eq!(ramp.value(600.0, Side::After), 20.0);
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// Numbers that are not finite, or an end that is not after the onset.
    pub fn ramp(from: f64, to: f64, onset: f64, end: f64) -> Result<Self> {
        if onset >= end {
            return Err(Error::invalid(
                "ramp",
                format!("from {onset} to {end} ms"),
                "an end after the onset",
                "Lower the onset or lengthen the ramp.",
            ));
        }
        let slope = (to - from) / (end - onset);
        Self::piecewise_linear(vec![
            Piece { start: onset, value: from, slope },
            Piece { start: end, value: to, slope: 0.0 },
        ])
    }

    /// Rectangular pulses of `amplitude` \[mV/ms\] and `width` \[ms\] that start at `starts` \[ms\], in any order, on zero.
    ///
    /// Pulses that touch, to 1e-9 of the width, make one longer pulse.
    ///
    /// ```
    /// use spikestep::{Side, Stimulus};
    /// let pulses = Stimulus::pulses(5.0, 2.0, &[10.0, 12.0, 30.0])?;
    /// assert_eq!(pulses.value(13.0, Side::After), 5.0);
    /// assert_eq!(pulses.value(14.0, Side::After), 0.0);
    /// assert!(Stimulus::pulses(5.0, 2.0, &[10.0, 11.0]).is_err());
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// Numbers that are not finite, a width that is not positive, or pulses that overlap.
    pub fn pulses(amplitude: f64, width: f64, starts: &[f64]) -> Result<Self> {
        positive("pulse width in ms", width, "A common width is 2.")?;
        let mut starts = starts.to_vec();
        starts.sort_by(f64::total_cmp);
        let mut pieces: Vec<Piece> = Vec::with_capacity(2 * starts.len());
        for start in starts {
            finite("start of a pulse", start)?;
            match pieces.last().map(|end| end.start) {
                Some(end) if start < end - 1e-9 * width => {
                    return Err(Error::invalid(
                        "pulses",
                        format!("a start at {start} ms before the last pulse ends at {end} ms"),
                        "pulses that do not overlap",
                        "Shorten the width or move the starts apart.",
                    ));
                }
                // Touching: the end of the last pulse is no end.
                Some(end) if start <= end + 1e-9 * width => {
                    pieces.pop();
                }
                _ => pieces.push(Piece { start, value: amplitude, slope: 0.0 }),
            }
            pieces.push(Piece { start: start + width, value: 0.0, slope: 0.0 });
        }
        Self::piecewise_linear(pieces)
    }

    /// Frozen Gaussian noise: independent values of the given mean and standard deviation \[mV/ms\], each kept for `grid`
    /// ms, over `duration` \[ms\]; the last value stays.
    ///
    /// The input is a function of time, so that a step can go to zero under it. Its grid has nothing to do with the step:
    /// the same seed gives the same function whatever the step, and a longer duration only adds to it. (It is not white
    /// noise: at a finer grid with the same `sd` its power at low frequencies is smaller.) The generator is ChaCha8, whose
    /// numbers are the same on every machine.
    ///
    /// ```
    /// use spikestep::{Side, Stimulus};
    /// let short = Stimulus::frozen_noise(5.0, 2.0, 1.0, 1, 10.0)?;
    /// let long = Stimulus::frozen_noise(5.0, 2.0, 1.0, 1, 1000.0)?;
    /// assert_eq!(short.value(9.5, Side::After), long.value(9.5, Side::After));
    /// assert_eq!(long.pieces().len(), 1000);
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// Numbers that are not finite, a negative `sd`, a `grid` or `duration` that is not positive, or more than 10⁷ values.
    pub fn frozen_noise(mean: f64, sd: f64, grid: f64, seed: u64, duration: f64) -> Result<Self> {
        finite("mean of the noise", mean)?;
        let normal = Normal::new(mean, sd).ok().filter(|_| sd >= 0.0).ok_or_else(|| {
            Error::invalid("standard deviation of the noise", sd, "a finite number, 0 or more", "Give one such as 2.")
        })?;
        for (what, value) in [("grid of the noise in ms", grid), ("duration of the noise in ms", duration)] {
            positive(what, value, "A common grid is 1 ms.")?;
        }
        let count = (duration / grid).ceil();
        if count > MOST_PIECES as f64 {
            return Err(Error::invalid(
                "grid of the noise",
                format!("{grid} ms, {count:.3e} values in {duration} ms"),
                format!("at most {MOST_PIECES} values"),
                "Use a coarser grid.",
            ));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let pieces = (0..count as usize)
            .map(|i| Piece { start: i as f64 * grid, value: normal.sample(&mut rng), slope: 0.0 })
            .collect();
        Self::piecewise_linear(pieces)
    }
}
