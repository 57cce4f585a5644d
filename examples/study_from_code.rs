//! A study from code: typed rows, nothing written, with a metric of one's own among its columns.
//!
//! cargo run --example study_from_code

#![allow(clippy::print_stdout)] // an example shows what it finds

use spikestep::SchemeSet;
use spikestep::metrics::{Metric, MetricSet, isi_distance};
use spikestep::model::NeuronSpec;
use spikestep::study::{Study, StudyInput};

fn main() -> spikestep::Result<()> {
    let metrics = MetricSet::standard().with(Metric::number(
        "isi_distance",
        "ISI-distance to the true spike train, from 0 to 1.",
        |run| isi_distance(&run.truth.spikes, run.spikes(), run.end()).ok(),
    ));
    let study = Study {
        neurons: vec![NeuronSpec::parse("RS")?, NeuronSpec::parse("FS")?],
        inputs: vec![StudyInput::parse("step:10")?, StudyInput::parse("noise:10:2")?],
        seeds: vec![1, 2, 3],
        duration: Some(500.0),
        schemes: SchemeSet::standard().parse_list("half-step,rk4+located,projective-6")?,
        dts: vec![0.25, 0.5],
        metrics,
        ..Study::default()
    };
    for row in study.run()? {
        let (problem, run) = (&row.problem, &row.run);
        let (name, seed, spikes) = (&problem.neuron.label, problem.seed, run.trajectory.spikes.len());
        let (error, isi) = (run.metrics.get("max_spike_time_error_ms"), run.metrics.get("isi_distance"));
        println!("{name} {} seed {seed:?}, {} at {:?}: {spikes} spikes", problem.input, run.scheme, run.size);
        println!("    of {}, largest error {error:?} ms, ISI-distance {isi:?}", row.truth_spikes);
    }
    Ok(())
}
