//! Two runs of a chaotic network part whatever the difference was that they began with, so that a scheme is judged by statistics: its
//! difference from the reference, seed by seed on the same frozen numbers, against the difference that a kick of all neurons makes,
//! where it makes one: an infinitesimal kick dies out, because a neuron forgets it at its resets and the others see a spike by its
//! millisecond.

mod statistics;

use spikestep::population::{Network2003, Spike};
use spikestep::report::figure::{Raster, RasterRow, raster};

use crate::shared::*;

use statistics::{COLUMNS, DURATION, Statistics, partings, sd};

pub(crate) const QUESTION: &str =
    "What of the published network's rhythm and rates is the model's, and what the 1 ms half-step's?";

const EXCITATORY: usize = Network2003::EXCITATORY;
const NEURONS: usize = EXCITATORY + Network2003::INHIBITORY;
const SEEDS: u64 = 12;
const REFERENCE: (&str, f64) = ("projective-8", 0.25); // What is measured against: scheme and step [ms]
const SCHEMES: [&str; 5] = ["half-step", "euler", "rk4", "rk4+located", "projective-8"];
const DTS: [f64; 4] = [1.0, 0.5, 0.25, 0.1]; // Steps [ms], falling, whole parts of 1 ms
/// On v of all neurons at the start, up and down by turns \[mV\]: runs that part show what chaos alone does.
const KICKS: [f64; 4] = [1e-9, 1e-3, 0.1, -0.1];
const SMOOTH: f64 = 4.0; // Width over which the drawn spectra are averaged [Hz]

/// One seed of a scheme at a step, or of a kick.
struct Measured {
    statistics: Statistics,
    /// When the first neuron, and when half of them, part from the reference \[ms\].
    parted: [f64; 2],
}

/// All of one seed.
struct Seed {
    reference: Statistics,
    /// Every scheme at every step.
    settings: Vec<Measured>,
    kicked: Vec<Measured>,
    /// Spikes of the reference and of each setting.
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

/// The schemes at their steps.
fn settings() -> impl Iterator<Item = (&'static str, f64)> {
    SCHEMES.iter().flat_map(|&scheme| DTS.map(|dt| (scheme, dt)))
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let seeds: Vec<Seed> = (1..=SEEDS).into_par_iter().map(run_seed).collect::<Result<_>>()?;
    let title = "Spectra and rates of the 2003 network under schemes and steps";
    draw(outputs, "network_2003", title, ["x", "y"], 2, panels(&seeds))?;
    outputs.figure(&raster(&busiest(&seeds[0].spikes)))?;
    let rows = settings().enumerate().flat_map(|(i, (scheme, dt))| {
        let seeds = &seeds;
        COLUMNS.iter().enumerate().map(move |(which, column)| {
            let (exact, d) = (reference(seeds, which), difference(seeds, i, which));
            fields![scheme, dt, column, mean(exact.clone()), sd(&exact), d.mean, d.error, d.chaos, d.is_bias()]
        })
    });
    let header = "scheme,dt_ms,statistic,reference,seed_sd,difference,standard_error,chaos_error,bias";
    outputs.csv("statistics.csv", header, rows)?;
    // When runs part from the reference, a row a run; empty where they do not.
    let rows = seeds.iter().zip(1..).flat_map(|(seed, number)| {
        let own = settings().map(|(scheme, dt)| fields![scheme, dt]).zip(&seed.settings);
        let kicked = KICKS.map(|kick| vec![format!("kick {kick} mV"), String::new()]).into_iter().zip(&seed.kicked);
        let time = |t: f64| optional(Some(t).filter(|t| t.is_finite()));
        own.chain(kicked).map(move |(name, m)| [name, fields![number], m.parted.map(time).into()].concat())
    });
    outputs.csv("partings.csv", "run,dt_ms,seed,first_neuron_ms,half_of_them_ms", rows)?;
    Ok(text(&seeds))
}

fn run_seed(seed: u64) -> Result<Seed> {
    let network = Network2003::draw(EXCITATORY, NEURONS - EXCITATORY, DURATION, seed);
    let exact = network.run(&scheme(REFERENCE.0), REFERENCE.1, 0.0)?;
    let measure = |spikes: &Vec<Spike>| {
        let mut parted = partings(spikes, &exact, NEURONS);
        parted.sort_by(f64::total_cmp);
        Measured { statistics: Statistics::of(spikes), parted: [parted[0], parted[parted.len() / 2]] }
    };
    let kicked = KICKS.iter().map(|&kick| Ok(measure(&network.run(&scheme(REFERENCE.0), REFERENCE.1, kick)?)));
    let kicked = kicked.collect::<Result<_>>()?;
    let runs = settings().map(|(name, dt)| network.run(&scheme(name), dt, 0.0)).collect::<Result<Vec<_>>>()?;
    let settings = runs.iter().map(measure).collect();
    Ok(Seed { reference: Statistics::of(&exact), settings, kicked, spikes: [vec![exact], runs].concat() })
}

/// A statistic of the reference, seed by seed.
fn reference(seeds: &[Seed], which: usize) -> Vec<f64> {
    seeds.iter().map(|seed| seed.reference.values[which]).collect()
}

/// Statistic `which` of the setting at `index` against the reference.
fn difference(seeds: &[Seed], index: usize, which: usize) -> Difference {
    let of = |measured: &Measured, seed: &Seed| measured.statistics.values[which] - seed.reference.values[which];
    let own: Vec<f64> = seeds.iter().map(|seed| of(&seed.settings[index], seed)).collect();
    let parted = |kicked: &&Measured| kicked.parted[0].is_finite();
    let kicked = seeds.iter().flat_map(|seed| seed.kicked.iter().filter(parted).map(|k| of(k, seed)));
    let kicked: Vec<f64> = kicked.collect();
    // About zero: what a kick sets off has no preferred direction.
    let chaos = (kicked.iter().map(|x| x * x).sum::<f64>() / kicked.len().max(1) as f64).sqrt();
    let root = (seeds.len() as f64).sqrt();
    Difference { mean: mean(own.iter().copied()), error: sd(&own) / root, chaos: chaos / root }
}

/// Mean over the seeds, averaged over [`SMOOTH`]: power against frequency \[Hz\].
fn spectrum(seeds: &[Seed], of: &dyn Fn(&Seed) -> &Statistics) -> Vec<(f64, f64)> {
    let hertz = 1000.0 / DURATION as f64;
    let half = ((0.5 * SMOOTH / hertz) as usize).max(1);
    let power: Vec<f64> = (0..DURATION / 2).map(|k| mean(seeds.iter().map(|seed| of(seed).spectrum[k]))).collect();
    let smoothed = |k: usize| mean(power[k.saturating_sub(half)..(k + half + 1).min(power.len())].iter().copied());
    (0..power.len()).map(|k| ((k + 1) as f64 * hertz, smoothed(k))).filter(|p| p.0 <= 100.0).collect()
}

/// Spectra on one scale, so that peaks can be compared, and differences of rates on another.
fn panels(seeds: &[Seed]) -> Vec<Panel> {
    let label = format!("reference ({} {} ms)", REFERENCE.0, REFERENCE.1);
    let exact = spectrum(seeds, &|seed| &seed.reference);
    let of = |i: usize| spectrum(seeds, &|seed| &seed.settings[i].statistics);
    let all = (0..settings().count()).flat_map(of).chain(exact.iter().copied());
    let highest = largest(all.map(|p| p.1));
    let spectra = DTS.map(|dt| {
        let own = settings().enumerate().filter(|(_, setting)| setting.1 == dt);
        let lines = own.map(|(i, (scheme, _))| line(scheme, of(i)));
        let reference = Series { look: Look::Reference, ..line(label.as_str(), exact.iter().copied()) };
        let axes = ("frequency [Hz]", "power (Poisson: 1)");
        let shown = panel(format!("spectrum at dt = {dt} ms"), axes, std::iter::once(reference).chain(lines));
        Panel { y: Axis::linear(axes.1).between(0.0, 1.04 * highest), ..shown }
    });
    let chaos = |which: usize| 3.0 * difference(seeds, 0, which).chaos;
    let differences = (1..=2).flat_map(|which| {
        let means = (0..settings().count()).map(move |i| difference(seeds, i, which).mean.abs());
        means.chain([chaos(which)])
    });
    let most = 1.1 * largest(differences);
    let rates = [(1, "excitatory"), (2, "inhibitory")].map(|(which, heading)| {
        let lines = SCHEMES.iter().map(|scheme| {
            let own = settings().enumerate().filter(|(_, setting)| setting.0 == *scheme);
            marked(*scheme, own.map(|(i, (_, dt))| (dt, difference(seeds, i, which).mean)))
        });
        let axes = ("time step dt [ms]", "less the reference’s [Hz]");
        let mut shown = log_panel(format!("{heading} rate"), axes, lines);
        shown.y = Axis::linear(axes.1).between(-most, most);
        let (at, label) = (vec![-chaos(which), chaos(which)], "chaos alone, ±3 s.e.".to_owned());
        shown.layers.push(Rule { at, label, look: Look::Grey(2), ..Rule::default() }.into());
        shown
    });
    spectra.into_iter().chain(rates).collect()
}

/// The spikes of the excitatory neuron that has most, in the reference and all settings: where runs part.
fn busiest(spikes: &[Vec<Spike>]) -> Raster {
    let mut counts = vec![0usize; NEURONS];
    spikes[0].iter().for_each(|spike| counts[spike.neuron as usize] += 1);
    let busiest = (0..EXCITATORY).max_by_key(|&i| counts[i]).unwrap_or(0);
    let row = |((scheme, dt), spikes): ((&str, f64), &Vec<Spike>)| RasterRow {
        label: format!("{scheme} {dt} ms"),
        times: spikes.iter().filter(|s| s.neuron as usize == busiest).map(|s| s.t).collect(),
    };
    let schemes = settings().zip(&spikes[1..]).map(row).collect();
    Raster { duration: DURATION as f64, truth: row((REFERENCE, &spikes[0])), schemes }
}

fn text(seeds: &[Seed]) -> String {
    let statistic = |(which, name): (usize, &&str)| {
        let exact = reference(seeds, which);
        let chaos = difference(seeds, 0, which).chaos * (SEEDS as f64).sqrt();
        fields![name, mean(exact.clone()), sd(&exact), chaos]
    };
    let statistics = table("statistic,mean,over the seeds,of kicks", COLUMNS.iter().enumerate().map(statistic));
    // Median times of the first neuron, and of half of them.
    let parted = |of: &dyn Fn(&Seed) -> &Measured| {
        [0, 1].map(|k| {
            let mut times: Vec<f64> = seeds.iter().map(|seed| of(seed).parted[k]).collect();
            times.sort_by(f64::total_cmp);
            let middle = times[times.len() / 2];
            if middle.is_finite() { format!("{middle:.0}") } else { "never".to_owned() }
        })
    };
    let rows = settings().enumerate().map(|(i, (scheme, dt))| {
        let cell = |which| {
            let d = difference(seeds, i, which);
            format!("{}{}", three(d.mean), if d.is_bias() { "*" } else { " " })
        };
        let cells: Vec<String> = (0..COLUMNS.len()).map(cell).collect();
        [fields![scheme, dt], parted(&|seed| &seed.settings[i]).into(), cells].concat()
    });
    let differences = table("scheme,dt,parts,half,spikes,exc. rate,inh. rate,synchrony,alpha,gamma", rows);
    let kicks = KICKS.iter().enumerate().map(|(i, kick)| {
        let runs = seeds.iter().filter(|seed| seed.kicked[i].parted[0].is_finite()).count();
        [fields![format!("{kick:e} mV")], parted(&|seed| &seed.kicked[i]).into(), fields![runs]].concat()
    });
    format!(
        "Reference: {} at {} ms, {SEEDS} seeds; mean, spread over the seeds, spread of kicked runs that part\n{statistics}\n\
         Mean difference from the reference; * beyond three standard errors, of seeds and of chaos: a bias\n{differences}\n{}\
         (parts, half: median time in ms at which the first neuron, and half of them, are more than {} ms off)\n",
        REFERENCE.0,
        REFERENCE.1,
        table("the reference kicked by,parts,half,runs that part", kicks),
        statistics::WINDOW
    )
}
