//! What is said of the answers that were found for recorded states.

use super::attempts::{Found, Way};
use super::fit::{Fitted, Parameter};
use super::hypothesis::{Change, Hypothesis};
use super::judgement::{Answer, Judgement, Verdict};
use super::parameters::{differing, is_outside};
use super::rows::{Rows, Walk, walk};
use super::score::score;
use super::search::{alike, in_single};
use super::starts::Search;
use crate::spike::SpikeTrain;

/// Rows that a rule misses by less in the median may be its own with noise \[mV\].
const NEAR: f64 = 1.0;

/// A parameter that may be off by more than this part of itself is told as an interval.
const COARSE: f64 = 0.1;

impl Search<'_> {
    /// What is said of the answers.
    pub(super) fn judgement(&self, found: Found) -> Judgement {
        let Found { mut answers, way, rows, mut notes, in_single: met_in_single } = found;
        let mut changed = Vec::new();
        if way == Some(Way::Rule) && !met_in_single {
            self.prefer_default(&mut answers, rows);
        }
        let precision = if met_in_single { "f32" } else { in_single(rows, &mut answers, self.schemes) }.to_owned();
        let same = |a: &Answer, b: &Answer| {
            let (g, h) = (&a.hypothesis, &b.hypothesis);
            // Rules of the set that do as the changed one does.
            let change = g.change == h.change || (h.change == Change::Strict && g.change == Change::None);
            let parameters = |x: &Answer| x.fitted.iter().map(|one| one.parameter).collect::<Vec<_>>();
            change && (g.substeps, g.lag, g.before) == (h.substeps, h.lag, h.before) && parameters(a) == parameters(b)
        };
        let equivalent = answers.iter().take_while(|one| one.score.fits() && same(one, &answers[0])).count();
        let best = answers[0].clone();
        let one_rule = answers[..equivalent].iter().all(|other| alike(rows, &best, other));
        let h = &best.hypothesis;
        let exact_or_class = if one_rule { Verdict::Exact } else { Verdict::Class };
        let verdict = match way {
            None => Verdict::NoneFits,
            Some(_) if h.change != Change::None => Verdict::Changed,
            Some(Way::Shifted) if h.is_own_delay() => exact_or_class,
            Some(Way::Shifted) if self.spacing.is_some() || rows.with_start => Verdict::Changed,
            Some(Way::OtherInterval) => Verdict::TimeAxisWrong,
            Some(Way::Parameters) if !self.pinned(&best, rows, one_rule, &notes) => Verdict::Class,
            Some(Way::Parameters) => Verdict::ParameterWrong,
            Some(_) => exact_or_class,
        };
        if way.is_some() && h.change != Change::None {
            changed.push(h.change.text().to_owned());
        }
        if way.is_some() && h.lag != 0 {
            let before = if h.lag < 0 { format!(", {} before time 0", h.before.name()) } else { String::new() };
            let told = format!("the input comes {}{before}", h.shift());
            match h.is_own_delay() {
                true => notes.push(format!("{told}: as NEST's current generators bring it.")),
                false => changed.push(told),
            }
        }
        if verdict == Verdict::TimeAxisWrong
            && let Some(spacing) = self.spacing
        {
            let factor = h.interval / spacing;
            changed.push(format!(
                "the rows are {} ms apart, not {spacing}: times are wrong by a factor of {factor}",
                h.interval
            ));
        }
        if let (Some(neuron), Some(Way::Parameters)) = (&self.known.neuron, way) {
            for (Fitted { parameter, value, within }, told) in differing(&best, neuron) {
                let told = match (parameter, best.cell.stimulus.as_constant()) {
                    (Parameter::Amplitude, Some(input)) => {
                        let within = (within * input / value).abs();
                        format!("the amplitude of the input is {input} (within {within:.1e}), not {}", input / value)
                    }
                    (Parameter::Amplitude, None) => {
                        format!("the amplitude of the input is {value} times (within {within:.1e}) what was told")
                    }
                    // The middle of what the rows leave open is no value that they name.
                    _ if within > COARSE * value.abs() => {
                        let (name, [least, most]) = (parameter.name(), [value - within, value + within]);
                        format!("{name} is between {least:.4} and {most:.4}, not {told}")
                    }
                    _ => format!("{} is {value} (within {within:.1e}), not {told}", parameter.name()),
                };
                match verdict {
                    Verdict::Class => notes.push(format!("It may be that {told}: these rows leave it open.")),
                    _ => changed.push(told),
                }
            }
        }
        if let (Some(told), true) =
            (self.known.initial, self.variants.len() > 1 && !rows.with_start && rows.u0.is_none())
        {
            changed.push(format!("the start is not v = {}, u = {}", told.v, told.u));
        }
        if h.lag != 0 && self.spacing.is_none() && !rows.with_start {
            notes.push(
                "The rows have no times and no start is told: where the input enters is known up to a shift."
                    .to_owned(),
            );
        }
        let (mut spikes, mut states) = (Vec::new(), Vec::with_capacity(rows.v.len()));
        let time = |k: usize| (rows.first + k as f64) * h.interval;
        let mut missed = Vec::new();
        let walked = walk(rows, h, &best.cell, rows.v.len(), Walk::Judging, |row| {
            states.push((time(row.k), row.from));
            if verdict == Verdict::NoneFits {
                missed.push(row.residual[0].abs());
                spikes.extend(rows.drops[row.k].then(|| time(row.k + 1)));
            } else {
                spikes.extend(row.spike);
            }
            true
        });
        debug_assert!(walked.is_ok() || verdict == Verdict::NoneFits);
        missed.sort_by(f64::total_cmp);
        if let Some(median) = missed.get(missed.len() / 2).filter(|median| **median < NEAR)
            && 2 * best.score.violating > best.score.rows
        {
            notes.push(format!(
                "Half of the rows are within {median:.1e} mV of {h}: its rows with noise, or a rule that is none of the set."
            ));
        }
        let first = states.first().map(|(_, state)| *state).filter(|_| rows.first.abs() < 1e-3);
        // Of rows that begin later the start is not known, unless it was told.
        let initial = first.or(self.known.initial).unwrap_or_else(|| best.cell.neuron.resting_start());
        let spikes = SpikeTrain::new(spikes).unwrap_or_default();
        let rows = Some(rows.clone());
        Judgement { verdict, answers, equivalent, precision, changed, notes, spikes, states, initial, rows }
    }

    /// Whether rows tell that a parameter is other than was told, and which: rows without a spike, which several rules or parameters
    /// explain or which leave the value open, do not; nor do they tell a value that may as well be the one that was told.
    fn pinned(&self, best: &Answer, rows: &Rows, one_rule: bool, others: &[String]) -> bool {
        let vague = best.fitted.iter().any(|one| one.within > COARSE * one.value.abs());
        let open = !rows.drops.contains(&true) && (!one_rule || !others.is_empty() || vague);
        !open && self.known.neuron.as_ref().is_some_and(|neuron| is_outside(best, neuron))
    }

    /// Where a rule of the set that is shown only by name is one that is shown by default but for the sign of the threshold, the latter is
    /// named, and the sign.
    fn prefer_default(&self, answers: &mut Vec<Answer>, rows: &Rows) {
        let best = answers[0].clone();
        if best.hypothesis.scheme.info().by_default || self.known.claim.is_some() {
            return;
        }
        for scheme in self.schemes.iter().filter(|scheme| scheme.info().by_default && !scheme.locates_spikes()) {
            let judged = |change| {
                let hypothesis = Hypothesis { scheme: scheme.clone(), change, ..best.hypothesis.clone() };
                let score = score(rows, &hypothesis, &best.cell, rows.v.len(), usize::MAX);
                Answer { hypothesis, score, ..best.clone() }
            };
            let (plain, strict) = (judged(Change::None), judged(Change::Strict));
            if strict.score.fits()
                && plain.score.violating > 0
                && 2 * plain.score.violating_at_resets < plain.score.resets
                && plain.score.violating == plain.score.violating_at_resets
            {
                // The others fit as they are.
                for one in answers.iter_mut().filter(|one| one.score.fits()) {
                    one.hypothesis.change = Change::None;
                }
                answers.insert(0, strict);
                return;
            }
        }
    }
}
