//! Inputs of the laboratory: ramps, pulses, frozen noise.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

use super::{Stimulus, Typed};
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
    pub fn ramp(
        from: impl Into<Typed>,
        to: impl Into<Typed>,
        onset: impl Into<Typed>,
        end: impl Into<Typed>,
    ) -> Result<Self> {
        let (from, to, onset, end) = (from.into(), to.into(), onset.into(), end.into());
        if onset.value() >= end.value() {
            return Err(Error::invalid(
                "ramp",
                format!("from {} to {} ms", onset.value(), end.value()),
                "an end after the onset",
                "Lower the onset or lengthen the ramp.",
            ));
        }
        let slope = (to - from) / (end - onset);
        Self::typed([[onset, from, slope], [end, to, 0.0.into()]])
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
    pub fn pulses(
        amplitude: impl Into<Typed>,
        width: impl Into<Typed>,
        starts: &[impl Into<Typed> + Copy],
    ) -> Result<Self> {
        let (amplitude, width): (Typed, Typed) = (amplitude.into(), width.into());
        let (zero, touching) = (Typed::from(0.0), 1e-9 * width.value());
        positive("pulse width in ms", width.value(), "A common width is 2.")?;
        let mut starts: Vec<Typed> = starts.iter().map(|start| (*start).into()).collect();
        starts.sort_by(|a, b| a.value().total_cmp(&b.value()));
        let mut pieces: Vec<[Typed; 3]> = Vec::with_capacity(2 * starts.len());
        for start in starts {
            let at = finite("start of a pulse", start.value())?;
            match pieces.last().map(|[end, ..]| end.value()) {
                Some(end) if at < end - touching => {
                    return Err(Error::invalid(
                        "pulses",
                        format!("a start at {at} ms before the last pulse ends at {end} ms"),
                        "pulses that do not overlap",
                        "Shorten the width or move the starts apart.",
                    ));
                }
                // Touching: the end of the last pulse is no end.
                Some(end) if at <= end + touching => {
                    pieces.pop();
                }
                _ => pieces.push([start, amplitude, zero]),
            }
            pieces.push([start + width, zero, zero]);
        }
        Self::typed(pieces)
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
    pub fn frozen_noise(mean: f64, sd: f64, grid: impl Into<Typed>, seed: u64, duration: f64) -> Result<Self> {
        let typed_grid = grid.into();
        let grid = typed_grid.value();
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
        // The values are the f64 that the generator gives.
        let piece = |i| [Typed::from(i as f64) * typed_grid, Typed::binary(normal.sample(&mut rng)), 0.0.into()];
        Self::typed((0..count as usize).map(piece))
    }
}
