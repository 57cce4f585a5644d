//! What the neurons answer to pictures.

use rayon::prelude::*;

use crate::error::Result;
use crate::population::{Monitor, Spike, Variable};
use crate::recognition::Images;
use crate::recognition::coding::{Presentation, PulseTimes};
use crate::recognition::readout::{Features, FiringOrder};

use super::net::{Drive, Net, Shown, counts};
use super::train::check_chosen;
use super::{Method, Recogniser, Stepping};

/// The first stream of the pulses of answers: apart from those of training.
const ANSWERS: u64 = 1 << 62;

/// Pictures that a network is made for: making one costs about as much as one of them.
const CHUNK: usize = 16;

/// The answers to some pictures, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Responses {
    /// Spike counts, a row for each picture.
    pub counts: Features,
    /// Which neurons spiked, step after step.
    pub orders: Vec<FiringOrder>,
    /// All spikes.
    pub spikes: u64,
    /// Spikes that the equations do not have, where they were counted ([`Recogniser::respond_counting_spurious`]).
    pub spurious: Option<u64>,
    /// Pictures that nobody answered.
    pub silent: usize,
}

/// One picture's showing, watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The pulses of its pixels.
    pub pulses: PulseTimes,
    /// The spikes of the neurons, in order of steps.
    pub spikes: Vec<Spike>,
    /// The neurons that spiked most, the most excited one first.
    pub most_excited: Vec<usize>,
    /// Their v at the ends of the steps \[mV\].
    pub v: Vec<Vec<f64>>,
    /// The ends of the steps \[ms\].
    pub times: Vec<f64>,
}

impl Recogniser {
    /// Shows the pictures `chosen` (indices into `images`) to the network, stepped by `stepping`, without learning. Pictures are shared
    /// out among the threads of the rayon pool; the answers do not depend on them.
    ///
    /// # Errors
    /// No picture, one that is not there or of another size than those learned, a stepping that no layer can take.
    pub fn respond(&self, stepping: &Stepping, images: &Images, chosen: &[usize]) -> Result<Responses> {
        self.answer(stepping, images, chosen, false)
    }

    /// As [`respond`](Self::respond), and counts the spikes that the equations do not have
    /// ([`spurious::count`](crate::population::spurious::count)), for some microseconds a spike.
    ///
    /// # Errors
    /// As [`respond`](Self::respond).
    pub fn respond_counting_spurious(
        &self,
        stepping: &Stepping,
        images: &Images,
        chosen: &[usize],
    ) -> Result<Responses> {
        self.answer(stepping, images, chosen, true)
    }

    fn answer(&self, stepping: &Stepping, images: &Images, chosen: &[usize], spurious: bool) -> Result<Responses> {
        self.check_images(images)?;
        check_chosen(images, chosen)?;
        let chunks: Vec<Vec<(Vec<Spike>, u64)>> = chosen
            .par_chunks(CHUNK)
            .map(|chunk| {
                let mut net = Net::new(&self.recipe, stepping, self.inputs, &self.weights)?;
                chunk
                    .iter()
                    .map(|&picture| {
                        let pulses = self.pulses(images, picture)?.bin(stepping.dt)?;
                        let Shown { spikes, spurious, .. } = net.show(&pulses, self.drive(), spurious, Vec::new())?;
                        Ok((spikes, spurious))
                    })
                    .collect()
            })
            .collect::<Result<_>>()?;
        let (all, unreal): (Vec<Vec<Spike>>, Vec<u64>) = chunks.into_iter().flatten().unzip();
        let n = self.recipe.neurons;
        let values = all.iter().flat_map(|spikes| counts(spikes, n)).map(|count| count as f32).collect();
        Ok(Responses {
            counts: Features::new(n, values)?,
            orders: all.iter().map(|spikes| order(spikes, stepping.dt)).collect(),
            spikes: all.iter().map(|spikes| spikes.len() as u64).sum(),
            spurious: spurious.then(|| unreal.iter().sum()),
            silent: all.iter().filter(|spikes| spikes.is_empty()).count(),
        })
    }

    /// Shows one picture as [`respond`](Self::respond) does and watches every step of the `most` most excited neurons (ties: the lower number).
    ///
    /// # Errors
    /// As [`respond`](Self::respond).
    pub fn observe(&self, stepping: &Stepping, images: &Images, picture: usize, most: usize) -> Result<Observed> {
        self.check_images(images)?;
        check_chosen(images, &[picture])?;
        let pulses = self.pulses(images, picture)?;
        let grid = pulses.bin(stepping.dt)?;
        let mut net = Net::new(&self.recipe, stepping, self.inputs, &self.weights)?;
        let watch = Monitor::states(&[Variable::V]).of(net.layer);
        let shown = net.show(&grid, self.drive(), false, vec![watch])?;
        let counts = counts(&shown.spikes, self.recipe.neurons);
        let mut most_excited: Vec<usize> = (0..counts.len()).collect();
        most_excited.sort_by_key(|&i| (std::cmp::Reverse(counts[i]), i));
        most_excited.truncate(most);
        let series = |i: &usize| shown.monitors[0].series(Variable::V, 0, *i as u32).unwrap_or_default();
        let times = (1..=grid.steps()).map(|n| n as f64 * stepping.dt).collect();
        let v = most_excited.iter().map(series).collect();
        Ok(Observed { pulses, spikes: shown.spikes, most_excited, v, times })
    }

    fn drive(&self) -> Drive<'_> {
        let ramp = match &self.recipe.method {
            Method::Unsupervised(rule) => rule.ramp,
            Method::Fixed(_) | Method::Teacher(_) => 0.0,
        };
        Drive { ramp, ..Drive::thresholds(&self.theta) }
    }

    fn pulses(&self, images: &Images, picture: usize) -> Result<PulseTimes> {
        let (duration, seed) = (self.recipe.duration, self.recipe.seed);
        let presentation = Presentation { duration, seed, index: ANSWERS + picture as u64 };
        self.recipe.coding.draw(images.image(picture), &presentation)
    }

    fn check_images(&self, images: &Images) -> Result<()> {
        let (pixels, classes) = (images.width() * images.height(), images.classes().len());
        if (pixels, classes) == (self.inputs, self.classes) {
            return Ok(());
        }
        Err(crate::Error::invalid(
            "pictures for a trained network",
            format!("of {pixels} pixels and {classes} classes"),
            format!("{} pixels and {} classes", self.inputs, self.classes),
            "Give pictures like those it was trained with.",
        ))
    }
}

/// The neurons that spiked in each step with spikes.
fn order(spikes: &[Spike], dt: f64) -> FiringOrder {
    // A spike on the grid has the end of its step for its time, a rounding before or after it.
    let step = |spike: &Spike| (spike.t / dt - 1e-6).ceil() as i64;
    spikes.chunk_by(|a, b| step(a) == step(b)).map(|step| step.iter().map(|spike| spike.neuron).collect()).collect()
}
