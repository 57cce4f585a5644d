//! The search for the rule that maps each recorded row to the next.

use std::sync::Arc;

use rayon::prelude::*;

use super::fit::{Fitted, Parameter, fit, rounded};
use super::hypothesis::{Before, Cell, Change, Hypothesis};
use super::judgement::{Answer, Known};
use super::precision::{Precision, shortest};
use super::rows::{Rows, Walk, walk};
use super::score::{Score, score};
use crate::arithmetic::Arithmetic;
use crate::model::{Neuron, Stimulus};
use crate::scheme::{Scheme, SchemeSet};

/// Rows on which a hypothesis is tried before all of them.
const SCREEN: usize = 240;

/// Rows to which parameters are fitted first.
const FEW: usize = 48;

/// A fit takes in so many resets, and at most so many rows.
const RESETS: usize = 4;
const MOST_FITTED: usize = 4000;

/// Hypotheses beside the best that are judged on all rows.
const KEPT: usize = 6;

/// What is tried together.
#[derive(Clone)]
pub(super) struct Trial<'a> {
    pub(super) rows: &'a Rows,
    pub(super) schemes: &'a [Scheme],
    /// Those of them that are tried first, where not all are: one that fits is a start for the others.
    pub(super) tried: Option<Vec<Scheme>>,
    /// The model's time from row to row \[ms\], each of which is tried.
    pub(super) intervals: Vec<f64>,
    pub(super) substeps: Vec<u32>,
    /// How early the input is, and what it is before time 0.
    pub(super) lags: Vec<(i32, Before)>,
    pub(super) changes: Vec<Change>,
    pub(super) cell: Cell,
    pub(super) free: Vec<Parameter>,
}

impl Trial<'_> {
    /// All of it, the best first; those that are clearly wrong are judged by their first rows alone.
    pub(super) fn run(&self) -> Vec<Answer> {
        let mut all = Vec::new();
        for &substeps in &self.substeps {
            for &(lag, before) in &self.lags {
                for &change in &self.changes {
                    for &interval in &self.intervals {
                        let of = |scheme: &Scheme| Hypothesis {
                            scheme: scheme.clone(),
                            change,
                            interval,
                            substeps,
                            lag,
                            before,
                        };
                        all.extend(
                            self.tried
                                .as_deref()
                                .unwrap_or(self.schemes)
                                .iter()
                                .filter(|scheme| change == Change::None || !scheme.locates_spikes())
                                .map(of),
                        );
                    }
                }
            }
        }
        // Results come in the order of the hypotheses, whatever thread is first.
        let mut answers: Vec<Answer> = all.into_par_iter().map(|of| self.screened(of)).collect();
        sort(&mut answers, self.schemes);
        let most = self.rows.v.len();
        let fitting = answers.iter().filter(|answer| answer.score.fits()).count();
        let count = (fitting + KEPT).min(MOST_JUDGED).min(answers.len());
        let (near, _) = answers.split_at_mut(count);
        near.par_iter_mut().for_each(|answer| {
            if answer.score.rows + 1 < most {
                answer.score = score(self.rows, &answer.hypothesis, &answer.cell, most, usize::MAX);
            }
        });
        answers.truncate(count);
        self.share(&mut answers);
        sort(&mut answers, self.schemes);
        answers
    }

    /// Where parameters were fitted, what the best rule found is a value for the others too: their own search may have gone elsewhere.
    fn share(&self, answers: &mut Vec<Answer>) {
        let Some(best) = answers.first().filter(|best| !self.free.is_empty() && best.score.fits()).cloned() else {
            return;
        };
        let fits = |scheme: &Scheme| {
            answers.iter().any(|one| one.score.fits() && one.hypothesis.scheme.name() == scheme.name())
        };
        let changed = best.hypothesis.change != Change::None;
        let others = self.schemes.par_iter().filter(|scheme| !(fits(scheme) || changed && scheme.locates_spikes()));
        let there = |scheme: &Scheme| {
            let hypothesis = Hypothesis { scheme: scheme.clone(), ..best.hypothesis.clone() };
            let score = score(self.rows, &hypothesis, &best.cell, self.rows.v.len(), SCREEN);
            score.fits().then(|| Answer { hypothesis, score, ..best.clone() })
        };
        let others: Vec<Answer> = others.filter_map(there).collect();
        answers.retain(|one| {
            one.score.fits()
                || others.iter().all(|other| other.hypothesis.scheme.name() != one.hypothesis.scheme.name())
        });
        answers.extend(others);
    }

    /// A hypothesis on the first rows, its free parameters fitted to them.
    fn screened(&self, mut of: Hypothesis) -> Answer {
        let mut cell = self.cell.clone();
        let screen = SCREEN.min(self.rows.v.len());
        let mut fitted = Vec::new();
        if !self.free.is_empty() {
            let smooth: Vec<Parameter> = self
                .free
                .iter()
                .copied()
                .filter(|p| !matches!(p, Parameter::C | Parameter::D | Parameter::Peak))
                .collect();
            let first = score(self.rows, &of, &cell, screen, usize::MAX);
            if !smooth.is_empty() {
                // Most rules are far off after a few rows.
                let few = FEW.min(screen);
                let (mut tried, mut changed) = (of.clone(), cell.clone());
                fit(self.rows, &mut tried, &mut changed, &smooth, few, false);
                if self.smooth_share(&tried, &changed, few) > 0.5 {
                    let there = score(self.rows, &tried, &changed, screen, usize::MAX);
                    return Answer { hypothesis: tried, cell: changed, score: better(there, first), fitted };
                }
                fitted = fit(self.rows, &mut of, &mut cell, &smooth, screen, false);
            }
            let smooth_share = self.smooth_share(&of, &cell, screen);
            if smooth_share > 0.2 {
                let there = score(self.rows, &of, &cell, screen, usize::MAX);
                return Answer { hypothesis: of, cell, score: better(there, first), fitted };
            }
            let window = self.window();
            fitted = fit(self.rows, &mut of, &mut cell, &self.free, window, true);
            rounded(self.rows, &mut of, &mut cell, &mut fitted, window);
        }
        let window = if self.free.is_empty() { screen } else { self.window() };
        let patience = if self.free.is_empty() { window / 3 } else { usize::MAX };
        let score = score(self.rows, &of, &cell, window, patience);
        Answer { hypothesis: of, cell, score, fitted }
    }

    /// The share of rows off of those without a reset.
    fn smooth_share(&self, of: &Hypothesis, cell: &Cell, most: usize) -> f64 {
        let (mut off, mut all) = (0u32, 0u32);
        let walked = walk(self.rows, of, cell, most, Walk::Judging, |row| {
            if !row.reset {
                all += 1;
                off += u32::from(row.violated());
            }
            true
        });
        if walked.is_err() { 1.0 } else { f64::from(off) / f64::from(all.max(1)) }
    }

    /// Rows until there were a few resets.
    fn window(&self) -> usize {
        let drops = self.rows.drops.iter().enumerate().filter(|(_, drop)| **drop).map(|(k, _)| k);
        let last = drops.take(RESETS).last().unwrap_or(0);
        (last + 60).clamp(SCREEN, MOST_FITTED).min(self.rows.v.len())
    }
}

/// So many hypotheses that fit the first rows are judged on all of them.
const MOST_JUDGED: usize = 48;

fn better(a: Score, b: Score) -> Score {
    if a.share() <= b.share() { a } else { b }
}

/// The best first: those that fit, the smaller step number and shift of the input before others; to the bit before to the precision; then what a
/// comparison shows by default. Of those that do not fit, the fewest rows off.
pub(super) fn sort(answers: &mut [Answer], schemes: &[Scheme]) {
    let place = |answer: &Answer| schemes.iter().position(|scheme| scheme.name() == answer.hypothesis.scheme.name());
    answers.sort_by(|a, b| {
        let (s, t) = (&a.score, &b.score);
        let (g, h) = (&a.hypothesis, &b.hypothesis);
        let by_bits = |s: &Score| s.to_the_bit == s.rows;
        // Of parameters that fit, those are meant that take fewer digits.
        let digits = |x: &Answer| x.fitted.iter().map(|one| shortest(one.value).0).sum::<u32>();
        let plain = |h: &Hypothesis| (h.substeps, h.lag.abs(), h.before == Before::Zero, h.change as u8);
        let order = t.fits().cmp(&s.fits());
        if s.fits() && t.fits() {
            return order
                .then(plain(g).cmp(&plain(h)))
                .then(by_bits(t).cmp(&by_bits(s)))
                .then(digits(a).cmp(&digits(b)))
                .then(h.scheme.info().by_default.cmp(&g.scheme.info().by_default))
                .then(h.scheme.location().is_none().cmp(&g.scheme.location().is_none()))
                .then(place(a).cmp(&place(b)));
        }
        order
            .then(s.share().total_cmp(&t.share()))
            .then(s.mean.total_cmp(&t.mean))
            .then(plain(g).cmp(&plain(h)))
            .then(place(a).cmp(&place(b)))
    });
}

/// The schemes that are tried: those of a fixed step, and of these the variants that locate spikes.
pub(super) fn candidates(set: &SchemeSet) -> Vec<Scheme> {
    let fixed = || set.iter().filter(|scheme| !scheme.is_adaptive());
    let located = |scheme: &Scheme| scheme.located(crate::spike::Location::Step);
    fixed().cloned().chain(fixed().filter_map(located)).collect()
}

/// How early or late an input is tried \[steps\].
pub(super) fn shifts<'s>(mut stimuli: impl Iterator<Item = &'s Stimulus>) -> Vec<(i32, Before)> {
    let constant = stimuli.all(|stimulus| stimulus.as_constant().is_some());
    let late = (-3..=-1).rev().flat_map(|lag| [(lag, Before::Held), (lag, Before::Zero)]);
    late.chain((1..=3).map(|lag| (lag, Before::Held)))
        .filter(|(_, before)| !constant || *before == Before::Zero)
        .collect()
}

/// The arithmetic of programs in single precision.
pub(super) fn single() -> Option<Arithmetic> {
    "f32:expanded".parse().ok()
}

/// Judges answers that fit in single precision too, where the values of the recording are so, and sorts them anew: their rows are met to the
/// bit, or more of them are. The arithmetic of the first.
pub(super) fn in_single(rows: &Rows, answers: &mut [Answer], schemes: &[Scheme]) -> &'static str {
    let Some(kind) = single().filter(|_| rows.v_precision == Precision::Single) else { return "f64" };
    let fitting = answers.iter().take_while(|answer| answer.score.fits()).count();
    let mut met: Vec<(String, Score)> = Vec::new();
    for answer in &mut answers[..fitting] {
        let Some(scheme) = answer.hypothesis.scheme.in_arithmetic(&kind) else { continue };
        let of = Hypothesis { scheme, ..answer.hypothesis.clone() };
        let there = score(rows, &of, &answer.cell, rows.v.len(), usize::MAX);
        if there.fits() && there.to_the_bit >= answer.score.to_the_bit {
            (answer.score, _) = (there, met.push((answer.hypothesis.scheme.to_string(), there)));
        }
    }
    sort(&mut answers[..fitting], schemes);
    let best = answers.first().map(|answer| answer.hypothesis.scheme.to_string());
    if met.iter().any(|(name, _)| Some(name) == best.as_ref()) { "f32" } else { "f64" }
}

/// First values of the parameters that are not known.
pub(super) fn first_cell(rows: &Rows, known: &Known, stimulus: &Arc<Stimulus>) -> Cell {
    let neuron = known.neuron.unwrap_or_else(|| {
        let drops: Vec<usize> = rows.drops.iter().enumerate().filter(|(_, drop)| **drop).map(|(k, _)| k).collect();
        let mut c: Vec<f64> = drops.iter().map(|k| rows.v[k + 1]).collect();
        c.sort_by(f64::total_cmp);
        let c = c.get(c.len() / 2).copied().unwrap_or(-65.0);
        let mut d: Vec<f64> = rows.u.iter().flat_map(|u| drops.iter().map(|k| u[k + 1] - u[*k])).collect();
        d.sort_by(f64::total_cmp);
        Neuron::new(0.02, 0.2, c.min(0.0), d.get(d.len() / 2).copied().unwrap_or(6.0))
    });
    Cell::new(neuron, stimulus.clone())
}

/// A first value of the time from row to row \[ms\]: the slope of v against v', where it moves slowly.
pub(super) fn first_intervals(rows: &Rows, cell: &Cell, free_input: bool) -> Vec<f64> {
    let Some(u) = &rows.u else { return vec![1.0, 0.5, 0.25, 0.1, 0.05, 0.02] };
    let n = &cell.neuron;
    let mut sums = [0.0; 5];
    for (k, (pair, &u)) in rows.v.windows(2).zip(u).enumerate().take(2000) {
        let (v, step) = (pair[0], pair[1] - pair[0]);
        if step.abs() > 3.0 || rows.drops[k] {
            continue;
        }
        let slope = n.k2 * v * v + n.k1 * v + n.k0 - u;
        let part = [1.0, slope, step, slope * slope, slope * step];
        sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
    }
    let [count, x, y, xx, xy] = sums;
    let through_mean = (count * xy - x * y) / (count * xx - x * x);
    let value = cell.stimulus.pieces()[0].value;
    let through_input = (xy + value * y) / (xx + 2.0 * value * x + count * value * value);
    let constant = free_input || cell.stimulus.pieces().len() > 1;
    let guess = if constant { through_mean } else { through_input };
    if guess.is_finite() && guess > 1e-4 && guess < 20.0 { vec![guess] } else { vec![1.0, 0.25, 0.05] }
}

/// Whether two answers are the same map on these rows, but for rounding.
pub(super) fn alike(rows: &Rows, a: &Answer, b: &Answer) -> bool {
    // The same rows by other parameters are another explanation of them.
    let same = |(x, y): (&Fitted, &Fitted)| (x.value - y.value).abs() <= 1e-5 * (1e-3 + x.value.abs());
    if !a.fitted.iter().zip(&b.fitted).all(same) || (a.hypothesis.interval / b.hypothesis.interval - 1.0).abs() > 1e-6 {
        return false;
    }
    if rows.v_precision == Precision::Double {
        return true;
    }
    let bound = if rows.v_precision == Precision::Single { 1e-4 } else { 1e-8 };
    let most = 2000;
    let predicted = |answer: &Answer| {
        let mut all = Vec::new();
        let walked = walk(rows, &answer.hypothesis, &answer.cell, most, Walk::Judging, |row| {
            all.push(row.predicted);
            true
        });
        walked.map(|()| all).unwrap_or_default()
    };
    let (a, b) = (predicted(a), predicted(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| (a.v - b.v).abs() < bound && (a.u - b.u).abs() < bound)
}
