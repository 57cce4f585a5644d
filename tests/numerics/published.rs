//! Izhikevich's own programs, step for step.

use crate::common::{CELLS, constant_input, simulate, state};
use spikestep::model::{FIRING_PATTERNS, FiringPattern};
use spikestep::scheme::{Step, Stepper, start};
use spikestep::{Neuron, State, StepInput, Stimulus};

const RS: Neuron = Neuron::new(0.02, 0.2, -65.0, 8.0);

/// One step of `scheme` from `from` at t = 5 ms under a constant input.
fn one_step(scheme: &mut dyn Stepper, from: State, input: f64, dt: f64) -> (State, Vec<f64>) {
    let stimulus = Stimulus::constant(input);
    let step = Step { start: 5.0, end: 5.0 + dt, input: StepInput::new(&stimulus, 5.0, dt) };
    let mut spikes = Vec::new();
    (scheme.step(from, &step, &mut spikes).unwrap(), spikes)
}

/// A program by the name of its scheme.
fn program(name: &str, dt: f64) -> Box<dyn Stepper> {
    start(&constant_input(RS, 0.0, dt), &name.parse().unwrap(), dt).unwrap()
}

/// Numbers worked out by hand to the last decimal given; a few operations of size 300 round by 1e-13.
fn close(found: State, v: f64, u: f64) {
    assert!((found.v - v).abs() < 1e-12 && (found.u - u).abs() < 1e-12, "{found:?} instead of ({v}, {u})");
}

#[test]
fn the_program_of_2003_by_hand() {
    let mut scheme = program("izhikevich-2003", 1.0);
    // v' = 169 − 325 + 140 + 13 + 10 = 7, then at −61.5: 151.29 − 307.5 + 163 = 6.79; u' = 0.02 (0.2·(−58.105) + 13).
    let (after, spikes) = one_step(scheme.as_mut(), state(-65.0, -13.0), 10.0, 1.0);
    close(after, -58.105, -12.97242);
    assert!(spikes.is_empty());
    // Above the peak: a spike at the start of the step, and the step from (−65, 3): −9, then −7.29 at −69.5.
    let (after, spikes) = one_step(scheme.as_mut(), state(35.0, -5.0), 10.0, 1.0);
    close(after, -73.145, 2.64742);
    assert_eq!(spikes, [5.0]);
    // At the peak is enough, and a step that ends above it leaves it there.
    let (_, spikes) = one_step(scheme.as_mut(), state(30.0, 0.0), 0.0, 1.0);
    assert_eq!(spikes, [5.0]);
    let (after, spikes) = one_step(scheme.as_mut(), state(20.0, 0.0), 0.0, 1.0);
    // 20 + 0.5·256 = 148, + 0.5 (876.16 + 740 + 140) = 1026.08.
    close(after, 1026.08, 0.02 * 0.2 * 1026.08);
    assert!(spikes.is_empty());
}

#[test]
fn the_program_of_2004_by_hand() {
    let mut scheme = program("izhikevich-2004", 0.25);
    let (after, spikes) = one_step(scheme.as_mut(), state(-70.0, -14.0), 14.0, 0.25);
    close(after, -66.5, -13.9965);
    assert!(spikes.is_empty());
    // 0.25 (140 − 20) = 30 is no spike, 30.25 is one, in the same step: u = 0.25·0.02·0.2·30.25 + 8.
    let (after, spikes) = one_step(scheme.as_mut(), state(0.0, 0.0), -20.0, 0.25);
    close(after, 30.0, 0.03);
    assert!(spikes.is_empty());
    let (after, spikes) = one_step(scheme.as_mut(), state(0.0, 0.0), -19.0, 0.25);
    close(after, -65.0, 8.03025);
    assert_eq!(spikes, [5.25]);
}

#[test]
fn the_program_of_2003_spikes_as_the_half_step_but_sees_it_later() {
    for (case, neuron) in CELLS {
        for dt in [1.0, 0.5, 0.25] {
            let problem = constant_input(neuron, 10.0, 1000.0);
            let (program, _) = simulate("izhikevich-2003", &problem, dt);
            let (half_step, _) = simulate("half-step", &problem, dt);
            // The order of products in 0.04 v² differs. A unit of rounding, 1e-14, grows at dt = 1 by about a factor of 12 a spike
            // (RS: 3 ms after 13 spikes), so that over 8 spikes it stays below 1e-5 mV.
            assert_eq!(program.spikes.times()[..8], half_step.spikes.times()[..8], "{case} at {dt}");
        }
    }
}

/// The input of a panel as the program's conditions on t give it.
fn program_input(letter: char, t: f64) -> f64 {
    let open = |from: f64, width: f64| t > from && t < from + width;
    let on = |is_on: bool, value: f64| if is_on { value } else { 0.0 };
    match letter {
        'A' => on(t > 10.0, 14.0),
        'B' => on(t > 20.0, 0.5),
        'C' => on(t > 22.0, 15.0),
        'D' => on(t > 20.0, 0.6),
        'E' => on(t > 16.0, 10.0),
        'F' => on(t > 8.5, 30.0),
        'G' => on(t > 30.0, 0.075 * (t - 30.0)),
        'H' => on(t > 30.0, 0.015 * (t - 30.0)) - 0.5,
        'I' => on(open(10.0, 3.0), 7.04),
        'J' => on(open(20.0, 5.0), 2.0),
        'K' => on([40.0, 60.0, 280.0, 320.0].iter().any(|&from| open(from, 4.0)), 0.65),
        'L' => on([100.0 / 11.0, 100.0 / 11.0 + 5.0, 70.0, 80.0].iter().any(|&from| open(from, 2.0)), 9.0),
        'M' | 'N' => on(open(20.0, 5.0), -15.0),
        'O' if open(70.0, 5.0) => -6.0,
        'O' => on(open(10.0, 5.0) || open(80.0, 5.0), 1.0),
        'P' => 0.24 + on(open(37.5, 5.0) || open(216.0, 5.0), 1.0),
        'Q' => on((t - 10.0).abs() < 1.0, 20.0),
        'R' if t < 200.0 => t / 25.0,
        'R' => on((300.0..312.5).contains(&t), (t - 300.0) / 12.5 * 4.0),
        'S' | 'T' => 75.0 + on(!(50.0..=250.0).contains(&t), 5.0),
        _ => unreachable!("panels are A to T"),
    }
}

/// Spikes of a panel by the program's own loop: times are n τ, the state after step n belongs to (n + 1) τ.
fn program_spikes(pattern: &FiringPattern, tau: f64) -> Vec<f64> {
    let Neuron { a, b, c, .. } = pattern.neuron;
    let d = if pattern.letter == 'T' { -2.0 } else { pattern.neuron.d };
    let State { mut v, mut u } = pattern.initial;
    let mut spikes = Vec::new();
    for n in 0..(pattern.duration / tau).round() as u32 {
        let input = program_input(pattern.letter, f64::from(n) * tau);
        let polynomial = if matches!(pattern.letter, 'G' | 'L') {
            0.04 * v * v + 4.1 * v + 108.0
        } else {
            0.04 * v * v + 5.0 * v + 140.0
        };
        v += tau * (polynomial - u + input);
        u += tau * a * if pattern.letter == 'R' { b * (v + 65.0) } else { b * v - u };
        if v > 30.0 {
            spikes.push(f64::from(n + 1) * tau);
            (v, u) = (c, u + d);
        }
    }
    spikes
}

#[test]
fn all_panels_as_the_program_draws_them() {
    for pattern in &FIRING_PATTERNS {
        let panel = pattern.published();
        let (run, _) = simulate("izhikevich-2004", &panel.problem, panel.tau);
        // The same spikes at the same steps, although the sums are ordered differently: rounding of 1e-14 decides nothing here.
        assert_eq!(run.spikes.times(), program_spikes(pattern, panel.tau), "panel {}", pattern.letter);
    }
}

/// The step at which the program sees a jump is part of what it draws: at twice its step the edges still are on the grid.
#[test]
fn edges_stay_where_the_program_has_them_at_other_steps() {
    for pattern in FIRING_PATTERNS.iter().filter(|p| p.letter != 'F') {
        let panel = pattern.published();
        for tau in [panel.tau / 2.0, panel.tau / 4.0] {
            let (run, _) = simulate("izhikevich-2004", &panel.problem, tau);
            assert_eq!(run.spikes.times(), program_spikes(pattern, tau), "panel {} at {tau}", pattern.letter);
        }
    }
}
