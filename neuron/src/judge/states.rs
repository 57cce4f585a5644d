//! The judgement of recorded states: what is tried, in which order, and what is said of it.

use super::fit::{Fitted, Parameter};
use super::hypothesis::{Before, Cell, Change, Hypothesis};
use super::judgement::{Answer, Judgement, Known, Verdict};
use super::read::{Reading, Trace};
use super::rows::{Rows, drops, score, walk};
use super::search::{
    Trial, alike, candidates, differing, first_cell, first_intervals, in_single, peak_interval, shifts, sort,
};
use crate::error::{Error, Result, shown};
use crate::model::{Piece, Stimulus};
use crate::scheme::{Scheme, SchemeSet};
use crate::spike::SpikeTrain;

/// Steps in use, for rows without times \[ms\].
const STEPS: [f64; 14] = [1.0, 0.5, 0.25, 0.1, 0.2, 0.05, 0.125, 0.025, 0.01, 2.0, 0.02, 0.0625, 0.4, 0.005];

/// Factors by which a time axis may be wrong.
const FACTORS: [f64; 10] = [0.25, 0.5, 2.0, 4.0, 5.0, 10.0, 0.1, 0.2, 0.4, 2.5];

/// The rows as they may be meant: with the start before the first, or not.
fn variants(trace: &Trace, known: &Known) -> Vec<Rows> {
    let plain = Rows {
        first: trace.first.unwrap_or(0.0),
        v: trace.v.clone(),
        v_precision: trace.v_precision,
        u: trace.u.clone(),
        u_precision: trace.u_precision,
        u0: None,
        with_start: false,
        drops: drops(&trace.v),
    };
    let Some(start) = known.initial.or_else(|| known.neuron.map(|neuron| neuron.resting_start())) else {
        // Without times the first row may be the start, or the end of the first step.
        let after = Rows { first: 1.0, ..plain.clone() };
        return if trace.first.is_none() { vec![plain, after] } else { vec![plain] };
    };
    let near = |x: f64, y: f64, digits: f64| (x - y).abs() <= digits + 1e-6 * y.abs();
    let is_start = near(plain.v[0], start.v, plain.v_precision.half_unit(start.v))
        && plain.u.as_ref().is_none_or(|u| near(u[0], start.u, plain.u_precision.half_unit(start.u)));
    let at_start = plain.first.abs() < 1e-3;
    if is_start && at_start {
        let told = Rows { u0: Some(start.u), ..plain.clone() };
        // A start of u that shows in v alone may have been another.
        return if plain.u.is_some() { vec![plain] } else { vec![told, plain] };
    }
    if !at_start && (plain.first - 1.0).abs() > 1e-3 {
        return vec![plain];
    }
    let with_start = Rows {
        first: 0.0,
        v: [&[start.v], plain.v.as_slice()].concat(),
        u: plain.u.as_ref().map(|u| [&[start.u], u.as_slice()].concat()),
        u0: Some(start.u),
        with_start: true,
        drops: [&[false], plain.drops.as_slice()].concat(),
        ..plain.clone()
    };
    vec![with_start, plain]
}

/// The input beside the rows, each value held until the next row.
fn beside(trace: &Trace, interval: Option<f64>) -> Result<Option<Stimulus>> {
    let Some(values) = &trace.input else { return Ok(None) };
    if values.iter().all(|value| *value == values[0]) {
        return Ok(Some(Stimulus::constant(values[0])));
    }
    let Some(interval) = interval else { return Ok(None) };
    let first = trace.first.unwrap_or(0.0);
    let piece = |(k, value): (usize, &f64)| {
        let start = if k == 0 { 0.0 } else { (first + k as f64) * interval };
        Piece { start, value: *value, slope: 0.0 }
    };
    Stimulus::piecewise_linear(values.iter().enumerate().map(piece).collect()).map(Some)
}

/// How an answer was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Rule,
    Shifted,
    OtherInterval,
    Changed,
    Parameters,
}

pub(super) fn judge(trace: &Trace, reading: &Reading, known: &Known, set: &SchemeSet) -> Result<Judgement> {
    let spacing = reading.spacing;
    let mut stimuli = known.stimuli.clone();
    if stimuli.is_empty() {
        stimuli.extend(beside(trace, spacing)?);
    }
    let free_input = stimuli.is_empty();
    if free_input {
        stimuli.push(Stimulus::constant(10.0));
    }
    let mut free = Vec::new();
    if known.neuron.is_none() {
        free.extend([Parameter::A, Parameter::B, Parameter::C, Parameter::D]);
    }
    if free_input {
        free.push(Parameter::Input);
    }
    let variants = variants(trace, known);
    let schemes = match &known.claim {
        Some((scheme, _)) => vec![scheme.clone()],
        None => candidates(set),
    };
    let search =
        Search { known, variants: &variants, schemes: &schemes, stimuli: &stimuli, free: &free, spacing, free_input };
    let (mut answers, way, rows) = match &known.claim {
        Some((scheme, dt)) => search.claimed(scheme, *dt)?,
        None => search.all(),
    };
    Ok(search.judgement(&mut answers, way, rows))
}

struct Search<'a> {
    known: &'a Known,
    variants: &'a [Rows],
    schemes: &'a [Scheme],
    stimuli: &'a [Stimulus],
    free: &'a [Parameter],
    spacing: Option<f64>,
    free_input: bool,
}

type Found<'a> = (Vec<Answer>, Option<Way>, &'a Rows);

impl<'a> Search<'a> {
    /// A trial of all rules on the rows, at one step a row.
    fn trial(&self, rows: &'a Rows, stimulus: &Stimulus) -> Trial<'a> {
        let cell = first_cell(rows, self.known, stimulus);
        let mut free = self.free.to_vec();
        let intervals = match self.spacing {
            Some(spacing) => vec![spacing],
            None => {
                let guesses = first_intervals(rows, &cell, self.free_input);
                let near =
                    |step: &f64| rows.u.is_none() || guesses.iter().any(|guess| (step / guess - 1.0).abs() < 0.5);
                let steps: Vec<f64> = STEPS.into_iter().filter(near).collect();
                if steps.is_empty() {
                    free.push(Parameter::Interval);
                    guesses
                } else {
                    steps
                }
            }
        };
        Trial {
            rows,
            schemes: self.schemes,
            intervals,
            substeps: vec![1],
            lags: vec![(0, Before::Held)],
            changes: vec![Change::None],
            cell,
            free,
        }
    }

    fn claimed(&self, scheme: &Scheme, dt: f64) -> Result<Found<'a>> {
        let wrong = |given: String, allowed: &str, mend: &str| Err(Error::invalid("--claims", given, allowed, mend));
        if scheme.is_adaptive() {
            return wrong(format!("'{scheme}'"), "a scheme of a fixed step", "Claim one such as euler@0.5.");
        }
        let interval = self.spacing.unwrap_or(dt);
        let substeps = (interval / dt).round();
        if !(1.0..=1000.0).contains(&substeps) || (substeps * dt / interval - 1.0).abs() > 1e-6 {
            let given = format!("a step of {} ms where rows are {} ms apart", shown(dt), shown(interval));
            return wrong(
                given,
                "a step that divides the spacing of the rows",
                "Check the unit of time: --unit ms or --unit s.",
            );
        }
        let mut nearest: Option<(Vec<Answer>, &'a Rows)> = None;
        for stimulus in self.stimuli {
            for rows in self.variants {
                let trial =
                    Trial { intervals: vec![interval], substeps: vec![substeps as u32], ..self.trial(rows, stimulus) };
                let answers = trial.run();
                if answers[0].score.fits() {
                    return Ok((answers, Some(Way::Rule), rows));
                }
                if nearest.as_ref().is_none_or(|(known, _)| answers[0].score.share() < known[0].score.share()) {
                    nearest = Some((answers, rows));
                }
            }
        }
        let (answers, rows) = nearest.unwrap_or_else(|| unreachable!("there is an input and a way to read the rows"));
        Ok((answers, None, rows))
    }

    fn all(&self) -> Found<'a> {
        let mut nearest: Vec<(Vec<Answer>, &'a Rows)> = Vec::new();
        macro_rules! attempt {
            ($way:expr, $rows:expr, $trial:expr) => {
                let answers = $trial.run();
                if answers.first().is_some_and(|answer| answer.score.fits()) {
                    return (answers, Some($way), $rows);
                }
                nearest.push((answers, $rows));
            };
        }
        let of_input =
            || self.stimuli.iter().flat_map(|stimulus| self.variants.iter().map(move |rows| (stimulus, rows)));
        for (stimulus, rows) in of_input() {
            attempt!(Way::Rule, rows, self.trial(rows, stimulus));
        }
        if self.spacing.is_none() {
            for (stimulus, rows) in of_input() {
                let mut trial = self.trial(rows, stimulus);
                if !trial.free.contains(&Parameter::Interval) {
                    trial.free.push(Parameter::Interval);
                    trial.intervals = first_intervals(rows, &trial.cell, self.free_input);
                    attempt!(Way::Rule, rows, trial);
                }
            }
        }
        // Rows that are several steps apart.
        for (stimulus, rows) in of_input() {
            for substeps in 2..=10 {
                attempt!(Way::Rule, rows, Trial { substeps: vec![substeps], ..self.trial(rows, stimulus) });
            }
        }
        for (stimulus, rows) in of_input() {
            attempt!(Way::Shifted, rows, Trial { lags: shifts(self.stimuli), ..self.trial(rows, stimulus) });
        }
        let rows = self.plain();
        if let Some(spacing) = self.spacing {
            for stimulus in self.stimuli {
                let trial = self.trial(rows, stimulus);
                let intervals = FACTORS.map(|factor| spacing * factor).to_vec();
                attempt!(Way::OtherInterval, rows, Trial { intervals, ..trial.clone() });
                let intervals = first_intervals(rows, &trial.cell, self.free_input);
                let free = [trial.free.as_slice(), &[Parameter::Interval]].concat();
                attempt!(Way::OtherInterval, rows, Trial { intervals, free, ..trial });
            }
        }
        for (stimulus, rows) in of_input() {
            attempt!(Way::Changed, rows, Trial { changes: Change::ALL.to_vec(), ..self.trial(rows, stimulus) });
        }
        if self.known.neuron.is_some() {
            let [a, b, c, d] = [Parameter::A, Parameter::B, Parameter::C, Parameter::D];
            let sets = [
                vec![d],
                vec![c, d],
                vec![a, b],
                vec![a, b, c, d],
                vec![Parameter::Amplitude],
                vec![a, b, c, d, Parameter::Amplitude],
            ];
            for free in sets {
                for stimulus in self.stimuli {
                    let trial = self.trial(rows, stimulus);
                    let free = [free.as_slice(), &trial.free].concat();
                    attempt!(Way::Parameters, rows, Trial { free, ..trial });
                }
            }
            if let Some(answers) = self.other_peak(rows, &nearest) {
                return (answers, Some(Way::Parameters), rows);
            }
        }
        // None fits: the nearest of what was tried first for each rule.
        let rows = nearest.iter().min_by(|(a, _), (b, _)| {
            let key = |answers: &[Answer]| answers.first().map_or((1.0, 1e9), |x| (x.score.share(), x.score.mean));
            let (a, b) = (key(a), key(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        let rows = rows.map_or(rows_of(self.variants), |(_, rows)| *rows);
        let mut answers: Vec<Answer> =
            nearest.into_iter().filter(|(_, of)| std::ptr::eq(*of, rows)).flat_map(|(answers, _)| answers).collect();
        sort(&mut answers, self.schemes);
        (answers, None, rows)
    }

    /// The rows as they were recorded, but with a start that was told.
    fn plain(&self) -> &'a Rows {
        let told = self.known.initial.is_some();
        self.variants.iter().find(|rows| rows.with_start == told).unwrap_or(&self.variants[self.variants.len() - 1])
    }

    /// Rules that fit with another peak: those that are off at resets alone.
    fn other_peak(&self, rows: &Rows, nearest: &[(Vec<Answer>, &Rows)]) -> Option<Vec<Answer>> {
        let mut found = Vec::new();
        for answer in
            nearest.iter().flat_map(|(answers, _)| answers).filter(|answer| answer.hypothesis.change == Change::None)
        {
            let Some((least, most)) = peak_interval(rows, &answer.hypothesis, &answer.cell) else { continue };
            let (middle, half) = (0.5 * (least + most), 0.5 * (most - least));
            let value = super::read::nice(middle, 0.999 * half);
            let mut one = answer.clone();
            one.cell.neuron.peak = value;
            one.hypothesis.scheme = one.hypothesis.scheme.at_peak_of_neuron();
            one.score = score(rows, &one.hypothesis, &one.cell, rows.v.len(), usize::MAX);
            one.fitted.push(Fitted { parameter: Parameter::Peak, value, within: half });
            if one.score.fits() {
                found.push(one);
            }
        }
        sort(&mut found, self.schemes);
        (!found.is_empty()).then_some(found)
    }

    /// What is said of the answers.
    fn judgement(&self, answers: &mut Vec<Answer>, way: Option<Way>, rows: &Rows) -> Judgement {
        let mut changed = Vec::new();
        let mut notes = Vec::new();
        if way == Some(Way::Rule) {
            self.prefer_default(answers, rows);
        }
        let precision = in_single(rows, answers, self.schemes).to_owned();
        let same = |a: &Answer, b: &Answer| {
            let (g, h) = (&a.hypothesis, &b.hypothesis);
            // Rules of the set that do as the changed one does.
            let change = g.change == h.change || (h.change == Change::Strict && g.change == Change::None);
            change && (g.substeps, g.lag, g.before) == (h.substeps, h.lag, h.before)
        };
        let equivalent = answers.iter().take_while(|one| one.score.fits() && same(one, &answers[0])).count();
        let best = answers[0].clone();
        let one_rule = answers[..equivalent].iter().all(|other| alike(rows, &best, other));
        let h = &best.hypothesis;
        let verdict = match way {
            None => Verdict::NoneFits,
            Some(_) if h.change != Change::None => Verdict::Changed,
            Some(Way::Shifted) if self.spacing.is_some() || rows.with_start => Verdict::Changed,
            Some(Way::OtherInterval) => Verdict::TimeAxisWrong,
            Some(Way::Parameters) => Verdict::ParameterWrong,
            Some(_) if one_rule => Verdict::Exact,
            Some(_) => Verdict::Class,
        };
        if way.is_some() && h.change != Change::None {
            changed.push(h.change.text().to_owned());
        }
        if way.is_some() && h.lag != 0 {
            let before = if h.lag < 0 { format!(", {} before time 0", h.before.name()) } else { String::new() };
            changed.push(format!("the input comes {}{before}", h.shift()));
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
            for Fitted { parameter, value, within } in differing(&best.fitted, neuron) {
                let told = parameter.get(h, &Cell { neuron: *neuron, stimulus: Stimulus::constant(0.0) });
                changed.push(format!("{} is {value} (within {within:.1e}), not {told}", parameter.name()));
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
        let walked = walk(rows, h, &best.cell, rows.v.len(), false, |row| {
            states.push((time(row.k), row.from));
            if verdict == Verdict::NoneFits {
                spikes.extend(rows.drops[row.k].then(|| time(row.k + 1)));
            } else {
                spikes.extend(row.spike);
            }
            true
        });
        debug_assert!(walked.is_ok() || verdict == Verdict::NoneFits);
        let first = states.first().map(|(_, state)| *state).filter(|_| rows.first.abs() < 1e-3);
        // Of rows that begin later the start is not known, unless it was told.
        let initial = first.or(self.known.initial).unwrap_or_else(|| best.cell.neuron.resting_start());
        let spikes = SpikeTrain::new(spikes).unwrap_or_default();
        let rows = Some(rows.clone());
        Judgement {
            verdict,
            answers: std::mem::take(answers),
            equivalent,
            precision,
            changed,
            notes,
            spikes,
            states,
            initial,
            rows,
        }
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

fn rows_of(variants: &[Rows]) -> &Rows {
    &variants[variants.len() - 1]
}
