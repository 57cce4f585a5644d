//! The judgement of spikes alone: the rules that make the same ones.

use std::sync::Arc;

use rayon::prelude::*;

use super::hypothesis::{Before, Cell, Change, Hypothesis, Mapper};
use super::judgement::{Answer, Judgement, Known, Verdict};
use super::precision::Precision;
use super::read::{Reading, TimeUnit, nice};
use super::score::Score;
use super::search::{candidates, shifts, single, sort};
use super::starts::FACTORS;
use crate::error::{Error, Result};
use crate::model::{CELL_TYPES, Neuron, State, Stimulus};
use crate::scheme::{Scheme, SchemeSet};
use crate::spike::SpikeTrain;

/// Steps in use, for times that are multiples of no step \[ms\].
const STEPS: [f64; 9] = [1.0, 0.5, 0.25, 0.2, 0.125, 0.1, 0.05, 0.025, 0.01];

/// Spikes are judged so long \[ms\]: at the smallest step the rules take seconds for it.
const MOST_TIME: f64 = 20_000.0;

/// Times are counted in units of this \[ms\].
const TICK: f64 = 1e-6;

/// The steps that have all spikes on their grid.
fn steps(times: &[f64]) -> Vec<f64> {
    let mut divisor = 0u64;
    for t in times {
        let mut ticks = (t / TICK).round().max(0.0) as u64;
        while ticks != 0 {
            (divisor, ticks) = (ticks, divisor % ticks);
        }
    }
    let grid = divisor as f64 * TICK;
    if grid < 0.005 {
        return STEPS.to_vec();
    }
    // Spikes seconds apart may be on the grid of any step.
    if grid > 10.0 {
        return STEPS.to_vec();
    }
    let divided = (1..=10).map(|part| nice(grid / f64::from(part), TICK * 1e-3));
    divided.filter(|dt| (0.004..=10.0).contains(dt)).collect()
}

/// What is tried.
struct Attempt {
    hypothesis: Hypothesis,
    cell: Cell,
}

/// Recorded spikes met one after the other by those of a rule, as one convention stamps them.
struct Meeting<'a> {
    spikes: &'a [f64],
    dt: f64,
    tolerance: f64,
    found: usize,
    /// By how many steps all are shifted.
    shift: Option<f64>,
    last: Option<f64>,
    over: bool,
}

impl Meeting<'_> {
    /// The next spike of the rule, at `t`.
    fn meet(&mut self, t: f64) {
        // Two in one ms, which is all that CARLsim tells, are one.
        if self.over || self.last == Some(t) {
            return;
        }
        self.last = Some(t);
        let Some(recorded) = self.spikes.get(self.found) else {
            self.over = true;
            return;
        };
        let off = recorded - t;
        let by = *self.shift.get_or_insert((off / self.dt).round());
        // The start of the step or its end; of spikes known to the ms the start of that or its end.
        let whole = |t: &f64| t.fract() == 0.0;
        let stamped = by.abs() <= 1.0 || ((by * self.dt).abs() - 1.0).abs() < TICK && self.spikes.iter().all(whole);
        self.over = !stamped || (off - by * self.dt).abs() > self.tolerance;
        self.found += usize::from(!self.over);
    }
}

/// How many spikes from the first on a rule makes, stamped as its simulator does or at the end of the step.
fn matched(attempt: &Attempt, initial: State, spikes: &[f64], tolerance: f64) -> usize {
    let of = &attempt.hypothesis;
    let dt = of.dt();
    let last = spikes[spikes.len() - 1];
    let count = (last / dt).ceil() as usize + 2;
    let Ok(mut map) = Mapper::new(of, &attempt.cell, initial, 0.0, count) else { return 0 };
    let mut state = initial;
    let meeting = || Meeting { spikes, dt, tolerance, found: 0, shift: None, last: None, over: false };
    let mut stamps = [meeting(), meeting()];
    for k in 0..count {
        let (next, spiked) = map.row(state, k);
        if !next.is_finite() {
            break;
        }
        state = next;
        // The next spike is overdue, or the rule makes another.
        let overdue = |one: &Meeting| one.found < spikes.len() && k as f64 * dt > spikes[one.found] + 2.5 * dt + 1.0;
        if stamps.iter().all(|one| one.over || overdue(one)) {
            break;
        }
        if let Some(t) = map.last_spike().filter(|_| spiked) {
            stamps[0].meet(t);
            stamps[1].meet((k + 1) as f64 * dt);
        }
    }
    stamps[0].found.max(stamps[1].found)
}

/// What spikes are judged by.
struct Trains<'a> {
    stimuli: Vec<Arc<Stimulus>>,
    neurons: Vec<Neuron>,
    schemes: &'a [Scheme],
    reading: &'a Reading,
    known: &'a Known,
}

impl Trains<'_> {
    fn in_steps(&self) -> bool {
        self.reading.unit == TimeUnit::Steps
    }

    fn initial(&self, neuron: &Neuron) -> State {
        self.known.initial.unwrap_or_else(|| neuron.resting_start())
    }

    /// How many of the spikes every rule makes at each of the steps.
    fn answers(&self, spikes: &[f64], steps: &[f64], lags: &[(i32, Before)], in_f32: bool) -> Vec<Answer> {
        let single = single();
        let mut attempts = Vec::new();
        for (stimulus, neuron) in
            self.stimuli.iter().flat_map(|stimulus| self.neurons.iter().map(move |neuron| (stimulus, neuron)))
        {
            for &dt in steps {
                for &(lag, before) in lags {
                    let cell = Cell::new(*neuron, stimulus.clone());
                    let of = |scheme: Scheme| Attempt {
                        hypothesis: Hypothesis { scheme, change: Change::None, interval: dt, substeps: 1, lag, before },
                        cell: cell.clone(),
                    };
                    let in_single = |scheme: &Scheme| single.as_ref().and_then(|kind| scheme.in_arithmetic(kind));
                    match in_f32 {
                        false => attempts.extend(self.schemes.iter().cloned().map(of)),
                        true => attempts.extend(self.schemes.iter().filter_map(in_single).map(of)),
                    }
                }
            }
        }
        let exact = self.in_steps() || self.reading.precision == Precision::Double;
        attempts
            .into_par_iter()
            .map(|attempt| {
                let dt = attempt.hypothesis.interval;
                let scale = if self.in_steps() { dt } else { 1.0 };
                let times: Vec<f64> = spikes.iter().map(|t| t * scale).collect();
                let rounding = self.reading.precision.half_unit(times[times.len() - 1]);
                let rounding = if exact { 0.0 } else { scaled(rounding, self.reading) };
                let initial = self.initial(&attempt.cell.neuron);
                let found = matched(&attempt, initial, &times, rounding.max(1e-6).min(0.49 * dt));
                let missed = times.len() - found;
                let first = (missed > 0).then_some(found + 1);
                let score = Score {
                    rows: times.len(),
                    telling: times.len(),
                    violating: missed,
                    first,
                    mean: missed as f64,
                    ..Score::default()
                };
                let Attempt { hypothesis, cell } = attempt;
                Answer { hypothesis, cell, score, fitted: Vec::new() }
            })
            .collect()
    }
}

/// Fewest spikes that tell of a time axis that is wrong: two fit some rule at some step.
const FEWEST: usize = 4;

pub(super) fn judge(train: &SpikeTrain, reading: &Reading, known: &Known, set: &SchemeSet) -> Result<Judgement> {
    if known.stimuli.is_empty() {
        let mend = "Add --input, as for compare: step:10, or csv:FILE.";
        return Err(Error::invalid("the input", "not told, with spikes alone", "one that is told", mend));
    }
    let in_steps = reading.unit == TimeUnit::Steps;
    let most = if in_steps { MOST_TIME / STEPS[STEPS.len() - 1] } else { MOST_TIME };
    let mut spikes: Vec<f64> = train.times().iter().copied().filter(|t| *t <= most).collect();
    if spikes.is_empty() {
        let given = format!("at {} ms", train.times()[0]);
        let allowed = format!("one within {MOST_TIME} ms");
        let mend = "Count the times from the start of the run, and check --unit.";
        return Err(Error::invalid("the first spike", given, allowed, mend));
    }
    let mut steps = steps(&spikes);
    if in_steps {
        steps = STEPS.to_vec();
    }
    let neurons: Vec<Neuron> = match known.neuron {
        Some(neuron) => vec![neuron],
        None => CELL_TYPES.iter().map(|cell| cell.neuron).collect(),
    };
    let schemes = match &known.claim {
        Some((scheme, dt)) => {
            steps = vec![*dt];
            vec![scheme.clone()]
        }
        None => candidates(set),
    };
    let stimuli = known.stimuli.iter().cloned().map(Arc::new).collect();
    let trains = Trains { stimuli, neurons, schemes: &schemes, reading, known };
    let plain = vec![(0, Before::Held)];
    let fit = |answers: &[Answer]| answers.iter().any(|answer| answer.score.fits());
    let mut answers: Vec<Answer> = Vec::new();
    let shifts = [plain.clone(), shifts(known.stimuli.iter())];
    for (lags, in_f32) in shifts.iter().flat_map(|lags| [false, true].map(|in_f32| (lags, in_f32))) {
        answers.extend(trains.answers(&spikes, &steps, lags, in_f32));
        if fit(&answers) {
            break;
        }
    }
    let mut factor = 1.0;
    if !fit(&answers) && known.claim.is_none() && !in_steps && spikes.len() >= FEWEST {
        for other in FACTORS {
            let times: Vec<f64> = spikes.iter().map(|t| nice(t * other, 1e-12 * t * other)).collect();
            if times[times.len() - 1] > MOST_TIME {
                continue;
            }
            let there = trains.answers(&times, &self::steps(&times), &plain, false);
            if fit(&there) {
                (answers, factor) = (there, other);
                break;
            }
        }
    }
    sort(&mut answers, &schemes);
    let fits: Vec<Answer> = answers.iter().filter(|answer| answer.score.fits()).cloned().collect();
    // Of those that fit the largest step comes first, which has the spikes on its grid for a reason; others may have made them all the same.
    let equivalent = fits.len();
    answers[..equivalent].sort_by(|a, b| b.hypothesis.interval.total_cmp(&a.hypothesis.interval));
    answers.truncate(equivalent + 12);
    let best = &answers[0];
    let names = |answers: &[Answer]| {
        let mut names: Vec<String> =
            answers.iter().map(|answer| answer.hypothesis.scheme.name().into_owned()).collect();
        names.sort();
        names.dedup();
        names.len()
    };
    let verdict = match equivalent {
        0 => Verdict::NoneFits,
        _ if factor != 1.0 => Verdict::TimeAxisWrong,
        _ if names(&answers[..equivalent]) == 1 => Verdict::Exact,
        _ => Verdict::Class,
    };
    let h = &best.hypothesis;
    let mut notes = Vec::new();
    if spikes.len() < train.len() {
        notes.push(format!(
            "The {} spikes after {most} {} are not judged.",
            train.len() - spikes.len(),
            reading.unit.name()
        ));
    }
    if h.lag != 0 && equivalent > 0 {
        notes.push(format!("The input comes {}, {} before time 0.", h.shift(), h.before.name()));
    }
    if known.neuron.is_none() && equivalent > 0 {
        let n = &best.cell.neuron;
        let name = CELL_TYPES.iter().find(|cell| cell.neuron == *n).map_or("", |cell| cell.name);
        notes.push(format!("of the cells of 2003 the neuron is {name}"));
    }
    if in_steps {
        spikes.iter_mut().for_each(|n| *n *= h.interval);
    }
    spikes.iter_mut().for_each(|t| *t *= factor);
    let changed =
        (factor != 1.0).then(|| format!("times are wrong by a factor of {factor}: the step is {} ms", h.interval));
    let changed = changed.into_iter().collect();
    let precision = if h.scheme.arithmetic().is_some() { "f32" } else { "f64" };
    let initial = trains.initial(&best.cell.neuron);
    let spikes = SpikeTrain::new(spikes)?;
    Ok(Judgement {
        verdict,
        equivalent,
        precision: precision.to_owned(),
        changed,
        notes,
        spikes,
        states: Vec::new(),
        initial,
        answers,
        rows: None,
    })
}

/// A rounding of the file's unit in ms.
fn scaled(rounding: f64, reading: &Reading) -> f64 {
    if reading.unit == TimeUnit::Seconds { rounding * 1e3 } else { rounding }
}
