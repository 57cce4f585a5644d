//! From what the lanes of a block tell of their spikes to a list in order.

use pulp::Simd;

use super::Real;
use super::block::{Aligned, BLOCK, Column};
use super::spike::Spike;
use crate::lanes::Steps;

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

/// The steps of a call by the 128, as words of 64: however long the words of lanes are, what follows finds long ones. The compiler takes
/// several lanes at once here.
#[inline(always)]
pub(super) fn join<T: Real>(at_ends: &[Aligned<Column<T::Word>>], joined: &mut Vec<[Column<u64>; 2]>) {
    let digits = T::DIGITS as usize;
    joined.clear();
    joined.resize((at_ends.len() * digits).div_ceil(128), [[0; BLOCK]; 2]);
    for (k, Aligned(at_end)) in at_ends.iter().enumerate() {
        let words = &mut joined[k * digits / 128][k * digits / 64 % 2];
        for lane in 0..BLOCK {
            words[lane] |= at_end[lane].into() << (k * digits % 64);
        }
    }
}

/// Appends the spikes that the first `given` lanes of a block had at the ends of the steps `joined`, in the order of neurons, which are
/// counted from `neuron` on; `times` \[ms\] are the ends of the steps.
///
/// One loop for a neuron and 128 steps: how many of them spike, no processor foresees, so that the end of each loop costs as much as some
/// spikes.
#[inline(always)]
pub(super) fn unfold(
    joined: &[[Column<u64>; 2]],
    given: usize,
    times: &[[f64; 128]],
    neuron: u32,
    spikes: &mut Vec<Spike>,
) {
    for lane in 0..given {
        let neuron = neuron + lane as u32;
        for k in 0..joined.len().min(times.len()) {
            let ([low, high], times) = (&joined[k], &times[k]);
            let mut steps = u128::from(low[lane]) | u128::from(high[lane]) << 64;
            spikes.extend((0..steps.count_ones()).map(|_| {
                let t = times[steps.trailing_zeros() as usize % 128];
                steps &= steps.wrapping_sub(1);
                Spike { neuron, t }
            }));
        }
    }
}
