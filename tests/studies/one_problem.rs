//! What is asked of one problem: comparisons and recommendations.

use spikestep::model::NeuronSpec;
use spikestep::study::{CompareOptions, RecommendOptions, Study, observed_orders};
use spikestep::{Neuron, Problem, SchemeSet, Stimulus};

fn study(schemes: &str) -> Study {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(10.0);
    let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 100.0 };
    let schemes = SchemeSet::standard().parse_list(schemes).unwrap();
    Study { schemes, dts: vec![0.2, 0.1, 0.05, 0.025], ..Study::of_problem("RS", problem) }
}

#[test]
fn none_and_several_are_refused() {
    let several = ["RS", "FS"].map(|name| NeuronSpec::parse(name).unwrap()).to_vec();
    for (neurons, said) in [
        (Vec::new(), ["neurons is an empty list", "number of problems is 0"]),
        (several, ["number of problems is 2; allowed: one"; 2]),
    ] {
        let study = Study { neurons, ..study("euler") };
        let refused = [
            study.compare(CompareOptions::default()).unwrap_err().to_string(),
            study.recommend(RecommendOptions::default()).unwrap_err().to_string(),
        ];
        assert!(refused.iter().zip(said).all(|(message, said)| message.contains(said)), "{refused:?}");
    }
}

/// A scheme with a peak of its own is the same scheme at the peak that was asked for.
#[test]
fn a_scheme_that_takes_another_peak_has_its_order() {
    let study = Study { peaks: vec![30.0], ..study("half-step,bindsnet") };
    let comparison = study.compare(CompareOptions::default()).unwrap();
    let orders: Vec<f64> = observed_orders(&comparison).iter().map(|found| found.order.unwrap().order).collect();
    // Both put their spikes on the grid, which makes them of order 1: by less than a step, which scatters.
    assert!(orders.len() == 2 && orders.iter().all(|order| (order - 1.0).abs() < 0.5), "{orders:?}");
}
