//! One window as a fixed-point problem for u at its nodes, u = P(u), and the derivative of P.
//!
//! P takes u at the nodes, solves the first equation for v (panel by panel, order 4), and convolves: what is known of u
//! (start, resets, earlier windows) plus κ ∗ x, x = gain v + offset − leak u, by FFT. On a panel u is the cubic through four nodes
//! none of which is later than its end (but for the first panels of a stretch): a node depends on no later one.
//!
//! After v has reached the peak it is held there, so that P is defined on the whole window; no node before the spike depends on
//! what follows.

use super::super::reconstruction::Reconstruction;
use super::super::recovery::Recovery;
use super::history::{Coefficients, History, Toeplitz};
use super::panel::{Flow, GAUSS_OFFSET, flow, flow_to, parabola};
use crate::model::{Neuron, Side, Stimulus};

/// Rounds of the iteration that closes a cut panel: it contracts like h².
const ROUNDS: usize = 30;

/// What is solved.
#[derive(Clone, Copy)]
pub(super) struct Equation<'a> {
    pub(super) neuron: &'a Neuron,
    pub(super) recovery: &'a Recovery,
    pub(super) stimulus: &'a Stimulus,
}

impl Equation<'_> {
    pub(super) fn w(&self, v: f64) -> f64 {
        self.neuron.k2 * v + 0.5 * self.neuron.k1
    }

    fn v(&self, w: f64) -> f64 {
        (w - 0.5 * self.neuron.k1) / self.neuron.k2
    }

    /// K without u at the Gauss points of a panel.
    fn free_k(&self, start: f64, length: f64) -> [f64; 2] {
        let n = self.neuron;
        [0.5 - GAUSS_OFFSET, 0.5 + GAUSS_OFFSET].map(|x| {
            // A panel ends where the input is not smooth, so that either side does.
            let input = self.stimulus.value(start + x * length, Side::After);
            n.k2 * (n.k0 + input) - 0.25 * n.k1 * n.k1
        })
    }

    /// x on a panel from v there and the polynomial of u.
    fn x(&self, v: [f64; 2], mean: f64, u: Coefficients) -> Coefficients {
        let Recovery { gain, offset, leak, .. } = *self.recovery;
        let v = parabola(v[0], v[1], mean);
        let mut x = [0, 1, 2, 3].map(|k| gain * v[k] - leak * u[k]);
        x[0] += offset;
        x
    }
}

/// The cubic of u on a panel, linear in the nodes: polynomials that are 1 at one node and 0 at the others.
#[derive(Clone, Debug)]
struct Stencil {
    first: usize,
    basis: Vec<Coefficients>,
}

impl Stencil {
    /// For panel `j`, from node j to j + 1.
    fn new(times: &[f64], j: usize) -> Self {
        let count = times.len().min(4);
        let first = (j + 2).saturating_sub(count);
        let nodes = &times[first..first + count];
        let basis = (0..count).map(|i| {
            let mut unit = [0.0; 4];
            unit[i] = 1.0;
            Reconstruction::Cubic.polynomial(nodes, &unit[..count], j - first)
        });
        Stencil { first, basis: basis.collect() }
    }

    fn polynomial(&self, u: &[f64]) -> Coefficients {
        let mut c = [0.0; 4];
        for (basis, &u) in self.basis.iter().zip(&u[self.first..]) {
            c.iter_mut().zip(basis).for_each(|(c, b)| *c += b * u);
        }
        c
    }
}

/// A polynomial in y at the Gauss points, in order of time.
fn at_gauss(c: Coefficients) -> [f64; 2] {
    [0.5 + GAUSS_OFFSET, 0.5 - GAUSS_OFFSET].map(|y| c[0] + y * (c[1] + y * (c[2] + y * c[3])))
}

/// A window of whole steps. Nodes are counted from the first of `times`; the window begins at node `before`.
pub(super) struct Window<'a> {
    equation: Equation<'a>,
    history: &'a History,
    resets: &'a [f64],
    dt: f64,
    times: Vec<f64>,
    before: usize,
    v0: f64,
    known: Vec<f64>,
    stencils: Vec<Stencil>,
    free_k: Vec<[f64; 2]>,
    toeplitz: &'a Toeplitz,
}

/// v on a window for given u.
pub(super) struct Sweep {
    /// v at the nodes; from the spike on the peak.
    pub(super) v: Vec<f64>,
    flows: Vec<Flow>,
    /// x on the panels.
    pub(super) x: Vec<Coefficients>,
}

impl Sweep {
    /// Whole panels before the spike.
    pub(super) fn panels(&self) -> usize {
        self.flows.len()
    }
}

/// The end of a window: a panel that is cut by a spike or by the window's end.
pub(super) struct Closed {
    pub(super) length: f64,
    pub(super) v: f64,
    pub(super) u: f64,
    pub(super) x: Coefficients,
    pub(super) spike: bool,
}

/// Where a window begins: v there, and up to three nodes (t, u) of the stretch that it continues, the last of which is its start.
pub(super) struct Start<'a> {
    pub(super) v: f64,
    pub(super) nodes: &'a [(f64, f64)],
}

impl<'a> Window<'a> {
    /// `steps` steps from `start` on, after spikes at `resets`; `toeplitz` holds the moments of the kernel for as many steps.
    pub(super) fn new(
        equation: Equation<'a>,
        history: &'a History,
        resets: &'a [f64],
        toeplitz: &'a Toeplitz,
        (dt, steps): (f64, usize),
        start: &Start<'_>,
    ) -> Self {
        let before = start.nodes.len() - 1;
        let t0 = start.nodes[before].0;
        let mut times: Vec<f64> = start.nodes.iter().map(|node| node.0).collect();
        times.extend((1..=steps).map(|i| t0 + i as f64 * dt));
        let mut known = history.on_grid(t0, dt, steps);
        for (known, &t) in known.iter_mut().zip(&times[before..]) {
            *known += given(equation.recovery, resets, t);
        }
        let stencils = (0..steps).map(|j| Stencil::new(&times, before + j)).collect();
        let free_k = times[before..].iter().take(steps).map(|&t| equation.free_k(t, dt)).collect();
        Window { equation, history, resets, dt, times, before, v0: start.v, known, stencils, free_k, toeplitz }
    }

    /// Number of whole steps.
    pub(super) fn steps(&self) -> usize {
        self.stencils.len()
    }

    /// Nodes of the earlier stretch before the window's own.
    pub(super) fn before(&self) -> usize {
        self.before
    }

    /// v for `u` at all nodes.
    pub(super) fn sweep(&self, u: &[f64]) -> Sweep {
        let Equation { neuron, .. } = self.equation;
        let peak = self.equation.w(neuron.peak);
        let mut sweep = Sweep { v: vec![self.v0], flows: Vec::new(), x: Vec::new() };
        let mut w = self.equation.w(self.v0);
        let mut spiked = false;
        for (stencil, free) in self.stencils.iter().zip(&self.free_k) {
            let (u, v) = (stencil.polynomial(u), sweep.v[sweep.v.len() - 1]);
            let k = if spiked { None } else { Some(at_gauss(u)) };
            let found = k.and_then(|u| flow(w, [free[0] - neuron.k2 * u[0], free[1] - neuron.k2 * u[1]], self.dt));
            let (end, mean) = match found.filter(|f| f.end < peak) {
                Some(f) => {
                    w = f.end;
                    sweep.flows.push(f);
                    (self.equation.v(f.end), self.equation.v(f.mean))
                }
                None => {
                    spiked = true;
                    (neuron.peak, 0.5 * (v + neuron.peak))
                }
            };
            sweep.x.push(self.equation.x([v, end], mean, u));
            sweep.v.push(end);
        }
        sweep
    }

    /// P: u at all nodes from x on the panels.
    pub(super) fn convolve(&self, sweep: &Sweep, u: &[f64]) -> Vec<f64> {
        let mut next = u[..=self.before].to_vec();
        let sums = self.toeplitz.apply(&sweep.x);
        next.extend(self.known[1..].iter().zip(sums).map(|(known, sum)| known + sum));
        next
    }

    /// P'(u) z for a change `z` of u at the window's nodes 1, 2, …, as many as there are; the same number of values.
    pub(super) fn derivative(&self, sweep: &Sweep, z: &[f64]) -> Vec<f64> {
        let Equation { neuron, recovery, .. } = self.equation;
        let mut change = vec![0.0; self.times.len()];
        change[self.before + 1..=self.before + z.len()].copy_from_slice(z);
        let (mut w, mut x) = (0.0, Vec::with_capacity(z.len()));
        for (j, stencil) in self.stencils.iter().enumerate().take(z.len()) {
            let u = stencil.polynomial(&change);
            let (start, mut mean) = (w, 0.0);
            w = 0.0;
            if let Some(flow) = sweep.flows.get(j) {
                let k = at_gauss(u).map(|u| -neuron.k2 * u);
                w = flow.by_start[0] * start + flow.by_k[0][0] * k[0] + flow.by_k[1][0] * k[1];
                mean = flow.by_start[1] * start + flow.by_k[0][1] * k[0] + flow.by_k[1][1] * k[1];
            }
            let v = parabola(start, w, mean);
            x.push([0, 1, 2, 3].map(|k| recovery.gain * v[k] / neuron.k2 - recovery.leak * u[k]));
        }
        let mut sums = self.toeplitz.apply(&x);
        sums.truncate(z.len());
        sums
    }

    /// The panel after `panels` whole ones, at most `longest` ms, up to the spike if there is one in it: u at its end by iteration,
    /// as in marching. `None` where v passes through infinity.
    pub(super) fn close(&self, panels: usize, u: &[f64], sweep: &Sweep, longest: f64) -> Option<Closed> {
        let Equation { neuron, recovery, .. } = self.equation;
        let from = self.before + panels;
        let (t0, v0) = (self.times[from], sweep.v[panels]);
        let (w0, peak) = (self.equation.w(v0), self.equation.w(neuron.peak));
        let first = (from + 1).saturating_sub(3);
        let mut nodes = self.times[first..=from].to_vec();
        let mut values = u[first..=from].to_vec();
        // Without slope to begin with.
        nodes.push(t0 + longest);
        values.push(u[from]);
        let last = values.len() - 1;
        let (mut length, mut closed) = (longest, None);
        for _ in 0..ROUNDS {
            let stencil = Stencil::new(&nodes, last - 1);
            let c = stencil.polynomial(&values);
            // The cubic as it is in the panel's own y, on the part of it that is asked for.
            let panel = length;
            let k = |part: f64| {
                let free = self.equation.free_k(t0, part);
                [0, 1].map(|g| {
                    let x = if g == 0 { 0.5 - GAUSS_OFFSET } else { 0.5 + GAUSS_OFFSET };
                    let y = 1.0 - x * part / panel;
                    free[g] - neuron.k2 * (c[0] + y * (c[1] + y * (c[2] + y * c[3])))
                })
            };
            let reached = flow_to(w0, peak, longest, k);
            let spike = reached.is_some();
            let (next, found) = match reached {
                Some(reached) => reached,
                None => (longest, flow(w0, k(longest), longest)?),
            };
            if next <= 0.0 {
                return None;
            }
            let end = t0 + next;
            let v = if spike { neuron.peak } else { self.equation.v(found.end) };
            // u on the panel that was found, in its own y.
            nodes[last] = end;
            let u_panel = Stencil::new(&nodes, last - 1).polynomial(&values);
            let x = self.equation.x([v0, v], self.equation.v(found.mean), u_panel);
            let inside = |(j, &x): (usize, &Coefficients)| {
                let lag = (panels - 1 - j) as f64 * self.dt + next;
                super::super::panel_convolution::dot(recovery.kernel.moments(lag, self.dt), x)
            };
            let u_end = given(recovery, self.resets, end)
                + self.history.at(end, self.dt)
                + sweep.x[..panels].iter().enumerate().map(inside).sum::<f64>()
                + super::super::panel_convolution::dot(recovery.kernel.moments(0.0, next), x);
            let moved = (u_end - values[last]).abs();
            let settled = moved <= 1e-14 * (1.0 + u_end.abs()) && (next - length).abs() <= 1e-13 * longest;
            values[last] = u_end;
            length = next;
            closed = Some(Closed { length, v, u: u_end, x, spike });
            if settled || !u_end.is_finite() {
                break;
            }
        }
        closed
    }

    /// u held at its value at the start: what every iteration begins with.
    pub(super) fn guess(&self, start: &Start<'_>) -> Vec<f64> {
        let mut u: Vec<f64> = start.nodes.iter().map(|node| node.1).collect();
        u.resize(self.times.len(), u[self.before]);
        u
    }

    /// Times of the window's own nodes \[ms\].
    pub(super) fn times(&self) -> &[f64] {
        &self.times[self.before..]
    }
}

/// What the start and the resets give to u(t).
pub(super) fn given(recovery: &Recovery, resets: &[f64], t: f64) -> f64 {
    recovery.initial.value(t) + resets.iter().map(|&reset| recovery.jump.value(t - reset)).sum::<f64>()
}
