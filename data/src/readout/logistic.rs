//! The least value of the penalised logistic loss.
//!
//! The minimiser is `argmin`'s L-BFGS with the line search of Moré & Thuente (1994), the products are `nalgebra`'s. The ready-made
//! regressions were measured first (1200 rows, 10 classes): `smartcore` reads its matrix element by element and takes minutes for
//! 1000 features; `linfa-logistic` stands on the same `argmin`, but brings `ndarray`, `linfa` and `sprs` to build.

use std::cell::RefCell;

use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use nalgebra::{DMatrix, DMatrixView, DVector};

use crate::error::{Error, Result};

/// Steps remembered by L-BFGS.
const MEMORY: usize = 10;
/// Norm of the gradient per picture at which the fit stops. The loss is penalty/n-strongly convex in w: 1e-6 leaves the weights within
/// 1e-6·n/penalty of the best, 4e-4 at n = 1200 and a penalty of 3.
const GRADIENT: f64 = 1e-6;
/// Relative change of the loss that is rounding.
const LOSS: f64 = 1e-14;
/// Iterations after which the fit is as good as it gets (hundreds were needed at the most).
const ITERATIONS: u64 = 2000;

/// Where the loss is least.
pub(super) struct Least {
    /// For each column of the samples, a weight for each class.
    pub(super) weights: Vec<f64>,
    /// Norm of the gradient per sample there.
    pub(super) gradient: f64,
    /// Iterations taken.
    pub(super) iterations: u64,
}

/// Minimises over weights; `samples` has a row for each label, whose last column is the constant 1 and has no penalty.
pub(super) fn minimise(samples: Vec<f64>, labels: &[usize], classes: usize, penalty: f64) -> Result<Least> {
    let columns = samples.len() / labels.len();
    let samples = DMatrix::from_vec(columns, labels.len(), samples);
    let loss = Loss {
        transposed: samples.transpose(),
        samples,
        labels,
        classes,
        penalty: penalty / labels.len() as f64,
        last: RefCell::default(),
    };
    let start = DVector::zeros(columns * classes);
    let (_, gradient) = loss.at(&start);
    if gradient.norm() <= GRADIENT {
        return Ok(Least { weights: start.data.into(), gradient: gradient.norm(), iterations: 0 });
    }
    let failed = |why: argmin::core::Error| Error::Text(format!("the linear readout cannot be fitted: {why}"));
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(GRADIENT)
        .and_then(|solver| solver.with_tolerance_cost(LOSS))
        .map_err(failed)?;
    let run = Executor::new(loss, solver).configure(|state| state.param(start).max_iters(ITERATIONS)).timer(false);
    let done = run.run().map_err(failed)?;
    let iterations = done.state().get_iter();
    let best = done.state().get_best_param().ok_or_else(|| failed(argmin::core::Error::msg("no step was taken")))?;
    let gradient = done.problem().problem.as_ref().map_or(f64::NAN, |loss: &Loss<'_>| loss.at(best).1.norm());
    Ok(Least { weights: best.as_slice().to_vec(), gradient, iterations })
}

/// Weights, the loss there, and its gradient.
type Place = (DVector<f64>, f64, DVector<f64>);

/// The loss per sample, and its gradient.
struct Loss<'a> {
    /// A column for each sample.
    samples: DMatrix<f64>,
    /// The same with a row for each.
    transposed: DMatrix<f64>,
    labels: &'a [usize],
    classes: usize,
    /// Per sample.
    penalty: f64,
    /// The last place asked for: the line search wants loss and gradient of each, one after the other.
    last: RefCell<Option<Place>>,
}

impl Loss<'_> {
    fn at(&self, weights: &DVector<f64>) -> (f64, DVector<f64>) {
        if let Some((place, loss, gradient)) = &*self.last.borrow()
            && place == weights
        {
            return (*loss, gradient.clone());
        }
        let n = self.labels.len() as f64;
        let columns = self.samples.nrows();
        // Scores, then probabilities, then probabilities less the truth: a column for each sample.
        let mut scores = DMatrixView::from_slice(weights.as_slice(), self.classes, columns) * &self.samples;
        let mut loss = 0.0;
        for (mut column, label) in scores.column_iter_mut().zip(self.labels) {
            let largest = column.max();
            let own = column[*label] - largest;
            column.apply(|score| *score = (*score - largest).exp());
            let sum = column.sum();
            loss += sum.ln() - own;
            column /= sum;
            column[*label] -= 1.0;
        }
        let penalised = self.classes * (columns - 1);
        let mut gradient = DVector::from_vec((scores * &self.transposed).data.into()) / n;
        for (slope, weight) in gradient.iter_mut().zip(weights.iter()).take(penalised) {
            *slope += self.penalty * weight;
        }
        let squares: f64 = weights.iter().take(penalised).map(|weight| weight * weight).sum();
        let loss = loss / n + 0.5 * self.penalty * squares;
        *self.last.borrow_mut() = Some((weights.clone(), loss, gradient.clone()));
        (loss, gradient)
    }
}

impl CostFunction for Loss<'_> {
    type Param = DVector<f64>;
    type Output = f64;

    fn cost(&self, weights: &DVector<f64>) -> std::result::Result<f64, argmin::core::Error> {
        Ok(self.at(weights).0)
    }
}

impl Gradient for Loss<'_> {
    type Param = DVector<f64>;
    type Gradient = DVector<f64>;

    fn gradient(&self, weights: &DVector<f64>) -> std::result::Result<DVector<f64>, argmin::core::Error> {
        Ok(self.at(weights).1)
    }
}
