//! Readouts on spikes made by hand, and on the pixels of the digits.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use spikestep::recognition::Images;
use spikestep::recognition::readout::{
    Assignment, ConfusionMatrix, Features, LinearReadout, NGram, nearest_centroid, nearest_neighbour, student_t, wilson,
};

fn features(columns: usize, values: &[f32]) -> Features {
    Features::new(columns, values.to_vec()).unwrap()
}

#[test]
fn neurons_are_assigned_by_their_mean_count_not_by_their_sum() {
    // Class 0 is shown three times: neuron 0 fires 2 a picture for it (6 in all) and 4 for class 1 (4 in all).
    let counts = features(3, &[2.0, 1.0, 0.0, 2.0, 1.0, 0.0, 2.0, 1.0, 0.0, 4.0, 0.0, 0.0]);
    let assignment = Assignment::fit(&counts, &[0, 0, 0, 1], 3).unwrap();
    // Neuron 2 never fires: class 0, with no share in any.
    assert_eq!(assignment.classes_of_neurons(), [1, 0, 0]);
    assert_eq!(assignment.proportions(0), [2.0 / 6.0, 4.0 / 6.0, 0.0]);
    assert_eq!(assignment.proportions(1), [1.0, 0.0, 0.0]);
    assert_eq!(assignment.proportions(2), [0.0, 0.0, 0.0]);
}

#[test]
fn an_update_decays_the_rates_of_the_classes_it_shows() {
    let mut assignment = Assignment::fit(&features(1, &[4.0, 3.0]), &[0, 1], 2).unwrap();
    assignment.update(&features(1, &[2.0]), &[1], 0.5).unwrap();
    // Class 0, not shown, keeps 4; class 1 has 0.5 x 3 + 2 = 3.5.
    assert_eq!(assignment.proportions(0), [4.0 / 7.5, 3.5 / 7.5]);
}

#[test]
fn all_activity_and_proportion_weighting_differ_where_a_neuron_is_unsure() {
    // Neuron 0 fires for class 0 alone; neurons 1 and 2 for class 1, the last hardly more than for class 0.
    let training = features(3, &[4.0, 0.0, 4.0, 0.0, 4.0, 5.0]);
    let assignment = Assignment::fit(&training, &[0, 1], 2).unwrap();
    assert_eq!(assignment.classes_of_neurons(), [0, 1, 1]);
    // Counts 2, 0, 5: means 2 and 2.5; weighted 2 x 1 and 5 x (5/9) / 2 = 1.39. Without spikes: the first class.
    let test = features(3, &[2.0, 0.0, 5.0, 0.0, 0.0, 0.0, 1.0, 3.0, 0.0]);
    assert_eq!(assignment.all_activity(&test).unwrap(), [1, 0, 1]);
    assert_eq!(assignment.proportion_weighting(&test).unwrap(), [0, 0, 1]);
    // The mean is over the class's neurons: two of them firing 3 each lose to one firing 4.
    assert_eq!(assignment.all_activity(&features(3, &[4.0, 3.0, 3.0])).unwrap(), [0]);
    // A class that no neuron stands for is never answered.
    let of_three = Assignment::fit(&training, &[0, 2], 3).unwrap();
    assert_eq!(of_three.all_activity(&features(3, &[0.0, 1.0, 1.0])).unwrap(), [2]);
}

#[test]
fn n_grams_score_sequences_over_steps_with_spikes() {
    // Class 0 fires 1, then 2 and 3 together, then (after silence) 1; class 1 fires 3, 2, 1.
    let orders = vec![vec![vec![1], vec![2, 3], vec![], vec![1]], vec![vec![3], vec![2], vec![1]]];
    let pairs = NGram::fit(&orders, &[0, 1], 2, 2).unwrap();
    for (sequence, score) in
        [([1, 2], [1.0, 0.0]), ([1, 3], [1.0, 0.0]), ([2, 1], [1.0, 1.0]), ([3, 1], [1.0, 0.0]), ([3, 2], [0.0, 1.0])]
    {
        assert_eq!(pairs.score(&sequence), Some(&score[..]), "{sequence:?}");
    }
    // Neurons of one step were never learned as a sequence.
    assert_eq!(pairs.score(&[2, 3]), None);
    // 3, 2, 1 has the pairs 32 and, left out as the last, 21. 3, 1, 3 has 31. 2, 1 alone has nothing but its last: class 0.
    let test = vec![vec![vec![3], vec![2], vec![1]], vec![vec![3], vec![1], vec![3]], vec![vec![2], vec![1]], vec![]];
    assert_eq!(pairs.predict(&test), [1, 0, 0, 0]);
    let triples = NGram::fit(&orders, &[0, 1], 2, 3).unwrap();
    assert_eq!(triples.score(&[1, 3, 1]), Some(&[1.0, 0.0][..]));
    assert_eq!(triples.score(&[3, 2, 1]), Some(&[0.0, 1.0][..]));
}

#[test]
fn n_grams_that_cannot_be_counted_are_refused() {
    assert!(NGram::fit(&[vec![vec![1]]], &[0], 1, 0).is_err());
    // 300 neurons in each of three steps: 27 million sequences.
    let crowd: Vec<Vec<u32>> = vec![(0..300).collect(); 3];
    assert!(NGram::fit(&[crowd], &[0], 1, 3).unwrap_err().to_string().contains("Take a shorter one"));
}

/// Mean accuracy of a readout on the pixels of the digits, 1200 to train and 597 to test, with each seed's.
fn on_pixels(seeds: u64, answer: impl Fn(&Features, &[usize], &Features) -> Vec<usize>) -> Vec<f64> {
    let digits = Images::digits();
    let of_seed = |seed| {
        let split = digits.split(1200, 597, seed).unwrap();
        let (training, labels) = Features::of_pixels(&digits, &split.training);
        let (test, truth) = Features::of_pixels(&digits, &split.test);
        ConfusionMatrix::new(10, &truth, &answer(&training, &labels, &test)).unwrap().accuracy()
    };
    (0..seeds).map(of_seed).collect()
}

/// A level that was measured on one split of 597 test images lies, with 95 % confidence, in Wilson's interval around it; the mean
/// over splits must lie there too.
#[track_caller]
fn agrees(accuracies: &[f64], level: f64) {
    let known = wilson((level * 597.0).round() as u64, 597);
    let found = student_t(accuracies).unwrap();
    assert!(
        (known.low..=known.high).contains(&found.estimate),
        "{found:?} where {known:?} was measured: {accuracies:?}"
    );
}

#[test]
fn the_pixels_are_recognised_as_well_as_was_measured_elsewhere() {
    agrees(&on_pixels(5, |training, labels, test| nearest_centroid(training, labels, 10, test).unwrap()), 0.899);
    agrees(&on_pixels(5, |training, labels, test| nearest_neighbour(training, labels, 10, test).unwrap()), 0.988);
    let linear = |training: &Features, labels: &[usize], test: &Features| {
        let readout = LinearReadout::fit(training, labels, 10, LinearReadout::PENALTY).unwrap();
        readout.predict(test).unwrap()
    };
    agrees(&on_pixels(5, linear), 0.978);
}

#[test]
fn the_usual_penalty_is_between_too_little_and_too_much() {
    let mean = |penalty: f64| {
        let accuracies = on_pixels(5, |training, labels, test| {
            LinearReadout::fit(training, labels, 10, penalty).unwrap().predict(test).unwrap()
        });
        student_t(&accuracies).unwrap().estimate
    };
    // The same five splits for each, so that their luck cancels.
    let usual = mean(LinearReadout::PENALTY);
    assert!(usual > mean(LinearReadout::PENALTY / 300.0) && usual > mean(LinearReadout::PENALTY * 30.0));
}

/// Spike counts of `neurons` for pictures of ten classes in turn: each neuron has a rate of 0 to 4 for each class.
fn synthetic(neurons: usize, pictures: usize, seed: u64) -> (Features, Vec<usize>) {
    let mut of_rates = ChaCha8Rng::seed_from_u64(0);
    let rates: Vec<f32> = (0..neurons * 10).map(|_| of_rates.random::<f32>() * 4.0).collect();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut values = Vec::new();
    for picture in 0..pictures {
        for neuron in 0..neurons {
            // Noise of several spikes on the rate; whole counts.
            let noise: f32 = (0..4).map(|_| random.random::<f32>() * 6.0).sum();
            values.push((rates[neuron * 10 + picture % 10] + noise).floor());
        }
    }
    (Features::new(neurons, values).unwrap(), (0..pictures).map(|picture| picture % 10).collect())
}

#[test]
fn the_linear_readout_finds_the_least_value_and_always_the_same() {
    for neurons in [500, 1000] {
        let (training, labels) = synthetic(neurons, 1200, 1);
        let readout = LinearReadout::fit(&training, &labels, 10, 1.0).unwrap();
        // Where the fit is told to stop, 1e-6; a little earlier where the loss no longer changes in its 14th digit.
        assert!(readout.gradient() < 1e-5, "{} after {}", readout.gradient(), readout.iterations());
        if neurons == 500 {
            assert_eq!(LinearReadout::fit(&training, &labels, 10, 1.0).unwrap(), readout);
            let (test, truth) = synthetic(neurons, 200, 2);
            let confusion = ConfusionMatrix::new(10, &truth, &readout.predict(&test).unwrap()).unwrap();
            // Means of two classes are sqrt(500 x 2 x 16/12) = 36.5 apart, in noise of 3.46: half of it is 5.3 standard
            // deviations. A linear rule from 120 pictures of each class keeps sqrt(1 - 500/1200) x 0.965 of that (Raudys & Young
            // 2004, J. Multivar. Anal. 89:1), 3.9: 5e-5 for each wrong class, 0.1 errors in 200 pictures. Four are allowed.
            assert!(confusion.accuracy() >= 0.98, "{}", confusion.accuracy());
        }
    }
}

#[test]
fn the_linear_readout_of_two_classes_obeys_its_equation() {
    // One feature, standardised to -1 and 1, two classes of one picture each. At the least value w1 = -w0 = w and b = 0 with
    // penalty·w = 1 - p, p = 1 / (1 + exp(-2 w)).
    for penalty in [0.1, 1.0, 10.0] {
        let readout = LinearReadout::fit(&features(1, &[3.0, 7.0]), &[0, 1], 2, penalty).unwrap();
        // Half the distance of the counts, 2, is their standard deviation. The sum of the two pictures' slopes is 2 (1 - p).
        let w = readout.weight(0, 1) * 2.0;
        assert!((readout.weight(0, 0) * 2.0 + w).abs() < 1e-9);
        let slope = 2.0 / (1.0 + (2.0 * w).exp()) - penalty * w;
        // The gradient of the mean over two pictures is below 1e-6, and each class has a part of it.
        assert!(slope.abs() < 2e-6, "{penalty}: {w} {slope:e}");
    }
}

#[test]
fn the_linear_readout_takes_what_experiments_give_it() {
    // A silent neuron, one that never changes, a class that is never shown, one picture.
    let training = features(3, &[0.0, 2.0, 1.0, 0.0, 2.0, 5.0, 0.0, 2.0, 2.0, 0.0, 2.0, 6.0]);
    let readout = LinearReadout::fit(&training, &[0, 2, 0, 2], 3, 1.0).unwrap();
    assert_eq!(readout.predict(&training).unwrap(), [0, 2, 0, 2]);
    assert_eq!((readout.weight(0, 0), readout.weight(1, 2)), (0.0, 0.0));
    let one = LinearReadout::fit(&features(2, &[1.0, 2.0]), &[1], 2, 1.0).unwrap();
    assert_eq!(one.predict(&features(2, &[5.0, 0.0])).unwrap(), [1]);
    // Counts of a million on one neuron and of one on the other weigh the same.
    let scaled = features(2, &[0.0, 0.0, 1e6, 1.0]);
    let readout = LinearReadout::fit(&scaled, &[0, 1], 2, 1.0).unwrap();
    assert!((readout.weight(0, 1) * 1e6 / readout.weight(1, 1) - 1.0).abs() < 1e-9);
    let silent = LinearReadout::fit(&features(1, &[0.0, 0.0]), &[0, 1], 2, 1.0).unwrap();
    assert_eq!(silent.predict(&features(1, &[3.0])).unwrap(), [0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    assert!(Features::new(0, vec![]).is_err());
    assert!(Features::new(2, vec![1.0; 3]).is_err());
    assert!(Features::new(1, vec![f32::NAN]).unwrap_err().to_string().contains("finite"));
    let counts = features(2, &[1.0, 2.0, 3.0, 4.0]);
    let other = features(1, &[1.0]);
    for labels in [&[][..], &[0], &[0, 2]] {
        assert!(Assignment::fit(&counts, labels, 2).is_err());
        assert!(LinearReadout::fit(&counts, labels, 2, 1.0).is_err());
        assert!(nearest_centroid(&counts, labels, 2, &counts).is_err());
        assert!(nearest_neighbour(&counts, labels, 2, &counts).is_err());
    }
    for penalty in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(LinearReadout::fit(&counts, &[0, 1], 2, penalty).is_err());
    }
    assert!(LinearReadout::fit(&counts, &[0, 1], 2, 1.0).unwrap().predict(&other).is_err());
    let assignment = Assignment::fit(&counts, &[0, 1], 2).unwrap();
    assert!(assignment.all_activity(&other).is_err() && assignment.proportion_weighting(&other).is_err());
    assert!(nearest_centroid(&counts, &[0, 1], 2, &other).is_err());
    assert!(ConfusionMatrix::new(2, &[0, 1], &[0]).is_err());
    assert!(ConfusionMatrix::new(2, &[0, 1], &[0, 2]).is_err());
    assert!(ConfusionMatrix::new(2, &[], &[]).is_err());
}

#[test]
fn the_confusion_matrix_counts_label_by_answer() {
    let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2, 2], &[0, 1, 1, 2, 0]).unwrap();
    assert_eq!(
        [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 2)].map(|(l, a)| confusion.count(l, a)),
        [1, 1, 0, 1, 1, 1]
    );
    assert_eq!((confusion.correct(), confusion.total(), confusion.accuracy()), (3, 5, 0.6));
    assert_eq!(confusion.interval(), wilson(3, 5));
}

#[test]
fn intervals_hold_their_level() {
    // Wilson's interval, exactly: the shares p for which |x/n - p| = z sqrt(p (1 - p) / n).
    for (correct, total) in [(0, 10), (1, 10), (5, 10), (10, 10), (584, 597)] {
        let interval = wilson(correct, total);
        for p in [interval.low, interval.high].into_iter().filter(|p| *p > 0.0 && *p < 1.0) {
            let z = (interval.estimate - p).abs() / (p * (1.0 - p) / total as f64).sqrt();
            assert!((z - 1.959963984540054).abs() < 1e-9, "{interval:?}");
        }
        assert!(0.0 <= interval.low && interval.low <= interval.estimate);
        assert!(interval.estimate <= interval.high && interval.high <= 1.0);
    }
    assert_eq!((wilson(0, 0).low, wilson(0, 0).high), (0.0, 1.0));
    // Of 4000 samples of five normal values 95 % cover the mean: standard deviation of the share 0.0034, 4.4 of them 0.015.
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let covered = (0..4000).filter(|_| {
        let values: Vec<f64> = (0..5).map(|_| random.sample(rand_distr::StandardNormal)).collect();
        let interval = student_t(&values).unwrap();
        interval.low <= 0.0 && 0.0 <= interval.high
    });
    let share = covered.count() as f64 / 4000.0;
    assert!((share - 0.95).abs() < 0.015, "{share}");
    assert_eq!(student_t(&[]), None);
    assert_eq!(student_t(&[0.5]).unwrap().high, f64::INFINITY);
}

#[test]
fn quantiles_of_student_are_those_of_the_tables() {
    // Abramowitz & Stegun, table 26.10 (A = 0.95), three digits after the point.
    for (freedom, value) in
        [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (10, 2.228), (30, 2.042), (120, 1.980)]
    {
        // One value of n is 1, the others are 0: the mean is 1/n, and its standard error is s/√n = 1/n.
        let n = freedom + 1;
        let values: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == 0))).collect();
        let interval = student_t(&values).unwrap();
        let quantile = (interval.high - interval.estimate) * n as f64;
        assert!((quantile - value).abs() <= 5e-4, "{freedom}: {quantile}");
    }
}
