//! Proven intervals of spike times against 25-digit solutions, other solvers, and random problems.

use proptest::prelude::*;
use spikestep::scheme::projective;
use spikestep::truth::enclosure::{Enclosure, SpikeEnclosure, enclose};
use spikestep::truth::residual::{Certificate, Reading};
use spikestep::truth::taylor;
use spikestep::{Neuron, Piece, Problem, Sinusoid, SpikeTrain, State, Stimulus};

use crate::common::cases::{Case, cases, extra_cases};

/// The reference solutions have 25 digits: at 1000 ms the last is 1e-22, rounded to half of that; below 1e-21 from there on.
const REFERENCE: f64 = 1e-22;

fn all_cases() -> Vec<Case> {
    cases().into_iter().chain(extra_cases()).collect()
}

fn case(name: &str) -> Case {
    cases().into_iter().find(|case| case.name == name).unwrap()
}

#[test]
fn every_interval_of_every_case_holds_the_25_digit_time() {
    let mut spikes = 0;
    for case in all_cases() {
        let proof = enclose(&case.problem, Reading::Decimal);
        assert!(proof.is_complete() && proof.proven_until == case.problem.duration, "{}", case.name);
        assert_eq!(proof.spikes.len(), case.spikes.len(), "{}", case.name);
        for (i, ((t, _), spike)) in case.spikes.iter().zip(&proof.spikes).enumerate() {
            // The middle minus the reference time.
            let off = t.error_of(spike.time) + spike.rest;
            assert!(off.abs() <= spike.radius + REFERENCE, "{}, spike {i}: {off:e} {spike:?}", case.name);
            spikes += 1;
        }
    }
    assert_eq!(spikes, 1118);
}

/// Series to 2⁻⁸⁰ of W each, some 1000 of them, errors magnified by up to 1e3 on the way. Input times of pattern L have 17 digits,
/// which no f64 tells: 1e-14 at 70 ms, and what a slow upstroke makes of it.
#[test]
fn intervals_are_as_narrow_as_the_arithmetic_allows() {
    for case in all_cases() {
        let proof = enclose(&case.problem, Reading::Decimal);
        let most = if case.name == "L_integrator" { 1e-12 } else { 1e-19 };
        for spike in &proof.spikes {
            assert!(spike.radius < most, "{}: {spike:?}", case.name);
        }
    }
}

/// A bound that is not proven is above the error all the same, and an uncertainty that is not proven holds what it says: at every
/// tolerance of two solvers.
#[test]
fn the_bounds_from_residuals_stand_the_proof() {
    let (mut seen, mut largest) = (0, 0f64);
    for case in all_cases() {
        let proof = enclose(&case.problem, Reading::Decimal);
        let mut check = |what: &str, tolerance: f64, spikes: &SpikeTrain, certificate: &Certificate| {
            for ((proven, &t), spike) in proof.spikes.iter().zip(spikes.times()).zip(&certificate.spikes) {
                let Some(spike) = spike else { break };
                let what = format!("{}, {what} at {tolerance:e}: {spike:?} {proven:?}", case.name);
                let error = proven.error_of(t);
                assert!(error.abs() <= spike.bound + proven.radius, "{what}");
                assert!((error - spike.predicted).abs() <= spike.uncertainty + proven.radius, "{what}");
                assert!((proven.largest_error_of(t) - error.abs()) >= proven.radius, "{what}");
                seen += 1;
                if case.name != "L_integrator" {
                    largest = largest.max(proven.radius / spike.bound);
                }
            }
            let all = certificate.certain_until >= case.problem.duration;
            assert_eq!(proof.largest_error(spikes).is_some(), all || proof.spikes.len() == spikes.len());
        };
        for tolerance in [1e-16, 1e-12, 1e-9, 1e-6, 1e-4] {
            let solution = taylor::solve(&case.problem, tolerance);
            check("taylor", tolerance, &solution.spikes, &solution.residual_certificate(Reading::Decimal));
        }
        for tolerance in [1e-13, 1e-9, 1e-6, 1e-3] {
            let solution = projective::solve_step_by_step(&case.problem, tolerance);
            check("projective", tolerance, &solution.spikes, &solution.residual_certificate(Reading::Decimal));
        }
    }
    assert!(seen > 7 * 1118, "{seen}");
    // Whatever the solver, half the width is below a millionth of its bound.
    assert!(largest < 1e-6, "{largest:e}");
}

#[test]
fn a_train_with_a_spike_left_out_or_added_is_never_proven_and_a_late_spike_shows() {
    let case = case("RS_step_10");
    let proof = enclose(&case.problem, Reading::Decimal);
    let times = taylor::solve(&case.problem, taylor::TOLERANCE).spikes.times().to_vec();
    let error = |times: &[f64]| proof.largest_error(&SpikeTrain::new(times.to_vec()).unwrap());
    let best = error(&times).unwrap();
    // Not all 23 f64 can be exact, and all of them are good to some ulps of 1000 ms.
    assert!(best > 1e-15 && best < 1e-12, "{best:e}");
    for i in 0..times.len() {
        let mut fewer = times.clone();
        fewer.remove(i);
        let mut more = times.clone();
        more.insert(i + 1, times[i] + 1e-3);
        assert_eq!((error(&fewer), error(&more)), (None, None));
        let mut late = times.clone();
        late[i] += 1e-9;
        let shown = error(&late).unwrap();
        // The time is rounded to an ulp when it is moved.
        assert!((shown - 1e-9).abs() <= best + 1000.0 * f64::EPSILON, "{shown:e}");
    }
}

/// Where nothing can be proven, nothing is said, and what comes before stands.
#[test]
fn the_proof_ends_where_it_must() {
    let rs = case("RS_step_10").problem;
    let whole = enclose(&rs, Reading::Decimal);
    let spike = whole.spikes[5];

    // A run that ends at the f64 of a spike: no f64 says whether the spike is in it.
    let ends_at_a_spike = enclose(&Problem { duration: spike.time, ..rs.clone() }, Reading::Decimal);
    assert!(!ends_at_a_spike.is_complete() && ends_at_a_spike.proven_until < spike.time);
    let same = |one: &[SpikeEnclosure]| {
        one.len() == 5
            && one.iter().zip(&whole.spikes).all(|(a, b)| {
                let apart = b.error_of(a.time) + a.rest;
                apart.abs() <= a.radius + b.radius
            })
    };
    assert!(same(&ends_at_a_spike.spikes));
    assert_eq!(ends_at_a_spike.largest_error(&SpikeTrain::new(vec![]).unwrap()), None);

    // An input that jumps at a spike.
    let pieces =
        vec![Piece { start: 0.0, value: 10.0, slope: 0.0 }, Piece { start: spike.time, value: 0.0, slope: 0.0 }];
    let jump = Problem { stimulus: Stimulus::piecewise_linear(pieces).unwrap(), ..rs.clone() };
    let jump = enclose(&jump, Reading::Decimal);
    assert!(!jump.is_complete() && same(&jump.spikes));

    // A peak just above a maximum of v: pattern K rings below threshold before its spike.
    let k = case("K_resonator").problem;
    let solution = taylor::solve(&k, taylor::TOLERANCE);
    let v = |t: f64| solution.state(t).v;
    let steps = (1..200_000).map(|i| 1e-3 * f64::from(i));
    let top =
        steps.take_while(|&t| t < solution.spikes.times()[0] - 20.0).max_by(|&a, &b| v(a).total_cmp(&v(b))).unwrap();
    let (mut left, mut right) = (top - 1e-3, top + 1e-3);
    for _ in 0..60 {
        let (a, b) = (left + (right - left) / 3.0, right - (right - left) / 3.0);
        if v(a) < v(b) {
            left = a;
        } else {
            right = b;
        }
    }
    let graze = |lift: f64| {
        let mut problem = k.clone();
        problem.neuron.peak = v(left) + lift;
        problem.neuron.c = problem.neuron.c.min(problem.neuron.peak - 1.0);
        enclose(&problem, Reading::Binary)
    };
    // 1e-13 mV above, ten times what the maximum is rounded by, and less than series are summed to here; and 1e-9.
    assert!(graze(1e-13).proven_until < right, "{}", graze(1e-13).proven_until);
    assert!(graze(1e-9).proven_until > right);

    // Spikes without end, and problems that no solver takes.
    let mut runaway = rs.clone();
    runaway.neuron.d = -20.0;
    assert!(!enclose(&runaway, Reading::Decimal).is_complete());
    let mut refused = rs.clone();
    refused.neuron.c = 40.0;
    for problem in
        [refused, Problem { duration: f64::NAN, ..rs.clone() }, Problem { initial: State::new(1e80, 0.0), ..rs }]
    {
        let nothing = enclose(&problem, Reading::Decimal);
        assert!(nothing.spikes.is_empty() && nothing.proven_until < 0.0 && !nothing.is_complete());
    }
}

#[test]
fn a_silent_run_is_proven_and_a_spike_at_the_start_is_exact() {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let stimulus = Stimulus::constant(0.0);
    let silent = Problem { neuron, stimulus, initial: State::new(-70.0, -14.0), duration: 100.0 };
    let proof = enclose(&silent, Reading::Decimal);
    assert_eq!((proof.largest_error(&SpikeTrain::default()), proof.spikes.len()), (Some(0.0), 0));
    let at_start = enclose(&Problem { initial: State::new(35.0, -14.0), ..silent }, Reading::Decimal);
    assert!(at_start.is_complete() && at_start.spikes[0].time == 0.0 && at_start.spikes[0].radius == 0.0);
}

/// Neurons around the published ones and beyond, a up to 1, k2 a number that is an f64 (5/128).
fn neuron() -> impl Strategy<Value = Neuron> {
    (prop_oneof![3 => 0.005..0.15, 1 => 0.15..1.0], -0.1..0.28, -70.0..-45.0, -1.0..9.0, 20.0..60.0)
        .prop_map(|(a, b, c, d, peak)| Neuron { k2: 0.0390625, ..Neuron::new(a, b, c, d).with_peak(peak) })
}

/// A step or ramp, a pulse on it, and perhaps a sinusoid.
fn stimulus() -> impl Strategy<Value = Stimulus> {
    let sinusoid = prop::option::of((0.0..8.0, 0.01..0.5, 0.0..6.0));
    (-5.0..30.0, -0.05..0.05, 1.0..60.0, 1.0..30.0, -40.0..40.0, sinusoid).prop_map(
        |(value, slope, start, width, pulse, sinusoid)| {
            let pieces = vec![
                Piece { start, value, slope },
                Piece { start: start + 50.0, value: value + pulse, slope: 0.0 },
                Piece { start: start + 50.0 + width, value, slope: 0.0 },
            ];
            let linear = Stimulus::piecewise_linear(pieces).unwrap();
            match sinusoid {
                Some((amplitude, omega, phase)) => {
                    linear.with_sinusoid(Sinusoid { start: 0.5 * start, amplitude, omega, phase })
                }
                None => linear,
            }
        },
    )
}

fn problem() -> impl Strategy<Value = Problem> {
    (neuron(), stimulus(), -75.0..-55.0, -20.0..0.0).prop_map(|(neuron, stimulus, v, u)| Problem {
        neuron,
        stimulus,
        initial: State::new(v, u),
        duration: 200.0,
    })
}

/// Whether `x` is a long decimal, which stands for all numbers that round to it, itself among them, or a short one that is an f64.
fn stands_for_itself(x: f64) -> bool {
    let digits = format!("{x:e}").split('e').next().map_or(0, |m| m.chars().filter(char::is_ascii_digit).count());
    digits > 15 || (x * 1024.0).fract() == 0.0
}

fn is_within(narrow: &Enclosure, wide: &Enclosure) -> Result<(), TestCaseError> {
    for (a, b) in narrow.spikes.iter().zip(&wide.spikes) {
        let apart = b.error_of(a.time) + a.rest;
        // The sum of the two rounds at u² of the time.
        prop_assert!(apart.abs() <= b.radius + a.radius + 1e-28, "{:?} {:?}", a, b);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn the_taylor_truth_less_its_predicted_error_is_in_the_interval(problem in problem()) {
        let solution = taylor::solve(&problem, taylor::TOLERANCE);
        let (binary, decimal) = (enclose(&problem, Reading::Binary), enclose(&problem, Reading::Decimal));
        let p = &problem;
        let wave = p.stimulus.sinusoid().map_or(vec![], |s| vec![s.start, s.amplitude, s.omega, s.phase]);
        let pieces = p.stimulus.pieces().iter().flat_map(|p| [p.start, p.value, p.slope]);
        let neuron = [p.neuron.a, p.neuron.b, p.neuron.c, p.neuron.d, p.neuron.peak, p.initial.v, p.initial.u];
        if pieces.chain(wave).chain(neuron).all(stands_for_itself) {
            is_within(&binary, &decimal)?;
        }
        for (reading, proof) in [(Reading::Binary, &binary), (Reading::Decimal, &decimal)] {
            let certificate = solution.residual_certificate(reading);
            if proof.is_complete() && certificate.certain_until >= problem.duration {
                prop_assert_eq!(proof.spikes.len(), solution.spikes.len());
            }
            for ((proven, &t), spike) in proof.spikes.iter().zip(solution.spikes.times()).zip(&certificate.spikes) {
                let Some(spike) = spike else { break };
                let off = proven.error_of(t) - spike.predicted;
                prop_assert!(off.abs() <= proven.radius + spike.uncertainty, "{:e} {:?} {:?}", off, proven, spike);
            }
        }
    }
}

/// A proof must not only hold but be there.
#[test]
fn most_random_problems_are_proven() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut complete, mut spikes, mut narrow) = (0, 0, 0);
    for _ in 0..100 {
        let problem = problem().new_tree(&mut runner).unwrap().current();
        let proof = enclose(&problem, Reading::Binary);
        complete += usize::from(proof.is_complete());
        spikes += proof.spikes.len();
        narrow += proof.spikes.iter().filter(|s| s.radius < 1e-18).count();
    }
    assert!(complete >= 95 && spikes > 500 && 20 * narrow >= 19 * spikes, "{complete} {spikes} {narrow}");
}
