//! Sequences of spikes: n-grams.

use std::collections::BTreeMap;

use super::features::check_labels;
use super::first_largest;
use crate::error::{Error, Result, refuse_if};

/// The order in which a layer fired at one picture: for each step with spikes, in order, the neurons that spiked, in theirs.
pub type FiringOrder = Vec<Vec<u32>>;

/// Most sequences one place of one picture may add: neurons that spike together multiply.
const MOST_SEQUENCES: usize = 1 << 24;

/// How often each class made each sequence of n spikes: BindsNET's `update_ngram_scores` and `ngram`.
///
/// *Training* takes every n consecutive steps with spikes (silent steps between them do not count) and scores each sequence of one
/// neuron from each of them for the picture's class. *Testing* writes the neurons down one after the other, those of one step in their
/// order, and adds the scores of each n that stand together; as in BindsNET the last n are left out. So sequences inside a step are
/// looked for, but were never learned as such.
#[derive(Clone, Debug, PartialEq)]
pub struct NGram {
    n: usize,
    classes: usize,
    scores: BTreeMap<Vec<u32>, Vec<f64>>,
}

impl NGram {
    /// Learns the sequences of `n` spikes of the training pictures.
    ///
    /// # Errors
    /// An `n` of 0; labels that do not fit; more than 2²⁴ sequences at one place (many neurons in each of n steps).
    pub fn fit(orders: &[FiringOrder], labels: &[usize], classes: usize, n: usize) -> Result<Self> {
        refuse_if!(n == 0, "the length of an n-gram", n, "1 or more", "Take pairs: 2.");
        check_labels(labels, orders.len(), classes)?;
        let mut scores: BTreeMap<Vec<u32>, Vec<f64>> = BTreeMap::new();
        for (order, label) in orders.iter().zip(labels) {
            let steps: Vec<&[u32]> = order.iter().map(Vec::as_slice).filter(|step| !step.is_empty()).collect();
            for window in steps.windows(n) {
                for_each_sequence(window, |sequence| match scores.get_mut(sequence) {
                    Some(score) => score[*label] += 1.0,
                    None => {
                        let mut score = vec![0.0; classes];
                        score[*label] = 1.0;
                        scores.insert(sequence.to_vec(), score);
                    }
                })?;
            }
        }
        Ok(Self { n, classes, scores })
    }

    /// The class of each picture; class 0 where no known sequence is met.
    pub fn predict(&self, orders: &[FiringOrder]) -> Vec<usize> {
        let answer = |order: &FiringOrder| {
            let spikes: Vec<u32> = order.iter().flatten().copied().collect();
            let mut sums = vec![0.0; self.classes];
            for sequence in spikes.windows(self.n).take(spikes.len().saturating_sub(self.n)) {
                if let Some(score) = self.scores.get(sequence) {
                    sums.iter_mut().zip(score).for_each(|(sum, score)| *sum += score);
                }
            }
            first_largest(sums)
        };
        orders.iter().map(answer).collect()
    }

    /// How often each class made `sequence` in training, if any did.
    pub fn score(&self, sequence: &[u32]) -> Option<&[f64]> {
        self.scores.get(sequence).map(Vec::as_slice)
    }
}

/// Calls `visit` with one neuron from each of the steps, in all ways.
fn for_each_sequence(steps: &[&[u32]], mut visit: impl FnMut(&[u32])) -> Result<()> {
    let ways = steps.iter().try_fold(1usize, |ways, step| ways.checked_mul(step.len()));
    let Some(ways) = ways.filter(|ways| *ways <= MOST_SEQUENCES) else {
        return Err(Error::invalid(
            "the length of an n-gram",
            steps.len(),
            format!("one that makes at most {MOST_SEQUENCES} sequences of neurons that spike in as many steps"),
            "Take a shorter one: 2.",
        ));
    };
    let mut sequence = vec![0; steps.len()];
    for way in 0..ways {
        let mut rest = way;
        for (place, step) in sequence.iter_mut().zip(steps) {
            *place = step[rest % step.len()];
            rest /= step.len();
        }
        visit(&sequence);
    }
    Ok(())
}
