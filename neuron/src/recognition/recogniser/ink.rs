//! The defaults of a recipe for pictures with other ink than those they are tuned to.

use super::recipe::RATE;
use super::{Method, Recipe};
use crate::recognition::Images;

impl Recipe {
    /// The recipe for these pictures: what its method's defaults are tuned to, the 8 x 8 digits of the program, is carried over to the ink of
    /// others. With s the mean over the pictures of Σ p, q that of Σ p² and m that of p, of pixels p, each against that of the digits (s₀, q₀,
    /// m₀):
    ///
    /// ```text
    /// fixed          sigma · √(q₀/q)                        the sum of many random charges is as wide as before
    /// unsupervised   nu, nu_pre · s₀/s                      a spike changes the same part of the norm
    ///                theta + norm · rate · (m − m₀)         the ramp reaches the threshold of a neuron that has not learned as before
    ///                theta_step, target · √(s/s₀)           by trial: with less, many neurons never get a picture
    /// teacher        nu · q₀/q, bound · s₀/s                a picture changes its own drive by as much
    ///                initial · √(q₀/q)
    /// ```
    ///
    /// The rate is 0.25 per ms, that of the default coding. Without ink it stays as it is.
    pub fn for_pictures(mut self, images: &Images) -> Self {
        let (here, digits) = (Ink::of(images), Ink::of(&Images::digits()));
        if here.sum == 0.0 {
            return self;
        }
        let (sum, squares) = (digits.sum / here.sum, digits.squares / here.squares);
        match &mut self.method {
            Method::Fixed(rule) => rule.sigma *= squares.sqrt(),
            Method::Unsupervised(rule) => {
                rule.nu *= sum;
                rule.nu_pre *= sum;
                rule.theta_step /= sum.sqrt();
                rule.target /= sum.sqrt();
                rule.theta += rule.norm * RATE / 1e3 * (here.mean - digits.mean);
            }
            Method::Teacher(rule) => {
                rule.nu *= squares;
                rule.bound *= sum;
                rule.initial *= squares.sqrt();
            }
        }
        self
    }
}

/// What pictures have of ink, in the mean.
struct Ink {
    /// Σ p over the pixels of a picture.
    sum: f64,
    /// Σ p².
    squares: f64,
    /// The mean of p.
    mean: f64,
}

impl Ink {
    fn of(images: &Images) -> Self {
        let pixels = || (0..images.len()).flat_map(|i| images.image(i)).map(|p| f64::from(*p));
        let each = |total: f64| total / images.len() as f64;
        let sum = each(pixels().sum());
        let mean = sum / (images.width() * images.height()) as f64;
        Ink { sum, squares: each(pixels().map(|p| p * p).sum()), mean }
    }
}
