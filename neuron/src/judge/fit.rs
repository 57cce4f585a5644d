//! Parameters that a recording tells: a least-squares fit of the map from row to row.

use std::sync::Arc;

use nalgebra::{DMatrix, DVector};

use super::hypothesis::{Cell, Hypothesis};
use super::read::nice;
use super::rows::{Rows, Walk, walk};
use super::score::score;
use crate::model::{Piece, Stimulus};

/// A parameter that may be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameter {
    /// The model's time from row to row \[ms\].
    Interval,
    /// a \[1/ms\].
    A,
    /// b \[1/ms\].
    B,
    /// c \[mV\].
    C,
    /// d \[mV/ms\].
    D,
    /// A constant input \[mV/ms\].
    Input,
    /// The peak \[mV\].
    Peak,
    /// A factor of the whole input.
    Amplitude,
}

impl Parameter {
    /// Its name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Parameter::Interval => "interval_ms",
            Parameter::A => "a",
            Parameter::B => "b",
            Parameter::C => "c",
            Parameter::D => "d",
            Parameter::Input => "input",
            Parameter::Peak => "peak",
            Parameter::Amplitude => "amplitude",
        }
    }

    /// Its usual size.
    fn scale(self, of: &Hypothesis) -> f64 {
        match self {
            Parameter::Interval => of.interval,
            Parameter::A => 0.02,
            Parameter::B => 0.2,
            Parameter::Amplitude => 0.1,
            _ => 1.0,
        }
    }

    pub(super) fn get(self, of: &Hypothesis, cell: &Cell) -> f64 {
        match self {
            Parameter::Interval => of.interval,
            Parameter::A => cell.neuron.a,
            Parameter::B => cell.neuron.b,
            Parameter::C => cell.neuron.c,
            Parameter::D => cell.neuron.d,
            Parameter::Peak => cell.neuron.peak,
            Parameter::Input => cell.stimulus.pieces()[0].value,
            Parameter::Amplitude => cell.amplitude(),
        }
    }

    pub(super) fn set(self, of: &mut Hypothesis, cell: &mut Cell, value: f64) {
        match self {
            Parameter::Interval => of.interval = value,
            Parameter::A => cell.neuron.a = value,
            Parameter::B => cell.neuron.b = value,
            Parameter::C => cell.neuron.c = value,
            Parameter::D => cell.neuron.d = value,
            Parameter::Peak => cell.neuron.peak = value,
            Parameter::Input => *cell = Cell::new(cell.neuron, Arc::new(Stimulus::constant(value))),
            Parameter::Amplitude => cell.set_amplitude(value),
        }
    }
}

/// A fitted parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fitted {
    /// Which.
    pub parameter: Parameter,
    /// Its value.
    pub value: f64,
    /// The value may be off by so much to either side.
    pub within: f64,
}

const MOST_ITERATIONS: usize = 14;

/// Fits `free` on the first `most` rows, at resets too where `resets` says so, from where `of` and `cell` are. Gives the interval of each.
pub(super) fn fit(
    rows: &Rows,
    of: &mut Hypothesis,
    cell: &mut Cell,
    free: &[Parameter],
    most: usize,
    resets: bool,
) -> Vec<Fitted> {
    let mut lambda = 1e-8;
    let mut residuals = measured(rows, of, cell, most, resets, None);
    let mut covariance = None;
    for _ in 0..MOST_ITERATIONS {
        let Some((at, weights)) = &residuals else { break };
        let mut jacobian = DMatrix::zeros(at.len(), free.len());
        for (j, parameter) in free.iter().enumerate() {
            let (mut other, mut changed) = (of.clone(), cell.clone());
            let step = 1e-5 * parameter.scale(of);
            parameter.set(&mut other, &mut changed, parameter.get(of, cell) + step);
            let Some((there, _)) = measured(rows, &other, &changed, most, resets, Some(weights)) else {
                return Vec::new();
            };
            for i in 0..at.len() {
                // A row that spikes with one value and not with the other says nothing of the slope.
                let slope = (there[i] - at[i]) / step * parameter.scale(of);
                jacobian[(i, j)] = if slope.is_nan() { 0.0 } else { slope };
            }
        }
        let square = jacobian.tr_mul(&jacobian);
        let gradient = jacobian.tr_mul(&at.map(|x| if x.is_nan() { 0.0 } else { x }));
        covariance = square.clone().try_inverse();
        let mut gained = false;
        for _ in 0..8 {
            let mut damped = square.clone();
            for j in 0..free.len() {
                damped[(j, j)] += lambda * square[(j, j)].max(1e-30);
            }
            let Some(step) = damped.lu().solve(&(-&gradient)) else { break };
            let (mut other, mut changed) = (of.clone(), cell.clone());
            for (j, parameter) in free.iter().enumerate() {
                parameter.set(&mut other, &mut changed, parameter.get(of, cell) + step[j] * parameter.scale(of));
            }
            let there = measured(rows, &other, &changed, most, resets, Some(weights));
            let [after, before] = there.as_ref().map_or([f64::INFINITY; 2], |(there, _)| squares(there, at));
            if after < before {
                gained = after < 0.999 * before;
                (*of, *cell) = (other, changed);
                residuals = measured(rows, of, cell, most, resets, None);
                lambda = (lambda * 0.1).max(1e-12);
                break;
            }
            lambda *= 30.0;
        }
        if !gained {
            break;
        }
    }
    // Residuals in tolerances are at most one where the rule is right: so far it may be off.
    let within = |j: usize, parameter: Parameter| {
        let variance = covariance.as_ref().map_or(f64::INFINITY, |c| c[(j, j)]);
        3.0 * variance.max(0.0).sqrt() * parameter.scale(of)
    };
    let value = |parameter: Parameter| parameter.get(of, cell);
    free.iter().enumerate().map(|(j, &p)| Fitted { parameter: p, value: value(p), within: within(j, p) }).collect()
}

/// The sums of squares now and before, of the rows that count in both: near a peak a row spikes with one value and not with another. Infinite
/// where these are less than half of those before.
fn squares(now: &DVector<f64>, before: &DVector<f64>) -> [f64; 2] {
    let (mut sums, mut both) = ([0.0; 2], 0);
    for (now, before) in now.iter().zip(before.iter()).filter(|(now, before)| !now.is_nan() && !before.is_nan()) {
        both += 1;
        sums[0] += now * now;
        sums[1] += before * before;
    }
    let counted = before.iter().filter(|x| !x.is_nan()).count();
    if 2 * both < counted { [f64::INFINITY; 2] } else { sums }
}

/// Rounds fitted parameters to the fewest digits that fit the rows as well: 0.02 and not 0.019999999999.
pub(super) fn rounded(rows: &Rows, of: &mut Hypothesis, cell: &mut Cell, fitted: &mut [Fitted], most: usize) {
    let mut best = score(rows, of, cell, most, usize::MAX);
    for one in fitted {
        let scale = one.parameter.scale(of);
        for tolerance in (1..=9).map(|digits| scale * 10f64.powi(-digits)) {
            let near = nice(one.value, tolerance);
            let (mut other, mut changed) = (of.clone(), cell.clone());
            one.parameter.set(&mut other, &mut changed, near);
            let there = score(rows, &other, &changed, most, best.violating);
            if there.rows == best.rows && there.violating <= best.violating {
                (*of, *cell, one.value, best) = (other, changed, near, there);
                break;
            }
        }
    }
}

/// The residuals of the first `most` rows in their tolerances, or by `weights`: v, u, v, u, ... NaN for a row that spikes in one of the two
/// alone, or is at a reset that does not count.
fn measured(
    rows: &Rows,
    of: &Hypothesis,
    cell: &Cell,
    most: usize,
    resets: bool,
    weights: Option<&DVector<f64>>,
) -> Option<(DVector<f64>, DVector<f64>)> {
    let within = |x: f64, most: f64| x.abs() <= most;
    let n = &cell.neuron;
    let usual = within(n.a, 2.0) && within(n.b, 10.0) && within(n.c, 200.0) && within(n.d, 1e3) && n.c < n.peak;
    if !(of.interval > 0.0 && within(of.interval, 50.0) && usual) {
        return None;
    }
    if !cell.stimulus.pieces().iter().all(|Piece { value, .. }| within(*value, 1e6)) {
        return None;
    }
    let (mut found, mut weight) = (Vec::with_capacity(2 * most), Vec::with_capacity(2 * most));
    let mut after = 0u32;
    let aim = if weights.is_some() { Walk::Weighed } else { Walk::Fitting };
    walk(rows, of, cell, most, aim, |row| {
        let alike = row.spiked == rows.drops[row.k] || !row.reset;
        // After a reset u is that of a d which need not be right, until it is solved anew.
        let fair = if resets { alike || after > 0 } else { !row.reset && (rows.u.is_some() || after == 0) };
        let mut counts = row.residual.iter().all(|x| x.is_finite()) && fair;
        // Where u is solved from v, a row or two after an unknown start say nothing.
        counts &= rows.u.is_some() || row.k >= 4;
        // The mistake of one row is not carried to the next by v; only large ones are of a spike missed.
        counts &= row.residual[0].abs() < 60.0 || row.spiked == rows.drops[row.k];
        after = if row.reset { 2 } else { after.saturating_sub(1) };
        for i in 0..2 {
            let by = weights.and_then(|weights| weights.get(found.len()).copied()).unwrap_or(1.0 / row.tolerance[i]);
            let value = if counts { (row.residual[i] * by).clamp(-1e18, 1e18) } else { f64::NAN };
            found.push(value);
            weight.push(by);
        }
        true
    })
    .ok()?;
    if let Some(weights) = weights
        && weights.len() != weight.len()
    {
        return None;
    }
    Some((DVector::from_vec(found), DVector::from_vec(weight)))
}
