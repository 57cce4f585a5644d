//! The equations make no spike of inhibition: under a negative input v goes to −62.5 − 5 √(16.25 + u − g)
//! from above, and comes back from below. Only where it was so strong that u has fallen far do they spike some ms later, by rebound.
//!
//! Three parts: a map over the size of the inhibition and the step for each scheme, for an input of one step and for a lasting one; the
//! thresholds of one step at rest, searched for and [`thresholds::derived`]; and a [`layer`] with lateral inhibition.

mod layer;
mod thresholds;

use spikestep::report::chart::{self, Colors, LegendPlace, Ramp};
use spikestep::scheme::{Step, projective};

use crate::shared::*;

use thresholds::derived;

pub(crate) const QUESTION: &str =
    "Where does a step turn inhibition into a spike, and what part of the spikes of an inhibited layer is that?";

const CELL: &str = "RS";
const PEAK: f64 = 45.0; // mV, BindsNET's, for all schemes
const SCHEMES: &str = "half-step,bindsnet,nest-published,izhikevich-2003,euler,nest-consistent,brian2-euler,nengo,euler-semi-implicit,\
    rk2,brian2-rk2,heun,rk4,brian2-rk4,evolution-2-recursive,spinnaker,rk4+located,rk4-wk,projective-8";
const MAP_DTS: (f64, f64, usize) = (0.0625, 2.0, 12); // First and last step of the map [ms], and how many
const MAP_INPUTS: (f64, f64, usize) = (30.0, 1e5, 33); // The same of the sizes of the inhibition [mV/ms]
const AFTER: f64 = 3.0; // How long after an input of one step spikes count [ms]
const LASTING: f64 = 20.0; // How long a lasting input lasts [ms]
const THRESHOLD_DTS: [f64; 4] = [1.0, 0.5, 0.25, 0.1]; // Steps of the table of thresholds [ms]
const TOLERANCE: f64 = 1e-6; // Of the equations' spikes in the map [ms]
const PER_ROW: [usize; 4] = [4, 5, 3, 2]; // Maps in a row of the figure: the first that leaves no hole in the last row

/// The map of one scheme, or of several that are the same: when the first spike comes, for each step and input; of an input of one step,
/// and of a lasting one.
struct Map {
    names: Vec<&'static str>,
    when: [Vec<u8>; 2],
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let neuron = cell(CELL).neuron.with_peak(PEAK);
    let rest = rest(&neuron, 0.0).expect("RS rests");
    let dts = logarithmic(MAP_DTS.0, MAP_DTS.1, MAP_DTS.2);
    let inputs = logarithmic(MAP_INPUTS.0, MAP_INPUTS.1, MAP_INPUTS.2);
    let maps = maps(&neuron, rest, &dts, &inputs);
    outputs.figure(&figure(&maps, &neuron, rest, &dts, &inputs))?;
    let thresholds = thresholds(&neuron, rest, outputs)?;
    Ok(thresholds + &layer::run(outputs)? + &verdict(&maps))
}

/// The maps of the schemes and last of the equations, those with the same one together.
fn maps(neuron: &Neuron, rest: State, dts: &[f64], inputs: &[f64]) -> Vec<Map> {
    let of = |name: &'static str| {
        let all = || dts.iter().flat_map(|dt| inputs.iter().map(move |input| (*dt, -input)));
        let when = |lasting| all().map(|(dt, g)| first_spike(name, neuron, rest, dt, g, lasting)).collect();
        Map { names: vec![name], when: [false, true].map(when) }
    };
    let names: Vec<&'static str> = SCHEMES.split(',').chain([EQUATIONS]).collect();
    let mut maps: Vec<Map> = Vec::new();
    for map in names.into_par_iter().map(of).collect::<Vec<_>>() {
        match maps.iter_mut().find(|known| known.when == map.when) {
            Some(known) => known.names.extend(map.names),
            None => maps.push(map),
        }
    }
    maps
}

/// The name of the equations, solved to [`TOLERANCE`].
const EQUATIONS: &str = "projective";

/// In which step of a scheme the first spike comes: 0 in none, 1 in the first, 2 in the next, 3 later.
fn first_spike(name: &str, neuron: &Neuron, rest: State, dt: f64, input: f64, lasting: bool) -> u8 {
    let time = if lasting { LASTING } else { dt + AFTER };
    let steps = (time / dt).ceil().max(2.0);
    let (stimulus, duration) =
        if lasting { (Stimulus::constant(input), LASTING) } else { (pulse(input, dt), steps * dt) };
    let problem = Problem { neuron: *neuron, stimulus, initial: rest, duration };
    if name == EQUATIONS {
        let spikes = projective::solve(&problem, TOLERANCE).spikes;
        return spikes.times().first().map_or(0, |t| (t / dt).ceil().clamp(1.0, 3.0) as u8);
    }
    let mut stepper = stepper(&scheme(name), &problem, dt);
    let (mut state, mut spikes) = (rest, Vec::new());
    for k in 0..steps as u32 {
        let (start, end) = (f64::from(k) * dt, f64::from(k + 1) * dt);
        let step = Step { start, end, input: StepInput::new(&problem.stimulus, start, dt) };
        match stepper.step(state, &step, &mut spikes) {
            Ok(next) if next.is_finite() => state = next,
            _ => break,
        }
        if !spikes.is_empty() {
            return (k + 1).min(3) as u8;
        }
    }
    0
}

fn thresholds(neuron: &Neuron, rest: State, outputs: &mut Outputs<'_>) -> Result<String> {
    let jobs: Vec<(&str, f64)> = SCHEMES.split(',').flat_map(|name| THRESHOLD_DTS.map(|dt| (name, dt))).collect();
    // Within one step and within two: searched for, and derived.
    let row = |(name, dt): (&'static str, f64)| {
        let formula = derived(name, neuron, rest, dt);
        let of = |steps| {
            let derived = formula.filter(|(when, _)| *when == steps).map(|(_, input)| input);
            [least_inhibition(scheme(name), neuron, rest, dt, steps), derived]
        };
        let late = [least_inhibition(scheme(name), neuron, rest, dt, steps_to_rest(dt))];
        let number = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:.3}"));
        [fields![name, dt], [&of(1)[..], &of(2), &late].concat().into_iter().map(number).collect()].concat()
    };
    let rows: Vec<Vec<String>> = jobs.into_par_iter().map(row).collect();
    let header = "scheme,dt_ms,in_the_step_mV_per_ms,derived_in_the_step_mV_per_ms,by_the_next_step_mV_per_ms,\
                  derived_in_the_next_step_mV_per_ms,within_50_ms_mV_per_ms";
    outputs.csv("thresholds.csv", header, rows.iter().cloned())?;
    Ok(format!(
        "Least inhibition [mV/ms] over one step that makes {CELL} at rest (v = {}, u = {}, peak {PEAK} mV) spike\n{}",
        three(rest.v),
        three(rest.u),
        table("scheme,dt [ms],in that step,derived,by the next,derived,in 50 ms", rows)
    ))
}

fn verdict(maps: &[Map]) -> String {
    let silent = |map: &&Map| map.when.iter().flatten().all(|when| *when == 0);
    let never: Vec<&str> = maps.iter().filter(silent).flat_map(|map| map.names.clone()).collect();
    let mut text = format!("\nWithout a spike anywhere on the map: {}.\n", never.join(", "));
    for map in maps.iter().filter(|map| map.names.len() > 1) {
        text += &format!("One map (\"+{}\" in the figure): {}.\n", map.names.len() - 1, map.names.join(", "));
    }
    text
}

/// When the spike comes, as the colours of the map say.
const WHEN: [&str; 3] = ["in the first step of the input", "in the next step", "later"];

/// The maps: size of the input against the step, a panel a scheme and kind of input.
fn figure(maps: &[Map], neuron: &Neuron, rest: State, dts: &[f64], inputs: &[f64]) -> Chart {
    let panels = ["one-step", "lasting"].into_iter().enumerate().flat_map(|(k, kind)| {
        maps.iter().map(move |map| {
            let border = |dt: &f64| {
                let (_, g) = map.names.iter().find_map(|name| derived(name, neuron, rest, *dt))?;
                (MAP_INPUTS.0..=MAP_INPUTS.1).contains(&-g).then_some((*dt, -g))
            };
            let heading = match map.names.len() {
                1 => map.names[0].to_owned(),
                n => format!("{} (+{})", map.names[0], n - 1),
            };
            let name = format!("{} {kind}", map.names.join(" "));
            let borders = if k == 0 { dts.iter().filter_map(border).collect() } else { Vec::new() };
            let panel = map_panel((dts, inputs), &map.when[k], borders);
            Panel { name, heading, verdict: (format!("{kind} input"), false), ..panel }
        })
    });
    let fields =
        [("panel", Field::Panel), ("dt_ms", Field::X), ("input_mV_per_ms", Field::At(0)), ("spike", Field::At(1))];
    Chart {
        name: "inhibition_excites".into(),
        title: "When a neuron spikes that was inhibited, for each scheme".into(),
        columns: columns(fields),
        per_row: PER_ROW.into_iter().find(|n| (2 * maps.len()).is_multiple_of(*n)).unwrap_or(1),
        shared: (true, true),
        panels: panels.collect(),
        legend: LegendPlace::Below,
        ..Chart::default()
    }
}

fn map_panel((dts, inputs): (&[f64], &[f64]), when: &[u8], borders: Vec<(f64, f64)>) -> Panel {
    // Half a cell beyond the first and the last.
    let ends = |grid: &[f64]| {
        let (first, last) = (grid[0], grid[grid.len() - 1]);
        let half = (last / first).powf(0.5 / (grid.len() - 1) as f64);
        (first / half, last * half)
    };
    let (x, y) = (ends(dts), ends(inputs));
    let places = dts.iter().flat_map(|dt| inputs.iter().map(move |input| (*dt, *input)));
    let cells = places.zip(when).map(|((dt, input), when)| {
        let said = usize::from(*when).checked_sub(1).and_then(|k| WHEN.get(k)).map_or("none", |when| when);
        let texts = vec![chart::number(-input), said.to_owned()];
        Point { value: f64::from(*when), texts, ..(dt, input).into() }
    });
    let colors = Colors { ramp: Ramp::Named(WHEN), ..Colors::default() };
    let map = Series { draw: Draw::Cells(colors), group: "spike".into(), ..Series::line("", cells) };
    let label = Some("derived border".to_owned());
    let border = Series { look: Look::Black, label, fields: Some(Vec::new()), ..Series::line("derived", borders) };
    Panel {
        x: Axis::log("time step dt [ms]").between(x.0, x.1),
        y: Axis::log("inhibition −I [mV/ms]").between(y.0, y.1),
        height: 124.0,
        empty: "no spike".into(),
        layers: vec![map.into(), border.into()],
        ..Panel::default()
    }
}
