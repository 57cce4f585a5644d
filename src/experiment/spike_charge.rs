//! Kind `spike_charge`: what halving dt does to a neuron and to a feed-forward network when the weight of a spike is kept, and when its
//! charge is.
//!
//! Inputs spike at random, drawn once in continuous time; they drive the first layer, that the second, and each a neuron alone with
//! inputs of its own. All delays are the same in ms at every step. The limit of the jumps is solved from arrival to arrival at the exact
//! times ([`taylor`]), layer after layer; that of the exponential currents is `projective-8` at a small step.

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::runs::check_positive;
use super::trains::Trains;
use super::{Experiment, Outputs};
use crate::error::{Error, Result};
use crate::model::{CellType, Neuron, Problem, Stimulus};
use crate::population::{Delivery, LayerSpec, Monitor, Network, Synapse, Weights};
use crate::report::figure::{CurvePanel, CurveSeries, Curves, curves};
use crate::scheme::Scheme;
use crate::truth::taylor;

/// The parameters, as in `experiments/spike_charge.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpikeCharge {
    /// Cell type of 2003, at its own peak.
    cell: String,
    /// Numbers of inputs, and of neurons of the first and second layer.
    inputs: usize,
    layers: (usize, usize),
    /// Rate of an input \[Hz\].
    rate: f64,
    /// The part of the inputs that a neuron of the first layer is connected to.
    fan_in: f64,
    /// Mean charge of a spike of the inputs, and charge of one between the layers \[mV\]: the weight at a step of 1 ms.
    charges: (f64, f64),
    /// Delay of all connections \[ms\].
    delay: f64,
    /// Duration \[ms\].
    duration: f64,
    /// Runs with inputs and weights of their own: seeds 1 to this many.
    seeds: u64,
    schemes: Vec<String>,
    synapses: Vec<Synapse>,
    /// Steps \[ms\], of which whole numbers make a delay.
    dts: Vec<f64>,
    /// The step of the limit of exponential currents \[ms\].
    limit_dt: f64,
}

/// Rates \[Hz\] of the neuron alone, of the first layer and of the second.
type Rates = [f64; 3];
const WHO: [&str; 3] = ["a neuron alone", "first layer", "second layer"];

/// What a seed draws.
struct Drawn {
    trains: Trains,
    /// Charges \[mV\] of the inputs on the neurons of the first layer, of which the first neuron is the one alone.
    weights: Vec<f64>,
}

struct Measured {
    synapse: Synapse,
    scheme: Scheme,
    dt: f64,
    rates: Rates,
}

impl Experiment for SpikeCharge {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let (neuron, schemes) = self.checked()?;
        let drawn: Vec<Drawn> = (1..=self.seeds).map(|seed| self.draw(seed)).collect();
        let mut jobs = Vec::new();
        for &synapse in &self.synapses {
            for scheme in &schemes {
                jobs.extend(self.dts.iter().map(|&dt| (synapse, scheme.clone(), dt)));
            }
        }
        let measured: Vec<Measured> = jobs
            .into_par_iter()
            .map(|(synapse, scheme, dt)| {
                let rates = self.mean(&drawn, |d| self.stepped(&neuron, d, synapse, &scheme, dt))?;
                Ok(Measured { synapse, scheme, dt, rates })
            })
            .collect::<Result<_>>()?;
        let limits: Vec<(Synapse, Option<Rates>)> =
            self.synapses.iter().map(|s| Ok((*s, self.limit(&neuron, &drawn, *s)?))).collect::<Result<_>>()?;
        outputs.figure(&curves(&self.figure(&measured, &limits, &schemes))?)?;
        self.text(&measured, &limits, outputs)
    }

    fn check(&self) -> std::result::Result<String, super::Flaw> {
        let (_, schemes) = self.checked().map_err(|error| super::Flaw { span: None, error })?;
        let runs = schemes.len() * self.synapses.len() * self.dts.len();
        Ok(format!("{runs} settings of a network, {} seeds", self.seeds))
    }
}

impl SpikeCharge {
    fn checked(&self) -> Result<(Neuron, Vec<Scheme>)> {
        let toml = "See experiments/spike_charge.toml.";
        for (what, x) in
            [("rate", self.rate), ("duration", self.duration), ("delay", self.delay), ("fan_in", self.fan_in)]
        {
            check_positive(what, x)?;
        }
        if self.rate >= 500.0 || self.fan_in > 1.0 {
            let given = format!("{} Hz, {}", self.rate, self.fan_in);
            return Err(Error::invalid("rate or fan_in", given, "a rate below 500 Hz, a part of at most 1", toml));
        }
        let sizes = 1..=10_000;
        let (first, second) = self.layers;
        if ![self.inputs, first, second].iter().all(|n| sizes.contains(n)) || !(1..=1000).contains(&self.seeds) {
            let given = format!("{}, {:?} and {}", self.inputs, self.layers, self.seeds);
            return Err(Error::invalid("inputs, layers or seeds", given, "1 to 10000, 1 to 1000 seeds", toml));
        }
        for &dt in self.dts.iter().chain([&self.limit_dt]) {
            let steps = self.delay / dt;
            if !(dt > 0.0 && dt <= super::trains::DEAD_TIME && (steps - steps.round()).abs() < 1e-9 && steps >= 0.5) {
                let allowed = "at most 1 ms, a whole part of the delay";
                return Err(Error::invalid("dts", format!("{dt} ms"), allowed, toml));
            }
        }
        let schemes = self.schemes.iter().map(|name| crate::population::scheme(name)).collect::<Result<_>>()?;
        Ok((CellType::find(&self.cell)?.neuron, schemes))
    }

    fn draw(&self, seed: u64) -> Drawn {
        use rand::{RngExt, SeedableRng};
        let trains = Trains::poisson(self.inputs, self.duration, self.duration, seed, |_, _, _| self.rate / 1000.0);
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
        let mut weight = || {
            let (there, size): (f64, f64) = (rng.random(), rng.random());
            if there < self.fan_in { 2.0 * self.charges.0 * size } else { 0.0 }
        };
        Drawn { trains, weights: (0..self.inputs * self.layers.0).map(|_| weight()).collect() }
    }

    /// Mean rates over the seeds.
    fn mean(&self, drawn: &[Drawn], of: impl Fn(&Drawn) -> Result<[usize; 3]> + Sync + Send) -> Result<Rates> {
        let counts = drawn.par_iter().map(of).collect::<Result<Vec<_>>>()?;
        let sizes = [1, self.layers.0, self.layers.1];
        Ok(std::array::from_fn(|k| {
            let spikes: usize = counts.iter().map(|c| c[k]).sum();
            1000.0 * spikes as f64 / (sizes[k] * drawn.len()) as f64 / self.duration
        }))
    }

    /// Spikes of a network with this synapse on all connections.
    fn stepped(&self, n: &Neuron, d: &Drawn, synapse: Synapse, scheme: &Scheme, dt: f64) -> Result<[usize; 3]> {
        let (first, second) = self.layers;
        let spec = |count| LayerSpec { scheme: scheme.clone(), ..LayerSpec::new(vec![*n; count]) };
        let number = |q: f64| synapse.number(q, 1.0);
        let mut network = Network::<f64>::new(dt, 1)?;
        let x = network.add_input("X", self.inputs, None)?;
        let a = network.add_layer("A", spec(first))?;
        let b = network.add_layer("B", spec(second))?;
        let delay = (self.delay / dt).round() as usize;
        let weights = Weights::dense(self.inputs, first, d.weights.iter().map(|q| number(*q)).collect())?;
        network.connect_with(x, a, weights, delay, synapse)?;
        let between = Weights::dense(first, second, vec![number(self.charges.1); first * second])?;
        network.connect_with(a, b, between, delay, synapse)?;
        let mut monitors = [Monitor::spikes().of(a), Monitor::spikes().of(b)];
        let told = |step: u64, inputs: &mut crate::population::network::Inputs<'_, '_, f64>| {
            let (start, end) = (step as f64 * dt, (step + 1) as f64 * dt);
            d.trains.within(start, end).try_for_each(|i| inputs.spike(x, 0, i))
        };
        network.run((self.duration / dt).round() as u64, told, &mut monitors)?;
        let spikes = monitors[0].recorded_spikes();
        let alone = spikes.iter().filter(|(_, spike)| spike.neuron == 0).count();
        Ok([alone, spikes.len(), monitors[1].recorded_spikes().len()])
    }

    /// What the rates go to as dt → 0: nothing where the weight is kept (the input vanishes), so that none is given.
    fn limit(&self, neuron: &Neuron, drawn: &[Drawn], synapse: Synapse) -> Result<Option<Rates>> {
        match synapse.delivery {
            Delivery::Weight => Ok(None),
            Delivery::Charge => self.mean(drawn, |d| Ok(self.exact(neuron, d))).map(Some),
            Delivery::Exponential { .. } => {
                let exact = crate::population::scheme("projective-8")?;
                let small = |d: &Drawn| self.stepped(neuron, d, synapse, &exact, self.limit_dt);
                self.mean(drawn, small).map(Some)
            }
        }
    }

    /// Spikes of the equations with jumps of v at the exact times of arrival.
    fn exact(&self, neuron: &Neuron, d: &Drawn) -> [usize; 3] {
        let (first, second) = self.layers;
        let arrivals = |i: usize| -> Vec<(f64, f64)> {
            let jump = |&(t, input): &(f64, usize)| (t + self.delay, d.weights[input * first + i]);
            d.trains.spikes().iter().map(jump).filter(|(_, q)| *q != 0.0).collect()
        };
        let trains: Vec<Vec<f64>> = (0..first).map(|i| self.jumped(neuron, &arrivals(i))).collect();
        let mut sent: Vec<(f64, f64)> = trains.iter().flatten().map(|t| (t + self.delay, self.charges.1)).collect();
        sent.sort_by(|a, b| a.0.total_cmp(&b.0));
        // All neurons of the second layer are the same neuron.
        [trains[0].len(), trains.iter().map(Vec::len).sum(), second * self.jumped(neuron, &sent).len()]
    }

    /// Spikes \[ms\] of a neuron whose v is raised at these times \[ms\] by these charges \[mV\].
    fn jumped(&self, neuron: &Neuron, arrivals: &[(f64, f64)]) -> Vec<f64> {
        let (mut state, mut start, mut spikes) = (neuron.resting_start(), 0.0, Vec::new());
        let end = (self.duration, 0.0);
        for &(t, q) in arrivals.iter().filter(|(t, _)| *t < self.duration).chain([&end]) {
            if t > start {
                let stimulus = Stimulus::constant(0.0);
                let problem = Problem { neuron: *neuron, stimulus, initial: state, duration: t - start };
                let part = taylor::solve(&problem, taylor::TOLERANCE);
                spikes.extend(part.spikes.times().iter().map(|s| start + s));
                (state, start) = (part.state(t - start), t);
            }
            state.v += q;
            if state.v >= neuron.peak {
                spikes.push(t);
                state = neuron.reset(state);
            }
        }
        spikes
    }

    fn figure(&self, rows: &[Measured], limits: &[(Synapse, Option<Rates>)], schemes: &[Scheme]) -> Curves {
        // A panel shows one kind of delivery; arrival after the update stands in the table.
        let mut shown: Vec<Synapse> = Vec::new();
        for synapse in &self.synapses {
            if !shown.iter().any(|known| known.delivery == synapse.delivery) {
                shown.push(*synapse);
            }
        }
        let ends = self.dts.iter().fold((f64::INFINITY, 0.0), |(low, high), dt| (dt.min(low), dt.max(high)));
        let panel = |k: usize, synapse: &Synapse| {
            let limit = limits.iter().find(|(s, _)| s == synapse).and_then(|(_, rates)| *rates);
            let mut series: Vec<CurveSeries> = schemes
                .iter()
                .map(|scheme| CurveSeries {
                    label: scheme.to_string(),
                    reference: false,
                    marked: true,
                    points: rows
                        .iter()
                        .filter(|row| row.synapse == *synapse && row.scheme == *scheme)
                        .map(|row| (row.dt, row.rates[k]))
                        .collect(),
                })
                .collect();
            let level = limit.map_or(0.0, |rates| rates[k]);
            series.push(CurveSeries {
                label: "limit dt → 0".to_owned(),
                reference: true,
                marked: false,
                points: vec![(ends.0, level), (ends.1, level)],
            });
            CurvePanel {
                heading: format!("{}, {synapse}", WHO[k]),
                x: "time step dt [ms]".to_owned(),
                y: "rate [Hz]".to_owned(),
                log_x: true,
                log_y: false,
                series,
            }
        };
        Curves {
            name: "spike_charge",
            title: "Rates against the step where the weight of a spike is kept and where its charge is".to_owned(),
            columns: ["dt_ms", "rate_Hz"],
            per_row: shown.len(),
            panels: (0..WHO.len()).flat_map(|k| shown.iter().map(move |s| (k, s))).map(|(k, s)| panel(k, s)).collect(),
        }
    }

    fn text(
        &self,
        rows: &[Measured],
        limits: &[(Synapse, Option<Rates>)],
        outputs: &mut Outputs<'_>,
    ) -> Result<String> {
        let mut text = format!(
            "Rates [Hz], mean of {} seeds, {} inputs at {} Hz, {} ms\n{:22} {:14} {:>8}",
            self.seeds, self.inputs, self.rate, self.duration, "synapse", "scheme", "dt [ms]"
        );
        let mut csv = String::from("synapse,scheme,dt_ms,neuron_alone_Hz,first_layer_Hz,second_layer_Hz\n");
        for who in WHO {
            let _ = write!(text, " {who:>14}");
        }
        text.push('\n');
        let mut line = |synapse: Synapse, scheme: &str, dt: &str, rates: &Rates| {
            let _ = write!(text, "{:22} {scheme:14} {dt:>8}", synapse.to_string());
            for rate in rates {
                let _ = write!(text, " {rate:>14.3}");
            }
            text.push('\n');
            let [alone, first, second] = rates;
            let _ = writeln!(csv, "{synapse},{scheme},{dt},{alone},{first},{second}");
        };
        for (synapse, limit) in limits {
            for row in rows.iter().filter(|row| row.synapse == *synapse) {
                line(*synapse, &row.scheme.to_string(), &row.dt.to_string(), &row.rates);
            }
            line(*synapse, "limit", "0", &limit.unwrap_or([0.0; 3]));
        }
        outputs.dir.write("rates.csv", csv.as_bytes())?;
        text += &self.verdict(rows, limits);
        Ok(text)
    }

    fn verdict(&self, rows: &[Measured], limits: &[(Synapse, Option<Rates>)]) -> String {
        let mut text = String::from("\n");
        for (synapse, limit) in limits {
            for scheme in &self.schemes {
                let of = || rows.iter().filter(|row| row.synapse == *synapse && row.scheme.to_string() == *scheme);
                let coarse = of().max_by(|a, b| a.dt.total_cmp(&b.dt));
                let fine = of().min_by(|a, b| a.dt.total_cmp(&b.dt));
                let (Some(coarse), Some(fine)) = (coarse, fine) else { continue };
                let _ = write!(
                    text,
                    "{synapse}, {scheme}: the second layer fires at {:.2} Hz at {} ms and {:.2} Hz at {} ms",
                    coarse.rates[2], coarse.dt, fine.rates[2], fine.dt
                );
                match limit {
                    Some(limit) => {
                        let _ = writeln!(text, "; the limit is {:.2} Hz.", limit[2]);
                    }
                    None => text += "; the limit is silence: halving dt halves the drive.\n",
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_with_jumps_go_to_the_solution_from_arrival_to_arrival() {
        let study = SpikeCharge {
            cell: "RS".to_owned(),
            inputs: 40,
            layers: (3, 2),
            rate: 30.0,
            fan_in: 0.8,
            charges: (7.0, 12.0),
            delay: 1.0,
            duration: 400.0,
            seeds: 1,
            schemes: vec!["projective-8".to_owned()],
            synapses: vec![Synapse::CHARGE.after()],
            dts: vec![0.5],
            limit_dt: 0.125,
        };
        let (neuron, _) = study.checked().unwrap();
        let drawn = study.draw(1);
        let exact = study.exact(&neuron, &drawn);
        assert!(exact[1] > 10, "{exact:?}");
        // Arrivals are rounded up to the grid, by less than a step: at 1/128 ms a spike can hardly change sides.
        let stepped =
            study.stepped(&neuron, &drawn, Synapse::CHARGE.after(), &"projective-8".parse().unwrap(), 0.0078125);
        assert_eq!(stepped.unwrap(), exact);
    }
}
