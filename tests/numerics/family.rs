//! The cells of the 2007 book and of CA1, and what a cell may have beyond the quadratic form, against solutions of 34 digits
//! (`tests/reference/family/`), the plain form and Brian2.

use proptest::prelude::*;
use spikestep::model::{BIOPHYSICAL_CELLS, Below, Bend, Extension, Form, NeuronSpec, PhasePlane, StimulusSpec};
use spikestep::population::Population;
use spikestep::scheme::{
    Sample, SchemeSet, StepSize, Trajectory, applicable, projective, solve, solve_dop853, solve_with,
};
use spikestep::truth::enclosure::enclose;
use spikestep::truth::residual::Reading;
use spikestep::truth::{Outcome, taylor};
use spikestep::{Neuron, Problem, Scheme, State, Stimulus};

use crate::common::{json, largest_error, rows};

/// A problem as the command takes it.
fn problem(neuron: &str, input: &str, duration: f64) -> Problem {
    let spec = NeuronSpec::parse(neuron).unwrap();
    let stimulus = StimulusSpec::parse(input).unwrap().stimulus_of(&spec, duration).unwrap();
    Problem { neuron: spec.neuron, stimulus, initial: spec.initial, duration }
}

/// The reference cases with their spikes.
fn cases() -> Vec<(String, Problem, Vec<f64>)> {
    let all = json("family/cases.json");
    let case = |case: &serde_json::Value| {
        let text = |key: &str| case[key].as_str().unwrap().to_owned();
        let spikes = case["spikes_ms"].as_array().unwrap().iter().map(|t| t.as_str().unwrap().parse().unwrap());
        let name = format!("{} {}", text("neuron"), text("input"));
        (name, problem(&text("neuron"), &text("input"), case["duration"].as_f64().unwrap()), spikes.collect())
    };
    all.as_array().unwrap().iter().map(case).collect()
}

fn run(scheme: &str, problem: &Problem, dt: f64) -> (Trajectory, Vec<Sample>) {
    let mut samples = vec![];
    let scheme: Scheme = scheme.parse().unwrap();
    let trajectory = solve_with(problem, &scheme, StepSize::Fixed(dt), |sample| samples.push(sample)).unwrap();
    (trajectory, samples)
}

/// The two solvers share no step and no method; with numbers rounded to f64 and some thousand steps of rounding, an error of 1e-13 a
/// spike grows at most a hundredfold over these runs.
#[test]
fn truth_and_its_check_hit_every_spike_of_every_cell() {
    let cases = cases();
    for (name, _) in &BIOPHYSICAL_CELLS {
        assert!(cases.iter().filter(|(case, ..)| case.starts_with(&format!("{name} "))).count() >= 2, "{name}");
    }
    for (name, problem, spikes) in cases {
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        let check = solve_dop853(&problem, 1e-13, |_| {});
        assert_eq!(truth.outcome, Outcome::Completed, "{name}");
        for (solver, found) in [("taylor", &truth.spikes), ("dop853", &check.spikes)] {
            assert_eq!(found.len(), spikes.len(), "{name} {solver}");
            let error = largest_error(found.times(), &spikes);
            assert!(error < 1e-10, "{name} {solver}: {error:e}");
        }
        assert!(spikes.len() > 2, "{name}");
        // What is not plain is not vouched for.
        let plain = problem.neuron.is_plain();
        assert_eq!(truth.bound().is_some(), plain, "{name}");
        assert_eq!(truth.error_bounds.len(), spikes.len(), "{name}");
        assert_eq!(truth.residual_certificate(Reading::Decimal).certain_until > 0.0, plain, "{name}");
        assert_eq!(enclose(&problem, Reading::Decimal).proven_until > 0.0, plain, "{name}");
        assert_eq!(projective::solve(&problem, 1e-6).outcome == Outcome::Refused, !plain, "{name}");
    }
}

/// Between its spikes, too, the truth is what a fixed step of RK4 with located spikes comes to.
#[test]
fn the_state_of_the_truth_is_that_of_a_fine_step() {
    for (name, problem, _) in cases().into_iter().filter(|(_, problem, _)| !problem.neuron.is_plain()) {
        let truth = taylor::solve(&problem, taylor::TOLERANCE);
        let (trajectory, samples) = run("rk4+located", &problem, 1.0 / 128.0);
        let error = largest_error(trajectory.spikes.times(), truth.spikes.times());
        let mut cursor = truth.cursor();
        for sample in samples.iter().filter(|sample| sample.t <= problem.duration).step_by(13) {
            let near = truth.spikes.times().iter().any(|t| (t - sample.t).abs() < 1e-3);
            if !near {
                let (exact, slope) = (cursor.state(sample.t), problem.neuron.du(sample.state).abs());
                // v' is below 500 mV/ms; the error of a spike moves v by that, and rounding of a state adds 1e-9.
                assert!(
                    (exact.v - sample.state.v).abs() < 1000.0 * error + 1e-6,
                    "{name} at {}: {exact:?} {sample:?}",
                    sample.t
                );
                assert!((exact.u - sample.state.u).abs() < (slope + 10.0) * error + 1e-6, "{name} at {}", sample.t);
            }
        }
    }
}

/// Halving the step divides the error by 2^order: of Euler on the grid by 2, of located RK4 by 16, switches of the field inside steps
/// included.
#[test]
fn schemes_keep_their_orders_on_every_cell() {
    for (cell, input) in [
        ("RS2007", "step:100"),
        ("IB2007", "step:500"),
        ("CH2007", "step:300"),
        ("LTS2007", "step:300"),
        ("FS2007", "step:200"),
        ("TC2007", "sine:0:400:5"),
        ("RTN2007", "sine:0:150:5"),
        ("CA1-PYR-strong", "step:100"),
        ("CA1-PYR-weak", "step:200"),
        ("CA1-PV", "step:300"),
        ("RS2007,refractory=2", "step:200"),
        ("RTN2007,klow=0.2,refractory=1.5,peak_u=0.02", "sine:0:150:5"),
    ] {
        let mut problem = problem(cell, input, 500.0);
        let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
        // Up to the third spike: later ones add what the first have moved.
        problem.duration = truth.times()[2] + 2.0;
        let truth = &truth.times()[..3];
        for (scheme, order, steps) in [("euler", 1.0, [512.0, 2048.0]), ("rk4+located", 4.0, [16.0, 64.0])] {
            let error = |steps: f64| {
                let spikes = run(scheme, &problem, 1.0 / steps).0.spikes;
                assert!(spikes.len() >= 3, "{cell} {scheme}: {spikes:?}");
                largest_error(spikes.times(), truth)
            };
            let [coarse, fine] = steps.map(error);
            let found = (coarse / fine).log2() / 2.0;
            assert!((found - order).abs() < 0.35 || fine < 1e-10, "{cell} {scheme}: {found}, {coarse:e} {fine:e}");
        }
    }
}

/// A peak that rises with -u stands far above the peak at u = 0: 230 to 1600 mV here. The two solutions are as near as elsewhere.
#[test]
fn a_high_peak_that_depends_on_u_is_met_by_both_solvers() {
    for cell in ["RS,peak_u=-10", "IB,peak_u=-20", "RS,peak_u=-100"] {
        let problem = problem(cell, "step:10", 300.0);
        let truth = taylor::solve(&problem, taylor::TOLERANCE).spikes;
        let check = solve_dop853(&problem, 1e-13, |_| {}).spikes;
        assert!(truth.len() > 5 && truth.len() == check.len(), "{cell}: {} {}", truth.len(), check.len());
        let error = largest_error(check.times(), truth.times());
        assert!(error < 1e-9, "{cell}: {error:e}");
    }
}

/// v stays at c for whole steps, ⌈period/dt⌉ of them, under a rule on the grid; and from the spike for the period under a located one.
#[test]
fn a_refractory_period_holds_v_and_lets_u_go_on() {
    let problem = problem("RS,refractory=2", "step:10", 100.0);
    let c = problem.neuron.c;
    for (dt, held) in [(0.5, 4), (0.3, 7), (1.0, 2), (4.0, 1)] {
        let (_, samples) = run("euler", &problem, dt);
        let spike = samples.iter().position(|sample| sample.spike).unwrap();
        let after: Vec<State> = samples[spike..].iter().map(|sample| sample.state).collect();
        assert!(after[..=held].iter().all(|state| state.v == c) && after[held + 1].v != c, "dt {dt}: {after:?}");
        for pair in after[..=held].windows(2) {
            assert_eq!(pair[1].u, pair[0].u + dt * problem.neuron.du(pair[0]), "Euler of u at a held v");
        }
    }
    let truth = taylor::solve(&problem, taylor::TOLERANCE);
    let (spike, u) = (truth.spikes.times()[0], truth.u_before_reset[0] + problem.neuron.d);
    let target = 0.2 * c;
    for after in [0.1, 1.0, 1.9] {
        let state = truth.state(spike + after);
        let exact = target + (u - target) * (-0.02 * after).exp();
        assert_eq!(state.v, c);
        assert!((state.u - exact).abs() < 1e-12, "{state:?} {exact}");
    }
    assert!(truth.state(spike + 2.1).v != c);
    // No two spikes are nearer than the period, whatever solves it.
    let strong = self::problem("FS,refractory=5", "step:100", 200.0);
    for scheme in ["euler", "half-step", "rk4+located", "rk2+located-linear", "brian2-rk4"] {
        let spikes = run(scheme, &strong, 0.1).0.spikes;
        assert!(spikes.len() > 10 && spikes.times().windows(2).all(|pair| pair[1] - pair[0] > 4.89), "{scheme}");
    }
}

/// Recorded from Brian2 2.9, RS under 10 mV/ms with `refractory=2*ms`.
#[test]
fn brian2_counts_a_refractory_period_in_its_own_way() {
    for dt in [0.5, 0.3] {
        let trace = rows(&format!("simulators/brian2/refractory_rs_dt{dt}_euler.csv"));
        let (_, samples) = run("brian2-euler", &problem("RS,refractory=2", "step:10", 60.0), dt);
        assert!(trace.iter().filter(|row| row[3] == 1.0).count() == 2 && samples.len() == trace.len());
        for (row, sample) in trace.iter().zip(&samples) {
            assert_eq!(row[3] == 1.0, sample.spike, "dt {dt}, step {}", row[0]);
            // The stated 2e-8 of Brian2's traces.
            assert!((row[1] - sample.state.v).abs() < 2e-8 * row[1].abs(), "dt {dt}, step {}: {sample:?}", row[0]);
            assert!((row[2] - sample.state.u).abs() < 2e-8 * row[2].abs(), "dt {dt}, step {}: {sample:?}", row[0]);
        }
    }
}

/// FS and RTN rest on the very potential at which their field changes, and an input lets them leave it upwards or downwards.
#[test]
fn a_cell_that_rests_on_a_switch_stays_there_and_leaves_it_either_way() {
    for name in ["FS2007", "RTN2007"] {
        let silent = problem(name, "step:0", 1000.0);
        let truth = taylor::solve(&silent, taylor::TOLERANCE);
        assert_eq!((truth.spikes.len(), truth.outcome), (0, Outcome::Completed), "{name}");
        // As few steps as the stiffness of the rest asks of the series.
        assert!(truth.steps < 5000, "{name}: {}", truth.steps);
        assert!((truth.state(999.0).v - silent.initial.v).abs() < 1e-9, "{name}");
        assert!(solve_dop853(&silent, 1e-13, |_| {}).spikes.is_empty(), "{name}");
        let (_, samples) = run("rk4+located", &silent, 0.5);
        assert!(samples.iter().all(|sample| (sample.state.v - silent.initial.v).abs() < 1e-9), "{name}");
        for input in ["step:-40@3", "step:20@3"] {
            let problem = problem(name, input, 40.0);
            let (at, (_, samples)) =
                (taylor::solve(&problem, taylor::TOLERANCE).state(39.0), run("rk4+located", &problem, 1.0 / 64.0));
            let located = samples.iter().find(|sample| sample.t == 39.0).unwrap().state;
            assert!((at.v - located.v).abs() < 1e-6 && (at.v - silent.initial.v).abs() > 0.1, "{name} {input}");
        }
    }
}

/// At 670 pA the reset of LTS is above its peak: a spike that never ends is cut, by every solver.
#[test]
fn a_reset_at_the_peak_is_cut() {
    let mut stuck = problem("LTS2007", "step:5000", 300.0);
    stuck.initial.u = 6.69;
    let truth = taylor::solve(&stuck, taylor::TOLERANCE);
    assert!(matches!(truth.outcome, Outcome::Runaway { .. }) && !truth.spikes.is_empty(), "{:?}", truth.outcome);
    assert!(run("rk4+located", &stuck, 0.1).0.diverged_at.is_some());
}

#[test]
fn what_needs_the_plain_form_refuses_and_says_what_does_it() {
    let set = SchemeSet::standard();
    let (cell, refractory) = (problem("FS2007", "step:200", 50.0), problem("RS,refractory=2", "step:10", 50.0));
    for scheme in set.defaults() {
        let size = if scheme.is_adaptive() { StepSize::Tolerance(1e-6) } else { StepSize::Fixed(0.1) };
        for problem in [&cell, &refractory] {
            let outcome = solve(problem, &scheme, size);
            assert_eq!(outcome.is_ok(), scheme.takes(Form::Extended), "{scheme}");
            if let Err(error) = outcome {
                let message = error.to_string();
                for part in [&format!("scheme '{scheme}'"), "the plain quadratic form", "rk4+located"] {
                    assert!(message.contains(part), "{message}");
                }
            }
        }
    }
    let message = solve(&refractory, &"projective-8".parse().unwrap(), StepSize::Fixed(0.5)).unwrap_err().to_string();
    assert!(message.contains("one with refractory"), "{message}");
    let (kept, left_out) =
        applicable(set.parse_list("default,projective-4").unwrap(), "default,projective-4", Form::Extended);
    let names = |schemes: &[Scheme]| schemes.iter().map(Scheme::to_string).collect::<Vec<_>>();
    assert!(names(&kept).contains(&"projective-4".to_owned()) && names(&left_out).contains(&"nengo".to_owned()));
    assert!(names(&kept).contains(&"brian2-rk2".to_owned()) && names(&left_out).contains(&"projective".to_owned()));
    let euler: Scheme = "euler".parse().unwrap();
    assert!(Population::new(&euler, &[cell.neuron], &[cell.initial]).is_err());
    // A phase plane is that of the field alone.
    assert!(PhasePlane::new(cell.neuron, 0.0).is_err() && PhasePlane::new(refractory.neuron, 0.0).is_ok());
}

#[test]
fn texts_give_what_the_cells_have() {
    let parse = |text: &str| NeuronSpec::parse(text);
    let own = |text: &str| parse(text).unwrap().neuron;
    // The cells by name are these texts.
    for (name, text) in [
        ("FS2007", "C=20,k=1,vr=-55,vt=-40,a=0.2,b=0,c=-45,d=0,vpeak=25,vb=-55,b_cubic=0.025"),
        ("rtn2007", "C=40,k=0.25,vr=-65,vt=-45,a=0.015,b=2,c=-55,d=50,vpeak=0,vb=-65,b_below=10nS"),
        ("lts2007", "C=100,k=1,vr=-56,vt=-42,a=0.03,b=8,c=-53,d=20,vpeak=40,peak_u=-0.1,c_u=0.04,umax=0.67nA"),
        ("TC2007", "C=200,k=1.6,vr=-60,vt=-50,a=0.01,b=0,c=-60,d=10,vpeak=35,vb=-65,b_below=15,peak_u=0.1,c_u=-0.1"),
        ("CA1-PV", "C=90,klow=1.7,khigh=14,vr=-60.6,vt=-43.1,a=0.1,b=-0.1,c=-67,d=0.1,vpeak=2.5"),
        ("CA1-PV,klow=2,refractory=2ms", "CA1-PV,refractory=0.002s,klow=2"),
    ] {
        assert_eq!(own(name), own(text), "{name}");
        assert_eq!(parse(name).unwrap().initial, parse(text).unwrap().initial, "{name}");
    }
    // A period of 0 is none, and the neuron plain; so is a change back.
    assert_eq!(own("RS,refractory=0"), own("RS"));
    assert_eq!(own("RS2007,refractory=0"), own("RS2007"));
    assert_eq!(format!("{:?}", own("RS,refractory=0")), format!("{:?}", own("RS")));
    assert_eq!(serde_json::to_value(own("RS")).unwrap().as_object().unwrap().len(), 10);
    let json = serde_json::to_string(&own("TC2007,klow=1,umax=300")).unwrap();
    assert_eq!(serde_json::from_str::<Neuron>(&json).unwrap(), own("TC2007,klow=1,umax=300"));
    // In the general form u is in mV/ms, and u starts where it rests: at b vb + b_below (v - vb).
    let bent = parse("RS,vb=-60,b_below=0.1,umax=3,c_u=0.5ms").unwrap();
    assert!((bent.started(Some("-70"), None).unwrap().initial.u + 13.0).abs() < 1e-12);
    for (text, said) in [
        ("FS2007,vb=-50,b_below=1,klow=0", "klow"),
        ("RS,vb=-60", "vb without b_below or b_cubic"),
        ("RS,b_cubic=1", "b_below or b_cubic without vb"),
        ("RS,klow=1", "klow, which the general form of RS has not"),
        ("RS,refractory=-1", "refractory period"),
        ("CA1-PV,k=1,khigh=2", "khigh is another name of k"),
        ("RS,refractry=2", "did you mean 'refractory'?"),
        ("FS207", "did you mean 'FS2007'?"),
    ] {
        let message = parse(text).unwrap_err().to_string();
        assert!(message.contains(said), "{text}: {message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Sides that are equal are no sides: the spikes are those of the plain cell, where these are not magnified.
    #[test]
    fn equal_sides_are_the_plain_cell(
        (a, b, c, d) in (0.01..0.1f64, 0.15..0.26f64, -68.0..-50.0f64, 1.0..9.0f64),
        (at, vb, input) in (-65.0..-35.0f64, -75.0..-30.0f64, 6.0..20.0f64),
    ) {
        let plain = Neuron::new(a, b, c, d);
        let extension = Extension {
            below: Some(Below { v: at, factor: 1.0 }),
            bend: Some(Bend { vb, b_below: b, b_cubic: 0.0 }),
            u_max: Some(1e6),
            ..Extension::NONE
        };
        let of = |neuron: Neuron| Problem {
            neuron,
            stimulus: Stimulus::constant(input),
            initial: plain.resting_start(),
            duration: 100.0,
        };
        let (plain, sides) = (of(plain), of(Neuron { extension, ..plain }));
        let exact = taylor::solve_certified(&plain, taylor::TOLERANCE);
        // Runs whose own bound is far above rounding are magnified by it.
        prop_assume!(exact.bound().is_some_and(|bound| bound < 1e-10));
        for spikes in [taylor::solve(&sides, taylor::TOLERANCE).spikes, solve_dop853(&sides, 1e-13, |_| {}).spikes] {
            prop_assert_eq!(spikes.len(), exact.spikes.len());
            prop_assert!(largest_error(spikes.times(), exact.spikes.times()) < 1e-8);
        }
        // On the grid the sums are the same up to their rounding.
        let [own, other] = [&plain, &sides].map(|problem| run("euler", problem, 1.0 / 16.0).0.spikes);
        prop_assert_eq!(own, other);
    }
}
