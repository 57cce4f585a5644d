//! A solver the library knows nothing of: Runge-Kutta of order 4 on (v, u), and what a log must not be.

use spikestep::truth::residual::{Reading, StepLog, Variables, certify};
use spikestep::truth::taylor;
use spikestep::{Neuron, Piece, Problem, Side, Sinusoid, State, Stimulus};

/// (dv, du) per ms.
fn field(p: &Problem, t: f64, within: f64, [v, u]: [f64; 2]) -> [f64; 2] {
    // On the piece that holds `within`, so that the end of a step does not see a jump.
    let side = if t > within { Side::Before } else { Side::After };
    let rate = p.neuron.field(State::new(v, u), p.stimulus.value(t, side));
    [rate.v, rate.u]
}

fn rk4<const N: usize>(f: impl Fn(f64, [f64; N]) -> [f64; N], x: f64, y: [f64; N], h: f64) -> [f64; N] {
    let add = |k: [f64; N], by: f64| -> [f64; N] { std::array::from_fn(|i| y[i] + by * k[i]) };
    let k1 = f(x, y);
    let k2 = f(x + 0.5 * h, add(k1, 0.5 * h));
    let k3 = f(x + 0.5 * h, add(k2, 0.5 * h));
    let k4 = f(x + h, add(k3, h));
    std::array::from_fn(|i| y[i] + h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]))
}

/// Steps of 1/64 ms, clipped at breakpoints; a spike by one step over v (Hénon's trick). Times are plain f64 sums.
fn solve(p: &Problem) -> (Vec<f64>, StepLog) {
    let (mut t, mut y) = (0.0, [p.initial.v, p.initial.u]);
    let mut log = StepLog::start(Variables::Plain, y, false);
    let mut spikes = vec![];
    while t < p.duration {
        let end = p.stimulus.next_breakpoint(t).unwrap_or(p.duration).min(p.duration).min(t + 1.0 / 64.0);
        let next = rk4(|x, y| field(p, x, t, y), t, y, end - t);
        if next[0] < p.neuron.peak {
            (t, y) = (end, next);
            log.step([t, 0.0], y);
        } else {
            let over_v = |v: f64, [x, u]: [f64; 2]| {
                let [dv, du] = field(p, x, t, [v, u]);
                [1.0 / dv, du / dv]
            };
            let [at, u] = rk4(over_v, y[0], [t, y[1]], p.neuron.peak - y[0]);
            (t, y) = (at, [p.neuron.c, u + p.neuron.d]);
            log.spike([t, 0.0], y);
            spikes.push(t);
        }
    }
    (spikes, log)
}

fn problem() -> Problem {
    let pieces = [(0.0, 0.0, 0.0), (7.3, 12.0, 0.01), (61.7, 9.0, 0.0)];
    let pieces = pieces.map(|(start, value, slope)| Piece { start, value, slope }).to_vec();
    let sinusoid = Sinusoid { start: 20.1, amplitude: 3.0, omega: 0.21, phase: 0.4 };
    Problem {
        neuron: Neuron::new(0.02, 0.2, -55.0, 4.0),
        stimulus: Stimulus::piecewise_linear(pieces).unwrap().with_sinusoid(sinusoid),
        initial: State::new(-65.0, -13.0),
        duration: 200.0,
    }
}

#[test]
fn the_error_of_runge_kutta_is_predicted_from_its_log_in_v_and_u() {
    let p = problem();
    let (times, log) = solve(&p);
    let truth = taylor::solve(&p, taylor::TOLERANCE);
    let exact = truth.residual_certificate(Reading::Binary);
    let certificate = certify(&p, &log, Reading::Binary);
    assert_eq!((times.len(), certificate.certain_until), (truth.spikes.len(), p.duration));
    assert!(times.len() > 5);
    for (i, spike) in certificate.spikes.iter().enumerate() {
        let (spike, exact) = (spike.unwrap(), exact.spikes[i].unwrap());
        let error = (times[i] - truth.spikes.times()[i]) + exact.predicted;
        let what = format!("spike {i}: {error:e}, {spike:?}");
        // Order 4 at 1/64 ms: visible, and small.
        assert!(error.abs() > 1e-9 && error.abs() < 1e-3, "{what}");
        assert!((error - spike.predicted).abs() <= spike.uncertainty + exact.uncertainty + 1e-20, "{what}");
        assert!((error - spike.predicted).abs() < 0.01 * error.abs() && error.abs() <= spike.bound, "{what}");
    }
}

#[test]
fn a_log_that_no_bound_can_follow_gets_none() {
    let p = problem();
    let (_, whole) = solve(&p);
    let silent = |log: &StepLog, until: f64, what: &str| {
        let certificate = certify(&p, log, Reading::Binary);
        assert!(certificate.spikes.iter().all(Option::is_none), "{what}");
        assert!(certificate.certain_until <= until, "{what}: {}", certificate.certain_until);
    };
    let start = || StepLog::start(Variables::Plain, [-65.0, -13.0], false);

    let mut passes_a_breakpoint = start();
    passes_a_breakpoint.step([7.0, 0.0], [-68.0, -13.2]);
    passes_a_breakpoint.spike([12.0, 0.0], [-55.0, -9.0]);
    silent(&passes_a_breakpoint, 7.0, "a step over a breakpoint");

    let mut goes_back = start();
    goes_back.step([2.0, 0.0], [-67.0, -13.0]);
    goes_back.spike([1.0, 0.0], [-55.0, -9.0]);
    silent(&goes_back, 2.0, "a step back in time");

    let mut not_a_number = start();
    not_a_number.step([2.0, 0.0], [f64::NAN, -13.0]);
    not_a_number.step([3.0, 0.0], [-65.0, -13.0]);
    not_a_number.spike([4.0, 0.0], [-55.0, -9.0]);
    silent(&not_a_number, 3.0, "a state that is not a number");

    let mut invents_a_spike = start();
    invents_a_spike.spike([4.0, 0.0], [-55.0, -9.0]);
    silent(&invents_a_spike, 0.0, "a spike far from any");

    assert!(certify(&p, &whole, Reading::Binary).spikes[0].is_some());
    assert!(start().is_empty() && certify(&p, &start(), Reading::Binary).certain_until == 0.0);
}

#[test]
fn a_missed_spike_is_not_certified() {
    let p = problem();
    let (times, _) = solve(&p);
    // One step over the first spike, as if there were none.
    let mut log = StepLog::start(Variables::Plain, [-65.0, -13.0], false);
    let before = times[0] - 0.5;
    let state = taylor::solve(&p, taylor::TOLERANCE).state(before);
    log.step([7.3, 0.0], {
        let s = taylor::solve(&p, taylor::TOLERANCE).state(7.3);
        [s.v, s.u]
    });
    log.step([before, 0.0], [state.v, state.u]);
    log.step([times[0] + 0.5, 0.0], [-55.0, -9.0]);
    assert!(certify(&p, &log, Reading::Binary).certain_until <= before);
}
