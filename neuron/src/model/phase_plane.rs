//! The phase plane under a constant input: nullclines, equilibria and where they are lost.
//!
//! With leak ≠ 0 an equilibrium has u = (b v + b0)/leak, and v solves k2 v² + B v + C = 0 with B = k1 − b/leak and
//! C = k0 + I − b0/leak. With leak = 0 it is the one point v = −b0/b of the v-nullcline.
//!
//! Source: E. M. Izhikevich, *Dynamical Systems in Neuroscience*, MIT Press (2007), ch. 4 and 8.

use std::fmt;

use nalgebra::{Complex, Matrix2};

use super::{Neuron, State};
use crate::error::{Error, Result, finite};

/// A neuron under a constant input, as a flow in the (v, u) plane. Spikes and resets are no part of it.
///
/// ```
/// use spikestep::{model::{EquilibriumKind, PhasePlane}, Neuron};
/// let plane = PhasePlane::new(Neuron::new(0.02, 0.2, -65.0, 8.0), 0.0)?;
/// let [rest, threshold] = plane.equilibria()[..] else { panic!("RS has two equilibria without input") };
/// assert!((rest.state.v + 70.0).abs() < 1e-12 && rest.kind == EquilibriumKind::StableNode);
/// assert!((threshold.state.v + 50.0).abs() < 1e-12 && threshold.kind == EquilibriumKind::Saddle);
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PhasePlane {
    neuron: Neuron,
    input: f64,
}

/// What the flow does near an equilibrium, by the eigenvalues of its linearisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EquilibriumKind {
    /// Real eigenvalues below zero.
    StableNode,
    /// Real eigenvalues above zero.
    UnstableNode,
    /// A complex pair with negative real part: damped oscillation.
    StableFocus,
    /// A complex pair with positive real part: growing oscillation.
    UnstableFocus,
    /// Real eigenvalues of both signs.
    Saddle,
    /// An imaginary pair, to rounding: the Andronov–Hopf point. The linearisation does not decide stability.
    Center,
    /// A zero eigenvalue, to rounding: the saddle-node point.
    Degenerate,
}

impl fmt::Display for EquilibriumKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::StableNode => "stable node",
            Self::UnstableNode => "unstable node",
            Self::StableFocus => "stable focus",
            Self::UnstableFocus => "unstable focus",
            Self::Saddle => "saddle",
            Self::Center => "center",
            Self::Degenerate => "degenerate",
        })
    }
}

/// A point where v' = u' = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equilibrium {
    /// The state (v, u) of the equilibrium.
    pub state: State,
    /// Eigenvalues of the Jacobian \[1/ms\], by real, then imaginary part.
    pub eigenvalues: [Complex<f64>; 2],
    /// The kind of equilibrium that the eigenvalues make it.
    pub kind: EquilibriumKind,
}

/// The curve u' = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UNullcline {
    /// u = slope · v + intercept, for leak ≠ 0.
    Line {
        /// The slope b/leak of the line \[1/ms\].
        slope: f64,
        /// The value b0/leak of the line at v = 0 \[mV/ms\].
        intercept: f64,
    },
    /// v = −b0/b \[mV\], for leak = 0.
    Vertical {
        /// The potential at which u rests.
        v: f64,
    },
    /// No point: leak = b = 0, and u grows everywhere.
    Empty,
}

/// Both nullclines as polylines of (v \[mV\], u \[mV/ms\]).
#[derive(Clone, Debug, PartialEq)]
pub struct Nullclines {
    /// The parabola v' = 0.
    pub v: Vec<(f64, f64)>,
    /// The line u' = 0; empty where there is none in the range.
    pub u: Vec<(f64, f64)>,
}

impl PhasePlane {
    /// The plane of `neuron` under a constant `input` \[mV/ms\].
    ///
    /// # Errors
    /// An invalid neuron, one whose field is not that of the quadratic form, an input that is not finite, or a recovery variable that never moves (a = 0, or
    /// b = b0 = leak = 0): its equilibria are not isolated.
    pub fn new(neuron: Neuron, input: f64) -> Result<Self> {
        neuron.validate()?;
        if !neuron.has_plain_field() {
            neuron.require_plain("the phase plane")?;
        }
        finite("input of the phase plane", input)?;
        if neuron.a == 0.0 || (neuron.b == 0.0 && neuron.b0 == 0.0 && neuron.leak == 0.0) {
            return Err(Error::invalid(
                "recovery equation",
                format!("a={}, b={}, b0={}, leak={}", neuron.a, neuron.b, neuron.b0, neuron.leak),
                "one in which u moves",
                "Give a non-zero a, and b or leak non-zero: otherwise every point of the v-nullcline is an equilibrium.",
            ));
        }
        Ok(PhasePlane { neuron, input })
    }

    /// u \[mV/ms\] on the v-nullcline at `v` \[mV\]: k2 v² + k1 v + k0 + I.
    pub fn v_nullcline(&self, v: f64) -> f64 {
        self.neuron.dv(State::new(v, 0.0), self.input)
    }

    /// The u-nullcline, on which u' = 0.
    pub fn u_nullcline(&self) -> UNullcline {
        let Neuron { b, b0, leak, .. } = self.neuron;
        if leak != 0.0 {
            UNullcline::Line { slope: b / leak, intercept: b0 / leak }
        } else if b != 0.0 {
            UNullcline::Vertical { v: -b0 / b }
        } else {
            UNullcline::Empty
        }
    }

    /// Both nullclines over `[v_min, v_max]` \[mV\], the parabola with `points` points.
    ///
    /// ```
    /// use spikestep::{model::PhasePlane, Neuron};
    /// let plane = PhasePlane::new(Neuron::new(0.02, 0.2, -65.0, 8.0), 0.0)?;
    /// let curves = plane.nullclines(-80.0, -40.0, 100)?;
    /// assert_eq!(curves.v.len(), 100);
    /// assert_eq!(curves.u, [(-80.0, -16.0), (-40.0, -8.0)]);
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// A range that is empty or not finite, or fewer than two points.
    pub fn nullclines(&self, v_min: f64, v_max: f64, points: usize) -> Result<Nullclines> {
        if !(v_min < v_max && v_min.is_finite() && v_max.is_finite()) {
            let given = format!("{v_min} to {v_max} mV");
            return Err(Error::invalid(
                "v range of the nullclines",
                given,
                "a finite range",
                "Give the lower end first.",
            ));
        }
        if points < 2 {
            return Err(Error::invalid("points of a nullcline", points, "2 or more", "Use 100 for a smooth curve."));
        }
        let at =
            |i: usize| if i + 1 == points { v_max } else { v_min + (v_max - v_min) * (i as f64 / (points - 1) as f64) };
        let parabola: Vec<_> = (0..points).map(at).map(|v| (v, self.v_nullcline(v))).collect();
        let line = match self.u_nullcline() {
            UNullcline::Line { slope, intercept } => [v_min, v_max].map(|v| (v, slope * v + intercept)).to_vec(),
            UNullcline::Vertical { v } if (v_min..=v_max).contains(&v) => {
                let us = parabola.iter().map(|p| p.1);
                vec![(v, us.clone().fold(f64::INFINITY, f64::min)), (v, us.fold(f64::NEG_INFINITY, f64::max))]
            }
            _ => Vec::new(),
        };
        Ok(Nullclines { v: parabola, u: line })
    }

    /// The Jacobian \[1/ms\] of the field (v', u') at `state`.
    pub fn jacobian(&self, state: State) -> Matrix2<f64> {
        let Neuron { a, b, k2, k1, leak, .. } = self.neuron;
        Matrix2::new(2.0 * k2 * state.v + k1, -1.0, a * b, -a * leak)
    }

    /// The equilibria, by increasing v: two, one or none.
    ///
    /// Two that coincide to within the rounding of the parameters are one, of kind
    /// [`Degenerate`](EquilibriumKind::Degenerate). One beyond the range of a double is left out.
    pub fn equilibria(&self) -> Vec<Equilibrium> {
        let Neuron { a, b, b0, k2, k1, k0, leak, .. } = self.neuron;
        let (slope, intercept) = match self.u_nullcline() {
            UNullcline::Line { slope, intercept } => (slope, intercept),
            // det J = a b: the roots of the quadratic have no part in it.
            UNullcline::Vertical { v } => {
                let state = State::new(v, self.v_nullcline(v));
                return self.equilibrium(state, a * b, 2.0 * f64::EPSILON * v.abs()).into_iter().collect();
            }
            UNullcline::Empty => return Vec::new(),
        };
        let on_line = |v: f64| State::new(v, (b * v + b0) / leak);
        let (linear, constant) = (k1 - slope, k0 + self.input - intercept);
        // W. Kahan's discriminant: the fused products give it without the cancellation of B² − 4 k2 C.
        let product = 4.0 * k2 * constant;
        let discriminant = linear.mul_add(linear, -product) + (-4.0 * k2).mul_add(constant, product);
        // What is left is the rounding of k2, k1, k0, b, b0, leak and I to doubles and of B and C: each parameter is off by
        // ε/2 of itself and enters at most three times; first order in ε, the sum stays below this.
        let uncertainty = 8.0
            * f64::EPSILON
            * (linear.abs() * (k1.abs() + slope.abs()) + 2.0 * k2 * (k0.abs() + self.input.abs() + intercept.abs()));
        if discriminant.abs() <= uncertainty {
            return self.equilibrium(on_line(-linear / (2.0 * k2)), 0.0, 0.0).into_iter().collect();
        }
        if discriminant.is_nan() || discriminant < 0.0 {
            return Vec::new();
        }
        let root = discriminant.sqrt();
        // The root without cancellation first, the other one from the product of the roots.
        let q = -0.5 * (linear + root.copysign(linear));
        let (one, other) = (q / k2, constant / q);
        let (low, high) = (one.min(other), one.max(other));
        // 2 k2 v + B = ±√D at the roots, so det J = −a leak (±√D) without cancellation.
        [(low, -root), (high, root)]
            .into_iter()
            .filter_map(|(v, derivative)| {
                let error = uncertainty / (4.0 * k2 * root) + 2.0 * f64::EPSILON * v.abs();
                self.equilibrium(on_line(v), -a * leak * derivative, error)
            })
            .collect()
    }

    /// The equilibrium at `state`, known to `v_error` mV, with the determinant of its Jacobian.
    fn equilibrium(&self, state: State, determinant: f64, v_error: f64) -> Option<Equilibrium> {
        let jacobian = self.jacobian(state);
        if !state.is_finite() || !jacobian.iter().all(|entry| entry.is_finite()) {
            return None;
        }
        let found = jacobian.complex_eigenvalues();
        let mut eigenvalues = [found[0], found[1]];
        eigenvalues.sort_by(|x, y| x.re.total_cmp(&y.re).then(x.im.total_cmp(&y.im)));

        let Neuron { a, k2, k1, leak, .. } = self.neuron;
        let trace = jacobian.trace();
        // Rounding of 2 k2 v + k1 − a leak (three products and sums of rounded parameters), and of v itself.
        let trace_error =
            2.0 * k2 * v_error + 2.0 * f64::EPSILON * (2.0 * k2 * state.v.abs() + k1.abs() + (a * leak).abs());
        let kind = if determinant == 0.0 {
            EquilibriumKind::Degenerate
        } else if determinant < 0.0 {
            EquilibriumKind::Saddle
        } else if trace.abs() <= trace_error {
            EquilibriumKind::Center
        } else {
            match (eigenvalues[0].im != 0.0, trace < 0.0) {
                (false, true) => EquilibriumKind::StableNode,
                (false, false) => EquilibriumKind::UnstableNode,
                (true, true) => EquilibriumKind::StableFocus,
                (true, false) => EquilibriumKind::UnstableFocus,
            }
        };
        Some(Equilibrium { state, eigenvalues, kind })
    }
}

/// The input \[mV/ms\] at which the two equilibria meet and vanish, B²/(4 k2) − k0 + b0/leak: there are two below it and
/// none above. `None` for leak = 0, where there is one equilibrium at every input.
///
/// ```
/// use spikestep::{model::saddle_node_input, Neuron};
/// // RS rests up to 4.8²/0.16 − 140 = 4 mV/ms.
/// assert!((saddle_node_input(&Neuron::new(0.02, 0.2, -65.0, 8.0)).unwrap() - 4.0).abs() < 1e-12);
/// ```
pub fn saddle_node_input(neuron: &Neuron) -> Option<f64> {
    let Neuron { b, b0, k2, k1, k0, leak, .. } = *neuron;
    let linear = k1 - b / leak;
    Some(linear * linear / (4.0 * k2) - k0 + b0 / leak).filter(|input| input.is_finite())
}

/// The input \[mV/ms\] at which an equilibrium changes stability with an imaginary pair of eigenvalues (Andronov–Hopf):
/// trace J = 0 at v = (a leak − k1)/(2 k2), where det J = a (b − a leak²) must be positive. `None` where it is not, or
/// leak = 0. A resonator loses its rest here, below the saddle-node.
///
/// ```
/// use spikestep::{model::hopf_input, Neuron};
/// assert!((hopf_input(&Neuron::new(0.1, 0.26, -65.0, 2.0)).unwrap() - 0.2625).abs() < 1e-12); // RZ
/// assert_eq!(hopf_input(&Neuron::new(0.1, 0.05, -65.0, 2.0)), None);
/// ```
pub fn hopf_input(neuron: &Neuron) -> Option<f64> {
    let Neuron { a, b, b0, k2, k1, k0, leak, .. } = *neuron;
    if a * (b - a * leak * leak) <= 0.0 {
        return None;
    }
    let v = (a * leak - k1) / (2.0 * k2);
    Some((b * v + b0) / leak - (k2 * v + k1) * v - k0).filter(|input| input.is_finite())
}
