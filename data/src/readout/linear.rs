//! The linear readout.

use serde::{Deserialize, Serialize};

#[cfg(not(target_family = "wasm"))]
use super::logistic::minimise;
use super::{Features, first_largest};
use crate::error::{Error, Result};

/// Multinomial logistic regression on standardised features, with an L2 penalty.
///
/// Class k of a picture with the features x has the probability exp(s_k) / Σ_j exp(s_j), with s_k = b_k + Σ_i w_ki (x_i − m_i) / σ_i,
/// where m_i and σ_i are mean and standard deviation over the training pictures (a feature that never changes counts for nothing). Fitted are w
/// and b at the least value of
///
/// −Σ ln p(class of the picture) + ½·penalty·Σ w_ki²,
///
/// the sum over the training pictures; b is free (Hastie, Tibshirani & Friedman 2009, *The Elements of Statistical Learning*,
/// section 4.4; the penalty is 1/C of scikit-learn). The function is convex and its least value unique for a positive penalty; it is
/// found by limited-memory BFGS (`argmin`) from zero, on one thread, so the same features give the same readout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearReadout {
    classes: usize,
    means: Vec<f64>,
    /// 1/σ, or 0.
    scales: Vec<f64>,
    /// For each feature, then for the constant, a weight for each class.
    weights: Vec<f64>,
    gradient: f64,
    iterations: u64,
}

impl LinearReadout {
    /// A penalty to begin with: on the digits' pixels a hundredth of it learns the training pictures too well, and thirty times it
    /// not well enough.
    pub const PENALTY: f64 = 3.0;

    /// Fits the readout to training pictures.
    ///
    /// # Errors
    /// Labels that do not fit; no classes; a penalty that is not positive and finite; any features in WebAssembly.
    pub fn fit(features: &Features, labels: &[usize], classes: usize, penalty: f64) -> Result<Self> {
        features.labelled(labels, classes)?;
        if !(penalty > 0.0 && penalty.is_finite()) {
            let mend = "A small one, such as 0.01, trusts the training images more.";
            return Err(Error::invalid("the penalty of the linear readout", penalty, "a positive number", mend));
        }
        let (means, scales) = standard(features);
        let samples: Vec<f64> = features.iter().flat_map(|row| standardised(row, &means, &scales)).collect();
        #[cfg(target_family = "wasm")]
        {
            drop((means, scales, samples));
            Err(Error::Text("the linear readout is not fitted in WebAssembly: choose another".to_owned()))
        }
        #[cfg(not(target_family = "wasm"))]
        let least = minimise(samples, labels, classes, penalty)?;
        #[cfg(not(target_family = "wasm"))]
        Ok(Self {
            classes,
            means,
            scales,
            weights: least.weights,
            gradient: least.gradient,
            iterations: least.iterations,
        })
    }

    /// The class of the largest score for each picture.
    ///
    /// # Errors
    /// Another number of features than in training.
    pub fn predict(&self, features: &Features) -> Result<Vec<usize>> {
        features.of_width(self.means.len())?;
        Ok(features.iter().map(|row| first_largest(self.scores(row))).collect())
    }

    /// The weight of feature `feature` \[1 per unit of the feature, not of its standard deviation\] for class `class`.
    ///
    /// # Panics
    /// A feature or class that is not there.
    pub fn weight(&self, feature: usize, class: usize) -> f64 {
        self.weights[feature * self.classes..(feature + 1) * self.classes][class] * self.scales[feature]
    }

    /// The Euclidean norm of the gradient where the fit stopped, per training picture: how far from the least value it is.
    pub fn gradient(&self) -> f64 {
        self.gradient
    }

    /// Iterations that the fit took.
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    fn scores(&self, row: &[f32]) -> Vec<f64> {
        let mut scores = vec![0.0; self.classes];
        for (x, weights) in standardised(row, &self.means, &self.scales).zip(self.weights.chunks_exact(self.classes)) {
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += weight * x);
        }
        scores
    }
}

/// (x − m) / σ for each feature, then the constant 1.
fn standardised<'a>(row: &'a [f32], means: &'a [f64], scales: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    let all = row.iter().zip(means).zip(scales).map(|((x, mean), scale)| (f64::from(*x) - mean) * scale);
    all.chain(std::iter::once(1.0))
}

/// Mean and 1/σ of each feature.
fn standard(features: &Features) -> (Vec<f64>, Vec<f64>) {
    let n = features.rows() as f64;
    let mut means = vec![0.0; features.columns()];
    let mut squares = vec![0.0; features.columns()];
    for row in features.iter() {
        means.iter_mut().zip(row).for_each(|(mean, x)| *mean += f64::from(*x) / n);
    }
    for row in features.iter() {
        for ((square, mean), x) in squares.iter_mut().zip(&means).zip(row) {
            *square += (f64::from(*x) - mean).powi(2) / n;
        }
    }
    // A spread that is the rounding of the mean is none.
    let scale = |(square, mean): (&f64, &f64)| {
        let spread = square.sqrt();
        if spread > 1e-9 * mean.abs() { 1.0 / spread } else { 0.0 }
    };
    let scales = squares.iter().zip(&means).map(scale).collect();
    (means, scales)
}
