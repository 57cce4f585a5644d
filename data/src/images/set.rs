//! The set of labelled pictures, and its split.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::MOST_PIXELS;
use crate::error::{Error, Result, refuse_if};

/// Labelled pictures of one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    width: usize,
    height: usize,
    pixels: Vec<f32>,
    labels: Vec<usize>,
    classes: Vec<String>,
}

/// Which pictures train and which test: indices into the set, disjoint, in the order of their presentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The pictures to learn from.
    pub training: Vec<usize>,
    /// The pictures to be recognised.
    pub test: Vec<usize>,
}

impl Images {
    /// A set from its parts: `pixels` in 0..=1, picture after picture, row by row; `labels` index `classes`.
    ///
    /// # Errors
    /// No pictures, no pixels, more than 2²⁸ of them, lengths that do not fit, a pixel outside 0..=1 or a label without a class.
    pub fn new(
        width: usize,
        height: usize,
        pixels: Vec<f32>,
        labels: Vec<usize>,
        classes: Vec<String>,
    ) -> Result<Self> {
        let wanted = (width as u128) * (height as u128) * (labels.len() as u128);
        refuse_if!(
            wanted == 0 || wanted > u128::from(MOST_PIXELS) || wanted != pixels.len() as u128,
            "the set of images",
            format!("{} labels and {} pixels for images of {width} x {height}", labels.len(), pixels.len()),
            format!("1 to {MOST_PIXELS} pixels, width x height for each label"),
            "Give each image one label and all its pixels."
        );
        if let Some(bad) = pixels.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(Error::invalid("a pixel", bad, "0 to 1", "Divide the pixels by their largest possible value."));
        }
        if let Some(bad) = labels.iter().find(|label| **label >= classes.len()) {
            let allowed = format!("0 to {}", classes.len().saturating_sub(1));
            return Err(Error::invalid("a label", bad, allowed, "Number the classes from 0 and name each."));
        }
        Ok(Self { width, height, pixels, labels, classes })
    }

    /// Number of pictures, at least one.
    #[allow(clippy::len_without_is_empty)] // Never empty.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows of pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels of picture `index`, row by row, each in 0..=1.
    ///
    /// # Panics
    /// An index that is not below [`len`](Self::len).
    #[inline]
    pub fn image(&self, index: usize) -> &[f32] {
        let size = self.width * self.height;
        &self.pixels[index * size..(index + 1) * size]
    }

    /// The class of each picture.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Draws `training` and `test` pictures at random, none twice; the same `seed` draws the same (ChaCha8).
    ///
    /// ```
    /// let digits = data::Images::digits();
    /// let split = digits.split(1200, 597, 3)?;
    /// assert_eq!((split.training.len(), split.test.len()), (1200, 597));
    /// assert!(digits.split(1200, 600, 3).is_err());
    /// # Ok::<(), data::Error>(())
    /// ```
    ///
    /// # Errors
    /// None to train or to test with, or more than there are.
    pub fn split(&self, training: usize, test: usize, seed: u64) -> Result<Split> {
        let all = training.saturating_add(test);
        refuse_if!(
            training == 0 || test == 0 || all > self.len(),
            "the split",
            format!("{training} training and {test} test images"),
            format!("at least one of each, {} together", self.len()),
            "Ask for fewer images."
        );
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        Ok(Split { training: order[..training].to_vec(), test: order[training..all].to_vec() })
    }
}
