//! Which spikes reach whom.

use std::ops::Range;

use crate::error::{Error, Result, shown};

/// A connection between two neurons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The number of the neuron whose spikes it carries.
    pub pre: u32,
    /// The number of the neuron that they reach.
    pub post: u32,
    /// The charge that a spike delivers \[mV\].
    pub weight: f64,
    /// How long a spike is under way \[ms\].
    pub delay: f64,
}

/// Most edges of a network: 1.6 GB.
pub const MOST_EDGES: usize = 50_000_000;

/// The edges of a network, by sender.
#[derive(Clone, Debug)]
pub struct Edges {
    edges: Vec<Edge>,
    /// Where those of each sender begin, and the end of the last.
    starts: Vec<usize>,
    least_delay: f64,
}

impl Edges {
    /// The edges among so many `neurons`, in any order.
    ///
    /// # Errors
    /// More than [`MOST_EDGES`], a number that is none of a neuron, a weight that is not finite, a delay that is not positive.
    pub fn new(neurons: usize, mut edges: Vec<Edge>) -> Result<Self> {
        if edges.len() > MOST_EDGES {
            let mend = "Take fewer neurons or a smaller probability.";
            return Err(Error::invalid("number of edges", edges.len(), format!("at most {MOST_EDGES}"), mend));
        }
        for Edge { pre, post, weight, delay } in &edges {
            if let Some(end) = [pre, post].into_iter().find(|end| **end as usize >= neurons) {
                let allowed = format!("a number from 0 to {}", neurons.saturating_sub(1));
                return Err(Error::invalid("neuron of an edge", end, allowed, "Neurons are numbered from 0."));
            }
            let what = format!("of the edge from {pre} to {post}");
            if !weight.is_finite() {
                return Err(Error::invalid(
                    format!("weight {what}"),
                    shown(*weight),
                    "a finite number of mV",
                    "Give one.",
                ));
            }
            if !(*delay > 0.0 && delay.is_finite()) {
                let mend = "A spike is under way for some time: give a delay such as 1.";
                return Err(Error::invalid(format!("delay {what}"), shown(*delay), "a positive number of ms", mend));
            }
        }
        edges.sort_by_key(|edge| (edge.pre, edge.post));
        let mut starts = vec![0; neurons + 1];
        edges.iter().for_each(|edge| starts[edge.pre as usize + 1] += 1);
        for i in 0..neurons {
            starts[i + 1] += starts[i];
        }
        let least_delay = edges.iter().map(|edge| edge.delay).fold(f64::INFINITY, f64::min);
        Ok(Edges { edges, starts, least_delay })
    }

    /// The edges that carry the spikes of a neuron, by the number of the neuron that they reach.
    pub fn of(&self, pre: u32) -> &[Edge] {
        &self.edges[self.starts[pre as usize]..self.starts[pre as usize + 1]]
    }

    /// Of the edges that carry the spikes of a neuron those that reach neurons `among`.
    pub(super) fn between(&self, pre: u32, among: Range<u32>) -> &[Edge] {
        let all = self.of(pre);
        let neurons = self.starts.len() - 1;
        let [from, to] = [among.start, among.end].map(|post| {
            // Near where it would be if the edges reached everybody alike: halving all of them touches memory far apart.
            let near = all.len() * post as usize / neurons;
            let mut step = 1;
            let mut ends = [near, near];
            while ends[0] > 0 && all[ends[0] - 1].post >= post {
                ends = [ends[0].saturating_sub(step), ends[0]];
                step *= 2;
            }
            while ends[1] < all.len() && all[ends[1]].post < post {
                ends = [ends[1] + 1, (ends[1] + step).min(all.len())];
                step *= 2;
            }
            ends[0] + all[ends[0]..ends[1]].partition_point(|edge| edge.post < post)
        });
        &all[from..to]
    }

    /// All edges, by sender.
    pub fn all(&self) -> &[Edge] {
        &self.edges
    }

    /// The least delay \[ms\], infinite where there is no edge.
    pub fn least_delay(&self) -> f64 {
        self.least_delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever the edges lie: none, all at one end, two to one neuron.
    #[test]
    fn the_edges_among_neurons_are_found() {
        let to = [vec![], vec![0, 0, 1, 2], vec![6, 7, 7], vec![3], (0..8).collect()];
        let edge = |(pre, post)| Edge { pre, post, weight: 1.0, delay: 1.0 };
        let pairs = to.iter().enumerate().flat_map(|(pre, posts)| posts.iter().map(move |post| (pre as u32, *post)));
        let edges = Edges::new(8, pairs.map(edge).collect()).unwrap();
        for (pre, from, end) in
            (0..5).flat_map(|pre| (0..8).flat_map(move |from| (from..9).map(move |end| (pre, from, end))))
        {
            let among: Vec<Edge> =
                edges.of(pre).iter().filter(|edge| (from..end).contains(&edge.post)).copied().collect();
            assert_eq!(edges.between(pre, from..end), among, "{pre}: {from}..{end}");
        }
    }
}
