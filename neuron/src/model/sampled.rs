//! Inputs from samples.

use super::{Interpolation, Stimulus, Typed};
use crate::error::{Result, refuse_if};

impl Stimulus {
    /// The input of samples: zero before the first one, constant after the last, and between them as `interpolation` says. Times are in ms
    /// and increase; of each there is a value \[mV/ms\].
    ///
    /// ```
    /// use spikestep::{Side, Stimulus, model::Interpolation};
    /// let input = Stimulus::sampled(&[0.0, 10.0], &[0.0, 5.0], Interpolation::Linear)?;
    /// assert_eq!((input.value(4.0, Side::After), input.value(99.0, Side::After)), (2.0, 5.0));
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// Numbers of times and values that differ, or are 0; times that do not increase; numbers that are not finite.
    pub fn sampled(times: &[f64], values: &[f64], interpolation: Interpolation) -> Result<Self> {
        let given = format!("{} times and {} values", times.len(), values.len());
        let mend = "Give a value for every time.";
        refuse_if!(times.len() != values.len(), "input", given, "arrays (t, i) of one length", mend);
        refuse_if!(times.is_empty(), "input", "0 samples", "1 or more", "Give at least one sample.");
        // Of times that do not increase the slopes are none, and they are what is at fault.
        let rising = times.windows(2).all(|pair| pair[0] < pair[1]);
        let interpolation = if rising { interpolation } else { Interpolation::Hold };
        Self::of_samples(times.iter().zip(values).map(|(&t, &value)| (t.into(), value.into())), interpolation)
    }

    /// [`sampled`](Self::sampled) of times and values as typed, which are asked for one by one: a long recording is never there twice.
    pub(super) fn of_samples(
        samples: impl Iterator<Item = (Typed, Typed)>,
        interpolation: Interpolation,
    ) -> Result<Self> {
        let mut samples = samples.peekable();
        Self::typed(std::iter::from_fn(|| {
            let (start, value) = samples.next()?;
            let end = samples.peek().filter(|_| interpolation == Interpolation::Linear);
            Some([start, value, end.map_or(0.0.into(), |&(t, end)| (end - value) / (t - start))])
        }))
    }
}
