//! The judgement of spikes alone: the rules that make the same ones.

use rayon::prelude::*;

use super::hypothesis::{Before, Cell, Change, Hypothesis, Mapper};
use super::judgement::{Answer, Judgement, Known, Verdict};
use super::precision::Precision;
use super::read::{Reading, TimeUnit};
use super::rows::Score;
use super::search::{candidates, shifts, single, sort};
use crate::error::{Error, Result};
use crate::model::{CELL_TYPES, Neuron, State};
use crate::scheme::{Scheme, SchemeSet};
use crate::spike::SpikeTrain;

/// Steps in use, for times that are multiples of no step \[ms\].
const STEPS: [f64; 9] = [1.0, 0.5, 0.25, 0.2, 0.125, 0.1, 0.05, 0.025, 0.01];

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
    let divided = (1..=10).map(|part| super::read::nice(grid / f64::from(part), TICK * 1e-3));
    divided.filter(|dt| (0.004..=10.0).contains(dt)).collect()
}

/// What is tried.
struct Attempt {
    hypothesis: Hypothesis,
    cell: Cell,
}

/// How many spikes from the first on a rule makes, and by how many steps its grid is shifted.
fn matched(attempt: &Attempt, initial: State, spikes: &[f64], tolerance: f64) -> usize {
    let of = &attempt.hypothesis;
    let dt = of.dt();
    let last = spikes[spikes.len() - 1];
    let count = (last / dt).ceil() as usize + 2;
    let Ok(mut map) = Mapper::new(of, &attempt.cell, initial, 0.0, count) else { return 0 };
    let mut state = initial;
    let (mut found, mut shift) = (0, None);
    for k in 0..count {
        let (next, spiked) = map.row(state, k);
        if !next.is_finite() {
            break;
        }
        state = next;
        // The next spike is overdue.
        if found < spikes.len() && k as f64 * dt > spikes[found] + 2.5 * dt + 1.0 {
            break;
        }
        let Some(t) = map.last_spike().filter(|_| spiked) else { continue };
        if found == spikes.len() {
            break;
        }
        let off = spikes[found] - t;
        let by = *shift.get_or_insert((off / dt).round());
        if by.abs() > 1.0 || (off - by * dt).abs() > tolerance {
            break;
        }
        found += 1;
    }
    found
}

pub(super) fn judge(train: &SpikeTrain, reading: &Reading, known: &Known, set: &SchemeSet) -> Result<Judgement> {
    if known.stimuli.is_empty() {
        let mend = "Add --input, as for compare: step:10, or csv:FILE.";
        return Err(Error::invalid("the input", "not told, with spikes alone", "one that is told", mend));
    }
    let mut spikes = train.times().to_vec();
    let mut steps = steps(&spikes);
    let in_steps = reading.unit == TimeUnit::Steps;
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
    let shifts = [vec![(0, Before::Held)], shifts(&known.stimuli)];
    let single = single();
    let initial_of = |neuron: &Neuron| known.initial.unwrap_or_else(|| neuron.resting_start());
    let mut answers: Vec<Answer> = Vec::new();
    let tried = shifts.iter().flat_map(|lags| [false, true].map(|in_f32| (lags, in_f32)));
    for (lags, in_f32) in tried {
        let mut attempts = Vec::new();
        for (stimulus, neuron) in
            known.stimuli.iter().flat_map(|stimulus| neurons.iter().map(move |neuron| (stimulus, neuron)))
        {
            for &dt in &steps {
                for &(lag, before) in lags {
                    let cell = Cell { neuron: *neuron, stimulus: stimulus.clone() };
                    let of = |scheme: Scheme| Attempt {
                        hypothesis: Hypothesis { scheme, change: Change::None, interval: dt, substeps: 1, lag, before },
                        cell: cell.clone(),
                    };
                    let in_single = |scheme: &Scheme| single.as_ref().and_then(|kind| scheme.in_arithmetic(kind));
                    match in_f32 {
                        false => attempts.extend(schemes.iter().cloned().map(of)),
                        true => attempts.extend(schemes.iter().filter_map(in_single).map(of)),
                    }
                }
            }
        }
        let judged = attempts.into_par_iter().map(|attempt| {
            let initial = initial_of(&attempt.cell.neuron);
            let times: Vec<f64> = if in_steps {
                spikes.iter().map(|n| n * attempt.hypothesis.interval).collect()
            } else {
                spikes.clone()
            };
            let rounding = reading.precision.half_unit(times[times.len() - 1]);
            let rounding =
                if in_steps || reading.precision == Precision::Double { 1e-6 } else { scaled(rounding, reading) };
            let found = matched(&attempt, initial, &times, rounding.max(1e-6).min(0.49 * attempt.hypothesis.dt()));
            let missed = times.len() - found;
            let first = (missed > 0).then_some(found + 1);
            let score = Score { rows: times.len(), violating: missed, first, mean: missed as f64, ..Score::default() };
            let Attempt { hypothesis, cell } = attempt;
            Answer { hypothesis, cell, score, fitted: Vec::new() }
        });
        answers.extend(judged.collect::<Vec<_>>());
        if answers.iter().any(|answer| answer.score.fits()) {
            break;
        }
    }
    sort(&mut answers, &schemes);
    let fits: Vec<Answer> = answers.iter().filter(|answer| answer.score.fits()).cloned().collect();
    // Of those that fit the largest step, which has the spikes on its grid for a reason.
    let largest = fits.first().map(|_| fits.iter().map(|answer| answer.hypothesis.interval).fold(0.0, f64::max));
    let (mut first, others): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.score.fits() && Some(answer.hypothesis.interval) == largest);
    let equivalent = first.len();
    first.extend(others.into_iter().take(12));
    let answers = first;
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
        _ if names(&answers[..equivalent]) == 1 => Verdict::Exact,
        _ => Verdict::Class,
    };
    let h = &best.hypothesis;
    let mut notes = Vec::new();
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
    let precision = if h.scheme.arithmetic().is_some() { "f32" } else { "f64" };
    let initial = initial_of(&best.cell.neuron);
    let spikes = SpikeTrain::new(spikes)?;
    Ok(Judgement {
        verdict,
        equivalent,
        precision: precision.to_owned(),
        changed: Vec::new(),
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
