//! A row of numbers for each picture.

use crate::error::{Error, Result, refuse_if};
use crate::images::Images;

/// What a readout reads: one row a picture, one column a neuron (its spike count) or a pixel.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    columns: usize,
    values: Vec<f32>,
}

impl Features {
    /// From the rows, one after the other, of `columns` numbers each.
    ///
    /// # Errors
    /// No columns, a number of values that is no multiple of theirs, or a value that is not finite.
    pub fn new(columns: usize, values: Vec<f32>) -> Result<Self> {
        refuse_if!(
            columns == 0 || !values.len().is_multiple_of(columns),
            "the table of spike counts",
            format!("{} values for rows of {columns}", values.len()),
            "whole rows of at least one value",
            "Give a count for each neuron and image."
        );
        if let Some(bad) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::invalid("a spike count", bad, "a finite number", "Leave out the runs that diverged."));
        }
        Ok(Self { columns, values })
    }

    /// The pixels of the pictures `chosen`, and their labels.
    ///
    /// # Panics
    /// An index that is not below the number of pictures.
    pub fn of_pixels(images: &Images, chosen: &[usize]) -> (Self, Vec<usize>) {
        let values = chosen.iter().flat_map(|index| images.image(*index)).copied().collect();
        let labels = chosen.iter().map(|index| images.labels()[*index]).collect();
        (Self { columns: images.width() * images.height(), values }, labels)
    }

    /// Number of columns (neurons).
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows (pictures).
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// The numbers of picture `index`.
    ///
    /// # Panics
    /// An index that is not below [`rows`](Self::rows).
    #[inline]
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.columns..(index + 1) * self.columns]
    }

    /// Every row, in order.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> + Clone {
        self.values.chunks_exact(self.columns)
    }

    /// Refuses rows of another width than the training's.
    pub(super) fn of_width(&self, columns: usize) -> Result<()> {
        if self.columns == columns {
            return Ok(());
        }
        let allowed = format!("{columns}, as in training");
        Err(Error::invalid("the number of neurons", self.columns, allowed, "Read out the layer that was trained."))
    }

    /// Refuses labels that do not fit the rows or the classes.
    pub(super) fn labelled(&self, labels: &[usize], classes: usize) -> Result<()> {
        check_labels(labels, self.rows(), classes)
    }
}

/// Refuses no rows, a number of labels that is not theirs, and labels without a class.
pub(super) fn check_labels(labels: &[usize], rows: usize, classes: usize) -> Result<()> {
    if labels.is_empty() || labels.len() != rows {
        let given = format!("{} labels for {rows} images", labels.len());
        return Err(Error::invalid("the labels", given, "one for each image, at least one", "Label every image."));
    }
    match labels.iter().find(|label| **label >= classes) {
        Some(bad) => {
            let allowed = format!("below the number of classes, {classes}");
            Err(Error::invalid("a label", bad, allowed, "Number the classes from 0."))
        }
        None => Ok(()),
    }
}
