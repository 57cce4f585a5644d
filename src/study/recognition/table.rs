//! The table of the kind `recognition` as it stands in a file.

use std::path::PathBuf;

use serde::Deserialize;

use super::cell::{Pictures, Trained};
use crate::error::{Error, Result, refuse_if, shown};
use crate::population::LayerSpec;
use crate::population::network::checked_step;
use crate::recognition::Images;
use crate::recognition::recogniser::{Fixed, Method, Readout, Recipe, Stepping, Teacher, Unsupervised};

/// The parameters: of a file, and beside what has a form of its own there the options of `compare recognise`.
#[derive(Clone, Debug, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recognition {
    /// Pictures: a file of the MNIST format (gzipped or plain), or a folder with a folder of PNGs for each class [default: 8 x 8 digits]
    #[arg(long, value_name = "PATH")]
    pub(crate) images: Option<PathBuf>,
    /// Their labels, for a file
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,
    /// Pictures to learn from
    #[arg(long, value_name = "N", default_value_t = training())]
    #[serde(default = "training")]
    pub(crate) training: usize,
    /// Pictures to be recognised
    #[arg(long, value_name = "N", default_value_t = test())]
    #[serde(default = "test")]
    pub(crate) test: usize,
    /// Seeds 1 to this many, each with its own split, weights and pulses
    #[arg(long, value_name = "N", default_value_t = one())]
    #[serde(default = "one")]
    pub(crate) seeds: u64,
    /// The networks.
    #[arg(skip)]
    pub(crate) networks: Vec<NetworkTable>,
    /// How networks are stepped that are trained once.
    #[arg(skip = reference())]
    #[serde(default = "reference")]
    pub(crate) reference: SteppingTable,
    /// Which stepping they learn by.
    #[arg(skip)]
    #[serde(default = "each")]
    pub(crate) trained: Vec<Trained>,
    /// Schemes of layers: bindsnet, half-step, euler, rk4, rk4+located, projective-6, projective-8, ...
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', default_value = "projective-6,bindsnet")]
    pub(crate) schemes: Vec<String>,
    /// Steps \[ms\].
    #[arg(skip)]
    pub(crate) dts: Vec<f64>,
    /// Lower bound of v [mV], beside none
    #[arg(long = "lbound", value_name = "MV", value_delimiter = ',', allow_hyphen_values = true)]
    #[serde(default)]
    pub(crate) lbounds: Vec<f64>,
    /// Count the spikes that the equations do not have
    #[arg(long)]
    #[serde(default)]
    pub(crate) spurious: bool,
}

/// A scheme and a step.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SteppingTable {
    /// Its name.
    pub(crate) scheme: String,
    /// \[ms\].
    pub(crate) dt: f64,
}

/// A network and how it learns; what is left out has the defaults of [`Recipe::new`] and its method.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct NetworkTable {
    /// How networks learn: fixed (random weights, a linear readout), unsupervised (PostPre, competition), teacher
    #[arg(long, value_name = "NAME", default_value = "unsupervised")]
    pub(crate) method: String,
    /// Number of neurons
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) neurons: usize,
    /// Readouts: linear, all-activity, proportion, ngram:2, most-excited [default: the method's own]
    #[arg(long = "readout", value_name = "NAME,..", value_delimiter = ',')]
    #[serde(default)]
    pub(crate) readouts: Vec<String>,
    /// Pulse code: regular:250, poisson:128, bernoulli, rank-order, single, latency
    #[arg(long, value_name = "CODE")]
    pub(crate) coding: Option<String>,
    /// How long a picture is shown [ms]
    #[arg(long, value_name = "MS")]
    pub(crate) duration: Option<f64>,
    /// How pulses reach a neuron: exponential:10, charge, weight (BindsNET's, in one step)
    #[arg(long, value_name = "SYNAPSE")]
    pub(crate) synapse: Option<String>,
    /// The peak of its neurons \[mV\].
    #[arg(skip)]
    pub(crate) peak: Option<f64>,
    /// Parameters of the method `fixed`.
    #[arg(skip)]
    pub(crate) fixed: Option<Fixed>,
    /// Parameters of the method `unsupervised`.
    #[arg(skip)]
    pub(crate) unsupervised: Option<Unsupervised>,
    /// Parameters of the method `teacher`.
    #[arg(skip)]
    pub(crate) teacher: Option<Teacher>,
}

/// Most tests of a study: weeks of work.
const MOST_TESTS: u64 = 100_000;

fn training() -> usize {
    1200
}

fn test() -> usize {
    597
}

fn one() -> u64 {
    1
}

fn each() -> Vec<Trained> {
    vec![Trained::Each]
}

fn reference() -> SteppingTable {
    SteppingTable { scheme: "projective-6".to_owned(), dt: 0.5 }
}

impl NetworkTable {
    /// Its recipe for `images`; parameters of the method that are given are taken as they are, with the rest of their table.
    pub(crate) fn recipe(&self, seed: u64, images: &Images) -> Result<Recipe> {
        let mut method: Method = self.method.parse()?;
        let others = [self.fixed.is_some(), self.unsupervised.is_some(), self.teacher.is_some()];
        let own = Method::NAMES.iter().position(|name| *name == method.name());
        if let Some(other) = (0..3).find(|i| others[*i] && Some(*i) != own) {
            let given = format!("parameters of {} for {}", Method::NAMES[other], method.name());
            let mend = "Change the method, or remove the parameters.";
            return Err(Error::invalid("the network", given, "parameters of its own method", mend));
        }
        match &mut method {
            Method::Fixed(rule) => *rule = self.fixed.unwrap_or(*rule),
            Method::Unsupervised(rule) => *rule = self.unsupervised.unwrap_or(*rule),
            Method::Teacher(rule) => *rule = self.teacher.clone().unwrap_or_else(|| rule.clone()),
        }
        let mut recipe = Recipe::new(method, self.neurons, seed);
        if others == [false; 3] {
            recipe = recipe.for_pictures(images);
        }
        if let Some(coding) = &self.coding {
            recipe.coding = coding.parse()?;
        }
        recipe.duration = self.duration.unwrap_or(recipe.duration);
        if let Some(synapse) = &self.synapse {
            recipe.synapse = synapse.parse()?;
        }
        recipe.neuron.peak = self.peak.unwrap_or(recipe.neuron.peak);
        Ok(recipe)
    }

    pub(crate) fn readouts(&self) -> Result<Vec<Readout>> {
        if self.readouts.is_empty() {
            return Ok(vec![Readout::of(&self.method.parse()?)]);
        }
        self.readouts.iter().map(|name| name.parse()).collect()
    }
}

impl Recognition {
    /// The pictures.
    pub(crate) fn pictures(&self) -> Result<Pictures> {
        let images = match (&self.images, &self.labels) {
            (None, None) => Images::digits(),
            (Some(images), Some(labels)) => Images::from_idx(images, labels)?,
            (Some(folder), None) if folder.is_dir() => Images::from_folder(folder)?,
            (Some(images), None) => {
                let mend = "Give their labels, or a folder with a folder of PNGs for each class.";
                return Err(Error::invalid("images", images.display(), "an IDX file and its labels", mend));
            }
            (None, Some(labels)) => {
                return Err(Error::invalid("labels", labels.display(), "labels of images", "Give the images, too."));
            }
        };
        let lists = [self.networks.len(), self.trained.len(), self.schemes.len(), self.dts.len()];
        if self.seeds == 0 || lists.contains(&0) {
            let [networks, trained, schemes, steps] = lists;
            let seeds = self.seeds;
            let given = format!(
                "{seeds} seeds, {networks} networks, {trained} ways of training, {schemes} schemes, {steps} steps"
            );
            return Err(Error::invalid("the study", given, "at least one of each", "Give one of each."));
        }
        Pictures::new(images, self.training, self.test)
    }

    pub(crate) fn reference(&self) -> Result<Stepping> {
        checked_step(self.reference.dt)?;
        Ok(Stepping { scheme: crate::population::scheme(&self.reference.scheme)?, dt: self.reference.dt, lbound: None })
    }

    /// Refuses more tests than are kept in memory, before any of them is made.
    pub(super) fn check_number(&self, tested: &[Stepping]) -> Result<()> {
        let readouts = self.networks.iter().map(|network| network.readouts.len().max(1) as u64).sum::<u64>();
        let factors = [readouts, self.seeds, self.trained.len() as u64, tested.len() as u64];
        let tests = factors.into_iter().fold(1, u64::saturating_mul);
        let given = format!("{tests} tests ({} seeds)", self.seeds);
        let allowed = format!("at most {MOST_TESTS} networks, seeds, steps and schemes together");
        refuse_if!(tests > MOST_TESTS, "the study", given, allowed, "Ask for fewer seeds, schemes or steps.");
        Ok(())
    }

    /// Of the tests: scheme by scheme, step by step, without and with bounds.
    pub(crate) fn steppings(&self) -> Result<Vec<Stepping>> {
        if let Some(bad) = self.lbounds.iter().find(|bound| bound.is_nan() || **bound > LayerSpec::REST) {
            let allowed = format!("at most {} mV, where neurons rest", LayerSpec::REST);
            return Err(Error::invalid("lower bound lbound", shown(*bad), allowed, "Lower it or leave it out."));
        }
        let mut all = Vec::new();
        for scheme in &self.schemes {
            let scheme = crate::population::scheme(scheme)?;
            for &dt in &self.dts {
                checked_step(dt)?;
                let bounds = std::iter::once(None).chain(self.lbounds.iter().copied().map(Some));
                all.extend(bounds.map(|lbound| Stepping { scheme: scheme.clone(), dt, lbound }));
            }
        }
        Ok(all)
    }
}
