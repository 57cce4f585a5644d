//! A spike of a population, and lists of them.

use rayon::prelude::*;

/// A spike of a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// The number of the neuron that spiked.
    pub neuron: u32,
    /// The time of the spike \[ms\]: the crossing of the peak where the scheme locates it, or the end of its step.
    pub t: f64,
}

/// Spikes of a call below which one thread puts them together.
const SERIAL: usize = 6_144;

/// Moves the spikes `found` in the chunks of a population, in their order, to the end of `spikes`; the chunks keep their memory.
pub(super) fn join(found: &mut [Vec<Spike>], spikes: &mut Vec<Spike>) {
    let total: usize = found.iter().map(Vec::len).sum();
    if total < SERIAL {
        for found in found {
            spikes.append(found);
        }
        return;
    }
    // Copied by all threads: on one it would take a good part of what they have saved.
    let mut end = 0;
    let ends: Vec<usize> = found
        .iter()
        .map(|found| {
            end += found.len();
            end
        })
        .collect();
    let chunks = &*found;
    // Where a thread is: the chunk, and the numbers of its spikes.
    let here = |chunk: usize| (chunk, ends[chunk] - chunks[chunk].len(), ends[chunk]);
    let spike = |at: &mut (usize, usize, usize), k: usize| {
        if k < at.1 || k >= at.2 {
            *at = here(ends.partition_point(|end| *end <= k));
        }
        chunks[at.0][k - at.1]
    };
    spikes.par_extend((0..total).into_par_iter().with_min_len(SERIAL / 2).map_init(|| here(0), spike));
    found.iter_mut().for_each(Vec::clear);
}
