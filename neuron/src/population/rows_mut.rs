//! Rows of weights as a learning rule changes them: all, or a part for each thread.

use std::ops::Range;

use super::real::Real;

/// Some rows of [`Weights`](super::Weights), to be changed: neurons that spike, one after the other, with their weights.
pub(super) struct RowsMut<'w, T> {
    rows: Range<usize>,
    post: usize,
    /// Row starts and targets of the whole sparse matrix.
    sparse: Option<(&'w [usize], &'w [u32])>,
    /// Those of these rows.
    values: &'w mut [T],
}

impl<'w, T: Real> RowsMut<'w, T> {
    pub(super) fn new(
        rows: Range<usize>,
        post: usize,
        sparse: Option<(&'w [usize], &'w [u32])>,
        values: &'w mut [T],
    ) -> Self {
        RowsMut { rows, post, sparse, values }
    }

    /// The neurons whose rows these are.
    pub(super) fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// Number of neurons that receive.
    pub(super) fn post(&self) -> usize {
        self.post
    }

    /// The rows in so many `parts`, nearly equal in number, in order.
    pub(super) fn split(self, parts: usize) -> Vec<Self> {
        let RowsMut { rows, post, sparse, mut values } = self;
        let end = |part: usize| rows.start + part * rows.len() / parts;
        let mut split = Vec::with_capacity(parts);
        for rows in (0..parts).map(|part| end(part)..end(part + 1)) {
            let count = sparse.map_or(rows.len() * post, |(starts, _)| starts[rows.end] - starts[rows.start]);
            let (own, others) = values.split_at_mut(count);
            values = others;
            split.push(RowsMut { rows, post, sparse, values: own });
        }
        split
    }

    /// The weights of neuron `i`, with their targets where a sparse matrix has not all of them.
    #[inline(always)]
    pub(super) fn row_mut(&mut self, i: usize) -> (Option<&[u32]>, &mut [T]) {
        let first = self.rows.start;
        match self.sparse {
            None => (None, &mut self.values[(i - first) * self.post..][..self.post]),
            Some((starts, targets)) => {
                let row = starts[i]..starts[i + 1];
                (Some(&targets[row.clone()]), &mut self.values[row.start - starts[first]..row.end - starts[first]])
            }
        }
    }

    /// Changes each weight of neuron `i` by what stands in `with` for its target.
    #[inline(always)]
    pub(super) fn change_row<const K: usize>(&mut self, i: usize, with: [&[T]; K], change: impl Fn(T, [T; K]) -> T) {
        let (targets, row) = self.row_mut(i);
        // Loops, not `map`, which the compiler may leave a call.
        let mut values = [T::zero(); K];
        match targets {
            None => {
                // Of one length, so that it makes vectors of them.
                let mut with = with;
                for values in &mut with {
                    *values = &values[..row.len()];
                }
                for j in 0..row.len() {
                    for k in 0..K {
                        values[k] = with[k][j];
                    }
                    row[j] = change(row[j], values);
                }
            }
            Some(targets) => {
                for (w, j) in row.iter_mut().zip(targets) {
                    for k in 0..K {
                        values[k] = with[k][*j as usize];
                    }
                    *w = change(*w, values);
                }
            }
        }
    }

    /// Changes the weights of neuron `i` onto these `targets`, as far as there are any.
    #[inline(always)]
    pub(super) fn change_some(&mut self, i: usize, targets: impl Iterator<Item = u32>, change: impl Fn(T, usize) -> T) {
        match self.row_mut(i) {
            (None, row) => {
                for j in targets {
                    let w = &mut row[j as usize];
                    *w = change(*w, j as usize);
                }
            }
            (Some(known), row) => {
                for j in targets {
                    if let Ok(k) = known.binary_search(&j) {
                        row[k] = change(row[k], j as usize);
                    }
                }
            }
        }
    }
}
