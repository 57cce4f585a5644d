//! From what the lanes of a block tell of their spikes to a list in order.

use pulp::Simd;

use super::Real;
use super::block::{Aligned, BLOCK, Column};
use super::clock::Clock;
use super::lanes::Steps;
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

/// Appends a spike for each of the first `given` lanes of a block with a step in `at_end`; `spike` is that of the first lane.
#[inline(always)]
pub(super) fn single<S: Simd, T: Real>(
    simd: S,
    at_end: &Column<T::Word>,
    given: usize,
    spike: Spike,
    spikes: &mut Vec<Spike>,
) {
    let lanes = T::lanes::<S>();
    // By the 64: which of a few lanes spike, no processor foresees.
    for (word, first) in (0..given).step_by(64).enumerate() {
        let mut bits = 0;
        for i in 0..64 / lanes {
            bits |= Steps::<S, T>::load(simd, at_end, word * (64 / lanes) + i).any().bits() << (i * lanes);
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

/// Puts the spikes that the first `given` lanes of a block had at the ends of steps into `buffer`, in the order of neurons, and returns
/// their number. The neurons of the block are counted from `neuron` on.
///
/// Two places are filled for each neuron and 64 steps, needed or not: no processor foresees how many are, and a branch on it would
/// take as long as some steps.
#[inline(always)]
pub(super) fn unfold<T: Real>(
    at_ends: &[Aligned<Column<T::Word>>],
    given: usize,
    clock: Clock,
    neuron: u32,
    buffer: &mut Vec<Spike>,
) -> usize {
    let mut used = 0;
    for lane in 0..given {
        let mut first = clock.first + 1;
        // However long a word is, steps are taken by the 64.
        for at_ends in at_ends.chunks((64 / T::DIGITS) as usize) {
            let mut steps = 0u64;
            for at_end in at_ends.iter().rev() {
                steps = steps.unbounded_shl(T::DIGITS as u32) | at_end.0[lane].into();
            }
            used = place(steps, neuron + lane as u32, clock, first, buffer, used);
            first += 64;
        }
    }
    used
}

/// Puts the spikes of `neuron` at the ends of `steps`, of which the lowest digit is the end of the step before `first`, into `buffer` from
/// place `used` on, and returns the place after them.
#[inline(always)]
fn place(mut steps: u64, neuron: u32, clock: Clock, first: u64, buffer: &mut Vec<Spike>, used: usize) -> usize {
    if buffer.len() < used + 64 {
        buffer.resize(2 * used + 64, Spike { neuron: 0, t: 0.0 });
    }
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
    used + count
}
