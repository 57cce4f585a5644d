//! A block of neurons, held as columns.

use pulp::Simd;

use super::columns::{BLOCK, Column};
use super::lane::Lane;
use super::lanes::F;

/// A block of neurons, as columns.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Block<T, const P: usize> {
    pub(super) x: [Column<T>; 2],
    pub(super) parameters: [Column<T>; P],
    /// The time \[ms\] at which each left the finite numbers; not a number where it has not.
    diverged_at: Column<f64>,
}

impl<T: Lane, const P: usize> Block<T, P> {
    /// The block of up to [`BLOCK`] neurons whose states are kept as the `states`. Lanes without a neuron of their own repeat the last
    /// one; their spikes are dropped.
    pub(super) fn new(parameters: &[[f64; P]], states: &[[f64; 2]]) -> Self {
        let (x, columns) = ([[T::zero(); BLOCK]; 2], [[T::zero(); BLOCK]; P]);
        let mut block = Block { x, parameters: columns, diverged_at: [f64::NAN; BLOCK] };
        fill(&mut block.parameters, parameters);
        fill(&mut block.x, states);
        block
    }

    /// Takes other parameters of its neurons.
    pub(super) fn set_parameters(&mut self, parameters: &[[f64; P]]) {
        fill(&mut self.parameters, parameters);
    }

    /// The numbers that stand for the state in `lane`.
    pub(super) fn x(&self, lane: usize) -> [f64; 2] {
        self.x.map(|column| column[lane].double())
    }

    /// Puts `lane` at the numbers that stand for a state.
    pub(super) fn set(&mut self, lane: usize, x: [f64; 2]) {
        for (column, x) in self.x.iter_mut().zip(x) {
            column[lane] = T::of(x);
        }
        self.diverged_at[lane] = f64::NAN;
    }

    /// Raises the first number of each lane to `least`; one that is not a number stays so.
    pub(super) fn raise(&mut self, least: &[f64]) {
        for (x, least) in self.x[0].iter_mut().zip(least) {
            *x = if *x < T::of(*least) { T::of(*least) } else { *x };
        }
    }

    /// Notes the first step, until `end` \[ms\], in which a neuron left the finite numbers.
    #[cold]
    pub(super) fn mark(&mut self, end: f64) {
        for (lane, at) in self.diverged_at.iter_mut().enumerate() {
            if at.is_nan() && !self.x.iter().all(|column| column[lane].is_finite()) {
                *at = end;
            }
        }
    }

    /// Whether a lane has left the finite numbers of which that is not noted yet.
    #[cold]
    pub(super) fn has_new_losses(&self) -> bool {
        let lost = |lane: usize| !self.x.iter().all(|column| column[lane].is_finite());
        (0..BLOCK).any(|lane| self.diverged_at[lane].is_nan() && lost(lane))
    }

    /// The time \[ms\] at which `lane` left the finite numbers; `None` where it has not.
    pub(super) fn diverged_at(&self, lane: usize) -> Option<f64> {
        let t = self.diverged_at[lane];
        (!t.is_nan()).then_some(t)
    }
}

/// Puts the numbers of each neuron into its lane, and those of the last one into the lanes that are left.
fn fill<T: Lane, const N: usize>(columns: &mut [Column<T>; N], neurons: &[[f64; N]]) {
    for lane in 0..BLOCK {
        let numbers = neurons[lane.min(neurons.len() - 1)];
        for (column, number) in columns.iter_mut().zip(numbers) {
            column[lane] = T::of(number);
        }
    }
}

/// The parameters and the state of a vector.
type Loaded<S, T, const P: usize> = ([F<S, T>; P], [F<S, T>; 2]);

impl<T: Lane, const P: usize> Block<T, P> {
    /// The parameters and the state of the `i`-th vector.
    #[inline(always)]
    pub(super) fn load<S: Simd>(&self, simd: S, i: usize) -> Loaded<S, T, P> {
        // Neither `from_fn`, whose numbers the compiler leads through memory once more, nor `zip`, which it may leave a call.
        let mut p = [F::splat(simd, 0.0); P];
        #[expect(clippy::needless_range_loop, reason = "an iterator over both is not always inlined")]
        for k in 0..P {
            p[k] = F::load(simd, &self.parameters[k], i);
        }
        (p, [F::load(simd, &self.x[0], i), F::load(simd, &self.x[1], i)])
    }
}
