//! The fused kernels of a population are the plain ones to rounding: the room left to the difference is what both forms may round,
//! bounded operation by operation.
//!
//! `Rounded` carries a number and a bound of its error through a formula (running error analysis: N. J. Higham, *Accuracy and
//! Stability of Numerical Algorithms*, section 3.3). Both forms are evaluated so; the sum of the two bounds is the room. A fused
//! operation has one rounding of the two that are counted here. Second orders of the unit roundoff are covered by a factor of 1.01
//! at the end.

use std::ops::{Add, Mul, Sub};

use crate::named;
use proptest::prelude::*;
use spikestep::model::CELL_TYPES;
use spikestep::population::{Population, Spike};
use spikestep::{Neuron, State};

/// A scheme on the grid in its plain or its fused form.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Euler,
    HalfStep,
    Rk4,
    EulerFused,
    HalfStepFused,
    Rk4Fused,
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

const PAIRS: [(Form, Form); 3] =
    [(Form::Euler, Form::EulerFused), (Form::HalfStep, Form::HalfStepFused), (Form::Rk4, Form::Rk4Fused)];

/// What the formulas are written in.
trait Number: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// `x`, rounded by the precision in question where it is not in `self`.
    fn of(self, x: f64) -> Self;
}

/// A number, a bound of its error, and the unit roundoff.
#[derive(Clone, Copy, Debug)]
struct Rounded {
    x: f64,
    error: f64,
    unit: f64,
}

/// The unit roundoff of a precision.
fn unit(single: bool) -> f64 {
    if single { 0.5 * f64::from(f32::EPSILON) } else { 0.5 * f64::EPSILON }
}

impl Rounded {
    /// The result of an operation whose operands make an error of `error`.
    fn operation(x: f64, error: f64, unit: f64) -> Self {
        Rounded { x, error: error + unit * (x.abs() + error), unit }
    }

    /// The number nearest to `x`.
    fn nearest(x: f64, unit: f64) -> Self {
        Self::operation(x, 0.0, unit)
    }
}

impl Add for Rounded {
    type Output = Self;
    fn add(self, y: Self) -> Self {
        Self::operation(self.x + y.x, self.error + y.error, self.unit)
    }
}

impl Sub for Rounded {
    type Output = Self;
    fn sub(self, y: Self) -> Self {
        Self::operation(self.x - y.x, self.error + y.error, self.unit)
    }
}

impl Mul for Rounded {
    type Output = Self;
    fn mul(self, y: Self) -> Self {
        let error = self.x.abs() * y.error + y.x.abs() * self.error + self.error * y.error;
        Self::operation(self.x * y.x, error, self.unit)
    }
}

impl Number for Rounded {
    fn of(self, x: f64) -> Self {
        Rounded::nearest(x, self.unit)
    }
}

/// A number and its derivatives by v and u at the start of a step.
#[derive(Clone, Copy, Debug)]
struct Dual(f64, [f64; 2]);

impl Add for Dual {
    type Output = Self;
    fn add(self, y: Self) -> Self {
        Dual(self.0 + y.0, [self.1[0] + y.1[0], self.1[1] + y.1[1]])
    }
}

impl Sub for Dual {
    type Output = Self;
    fn sub(self, y: Self) -> Self {
        Dual(self.0 - y.0, [self.1[0] - y.1[0], self.1[1] - y.1[1]])
    }
}

impl Mul for Dual {
    type Output = Self;
    fn mul(self, y: Self) -> Self {
        let by = |i: usize| y.0.mul_add(self.1[i], self.0 * y.1[i]);
        Dual(self.0 * y.0, [by(0), by(1)])
    }
}

impl Number for Dual {
    fn of(self, x: f64) -> Self {
        Dual(x, [0.0; 2])
    }
}

/// (v, u) after a step of the smooth equations as the plain form is written.
fn plain<N: Number>(stepper: Form, n: &Neuron, [v, u]: [N; 2], input: f64, dt: f64) -> [N; 2] {
    let of = |x| v.of(x);
    let dv = |v: N, u: N| of(n.k2) * v * v + of(n.k1) * v + of(n.k0) - u + of(input);
    let du = |v: N, u: N| of(n.a) * (of(n.b) * v + of(n.b0) - of(n.leak) * u);
    let (h, half) = (of(dt), of(0.5 * dt));
    match stepper {
        Form::Euler => [v + h * dv(v, u), u + h * du(v, u)],
        Form::HalfStep => {
            let v = v + half * dv(v, u);
            let v = v + half * dv(v, u);
            [v, u + h * du(v, u)]
        }
        _ => {
            let (sixth, third) = (of(1.0 / 6.0), of(1.0 / 3.0));
            let (v1, u1) = (dv(v, u), du(v, u));
            let (x, y) = (v + v1 * half, u + u1 * half);
            let (v2, u2) = (dv(x, y), du(x, y));
            let (x, y) = (v + v2 * half, u + u2 * half);
            let (v3, u3) = (dv(x, y), du(x, y));
            let (x, y) = (v + v3 * h, u + u3 * h);
            let (v4, u4) = (dv(x, y), du(x, y));
            let end = |x, x1: N, x2, x3, x4| x + (x1 * sixth + x2 * third + x3 * third + x4 * sixth) * h;
            [end(v, v1, v2, v3, v4), end(u, u1, u2, u3, u4)]
        }
    }
}

/// Bounds of the errors of (v, u) after a step of the fused form, a spike or not, and of what v is before a reset.
fn fused(stepper: Form, n: &Neuron, from: State, input: f64, dt: f64, single: bool) -> ([Rounded; 2], f64) {
    let r = unit(single);
    // What a neuron keeps is formed in twice the digits, rounded to f64 and from there to the precision.
    let kept = |x: f64| {
        let double = Rounded::nearest(x, unit(false));
        if single { Rounded { unit: r, ..Rounded::operation(x, double.error, r) } } else { double }
    };
    let half_k1 = 0.5 * n.k1;
    let at_zero = n.k2 * n.k0 - half_k1 * half_k1;
    let (alpha, beta) = (n.a * n.leak, n.a * n.b);
    let constant = kept(beta * half_k1 - n.a * n.k2 * n.b0 + alpha * at_zero);
    let (alpha, beta, k2) = (kept(alpha), kept(beta), kept(n.k2));
    let (reset, jump) = (kept(n.k2 * n.c + half_k1), kept(n.k2 * n.d));
    let (w, q) = (kept(n.k2 * from.v + half_k1), kept(at_zero - n.k2 * from.u));
    let i = Rounded::nearest(input, r);
    let drive = k2 * i;
    let source = alpha * drive + constant;

    let part = if stepper == Form::EulerFused { dt } else { 0.5 * dt };
    let (first, second) = (Rounded::nearest(part, r), Rounded::nearest(part * part, r));
    let (y, k) = (w * first, (q + drive) * second);
    let zero = Rounded { x: 0.0, error: 0.0, unit: r };
    let (a, b, e) = (zero - alpha * first, zero - beta * second, source * first * second);
    let one = Rounded { x: 1.0, ..zero };
    let two = Rounded { x: 2.0, ..zero };
    let [y, k] = match stepper {
        Form::EulerFused => [y + (y * y + k), (one + a) * k + (b * y + e)],
        Form::HalfStepFused => {
            let y = y + (y * y + k);
            let y = y + (y * y + k);
            [y, (two * a + one) * k + ((b + b) * y + (e + e))]
        }
        _ => {
            let field = |y: Rounded, k: Rounded| (y * y + k, a * k + (b * y + e));
            let (y1, k1) = field(y, k);
            let (y2, k2) = field(y + y1, k + k1);
            let (y3, k3) = field(y + y2, k + k2);
            let (y4, k4) = field(y + two * y3, k + two * k3);
            let third = one.of(1.0 / 3.0);
            let end = |x, x1: Rounded, x2, x3, x4| x + third * (two * (x2 + x3) + (x1 + x4));
            [end(y, y1, y2, y3, y4), end(k, k1, k2, k3, k4)]
        }
    };
    // The peak is compared as part · W_p, which is rounded twice.
    let peak = kept(n.k2 * n.peak + half_k1) * first;
    let crossing = (y.error + peak.error) / (part * n.k2);
    let spike = y.x >= peak.x;
    let (y, k) = if spike { (reset * first, k - jump * second) } else { (y, k) };
    let back = |x: f64| Rounded::nearest(1.0 / x, r);
    let (w, q) = (y * back(part), k * back(part * part) - drive);
    // The state is read in double precision: v = (W − k1/2)/k2, u = k0 − ((k1/2)² + Q)/k2.
    let double = |x: Rounded| Rounded { unit: unit(false), ..x };
    let d = |x: f64| Rounded { x, error: 0.0, unit: unit(false) };
    let inverse = Rounded::nearest(1.0 / n.k2, unit(false));
    let v = (double(w) - d(half_k1)) * inverse;
    let u = d(n.k0) - (d(half_k1) * d(half_k1) + double(q)) * inverse;
    ([v, u], crossing)
}

/// The room between the plain and the fused form after one step, and around the peak.
struct RoomOf {
    v: f64,
    u: f64,
    crossing: f64,
    /// v \[mV\] before a reset.
    v_end: f64,
}

fn room((exact, quick): (Form, Form), n: &Neuron, from: State, input: f64, dt: f64, single: bool) -> RoomOf {
    let r = unit(single);
    let start = [from.v, from.u].map(|x| Rounded::nearest(x, r));
    let [v, u] = plain(exact, n, start, input, dt);
    let spike = v.x >= n.peak;
    let (at_reset_v, at_reset_u) = (Rounded::nearest(n.c, r), u + Rounded::nearest(n.d, r));
    let (fused, crossing) = fused(quick, n, from, input, dt, single);
    RoomOf {
        v: 1.01 * (if spike { at_reset_v.error } else { v.error } + fused[0].error),
        u: 1.01 * (if spike { at_reset_u.error } else { u.error } + fused[1].error),
        crossing: 1.01 * (v.error + r * n.peak.abs() + crossing),
        v_end: v.x,
    }
}

fn population(stepper: Form, neurons: &[Neuron], states: &[State], single: bool) -> Population {
    let (name, fused) = match stepper {
        Form::Euler => ("euler", false),
        Form::HalfStep => ("half-step", false),
        Form::Rk4 => ("rk4", false),
        Form::EulerFused => ("euler", true),
        Form::HalfStepFused => ("half-step", true),
        Form::Rk4Fused => ("rk4", true),
    };
    let make = match (fused, single) {
        (false, false) => Population::new,
        (false, true) => Population::single,
        (true, false) => Population::fused,
        (true, true) => Population::fused_single,
    };
    make(&named(name), neurons, states).unwrap()
}

/// One step of `neurons` by both forms: no further apart than what they may round, and the same spikes but at the peak itself.
fn agree_after_one_step(neurons: &[Neuron], states: &[State], input: &[f64], dt: f64) -> usize {
    let mut spiked = 0;
    for single in [false, true] {
        for pair in PAIRS {
            let [(exact, exact_spikes), (fused, fused_spikes)] = [pair.0, pair.1].map(|stepper| {
                let mut population = population(stepper, neurons, states, single);
                let mut spikes = Vec::new();
                population.step(input, dt, &mut spikes).unwrap();
                (population, spikes)
            });
            for i in 0..neurons.len() {
                let room = room(pair, &neurons[i], states[i], input[i], dt, single);
                if (room.v_end - neurons[i].peak).abs() <= room.crossing {
                    continue;
                }
                let here = |spikes: &[Spike]| spikes.iter().filter(|s| s.neuron as usize == i).count();
                let what = format!("{} {:?} {:?} {} {dt} {single}", pair.1, neurons[i], states[i], input[i]);
                assert_eq!(here(&exact_spikes), here(&fused_spikes), "{what}");
                assert_eq!(here(&exact_spikes), usize::from(room.v_end >= neurons[i].peak), "{what}");
                spiked += here(&exact_spikes);
                let (x, y) = (exact.state(i), fused.state(i));
                assert!((x.v - y.v).abs() <= room.v, "{what}: v {} {}, room {:e}", x.v, y.v, room.v);
                assert!((x.u - y.u).abs() <= room.u, "{what}: u {} {}, room {:e}", x.u, y.u, room.u);
                // The room itself is rounding: of terms of at most some hundreds of mV where nothing has blown up yet.
                if room.v_end.abs() < 200.0 && neurons[i].k2 == 0.04 {
                    assert!(room.v < 1e4 * unit(single) * 300.0, "{what}: {:e}", room.v);
                }
            }
        }
    }
    spiked
}

/// Any neuron of the general form.
fn neurons() -> impl Strategy<Value = Neuron> {
    let shape = (0.005..1.0f64, 0.5..8.0f64, 10.0..200.0f64, -5.0..5.0f64, 0.0..2.0f64);
    (0.001..0.3f64, -0.5..1.5f64, -80.0..-40.0f64, -5.0..10.0f64, shape, -20.0..60.0f64).prop_map(
        |(a, b, c, d, (k2, k1, k0, b0, leak), peak)| Neuron { k2, k1, k0, b0, leak, peak, ..Neuron::new(a, b, c, d) },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn one_step_from_anywhere_is_the_plain_one_to_rounding(
        cells in prop::collection::vec((neurons(), -95.0..30.0f64, -30.0..30.0f64, -50.0..150.0f64), 1..40),
        dt in 0.01..1.0f64,
    ) {
        let (mut all, mut states, mut input) = (Vec::new(), Vec::new(), Vec::new());
        for (neuron, v, u, i) in cells {
            all.push(neuron);
            states.push(State { v, u });
            input.push(i);
        }
        agree_after_one_step(&all, &states, &input, dt);
    }
}

#[test]
fn one_step_of_the_published_cells_is_the_plain_one_to_rounding() {
    // 130: two blocks, the second with a part of a vector. v up to the peak, so that many spike and are reset.
    for (n, dt) in [(1, 0.5), (7, 0.1), (130, 0.25), (130, 1.0)] {
        let neurons: Vec<_> = (0..n).map(|i| CELL_TYPES[i % 7].neuron).collect();
        let part = |i: usize, step: f64| (step * i as f64).fract();
        let states: Vec<_> =
            (0..n).map(|i| State { v: -80.0 + 110.0 * part(i, 0.618), u: -16.0 + 20.0 * part(i, 0.755) }).collect();
        let input: Vec<_> = (0..n).map(|i| -10.0 + 40.0 * part(i, 0.57)).collect();
        let spiked = agree_after_one_step(&neurons, &states, &input, dt);
        assert!(n < 100 || spiked > 50, "{spiked}");
    }
}

/// A neuron under the `inputs` of its steps by the plain form: states at the start of each step, and where it spikes.
fn trajectory(stepper: Form, n: &Neuron, mut state: State, inputs: &[f64], dt: f64) -> (Vec<State>, Vec<bool>) {
    let (mut states, mut spikes) = (Vec::new(), Vec::new());
    for &input in inputs {
        states.push(state);
        let [v, u] = plain(stepper, n, [Dual(state.v, [1.0, 0.0]), Dual(state.u, [0.0, 1.0])], input, dt);
        spikes.push(v.0 >= n.peak);
        state = if v.0 >= n.peak { State { v: n.c, u: u.0 + n.d } } else { State { v: v.0, u: u.0 } };
    }
    (states, spikes)
}

/// The first step in which rounding may decide on a spike. What each step may round is carried to the end of a later one by the
/// derivatives of the steps between them (first order; a reset forgets v).
fn first_doubt(pair: (Form, Form), n: &Neuron, states: &[State], inputs: &[f64], dt: f64, single: bool) -> usize {
    let rooms: Vec<_> = states.iter().zip(inputs).map(|(s, i)| room(pair, n, *s, *i, dt, single)).collect();
    let jacobians: Vec<[[f64; 2]; 2]> = states
        .iter()
        .zip(inputs)
        .map(|(s, i)| plain(pair.0, n, [Dual(s.v, [1.0, 0.0]), Dual(s.u, [0.0, 1.0])], *i, dt).map(|x| x.1))
        .collect();
    for k in 0..states.len() {
        let mut reach = rooms[k].crossing;
        let mut row = jacobians[k][0];
        for m in (0..k).rev() {
            reach += row[0].abs() * rooms[m].v + row[1].abs() * rooms[m].u;
            let [dv, du] = jacobians[m];
            let from_v = if rooms[m].v_end >= n.peak { 0.0 } else { row[0] };
            row = [0, 1].map(|i| from_v * dv[i] + row[1] * du[i]);
        }
        if (rooms[k].v_end - n.peak).abs() <= reach {
            return k;
        }
    }
    states.len()
}

#[test]
fn spikes_are_in_the_same_steps_until_rounding_decides() {
    let dt = 0.5;
    let inputs: Vec<f64> = (0..2000).map(|k| 10.0 + 3.0 * (0.618_034 * f64::from(k / 7)).fract()).collect();
    // From spike to spike rounding grows, up to some twenty times: v near the peak by its steepness, and u by what v has become.
    for (single, least) in [(false, 1000), (true, 100)] {
        for pair in PAIRS {
            for cell in &CELL_TYPES[..1] {
                let (states, spiked) = trajectory(pair.0, &cell.neuron, cell.initial, &inputs, dt);
                let end = first_doubt(pair, &cell.neuron, &states, &inputs, dt, single);
                assert!(end >= least, "{}: {end}", pair.1);
                let expected: Vec<f64> = (0..end).filter(|k| spiked[*k]).map(|k| (k + 1) as f64 * dt).collect();
                assert!(expected.len() >= end / 120 && !expected.is_empty(), "{}: {}", pair.1, expected.len());
                // A new input with every call, of one step; and one call for as long as the input stays.
                for calls in [1, 7] {
                    let mut population = population(pair.1, &[cell.neuron], &[cell.initial], single);
                    let mut spikes = Vec::new();
                    for input in inputs.chunks(calls) {
                        population.advance(&input[..1], dt, input.len() as u64, &mut spikes).unwrap();
                    }
                    let times: Vec<f64> = spikes.iter().map(|s| s.t).filter(|t| *t <= end as f64 * dt).collect();
                    assert_eq!(times, expected, "{} {calls} {single}", pair.1);
                }
            }
        }
    }
}

#[test]
fn divergence_inside_a_call_is_flagged_at_its_step() {
    let rs = CELL_TYPES[0];
    // u grows without bound: a < 0 turns the recovery into an instability of e^{200 t}.
    let wild = Neuron { a: -200.0, ..rs.neuron };
    let mut neurons = vec![rs.neuron; 20];
    neurons[11] = wild;
    let states = vec![rs.initial; 20];
    let input = vec![10.0; 20];
    for (_, stepper) in PAIRS {
        for single in [false, true] {
            let mut many = population(stepper, &neurons, &states, single);
            let mut each = population(stepper, &neurons, &states, single);
            let mut calm = population(stepper, &[rs.neuron], &states[..1], single);
            let (mut spikes, mut spikes_of_each, mut calm_spikes) = (Vec::new(), Vec::new(), Vec::new());
            many.advance(&input, 0.5, 300, &mut spikes).unwrap();
            for _ in 0..300 {
                each.step(&input, 0.5, &mut spikes_of_each).unwrap();
            }
            calm.advance(&input[..1], 0.5, 300, &mut calm_spikes).unwrap();
            // The scale of the numbers inside a call is a power of two at this step: they overflow in the same step, or a step
            // of a factor of 100 later.
            let (a, b) = (many.diverged_at(11).unwrap(), each.diverged_at(11).unwrap());
            assert!((a - b).abs() <= 0.5 && a < 149.0, "{stepper:?} {single}: {a} {b}");
            for i in (0..20).filter(|i| *i != 11) {
                assert_eq!(many.diverged_at(i), None);
                assert_eq!(many.state(i), calm.state(0), "{stepper:?} {i}");
                let times: Vec<f64> = spikes.iter().filter(|s| s.neuron as usize == i).map(|s| s.t).collect();
                let expected: Vec<f64> = calm_spikes.iter().map(|s| s.t).collect();
                assert_eq!(times, expected);
            }
            // Once more: what has diverged stays so, and is not looked for again.
            many.advance(&input, 0.5, 100, &mut spikes).unwrap();
            assert_eq!(many.diverged_at(11), Some(a));
        }
    }
}

#[test]
fn many_spikes_come_in_the_same_order_for_any_number_of_threads() {
    // Some 40,000 spikes: enough to be put together by several threads.
    let n = 5000;
    let (neurons, states): (Vec<_>, Vec<_>) =
        (0..n).map(|i| &CELL_TYPES[i % 7]).map(|cell| (cell.neuron, cell.initial)).unzip();
    let input: Vec<f64> = (0..n).map(|i| 6.0 + 14.0 * (0.618_034 * i as f64).fract()).collect();
    for stepper in [Form::HalfStep, Form::HalfStepFused] {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut population = population(stepper, &neurons, &states, false);
                let mut spikes = Vec::new();
                for _ in 0..2 {
                    population.advance(&input, 0.5, 250, &mut spikes).unwrap();
                }
                (spikes, (0..n).map(|i| population.state(i)).collect::<Vec<_>>())
            })
        };
        let one = run(1);
        assert!(one.0.len() > 40_000, "{}", one.0.len());
        for threads in [2, 3] {
            assert!(run(threads) == one, "{stepper:?} {threads}");
        }
    }
}
