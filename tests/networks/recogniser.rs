//! The whole pipeline: pictures to pulses, pulses to spikes, spikes to classes.

use proptest::prelude::*;
use spikestep::recognition::Images;
use spikestep::recognition::readout::{Features, LinearReadout, nearest_centroid};
use spikestep::recognition::recogniser::{Method, Reader, Readout, Recipe, Recogniser, Stepping};

fn stepping(scheme: &str, dt: f64) -> Stepping {
    Stepping { scheme: scheme.parse().unwrap(), dt, lbound: None }
}

fn recipe(method: &str, neurons: usize, seed: u64) -> Recipe {
    Recipe::new(method.parse::<Method>().unwrap(), neurons, seed)
}

/// Accuracy of the method's own readout on test pictures.
fn accuracy(recipe: &Recipe, stepping: &Stepping, images: &Images, training: usize, test: usize) -> f64 {
    let split = images.split(training, test, recipe.seed).unwrap();
    let recogniser = Recogniser::train(recipe, stepping, images, &split.training).unwrap();
    let seen = recogniser.respond(stepping, images, &split.training).unwrap();
    let readout = Readout::of(&recipe.method);
    let reader = Reader::fit(readout, &recogniser, &seen, images, &split.training).unwrap();
    let answers = reader.answers(&recogniser, &recogniser.respond(stepping, images, &split.test).unwrap()).unwrap();
    let right = answers.iter().zip(&split.test).filter(|(answer, i)| **answer == images.labels()[**i]).count();
    right as f64 / test as f64
}

/// Mean and standard deviation.
fn statistics(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
    (mean, square.sqrt())
}

/// Trained on 200 pictures and tested on 200 others, a teacher's 50 neurons reach 0.916 with a standard deviation of 0.022 over 20 seeds
/// (`cargo test --test networks -- --ignored --nocapture distribution`): a seed lies below the mean less five of them with a chance
/// of 3e-7.
const MEAN: f64 = 0.916;
const DEVIATION: f64 = 0.022;

#[test]
fn the_pipeline_reaches_its_level_on_200_pictures() {
    let found = accuracy(&recipe("teacher", 50, 1), &stepping("half-step", 1.0), &Images::digits(), 200, 200);
    assert!(found > MEAN - 5.0 * DEVIATION, "{found}");
    // Nor has it seen the answers: 200 of 200 would be almost four deviations above.
    assert!(found < 1.0, "{found}");
}

#[test]
#[ignore = "the distribution behind the level on 200 pictures: cargo test --test networks -- --ignored --nocapture distribution"]
#[allow(clippy::print_stdout)]
fn distribution_on_200_pictures() {
    let images = Images::digits();
    let found: Vec<f64> = (101..=120)
        .map(|seed| accuracy(&recipe("teacher", 50, seed), &stepping("half-step", 1.0), &images, 200, 200))
        .collect();
    let (mean, deviation) = statistics(&found);
    println!("{mean:.4} {deviation:.4} {found:?}");
    // Twenty seeds know the mean to 0.006 and the deviation to a sixth of itself; three of either.
    assert!((mean - MEAN).abs() < 3.0 * DEVIATION / 20f64.sqrt() && deviation < 1.5 * DEVIATION);
}

#[test]
#[ignore = "the levels of five seeds, a minute: cargo test --test networks -- --ignored --nocapture levels"]
#[allow(clippy::print_stdout)]
fn levels() {
    let images = Images::digits();
    for (method, neurons, level) in [("fixed", 500, 0.96), ("unsupervised", 200, 0.85), ("teacher", 50, 0.90)] {
        let found: Vec<f64> = (1..=5)
            .map(|seed| accuracy(&recipe(method, neurons, seed), &stepping("projective-6", 0.5), &images, 1200, 597))
            .collect();
        let (mean, deviation) = statistics(&found);
        println!("{method} {neurons}: {mean:.4} ± {deviation:.4} {found:?}");
        assert!(mean >= level, "{method}: {mean} below {level}");
    }
}

/// Real digits of 28 x 28 pixels, 5000 to learn from and 1000 others, in the directory that `tests/reference/digits/mnist_idx.py` writes.
#[test]
#[ignore = "half an hour: SPIKESTEP_DIGITS=target/digits cargo test --release --test networks -- --ignored --nocapture real_digits"]
#[allow(clippy::print_stdout)]
fn real_digits() {
    let place = std::env::var("SPIKESTEP_DIGITS").expect("SPIKESTEP_DIGITS names the directory of the digits");
    let file = |name: &str| std::path::Path::new(&place).join(name);
    let images = Images::from_idx(file("images.idx3-ubyte"), file("labels.idx1-ubyte")).unwrap();
    let (training, test, classes) = (5000, 1000, images.classes().len());
    let pixels: Vec<[f64; 2]> = (1..=3)
        .map(|seed| {
            let split = images.split(training, test, seed).unwrap();
            let ((seen, labels), (shown, truth)) =
                (Features::of_pixels(&images, &split.training), Features::of_pixels(&images, &split.test));
            let linear = LinearReadout::fit(&seen, &labels, classes, LinearReadout::PENALTY).unwrap();
            [nearest_centroid(&seen, &labels, classes, &shown).unwrap(), linear.predict(&shown).unwrap()]
                .map(|answers| answers.iter().zip(&truth).filter(|(a, b)| a == b).count() as f64 / test as f64)
        })
        .collect();
    for (k, name) in ["nearest centroid of the pixels", "logistic regression of the pixels"].iter().enumerate() {
        let (mean, deviation) = statistics(&pixels.iter().map(|both| both[k]).collect::<Vec<_>>());
        println!("{name}: {mean:.3} ± {deviation:.3}");
    }
    for (method, neurons, level) in [("fixed", 400, 0.88), ("teacher", 100, 0.88), ("unsupervised", 400, 0.80)] {
        let found: Vec<f64> = (1..=3)
            .map(|seed| {
                let recipe = recipe(method, neurons, seed).for_pictures(&images);
                accuracy(&recipe, &stepping("projective-6", 1.0), &images, training, test)
            })
            .collect();
        let (mean, deviation) = statistics(&found);
        println!("{method} {neurons}: {mean:.3} ± {deviation:.3} {found:?}");
        assert!(mean >= level, "{method}: {mean} below {level}");
    }
}

/// What a learned weight is worth: without learning, competition and homeostasis alone leave neurons that tell little.
#[test]
fn unsupervised_learning_is_what_recognises() {
    let images = Images::digits();
    let mut untaught = recipe("unsupervised", 50, 1);
    let Method::Unsupervised(rule) = &mut untaught.method else { unreachable!() };
    rule.epochs = 2;
    let mut taught = untaught.clone();
    if let Method::Unsupervised(rule) = &mut untaught.method {
        rule.nu = 0.0;
    }
    taught.seed = 1;
    let with = accuracy(&taught, &stepping("projective-6", 1.0), &images, 300, 200);
    let without = accuracy(&untaught, &stepping("projective-6", 1.0), &images, 300, 200);
    // Of 200 pictures an accuracy of one half has a standard deviation of 0.035; the two differ by four of them and more.
    assert!(with > without + 4.0 * 0.035 * 2f64.sqrt(), "{with} with, {without} without");
}

/// The defaults are those of the digits of 8 x 8, to the bit, and give pictures with more ink less of what a pixel does.
#[test]
fn a_recipe_is_carried_over_to_the_ink_of_other_pictures() {
    let digits = Images::digits();
    // Each pixel four times: twice the side, and what was true of one pixel is true of the sum of four.
    let side = digits.width();
    let pixel = |i: usize, k: usize| digits.image(i)[k / (2 * side) / 2 * side + k % (2 * side) / 2];
    let pixels = (0..digits.len()).flat_map(|i| (0..4 * side * side).map(move |k| (i, k))).map(|(i, k)| pixel(i, k));
    let (labels, classes) = (digits.labels().to_vec(), digits.classes().to_vec());
    let large = Images::new(2 * side, 2 * side, pixels.collect(), labels, classes).unwrap();
    for method in Method::NAMES {
        let given = recipe(method, 20, 1);
        assert_eq!(given.clone().for_pictures(&digits), given);
        let ratio = |a: f64, b: f64, expected: f64| assert!((a / b - expected).abs() < 1e-12, "{method}: {a} {b}");
        match (&given.method, &given.clone().for_pictures(&large).method) {
            (Method::Fixed(a), Method::Fixed(b)) => ratio(b.sigma, a.sigma, 0.5),
            (Method::Unsupervised(a), Method::Unsupervised(b)) => {
                ratio(b.nu, a.nu, 0.25);
                ratio(b.norm, a.norm, 1.0);
                ratio(b.theta, a.theta, 1.0);
                ratio(b.theta_step, a.theta_step, 2.0);
                ratio(b.target, a.target, 2.0);
            }
            (Method::Teacher(a), Method::Teacher(b)) => {
                ratio(b.nu, a.nu, 0.25);
                ratio(b.bound, a.bound, 0.25);
                ratio(b.initial, a.initial, 0.5);
            }
            _ => unreachable!("a recipe keeps its method"),
        }
    }
    let blank = Images::new(2, 2, vec![0.0; 8], vec![0, 1], vec!["a".into(), "b".into()]).unwrap();
    let given = recipe("teacher", 20, 1);
    assert_eq!(given.clone().for_pictures(&blank), given);
}

#[test]
fn answers_do_not_depend_on_threads_nor_on_company() {
    let images = Images::digits();
    let split = images.split(60, 40, 3).unwrap();
    let recogniser =
        Recogniser::train(&recipe("teacher", 20, 3), &stepping("bindsnet", 1.0), &images, &split.training).unwrap();
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let respond = |chosen: &[usize]| recogniser.respond(&stepping("bindsnet", 0.5), &images, chosen).unwrap();
    let one = pool(1).install(|| respond(&split.test));
    let three = pool(3).install(|| respond(&split.test));
    assert_eq!(one, three);
    let alone = respond(&split.test[17..18]);
    assert_eq!(alone.counts.row(0), one.counts.row(17));
    assert_eq!(alone.orders[0], one.orders[17]);
}

#[test]
fn what_is_observed_is_what_is_answered() {
    let images = Images::digits();
    let split = images.split(60, 10, 4).unwrap();
    let recogniser =
        Recogniser::train(&recipe("fixed", 30, 4), &stepping("half-step", 0.5), &images, &split.training).unwrap();
    let answered = recogniser.respond(&stepping("half-step", 0.5), &images, &split.test[..1]).unwrap();
    let seen = recogniser.observe(&stepping("half-step", 0.5), &images, split.test[0], 4).unwrap();
    let mut counts = vec![0.0; 30];
    seen.spikes.iter().for_each(|spike| counts[spike.neuron as usize] += 1.0);
    assert_eq!(answered.counts, Features::new(30, counts.clone()).unwrap());
    let most = counts.iter().copied().fold(0.0, f32::max);
    assert_eq!(counts[seen.most_excited[0]], most);
    assert_eq!((seen.v.len(), seen.v[0].len(), seen.times.len()), (4, 200, 200));
    // A spike of the most excited neuron leaves its v at c at the end of its step.
    let spike = seen.spikes.iter().find(|spike| spike.neuron as usize == seen.most_excited[0]).unwrap();
    let step = seen.times.iter().position(|t| (t - spike.t).abs() < 1e-9).unwrap();
    assert_eq!(seen.v[0][step], -65.0);
}

#[test]
fn strong_inhibition_makes_spikes_at_coarse_steps_alone() {
    let images = Images::digits();
    let split = images.split(100, 20, 1).unwrap();
    let recogniser =
        Recogniser::train(&recipe("unsupervised", 50, 1), &stepping("projective-6", 0.5), &images, &split.training)
            .unwrap();
    let share = |scheme: &str, dt: f64| {
        let responses = recogniser.respond_counting_spurious(&stepping(scheme, dt), &images, &split.test).unwrap();
        responses.spurious.unwrap() as f64 / responses.spikes as f64
    };
    assert_eq!(share("projective-6", 0.5), 0.0);
    assert!(share("bindsnet", 1.0) > 0.5);
}

#[test]
fn a_network_that_was_kept_is_the_network() {
    let images = Images::digits();
    let split = images.split(40, 20, 5).unwrap();
    for method in Method::NAMES {
        let recogniser =
            Recogniser::train(&recipe(method, 20, 5), &stepping("projective-6", 1.0), &images, &split.training)
                .unwrap();
        let bytes = recogniser.to_safetensors().unwrap();
        let back = Recogniser::from_safetensors("net.safetensors".as_ref(), &bytes).unwrap();
        assert_eq!(back, recogniser);
        assert_eq!(back.to_safetensors().unwrap(), bytes);
    }
}

#[test]
fn recipes_that_cannot_be_are_refused_with_the_way_out() {
    let images = Images::digits();
    let refusal = |change: &dyn Fn(&mut Recipe), method: &str| {
        let mut recipe = recipe(method, 20, 1);
        change(&mut recipe);
        Recogniser::train(&recipe, &stepping("euler", 1.0), &images, &[0, 1]).unwrap_err().to_string()
    };
    for (told, change, method) in [
        ("neurons is 0", (&|r: &mut Recipe| r.neurons = 0) as &dyn Fn(&mut Recipe), "fixed"),
        ("at least 10", &|r: &mut Recipe| r.neurons = 9, "teacher"),
        ("duration", &|r: &mut Recipe| r.duration = f64::NAN, "fixed"),
        ("code", &|r: &mut Recipe| r.coding = "repeat".parse().unwrap(), "fixed"),
        ("time of the teacher is 80", &|r: &mut Recipe| r.duration = 70.0, "teacher"),
    ] {
        let message = refusal(change, method);
        assert!(message.contains(told), "{message}");
    }
    let none = Recogniser::train(&recipe("fixed", 20, 1), &stepping("euler", 1.0), &images, &[]).unwrap_err();
    assert!(none.to_string().contains("at least one"));
    let absent = Recogniser::train(&recipe("fixed", 20, 1), &stepping("euler", 1.0), &images, &[1797]).unwrap_err();
    assert!(absent.to_string().contains("0 to 1796"));
}

#[test]
fn the_most_excited_class_needs_neurons_of_its_own() {
    let images = Images::digits();
    let recogniser = Recogniser::train(&recipe("fixed", 20, 1), &stepping("euler", 1.0), &images, &[0, 1, 2]).unwrap();
    let seen = recogniser.respond(&stepping("euler", 1.0), &images, &[0, 1, 2]).unwrap();
    let error = Reader::fit(Readout::MostExcited, &recogniser, &seen, &images, &[0, 1, 2]).unwrap_err();
    assert!(error.to_string().contains("teacher"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A damaged file is refused, or is a network of finite numbers: never a panic.
    #[test]
    fn damaged_files_are_refused(cut in 0usize..4000, at in 0usize..4000, byte: u8) {
        let images = Images::digits();
        let recogniser =
            Recogniser::train(&recipe("fixed", 3, 1), &stepping("euler", 1.0), &images, &[0]).unwrap();
        let whole = recogniser.to_safetensors().unwrap();
        let file = "net.safetensors".as_ref();
        prop_assert!(Recogniser::from_safetensors(file, &whole[..cut.min(whole.len() - 1)]).is_err());
        let mut changed = whole.clone();
        let at = at % changed.len();
        changed[at] = byte;
        if let Ok(network) = Recogniser::from_safetensors(file, &changed) {
            prop_assert!(network.weights.iter().chain(&network.theta).all(|x| x.is_finite()));
        }
    }

    #[test]
    fn readouts_read_back_from_their_names(n in 1usize..=8) {
        for readout in [Readout::Linear, Readout::AllActivity, Readout::Proportion, Readout::NGram(n), Readout::MostExcited] {
            prop_assert_eq!(readout.to_string().parse::<Readout>().unwrap(), readout);
        }
    }
}
