//! All distances of one spike train from another.

use super::{SpikeErrors, gamma, isi_distance, spike_distance, spike_sync, van_rossum, victor_purpura};
use crate::error::Result;
use crate::spike::SpikeTrain;

/// How far a spike train is from a reference, by every measure of this module.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    /// Distance of Victor and Purpura for each cost.
    pub victor_purpura: Vec<f64>,
    /// Distance of van Rossum for each time constant.
    pub van_rossum: Vec<f64>,
    /// ISI-distance, from 0 to 1.
    pub isi: f64,
    /// SPIKE-distance, from 0 to 1.
    pub spike: f64,
    /// SPIKE-synchronization, the share of spikes that coincide.
    pub spike_sync: f64,
    /// Coincidence factor; `None` where the windows fill the interval.
    pub gamma: Option<f64>,
    /// The spikes paired by their order.
    pub errors: SpikeErrors,
}

impl Distances {
    /// Those of `other` from `reference` over 0 to `duration` \[ms\], at costs \[1/ms\], time constants \[ms\] and a window of coincidence
    /// \[ms\].
    ///
    /// ```
    /// use spikestep::{SpikeTrain, metrics::Distances};
    /// let (a, b) = (SpikeTrain::new(vec![10.0, 20.0, 30.0])?, SpikeTrain::new(vec![10.0, 21.0])?);
    /// let found = Distances::between(&a, &b, &[0.1], &[10.0], 2.0, 30.0)?;
    /// assert_eq!((found.victor_purpura[0], found.errors.missed), (1.1, 1));
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// Spikes after `duration`; a parameter that is not positive and finite.
    pub fn between(
        reference: &SpikeTrain,
        other: &SpikeTrain,
        costs: &[f64],
        taus: &[f64],
        window: f64,
        duration: f64,
    ) -> Result<Self> {
        let (a, b) = (reference, other);
        Ok(Distances {
            victor_purpura: costs.iter().map(|&cost| victor_purpura(a, b, cost)).collect::<Result<_>>()?,
            van_rossum: taus.iter().map(|&tau| van_rossum(a, b, tau)).collect::<Result<_>>()?,
            isi: isi_distance(a, b, duration)?,
            spike: spike_distance(a, b, duration)?,
            spike_sync: spike_sync(a, b, duration)?,
            gamma: gamma(a, b, window, duration)?,
            errors: SpikeErrors::between(b, a),
        })
    }
}
