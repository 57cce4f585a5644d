//! The judgement of recorded states: how their rows may be meant, and what is not known.

use std::sync::Arc;

use super::fit::Parameter;
use super::judgement::{Judgement, Known};
use super::precision::Precision;
use super::read::{Reading, Trace};
use super::rows::{Rows, drops};
use super::search::candidates;
use super::starts::{Input, STEPS, Search, beside};
use crate::error::Result;
use crate::model::Stimulus;
use crate::scheme::SchemeSet;

/// Significant digits of v from which on a rule in single precision misses rows that it wrote itself, where it is run in double precision.
const SINGLE_SHOWS: u32 = 6;

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
        in_single: false,
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

pub(super) fn judge(trace: &Trace, reading: &Reading, known: &Known, set: &SchemeSet) -> Result<Judgement> {
    let spacing = reading.spacing;
    let input = |stimulus, only| Input { stimulus: Arc::new(stimulus), only };
    let mut inputs: Vec<Input> = known.stimuli.iter().map(|stimulus| input(stimulus.clone(), None)).collect();
    if inputs.is_empty() {
        // Without times an input beside the rows is as far apart as the step that is tried.
        let claimed = known.claim.as_ref().map(|(_, dt)| *dt);
        let intervals = spacing.or(claimed).map_or_else(|| STEPS.to_vec(), |one| vec![one]);
        for interval in intervals {
            let beside = beside(trace, Some(interval))?;
            let constant = beside.as_ref().is_some_and(|stimulus| stimulus.as_constant().is_some());
            inputs.extend(beside.map(|stimulus| input(stimulus, (!constant).then_some(interval))));
            if constant {
                break;
            }
        }
    }
    let free_input = inputs.is_empty();
    if free_input {
        inputs.push(input(Stimulus::constant(10.0), None));
    }
    let mut free = Vec::new();
    if known.neuron.is_none() {
        free.extend([Parameter::A, Parameter::B, Parameter::C, Parameter::D]);
    }
    if free_input {
        free.push(Parameter::Input);
    }
    let variants = variants(trace, known);
    let loose: Vec<Rows> = match trace.v_precision {
        // Coarser digits hide what single precision does, and finer ones show it.
        Precision::Decimals(_) | Precision::Significant(_) if trace.v_precision.digits() >= SINGLE_SHOWS => {
            variants.iter().map(|rows| Rows { in_single: true, ..rows.clone() }).collect()
        }
        _ => Vec::new(),
    };
    let schemes = match &known.claim {
        Some((scheme, _)) => vec![scheme.clone()],
        None => candidates(set),
    };
    let (variants, schemes, inputs, free) = (&variants[..], &schemes[..], &inputs[..], &free[..]);
    let search = Search { known, trace, variants, loose: &loose, schemes, inputs, free, spacing, free_input };
    let found = match &known.claim {
        Some((scheme, dt)) => search.claimed(scheme, *dt)?,
        None => search.all()?,
    };
    Ok(search.judgement(found))
}
