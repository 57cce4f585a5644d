//! Kind `network_2003`: the network of 1000 neurons under schemes and steps, with what chaos does told apart from what a step does.
//!
//! Two runs of a chaotic network part whatever the difference was that they began with, so that a scheme is judged by statistics: its
//! difference from the reference, seed by seed on the same frozen numbers, against the difference that a kick of all neurons makes,
//! where it makes one: an infinitesimal kick dies out, because a neuron forgets it at its resets and the others see a spike by its
//! millisecond.

mod network;
mod statistics;

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::runs::check_positive;
use super::{Experiment, Outputs};
use crate::error::{Error, Result};
use crate::population::{self, Spike};
use crate::report::figure::{CurvePanel, CurveSeries, Curves, Raster, RasterRow, curves, raster};
use crate::report::three;
use crate::scheme::Scheme;

use network::Network;
use statistics::{Band, COLUMNS, NAMES, Statistics, mean_and_sd, partings};

/// The parameters, as in `experiments/network_2003.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Network2003 {
    /// Numbers of excitatory and inhibitory neurons.
    neurons: (usize, usize),
    /// Duration in whole ms.
    duration: usize,
    /// Seeds 1 to this many.
    seeds: u64,
    /// What is measured against: scheme and step \[ms\].
    reference: (String, f64),
    /// Schemes of populations, each at all steps.
    schemes: Vec<String>,
    /// Steps \[ms\]: whole parts of 1 ms.
    dts: Vec<f64>,
    /// Kicks of all neurons at the start \[mV\], up and down by turns, for the spread that chaos alone makes.
    kicks: Vec<f64>,
    /// A spike within so many ms of the reference's is the same.
    window: f64,
    /// Bands \[Hz\].
    alpha: Band,
    gamma: Band,
    /// Width over which the drawn spectra are averaged \[Hz\].
    smooth: f64,
}

/// A scheme at one step, and how often that steps in a millisecond.
#[derive(Clone, Debug)]
struct Setting {
    scheme: Scheme,
    dt: f64,
    steps: u64,
}

/// One seed of one setting.
struct Measured {
    statistics: Statistics,
    /// When the first neuron, and when half of them, part from the reference \[ms\].
    parted: (f64, f64),
}

/// All of one seed.
struct Seed {
    reference: Statistics,
    settings: Vec<Measured>,
    kicked: Vec<Measured>,
    /// Spikes of the reference and of each setting, kept for the first seed only.
    spikes: Vec<Vec<Spike>>,
}

/// A statistic of a setting against the reference.
struct Difference {
    /// Mean over the seeds, and its standard error.
    mean: f64,
    error: f64,
    /// Standard error that chaos alone gives such a mean: from the kicked runs that part; 0 where none does.
    chaos: f64,
}

impl Difference {
    /// Beyond three standard errors, whichever is larger.
    fn is_bias(&self) -> bool {
        self.mean.abs() > 3.0 * self.error.max(self.chaos)
    }
}

impl Experiment for Network2003 {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let (reference, settings) = self.check()?;
        let seeds: Vec<Seed> = (1..=self.seeds)
            .into_par_iter()
            .map(|seed| self.seed(seed, &reference, &settings))
            .collect::<Result<_>>()?;
        outputs.figure(&curves(&self.figure(&seeds, &reference, &settings))?)?;
        if let Some(first) = seeds.first() {
            outputs.figure(&raster(&self.spikes(first, &reference, &settings)).draw()?)?;
        }
        outputs.dir.write("statistics.csv", self.csv(&seeds, &settings).as_bytes())?;
        outputs.dir.write("partings.csv", self.partings_csv(&seeds, &settings).as_bytes())?;
        Ok(self.text(&seeds, &reference, &settings))
    }
}

impl Network2003 {
    fn check(&self) -> Result<(Setting, Vec<Setting>)> {
        let toml = "See experiments/network_2003.toml.";
        for (what, x) in [("window", self.window), ("smooth", self.smooth)] {
            check_positive(what, x)?;
        }
        let (excitatory, inhibitory) = self.neurons;
        if excitatory == 0 || inhibitory == 0 || excitatory.saturating_add(inhibitory) > 10_000 {
            let given = format!("{excitatory} and {inhibitory}");
            return Err(Error::invalid("neurons", given, "at least 1 of each kind, at most 10000 in all", toml));
        }
        if !(2..=100_000).contains(&self.duration) || !(2..=1000).contains(&self.seeds) || self.kicks.is_empty() {
            return Err(Error::invalid(
                "duration, seeds or kicks",
                format!("{}, {} and {:?}", self.duration, self.seeds, self.kicks),
                "2 to 100000 ms, 2 to 1000 seeds, and a kick",
                toml,
            ));
        }
        if let Some(kick) = self.kicks.iter().find(|kick| !(kick.abs() <= 10.0 && **kick != 0.0)) {
            return Err(Error::invalid("kicks", kick, "numbers other than 0, at most 10 mV", toml));
        }
        let setting = |name: &str, dt: f64| {
            let steps = (1.0 / dt).round();
            if !(dt > 0.0 && (1.0..=1e4).contains(&steps) && (steps * dt - 1.0).abs() < 1e-9) {
                let allowed = "a whole part of 1 ms, such as 0.25";
                return Err(Error::invalid("step of a network", format!("{dt} ms"), allowed, toml));
            }
            Ok(Setting { scheme: population::scheme(name)?, dt, steps: steps as u64 })
        };
        let mut settings = Vec::new();
        for name in &self.schemes {
            for &dt in &self.dts {
                settings.push(setting(name, dt)?);
            }
        }
        Ok((setting(&self.reference.0, self.reference.1)?, settings))
    }

    fn seed(&self, seed: u64, reference: &Setting, settings: &[Setting]) -> Result<Seed> {
        let (excitatory, inhibitory) = self.neurons;
        let network = Network::draw(excitatory, inhibitory, self.duration, seed);
        let bands = [self.alpha, self.gamma];
        let statistics =
            |spikes: &[Spike]| Statistics::of(spikes, network.len(), network.excitatory, self.duration, bands);
        let exact = network.run(&reference.scheme, reference.steps, 0.0)?;
        let measure = |spikes: &[Spike]| {
            let mut parted = partings(spikes, &exact, network.len(), self.window);
            parted.sort_by(f64::total_cmp);
            Measured { statistics: statistics(spikes), parted: (parted[0], parted[parted.len() / 2]) }
        };
        let mut kept = if seed == 1 { vec![exact.clone()] } else { Vec::new() };
        let mut measured = Vec::new();
        for setting in settings {
            let spikes = network.run(&setting.scheme, setting.steps, 0.0)?;
            measured.push(measure(&spikes));
            if seed == 1 {
                kept.push(spikes);
            }
        }
        let kicked = self
            .kicks
            .iter()
            .map(|&kick| Ok(measure(&network.run(&reference.scheme, reference.steps, kick)?)))
            .collect::<Result<_>>()?;
        Ok(Seed { reference: statistics(&exact), settings: measured, kicked, spikes: kept })
    }

    /// Statistic `which` of the setting at `index` against the reference.
    fn difference(&self, seeds: &[Seed], index: usize, which: usize) -> Difference {
        let of = |measured: &Measured, seed: &Seed| measured.statistics.values[which] - seed.reference.values[which];
        let own: Vec<f64> = seeds.iter().map(|seed| of(&seed.settings[index], seed)).collect();
        let (mean, sd) = mean_and_sd(&own);
        let parted = |kicked: &&Measured| kicked.parted.0.is_finite();
        let kicked: Vec<f64> =
            seeds.iter().flat_map(|seed| seed.kicked.iter().filter(parted).map(|k| of(k, seed))).collect();
        // About zero: what a kick sets off has no preferred direction.
        let chaos = (kicked.iter().map(|x| x * x).sum::<f64>() / kicked.len().max(1) as f64).sqrt();
        let root = (seeds.len() as f64).sqrt();
        Difference { mean, error: sd / root, chaos: chaos / root }
    }

    fn figure(&self, seeds: &[Seed], reference: &Setting, settings: &[Setting]) -> Curves {
        let hertz = 1000.0 / self.duration as f64;
        let half = ((0.5 * self.smooth / hertz) as usize).max(1);
        let spectrum = |of: &dyn Fn(&Seed) -> &Statistics| -> Vec<(f64, f64)> {
            let count = self.duration / 2;
            let mean: Vec<f64> = (0..count)
                .map(|k| seeds.iter().map(|seed| of(seed).spectrum[k]).sum::<f64>() / seeds.len() as f64)
                .collect();
            (0..count)
                .map(|k| {
                    let around = &mean[k.saturating_sub(half)..(k + half + 1).min(count)];
                    ((k + 1) as f64 * hertz, around.iter().sum::<f64>() / around.len() as f64)
                })
                .filter(|p| p.0 <= 100.0)
                .collect()
        };
        let name = |setting: &Setting| setting.scheme.to_string();
        let label = format!("reference ({} {} ms)", reference.scheme, reference.dt);
        let mut panels = Vec::new();
        for &dt in &self.dts {
            let mut series = vec![CurveSeries {
                label: label.clone(),
                reference: true,
                marked: false,
                points: spectrum(&|seed| &seed.reference),
            }];
            for (i, setting) in settings.iter().enumerate().filter(|(_, s)| s.dt == dt) {
                let points = spectrum(&|seed| &seed.settings[i].statistics);
                series.push(CurveSeries { label: name(setting), reference: false, marked: false, points });
            }
            panels.push(CurvePanel {
                heading: format!("spectrum at dt = {dt} ms"),
                x: "frequency [Hz]".to_owned(),
                y: "power (Poisson: 1)".to_owned(),
                log_x: false,
                log_y: false,
                series,
            });
        }
        for (which, heading) in [(1, "excitatory"), (2, "inhibitory")] {
            let chaos = 3.0 * self.difference(seeds, 0, which).chaos;
            let ends = self.dts.iter().fold((f64::INFINITY, 0.0f64), |(l, h), &dt| (l.min(dt), h.max(dt)));
            let mut series = vec![];
            for sign in [-1.0, 1.0] {
                series.push(CurveSeries {
                    label: label.clone(),
                    reference: true,
                    marked: false,
                    points: vec![(ends.0, sign * chaos), (ends.1, sign * chaos)],
                });
            }
            for scheme in &self.schemes {
                let own = settings.iter().enumerate().filter(|(_, s)| s.scheme.to_string() == *scheme);
                let points = own.map(|(i, s)| (s.dt, self.difference(seeds, i, which).mean)).collect();
                series.push(CurveSeries { label: scheme.clone(), reference: false, marked: true, points });
            }
            panels.push(CurvePanel {
                heading: format!("{heading} rate (grey: chaos, ±3 s.e.)"),
                x: "time step dt [ms]".to_owned(),
                y: "less the reference’s [Hz]".to_owned(),
                log_x: true,
                log_y: false,
                series,
            });
        }
        Curves {
            name: "network_2003",
            title: "Spectra and rates of the 2003 network under schemes and steps".to_owned(),
            columns: ["x", "y"],
            per_row: 2,
            panels,
        }
    }

    /// The spikes of the excitatory neuron that has most, in the reference and all settings: where runs part.
    fn spikes(&self, seed: &Seed, reference: &Setting, settings: &[Setting]) -> Raster {
        let mut counts = vec![0usize; self.neurons.0 + self.neurons.1];
        for spike in &seed.spikes[0] {
            counts[spike.neuron as usize] += 1;
        }
        let busiest = (0..self.neurons.0).max_by_key(|&i| counts[i]).unwrap_or(0);
        let row = |setting: &Setting, spikes: &[Spike]| RasterRow {
            label: format!("{} {} ms", setting.scheme, setting.dt),
            times: spikes.iter().filter(|s| s.neuron as usize == busiest).map(|s| s.t).collect(),
        };
        Raster {
            duration: self.duration as f64,
            truth: row(reference, &seed.spikes[0]),
            schemes: settings.iter().zip(&seed.spikes[1..]).map(|(setting, spikes)| row(setting, spikes)).collect(),
        }
    }

    fn csv(&self, seeds: &[Seed], settings: &[Setting]) -> String {
        let mut csv =
            String::from("scheme,dt_ms,statistic,reference,seed_sd,difference,standard_error,chaos_error,bias\n");
        for (i, setting) in settings.iter().enumerate() {
            for (which, column) in COLUMNS.iter().enumerate() {
                let exact: Vec<f64> = seeds.iter().map(|seed| seed.reference.values[which]).collect();
                let (mean, sd) = mean_and_sd(&exact);
                let d = self.difference(seeds, i, which);
                let _ = writeln!(
                    csv,
                    "{},{},{column},{mean},{sd},{},{},{},{}",
                    setting.scheme,
                    setting.dt,
                    d.mean,
                    d.error,
                    d.chaos,
                    d.is_bias()
                );
            }
        }
        csv
    }

    /// When runs part from the reference, a row a run; empty where they do not.
    fn partings_csv(&self, seeds: &[Seed], settings: &[Setting]) -> String {
        let mut csv = String::from("run,dt_ms,seed,first_neuron_ms,half_of_them_ms\n");
        let time = |t: f64| if t.is_finite() { t.to_string() } else { String::new() };
        for (seed, number) in seeds.iter().zip(1..) {
            let own = settings.iter().map(|s| (s.scheme.to_string().to_owned(), s.dt.to_string())).zip(&seed.settings);
            let kicked = self.kicks.iter().map(|kick| (format!("kick {kick} mV"), String::new())).zip(&seed.kicked);
            for ((name, dt), measured) in own.chain(kicked) {
                let (first, half) = measured.parted;
                let _ = writeln!(csv, "{name},{dt},{number},{},{}", time(first), time(half));
            }
        }
        csv
    }

    fn text(&self, seeds: &[Seed], reference: &Setting, settings: &[Setting]) -> String {
        let mut text = format!(
            "Reference: {} at {} ms, {} seeds (mean, spread over the seeds, spread of kicked runs that part)\n",
            reference.scheme,
            reference.dt,
            seeds.len()
        );
        for (which, name) in NAMES.iter().enumerate() {
            let exact: Vec<f64> = seeds.iter().map(|seed| seed.reference.values[which]).collect();
            let (mean, sd) = mean_and_sd(&exact);
            let chaos = self.difference(seeds, 0, which).chaos * (seeds.len() as f64).sqrt();
            let _ = writeln!(text, "  {name:22} {:>9} {:>9} {:>9}", three(mean), three(sd), three(chaos));
        }
        let middle = |values: &mut Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let time = |t: f64| if t.is_finite() { format!("{t:.0}") } else { "never".to_owned() };
        let parted = |of: &dyn Fn(&Seed) -> &Measured| {
            let mut first: Vec<f64> = seeds.iter().map(|seed| of(seed).parted.0).collect();
            let mut half: Vec<f64> = seeds.iter().map(|seed| of(seed).parted.1).collect();
            (time(middle(&mut first)), time(middle(&mut half)))
        };
        let _ = writeln!(
            text,
            "\nMean difference from the reference; * beyond three standard errors, of seeds and of chaos: a bias\n{:18} {:>5} {:>6} {:>6} {}",
            "scheme",
            "dt",
            "parts",
            "half",
            ["spikes", "exc. rate", "inh. rate", "synchrony", "alpha", "gamma"].map(|n| format!("{n:>10}")).join("")
        );
        for (i, setting) in settings.iter().enumerate() {
            let (first, half) = parted(&|seed| &seed.settings[i]);
            let cells: Vec<String> = (0..NAMES.len())
                .map(|which| {
                    let d = self.difference(seeds, i, which);
                    format!("{:>9}{}", three(d.mean), if d.is_bias() { "*" } else { " " })
                })
                .collect();
            let name = setting.scheme.to_string();
            let _ = writeln!(text, "{name:18} {:>5} {first:>6} {half:>6} {}", setting.dt, cells.concat());
        }
        for (i, kick) in self.kicks.iter().enumerate() {
            let (first, half) = parted(&|seed| &seed.kicked[i]);
            let runs = seeds.iter().filter(|seed| seed.kicked[i].parted.0.is_finite()).count();
            let _ = writeln!(
                text,
                "{:24} {first:>6} {half:>6}  {runs} of {} runs part",
                format!("reference, {kick:e} mV"),
                seeds.len()
            );
        }
        let _ = writeln!(
            text,
            "(parts, half: median time in ms at which the first neuron, and half of them, are more than {} ms off)",
            self.window
        );
        text
    }
}
