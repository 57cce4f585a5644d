//! The whole pipeline: pictures to pulses, pulses to spikes, spikes to classes.

use spikestep::recognition::recogniser::{Method, Reader, Readout, Recipe, Recogniser, Stepping};
use spikestep::recognition::Images;

fn stepping(scheme: &str, dt: f64) -> Stepping {
    Stepping { scheme: scheme.parse().unwrap(), dt, lbound: None }
}

/// Accuracy on the test pictures, and seconds of training and of testing.
fn accuracy(recipe: &Recipe, stepping: Stepping, images: &Images, training: usize, test: usize) -> (f64, f64, f64) {
    let split = images.split(training, test, recipe.seed).unwrap();
    let start = std::time::Instant::now();
    let recogniser = Recogniser::train(recipe, stepping, images, &split.training).unwrap();
    let trained = start.elapsed().as_secs_f64();
    let seen = recogniser.respond(stepping, images, &split.training).unwrap();
    let readout = Readout::of(&recipe.method);
    let reader = Reader::fit(readout, &recogniser, &seen, images, &split.training).unwrap();
    let start = std::time::Instant::now();
    let responses = recogniser.respond(stepping, images, &split.test).unwrap();
    let tested = start.elapsed().as_secs_f64();
    let answers = reader.answers(&recogniser, &responses).unwrap();
    let right = answers.iter().zip(&split.test).filter(|(answer, i)| **answer == images.labels()[**i]).count();
    eprintln!(
        "{:?} {} spikes/picture {} silent {}",
        stepping,
        recipe.seed,
        responses.spikes as f64 / test as f64,
        responses.silent
    );
    (right as f64 / split.test.len() as f64, trained, tested)
}

#[test]
#[ignore = "the levels of five seeds: minutes; cargo test --test recogniser -- --ignored --nocapture levels"]
fn levels() {
    let images = Images::digits();
    for (method, neurons, level) in [("fixed", 500, 0.96), ("unsupervised", 200, 0.85), ("teacher", 50, 0.90)] {
        for stepping in [stepping("half-step", 1.0), stepping("half-step", 0.5), stepping("rk4+located", 1.0)] {
            let mut all = Vec::new();
            for seed in 1..=2 {
                let recipe = Recipe::new(method.parse::<Method>().unwrap(), neurons, seed);
                let found = accuracy(&recipe, stepping, &images, 1200, 597);
                eprintln!("{method} {seed} {found:?}");
                all.push(found.0);
            }
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            eprintln!("{method} {stepping:?} mean {mean} asked {level}");
        }
    }
}
