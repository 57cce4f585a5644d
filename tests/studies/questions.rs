//! The questions asked in public: each file runs, and its key numbers are those known from elsewhere.

use std::path::PathBuf;

use spikestep::experiment::{ExperimentFile, Outputs, Session};
use spikestep::report::OutputDir;

/// What a run left.
struct Run {
    text: String,
    files: Vec<(String, String)>,
}

impl Run {
    fn file(&self, name: &str) -> &str {
        let found = self.files.iter().find(|f| f.0 == name);
        &found.unwrap_or_else(|| panic!("no {name} among {:?}", self.files.iter().map(|f| &f.0).collect::<Vec<_>>())).1
    }

    /// Rows of a CSV as maps from column to field, those where `fits`.
    fn rows(&self, name: &str, fits: &[(&str, &str)]) -> Vec<Vec<(String, String)>> {
        let mut reader = csv::Reader::from_reader(self.file(name).as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|r| header.iter().cloned().zip(r.unwrap().iter().map(str::to_owned)).collect());
        let fitting = |row: &Vec<(String, String)>| {
            fits.iter().all(|(key, value)| row.iter().any(|(k, v)| k == key && v == value))
        };
        rows.filter(fitting).collect()
    }

    /// The number in `column` of the only row where `fits`.
    fn number(&self, name: &str, fits: &[(&str, &str)], column: &str) -> f64 {
        let rows = self.rows(name, fits);
        assert_eq!(rows.len(), 1, "{name}: {fits:?}");
        let field = &rows[0].iter().find(|(k, _)| k == column).unwrap_or_else(|| panic!("{column}")).1;
        field.parse().unwrap_or_else(|e| panic!("{column} is '{field}': {e}"))
    }
}

/// Runs `experiments/questions/NAME.toml` with some of its lines replaced.
fn question(name: &str, replaced: &[(&str, &str)]) -> Run {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("experiments/questions/{name}.toml"));
    let mut source = std::fs::read_to_string(&path).unwrap();
    for (from, to) in replaced {
        assert!(source.contains(from), "{name} has no '{from}'");
        source = source.replace(from, to);
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("question.toml");
    std::fs::write(&file, source).unwrap();
    let read = ExperimentFile::read(&file).unwrap();
    let mut dir = OutputDir::create(directory.path().join("out")).unwrap();
    let session = Session::default();
    let formats = [spikestep::report::FigureFormat::Svg];
    let text = read.experiment.run(&mut Outputs::new(&mut dir, &formats, session)).unwrap();
    let read = |name: &String| (name.clone(), std::fs::read_to_string(dir.root().join(name)).unwrap());
    let run = Run { files: dir.written().iter().map(read).collect(), text };
    let answer = run.file("answer.md");
    assert!(answer.contains("https://github.com/") && run.text.contains("https://github.com/"), "{answer}");
    assert!(!run.text.contains("NaN") && !run.text.contains("inf "), "{}", run.text);
    run
}

#[test]
fn two_half_steps_are_of_order_one_and_have_the_errors_of_the_table() {
    let run = question("bindsnet_533", &[("dts = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]", "dts = [0.1, 0.2, 1.0]")]);
    let at =
        |cell, scheme, dt, column| run.number("runs.csv", &[("cell", cell), ("scheme", scheme), ("dt_ms", dt)], column);
    // Found by an independent program: 164 ms with 3 lost, 8.0 ms, 63 ms with 9 lost. Where spikes are lost, the order of operations
    // decides near ties of v with the peak, and moves the largest error by up to 15 %.
    let near = |found: f64, known: f64| (found / known - 1.0).abs() < 0.15;
    assert!(near(at("RS", "half-step", "1", "max_spike_time_error_ms"), 164.0));
    assert_eq!(at("RS", "half-step", "1", "missed"), 3.0);
    assert_eq!((at("RS", "half-step", "0.1", "max_spike_time_error_ms") * 10.0).round(), 80.0);
    assert!(near(at("FS", "half-step", "0.1", "max_spike_time_error_ms"), 63.0));
    assert_eq!(at("FS", "half-step", "0.1", "missed"), 9.0);
    // From v = −70, u = −14, where v' = I: the midpoint rule of 1 ms ends at −70 + 0.04 (I/2 − 7.5)² − 2.25 + I, which is 30 at
    // 0.01 I² + 0.7 I − 100 = 0; two half-steps: with x = I/2 − 7.5 at the middle, −70 + I/2 + (0.04 x² − 2.25 + I)/2 = 30.
    let midpoint = (-0.7 - (0.49f64 + 4.0).sqrt()) / 0.02;
    assert!(run.text.contains(&format!("an inhibition of {midpoint:.0}")), "{midpoint}: {}", run.text);
    let (a, b, c) = (0.005, 0.85f64, -100.0);
    let halves = (-b - (b * b - 4.0 * a * c).sqrt()) / (2.0 * a);
    assert!(run.text.contains(&format!("{halves:.0} under the half-steps")), "{halves}: {}", run.text);
}

#[test]
fn a_solver_inside_the_step_helps_by_its_reset() {
    let run = question("nest_2654", &[("dts = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]", "dts = [0.1, 1.0]")]);
    let error = |cell, scheme, dt| {
        run.number("runs.csv", &[("cell", cell), ("scheme", scheme), ("dt_ms", dt)], "max_spike_time_error_ms")
    };
    // rk4 between grid points: 2.1 ms for RS at 0.1 ms and 26 ms at 1 ms by an independent program; Euler 50 ms at 1 ms.
    assert_eq!((error("RS", "rk4", "0.1") * 10.0).round(), 21.0);
    assert_eq!(error("RS", "rk4", "1").round(), 26.0);
    assert_eq!(error("RS", "nest-consistent", "1").round(), 50.0);
    // The solver's reset is late by less than an internal step, which near the peak is below 0.02 ms (1e-6 of error at v' of 200 mV/ms); over
    // 23 spikes that cannot add up to more than half a millisecond, and the stamp adds up to one dt.
    for (text, dt) in [("0.1", 0.1), ("1", 1.0)] {
        let found = error("RS", "nest-rkf45", text);
        assert!(found < dt + 0.46, "{found} at {dt}");
    }
}

#[test]
fn input_before_the_update_comes_one_step_early_per_synapse() {
    let run =
        question("nest_2647", &[("duration = 1000.0", "duration = 200.0"), ("[0.1, 0.2, 0.5, 1.0]", "[0.5, 1.0]")]);
    for (text, dt) in [("0.5", 0.5), ("1", 1.0)] {
        let at = |order, column| {
            run.number("shifts.csv", &[("scheme", "projective-8"), ("dt_ms", text), ("order", order)], column)
        };
        // Ten synapses, each a step: a count of steps, so equal but for the rounding of times below 1000 ms.
        let gained = at("after", "chain_latency_error_ms") - at("before", "chain_latency_error_ms");
        assert!((gained - 10.0 * dt).abs() < 1e-9, "{gained} at {dt}");
        // 'after' is the equations, to the error of projective-8 at 1 ms on this neuron (4e-4 ms over a second).
        assert!(at("after", "largest_shift_ms") < 1e-3);
    }
}

#[test]
fn tau_is_the_step_and_rest_is_stable_below_two_over_lambda() {
    let run = question(
        "nengo_1542",
        &[("duration = 1000.0", "duration = 200.0"), ("[0.1, 0.125, 0.2, 0.25, 0.5, 1.0]", "[0.25, 1.0]")],
    );
    let at = |what, scheme, x| run.number("time_scale.csv", &[("what", what), ("scheme", scheme), ("x", x)], "value");
    // RS at (−70, −14): J = [[−0.6, −1], [0.004, −0.02]], trace −0.62, determinant 0.016.
    let fastest = 0.5 * (-0.62 - (0.62f64 * 0.62 - 4.0 * 0.016).sqrt());
    let stable = at("largest stable step at rest", "euler", "0");
    // Found to 1e-4 by halving.
    assert!((stable * -fastest / 2.0 - 1.0).abs() < 1e-3, "{stable}");
    assert!(run.text.contains("in 4 of 4 runs"), "{}", run.text);
    // Euler at 1 ms: v = −70 + I, then v + 0.04 v² + 5 v + 140 + 14 = 30 at 0.04 v² + 6 v + 124 = 0; u is still −14, v' and u' being 0 at rest.
    let v = (-6.0 - (36.0f64 - 4.0 * 0.04 * 124.0).sqrt()) / 0.08;
    let fires = at("least inhibition that fires", "euler", "1");
    assert!((fires - (v + 70.0)).abs() < 2e-3, "{fires}");
    assert!(run.rows("time_scale.csv", &[("what", "least inhibition that fires"), ("scheme", "nengo")]).is_empty());
}

#[test]
fn programs_that_differ_in_order_part_before_those_that_round_otherwise() {
    let run = question("genn_114", &[("duration = 1000.0", "duration = 300.0")]);
    for cell in ["RS", "IB", "CH", "FS"] {
        let shift = |program| run.number("programs.csv", &[("cell", cell), ("program", program)], "largest_shift_ms");
        assert_eq!(shift("half-steps, u after v, double"), 0.0);
        // Another scheme of order 1: v errs by about dt²/4 v'' a step, ms within 300 ms; single precision errs by 1e-7 of that.
        assert!(shift("one step of v") > shift("single precision"), "{cell}");
    }
}

#[test]
fn the_quoted_spikes_of_the_fixed_point_neuron_are_met() {
    let run = question("spynnaker_563", &[]);
    let rows = run.rows("spikes.csv", &[]);
    assert_eq!(rows.len(), 29);
    let number = |row: &[(String, String)], column: &str| -> f64 {
        row.iter().find(|(k, _)| k == column).unwrap().1.parse().unwrap()
    };
    for row in &rows {
        // 29 periods of 100 ms on a grid of 0.1 ms, the start fitted to the first spike after the change: within a step there. Before
        // it within two steps, and the drift of 3.1 ms a spike is met to 1 %.
        let after = number(row, "s16.15_0.04_nearest_ms") - number(row, "quoted_after_ms");
        let before = number(row, "s16.15_0.04_cut_ms") - number(row, "quoted_before_ms");
        assert!(
            after.abs() < 0.1 + 1e-9 && before.abs() < 0.031 * number(row, "spike") + 0.2 + 1e-9,
            "{after} {before}"
        );
    }
    assert!(run.text.contains("The constant explains the change."), "{}", run.text);
}

#[test]
fn cells_of_2007_fire_at_the_same_times_with_the_coefficients_of_2003() {
    let run = question("nest_2397", &[]);
    let rows = run.rows("parameters.csv", &[]);
    assert_eq!(rows.len(), 9);
    for row in &rows {
        let number = |column: &str| -> f64 { row.iter().find(|(k, _)| k == column).unwrap().1.parse().unwrap() };
        assert_eq!(number("spikes_2007"), number("spikes_2003"));
        assert!(number("spikes_2007") >= 3.0, "{row:?}");
        // Equal but for rounding, which 500 ms of spikes magnify: far below the grid's 0.1 ms, on which it shows as 0.
        assert!(number("largest_difference_ms") < 1e-6, "{row:?}");
    }
    // RS of 2007: k2 = 0.007, k1 = 0.7, so alpha = 0.175 and beta = −53.75; c = −50 becomes −62.5, the peak of 35 −47.625.
    let rs = |column| run.number("parameters.csv", &[("cell", "RS"), ("scheme", "equations")], column);
    assert!((rs("alpha") - 0.175).abs() < 1e-12 && (rs("beta_mV") + 53.75).abs() < 1e-9);
    assert!((rs("c_mV") + 62.5).abs() < 1e-9 && (rs("V_th_mV") + 47.625).abs() < 1e-9);
}
