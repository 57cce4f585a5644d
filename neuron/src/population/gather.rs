//! From what the lanes of a block tell of their spikes to a list in order.

use std::ops::Range;

use pulp::Simd;

use super::Real;
use super::block::{Aligned, BLOCK, Column};
use super::clock::Clock;
use super::lanes::F;
use super::spike::Spike;

/// Appends the spikes inside the steps of a block, whose neurons are counted from the `first` on, in the order of neurons; those of
/// a neuron are in order already. Lanes from `given` on have no neuron.
pub(super) fn append(found: &[Spike], given: usize, first: u32, spikes: &mut Vec<Spike>) {
    if found.is_empty() {
        return;
    }
    // Where the spikes of each lane go: a sort by counting.
    let mut next = [0usize; BLOCK + 1];
    for spike in found {
        next[spike.neuron as usize + 1] += 1;
    }
    for lane in 0..BLOCK {
        next[lane + 1] += next[lane];
    }
    let start = spikes.len();
    spikes.resize(start + next[given], Spike { neuron: 0, t: 0.0 });
    let to = &mut spikes[start..];
    for spike in found {
        let place = &mut next[spike.neuron as usize];
        if let Some(to) = to.get_mut(*place) {
            *to = Spike { neuron: first + spike.neuron, t: spike.t };
        }
        *place += 1;
    }
}

/// Appends a spike for each of the first `given` lanes of a block that is not zero in `at_end`; `spike` is that of the first lane.
#[inline(always)]
pub(super) fn single<S: Simd, T: Real>(
    simd: S,
    at_end: &Aligned<Column<T>>,
    given: usize,
    spike: Spike,
    spikes: &mut Vec<Spike>,
) {
    let (zero, lanes) = (F::splat(simd, 0.0), T::lanes::<S>());
    // By the 64: which of a few lanes spike, no processor foresees.
    for (word, first) in (0..given).step_by(64).enumerate() {
        let mut bits = 0;
        for i in 0..64 / lanes {
            bits |= zero.lt(F::load(simd, &at_end.0, word * (64 / lanes) + i)).bits() << (i * lanes);
        }
        // Lanes without a neuron.
        bits &= u64::MAX >> (64 - (given - first).min(64));
        while bits != 0 {
            let neuron = spike.neuron + first as u32 + bits.trailing_zeros();
            spikes.push(Spike { neuron, t: spike.t });
            bits &= bits - 1;
        }
    }
}

/// Puts the spikes that `lanes` of a block had at the ends of steps into `buffer`, in the order of neurons, from place `used` on, and
/// returns the place after them. The neurons of the block are counted from `neuron` on.
///
/// Two places are filled for each neuron and word of steps, needed or not: no processor foresees how many are, and a branch on it
/// would take as long as some steps.
#[inline(always)]
pub(super) fn unfold<T: Real>(
    at_ends: &[Aligned<Column<T>>],
    lanes: Range<usize>,
    clock: Clock,
    neuron: u32,
    buffer: &mut Vec<Spike>,
    mut used: usize,
) -> usize {
    for lane in lanes {
        let neuron = neuron + lane as u32;
        let mut first = clock.first + 1;
        for at_end in at_ends {
            if buffer.len() < used + 64 {
                buffer.resize(2 * used + 64, Spike { neuron: 0, t: 0.0 });
            }
            let mut steps = at_end.0[lane].double() as i64;
            let count = steps.count_ones() as usize;
            for pair in buffer[used..used + 64].chunks_exact_mut(2) {
                for place in pair {
                    *place = Spike { neuron, t: clock.start(first + u64::from(steps.trailing_zeros())) };
                    steps &= steps.wrapping_sub(1);
                }
                if steps == 0 {
                    break;
                }
            }
            used += count;
            first += T::DIGITS;
        }
    }
    used
}
