//! A rule that is right, and a parameter that is not: what explains recorded states in the place of another rule.

use super::attempts::{Attempts, Found, Way};
use super::fit::{Fitted, Parameter};
use super::hypothesis::{Cell, Change, Hypothesis};
use super::judgement::Answer;
use super::read::nice;
use super::rows::{Rows, Walk, walk};
use super::score::score;
use super::search::{Trial, sort};
use super::starts::Search;
use crate::model::Neuron;

impl<'a> Search<'a> {
    /// Rules with other parameters than were told: one, and where no one explains the rows, several.
    pub(super) fn parameters(&self, rows: &'a Rows, substeps: u32, attempts: &mut Attempts<'a>) -> Option<Found<'a>> {
        self.known.neuron?;
        let [a, b, c, d, amplitude] = [Parameter::A, Parameter::B, Parameter::C, Parameter::D, Parameter::Amplitude];
        let mut singles = vec![vec![d], vec![c], vec![a], vec![b], vec![Parameter::Peak]];
        let mut sets = vec![vec![c, d], vec![a, b], vec![a, b, c, d]];
        if !self.free_input {
            singles.push(vec![amplitude]);
            sets.push(vec![a, b, c, d, amplitude]);
        }
        let trials = |free: &[Parameter]| -> Vec<Trial<'a>> {
            let of_input = self.inputs.iter().map(|input| {
                let trial = self.trial(rows, input);
                let free = [free, &trial.free].concat();
                Trial { free, substeps: vec![substeps], ..trial }
            });
            of_input.collect()
        };
        let mut found: Vec<Answer> = Vec::new();
        for trial in singles.iter().flat_map(|free| trials(free)) {
            if let Some(fits) = attempts.run(Way::Parameters, &trial) {
                found.extend(fits.answers.into_iter().filter(|answer| answer.score.fits()));
            }
        }
        found.extend(self.other_peak(rows, &attempts.nearest, substeps));
        if !found.is_empty() {
            sort(&mut found, self.schemes);
            let parameter = |answer: &Answer| answer.fitted.first().map(|one| (one.parameter, one.value));
            let best = parameter(&found[0]);
            let mut others: Vec<(Parameter, f64)> = Vec::new();
            for other in found.iter().filter_map(parameter) {
                if best.is_some_and(|(known, _)| known != other.0) && others.iter().all(|known| known.0 != other.0) {
                    others.push(other);
                }
            }
            let told =
                |(p, value): &(Parameter, f64)| format!("{} = {value} alone explains the rows as well.", p.name());
            let notes = others.iter().map(told).collect();
            return Some(Found { answers: found, way: Some(Way::Parameters), rows, notes, in_single: false });
        }
        sets.iter().flat_map(|free| trials(free)).find_map(|trial| attempts.run(Way::Parameters, &trial))
    }

    /// Rules that fit with another peak: those that are off at resets alone.
    fn other_peak(&self, rows: &Rows, nearest: &[(Vec<Answer>, &Rows)], substeps: u32) -> Vec<Answer> {
        let mut found: Vec<Answer> = Vec::new();
        let plain = nearest.iter().filter(|(_, of)| std::ptr::eq(*of, rows)).flat_map(|(answers, _)| answers);
        for answer in plain.filter(|answer| {
            let h = &answer.hypothesis;
            answer.fitted.iter().all(|one| one.parameter == Parameter::Input)
                && (h.change, h.substeps, h.lag) == (Change::None, substeps, 0)
        }) {
            for (least, most) in peak_intervals(rows, &answer.hypothesis, &answer.cell) {
                let (middle, half) = (0.5 * (least + most), 0.5 * (most - least));
                let value = nice(middle, 0.999 * half);
                let mut one = answer.clone();
                one.cell.neuron.peak = value;
                one.hypothesis.scheme = one.hypothesis.scheme.at_peak_of_neuron();
                one.score = score(rows, &one.hypothesis, &one.cell, rows.v.len(), usize::MAX);
                one.fitted.push(Fitted { parameter: Parameter::Peak, value, within: half });
                if one.score.fits() {
                    found.push(one);
                    break;
                }
            }
        }
        found
    }
}

/// Intervals in which the peak may be, from what the rows reach \[mV\]: where the reset is made with the step that reaches it, and where it is
/// made with the next one, so that rows show it.
fn peak_intervals(rows: &Rows, of: &Hypothesis, cell: &Cell) -> Vec<(f64, f64)> {
    // Without a reset of its own every row shows how far v came.
    let mut high = cell.clone();
    high.neuron.peak = 1e9;
    let unreset = Hypothesis { change: Change::ResetLate, scheme: of.scheme.at_peak_of_neuron(), ..of.clone() };
    let nothing = (f64::NEG_INFINITY, f64::INFINITY);
    let (mut reached, mut shown) = (nothing, nothing);
    let between = |bounds: &mut (f64, f64), reset: bool, v: f64| match reset {
        true => bounds.1 = bounds.1.min(v),
        false => bounds.0 = bounds.0.max(v),
    };
    let walked = walk(rows, &unreset, &high, rows.v.len(), Walk::Judging, |row| {
        if row.predicted.v.is_finite() {
            between(&mut reached, rows.drops[row.k], row.predicted.v);
        }
        between(&mut shown, rows.drops[row.k], rows.v[row.k]);
        true
    });
    let known = |(least, most): &(f64, f64)| walked.is_ok() && least < most && least.is_finite() && most.is_finite();
    [reached, shown].into_iter().filter(known).collect()
}

/// What was told of a parameter that an answer fits.
fn told(parameter: Parameter, answer: &Answer, known: &Neuron) -> Option<f64> {
    match parameter {
        Parameter::A => Some(known.a),
        Parameter::B => Some(known.b),
        Parameter::C => Some(known.c),
        Parameter::D => Some(known.d),
        Parameter::Peak => Some(answer.hypothesis.scheme.info().own_peak.unwrap_or(known.peak)),
        Parameter::Amplitude => Some(1.0),
        Parameter::Input | Parameter::Interval => None,
    }
}

/// What differs of the fitted parameters from those that were told, and what was told.
pub(super) fn differing(answer: &Answer, known: &Neuron) -> Vec<(Fitted, f64)> {
    let differs = |(one, told): &(Fitted, f64)| {
        (one.value - told).abs() > one.within.min(0.01 * told.abs()).max(1e-6 * told.abs())
    };
    let of = |one: &Fitted| Some((*one, told(one.parameter, answer, known)?));
    answer.fitted.iter().filter_map(of).filter(differs).collect()
}

/// Whether what was told of a parameter is outside the interval of one that an answer fits.
pub(super) fn is_outside(answer: &Answer, known: &Neuron) -> bool {
    let outside =
        |one: &Fitted| told(one.parameter, answer, known).is_some_and(|told| (one.value - told).abs() > one.within);
    answer.fitted.iter().any(outside)
}
