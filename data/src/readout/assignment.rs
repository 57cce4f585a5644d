//! Which class each neuron speaks for: all-activity and proportion weighting.

use serde::{Deserialize, Serialize};

use super::{Features, first_largest};
use crate::error::Result;

/// The class of each neuron, from what it fired for in training: BindsNET's `assign_labels`.
///
/// A neuron's rate for a class is its mean spike count over the class's pictures; its class is that of the largest rate; its
/// *proportions* are its rates divided by their sum (all zero for a neuron that never fired, which so belongs to class 0, as in
/// BindsNET).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    classes: usize,
    /// Spikes a picture, neuron after neuron, a value for each class.
    rates: Vec<f64>,
}

impl Assignment {
    /// Learns from the spike counts of the training pictures.
    ///
    /// # Errors
    /// Labels that do not fit the rows, or are not below `classes`.
    pub fn fit(counts: &Features, labels: &[usize], classes: usize) -> Result<Self> {
        let mut assignment = Self { classes, rates: vec![0.0; counts.columns() * classes] };
        assignment.update(counts, labels, 1.0)?;
        Ok(assignment)
    }

    /// Goes on with more pictures: for each class among `labels`, rate ← alpha·rate + mean count (BindsNET's rule: a sum with decay,
    /// not an average).
    ///
    /// # Errors
    /// As [`fit`](Self::fit); another number of neurons.
    pub fn update(&mut self, counts: &Features, labels: &[usize], alpha: f64) -> Result<()> {
        counts.of_width(self.rates.len() / self.classes.max(1))?;
        counts.labelled(labels, self.classes)?;
        for class in 0..self.classes {
            let of_class = || counts.iter().zip(labels).filter(|(_, label)| **label == class).map(|(row, _)| row);
            let shown = of_class().count() as f64;
            if shown == 0.0 {
                continue;
            }
            let mut sums = vec![0.0; counts.columns()];
            for row in of_class() {
                sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += f64::from(*count));
            }
            for (rates, sum) in self.rates.chunks_exact_mut(self.classes).zip(sums) {
                rates[class] = alpha * rates[class] + sum / shown;
            }
        }
        Ok(())
    }

    /// The class of each neuron.
    pub fn classes_of_neurons(&self) -> Vec<usize> {
        self.neurons().map(|rates| first_largest(rates.iter().copied())).collect()
    }

    /// The share of neuron `neuron`'s rate that each class has.
    ///
    /// # Panics
    /// A neuron that is not in the layer.
    pub fn proportions(&self, neuron: usize) -> Vec<f64> {
        proportions(&self.rates[neuron * self.classes..(neuron + 1) * self.classes])
    }

    /// For each picture the class whose neurons have the largest mean spike count: BindsNET's `all_activity`.
    ///
    /// Classes without a neuron count as 0; a picture without spikes is of class 0.
    ///
    /// # Errors
    /// Another number of neurons than in training.
    pub fn all_activity(&self, counts: &Features) -> Result<Vec<usize>> {
        self.answers(counts, &vec![1.0; counts.columns()])
    }

    /// As [`all_activity`](Self::all_activity) with each spike weighted by its neuron's proportion of the class it is assigned to:
    /// BindsNET's `proportion_weighting`. (The mean is over the number of neurons, not over the sum of weights.)
    ///
    /// # Errors
    /// Another number of neurons than in training.
    pub fn proportion_weighting(&self, counts: &Features) -> Result<Vec<usize>> {
        let largest = |rates: &[f64]| proportions(rates)[first_largest(rates.iter().copied())];
        self.answers(counts, &self.neurons().map(largest).collect::<Vec<_>>())
    }

    fn neurons(&self) -> impl Iterator<Item = &[f64]> {
        self.rates.chunks_exact(self.classes.max(1))
    }

    fn answers(&self, counts: &Features, weights: &[f64]) -> Result<Vec<usize>> {
        counts.of_width(self.rates.len() / self.classes.max(1))?;
        let assigned = self.classes_of_neurons();
        let mut neurons = vec![0.0; self.classes];
        assigned.iter().for_each(|class| neurons[*class] += 1.0);
        let answer = |row: &[f32]| {
            let mut sums = vec![0.0; self.classes];
            for ((count, class), weight) in row.iter().zip(&assigned).zip(weights) {
                sums[*class] += weight * f64::from(*count);
            }
            // A class without neurons has the sum 0.
            first_largest(sums.iter().zip(&neurons).map(|(sum, neurons)| sum / f64::max(*neurons, 1.0)))
        };
        Ok(counts.iter().map(answer).collect())
    }
}

fn proportions(rates: &[f64]) -> Vec<f64> {
    let sum: f64 = rates.iter().sum();
    rates.iter().map(|rate| if sum > 0.0 { rate / sum } else { 0.0 }).collect()
}
