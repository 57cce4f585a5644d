//! Marching: the evolution equation with any kernel, solved step by step through its spikes.
//!
//! On a step (or the part of it up to a spike) u is taken at the mean of its ends and the input at its exact mean; then v solves
//! a Riccati equation in closed form, and so do its mean, which the convolution takes, and the time at which it reaches the
//! peak. The value of u at the end, which needs v there, is found by iteration (it contracts like h²).
//!
//! Order 2 where the memory is smooth, through spikes. A kernel singular like t^{α−1} leaves u with a kink like t^α after the
//! start and after each jump that feeds back, which limits the order to 1 + α near them.
//! **When not to use it:** for an exponential kernel, where an ODE solver of high order is at hand.

use crate::error::{Error, Result, finite, positive};
use crate::model::{Neuron, State, Stimulus, step_count};
use crate::spike::{MAX_SPIKES_PER_STEP, SpikeTrain};

use super::evolution_operator::input_integral;
use super::memory::Memory;
use super::recovery::Recovery;
use super::riccati::RiccatiArc;
use super::signal::check_step;

/// Most rounds of the iteration for u, and for the time of a spike: each gains three digits at any sensible step.
const ROUNDS: usize = 30;

/// A solution by marching.
#[derive(Clone, Debug, PartialEq)]
pub struct Marched {
    /// Times of the grid \[ms\], from 0.
    pub times: Vec<f64>,
    /// The states there, after a reset that falls on them.
    pub states: Vec<State>,
    /// The spikes that the march found.
    pub spikes: SpikeTrain,
    /// u just before each reset \[mV/ms\].
    pub u_before_reset: Vec<f64>,
    /// The time \[ms\] at which v or u left the finite numbers, or spikes accelerated without end.
    pub diverged_at: Option<f64>,
}

/// Solves v' = k2 v² + k1 v + k0 − u + g with reset (k2, k1, k0, c and the peak of `neuron`) and u as `recovery` says, from
/// v(0) = `v0` \[mV\] in steps of `dt` over `duration` \[ms\]. Costs O(N log² N) for any kernel, O(N) for exponentials, and O(N) for each
/// spike.
///
/// # Errors
/// A neuron, step or duration that is none, a start at or above the peak, a jump response that is singular at 0, a kernel sampled
/// on another grid or too short.
///
/// ```
/// use spikestep::operator::{march, Recovery};
/// use spikestep::{Neuron, Stimulus};
/// let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
/// let memory = Recovery::fractional(&rs, 0.8, -13.0)?;
/// let run = march(&rs, &memory, &Stimulus::constant(10.0), -65.0, 0.1, 200.0)?;
/// assert!(run.spikes.len() > 3);
/// # Ok::<(), spikestep::Error>(())
/// ```
pub fn march(
    neuron: &Neuron,
    recovery: &Recovery,
    stimulus: &Stimulus,
    v0: f64,
    dt: f64,
    duration: f64,
) -> Result<Marched> {
    neuron.validate()?;
    neuron.require_plain("the evolution equation")?;
    check_step(dt)?;
    positive("duration in ms", duration, "Give 1000, say.")?;
    finite("initial v", v0)?;
    if v0 >= neuron.peak {
        return Err(Error::invalid("initial v", format!("{v0} mV"), "a value below the peak", "Lower it."));
    }
    finite("response to a reset at t = 0", recovery.jump.value(0.0))?;
    recovery.kernel.check_grid(dt, duration)?;
    let steps = step_count(duration, dt) as usize;
    let mut marcher = Marcher {
        neuron,
        recovery,
        stimulus,
        memory: Memory::new(&recovery.kernel, dt, steps),
        spikes: Vec::new(),
        u_before_reset: Vec::new(),
        whole: (dt, lag_zero(recovery, dt)),
    };
    let mut state = State::new(v0, recovery.initial.value(0.0));
    let (mut times, mut states, mut diverged_at) = (vec![0.0], vec![state], None);
    for n in 0..steps {
        let (start, end) = (n as f64 * dt, (n + 1) as f64 * dt);
        match marcher.step(start, end, dt, state) {
            Some(next) if next.is_finite() => state = next,
            _ => {
                diverged_at = Some(end);
                break;
            }
        }
        times.push(end);
        states.push(state);
    }
    let Marcher { mut spikes, mut u_before_reset, .. } = marcher;
    spikes.retain(|&t| t <= duration);
    u_before_reset.truncate(spikes.len());
    Ok(Marched { times, states, spikes: SpikeTrain::from_sorted(spikes), u_before_reset, diverged_at })
}

/// M₀ and M₁ − M₀/2 at lag 0: the weights of the mean of x over a piece and of x(start) − x(end).
fn lag_zero(recovery: &Recovery, length: f64) -> [f64; 2] {
    let m = recovery.kernel.moments(0.0, length);
    [m[0], m[1] - 0.5 * m[0]]
}

struct Marcher<'a> {
    neuron: &'a Neuron,
    recovery: &'a Recovery,
    stimulus: &'a Stimulus,
    memory: Memory,
    spikes: Vec<f64>,
    u_before_reset: Vec<f64>,
    whole: (f64, [f64; 2]),
}

/// A piece of the solution: its end, and x on it.
struct Solved {
    state: State,
    c: [f64; 2],
}

impl Marcher<'_> {
    /// One step of the grid; `None` where spikes accelerate without end.
    fn step(&mut self, start: f64, end: f64, dt: f64, mut state: State) -> Option<State> {
        let (mut at, mut length) = (start, dt);
        for _ in 0..MAX_SPIKES_PER_STEP {
            let known = self.known(end);
            match self.solve(at, length, known, state) {
                Some(solved) if solved.state.v < self.neuron.peak => {
                    self.memory.accept(end, length, solved.c);
                    self.memory.end_step();
                    return Some(solved.state);
                }
                Some(solved) if !solved.state.is_finite() => return None,
                _ => {}
            }
            let (length_to_peak, solved) = self.locate(at, length, state)?;
            at += length_to_peak;
            self.memory.accept(at, length_to_peak, solved.c);
            self.spikes.push(at);
            self.u_before_reset.push(solved.state.u);
            state = State::new(self.neuron.c, solved.state.u + self.recovery.jump.value(0.0));
            length = end - at;
            if length <= dt * f64::EPSILON {
                self.memory.end_step();
                return Some(state);
            }
        }
        None
    }

    /// What is known of u(t): the start, the resets and the pieces accepted.
    fn known(&self, t: f64) -> f64 {
        let resets: f64 = self.spikes.iter().map(|&spike| self.recovery.jump.value(t - spike)).sum();
        self.recovery.initial.value(t) + resets + self.memory.at(t)
    }

    /// K for u at `u` over the piece.
    fn k(&self, u: f64, input: f64) -> f64 {
        let n = self.neuron;
        n.k2 * (n.k0 + input - u) - 0.25 * n.k1 * n.k1
    }

    fn w(&self, v: f64) -> f64 {
        self.neuron.k2 * v + 0.5 * self.neuron.k1
    }

    fn input(&self, at: f64, length: f64) -> f64 {
        input_integral(self.stimulus, at, at + length) / length
    }

    /// u at the end of a piece, and x on it, from v at its ends and its mean.
    fn close(&self, length: f64, known: f64, from: State, v: f64, v_mean: f64) -> Solved {
        let [mean_weight, slope_weight] =
            if length == self.whole.0 { self.whole.1 } else { lag_zero(self.recovery, length) };
        let Recovery { gain, offset, leak, .. } = *self.recovery;
        // u at the end stands on both sides when it feeds back: linear, so solved at once.
        let right = known
            + (gain * v_mean + offset - 0.5 * leak * from.u) * mean_weight
            + (gain * (from.v - v) - leak * from.u) * slope_weight;
        let u = right / (1.0 + leak * (0.5 * mean_weight - slope_weight));
        let mean = gain * v_mean + offset - 0.5 * leak * (from.u + u);
        let slope = gain * (from.v - v) - leak * (from.u - u);
        Solved { state: State::new(v, u), c: [mean - 0.5 * slope, slope] }
    }

    /// A piece without a spike; `None` where v passes through infinity.
    fn solve(&self, at: f64, length: f64, known: f64, from: State) -> Option<Solved> {
        let n = self.neuron;
        let input = self.input(at, length);
        let mut u = from.u;
        for round in 0..=ROUNDS {
            let arc = RiccatiArc::flow(self.w(from.v), self.k(0.5 * (from.u + u), input), length)?;
            let v = |w: f64| (w - 0.5 * n.k1) / n.k2;
            let solved = self.close(length, known, from, v(arc.end), v(arc.mean));
            let moved = (solved.state.u - u).abs();
            u = solved.state.u;
            // Past the peak the piece is cut anyway; what the last round moved is below the error of the step.
            if moved <= 1e-14 * (1.0 + u.abs()) || solved.state.v > n.peak || round == ROUNDS {
                return Some(solved);
            }
        }
        None
    }

    /// The piece up to the peak: its length, at most `longest`, and the state there.
    fn locate(&self, at: f64, longest: f64, from: State) -> Option<(f64, Solved)> {
        let n = self.neuron;
        let (w0, peak) = (self.w(from.v), self.w(n.peak));
        let (mut length, mut u) = (longest, from.u);
        for round in 0..ROUNDS {
            let k = self.k(0.5 * (from.u + u), self.input(at, length));
            let next = RiccatiArc::time_to(w0, peak, k).unwrap_or(longest).min(longest);
            let arc = RiccatiArc::flow(w0, k, next)?;
            let solved = self.close(next, self.known(at + next), from, n.peak, (arc.mean - 0.5 * n.k1) / n.k2);
            let settled =
                (next - length).abs() <= 1e-13 * longest && (solved.state.u - u).abs() <= 1e-13 * (1.0 + u.abs());
            (length, u) = (next, solved.state.u);
            if settled || round + 1 == ROUNDS {
                return Some((length, solved));
            }
        }
        None
    }
}
