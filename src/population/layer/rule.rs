//! The rules with spikes on the grid, once for both precisions.
//!
//! Each is a straight line of operations on one neuron, which the loop over a block (`grid`) turns into vector instructions. The
//! order of operations is that of the same scheme alone ([`crate::scheme`]), where the formulas, orders and sources are; none is
//! fused, so that a neuron of a layer is the neuron alone, bit for bit, on every processor.
//!
//! **When not to use them:** for spike times, which come late by up to dt.

use crate::Neuron;
use crate::population::Real;
use crate::scheme::EvolutionOrder;
use crate::scheme::evolution::Panel;

/// Numbers that a rule keeps of a neuron; the last three are peak, c and d.
pub(super) const PARAMETERS: usize = 10;

/// A rule: one step of the smooth equations, spikes left out.
pub(super) trait Rule: Copy + Send + Sync + 'static {
    /// Whether a reset waits for the start of the next step, as in BindsNET.
    const RESETS_NEXT: bool = false;

    /// What it keeps of a neuron.
    fn parameters(neuron: &Neuron, _dt: f64) -> [f64; PARAMETERS] {
        let n = neuron;
        [n.a, n.b, n.b0, n.leak, n.k2, n.k1, n.k0, n.peak, n.c, n.d]
    }

    /// (v, u) after `dt` \[ms\] under the input `x` \[mV/ms\].
    fn advance<T: Real>(p: &[T; PARAMETERS], v: T, u: T, x: T, dt: T) -> (T, T);
}

/// As [`Neuron::dv`].
#[inline(always)]
fn dv<T: Real>(&[_, _, _, _, k2, k1, k0, ..]: &[T; PARAMETERS], v: T, u: T, x: T) -> T {
    k2 * v * v + k1 * v + k0 - u + x
}

/// As [`Neuron::du`].
#[inline(always)]
fn du<T: Real>(p: &[T; PARAMETERS], v: T, u: T) -> T {
    p[0] * recovery(p, v, u)
}

/// u' without its factor a.
#[inline(always)]
fn recovery<T: Real>(&[_, b, b0, leak, ..]: &[T; PARAMETERS], v: T, u: T) -> T {
    b * v + b0 - leak * u
}

macro_rules! rule {
    ($(#[$doc:meta])* $name:ident, |$p:ident, $v:ident, $u:ident, $x:ident, $dt:ident| $advance:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name;

        impl Rule for $name {
            #[inline(always)]
            fn advance<T: Real>($p: &[T; PARAMETERS], $v: T, $u: T, $x: T, $dt: T) -> (T, T) {
                $advance
            }
        }
    };
}

rule!(
    /// `euler`.
    Euler,
    |p, v, u, x, dt| (v + dt * dv(p, v, u, x), u + dt * du(p, v, u))
);

rule!(
    /// `nest-consistent`: Euler, but for the order of the products in u.
    NestConsistent,
    |p, v, u, x, dt| (v + dt * dv(p, v, u, x), u + dt * p[0] * recovery(p, v, u))
);

rule!(
    /// `euler-semi-implicit`.
    EulerSemiImplicit,
    |p, v, u, x, dt| {
        let v = v + dt * dv(p, v, u, x);
        (v, u + dt * du(p, v, u))
    }
);

rule!(
    /// `half-step`.
    HalfStep,
    |p, v, u, x, dt| {
        let v = half_steps(p, v, u, x, dt);
        (v, u + dt * du(p, v, u))
    }
);

rule!(
    /// `nest-published`: the half-step, but for the order of the products in u.
    NestPublished,
    |p, v, u, x, dt| {
        let v = half_steps(p, v, u, x, dt);
        (v, u + dt * p[0] * recovery(p, v, u))
    }
);

#[inline(always)]
fn half_steps<T: Real>(p: &[T; PARAMETERS], v: T, u: T, x: T, dt: T) -> T {
    let half = T::of(0.5) * dt;
    let v = v + half * dv(p, v, u, x);
    v + half * dv(p, v, u, x)
}

/// `bindsnet`: k2 (v v) for (k2 v) v, and the reset at the next step.
#[derive(Clone, Copy, Debug)]
pub(super) struct BindsNet;

impl Rule for BindsNet {
    const RESETS_NEXT: bool = true;

    #[inline(always)]
    fn advance<T: Real>(p: &[T; PARAMETERS], v: T, u: T, x: T, dt: T) -> (T, T) {
        let [_, _, _, _, k2, k1, k0, ..] = *p;
        let half = dt * T::of(0.5);
        let v = v + half * (k2 * (v * v) + k1 * v + k0 - u + x);
        let v = v + half * (k2 * (v * v) + k1 * v + k0 - u + x);
        (v, u + dt * p[0] * recovery(p, v, u))
    }
}

rule!(
    /// `rk2`, the midpoint rule.
    Midpoint,
    |p, v, u, x, dt| {
        let half = dt * T::of(0.5);
        let (v1, u1) = (v + dv(p, v, u, x) * half, u + du(p, v, u) * half);
        (v + dv(p, v1, u1, x) * dt, u + du(p, v1, u1) * dt)
    }
);

rule!(
    /// `heun`.
    Heun,
    |p, v, u, x, dt| {
        let half = T::of(0.5);
        let (v1, u1) = (dv(p, v, u, x), du(p, v, u));
        let (y, z) = (v + v1 * dt, u + u1 * dt);
        let (v2, u2) = (dv(p, y, z, x), du(p, y, z));
        (v + (v1 * half + v2 * half) * dt, u + (u1 * half + u2 * half) * dt)
    }
);

rule!(
    /// `rk4`.
    Rk4,
    |p, v, u, x, dt| {
        let half = dt * T::of(0.5);
        let (sixth, third) = (T::of(1.0 / 6.0), T::of(1.0 / 3.0));
        let (v1, u1) = (dv(p, v, u, x), du(p, v, u));
        let (y, z) = (v + v1 * half, u + u1 * half);
        let (v2, u2) = (dv(p, y, z, x), du(p, y, z));
        let (y, z) = (v + v2 * half, u + u2 * half);
        let (v3, u3) = (dv(p, y, z, x), du(p, y, z));
        let (y, z) = (v + v3 * dt, u + u3 * dt);
        let (v4, u4) = (dv(p, y, z, x), du(p, y, z));
        let v = v + (v1 * sixth + v2 * third + v3 * third + v4 * sixth) * dt;
        (v, u + (u1 * sixth + u2 * third + u3 * third + u4 * sixth) * dt)
    }
);

/// `evolution-1-recursive`: u by recursive convolution of v, rectangle rule. The convolution, the memory of u(0) and that of the
/// resets decay alike, so that u itself is the one number the recursion keeps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evolution1;

/// `evolution-2-recursive`: the same with product integration and v by the trapezoidal rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evolution2;

/// In the place of a, b, b0 and leak: the decay, the weights of v at the start and at the end, and the offset of a panel.
fn panel(n: &Neuron, order: EvolutionOrder, dt: f64) -> [f64; PARAMETERS] {
    let panel = Panel::new(n, order, dt);
    [panel.decay, panel.start, panel.end, panel.offset, n.k2, n.k1, n.k0, n.peak, n.c, n.d]
}

impl Rule for Evolution1 {
    fn parameters(neuron: &Neuron, dt: f64) -> [f64; PARAMETERS] {
        panel(neuron, EvolutionOrder::First, dt)
    }

    #[inline(always)]
    fn advance<T: Real>(p: &[T; PARAMETERS], v: T, u: T, x: T, dt: T) -> (T, T) {
        let [decay, start, _, offset, ..] = *p;
        (v + dt * dv(p, v, u, x), decay * u + offset + start * v)
    }
}

impl Rule for Evolution2 {
    fn parameters(neuron: &Neuron, dt: f64) -> [f64; PARAMETERS] {
        panel(neuron, EvolutionOrder::Second, dt)
    }

    #[inline(always)]
    fn advance<T: Real>(p: &[T; PARAMETERS], v: T, u: T, x: T, dt: T) -> (T, T) {
        let [decay, start, end, offset, ..] = *p;
        let known = decay * u + offset + start * v;
        let slope = dv(p, v, u, x);
        let euler = v + dt * slope;
        let v = v + T::of(0.5) * dt * (slope + dv(p, euler, known + end * euler, x));
        (v, known + end * v)
    }
}
