//! How far a hypothesis is from each row of a recording, beside how far it may be for rounding and the digits recorded.

use super::hypothesis::{Cell, Hypothesis, Mapper};
use super::precision::Precision;
use crate::error::Result;
use crate::model::State;

/// The rows that are judged.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// When the first row is, in intervals after time 0.
    pub(super) first: f64,
    pub(super) v: Vec<f64>,
    pub(super) v_precision: Precision,
    pub(super) u: Option<Vec<f64>>,
    pub(super) u_precision: Precision,
    /// u of the first row, where the rows have none \[mV/ms\].
    pub(super) u0: Option<f64>,
    /// Whether the first row is the start that was told, and was not recorded.
    pub(super) with_start: bool,
    /// Whether v falls from a row to the next as at a reset.
    pub(super) drops: Vec<bool>,
    /// Whether the program is taken to have computed in single precision, though the digits do not show it.
    pub(super) in_single: bool,
}

/// v falls by so much in a row at a reset only: the nullcline is not so steep \[mV\].
const DROP: f64 = 12.0;

/// The drops of v.
pub(super) fn drops(v: &[f64]) -> Vec<bool> {
    v.windows(2).map(|w| w[1] < w[0] - DROP && w[0] > -55.0).collect()
}

/// What one row says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// From this row to the next.
    pub(super) k: usize,
    /// Recorded minus predicted \[mV, mV/ms\]; 0 for a u that is not recorded.
    pub(super) residual: [f64; 2],
    /// What these may be.
    pub(super) tolerance: [f64; 2],
    /// Whether there is a reset in it, recorded or predicted.
    pub(super) reset: bool,
    /// Whether the prediction has one.
    pub(super) spiked: bool,
    /// Whether it hangs on rounding whether v has reached the peak.
    pub(super) hangs: bool,
    /// The state it was mapped from: u as it is carried where it is not recorded.
    pub(super) from: State,
    /// The state that was predicted.
    pub(super) predicted: State,
    /// The time of the last spike predicted in it \[ms\].
    pub(super) spike: Option<f64>,
}

impl Row {
    /// The larger residual in its tolerances.
    pub(super) fn excess(&self) -> f64 {
        let part = |i: usize| if self.residual[i] == 0.0 { 0.0 } else { self.residual[i].abs() / self.tolerance[i] };
        if self.residual.iter().all(|r| r.is_finite()) { part(0).max(part(1)) } else { f64::INFINITY }
    }

    pub(super) fn violated(&self) -> bool {
        !self.hangs && self.excess() > 1.0
    }
}

/// How v and u are disturbed to see what a rule makes of the digits that are not recorded \[mV, mV/ms\].
const NUDGE: f64 = 1e-3;

/// Operations of a step whose rounding may add up.
const OPERATIONS: f64 = 16.0;

/// u of a first row of which nothing is known may be so far off \[mV/ms\].
const UNKNOWN: f64 = 1e3;

/// Of a scheme whose cost grows with the steps before it, so many rows are judged.
const MOST_QUADRATIC: usize = 20_000;

/// So many times the largest rounding seen of a rule it may be elsewhere.
const NOISE: f64 = 8.0;

/// No neuron has a larger u \[mV/ms\].
const MOST_U: f64 = 1e4;

/// The derivatives of the map of a row.
#[derive(Clone, Copy)]
struct Slopes {
    vv: f64,
    vu: f64,
    uv: f64,
    uu: f64,
}

/// What rows are walked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// To judge them: u, where it is not recorded, is solved from v only where the rows before say less of it.
    Judging,
    /// To fit parameters: u is solved on every row.
    Fitting,
    /// The same, with weights that are known: nothing is made that only tolerances need.
    Weighed,
}

/// Maps row by row to the next, tells `each` what it says, and goes on while that is true.
pub(super) fn walk(
    rows: &Rows,
    of: &Hypothesis,
    cell: &Cell,
    most: usize,
    walk: Walk,
    mut each: impl FnMut(&Row) -> bool,
) -> Result<()> {
    let mut noise = [0.0; 2];
    if rows.v_precision == Precision::Double && rows.u.is_none() && walk != Walk::Weighed {
        pass(rows, of, cell, most.min(LEARNING), walk, &mut noise, &mut |_| true)?;
    }
    pass(rows, of, cell, most, walk, &mut noise, &mut each)
}

/// Rows from which the rounding of a rule is learnt.
const LEARNING: usize = 64;

/// One pass of [`walk`]; `noise` is the rounding of the rule as it is known.
fn pass(
    rows: &Rows,
    of: &Hypothesis,
    cell: &Cell,
    most: usize,
    walk: Walk,
    noise: &mut [f64; 2],
    each: &mut dyn FnMut(&Row) -> bool,
) -> Result<()> {
    let count = rows.v.len().min(most.saturating_add(1));
    let initial =
        State { v: rows.v[0], u: rows.u.as_ref().map_or(rows.u0.unwrap_or(cell.neuron.b * rows.v[0]), |u| u[0]) };
    let mapper = || Mapper::new(of, cell, initial, rows.first, count);
    let mut map = mapper()?;
    let exact = rows.v_precision == Precision::Double && rows.u.is_some();
    let weighed = walk == Walk::Weighed;
    let mut by_u = if exact || (weighed && rows.u.is_some()) { None } else { Some(mapper()?) };
    let mut by_digits = if exact || weighed { None } else { Some([mapper()?, mapper()?]) };
    let peak = of.scheme.peak(&cell.neuron);
    let rounded = rows.v_precision != Precision::Double;
    let epsilon =
        if rows.in_single || rows.v_precision == Precision::Single { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let (h, n) = (of.interval, &cell.neuron);
    let mut u = initial.u;
    let mut doubt = if rows.u.is_none() && rows.u0.is_none() { UNKNOWN } else { 0.0 };
    let mut slopes = Slopes { vv: 1.0, vu: -h, uv: 0.0, uu: 1.0 };
    let mut fired = false;
    let mut early_cost = 0;
    let mut end = count - 1;
    for k in 0..count - 1 {
        if k == end {
            break;
        }
        let (v, next_v) = (rows.v[k], rows.v[k + 1]);
        if let Some(recorded) = &rows.u {
            (u, doubt) = (recorded[k], rows.u_precision.half_unit(recorded[k]));
        }
        let from = State { v, u };
        // A u that has left every neuron is not stepped: spikes without end would take their time.
        let lost = u.abs() > MOST_U;
        let (to, spiked) = if lost { (State { v: f64::NAN, u: f64::NAN }, false) } else { map.row(from, k) };
        let slope = |y: f64, x: f64| (y - x) / NUDGE;
        let alike = |(next, by_it): (State, bool)| by_it == spiked && to.is_finite() && next.is_finite();
        if exact {
            slopes.vv = (1.0 + h * (2.0 * n.k2 * v + n.k1)).abs().max(1.0);
        }
        if let Some(by_u) = by_u.as_mut().filter(|_| !lost) {
            let next = by_u.row(State { v, u: u + NUDGE }, k);
            match alike(next) {
                true => slopes = Slopes { vu: slope(next.0.v, to.v), uu: slope(next.0.u, to.u), ..slopes },
                false if spiked => slopes.vu = 0.0,
                false => {}
            }
        }
        if let Some([by_v, jolted]) = by_digits.as_mut().filter(|_| !lost) {
            let next = by_v.row(State { v: v + NUDGE, u }, k);
            match alike(next) {
                true => slopes = Slopes { vv: slope(next.0.v, to.v), uv: slope(next.0.u, to.u), ..slopes },
                false if spiked => slopes.vv = 0.0,
                false => {}
            }
            // How far a rule is thrown by rounding alone: NEURON's elimination loses four digits.
            let jolt = 4.0 * epsilon * u.abs();
            let thrown = jolted.row(State { v, u: u + jolt }, k);
            if alike(next) && alike(thrown) && rows.v_precision == Precision::Double {
                noise[0] = noise[0].max((thrown.0.v - to.v - slopes.vu * jolt).abs());
                noise[1] = noise[1].max((thrown.0.u - to.u - slopes.uu * jolt).abs());
            }
        }
        let size = v.abs().max(if to.v.is_finite() { to.v.abs().min(100.0) } else { 0.0 }).max(next_v.abs());
        let field = n.k2 * size * size + n.k1.abs() * size + n.k0.abs() + u.abs() + 20.0;
        let rounding =
            OPERATIONS * epsilon * (size + h * field) * (1.0 + 0.1 * f64::from(of.substeps)) + NOISE * noise[0];
        let rounding_u =
            OPERATIONS * epsilon * (u.abs() + 1.0 + h * n.a.abs() * (n.b.abs() * 1e3 + u.abs())) + NOISE * noise[1];
        let digits = rows.v_precision.half_unit(next_v)
            + slopes.vv.abs() * (rows.v_precision.half_unit(v) + rounding)
            + rounding;
        let tolerance_v = digits + slopes.vu.abs() * doubt;
        let residual_v = next_v - to.v;
        let mut residual = [residual_v, 0.0];
        let mut tolerance = [tolerance_v, 1.0];
        if let Some(recorded) = &rows.u {
            residual[1] = recorded[k + 1] - to.u;
            tolerance[1] = rows.u_precision.half_unit(recorded[k + 1])
                + slopes.uu.abs() * doubt
                + slopes.uv.abs() * rows.v_precision.half_unit(v)
                + rounding_u;
        } else {
            let mut by = 0.0;
            let solvable = slopes.vu.abs() > 0.02 * h && !spiked && !rows.drops[k] && to.v.is_finite();
            if solvable {
                let correction = residual_v / slopes.vu;
                // What is not linear in u: a slope is a difference, and off by as much as a correction of its width.
                let solved = digits / slopes.vu.abs() + 0.05 * h * correction.abs() * (correction.abs() + NUDGE);
                if walk != Walk::Judging || solved < doubt || residual_v.abs() > tolerance_v {
                    (by, doubt) = (correction, solved);
                }
            }
            u = if to.u.is_finite() { to.u + slopes.uu * by } else { u };
            doubt = slopes.uu.abs() * doubt + slopes.uv.abs() * rows.v_precision.half_unit(v) + rounding_u;
        }
        let near_peak = |x: f64| {
            (x - peak).abs()
                <= tolerance_v + rows.v_precision.half_unit(peak) + slopes.vv.abs() * rows.v_precision.half_unit(v)
        };
        let hangs =
            rounded && spiked != rows.drops[k] && ((spiked && near_peak(next_v)) || (!spiked && near_peak(to.v)));
        let reset = spiked || fired || rows.drops[k];
        fired = spiked;
        let spike = map.last_spike().filter(|_| spiked);
        if !each(&Row { k, residual, tolerance, reset, spiked, hangs, from, predicted: to, spike }) {
            break;
        }
        // The cost of a scheme with a memory grows with it.
        match k {
            1024 => early_cost = map.flops(),
            2048 if map.flops() > 3 * early_cost => end = end.min(MOST_QUADRATIC),
            _ => {}
        }
    }
    Ok(())
}
