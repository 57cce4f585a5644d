//! What a recogniser sees, does, has learned and mistakes: the figures of one network.

use crate::error::Result;
use crate::recognition::coding::Presentation;
use crate::recognition::readout::Assignment;
use crate::recognition::recogniser::{Method, Recogniser, Responses, Stepping};
use crate::report::figure::{
    CodedPicture, Confusion, Excitement, Membrane, NeuronGroup, PulseCode, WeightImage, WeightImages, confusion,
    excitement, pulse_code, weight_images,
};
use crate::report::{FigureFormat, OutputDir};
use crate::study::{Cell, Learned, Pictures, RecognitionCell};

/// Pictures whose pulses are drawn, membranes, and images of weights at most.
const PICTURES: usize = 3;
const MEMBRANES: usize = 4;
const IMAGES: usize = 400;

/// Draws the network of a cell, and gives it back.
pub(super) fn draw_network(
    cell: &RecognitionCell,
    dir: &mut OutputDir,
    formats: &[FigureFormat],
) -> Result<Recogniser> {
    let learned = cell.share()?;
    let matrix = cell.run(&learned)?.confusion;
    let RecognitionCell { pictures, recipe, readout, testing, .. } = cell;
    let Learned { recogniser, split, seen, .. } = learned;
    let heading =
        format!("{} {}, {readout}, {} at {} ms, seed 1", recipe.method, recipe.neurons, testing.scheme, testing.dt);
    let (classes, accuracy) = (pictures.images.classes().to_vec(), matrix.interval());
    dir.figure(&confusion(&Confusion { heading: heading.clone(), classes, matrix, accuracy }), formats)?;
    let of_neuron = classes_of_neurons(&recogniser, &seen, pictures, &split.training)?;
    dir.figure(&pulse_code(&pulses(&recogniser, pictures, &split.test)?), formats)?;
    dir.figure(&excitement(&watched(&recogniser, testing, pictures, split.test[0], &of_neuron, heading)?), formats)?;
    dir.figure(&weight_images(&weights(&recogniser, pictures, &of_neuron)), formats)?;
    Ok(recogniser)
}

/// The class each neuron fires most for, or was taught.
fn classes_of_neurons(
    recogniser: &Recogniser,
    seen: &Responses,
    pictures: &Pictures,
    shown: &[usize],
) -> Result<Vec<usize>> {
    let classes = recogniser.classes;
    if let Method::Teacher(_) = recogniser.recipe.method {
        return Ok((0..recogniser.recipe.neurons).map(|i| recogniser.recipe.class_of(i, classes)).collect());
    }
    let labels: Vec<usize> = shown.iter().map(|i| pictures.images.labels()[*i]).collect();
    Ok(Assignment::fit(&seen.counts, &labels, classes)?.classes_of_neurons())
}

/// The first pictures of different classes and their pulses.
fn pulses(recogniser: &Recogniser, pictures: &Pictures, test: &[usize]) -> Result<PulseCode> {
    let (images, recipe) = (&pictures.images, &recogniser.recipe);
    let mut rows: Vec<CodedPicture> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for &i in test {
        let class = images.labels()[i];
        if rows.len() == PICTURES || !seen.insert(class) {
            continue;
        }
        let presentation = Presentation { duration: recipe.duration, seed: recipe.seed, index: i as u64 };
        let drawn = recipe.coding.draw(images.image(i), &presentation)?;
        rows.push(CodedPicture {
            heading: format!("{}, {}", images.classes()[class], recipe.coding),
            width: images.width(),
            pixels: images.image(i).to_vec(),
            pulses: drawn.pulses().to_vec(),
        });
    }
    Ok(PulseCode { title: "Pictures and their pulses".to_owned(), duration: recipe.duration, rows })
}

fn watched(
    recogniser: &Recogniser,
    stepping: &Stepping,
    pictures: &Pictures,
    picture: usize,
    of_neuron: &[usize],
    heading: String,
) -> Result<Excitement> {
    let seen = recogniser.observe(stepping, &pictures.images, picture, MEMBRANES)?;
    let name = |class: usize| pictures.images.classes()[class].clone();
    let group = |class: usize| NeuronGroup {
        label: name(class),
        neurons: (0..of_neuron.len() as u32).filter(|i| of_neuron[*i as usize] == class).collect(),
    };
    let groups = (0..recogniser.classes).map(group).filter(|group| !group.neurons.is_empty()).collect();
    let membranes = seen.most_excited.iter().zip(seen.v).map(|(&neuron, v)| {
        let spikes = seen.spikes.iter().filter(|spike| spike.neuron as usize == neuron).count();
        let label = format!("class {}, {spikes} spikes", name(of_neuron[neuron]));
        Membrane { neuron: neuron as u32, label, t: seen.times.clone(), v }
    });
    Ok(Excitement {
        heading: format!("picture of class {}: {heading}", name(pictures.images.labels()[picture])),
        duration: recogniser.recipe.duration,
        inputs: recogniser.inputs,
        pulses: seen.pulses.pulses().to_vec(),
        groups,
        membranes: membranes.collect(),
        spikes: seen.spikes.clone(),
        peak: recogniser.recipe.neuron.peak,
    })
}

fn weights(recogniser: &Recogniser, pictures: &Pictures, of_neuron: &[usize]) -> WeightImages {
    let n = recogniser.recipe.neurons;
    let image = |neuron: usize| WeightImage {
        neuron,
        label: pictures.images.classes()[of_neuron[neuron]].clone(),
        weights: recogniser.weights[neuron..].iter().step_by(n).copied().collect(),
    };
    WeightImages {
        title: "Charges of the pixels onto each neuron".to_owned(),
        width: pictures.images.width(),
        unit: "mV".to_owned(),
        neurons: (0..n.min(IMAGES)).map(image).collect(),
    }
}
