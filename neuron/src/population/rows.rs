//! The sum of some rows of a matrix, in their order.
//!
//! A strip of the sum stays in registers over all rows, so that nothing is read but the weights, and the result is written once. Each number
//! of the sum is added up in the order of the rows.

use pulp::Simd;

use super::Spike;
use super::real::Real;
use crate::lanes::lane::Lane;

/// A matrix, row by row.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T> {
    pub(super) values: &'a [T],
    /// Numbers of a row.
    pub(super) width: usize,
}

impl<T: Real> Rows<'_, T> {
    /// Adds to `sum` the rows of those that fired, from the column `first` on.
    #[inline(always)]
    pub(super) fn add<S: Simd>(self, simd: S, fired: &[Spike], first: usize, sum: &mut [T]) {
        // Half of the registers, so that some are left for what is being added; then what is left of the sum.
        let mut at = self.strips::<S, 8>(simd, fired, first, 0, sum);
        at = self.strips::<S, 4>(simd, fired, first, at, sum);
        at = self.strips::<S, 1>(simd, fired, first, at, sum);
        for (place, sum) in sum.iter_mut().enumerate().skip(at) {
            for spike in fired {
                *sum += self.values[spike.neuron as usize * self.width + first + place];
            }
        }
    }

    /// As many strips of `K` vectors as there are in `sum` from `at` on; where they end.
    #[inline(always)]
    fn strips<S: Simd, const K: usize>(
        self,
        simd: S,
        fired: &[Spike],
        first: usize,
        mut at: usize,
        sum: &mut [T],
    ) -> usize {
        let n = K * T::lanes::<S>();
        while at + n <= sum.len() {
            let to = &mut T::vectors_mut::<S>(&mut sum[at..at + n])[..K];
            let mut held = [T::splat(simd, T::zero()); K];
            held.copy_from_slice(to);
            for spike in fired {
                let start = spike.neuron as usize * self.width + first + at;
                let row = &T::vectors::<S>(&self.values[start..start + n])[..K];
                for k in 0..K {
                    held[k] = <T as Lane>::add(simd, held[k], row[k]);
                }
            }
            to.copy_from_slice(&held);
            at += n;
        }
        at
    }
}
