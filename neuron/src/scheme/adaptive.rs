//! Dormand-Prince 5(4) and 8(5,3) by the `ode_solvers` crate, with spikes located.
//!
//! **Names:** `dopri5`, `dop853`.
//!
//! The solver runs from reset to reset and from breakpoint to breakpoint of the input. Where an accepted step ends above the
//! peak, its start is kept and the last stretch is integrated once more, by the same solver, with *v as the independent
//! variable* up to the peak exactly (Hénon's trick): dt/dv = 1/v', du/dv = u'/v'. So a spike is located at the solver's own
//! accuracy, with no root finding. Where v passes the peak and turns back within a step, so that neither end says so, the step is
//! integrated once more up to the turn (`turn`); only steps with v' > 0 at the start and v' < 0 at the end that can reach the
//! peak are looked at.
//!
//! A neuron with an [`Extension`](crate::model::Extension) is run from potential to potential at which its field changes its form, too: the
//! smooth field of the side goes on in the step that passes one, which is found as a spike is. A peak that depends on u is found with
//! v − peak_u u as the independent variable; in a refractory period u has its own exponential.
//!
//! The independent variable is carried as a third component, so that the system is autonomous: `ode_solvers` 0.6.2 evaluates
//! the last stages of `Dop853` at the wrong time (nodes c12 = c13 = 0 instead of 1; its pull request 42), which leaves it of
//! order 1 for a right-hand side that depends on the independent variable. The autonomous form is exact.
//!
//! Orders 5 and 8. The tolerance is the solver's, relative and absolute, per step; it is not a bound on spike times.
//! Sources: E. Hairer, S. P. Nørsett, G. Wanner, *Solving Ordinary Differential Equations I* (1993), II.5; M. Hénon, *On the
//! numerical computation of Poincaré maps*, Physica D 5 (1982) 412–414.
//! **When not to use them:** in a clock-driven network; and where the Taylor solver is at hand, which costs less here.

use ode_solvers::dop_shared::{IntegrationError, OutputType, Stats, System};
use ode_solvers::{Dop853, Dopri5, Vector3};

use super::{Cost, Sample, Trajectory};
use crate::model::{Neuron, Problem, State, Stimulus};
use crate::spike::SpikeTrain;
use crate::truth::taylor::record::SPIKES_PER_MS;

/// Most steps a solver may take from one reset or breakpoint to the next, which are kept: some 200 MB.
const MOST_STEPS: u32 = 3_000_000;
/// Most evaluations of a run: some minutes.
const MOST_EVALUATIONS: u64 = 1_000_000_000;

/// Flops of an evaluation of (v', u') and, for each stage, of the combinations of the tableau that precede it: half of the
/// nonzero coefficients of the method at 4 flops each.
const DOPRI5_FLOPS: u64 = Cost::FIELD + 4 * 27 / 6;
const DOP853_FLOPS: u64 = Cost::FIELD + 4 * 86 / 11;

/// Solves `problem` with Dormand-Prince 5(4) at `tolerance` (relative and absolute, per step), calling `observe` after every
/// accepted step.
pub fn solve_dopri5(problem: &Problem, tolerance: f64, observe: impl FnMut(Sample)) -> Trajectory {
    solve(problem, observe, DOPRI5_FLOPS, &mut |system, x, x_end, y| integrate_dopri5(system, x, x_end, y, tolerance))
}

/// Solves `problem` with Dormand-Prince 8(5,3) at `tolerance` (relative and absolute, per step), calling `observe` after every
/// accepted step.
pub fn solve_dop853(problem: &Problem, tolerance: f64, observe: impl FnMut(Sample)) -> Trajectory {
    solve(problem, observe, DOP853_FLOPS, &mut |system, x, x_end, y| integrate_dop853(system, x, x_end, y, tolerance))
}

/// The equations of a problem in one of their two independent variables.
#[derive(Clone, Copy)]
struct Equations<'a> {
    neuron: &'a Neuron,
    stimulus: &'a Stimulus,
    /// The input is taken from the smooth piece that holds this time \[ms\].
    within: f64,
    /// The peak first, which is passed where it is reached; then the potentials at which the field changes its form, infinitely far
    /// where there is none, where v may stay.
    barriers: [Barrier; 3],
    over: Independent,
}

#[derive(Clone, Copy, PartialEq)]
enum Independent {
    /// y = (v, u, t) over t, stopped at a barrier.
    Time,
    /// y = (t, u, v) over the height of a barrier.
    Height(Barrier),
}

/// What ends a stretch: v·`v` + u·`u` reaches `at` from below, or exceeds it.
#[derive(Clone, Copy, PartialEq)]
struct Barrier {
    v: f64,
    u: f64,
    at: f64,
    reached: bool,
}

impl Barrier {
    /// The peak of `neuron`, and the switches around `side`.
    fn around(neuron: &Neuron, side: f64) -> [Self; 3] {
        let [low, high] = neuron.between_switches(side);
        let peak = Barrier { v: 1.0, u: -neuron.extension.peak_u, at: neuron.peak, reached: true };
        let switch = |v: f64, at: f64| Barrier { v, u: 0.0, at: v * at, reached: false };
        [peak, switch(-1.0, low), switch(1.0, high)]
    }

    /// The height that is compared with `at`, of a state, or its rate from the rates of v and u.
    fn height(&self, state: State) -> f64 {
        self.v * state.v + self.u * state.u
    }

    fn is_passed(&self, state: State) -> bool {
        let height = self.height(state);
        if self.reached { height >= self.at } else { height > self.at }
    }
}

impl System<f64, Vector3<f64>> for Equations<'_> {
    fn system(&self, _x: f64, y: &Vector3<f64>, dy: &mut Vector3<f64>) {
        let input = |t: f64| self.stimulus.value_on_piece_of(self.within, t);
        *dy = match self.over {
            Independent::Time => {
                // A rejected trial may run far past the peak; the field there only has to stay finite.
                let most = self.neuron.peak.max(self.neuron.peak_at(y.y)) + 100.0;
                let rate = self.neuron.field(State::new(y.x.min(most), y.y), input(y.z));
                Vector3::new(rate.v, rate.u, 1.0)
            }
            Independent::Height(barrier) => {
                let rate = self.neuron.field(State::new(y.z, y.y), input(y.x));
                let rise = barrier.height(rate);
                Vector3::new(1.0 / rise, rate.u / rise, rate.v / rise)
            }
        };
    }

    fn solout(&mut self, _x: f64, y: &Vector3<f64>, _dy: &Vector3<f64>) -> bool {
        let state = State::new(y.x, y.y);
        self.over == Independent::Time && (self.passed(state).is_some() || !state.is_finite())
    }
}

impl Equations<'_> {
    /// The barrier that a state has passed, a switch before the peak.
    fn passed(&self, state: State) -> Option<Barrier> {
        let [peak, low, high] = self.barriers;
        [low, high, peak].into_iter().find(|barrier| barrier.is_passed(state))
    }

    /// The rate at which the height of `barrier` grows at a time.
    fn rise(&self, barrier: &Barrier, (t, state): (f64, State)) -> f64 {
        barrier.height(self.neuron.field(state, self.stimulus.value_on_piece_of(self.within, t)))
    }
}

/// Accepted points of one call of a solver, its evaluations, and whether it failed.
struct Stretch {
    x: Vec<f64>,
    y: Vec<Vector3<f64>>,
    evaluations: u64,
    failed: bool,
}

type Integrate<'a> = &'a mut dyn FnMut(Equations<'_>, f64, f64, Vector3<f64>) -> Stretch;

macro_rules! integrator {
    ($name:ident, $solver:ident, $fac_min:expr, $fac_max:expr, $beta:expr) => {
        fn $name(system: Equations<'_>, x: f64, x_end: f64, y: Vector3<f64>, tolerance: f64) -> Stretch {
            let mut solver = $solver::from_param(
                system,
                x,
                x_end,
                0.0,
                y,
                tolerance,
                tolerance,
                0.9,
                $beta,
                $fac_min,
                $fac_max,
                x_end - x,
                0.0,
                MOST_STEPS,
                u32::MAX,
                OutputType::Sparse,
            );
            let outcome: Result<Stats, IntegrationError> = solver.integrate();
            let evaluations = outcome.as_ref().map_or(0, |stats| u64::from(stats.num_eval));
            let failed = outcome.is_err();
            Stretch { x: solver.x_out().clone(), y: solver.y_out().clone(), evaluations, failed }
        }
    };
}

// The step control each program of Hairer and Wanner has by default.
integrator!(integrate_dopri5, Dopri5, 0.2, 10.0, 0.04);
integrator!(integrate_dop853, Dop853, 0.333, 6.0, 0.0);

fn solve(problem: &Problem, mut observe: impl FnMut(Sample), flops: u64, integrate: Integrate<'_>) -> Trajectory {
    let neuron = &problem.neuron;
    let mut spikes: Vec<f64> = Vec::new();
    let (mut t, mut state) = (0.0, problem.initial);
    let (mut steps, mut evaluations) = (0u64, 0u64);
    let mut diverged_at = None;
    let mut held_until = f64::NEG_INFINITY;
    while t < problem.duration && diverged_at.is_none() {
        if t < held_until {
            let end = held_until.min(problem.duration);
            (t, state) = (end, neuron.held(state, end - t));
            observe(Sample { t, state, spike: false });
            continue;
        }
        let end = problem.stimulus.next_breakpoint(t).map_or(problem.duration, |b| b.min(problem.duration));
        let within = 0.5 * (t + end);
        let side = neuron.side_at(state, problem.stimulus.value_on_piece_of(within, t));
        let smooth = if neuron.has_plain_field() { *neuron } else { neuron.on_side_of(side) };
        let barriers = Barrier::around(neuron, side);
        let in_time =
            Equations { neuron: &smooth, stimulus: &problem.stimulus, within, barriers, over: Independent::Time };
        let stretch = integrate(in_time, t, end, Vector3::new(state.v, state.u, t));
        evaluations += stretch.evaluations;
        let last = stretch.x.len() - 1;
        let point = |i: usize| (stretch.x[i], State::new(stretch.y[i].x, stretch.y[i].y));
        // The last step that counts, where it starts, and when the state is beyond a barrier in it, if it is.
        let turned = (1..=last).find_map(|i| {
            barriers.iter().find_map(|barrier| {
                let above = turn(in_time, barrier, point(i - 1), point(i), integrate, &mut evaluations)?;
                Some((i, *barrier, point(i - 1), above))
            })
        });
        let (reached, at) = point(last);
        let (counted, crossing) = match turned {
            Some((i, barrier, before, above)) => (i, Some((barrier, before, above))),
            // From a potential itself v has not come to it: such a step is left whole.
            None => {
                let passed =
                    in_time.passed(at).filter(|b| last > 0 && (b.reached || b.height(point(last - 1).1) < b.at));
                (last, passed.map(|barrier| (barrier, point(last - 1), reached)))
            }
        };
        for i in 1..counted {
            let (t, state) = point(i);
            observe(Sample { t, state, spike: false });
        }
        steps += counted as u64;
        if let Some((barrier, (before, from), above)) = crossing {
            let (crossed, u) = cross(in_time, barrier, before, from, above, integrate, &mut evaluations);
            t = crossed;
            let spike = barrier == barriers[0];
            if spike {
                spikes.push(t);
                state = neuron.reset(State { v: neuron.peak_at(u), u });
                held_until = t + neuron.extension.refractory;
            } else {
                // The potential itself, to the bit: the side beyond it is then the one that v moves into.
                state = State { v: barrier.v * barrier.at, u };
            }
            observe(Sample { t, state, spike });
            let n = spikes.len();
            if spike && n > SPIKES_PER_MS && t - spikes[n - 1 - SPIKES_PER_MS] < 1.0 {
                diverged_at = Some(t);
            }
        } else if !at.is_finite() || stretch.failed || evaluations > MOST_EVALUATIONS {
            diverged_at = Some(reached);
        } else {
            t = if in_time.passed(at).is_some() { reached } else { end };
            state = at;
            observe(Sample { t, state, spike: false });
        }
    }
    Trajectory {
        spikes: SpikeTrain::from_sorted(spikes),
        diverged_at,
        error_estimate: None,
        arithmetic: None,
        steps,
        cost: Cost::new(evaluations, evaluations * flops),
    }
}

/// Parts in which a step is looked at where v may turn above the peak: v' changes by less than ten times over one.
const PARTS: u32 = 16;

/// A time \[ms\] at which the state is at `barrier` or beyond inside a step from before it, approaching, to before it, receding; `None`
/// where there is none.
fn turn(
    in_time: Equations<'_>,
    barrier: &Barrier,
    start: (f64, State),
    end: (f64, State),
    integrate: Integrate<'_>,
    evaluations: &mut u64,
) -> Option<f64> {
    let height = |state: State| barrier.height(state);
    if barrier.at == f64::INFINITY || barrier.is_passed(start.1) || barrier.is_passed(end.1) {
        return None;
    }
    let rate = |at| in_time.rise(barrier, at);
    let (rise, fall) = (rate(start), rate(end));
    if !(rise > 0.0 && fall < 0.0) {
        return None;
    }
    // Twice what the height gains at the larger of both rates, since it may be larger inside.
    if height(start.1).max(height(end.1)) + 2.0 * (end.0 - start.0) * rise.max(-fall) < barrier.at {
        return None;
    }
    let mut onwards = |from: (f64, State), to: f64| {
        let stretch = integrate(in_time, from.0, to, Vector3::new(from.1.v, from.1.u, from.0));
        *evaluations += stretch.evaluations;
        let last = stretch.y.len() - 1;
        (stretch.x[last], State::new(stretch.y[last].x, stretch.y[last].y))
    };
    let mut left = start;
    for part in 1..=PARTS {
        let next = onwards(left, start.0 + (end.0 - start.0) * f64::from(part) / f64::from(PARTS));
        if barrier.is_passed(next.1) {
            return Some(next.0);
        }
        if rate(left) > 0.0 && rate(next) < 0.0 {
            let (mut before, mut after) = (left, next.0);
            // Until ten times what v still gains at its present rate does not reach the peak; a halving gains a bit of the turn's time.
            while height(before.1) + 10.0 * (after - before.0) * rate(before) >= barrier.at {
                let middle = 0.5 * (before.0 + after);
                if middle <= before.0 || middle >= after {
                    break;
                }
                let at = onwards(before, middle);
                if barrier.is_passed(at.1) {
                    return Some(at.0);
                }
                if rate(at) > 0.0 { before = at } else { after = middle }
            }
        }
        left = next;
    }
    None
}

/// Time of the crossing of `barrier` and u there, from the last point before it. While the state does not approach it yet at that
/// point, the step is halved until it does.
fn cross(
    in_time: Equations<'_>,
    barrier: Barrier,
    mut t: f64,
    mut state: State,
    mut above: f64,
    integrate: Integrate<'_>,
    evaluations: &mut u64,
) -> (f64, f64) {
    let in_height = Equations { over: Independent::Height(barrier), ..in_time };
    // Each halving halves the bracket: 60 reach the resolution of t.
    for _ in 0..60 {
        if in_time.rise(&barrier, (t, state)) > 0.0 {
            let stretch = integrate(in_height, barrier.height(state), barrier.at, Vector3::new(t, state.u, state.v));
            *evaluations += stretch.evaluations;
            let end = stretch.y[stretch.y.len() - 1];
            if !stretch.failed && end.x.is_finite() && end.x >= t {
                return (end.x, end.y);
            }
        }
        let middle = 0.5 * (t + above);
        let stretch = integrate(in_time, t, middle, Vector3::new(state.v, state.u, t));
        *evaluations += stretch.evaluations;
        let last = stretch.y.len() - 1;
        let at = State::new(stretch.y[last].x, stretch.y[last].y);
        if barrier.is_passed(at) {
            above = stretch.x[last];
        } else {
            (t, state) = (stretch.x[last], at);
        }
    }
    (above, state.u)
}
