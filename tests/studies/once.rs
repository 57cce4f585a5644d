//! A comparison solves every run once, and what is shown of it solves nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use spikestep::report::{Described, comparison_json, comparison_text, figures, metrics_csv, spikes_csv};
use spikestep::scheme::{Euler, SchemeInfo};
use spikestep::study::{CompareOptions, Keep, Run, Study};
use spikestep::{Neuron, Problem, Scheme, Stimulus};

#[test]
fn a_run_is_solved_once_and_its_samples_are_there_for_figures_and_traces() {
    static SOLVED: AtomicUsize = AtomicUsize::new(0);
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(10.0);
    let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 200.0 };
    let info = SchemeInfo::new("counted", 1, "Euler, counted", "this test");
    // Its stability and its expected cost are found from fewer steps, and what rounding does to it from other starts.
    let start = problem.initial;
    let scheme = Scheme::flow(info, move |setup| {
        SOLVED.fetch_add(usize::from(setup.steps == 400 && setup.initial == start), Ordering::Relaxed);
        Euler
    });
    let study = Study { schemes: vec![scheme], dts: vec![0.5], ..Study::of_problem("RS", problem) };

    let traced = AtomicUsize::new(0);
    let each = |run: &Run| {
        traced.fetch_add(run.samples.t.len(), Ordering::Relaxed);
        Ok(())
    };
    for (keep, kept) in [(Keep::Nothing, 0), (Keep::ForFigures, 400), (Keep::Everything, 400)] {
        SOLVED.store(0, Ordering::Relaxed);
        traced.store(0, Ordering::Relaxed);
        let comparison = study.compare(CompareOptions { keep, each: &each, ..CompareOptions::default() }).unwrap();
        assert_eq!(traced.load(Ordering::Relaxed), 400, "every run is traced as it ends, whatever is kept");
        assert_eq!(comparison.runs[0].samples.v.len(), kept, "{keep:?}");
        let described =
            Described { neuron: "RS".into(), input: "10".into(), command: "compare".into(), notes: Vec::new() };
        if kept > 0 {
            figures(&comparison, spikestep::report::Lines::All).unwrap();
        }
        metrics_csv(&comparison);
        spikes_csv(&comparison);
        comparison_json(&comparison, &described, &[]);
        comparison_text(&comparison, &described);
        assert_eq!(SOLVED.load(Ordering::Relaxed), 1, "{keep:?}");
    }
}
