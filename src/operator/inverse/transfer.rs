//! The kernels in the frequency domain.

use nalgebra::Complex;

use super::linear::Linear;
use super::subsets::{FACTORIAL, proper_subsets};

/// H_n at `frequencies`, by the recursion over subsets of them: with G_S = |S|! H_{|S|}(s_j, j ∈ S), sorted by its bits,
/// G_S = k2 H₁(Σ_S s) Σ_{T ⊂ S} G_T G_{S∖T}, T neither empty nor S. The sum over all T is the symmetrisation.
pub(super) fn transfer(linear: &Linear, k2: f64, frequencies: &[Complex<f64>]) -> Complex<f64> {
    let zero = Complex::new(0.0, 0.0);
    let subsets = 1usize << frequencies.len();
    let mut g = vec![zero; subsets];
    for set in 1..subsets {
        let members = frequencies.iter().enumerate().filter(|(j, _)| set >> j & 1 == 1);
        let sum = members.fold(zero, |sum, (_, s)| sum + s);
        let forcing = if set.is_power_of_two() {
            Complex::new(1.0, 0.0)
        } else {
            proper_subsets(set).fold(zero, |sum, part| sum + g[part] * g[set ^ part]) * k2
        };
        g[set] = linear.transfer(sum) * forcing;
    }
    g[subsets - 1] / FACTORIAL[frequencies.len()]
}
