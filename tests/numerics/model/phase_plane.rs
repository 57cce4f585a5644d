//! Equilibria, their eigenvalues and their kinds.

use proptest::prelude::*;
use spikestep::model::{
    CellType, EquilibriumKind, FiringPattern, PhasePlane, UNullcline, hopf_input, saddle_node_input,
};
use spikestep::{Neuron, State};

fn any_neuron() -> impl Strategy<Value = Neuron> {
    neuron_with(prop_oneof![Just(1.0), Just(0.0), -2.0..2.0])
}

/// A neuron whose u-nullcline is a line, and not so steep that its slope b/leak drowns the other terms.
fn leaky_neuron() -> impl Strategy<Value = Neuron> {
    neuron_with(prop_oneof![Just(1.0), 0.1..2.0, -2.0..-0.1])
}

fn neuron_with(leak: impl Strategy<Value = f64>) -> impl Strategy<Value = Neuron> {
    let recovery = (prop_oneof![0.001..0.3, -0.3..-0.001], -1.0..1.0, -80.0..80.0, leak);
    let parabola = (0.005..0.1, 1.0..9.0, 20.0..250.0);
    (recovery, parabola).prop_map(|((a, b, b0, leak), (k2, k1, k0))| Neuron {
        a,
        b,
        b0,
        leak,
        k2,
        k1,
        k0,
        ..Neuron::new(0.02, 0.2, -65.0, 8.0)
    })
}

/// The sum of the absolute terms of v' at an equilibrium, with u as its own two terms.
fn terms(n: &Neuron, v: f64, input: f64) -> f64 {
    let u = if n.leak == 0.0 { 0.0 } else { ((n.b * v).abs() + n.b0.abs()) / n.leak.abs() };
    n.k2 * v * v + (n.k1 * v).abs() + n.k0.abs() + input.abs() + u
}

proptest! {
    #[test]
    fn the_field_vanishes_at_an_equilibrium(n in any_neuron(), input in -200.0..200.0) {
        for e in PhasePlane::new(n, input).unwrap().equilibria() {
            // The roots are exact for coefficients off by four units of rounding (B, C, the discriminant, the last product),
            // or by 8 ε where two roots are taken as one; u passes three roundings, and the field eight: below 16 ε of its
            // terms. u' has four roundings.
            let residual = n.field(e.state, input);
            prop_assert!(residual.v.abs() <= 16.0 * f64::EPSILON * terms(&n, e.state.v, input), "{e:?} {residual:?}");
            let moving = n.a.abs() * ((n.b * e.state.v).abs() + n.b0.abs() + (n.leak * e.state.u).abs());
            prop_assert!(residual.u.abs() <= 4.0 * f64::EPSILON * moving, "{e:?} {residual:?}");
        }
    }

    #[test]
    fn the_eigenvalues_have_the_trace_and_determinant_of_the_jacobian(n in any_neuron(), input in -200.0..200.0) {
        let plane = PhasePlane::new(n, input).unwrap();
        for e in plane.equilibria() {
            let jacobian = plane.jacobian(e.state);
            let [one, other] = e.eigenvalues;
            // A backward stable method has the eigenvalues of J + E, |E| of some ε |J|; 16 allows for its few rotations.
            let size = jacobian.norm();
            prop_assert!((one + other - jacobian.trace()).norm() <= 16.0 * f64::EPSILON * size);
            prop_assert!((one * other - jacobian.determinant()).norm() <= 32.0 * f64::EPSILON * size * size);
            prop_assert!(one.re <= other.re && one.im == -other.im);
        }
    }

    #[test]
    fn two_equilibria_below_the_saddle_node_none_above(n in leaky_neuron(), distance in 1e-6..100.0f64) {
        // The discriminant, 4 k2 · distance > 2e-8, is beyond its rounding: 8 ε (|B| (|k1| + |b/leak|) + 2 k2 (|k0| + |I| +
        // |b0/leak|)) with |B| < 19, and with k2 |I| < 19²/4 + 0.1 (250 + 800), is below 8 ε (19² + 800) = 2e-12.
        let edge = saddle_node_input(&n).unwrap();
        let below = PhasePlane::new(n, edge - distance).unwrap().equilibria();
        prop_assert_eq!(below.len(), 2);
        prop_assert!(below[0].state.v < below[1].state.v);
        // det J = ∓ a leak √D: one of the two is the saddle, the upper one where a leak > 0.
        let saddle = |i: usize| below[i].kind == EquilibriumKind::Saddle;
        prop_assert!(saddle((n.a * n.leak > 0.0) as usize) && !saddle((n.a * n.leak < 0.0) as usize));
        prop_assert!(PhasePlane::new(n, edge + distance).unwrap().equilibria().is_empty());
        let at = PhasePlane::new(n, edge).unwrap().equilibria();
        prop_assert!(at.len() == 1 && at[0].kind == EquilibriumKind::Degenerate, "{at:?}");
    }

    #[test]
    fn a_resonator_has_a_center_at_the_hopf_input(n in leaky_neuron(), excess in 0.001..1.0f64) {
        // det J = a (b − a leak²) > 0 with b this far beyond its edge, on the side of the sign of a.
        let n = Neuron { b: n.a * n.leak * n.leak + excess * n.a.signum(), ..n };
        let input = hopf_input(&n).unwrap();
        let equilibria = PhasePlane::new(n, input).unwrap().equilibria();
        let centers = equilibria.iter().filter(|e| e.kind == EquilibriumKind::Center);
        prop_assert_eq!(centers.count(), 1, "{:?}", equilibria);
        let integrator = Neuron { b: n.a * n.leak * n.leak - excess * n.a.signum(), ..n };
        prop_assert_eq!(hopf_input(&integrator), None);
    }

    #[test]
    fn the_nullclines_cross_at_the_equilibria(n in any_neuron(), input in -200.0..200.0) {
        let plane = PhasePlane::new(n, input).unwrap();
        for e in plane.equilibria() {
            let State { v, u } = e.state;
            let allowed = 16.0 * f64::EPSILON * terms(&n, v, input);
            prop_assert!((plane.v_nullcline(v) - u).abs() <= allowed);
            match plane.u_nullcline() {
                UNullcline::Line { slope, intercept } => prop_assert!((slope * v + intercept - u).abs() <= allowed),
                UNullcline::Vertical { v: at } => prop_assert_eq!(at, v),
                UNullcline::Empty => prop_assert!(false),
            }
        }
    }
}

/// Checks v \[mV\] and kind of every equilibrium.
fn expect(neuron: Neuron, input: f64, expected: &[(f64, EquilibriumKind)]) {
    let found = PhasePlane::new(neuron, input).unwrap().equilibria();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (e, (v, kind)) in found.iter().zip(expected) {
        // The closed forms have √D ≥ 0.02 and terms of the quadratic up to 2 · 154: 300 · 16 ε / 0.02 < 1e-10.
        assert!((e.state.v - v).abs() < 1e-10, "{e:?}");
        assert_eq!(e.kind, *kind, "{e:?}");
    }
}

#[test]
fn the_closed_forms_of_the_published_cells() {
    use EquilibriumKind::*;
    let rs = CellType::find("RS").unwrap().neuron;
    let rz = CellType::find("RZ").unwrap().neuron;
    // v = (−B ± √D)/0.08 with B = 4.8 and D = 0.64 for RS; B = 4.74 and D = 0.0676 − 0.16 I for RZ.
    expect(rs, 0.0, &[(-70.0, StableNode), (-50.0, Saddle)]);
    expect(rs, 4.0, &[(-60.0, Degenerate)]);
    expect(rs, 4.1, &[]);
    expect(rz, 0.0, &[(-62.5, StableFocus), (-56.0, Saddle)]);
    expect(rz, 0.2625, &[(-61.25, Center), (-57.25, Saddle)]);
    expect(rz, 0.3, &[(-61.0, UnstableFocus), (-57.5, Saddle)]);
    expect(rz, 0.42, &[(-59.5, UnstableNode), (-59.0, Saddle)]);
    // S has a < 0: its rest is the upper equilibrium.
    let root = 0.8f64.sqrt();
    let s = FiringPattern::find('S').unwrap().neuron;
    expect(s, 80.0, &[((-6.0 - root) / 0.08, Saddle), ((-6.0 + root) / 0.08, StableFocus)]);
    // R has leak = 0: one equilibrium at every input.
    let r = FiringPattern::find('R').unwrap().neuron;
    expect(r, 0.0, &[(-65.0, StableFocus)]);
    assert_eq!(saddle_node_input(&r), None);
    assert_eq!(hopf_input(&r), None);
}

#[test]
fn eigenvalues_of_the_resonator_at_rest() {
    let rz = CellType::find("RZ").unwrap().neuron;
    let rest = PhasePlane::new(rz, 0.0).unwrap().equilibria()[0];
    // At v = −62.5: trace −0.1, determinant 0.1 · 0.26. Rounding of v, 1e-10 as above, moves 2 k2 v by 1e-11.
    let omega = (0.026f64 - 0.0025).sqrt();
    for (eigenvalue, sign) in rest.eigenvalues.iter().zip([-1.0, 1.0]) {
        assert!((eigenvalue.re + 0.05).abs() < 1e-11 && (eigenvalue.im - sign * omega).abs() < 1e-10, "{eigenvalue}");
    }
}

#[test]
fn sampled_nullclines_and_refusals() {
    let rs = CellType::find("RS").unwrap().neuron;
    let curves = PhasePlane::new(rs, 0.0).unwrap().nullclines(-80.0, -40.0, 5).unwrap();
    assert_eq!(curves.v.iter().map(|p| p.0).collect::<Vec<_>>(), [-80.0, -70.0, -60.0, -50.0, -40.0]);
    assert_eq!(curves.u, [(-80.0, -16.0), (-40.0, -8.0)]);
    let r = FiringPattern::find('R').unwrap().neuron;
    let plane = PhasePlane::new(r, 0.0).unwrap();
    let curves = plane.nullclines(-80.0, -40.0, 41).unwrap();
    assert!(curves.u.len() == 2 && curves.u.iter().all(|p| p.0 == -65.0) && curves.u[0].1 < curves.u[1].1);
    assert!(plane.nullclines(-60.0, -40.0, 41).unwrap().u.is_empty());
    assert!(plane.nullclines(-40.0, -80.0, 41).is_err());
    assert!(plane.nullclines(-80.0, -40.0, 1).is_err());
    assert!(PhasePlane::new(rs, f64::NAN).is_err());
    assert!(PhasePlane::new(Neuron { a: 0.0, ..rs }, 0.0).is_err());
    assert!(PhasePlane::new(Neuron { b: 0.0, leak: 0.0, ..rs }, 0.0).is_err());
    let grows = PhasePlane::new(Neuron { b: 0.0, b0: 1.0, leak: 0.0, ..rs }, 0.0).unwrap();
    assert!(grows.equilibria().is_empty() && grows.u_nullcline() == UNullcline::Empty);
}
