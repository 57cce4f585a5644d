//! Learning, picture by picture.

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use std::ops::Range;

use crate::error::{Error, Result};
use crate::population::network::{Learning, LearningRule};
use crate::recognition::Images;
use crate::recognition::coding::{Presentation, PulseGrid};

use super::net::{Drive, Net, counts};
use super::{Fixed, Method, Recipe, Recogniser, Stepping, Teacher, Unsupervised};

/// Streams of random numbers of a seed; those of showings are numbered from 0 in training and by pictures from 2⁶² in answers.
const WEIGHTS: u64 = u64::MAX;
const ORDER: u64 = u64::MAX - 1;

impl Recogniser {
    /// Trains a network of `recipe`, stepped by `stepping`, on the pictures `training` (indices into `images`). The result depends on
    /// these alone.
    ///
    /// # Errors
    /// A recipe out of range ([`Recipe::validate`]), a stepping that no layer can take, no picture or one that is not there.
    pub fn train(recipe: &Recipe, stepping: &Stepping, images: &Images, training: &[usize]) -> Result<Self> {
        Self::train_told(recipe, stepping, images, training, &mut |_, _| Ok(()))
    }

    /// As [`train`](Self::train); `told` is told after each showing of a picture, or both showings by a teacher, how many are done, and of how
    /// many. Weights that are left alone need none.
    ///
    /// # Errors
    /// As [`train`](Self::train), and what `told` refuses, which ends it.
    pub fn train_told(
        recipe: &Recipe,
        stepping: &Stepping,
        images: &Images,
        training: &[usize],
        told: &mut dyn FnMut(usize, usize) -> Result<()>,
    ) -> Result<Self> {
        recipe.validate(images.classes().len())?;
        check_chosen(images, training)?;
        let (inputs, n) = (images.width() * images.height(), recipe.neurons);
        let mut learner = Learner { recipe, stepping, images, training, inputs, showings: 0, told };
        let (weights, theta) = match &recipe.method {
            Method::Fixed(rule) => (learner.fixed(rule), vec![0.0; n]),
            Method::Unsupervised(rule) => learner.unsupervised(rule)?,
            Method::Teacher(rule) => (learner.taught(rule)?, vec![0.0; n]),
        };
        let classes = images.classes().len();
        Ok(Recogniser { recipe: recipe.clone(), trained: stepping.clone(), inputs, classes, weights, theta })
    }
}

/// Refuses a choice of pictures that is none.
pub(super) fn check_chosen(images: &Images, chosen: &[usize]) -> Result<()> {
    match chosen.iter().find(|i| **i >= images.len()) {
        Some(bad) => {
            Err(Error::invalid("picture", bad, format!("0 to {}", images.len() - 1), "Pictures count from 0."))
        }
        None if chosen.is_empty() => {
            Err(Error::invalid("number of pictures", 0, "at least one", "Choose some pictures."))
        }
        None => Ok(()),
    }
}

struct Learner<'a> {
    recipe: &'a Recipe,
    stepping: &'a Stepping,
    images: &'a Images,
    training: &'a [usize],
    inputs: usize,
    /// So far: each has pulses of its own.
    showings: u64,
    told: &'a mut dyn FnMut(usize, usize) -> Result<()>,
}

impl Learner<'_> {
    fn random(&self, stream: u64) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.recipe.seed);
        random.set_stream(stream);
        random
    }

    /// The pulses of the next showing, of `picture`.
    fn pulses(&mut self, picture: usize) -> Result<PulseGrid> {
        let (duration, seed) = (self.recipe.duration, self.recipe.seed);
        let presentation = Presentation { duration, seed, index: self.showings };
        self.showings += 1;
        self.recipe.coding.draw(self.images.image(picture), &presentation)?.bin(self.stepping.dt)
    }

    /// The pictures, epoch by epoch, each time in another order.
    fn pictures(&self, epochs: usize) -> Vec<Vec<usize>> {
        let mut random = self.random(ORDER);
        let mut order = self.training.to_vec();
        let epoch = |_| {
            order.shuffle(&mut random);
            order.clone()
        };
        (0..epochs).map(epoch).collect()
    }

    fn fixed(&self, rule: &Fixed) -> Vec<f64> {
        let mut random = self.random(WEIGHTS);
        let n = self.recipe.neurons;
        let normal = |_| -> f64 { StandardNormal.sample(&mut random) };
        let mut weights: Vec<f64> = (0..self.inputs * n).map(normal).map(|x| rule.sigma * x).collect();
        for j in 0..n {
            let mean = weights[j..].iter().step_by(n).sum::<f64>() / self.inputs as f64;
            weights[j..].iter_mut().step_by(n).for_each(|w| *w -= mean);
        }
        weights
    }

    fn unsupervised(&mut self, rule: &Unsupervised) -> Result<(Vec<f64>, Vec<f64>)> {
        let mut random = self.random(WEIGHTS);
        let n = self.recipe.neurons;
        // Uniform between a half and one; the norm scales them.
        let weights: Vec<f64> = (0..self.inputs * n).map(|_| 0.5 + 0.5 * random.random::<f64>()).collect();
        let mut net = Net::new(self.recipe, self.stepping, self.inputs, &weights)?;
        net.network.make_plastic(
            net.charges,
            Learning {
                nu: [rule.nu_pre, rule.nu],
                wmin: 0.0,
                norm: Some(rule.norm),
                ..Learning::new(LearningRule::PostPre)
            },
        )?;
        net.network.normalize();
        let mut theta = vec![rule.theta; n];
        let share = rule.target / n as f64;
        let pictures = self.pictures(rule.epochs).concat();
        for (k, &picture) in pictures.iter().enumerate() {
            let pulses = self.pulses(picture)?;
            let drive = Drive { ramp: rule.ramp, ..Drive::thresholds(&theta) };
            let shown = net.show(&pulses, drive, false, Vec::new())?;
            for (theta, count) in theta.iter_mut().zip(counts(&shown.spikes, n)) {
                *theta += rule.theta_step * (f64::from(count) - share);
            }
            net.network.normalize();
            (self.told)(k + 1, pictures.len())?;
        }
        Ok((net.weights(), theta))
    }

    fn taught(&mut self, rule: &Teacher) -> Result<Vec<f64>> {
        let mut random = self.random(WEIGHTS);
        let n = self.recipe.neurons;
        let uniform = |_| rule.initial * (2.0 * random.random::<f64>() - 1.0);
        let weights: Vec<f64> = (0..self.inputs * n).map(uniform).collect();
        let mut net = Net::new(self.recipe, self.stepping, self.inputs, &weights)?;
        let theta = vec![0.0; n];
        let classes = self.images.classes().len();
        let groups: Vec<Range<usize>> = (0..classes).map(|class| group(self.recipe, class, classes)).collect();
        let mut nu = rule.nu;
        let (mut done, all) = (0, rule.epochs * self.training.len());
        for epoch in self.pictures(rule.epochs) {
            let learning = |nu: f64| Learning {
                nu: [0.0, nu],
                wmin: -rule.bound,
                wmax: rule.bound,
                ..Learning::new(LearningRule::PostPre)
            };
            for picture in epoch {
                let pulses = self.pulses(picture)?;
                net.network.make_plastic(net.charges, learning(-nu))?;
                net.show(&pulses, Drive::thresholds(&theta), false, Vec::new())?;
                net.network.make_plastic(net.charges, learning(nu))?;
                let clamp = Some((&rule.times[..], &groups[self.images.labels()[picture]]));
                let drive = Drive { hold: rule.hold, clamp, ..Drive::thresholds(&theta) };
                net.show(&pulses, drive, false, Vec::new())?;
                done += 1;
                (self.told)(done, all)?;
            }
            nu *= rule.nu_decay;
        }
        Ok(net.weights())
    }
}

/// The neurons that answer for `class`.
fn group(recipe: &Recipe, class: usize, classes: usize) -> Range<usize> {
    // The inverse of `Recipe::class_of`.
    let first = |class: usize| (class * recipe.neurons).div_ceil(classes);
    first(class)..first(class + 1)
}
