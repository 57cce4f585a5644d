//! The figures of a comparison: whole, legible, deterministic, and saying what the data say.

mod recognition;
mod sheet;

use std::time::Duration;

use sheet::{boxes, no_text_overlaps, overlap, texts};
use spikestep::report::chart::{Axis, Chart, Draw, FONT, Figure, Panel, Series};
use spikestep::report::{Lines, figures};
use spikestep::study::{CompareOptions, Comparison, Keep, Study, observed_orders};
use spikestep::{Neuron, Problem, Scheme, SchemeSet, Stimulus};

/// Schemes on the regular-spiking neuron under a constant input for 300 ms.
fn comparison(schemes: &str, dts: &[f64], input: f64) -> Comparison {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(input);
    let problem = Problem { neuron, stimulus, initial: neuron.resting_start(), duration: 300.0 };
    let mut schemes = SchemeSet::standard().parse_list(schemes).expect("schemes");
    schemes.retain(|scheme: &Scheme| !scheme.is_adaptive());
    let study = Study { schemes, dts: dts.to_vec(), ..Study::of_problem("RS", problem) };
    study.compare(CompareOptions { keep: Keep::ForFigures, ..CompareOptions::default() }).expect("compared")
}

const DTS: [f64; 5] = [1.0, 0.5, 0.2, 0.1, 0.05];

/// Few schemes, all that are compared by default, a neuron that is silent, and one scheme at one step.
fn all() -> Vec<(&'static str, Vec<Figure>)> {
    let drawn = |schemes, dts: &[f64], input, lines| figures(&comparison(schemes, dts, input), lines).expect("drawn");
    vec![
        ("few", drawn("euler,half-step,nest-published,rk4+located,bindsnet", &DTS, 10.0, Lines::All)),
        ("default", drawn("default", &DTS, 10.0, Lines::Families)),
        ("all", drawn("default", &DTS[..2], 10.0, Lines::All)),
        ("silent", drawn("euler,rk4", &DTS, 0.0, Lines::All)),
        ("one", drawn("projective-8", &DTS[..1], 10.0, Lines::All)),
    ]
}

fn named<'a>(figures: &'a [Figure], name: &str) -> &'a Figure {
    figures.iter().find(|figure| figure.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn says(figure: &Figure, what: &str) -> bool {
    texts(&figure.svg).0.iter().any(|(text, _)| text.contains(what))
}

#[test]
fn nothing_covers_anything_or_leaves_the_sheet() {
    for (which, figures) in all() {
        for figure in &figures {
            no_text_overlaps(figure);
            let (_, width, height) = texts(&figure.svg);
            let boxes = boxes(&figure.svg);
            for (i, (id, a)) in boxes.iter().enumerate() {
                let inside = a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= width && a[3] <= height;
                assert!(inside, "{which} {} {id}: {a:?}", figure.name);
                assert!(a[2] > a[0] + 250.0 || id == "legend", "{which} {} {id}: no room for data: {a:?}", figure.name);
                for (other, b) in &boxes[i + 1..] {
                    assert!(!overlap(*a, *b), "{which} {}: {id} over {other}", figure.name);
                }
            }
            assert!(figure.svg.len() < 300_000, "{which} {} has {} bytes", figure.name, figure.svg.len());
            assert!(!figure.svg.contains("NaN") && !figure.csv.contains("NaN"), "{which} {}", figure.name);
        }
    }
}

#[test]
fn every_axis_says_what_it_shows_and_in_which_unit() {
    let units: [(&str, &[&str]); 8] = [
        ("traces", &["time t [ms]", "membrane potential v [mV]"]),
        ("raster", &["time t [ms]", "spikes"]),
        ("spike_errors", &["spike number", "spike-time error [ms] (positive: late)"]),
        ("intervals", &["interspike interval [ms]", "intervals in 2 ms"]),
        ("residual", &["time t [ms]", "residual, RMS between spikes [mV/ms]"]),
        ("phase_plane", &["membrane potential v [mV]", "recovery variable u [mV/ms]"]),
        ("error_vs_dt", &["time step dt [ms]", "largest spike-time error [ms]"]),
        ("missed_spikes", &["time step dt [ms]"]),
    ];
    let figures = figures(&comparison("euler,rk4", &DTS, 10.0), Lines::All).expect("drawn");
    assert_eq!(figures.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), units.map(|u| u.0));
    for (figure, (name, descriptions)) in figures.iter().zip(units) {
        for description in descriptions {
            assert!(texts(&figure.svg).0.iter().any(|(text, _)| text == description), "{name}: {description}");
        }
    }
}

#[test]
fn the_price_of_an_error_is_drawn_where_times_were_measured() {
    let study = comparison("euler,rk4", &[1.0, 0.5], 10.0).study;
    let timing_budget = Some(Duration::from_millis(1));
    let timed = study.compare(CompareOptions { timing_budget, ..CompareOptions::default() }).expect("compared");
    let drawn = figures(&timed, Lines::All).expect("drawn");
    let figure = named(&drawn, "work_precision");
    assert!(says(figure, "cost [ns per simulated ms]") && says(figure, "cost [flops per simulated ms]"));
    assert!(says(figure, "largest spike-time error [ms]"));
    let rows: Vec<Vec<&str>> = figure.csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let expected = [("euler", "dt 1 ms"), ("euler", "dt 0.5 ms"), ("rk4", "dt 1 ms"), ("rk4", "dt 0.5 ms")];
    let found: Vec<(&str, &str)> = rows.iter().map(|row| (row[0], row[1])).collect();
    assert_eq!(found, expected);
    for (row, run) in rows.iter().zip(&timed.runs) {
        let measured = [run.timing.expect("timed").median, run.spike_errors.max_abs.expect("spikes")];
        assert_eq!(row[5].parse::<f64>().expect("a number"), run.flops_per_ms(timed.problem.duration));
        assert_eq!([row[2], row[3]].map(|text| text.parse::<f64>().expect("a number")), measured);
    }
}

#[test]
fn a_short_run_has_a_mark_for_each_step_in_the_phase_plane() {
    // 300 and 3000 steps from the initial state on.
    for (dt, marked) in [(1.0, true), (0.1, false)] {
        let drawn = figures(&comparison("rk4", &[dt], 10.0), Lines::All).expect("drawn");
        let plane = named(&drawn, "phase_plane");
        let rows = plane.csv.matches("trajectory,\"rk4").count();
        let marks = plane.svg.matches("<polygon").count();
        assert!(if marked { rows == 301 && marks >= 301 } else { rows < 3001 && marks < 10 }, "{dt}: {rows} {marks}");
    }
}

#[test]
fn csv_holds_every_run_whatever_is_drawn() {
    let comparison = comparison("default", &DTS, 10.0);
    let (few, many) = (figures(&comparison, Lines::Families).unwrap(), figures(&comparison, Lines::All).unwrap());
    for (a, b) in few.iter().zip(&many) {
        assert_eq!(a.csv, b.csv, "{}", a.name);
    }
    let schemes = comparison.study.schemes.len();
    let rows = |name| named(&many, name).csv.lines().count() - 1;
    assert_eq!(rows("missed_spikes"), schemes * DTS.len());
    assert_eq!(rows("error_vs_dt"), schemes * DTS.len());
    let spikes: usize =
        comparison.runs.iter().filter(|run| run.size.dt() == Some(1.0)).map(|r| r.trajectory.spikes.len()).sum();
    assert_eq!(rows("raster"), spikes + comparison.truth.spikes.len());
    // The caption names every scheme that has no line of its own.
    for scheme in &comparison.study.schemes {
        assert!(says(named(&few, "error_vs_dt"), &scheme.to_string()), "{scheme}");
    }
}

#[test]
fn spikes_reach_the_peak_of_their_scheme() {
    let drawn = figures(&comparison("euler,bindsnet,rk4+located", &[1.0], 10.0), Lines::All).expect("drawn");
    let highest = |scheme: &str| {
        let rows = named(&drawn, "traces").csv.lines().filter(|line| line.split(',').nth(1) == Some(scheme));
        rows.map(|line| line.rsplit(',').next().unwrap().parse::<f64>().unwrap()).fold(f64::MIN, f64::max)
    };
    assert_eq!(["truth", "euler", "rk4+located", "bindsnet"].map(highest), [30.0, 30.0, 30.0, 45.0]);
}

#[test]
fn captions_say_what_the_data_say() {
    let dts = [1.0, 0.7, 0.5, 0.35, 0.25, 0.1, 0.05];
    let compared = comparison("projective-8,euler,rk4+located,bindsnet", &dts, 10.0);
    let drawn = figures(&compared, Lines::All).expect("drawn");
    let convergence = named(&drawn, "error_vs_dt");
    // The legend has every observed order; where it is not the scheme's own, the caption says from which steps it is.
    let mut observed = 0;
    for found in observed_orders(&compared) {
        let Some(order) = found.order else { continue };
        observed += 1;
        let says_order = format!("{} (order {:.1}", found.scheme, order.order);
        assert!(says(convergence, &says_order), "{says_order}");
        let of =
            texts(&convergence.svg).0.iter().any(|(text, _)| text.starts_with(&says_order) && text.contains(" of "));
        assert_eq!(of, says(convergence, &format!("{}, order", found.scheme)), "{says_order}");
    }
    assert!(observed > 1);
    assert!(says(named(&drawn, "missed_spikes"), "true spikes"));
    assert!(says(named(&drawn, "traces"), "first difference: spike"));
    let silent = figures(&comparison("euler", &dts, 0.0), Lines::All).expect("drawn");
    assert!(says(named(&silent, "missed_spikes"), "No spike is missed or extra"));
    assert!(says(named(&silent, "traces"), "no spike is seen to move"));
}

#[test]
fn a_spike_between_two_that_are_missing_is_marked() {
    let marks = |errors: &[f64]| {
        let points = errors.iter().enumerate().map(|(k, error)| (k as f64, *error));
        let line = Series { draw: Draw::Sparse, ..Series::line("euler", points) };
        let panel =
            Panel { x: Axis::linear("spike"), y: Axis::linear("error"), layers: vec![line.into()], ..Panel::default() };
        let chart = Chart { name: "errors".into(), panels: vec![panel], ..Chart::default() };
        chart.draw().expect("drawn").svg.matches("<polygon").count()
    };
    let mut errors: Vec<f64> = (0..30).map(f64::from).collect();
    let before = marks(&errors);
    // Marks stand on every fourth spike from the first on: spike 7 has none until its neighbours are missing.
    (errors[5], errors[7]) = (f64::NAN, f64::NAN);
    assert_eq!(marks(&errors), before + 1);
}

#[test]
fn the_same_comparison_gives_the_same_bytes() {
    let again = || figures(&comparison("euler,rk4", &DTS, 10.0), Lines::All).expect("drawn");
    assert_eq!(again(), again());
}
