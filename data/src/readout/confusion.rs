//! Which class was taken for which.

use super::features::check_labels;
use super::{Interval, wilson};
use crate::error::Result;

/// How often pictures of each class were answered by each class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// Counts the answers to pictures of known classes.
    ///
    /// # Errors
    /// No answers, numbers of labels and answers that differ, or one that is not below `classes`.
    pub fn new(classes: usize, labels: &[usize], answers: &[usize]) -> Result<Self> {
        check_labels(labels, answers.len(), classes)?;
        check_labels(answers, labels.len(), classes)?;
        let mut counts = vec![0; classes * classes];
        labels.iter().zip(answers).for_each(|(label, answer)| counts[label * classes + answer] += 1);
        Ok(Self { classes, counts })
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How often a picture of class `label` was answered by `answer`.
    ///
    /// # Panics
    /// A class that is not below [`classes`](Self::classes).
    pub fn count(&self, label: usize, answer: usize) -> u64 {
        self.counts[label * self.classes..(label + 1) * self.classes][answer]
    }

    /// Pictures answered.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Pictures answered rightly.
    pub fn correct(&self) -> u64 {
        (0..self.classes).map(|class| self.count(class, class)).sum()
    }

    /// The share of right answers.
    pub fn accuracy(&self) -> f64 {
        self.correct() as f64 / self.total() as f64
    }

    /// Where the accuracy lies with 95 % confidence, given the number of pictures: [`wilson`]. It speaks of this training and this
    /// network; over seeds, [`student_t`](super::student_t).
    pub fn interval(&self) -> Interval {
        wilson(self.correct(), self.total())
    }
}
