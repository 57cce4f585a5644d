//! A metric that is added from outside is in every output, and the standard ones stay as they are.

use spikestep::interop::{TableFormat, Values};
use spikestep::metrics::{Metric, MetricSet, isi_distance};
use spikestep::report::{Described, comparison_json, comparison_text, metrics_csv};
use spikestep::study::{CompareOptions, Control, RecommendOptions, Results, Store, Study, run_stored};
use spikestep::{Neuron, Problem, SchemeSet, Stimulus};

/// A study of 200 ms of regular spiking with one more metric, of revision `revision`.
fn study(revision: u32) -> Study {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(10.0);
    let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 200.0 };
    let isi = Metric::number("isi_distance", "ISI-distance to the true spike train, from 0 to 1.", |run| {
        isi_distance(&run.truth.spikes, run.spikes(), run.end()).ok()
    });
    Study {
        schemes: SchemeSet::standard().parse_list("euler,rk4+located").unwrap(),
        dts: vec![0.5],
        metrics: MetricSet::standard().with(isi.headed("ISI").revised(revision)),
        ..Study::of_problem("RS", problem)
    }
}

#[test]
fn a_metric_from_outside_is_in_table_csv_json_and_study() {
    let study = study(1);
    let comparison = study.compare(CompareOptions::default()).unwrap();
    let expected: Vec<f64> = comparison
        .runs
        .iter()
        .map(|run| isi_distance(&comparison.truth.spikes, &run.trajectory.spikes, 200.0).unwrap())
        .collect();
    assert!(expected[0] > 0.0 && expected[1] < expected[0]);

    let csv = String::from_utf8(metrics_csv(&comparison)).unwrap();
    let last: Vec<&str> = csv.lines().map(|line| line.rsplit(',').next().unwrap()).collect();
    assert_eq!(last, ["isi_distance", &expected[0].to_string(), &expected[1].to_string()]);

    let described =
        Described { neuron: "RS".into(), input: "step:10".into(), command: "compare".into(), notes: Vec::new() };
    let json = comparison_json(&comparison, &described, &[]);
    let in_json: Vec<f64> = (0..2).map(|k| json["runs"][k]["isi_distance"].as_f64().unwrap()).collect();
    assert_eq!(in_json, expected);
    assert!(comparison_text(&comparison, &described).contains(" ISI"), "a column of its own");

    let rows = study.run().unwrap();
    let in_rows: Vec<f64> = rows.iter().map(|row| row.run.metrics.get("isi_distance").unwrap()).collect();
    assert_eq!(in_rows, expected);

    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path().join("all.log")).unwrap();
    let cells = study.cells().unwrap();
    run_stored(&cells, &store, Control::default()).unwrap();
    let results = Results::read(&cells, &store).unwrap();
    assert_eq!(results.columns.get("isi_distance"), Some(&Values::Numbers(expected)));
    let mut npz = Vec::new();
    results.write(TableFormat::Npz, |_| true, &mut npz).unwrap();
    assert!(npz.windows(16).any(|name| name == b"isi_distance.npy"), "a column of every format");
}

#[test]
fn a_cell_is_known_by_its_metrics_and_their_revisions() {
    let keys = |study: &Study| -> Vec<_> {
        study.cells().unwrap().iter().map(spikestep::study::Cell::key).collect::<Vec<_>>()
    };
    let without = Study { metrics: MetricSet::standard(), ..study(1) };
    assert_eq!(keys(&study(1)), keys(&study(1)));
    assert_ne!(keys(&study(1)), keys(&study(2)));
    assert_ne!(keys(&study(1)), keys(&without));
}

/// What is no number, or infinite, keeps no bound.
#[test]
fn a_metric_without_a_finite_value_keeps_no_bound() {
    for value in [f64::INFINITY, f64::NAN] {
        let lost = Metric::number("lost", "A metric that is beyond every bound.", move |_| Some(value));
        let study = Study { metrics: MetricSet::standard().with(lost), ..study(1) };
        let options = RecommendOptions { metric: "lost", within: 1e3, ..RecommendOptions::default() };
        let found = study.recommend(options).unwrap();
        assert!(found.best().is_none(), "{value}");
    }
}

/// A study from code has the numbers of the comparison of each of its problems.
#[test]
fn rows_are_those_of_the_comparison() {
    let study = study(1);
    let comparison = study.compare(CompareOptions::default()).unwrap();
    for (row, run) in study.run().unwrap().iter().zip(&comparison.runs) {
        assert_eq!(row.truth_spikes, comparison.truth.spikes.len());
        assert_eq!(row.truth_error_bound, comparison.truth.bound());
        assert_eq!((&row.run.scheme, &row.run.trajectory), (&run.scheme, &run.trajectory));
        assert!(row.run.metrics.iter().zip(run.metrics.iter()).all(|(a, b)| a.1 == b.1));
    }
}
