//! Weights between two groups of neurons, dense or sparse, as lateral weights and connections own them.
//!
//! A weight \[mV/ms\] is what a spike adds to the input of a neuron for one step: halving dt halves the charge weight × dt.
//!
//! Both forms are kept by the neuron that spikes, so that what one spike adds to all its targets lies in one stretch of memory:
//! the dense one as rows w\[pre\]\[post\], the sparse one as compressed sparse rows (CSR) of the same matrix. Spikes are few, and a
//! step costs one pass over the rows of those that fired.
//!
//! **Order of summation**: from zero, over the neurons that fired in ascending order, then added to the input as one number. A zero
//! weight changes nothing, so that sparse and dense are equal to the bit. BindsNET sums in the order torch chooses, which differs in
//! the last bits once three neurons fire together.

use std::ops::Range;

use pulp::{Arch, Simd};

use super::Spike;
use super::real::Real;
use super::rows::Rows;
use super::rows_mut::RowsMut;
use crate::error::{Error, Result, finite, refuse_if};
use crate::instructions::dispatch_256;

/// The weights w\[pre\]\[post\] \[mV/ms\] from one group of neurons to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights<T> {
    pre: usize,
    post: usize,
    kind: Kind<T>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind<T> {
    /// All weights, row by row.
    Dense(Vec<T>),
    /// Row i is `starts[i]..starts[i + 1]` of the others; targets ascend in a row.
    Sparse { starts: Vec<usize>, targets: Vec<u32>, values: Vec<T> },
}

impl<T: Real> Weights<T> {
    /// All `values` w\[pre\]\[post\] \[mV/ms\], the weights of the first `pre` neuron first: BindsNET's `w` of a connection.
    ///
    /// # Errors
    /// Not `pre` × `post` values, no neuron on a side, more than u32 can number, a value that is not finite.
    pub fn dense(pre: usize, post: usize, values: Vec<T>) -> Result<Self> {
        sizes(pre, post)?;
        refuse_if!(
            pre.checked_mul(post) != Some(values.len()),
            "number of weights",
            values.len(),
            format!("{pre} × {post}"),
            "Give one weight for each pair, or sparse weights."
        );
        finite_values(&values)?;
        Ok(Weights { pre, post, kind: Kind::Dense(values) })
    }

    /// The lateral weights of `n` neurons from BindsNET's `S`, where the weights *onto* the first neuron come first: the
    /// transpose of [`dense`](Weights::dense).
    ///
    /// # Errors
    /// As [`dense`](Weights::dense).
    pub fn lateral(n: usize, s: &[T]) -> Result<Self> {
        sizes(n, n)?;
        let mend = "Give one weight for each pair.";
        refuse_if!(n.checked_mul(n) != Some(s.len()), "number of lateral weights", s.len(), format!("{n} × {n}"), mend);
        Self::dense(n, n, (0..n).flat_map(|j| (0..n).map(move |i| s[i * n + j])).collect())
    }

    /// Compressed sparse rows: the targets of neuron i are `targets[starts[i]..starts[i + 1]]`, ascending, with `values` \[mV/ms\].
    ///
    /// # Errors
    /// Row starts that do not ascend from 0 to the number of values in `pre` + 1 steps, targets that do not ascend within a row
    /// or are not below `post`, a value that is not finite, no neuron on a side.
    pub fn csr(pre: usize, post: usize, starts: Vec<usize>, targets: Vec<u32>, values: Vec<T>) -> Result<Self> {
        sizes(pre, post)?;
        let ascending = starts.windows(2).all(|pair| pair[0] <= pair[1]);
        if starts.len() != pre + 1
            || starts[0] != 0
            || !ascending
            || starts[pre] != values.len()
            || targets.len() != values.len()
        {
            return Err(Error::invalid(
                "sparse weights",
                format!("{} row starts, {} targets, {} values", starts.len(), targets.len(), values.len()),
                format!("{} ascending row starts from 0 to the number of values, and as many targets", pre + 1),
                "Give compressed sparse rows, one row for each neuron that spikes.",
            ));
        }
        for (i, row) in starts.windows(2).enumerate() {
            let row = &targets[row[0]..row[1]];
            refuse_if!(
                row.windows(2).any(|pair| pair[0] >= pair[1]) || row.last().is_some_and(|last| *last as usize >= post),
                format!("sparse weights of neuron {i}"),
                format!("targets {row:?}"),
                format!("ascending targets from 0 to {}", post - 1),
                "Sort the targets of a row and join those given twice."
            );
        }
        finite_values(&values)?;
        Ok(Weights { pre, post, kind: Kind::Sparse { starts, targets, values } })
    }

    /// Sparse weights from (pre, post, weight \[mV/ms\]) in any order.
    ///
    /// # Errors
    /// As [`csr`](Weights::csr); a pair given twice is one.
    pub fn sparse(pre: usize, post: usize, entries: impl IntoIterator<Item = (usize, usize, T)>) -> Result<Self> {
        sizes(pre, post)?;
        let mut entries: Vec<(usize, usize, T)> = entries.into_iter().collect();
        entries.sort_by_key(|&(i, j, _)| (i, j));
        let mut starts = Vec::with_capacity(pre + 1);
        starts.push(0);
        for (k, &(i, j, _)) in entries.iter().enumerate() {
            if i >= pre || j >= post {
                let allowed = format!("pairs below ({pre}, {post})");
                return Err(Error::invalid("sparse weight", format!("({i}, {j})"), allowed, "Neurons count from 0."));
            }
            while starts.len() <= i {
                starts.push(k);
            }
        }
        starts.resize(pre + 1, entries.len());
        let targets = entries.iter().map(|&(_, j, _)| j as u32).collect();
        Self::csr(pre, post, starts, targets, entries.into_iter().map(|(_, _, w)| w).collect())
    }

    /// The same weights with their zeros left out.
    pub fn to_sparse(&self) -> Self {
        let (mut starts, mut targets, mut values) = (vec![0], Vec::new(), Vec::new());
        for i in 0..self.pre {
            self.row(i, 0..self.post, |j, w| {
                if w != T::zero() {
                    targets.push(j as u32);
                    values.push(w);
                }
            });
            starts.push(values.len());
        }
        Weights { pre: self.pre, post: self.post, kind: Kind::Sparse { starts, targets, values } }
    }

    /// The same weights with all their zeros.
    pub fn to_dense(&self) -> Self {
        let mut values = vec![T::zero(); self.pre * self.post];
        for i in 0..self.pre {
            self.row(i, 0..self.post, |j, w| values[i * self.post + j] = w);
        }
        Weights { pre: self.pre, post: self.post, kind: Kind::Dense(values) }
    }

    /// The same weights in another precision.
    pub fn cast<U: Real>(&self) -> Weights<U> {
        let cast = |values: &[T]| values.iter().map(|w| U::of(w.double())).collect();
        let kind = match &self.kind {
            Kind::Dense(values) => Kind::Dense(cast(values)),
            Kind::Sparse { starts, targets, values } => {
                Kind::Sparse { starts: starts.clone(), targets: targets.clone(), values: cast(values) }
            }
        };
        Weights { pre: self.pre, post: self.post, kind }
    }

    /// Number of neurons whose spikes are weighted.
    pub fn pre(&self) -> usize {
        self.pre
    }

    /// Number of neurons that receive.
    pub fn post(&self) -> usize {
        self.post
    }

    /// The weight \[mV/ms\] of a spike of neuron `pre` onto neuron `post`; zero where a sparse matrix has none.
    ///
    /// # Panics
    /// Where there is no such neuron.
    pub fn get(&self, pre: usize, post: usize) -> T {
        assert!(pre < self.pre && post < self.post, "weight ({pre}, {post}) of {} × {}", self.pre, self.post);
        match &self.kind {
            Kind::Dense(values) => values[pre * self.post + post],
            Kind::Sparse { starts, targets, values } => {
                let row = starts[pre]..starts[pre + 1];
                match targets[row.clone()].binary_search(&(post as u32)) {
                    Ok(k) => values[row.start + k],
                    Err(_) => T::zero(),
                }
            }
        }
    }

    /// The weights that are kept, row by row: all of a dense matrix, the entries of a sparse one. A learning rule changes these.
    pub fn values_mut(&mut self) -> &mut [T] {
        match &mut self.kind {
            Kind::Dense(values) | Kind::Sparse { values, .. } => values,
        }
    }

    /// As [`values_mut`](Weights::values_mut), to be read.
    pub fn values(&self) -> &[T] {
        match &self.kind {
            Kind::Dense(values) | Kind::Sparse { values, .. } => values,
        }
    }

    /// Whether zeros are left out.
    pub fn is_sparse(&self) -> bool {
        matches!(self.kind, Kind::Sparse { .. })
    }

    /// The weights that are kept as (pre, post, weight \[mV/ms\]), in the order of [`values`](Weights::values).
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize, T)> {
        (0..self.pre).flat_map(move |i| {
            let (targets, values) = match &self.kind {
                Kind::Dense(values) => (None, &values[i * self.post..(i + 1) * self.post]),
                Kind::Sparse { starts, targets, values } => {
                    let row = starts[i]..starts[i + 1];
                    (Some(&targets[row.clone()]), &values[row])
                }
            };
            values.iter().enumerate().map(move |(k, w)| (i, targets.map_or(k, |targets| targets[k] as usize), *w))
        })
    }

    /// All rows, to be changed.
    pub(super) fn rows_mut(&mut self) -> RowsMut<'_, T> {
        let rows = 0..self.pre;
        match &mut self.kind {
            Kind::Dense(values) => RowsMut::new(rows, self.post, None, values),
            Kind::Sparse { starts, targets, values } => RowsMut::new(rows, self.post, Some((starts, targets)), values),
        }
    }

    /// Scales the weights onto each neuron so that their |w| add up to `norm` \[mV/ms\]; where all are zero, they stay.
    pub(super) fn normalize(&mut self, norm: T) {
        let mut factors = vec![T::zero(); self.post];
        dispatch_256(Arch::new(), || {
            match &self.kind {
                Kind::Dense(values) => {
                    for row in values.chunks_exact(self.post) {
                        for (sum, w) in factors.iter_mut().zip(row) {
                            *sum += w.abs();
                        }
                    }
                }
                Kind::Sparse { targets, values, .. } => {
                    for (j, w) in targets.iter().zip(values) {
                        factors[*j as usize] += w.abs();
                    }
                }
            }
            for sum in &mut factors {
                *sum = if *sum == T::zero() { T::one() } else { norm / *sum };
            }
            let mut rows = self.rows_mut();
            for i in rows.rows() {
                rows.change_row(i, [&factors], |w, [factor]| w * factor);
            }
        });
    }

    /// Calls `f` with the targets in `range` of neuron `i`, ascending, and the weights.
    fn row(&self, i: usize, range: Range<usize>, mut f: impl FnMut(usize, T)) {
        match &self.kind {
            Kind::Dense(values) => {
                for j in range {
                    f(j, values[i * self.post + j]);
                }
            }
            Kind::Sparse { starts, targets, values } => {
                let (targets, values) = (&targets[starts[i]..starts[i + 1]], &values[starts[i]..starts[i + 1]]);
                let from = targets.partition_point(|j| (*j as usize) < range.start);
                for (j, w) in targets[from..].iter().zip(&values[from..]) {
                    if *j as usize >= range.end {
                        break;
                    }
                    f(*j as usize, *w);
                }
            }
        }
    }

    /// Adds to `sum` what the neurons that fired send to the targets from `first` on, in the order of `fired`.
    #[inline(always)]
    pub(super) fn add<S: Simd>(&self, simd: S, fired: &[Spike], first: usize, sum: &mut [T]) {
        if let Kind::Dense(values) = &self.kind {
            Rows { values, width: self.post }.add(simd, fired, first, sum);
            return;
        }
        for spike in fired {
            self.row(spike.neuron as usize, first..first + sum.len(), |j, w| sum[j - first] += w);
        }
    }
}

fn sizes(pre: usize, post: usize) -> Result<()> {
    for n in [pre, post] {
        let allowed = "1 to 4294967295 neurons on each side";
        let mend = "Give the sizes of both groups.";
        refuse_if!(n == 0 || u32::try_from(n).is_err(), "weights", format!("{pre} × {post}"), allowed, mend);
    }
    Ok(())
}

fn finite_values<T: Real>(values: &[T]) -> Result<()> {
    match values.iter().position(|w| !w.is_finite()) {
        Some(k) => finite(&format!("weight {k}"), values[k].double()).map(drop),
        None => Ok(()),
    }
}
