//! Kind `inhibition_excites`: spikes that a step makes of inhibition. The equations never do that: under a negative input v goes to
//! −62.5 − 5 √(16.25 + u − g) (2003 form) from above, and comes back from below.
//!
//! Three parts: a map over the size of the inhibition and the step for each scheme, for an input of one step and for a lasting one;
//! the thresholds of one step at rest, searched for and derived ([`thresholds`]); and a layer with lateral inhibition ([`layer`]), with
//! the part of its spikes that is spurious ([`crate::population::spurious`]) and what a lower bound of v does to that and to the others.

mod layer;
mod thresholds;

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::runs::{check_positive, fixed_step_schemes};
use super::{Experiment, Outputs};
use crate::error::{Error, Result};
use crate::model::{CellType, Neuron, PhasePlane, Piece, Problem, State, StepInput, Stimulus};
use crate::population::Synapse;
use crate::population::spurious::Spurious;
use crate::report::figure::{CurvePanel, CurveSeries, Curves, MapPanel, SpuriousMap, curves, spurious_map};
use crate::report::{three, three_or_dash};
use crate::scheme::Scheme;
use crate::scheme::{Step, projective};

use layer::{LayerStudy, Price, Setting};
use thresholds::{Comes, derived, least_inhibition};

/// The parameters, as in `experiments/inhibition_excites.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InhibitionExcites {
    /// Cell type of 2003, and the peak of all schemes \[mV\].
    cell: String,
    peak: f64,
    /// Schemes of the map, as `--schemes`.
    schemes: String,
    /// First and last step \[ms\] and size of the inhibition \[mV/ms\] of the map, and how many of each.
    map_dts: (f64, f64),
    map_inputs: (f64, f64),
    map_points: (usize, usize),
    /// How long after an input of one step spikes count, and how long a lasting one lasts \[ms\].
    after: f64,
    lasting: f64,
    /// Steps of the table of thresholds \[ms\].
    threshold_dts: Vec<f64>,
    layer: LayerStudy,
}

/// The map of one scheme, or of several that are the same.
struct Map {
    names: Vec<String>,
    pulse: Vec<u8>,
    lasting: Vec<u8>,
}

/// The tolerance of the truth of the map \[ms\].
const TOLERANCE: f64 = 1e-6;

impl Experiment for InhibitionExcites {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let (neuron, rest, schemes) = self.checked()?;
        let layer_schemes = self.layer.check()?;
        let (dts, inputs) = (grid(self.map_dts, self.map_points.0), grid(self.map_inputs, self.map_points.1));
        let maps = self.maps(&neuron, rest, &schemes, &dts, &inputs);
        outputs.figure(&spurious_map(&figure(&maps, &neuron, rest, dts, inputs))?)?;
        let mut text = self.thresholds(&neuron, rest, &schemes, outputs)?;
        let counts = self.counts(&layer_schemes)?;
        outputs.figure(&curves(&self.layer_figure(&counts))?)?;
        text += &self.layer_table(&counts, outputs)?;
        text += &self.bounds(&layer_schemes, outputs)?;
        text += &self.verdict(&maps, &counts);
        Ok(text)
    }

    fn check(&self) -> std::result::Result<String, super::Flaw> {
        let flaw = |error| super::Flaw { span: None, error };
        let (_, _, schemes) = self.checked().map_err(flaw)?;
        let layers = self.layer.check().map_err(flaw)?.len();
        let runs = layers * self.layer.dts.len() * self.layer.inhibitions.len() * self.layer.synapses.len();
        Ok(format!("maps of {} schemes, {runs} settings of a layer", schemes.len()))
    }
}

/// `count` numbers from the first to the last by equal factors.
fn grid((first, last): (f64, f64), count: usize) -> Vec<f64> {
    (0..count).map(|k| first * (last / first).powf(k as f64 / (count - 1) as f64)).collect()
}

impl InhibitionExcites {
    fn checked(&self) -> Result<(Neuron, State, Vec<Scheme>)> {
        let neuron = CellType::find(&self.cell)?.neuron.with_peak(self.peak);
        neuron.validate()?;
        for (what, x) in [("after", self.after), ("lasting", self.lasting)] {
            check_positive(what, x)?;
        }
        let toml = "See experiments/inhibition_excites.toml.";
        let rising = |(low, high): (f64, f64)| low > 0.0 && low < high && high.is_finite();
        let counts = 2..=200;
        let (a, b) = self.map_points;
        if !rising(self.map_dts) || !rising(self.map_inputs) || !counts.contains(&a) || !counts.contains(&b) {
            let given = format!("{:?}, {:?} and {:?}", self.map_dts, self.map_inputs, self.map_points);
            return Err(Error::invalid("the map", given, "two rising pairs above 0, 2 to 200 points of each", toml));
        }
        self.threshold_dts.iter().try_for_each(|&dt| check_positive("threshold_dts", dt))?;
        let rest = PhasePlane::new(neuron, 0.0)?.equilibria().first().map(|e| e.state);
        let rest =
            rest.ok_or_else(|| Error::invalid("cell", &self.cell, "one that rests without input", "Take RS."))?;
        Ok((neuron, rest, fixed_step_schemes(&self.schemes)?))
    }

    /// The maps, schemes with the same one together, and last the equations'.
    fn maps(&self, neuron: &Neuron, rest: State, schemes: &[Scheme], dts: &[f64], inputs: &[f64]) -> Vec<Map> {
        let all = || dts.iter().flat_map(|dt| inputs.iter().map(move |input| (*dt, -input)));
        let of = |scheme: &Scheme| Map {
            names: vec![scheme.to_string()],
            pulse: all().map(|(dt, g)| self.first_spike(scheme, neuron, rest, dt, g, false)).collect(),
            lasting: all().map(|(dt, g)| self.first_spike(scheme, neuron, rest, dt, g, true)).collect(),
        };
        let mut maps: Vec<Map> = Vec::new();
        for map in schemes.par_iter().map(of).collect::<Vec<_>>() {
            match maps.iter_mut().find(|known| known.pulse == map.pulse && known.lasting == map.lasting) {
                Some(known) => known.names.extend(map.names),
                None => maps.push(map),
            }
        }
        let exact = |lasting| all().map(|(dt, g)| self.exact_spike(neuron, rest, dt, g, lasting)).collect();
        let exact = Map { names: vec!["projective".to_owned()], pulse: exact(false), lasting: exact(true) };
        maps.push(exact);
        maps
    }

    fn window(&self, dt: f64, lasting: bool) -> u64 {
        let time = if lasting { self.lasting } else { dt + self.after };
        ((time / dt).ceil() as u64).max(2)
    }

    /// In which step the first spike comes: 0 in none, 1 in the first, 2 in the next, 3 later.
    fn first_spike(&self, scheme: &Scheme, n: &Neuron, rest: State, dt: f64, input: f64, lasting: bool) -> u8 {
        let steps = self.window(dt, lasting);
        let (neuron, stimulus, duration) = (*n, Stimulus::constant(0.0), steps as f64 * dt);
        let problem = Problem { neuron, stimulus, initial: rest, duration };
        let Ok(mut scheme) = crate::scheme::start(&problem, &scheme.at_peak_of_neuron(), dt) else { return 0 };
        let (mut state, mut spikes) = (rest, Vec::new());
        let (on, off) = (Stimulus::constant(input), Stimulus::constant(0.0));
        for k in 0..steps {
            let stimulus = if k == 0 || lasting { &on } else { &off };
            let (start, end) = (k as f64 * dt, (k + 1) as f64 * dt);
            let step = Step { start, end, input: StepInput::new(stimulus, start, dt) };
            match scheme.step(state, &step, &mut spikes) {
                Ok(next) if next.is_finite() => state = next,
                _ => break,
            }
            if !spikes.is_empty() {
                return (k + 1).min(3) as u8;
            }
        }
        0
    }

    /// The same of the equations.
    fn exact_spike(&self, neuron: &Neuron, rest: State, dt: f64, input: f64, lasting: bool) -> u8 {
        let steps = self.window(dt, lasting);
        let length = if lasting { self.lasting } else { steps as f64 * dt };
        let constant = |start: f64, value: f64| Piece { start, value, slope: 0.0 };
        let pulse = [constant(0.0, input), constant(dt, 0.0)];
        let stimulus = match lasting {
            true => Ok(Stimulus::constant(input)),
            false => Stimulus::piecewise_linear(pulse.to_vec()),
        };
        let Ok(stimulus) = stimulus else { return 0 };
        let problem = Problem { neuron: *neuron, stimulus, initial: rest, duration: length };
        let solution = projective::solve(&problem, TOLERANCE);
        solution.spikes.times().first().map_or(0, |t| (t / dt).ceil().clamp(1.0, 3.0) as u8)
    }

    fn thresholds(
        &self,
        neuron: &Neuron,
        rest: State,
        schemes: &[Scheme],
        outputs: &mut Outputs<'_>,
    ) -> Result<String> {
        let mut text = format!(
            "Least inhibition [mV/ms] over one step that makes {} at rest (v = {}, u = {}, peak {} mV) spike\n{:20} {:>8} {:>14} {:>12} {:>14} {:>12}\n",
            self.cell,
            three(rest.v),
            three(rest.u),
            self.peak,
            "scheme",
            "dt [ms]",
            "in that step",
            "derived",
            "by the next",
            "derived"
        );
        let mut csv = String::from(
            "scheme,dt_ms,in_the_step_mV_per_ms,derived_in_the_step_mV_per_ms,by_the_next_step_mV_per_ms,derived_in_the_next_step_mV_per_ms\n",
        );
        let jobs: Vec<(Scheme, f64)> =
            schemes.iter().flat_map(|s| self.threshold_dts.iter().map(move |dt| (s.clone(), *dt))).collect();
        let rows: Vec<_> = jobs
            .into_par_iter()
            .map(|(scheme, dt)| {
                let least = |steps| least_inhibition(&scheme, neuron, rest, dt, steps);
                let found = (least(1), least(2));
                (scheme, dt, found.0, found.1)
            })
            .collect();
        for (scheme, dt, own, next) in rows {
            let formula = derived(&scheme.to_string(), neuron, rest, dt);
            let of = |comes| formula.filter(|(when, _)| *when == comes).map(|(_, g)| g);
            let (in_step, in_next) = (of(Comes::InTheStep), of(Comes::InTheNext));
            let shown = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.2}"));
            let field = |x: Option<f64>| x.map(|x| format!("{x:.3}")).unwrap_or_default();
            let _ = writeln!(
                text,
                "{:20} {dt:>8} {:>14} {:>12} {:>14} {:>12}",
                scheme.to_string(),
                shown(own),
                shown(in_step),
                shown(next),
                shown(in_next)
            );
            let fields = [own, in_step, next, in_next].map(field).join(",");
            let _ = writeln!(csv, "{scheme},{dt},{fields}");
        }
        outputs.dir.write("thresholds.csv", csv.as_bytes())?;
        Ok(text)
    }

    /// All settings of the layer, over the seeds.
    fn counts(&self, schemes: &[Scheme]) -> Result<Vec<(Setting, Spurious)>> {
        let study = &self.layer;
        let mut settings = Vec::new();
        for &synapse in &study.synapses {
            for &inhibition in &study.inhibitions {
                for scheme in schemes {
                    let of = |&dt: &f64| Setting { scheme: scheme.clone(), synapse, dt, inhibition, lbound: None };
                    settings.extend(study.dts.iter().map(of));
                }
            }
        }
        settings
            .into_par_iter()
            .map(|setting| {
                let add = |sum: Spurious, seed| Ok::<_, Error>(sum.and(study.run(&setting, seed, false)?.0));
                let count = (1..=study.seeds).try_fold(Spurious::NONE, add)?;
                Ok((setting, count))
            })
            .collect()
    }

    fn layer_table(&self, counts: &[(Setting, Spurious)], outputs: &mut Outputs<'_>) -> Result<String> {
        let study = &self.layer;
        let mut text = format!(
            "\nA layer of {} of BindsNET's neurons, {} inputs, {} ms, {} seeds: spikes, and those of them the equations do not have\n\
             {:10} {:>11} {:16} {:>8} {:>9} {:>9} {:>8} {:>13} {:>11}\n",
            study.neurons,
            study.inputs,
            study.duration,
            study.seeds,
            "synapse",
            "inhibition",
            "scheme",
            "dt [ms]",
            "spikes",
            "spurious",
            "share",
            "least input",
            "lowest v"
        );
        let mut csv = String::from(
            "synapse,inhibition_mV_per_ms,scheme,dt_ms,spikes,spurious,least_input_mV_per_ms,lowest_v_mV\n",
        );
        for (s, c) in counts {
            let share = c.share().map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", 100.0 * share));
            let _ = writeln!(
                text,
                "{:10} {:>11} {:16} {:>8} {:>9} {:>9} {:>8} {:>13} {:>11}",
                s.synapse.to_string(),
                s.inhibition,
                s.scheme.to_string(),
                s.dt,
                c.spikes,
                c.spurious,
                share,
                three(c.least_input),
                three(c.lowest_v)
            );
            let _ = writeln!(
                csv,
                "{},{},{},{},{},{},{},{}",
                s.synapse, s.inhibition, s.scheme, s.dt, c.spikes, c.spurious, c.least_input, c.lowest_v
            );
        }
        outputs.dir.write("layer.csv", csv.as_bytes())?;
        Ok(text)
    }

    fn layer_figure(&self, counts: &[(Setting, Spurious)]) -> Curves {
        let study = &self.layer;
        let panel = |synapse: &Synapse, inhibition: &f64| {
            let mut series: Vec<CurveSeries> = Vec::new();
            for (s, c) in counts.iter().filter(|(s, _)| s.synapse == *synapse && s.inhibition == *inhibition) {
                let label = s.scheme.to_string();
                if series.last().is_none_or(|line| line.label != label) {
                    series.push(CurveSeries { label, marked: true, ..CurveSeries::default() });
                }
                if let (Some(line), Some(share)) = (series.last_mut(), c.share()) {
                    line.points.push((s.dt, 100.0 * share));
                }
            }
            CurvePanel {
                heading: format!("{synapse}, inhibition {inhibition} mV/ms at 1 ms"),
                x: "time step dt [ms]".to_owned(),
                y: "spurious spikes [%]".to_owned(),
                log_x: true,
                log_y: false,
                series,
            }
        };
        let shown = study.inhibitions.iter().filter(|i| **i > 0.0);
        Curves {
            name: "inhibition_layer",
            title: "The part of a layer's spikes that the equations do not have".to_owned(),
            columns: ["dt_ms", "spurious_percent"],
            per_row: study.synapses.len(),
            panels: shown.flat_map(|i| study.synapses.iter().map(|s| panel(s, i))).collect(),
        }
    }

    /// The table of lower bounds.
    fn bounds(&self, schemes: &[Scheme], outputs: &mut Outputs<'_>) -> Result<String> {
        let study = &self.layer;
        let (dt, inhibition) = study.bounded_at;
        let exact = crate::population::scheme("projective-8")?;
        let setting = |scheme: &Scheme, lbound| Setting {
            scheme: scheme.clone(),
            synapse: Synapse::BINDSNET,
            dt,
            inhibition,
            lbound,
        };
        let bounds: Vec<Option<f64>> = std::iter::once(None).chain(study.lbounds.iter().map(|b| Some(*b))).collect();
        let seeds = 1..=study.seeds;
        let frozen: Vec<(u64, Vec<Vec<f64>>)> = seeds
            .clone()
            .map(|seed| Ok((seed, study.run(&setting(&exact, None), seed, true)?.1)))
            .collect::<Result<_>>()?;
        let rows: Vec<(Option<f64>, Vec<Spurious>, Price)> = bounds
            .into_par_iter()
            .map(|lbound| {
                let of = |scheme: &Scheme| {
                    let add = |sum: Spurious, seed| {
                        Ok::<_, Error>(sum.and(study.run(&setting(scheme, lbound), seed, false)?.0))
                    };
                    seeds.clone().try_fold(Spurious::NONE, add)
                };
                let price = frozen.iter().try_fold(Price::default(), |sum, (seed, inputs)| {
                    Ok::<_, Error>(sum.and(study.price(&setting(&exact, lbound), *seed, inputs)?))
                })?;
                Ok((lbound, schemes.iter().map(of).collect::<Result<_>>()?, price))
            })
            .collect::<Result<_>>()?;
        let mut text = format!(
            "\nLower bounds of v at dt = {dt} ms and an inhibition of {inhibition} mV/ms (BindsNET's synapse): spurious spikes in a hundred of \
             each scheme, and what the bound alone does to true spikes (projective-8 under one recorded input): of them lost, added and moved \
             by more than {} ms, and how far\n{:>8}",
            layer::MOVED,
            "lbound"
        );
        let mut csv = String::from("lbound_mV,scheme,spikes,spurious,true_spikes,lost,added,moved,mean_shift_ms\n");
        for scheme in schemes {
            let _ = write!(text, " {:>16}", scheme.to_string());
        }
        let _ = writeln!(text, " {:>7} {:>6} {:>6} {:>6} {:>10}", "true", "lost", "added", "moved", "by [ms]");
        for (lbound, counts, p) in rows {
            let name = lbound.map_or_else(|| "none".to_owned(), |x| x.to_string());
            let _ = write!(text, "{name:>8}");
            for (scheme, c) in schemes.iter().zip(&counts) {
                let share = c.share().map(|share| 100.0 * share);
                let _ = write!(text, " {:>16}", three_or_dash(share));
                let _ = writeln!(
                    csv,
                    "{name},{scheme},{},{},{},{},{},{},{}",
                    c.spikes, c.spurious, p.spikes, p.lost, p.added, p.moved, p.mean
                );
            }
            let _ =
                writeln!(text, " {:>7} {:>6} {:>6} {:>6} {:>10}", p.spikes, p.lost, p.added, p.moved, three(p.mean));
        }
        outputs.dir.write("lbound.csv", csv.as_bytes())?;
        Ok(text)
    }

    fn verdict(&self, maps: &[Map], counts: &[(Setting, Spurious)]) -> String {
        let spikes = |map: &Map| map.pulse.iter().chain(&map.lasting).filter(|when| **when > 0).count();
        let never: Vec<String> = maps.iter().filter(|map| spikes(map) == 0).flat_map(|m| m.names.clone()).collect();
        let mut text = format!("\nWithout a spike anywhere on the map: {}.\n", never.join(", "));
        for map in maps.iter().filter(|map| map.names.len() > 1) {
            let _ = writeln!(text, "One map (\"+{}\" in the figure): {}.", map.names.len() - 1, map.names.join(", "));
        }
        let worst = counts.iter().filter_map(|(s, c)| Some((s, c.share()?))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((s, share)) = worst {
            let _ = writeln!(
                text,
                "The most in the layer: {} % of the spikes of {} at dt = {} ms, {} with {} mV/ms.",
                three(100.0 * share),
                s.scheme,
                s.dt,
                s.synapse,
                s.inhibition
            );
        }
        text
    }
}

fn figure(maps: &[Map], neuron: &Neuron, rest: State, dts: Vec<f64>, inputs: Vec<f64>) -> SpuriousMap {
    let (low, high) = (inputs.first().copied().unwrap_or(1.0), inputs.last().copied().unwrap_or(1.0));
    let mut panels = Vec::new();
    for lasting in [false, true] {
        for map in maps {
            let border = |dt: &f64| {
                let (_, g) = map.names.iter().find_map(|name| derived(name, neuron, rest, *dt))?;
                (low..=high).contains(&-g).then_some((*dt, -g))
            };
            let kind = if lasting { "lasting" } else { "one step" };
            let first = &map.names[0];
            let heading = match map.names.len() {
                1 => format!("{first}, {kind}"),
                more => format!("{first} (+{}), {kind}", more - 1),
            };
            panels.push(MapPanel {
                heading,
                name: format!("{} {kind}", map.names.join(" ")),
                when: if lasting { map.lasting.clone() } else { map.pulse.clone() },
                derived: if lasting { Vec::new() } else { dts.iter().filter_map(border).collect() },
            });
        }
        // The next kind begins a row.
        while !lasting && panels.len() % PER_ROW != 0 {
            panels.push(MapPanel::default());
        }
    }
    let title = "When a neuron spikes that was inhibited, for each scheme".to_owned();
    SpuriousMap { title, dts, inputs, per_row: PER_ROW, panels }
}

/// Maps in a row of the figure.
const PER_ROW: usize = 4;
