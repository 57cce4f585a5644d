//! A scheme that another crate adds, by the one of `examples/own_scheme.rs`.

#[path = "../../examples/own_scheme.rs"]
#[allow(unreachable_pub, reason = "an example is a crate of its own")]
mod example;

use std::collections::HashSet;

use example::theta;
use spikestep::metrics::{ObservedOrder, SpikeErrors};
use spikestep::model::NeuronSpec;
use spikestep::scheme::Euler;
use spikestep::study::StudyFile;
use spikestep::study::{Cell, Study};
use spikestep::truth::taylor;
use spikestep::{Scheme, SchemeInfo, SchemeSet, StepSize, solve};

use crate::common::{CELLS, constant_input};

/// The observed order of the largest spike-time error over 300 ms of RS, spikes located.
fn order(scheme: &Scheme) -> f64 {
    let problem = constant_input(CELLS[0].1, 10.0, 300.0);
    let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
    let point = |dt: f64| {
        let found = solve(&problem, scheme, StepSize::Fixed(dt)).unwrap();
        (dt, SpikeErrors::between(&found.spikes, &truth).max_abs.unwrap())
    };
    ObservedOrder::of(&[0.05, 0.025, 0.0125, 0.00625].map(point), 1e-10).unwrap().order
}

#[test]
fn a_scheme_of_another_crate_has_its_order_by_every_way_to_it() {
    // The method is of order 2 for θ = 1/2 alone. At steps of 0.05 ms and below the next term is below a tenth of the leading one.
    for (parameter, expected) in [(0.5, 2.0), (1.0, 1.0), (0.75, 1.0)] {
        let set = SchemeSet::standard().with(theta(parameter));
        let located = set.get(&format!("theta-{parameter}+located")).unwrap();
        let found = order(&located);
        assert!((found - expected).abs() < 0.1, "theta {parameter}: order {found}");
    }
}

#[test]
fn a_parameter_tells_two_schemes_apart() {
    let schemes: HashSet<Scheme> = [0.5, 1.0, 0.5].map(theta).into_iter().collect();
    assert_eq!(schemes.len(), 2);
    let set = SchemeSet::standard().with(theta(0.5)).with(theta(1.0));
    assert_eq!(set.parse_list("theta-0.5,theta-1,theta-0.5").unwrap().len(), 2);
    let message = set.get("theta-0.6").unwrap_err().to_string();
    assert!(message.contains("did you mean 'theta-0.5'"), "{message}");
}

#[test]
fn another_revision_or_parameter_is_another_key() {
    let key = |scheme: Scheme| {
        let study = Study {
            neurons: vec![NeuronSpec::parse("RS").unwrap()],
            schemes: vec![scheme],
            dts: vec![0.5],
            ..Study::default()
        };
        study.cells().unwrap()[0].key()
    };
    let revised = |revision| {
        let info = SchemeInfo::new("mine", 1, "Euler by another name", "a test").with_revision(revision);
        Scheme::flow(info, |_| Euler)
    };
    assert_eq!(key(revised(1)), key(revised(1)));
    assert_ne!(key(revised(1)), key(revised(2)));
    assert_ne!(key(theta(0.5)), key(theta(1.0)));
    let bindsnet: Scheme = "bindsnet".parse().unwrap();
    assert_ne!(key(bindsnet.clone()), key(bindsnet.at_peak_of_neuron()));
    assert_ne!(key(bindsnet.clone()), key(bindsnet.with_lower_bound(-80.0).unwrap()));
}

#[test]
fn a_study_in_a_file_may_name_it() {
    let text = "title = \"t\"\nquestion = \"q\"\nkind = \"study\"\n[study]\nneurons = [\"RS\"]\n\
                schemes = [\"euler\", \"theta-0.5+located\"]\ndt = 0.5\n";
    let read = |set: &SchemeSet| StudyFile::parse("own.toml".as_ref(), text.to_owned(), set);
    assert!(read(&SchemeSet::standard().with(theta(0.5))).unwrap().check().is_ok());
    // The set of one file is not that of the next.
    let message = read(SchemeSet::standard()).err().unwrap().to_string();
    assert!(message.starts_with("own.toml:6:") && message.contains("unknown scheme 'theta-0.5'"), "{message}");
}
