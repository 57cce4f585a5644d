//! The kernels in the frequency domain, and the subsets over which their recursions run.

use nalgebra::Complex;

use super::linear::Linear;

/// The highest order n of a kernel h_n or H_n that can be computed.
pub const MAX_KERNEL_ORDER: usize = 4;
/// The highest order to which a response can be expanded.
pub const MAX_RESPONSE_ORDER: usize = 32;

/// n! for the orders there are.
pub(super) const FACTORIAL: [f64; MAX_KERNEL_ORDER + 1] = [1.0, 1.0, 2.0, 6.0, 24.0];

/// The subsets of `set` other than itself and the empty one.
pub(super) fn proper_subsets(set: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some((set - 1) & set), move |part| Some((part.wrapping_sub(1)) & set))
        .take_while(|part| *part != 0)
}

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
