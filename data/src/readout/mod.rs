//! Reading the excitement: which class the spikes of a layer speak for, and how good the answers are.
//!
//! | readout | learns from the training pictures | answers with the class |
//! |---|---|---|
//! | [`Assignment::all_activity`] | the class each neuron fires most for | whose neurons fire most on average |
//! | [`Assignment::proportion_weighting`] | also the share of its spikes each class has | the same, each neuron weighted by that share |
//! | [`NGram`] | which sequences of n spikes each class makes | whose sequences are met most |
//! | [`LinearReadout`] | multinomial logistic regression with an L2 penalty | of the largest score |
//!
//! The first three are BindsNET's (`bindsnet/evaluation/evaluation.py`; Diehl & Cook 2015, Front. Comput. Neurosci. 9:99 for the first
//! two). [`nearest_centroid`] and [`nearest_neighbour`] on the pixels are the levels that any network has to be held against.
//!
//! Spikes come as [`Features`], one row a picture with the spike count of each neuron; for [`NGram`], which needs their order, as
//! [`FiringOrder`]. Where classes tie, the first wins.
//!
//! ```
//! use data::readout::{Assignment, Features};
//! // Three neurons, four training pictures: the first neuron fires for class 0, the other two for class 1.
//! let training = Features::new(3, vec![5.0, 0.0, 1.0, 4.0, 1.0, 0.0, 0.0, 6.0, 3.0, 1.0, 5.0, 4.0])?;
//! let assignment = Assignment::fit(&training, &[0, 0, 1, 1], 2)?;
//! assert_eq!(assignment.classes_of_neurons(), [0, 1, 1]);
//! let test = Features::new(3, vec![3.0, 1.0, 1.0, 2.0, 3.0, 4.0])?;
//! assert_eq!(assignment.all_activity(&test)?, [0, 1]);
//! # Ok::<(), data::Error>(())
//! ```

mod assignment;
mod baseline;
mod confusion;
mod features;
mod interval;
mod linear;
#[cfg(not(target_family = "wasm"))]
mod logistic;
mod ngram;

pub use assignment::Assignment;
pub use baseline::{nearest_centroid, nearest_neighbour};
pub use confusion::ConfusionMatrix;
pub use features::Features;
pub use interval::{Interval, student_t, wilson};
pub use linear::LinearReadout;
pub use ngram::{FiringOrder, NGram};

/// The first of the largest; 0 where there is none.
pub fn first_largest(scores: impl IntoIterator<Item = f64>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, score) in scores.into_iter().enumerate() {
        if score > best.1 {
            best = (class, score);
        }
    }
    best.0
}
