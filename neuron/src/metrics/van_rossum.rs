//! The distance of van Rossum: how far two trains are once each spike has become a decaying exponential.
//!
//! Source: M. C. W. van Rossum, *A novel spike distance*, Neural Computation 13 (2001) 751–763; recursive evaluation as in
//! C. Houghton and T. Kreuz, *On the efficient calculation of van Rossum distances*, Network 23 (2012) 48–58.

use crate::SpikeTrain;
use crate::error::{Result, positive};

/// Van Rossum distance with time constant `tau_ms` \[ms\], scaled so that one unmatched spike gives 1:
///
/// ```text
/// D² = (2/τ) ∫ f² dt,    f(t) = Σ_{a_i ≤ t} e^{−(t−a_i)/τ} − Σ_{b_j ≤ t} e^{−(t−b_j)/τ}
///    = Σ_ij e^{−|a_i−a_j|/τ} + Σ_ij e^{−|b_i−b_j|/τ} − 2 Σ_ij e^{−|a_i−b_j|/τ}
/// ```
///
/// (some authors scale D² by 1/2; Elephant 1.2 does as here). τ → 0 gives the root of the number of unmatched spikes,
/// τ → ∞ the difference of the spike counts. A metric for every τ.
///
/// Evaluated from the integral in O(n + m): f decays from event to event, and a sum of squares loses no digits where the
/// double sums cancel, so that trains 1e-9 ms apart are told from equal ones. Only time differences are exponentiated.
///
/// # Errors
/// A time constant that is not positive and finite.
///
/// ```
/// use spikestep::{metrics::van_rossum, SpikeTrain};
/// let a = SpikeTrain::new(vec![100.0]).unwrap();
/// assert_eq!(van_rossum(&a, &SpikeTrain::default(), 10.0).unwrap(), 1.0);
/// assert_eq!(van_rossum(&a, &a, 10.0).unwrap(), 0.0);
/// ```
pub fn van_rossum(a: &SpikeTrain, b: &SpikeTrain, tau_ms: f64) -> Result<f64> {
    positive("van Rossum time constant tau in ms", tau_ms, "Give a time constant such as 10, that of a synapse.")?;
    let (a, b) = (a.times(), b.times());
    let (mut i, mut j) = (0, 0);
    let (mut f, mut squared, mut last) = (0.0, 0.0, f64::NEG_INFINITY);
    while i < a.len() || j < b.len() {
        let t = a.get(i).copied().unwrap_or(f64::INFINITY).min(b.get(j).copied().unwrap_or(f64::INFINITY));
        // A coincident pair is taken together and leaves f as it was, to the last bit.
        let (from_a, from_b) = (a.get(i) == Some(&t), b.get(j) == Some(&t));
        i += usize::from(from_a);
        j += usize::from(from_b);
        let elapsed = (t - last) / tau_ms;
        squared += f * f * -(-2.0 * elapsed).exp_m1();
        f = f * (-elapsed).exp() + (f64::from(from_a) - f64::from(from_b));
        last = t;
    }
    Ok((squared + f * f).sqrt())
}
