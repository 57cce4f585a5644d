//! Root mean square errors of v and u, accumulated sample by sample.

/// Streaming root mean square of the errors of v and u: holds no samples.
///
/// The caller chooses the samples; near a spike v differs by tens of mV as soon as the spike has moved at all, so the
/// result depends on how many samples fall there. A sample that is not finite (a solution that diverged) makes the result
/// not finite.
///
/// ```
/// use spikestep::metrics::StateError;
/// let mut error = StateError::default();
/// assert_eq!(error.rms_v(), None);
/// error.push(3.0, 0.5);
/// error.push(-4.0, 0.5);
/// assert_eq!(error.rms_v(), Some(12.5_f64.sqrt()));
/// assert_eq!(error.rms_u(), Some(0.5));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StateError {
    samples: u64,
    v_squared: f64,
    u_squared: f64,
}

impl StateError {
    /// Takes one sample: the errors of v \[mV\] and u \[mV/ms\], scheme − truth.
    pub fn push(&mut self, v_error: f64, u_error: f64) {
        self.samples += 1;
        self.v_squared += v_error * v_error;
        self.u_squared += u_error * u_error;
    }

    /// Number of samples taken.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Root mean square error of v \[mV\]; `None` before the first sample.
    pub fn rms_v(&self) -> Option<f64> {
        self.rms(self.v_squared)
    }

    /// Root mean square error of u \[mV/ms\]; `None` before the first sample.
    pub fn rms_u(&self) -> Option<f64> {
        self.rms(self.u_squared)
    }

    fn rms(&self, sum: f64) -> Option<f64> {
        (self.samples > 0).then(|| (sum / self.samples as f64).sqrt())
    }
}
