//! Whole-window solution: its order through spikes, its convergence, its fall-back; sums of exponentials against their ODE.

use crate::common::{CELLS, constant_input, largest_error};
use spikestep::operator::window::{WindowMethod, WindowOptions, WindowSolution, solve_windows};
use spikestep::operator::{Kernel, Reconstruction, Recovery, RecoveryVariable, Signal, Stretch, march};
use spikestep::truth::{solve_several, taylor};
use spikestep::{Neuron, Problem, Stimulus};

const METHODS: [WindowMethod; 2] = [WindowMethod::Picard, WindowMethod::Newton];

fn rs() -> Neuron {
    CELLS[0].1
}

fn solve(neuron: &Neuron, recovery: &Recovery, options: &WindowOptions) -> WindowSolution {
    solve_windows(neuron, recovery, &Stimulus::constant(10.0), -65.0, options).unwrap()
}

#[test]
fn spikes_converge_to_the_truth_at_order_four() {
    for n in [rs(), CELLS[3].1] {
        let truth = taylor::solve(&constant_input(n, 10.0, 200.0), taylor::TOLERANCE);
        let recovery = Recovery::izhikevich(&n, -13.0).unwrap();
        let errors = [0.05, 0.025].map(|dt| {
            let found = solve(&n, &recovery, &WindowOptions::new(dt, 200.0));
            assert_eq!(found.spikes.len(), truth.spikes.len());
            assert!(found.windows.iter().all(|w| w.fell_back.is_none()) && found.diverged_at.is_none());
            largest_error(found.spikes.times(), truth.spikes.times())
        });
        let order = (errors[0] / errors[1]).log2();
        // The time scale of the upstroke is 0.2 ms and the next term relative to the first dt/0.2 times a number near 1.
        assert!((order - 4.0).abs() < 0.4, "order {order} {errors:?}");
    }
}

#[test]
fn both_iterations_and_marching_find_the_same_spikes() {
    for n in [rs(), CELLS[3].1] {
        let recovery = Recovery::izhikevich(&n, -13.0).unwrap();
        let options = WindowOptions { tolerance: 1e-12, ..WindowOptions::new(0.05, 200.0) };
        let [picard, newton] = METHODS.map(|method| solve(&n, &recovery, &WindowOptions { method, ..options }));
        // One fixed point: what is left is 1e-12 mV/ms of u, and of rounding some 1e-14 · 10; a spike moves by up to 10 ms per
        // mV/ms (a period of 50 ms for RS), and adds up over its successors.
        assert_eq!(picard.spikes.len(), newton.spikes.len());
        assert!(largest_error(picard.spikes.times(), newton.spikes.times()) < 1e-9);
        // Marching is of order 2: its error falls to a quarter at half the step.
        let distance = |dt: f64| {
            let run = march(&n, &recovery, &Stimulus::constant(10.0), -65.0, dt, 200.0).unwrap();
            assert_eq!(run.spikes.len(), newton.spikes.len());
            largest_error(run.spikes.times(), newton.spikes.times())
        };
        let order = (distance(0.05) / distance(0.025)).log2();
        assert!((order - 2.0).abs() < 0.3, "order {order}");
    }
}

#[test]
fn newton_is_quadratic_and_picard_faster_than_linear() {
    let recovery = Recovery::izhikevich(&rs(), -13.0).unwrap();
    let updates = |method, tolerance| {
        let options = WindowOptions { method, tolerance, longest_window: 20.0, ..WindowOptions::new(0.05, 200.0) };
        solve(&rs(), &recovery, &options).windows.into_iter().map(|w| w.updates).collect::<Vec<_>>()
    };
    for window in updates(WindowMethod::Newton, 1e-10) {
        for pair in window.windows(2) {
            // The constant of the square is half the curvature of P, which on these windows is below 1; rounding is some
            // hundred ulp of u ≈ 10.
            assert!(pair[1] <= pair[0] * pair[0] + 1e-12, "{window:?}");
        }
        assert!(window.len() <= 6, "{window:?}");
    }
    for window in updates(WindowMethod::Picard, 1e-9) {
        // (L T)ⁿ/n!: the factor itself falls, from one triple of updates to the next, above rounding.
        let factors: Vec<f64> = window.windows(2).map(|pair| pair[1] / pair[0]).collect();
        assert!(factors.len() < 2 || factors[factors.len() - 1] < factors[0], "{window:?}");
        assert!(factors.iter().all(|f| *f < 0.3), "{window:?}");
    }
}

#[test]
fn iterations_grow_slowly_with_the_window() {
    let recovery = Recovery::izhikevich(&rs(), -13.0).unwrap();
    let most = |method, longest_window| {
        let options = WindowOptions { method, longest_window, ..WindowOptions::new(0.05, 200.0) };
        solve(&rs(), &recovery, &options).windows.iter().map(|w| w.iterations).max().unwrap()
    };
    // What the documentation states, for windows of 1, 5, 10 and 20 ms; deterministic to the byte.
    assert_eq!([1.0, 5.0, 10.0, 20.0].map(|length| most(WindowMethod::Picard, length)), [4, 6, 7, 8]);
    assert_eq!([1.0, 5.0, 10.0, 20.0].map(|length| most(WindowMethod::Newton, length)), [3, 4, 5, 5]);
}

#[test]
fn windows_end_where_the_input_jumps() {
    // At a time on no grid; the quiet part before it ends in a cut panel.
    let stimulus = Stimulus::step(10.0, 20.013);
    let problem = Problem { stimulus: stimulus.clone(), ..constant_input(rs(), 0.0, 200.0) };
    let truth = taylor::solve(&problem, taylor::TOLERANCE);
    let recovery = Recovery::izhikevich(&rs(), -13.0).unwrap();
    let error = |dt: f64| {
        let found = solve_windows(&rs(), &recovery, &stimulus, -65.0, &WindowOptions::new(dt, 200.0)).unwrap();
        assert!(found.windows.iter().any(|w| w.end == 20.013));
        assert_eq!(found.windows.last().unwrap().end, 200.0);
        assert_eq!(found.spikes.len(), truth.spikes.len());
        largest_error(found.spikes.times(), truth.spikes.times())
    };
    let order = (error(0.05) / error(0.025)).log2();
    assert!((order - 4.0).abs() < 0.4, "order {order}");
}

#[test]
fn a_window_too_long_for_picard_is_marched_and_says_so() {
    // The resonator at rest: the gain b/|λ| from u to itself is 6 there, and 200 ms is twenty times 1/a.
    let resonator = Neuron::new(0.1, 0.26, -60.0, -1.0);
    let recovery = Recovery::izhikevich(&resonator, -16.0).unwrap();
    let by = |method, longest_window| {
        let options = WindowOptions { method, longest_window, ..WindowOptions::new(0.1, 200.0) };
        solve_windows(&resonator, &recovery, &Stimulus::constant(0.0), -62.0, &options).unwrap()
    };
    let (marched, newton, short) =
        (by(WindowMethod::Picard, 200.0), by(WindowMethod::Newton, 200.0), by(WindowMethod::Picard, 10.0));
    let message = marched.windows[0].fell_back.as_deref().unwrap();
    assert!(
        message.contains("did not contract") && message.contains("take Newton's method or windows of 100"),
        "{message}"
    );
    assert!(newton.windows[0].fell_back.is_none() && short.windows.iter().all(|w| w.fell_back.is_none()));
    let end = |solution: &WindowSolution| *solution.v.stretches().last().unwrap().values.last().unwrap();
    // One discretisation but for the cubics of the first panels: each way is off by its tolerance times the gain.
    assert!((end(&marched) - end(&newton)).abs() < 1e-7 && (end(&short) - end(&newton)).abs() < 1e-7);
}

#[test]
fn memory_by_recursion_and_by_fft_are_one() {
    let own = Recovery::izhikevich(&rs(), -13.0).unwrap();
    // A power law of weight 0 leaves the kernel as it is, but no longer a sum of exponentials.
    let kernel = own.kernel.clone().plus(Kernel::power_law(0.0, 0.5).unwrap());
    let general = Recovery { kernel, ..own.clone() };
    let options = WindowOptions { tolerance: 1e-12, ..WindowOptions::new(0.05, 150.0) };
    let [a, b] = [own, general].map(|recovery| solve(&rs(), &recovery, &options));
    assert_eq!(a.spikes.len(), b.spikes.len());
    // FFTs of 4096 values round to 1e-15 of ‖x‖₂‖κ‖₂, some 1e-13 mV/ms; see above for what that moves.
    assert!(largest_error(a.spikes.times(), b.spikes.times()) < 1e-9);
}

#[test]
fn a_power_law_agrees_with_marching() {
    let recovery = Recovery::fractional(&rs(), 0.8, -13.0).unwrap();
    let stimulus = Stimulus::constant(10.0);
    let fine = march(&rs(), &recovery, &stimulus, -65.0, 0.0125, 150.0).unwrap();
    let errors = [0.2, 0.1, 0.05].map(|dt| {
        let found = solve(&rs(), &recovery, &WindowOptions::new(dt, 150.0));
        assert_eq!(found.spikes.len(), fine.spikes.len());
        largest_error(found.spikes.times(), fine.spikes.times())
    });
    assert!(errors[2] < 1e-4, "{errors:?}");
    for pair in errors.windows(2) {
        // The kink t^α of u after the start and resets: 1 + α = 1.8.
        let order = (pair[0] / pair[1]).log2();
        assert!((1.5..2.3).contains(&order), "{order} {errors:?}");
    }
}

const TWO: [RecoveryVariable; 2] = [
    RecoveryVariable { rate: 0.03, weight: 0.005, initial: -11.0, jump: 5.0 },
    RecoveryVariable { rate: 0.004, weight: 0.0002, initial: -3.0, jump: 1.5 },
];

#[test]
fn sums_of_exponentials_are_their_ode_to_1e_9() {
    let (stimulus, end) = (Stimulus::constant(10.0), 40.0);
    let at = |t: f64| solve_several(&rs(), &TWO, &stimulus, -65.0, t).1;
    let (spikes, _) = solve_several(&rs(), &TWO, &stimulus, -65.0, end);
    assert!(spikes.len() >= 2);
    // Near a spike v ≈ 25/τ, τ the time to the pole, 0.27 ms after the peak; a cubic through nodes 0.005 τ apart is off in its
    // integral by 11/720 Σ h⁵ 600/τ⁵ = 11/720 · 600 · 0.005⁴ ∫dτ/τ = 2e-8 mV ms a spike, times κ(0) = 0.0052: 1.2e-10.
    let ends: Vec<f64> = spikes.times().iter().copied().chain([end]).collect();
    let (mut stretches, mut exact, mut start) = (Vec::new(), Vec::new(), 0.0);
    for (i, &end) in ends.iter().enumerate() {
        let (mut times, mut t) = (vec![start], start);
        while t < end {
            let h = (0.005 * (end - t + 0.27)).min(0.02);
            t = if end - t < 1.5 * h { end } else { t + h };
            times.push(t);
        }
        let last = times.len() - 1;
        let states: Vec<Vec<f64>> = times[1..last].iter().map(|&t| at(t)).collect();
        let first = if i == 0 { -65.0 } else { rs().c };
        let closing = if i < spikes.len() { rs().peak } else { at(end)[0] };
        let values = std::iter::once(first).chain(states.iter().map(|s| s[0])).chain([closing]).collect();
        exact.push(states.iter().map(|s| s[1] + s[2]).collect::<Vec<f64>>());
        stretches.push(Stretch { times, values });
        start = end;
    }
    let recovery = Recovery::several(&TWO).unwrap();
    let signal = Signal::new(stretches, spikes.times().to_vec()).unwrap();
    let convolved = recovery.kernel.convolve(&signal, Reconstruction::Cubic);
    let mut largest = 0.0f64;
    for ((stretch, y), exact) in signal.stretches().iter().zip(&convolved).zip(&exact) {
        for ((&t, y), exact) in stretch.times[1..].iter().zip(&y[1..]).zip(exact) {
            let resets: f64 = spikes.times().iter().filter(|&&s| s < t).map(|&s| recovery.jump.value(t - s)).sum();
            largest = largest.max((recovery.initial.value(t) + resets + y - exact).abs());
        }
    }
    assert!(largest < 1e-9, "{largest:e}");
}

#[test]
fn options_that_are_none_are_refused_with_what_to_do() {
    let recovery = Recovery::izhikevich(&rs(), -13.0).unwrap();
    let good = WindowOptions::new(0.1, 100.0);
    for (options, expected) in [
        (WindowOptions { dt: 0.0, ..good }, "step is 0 ms"),
        (WindowOptions { duration: f64::NAN, ..good }, "duration is NaN ms"),
        (WindowOptions { longest_window: 0.05, ..good }, "longest window is 0.05 ms with a step of 0.1 ms"),
        (WindowOptions { tolerance: 0.0, ..good }, "tolerance is 0 mV/ms"),
        (WindowOptions { most_iterations: 0, ..good }, "most iterations is 0"),
    ] {
        let error =
            solve_windows(&rs(), &recovery, &Stimulus::constant(10.0), -65.0, &options).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = solve_windows(&rs(), &recovery, &Stimulus::constant(10.0), 30.0, &good).unwrap_err().to_string();
    assert!(error.contains("initial v is 30 mV"), "{error}");
}
