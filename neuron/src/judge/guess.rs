//! First values of the step and of what is not known of the neuron, from v alone.
//!
//! Were every row an Euler step of h from the last, with F = k2 v² + k1 v + k0 + I and Δ the difference from a row to the next,
//!
//! ```text
//! u = F − Δv/h,     Δu = h a (b v − u)     so     Δ²v = h ΔF − h² a b v + h² a F − h a Δv,
//! ```
//!
//! which is linear in h, h² a b, h² a and h a. Where v moves slowly the rows of every other rule are near this, and a fit goes on from here.
//! A rule of high order is near the flow itself, of which the same holds with derivatives, and these are differences about a row.

use nalgebra::{DMatrix, DVector};

use super::rows::Rows;
use crate::model::{Neuron, Side, Stimulus};

/// First values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    /// The time from row to row \[ms\].
    pub(super) interval: f64,
    /// a \[1/ms\].
    pub(super) a: f64,
    /// b \[1/ms\].
    pub(super) b: f64,
    /// A constant input \[mV/ms\]; `None` where it is told.
    pub(super) input: Option<f64>,
    /// The part of the squares that it leaves.
    pub(super) misfit: f64,
}

/// What is taken for the first and the second difference of a row.
#[derive(Clone, Copy)]
pub(super) enum Differences {
    /// Those to the next rows, which are Euler's.
    Forward,
    /// Those about the row, to sixth order, which are the flow's.
    Central,
}

impl Differences {
    /// The weights of the value, the first and the second difference in the rows that they are taken from.
    fn weights(self) -> [Vec<f64>; 3] {
        let divided = |by: f64, weights: &[f64]| weights.iter().map(|weight| weight / by).collect();
        match self {
            Differences::Forward => [vec![1.0, 0.0, 0.0], vec![-1.0, 1.0, 0.0], vec![1.0, -2.0, 1.0]],
            Differences::Central => [
                vec![0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
                divided(60.0, &[-1.0, 9.0, -45.0, 0.0, 45.0, -9.0, 1.0]),
                divided(180.0, &[2.0, -27.0, 270.0, -490.0, 270.0, -27.0, 2.0]),
            ],
        }
    }
}

/// So many rows are taken at most.
const MOST: usize = 4000;

/// Singular values below this part of the largest are rounding.
const RANK: f64 = 1e-13;

/// First values for rows of v under `stimulus`, from `differences` of the slowest `share` of them, at a known time from row to row or an
/// unknown one; a constant input is found too where `free_input` says so. `None` where the rows do not tell.
pub(super) fn guess(
    rows: &Rows,
    (differences, share): (Differences, f64),
    neuron: &Neuron,
    stimulus: &Stimulus,
    interval: Option<f64>,
    free_input: bool,
) -> Option<Guess> {
    let v = &rows.v[..rows.v.len().min(MOST)];
    let [value, first, second] = differences.weights();
    let reach = value.len() - 1;
    let smooth: Vec<usize> =
        (0..v.len().saturating_sub(reach)).filter(|k| !rows.drops[*k..k + reach].contains(&true)).collect();
    let moved = |k: usize| v[k..=k + reach].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
    let mut speeds: Vec<f64> = smooth.iter().map(|k| moved(*k)).collect();
    speeds.sort_by(f64::total_cmp);
    let slow = *speeds.get((share * speeds.len() as f64) as usize)?;
    let kept: Vec<usize> = smooth.into_iter().filter(|k| moved(*k) <= slow).collect();
    // An input that varies can be sampled where the times are known.
    if interval.is_none() && stimulus.as_constant().is_none() {
        return None;
    }
    let sampled = interval.unwrap_or(1.0);
    let input = |k: usize| {
        if free_input { 0.0 } else { stimulus.value(((rows.first + k as f64) * sampled).max(0.0), Side::After) }
    };
    let force = |k: usize| neuron.k2 * v[k] * v[k] + neuron.k1 * v[k] + neuron.k0 + input(k);
    let row = |k: &usize| {
        let of = |weights: &[f64], x: &dyn Fn(usize) -> f64| -> f64 {
            weights.iter().enumerate().map(|(i, weight)| weight * x(k + i)).sum()
        };
        let potential = |k: usize| v[k];
        let columns = vec![of(&value, &potential), of(&value, &force), of(&first, &force), of(&first, &potential)];
        (columns, free_input.then_some(1.0), of(&second, &potential))
    };
    let (x, misfit) = solved(&kept.iter().map(row).collect::<Vec<_>>())?;
    // What a rule does otherwise than Euler's goes into the step that is found; at a step that is known it would go into u.
    let h = x[2];
    let input = free_input.then(|| x[4] / x[1]);
    let found = Guess { interval: interval.unwrap_or(h), a: x[1] / (h * h), b: -x[0] / x[1], input, misfit };
    let usual = |one: &Guess| {
        (1e-4..20.0).contains(&one.interval)
            && (1e-5..2.0).contains(&one.a)
            && one.b.abs() < 5.0
            && one.input.is_none_or(|input| input.abs() < 1e4)
    };
    Some(found).filter(usual)
}

/// The least squares of rows of (columns, perhaps one more, right side), and the part of the squares that they leave.
fn solved(table: &[(Vec<f64>, Option<f64>, f64)]) -> Option<(Vec<f64>, f64)> {
    let (first, more, _) = table.first()?;
    let width = first.len() + usize::from(more.is_some());
    let value = |i: usize, j: usize| table[i].0.get(j).copied().or(table[i].1).unwrap_or(0.0);
    let matrix = DMatrix::from_fn(table.len(), width, value);
    let sizes: Vec<f64> = (0..width).map(|j| matrix.column(j).norm().max(1e-300)).collect();
    let scaled = DMatrix::from_fn(table.len(), width, |i, j| matrix[(i, j)] / sizes[j]);
    let right = DVector::from_iterator(table.len(), table.iter().map(|row| row.2));
    // By the triangle of QR, whose singular values are those of the whole.
    let qr = scaled.clone().qr();
    let (q, r) = (qr.q(), qr.r());
    let x = r.svd(true, true).solve(&q.tr_mul(&right), RANK).ok()?;
    let left = (&right - scaled * &x).norm_squared() / right.norm_squared().max(1e-300);
    Some((x.iter().zip(&sizes).map(|(x, size)| x / size).collect(), left))
}
