//! One cell of a recognition study: a network that was trained in one way, tested under one scheme and step.

use std::sync::Arc;

use clap::ValueEnum;
use serde::Deserialize;

use super::super::{Cell, Column, Key, KeyBuilder, SHOWINGS, Tabulated, Value};
use crate::error::Result;
use crate::recognition::readout::ConfusionMatrix;
use crate::recognition::recogniser::{Reader, Readout, Recipe, Recogniser, Responses, Stepping};
use crate::recognition::{Images, data::Split};

/// Pictures, and how many of them are for what.
#[derive(Debug)]
pub(crate) struct Pictures {
    pub(crate) images: Images,
    /// Of the pictures themselves.
    pub(crate) key: Key,
    pub(crate) training: usize,
    pub(crate) test: usize,
}

impl Pictures {
    pub(crate) fn new(images: Images, training: usize, test: usize) -> Result<Self> {
        // Refuses what cannot be split.
        images.split(training, test, 0)?;
        let mut key = KeyBuilder::new("pictures").number("width", images.width() as f64);
        for (i, label) in images.labels().iter().enumerate() {
            key = key.structure(&images.classes()[*label], &images.image(i));
        }
        Ok(Pictures { images, key: key.key(), training, test })
    }

    /// The split of a seed.
    pub(crate) fn split(&self, seed: u64) -> Result<Split> {
        self.images.split(self.training, self.test, seed)
    }
}

/// How the network of a cell was stepped when it learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Trained {
    /// By the reference, as all of its study: what differs is the step of the test.
    Reference,
    /// As it is tested.
    Each,
}

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct RecognitionCell {
    pub(crate) pictures: Arc<Pictures>,
    /// With the cell's seed.
    pub(crate) recipe: Recipe,
    pub(crate) readout: Readout,
    pub(crate) trained: Trained,
    /// The stepping it was trained by.
    pub(crate) training: Stepping,
    pub(crate) testing: Stepping,
    /// Whether spikes that the equations do not have are counted.
    pub(crate) spurious: bool,
}

/// A trained network and what reads it.
pub(crate) struct Learned {
    pub(crate) recogniser: Recogniser,
    reader: Reader,
    pub(crate) split: Split,
    /// Its responses to the pictures it has learned from, by the stepping it learned by.
    pub(crate) seen: Responses,
    labels: Vec<usize>,
    /// Its answers to the test pictures under the stepping it was trained by.
    answers: Vec<usize>,
}

/// What a cell gives.
pub(crate) struct Recognised {
    pub(crate) confusion: ConfusionMatrix,
    spikes: u64,
    spurious: Option<u64>,
    silent: usize,
    /// Pictures answered otherwise than under the stepping of the training.
    changed: usize,
}

fn stepping(key: KeyBuilder, name: &str, stepping: &Stepping) -> KeyBuilder {
    key.text(name, &stepping.scheme.to_string()).number("dt", stepping.dt).optional("lbound", stepping.lbound)
}

impl Cell for RecognitionCell {
    type Shared = Learned;
    type Output = Recognised;

    fn key(&self) -> Key {
        let key = KeyBuilder::new("recognition").nested("problem", self.problem());
        let spurious = if self.spurious { "counted" } else { "not counted" };
        stepping(key, "testing", &self.testing).text("spurious", spurious).key()
    }

    fn problem(&self) -> Key {
        // The text of a number has all its digits.
        let key = KeyBuilder::new("recogniser")
            .nested("pictures", self.pictures.key)
            .structure("split", &(self.pictures.training, self.pictures.test))
            .text("recipe", &format!("{:?}", self.recipe))
            .text("readout", &self.readout.to_string());
        stepping(key, "training", &self.training).key()
    }

    fn share(&self) -> Result<Learned> {
        let images = &self.pictures.images;
        let split = self.pictures.split(self.recipe.seed)?;
        let recipe = &self.recipe;
        let told = &mut SHOWINGS.training();
        let recogniser = Recogniser::train_told(recipe, &self.training, images, &split.training, told)?;
        let seen = recogniser.respond(&self.training, images, &split.training)?;
        let reader = Reader::fit(self.readout, &recogniser, &seen, images, &split.training)?;
        let answers = reader.answers(&recogniser, &recogniser.respond(&self.training, images, &split.test)?)?;
        let labels = split.test.iter().map(|i| images.labels()[*i]).collect();
        Ok(Learned { recogniser, reader, split, seen, labels, answers })
    }

    fn run(&self, learned: &Learned) -> Result<Recognised> {
        let (images, test) = (&self.pictures.images, &learned.split.test);
        let responses = match self.spurious {
            true => learned.recogniser.respond_counting_spurious(&self.testing, images, test)?,
            false => learned.recogniser.respond(&self.testing, images, test)?,
        };
        let answers = learned.reader.answers(&learned.recogniser, &responses)?;
        Ok(Recognised {
            confusion: ConfusionMatrix::new(images.classes().len(), &learned.labels, &answers)?,
            spikes: responses.spikes,
            spurious: responses.spurious,
            silent: responses.silent,
            changed: answers.iter().zip(&learned.answers).filter(|(a, b)| a != b).count(),
        })
    }

    /// Neuron-steps of the test.
    fn cost(&self) -> f64 {
        let steps = self.recipe.duration / self.testing.dt;
        steps * (self.recipe.neurons * self.pictures.test) as f64
    }

    fn class(&self) -> usize {
        let name = self.testing.scheme.to_string();
        usize::from(name.contains("projective")) * 2 + usize::from(self.spurious)
    }
}

impl RecognitionCell {
    /// The columns that say which cell it is, each with its field.
    fn named(&self) -> Vec<(Column, Value)> {
        let trained = self.trained.to_possible_value();
        vec![
            (Column::text("method"), Value::text(self.recipe.method.name())),
            (Column::count("neurons"), Value::Count(self.recipe.neurons as u64)),
            (Column::text("readout"), Value::text(self.readout.to_string())),
            (Column::text("trained"), Value::text(trained.as_ref().map_or("", |trained| trained.get_name()))),
            (Column::text("trained_scheme"), Value::text(self.training.scheme.to_string())),
            (Column::number("trained_dt_ms"), Value::Number(self.training.dt)),
            (Column::text("scheme"), Value::text(self.testing.scheme.to_string())),
            (Column::number("dt_ms"), Value::Number(self.testing.dt)),
            (Column::number("lbound_mV"), Value::optional(self.testing.lbound)),
            (Column::count("seed"), Value::Count(self.recipe.seed)),
        ]
    }
}

impl Tabulated for RecognitionCell {
    fn axes(&self) -> Vec<Column> {
        self.named().into_iter().map(|(column, _)| column).collect()
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::number("accuracy"),
            Column::number("accuracy_low"),
            Column::number("accuracy_high"),
            Column::count("pictures"),
            Column::count("changed"),
            Column::number("spikes_per_picture"),
            Column::number("spurious_share"),
            Column::count("silent"),
        ]
    }

    fn place(&self) -> Vec<Value> {
        self.named().into_iter().map(|(_, value)| value).collect()
    }

    fn row(&self, output: &Recognised) -> Vec<Value> {
        let interval = output.confusion.interval();
        let pictures = output.confusion.total();
        let share = output.spurious.filter(|_| output.spikes > 0).map(|n| n as f64 / output.spikes as f64);
        vec![
            Value::Number(output.confusion.accuracy()),
            Value::Number(interval.low),
            Value::Number(interval.high),
            Value::Count(pictures),
            Value::Count(output.changed as u64),
            Value::Number(output.spikes as f64 / pictures as f64),
            Value::optional(share),
            Value::Count(output.silent as u64),
        ]
    }
}
