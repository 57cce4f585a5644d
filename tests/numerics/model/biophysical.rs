//! The 2007 form against its own equations.

use proptest::prelude::*;
use spikestep::State;
use spikestep::model::{BIOPHYSICAL_CELLS, Biophysical, Extension};

fn any_cell() -> impl Strategy<Value = Biophysical> {
    let shape = (10.0..300.0, 0.1..3.0, -90.0..-50.0, 5.0..40.0);
    let recovery = (prop_oneof![-0.2..-0.001, 0.001..0.3], -5.0..20.0, -70.0..-30.0, -50.0..200.0, 0.0..60.0);
    (shape, recovery).prop_map(|((capacitance, k, v_r, gap), (a, b, c, d, v_peak))| Biophysical {
        capacitance,
        k,
        v_r,
        v_t: v_r + gap,
        a,
        b,
        c,
        d,
        v_peak,
        k_low: None,
        extension: Extension::NONE,
    })
}

proptest! {
    #[test]
    fn the_converted_field_is_the_2007_field(cell in any_cell(), v in -150.0..60.0f64, current in -500.0..500.0f64, input in -500.0..500.0f64) {
        let (neuron, capacitance) = (cell.neuron(), cell.capacitance);
        let state = State::new(v, current / capacitance);
        let dv = (cell.k * (v - cell.v_r) * (v - cell.v_t) - current + input) / capacitance;
        let du = cell.a * (cell.b * (v - cell.v_r) - current) / capacitance;
        // Every term passes at most eight roundings on either side (three in its coefficient, one in a product, four in
        // the sums): 16 units of rounding, 8 ε, of the sum of absolute terms.
        let (v_r, v_t) = (cell.v_r.abs(), cell.v_t.abs());
        let terms = (cell.k * (v.abs() + v_r) * (v.abs() + v_t) + current.abs() + input.abs()) / capacitance;
        prop_assert!((neuron.dv(state, input * cell.input_factor()) - dv).abs() <= 8.0 * f64::EPSILON * terms);
        let terms = cell.a.abs() * (cell.b.abs() * (v.abs() + v_r) + current.abs()) / capacitance;
        prop_assert!((neuron.du(state) - du).abs() <= 8.0 * f64::EPSILON * terms);
        let after = neuron.reset(state);
        prop_assert_eq!(after.v, cell.c);
        let jump = cell.recovery_current(after.u) - (current + cell.d);
        prop_assert!(jump.abs() <= 4.0 * f64::EPSILON * (current.abs() + cell.d.abs()));
    }

    #[test]
    fn a_cell_returns_from_its_neuron(cell in any_cell(), gap in 1.0..60.0f64) {
        // v_r is the lower equilibrium, `gap` below the other one at v_t + b/k; where they nearly meet, it is
        // ill-conditioned.
        let cell = Biophysical { v_t: cell.v_r + gap - cell.b / cell.k, ..cell };
        let (back, offset) = Biophysical::from_neuron(&cell.neuron(), cell.capacitance).unwrap();
        // The error of a root is the rounding of the quadratic at it over its slope there, k2 · gap. Its terms, like
        // those of the sum v_r + v_t = −k1/k2, are below (|v_r| + |v_t| + |b/k|)² k2, each with at most 16 ε.
        let size = cell.v_r.abs() + cell.v_t.abs() + (cell.b / cell.k).abs();
        let root = 16.0 * f64::EPSILON * size * size / gap;
        prop_assert!((back.v_r - cell.v_r).abs() <= root, "{} {}", back.v_r, cell.v_r);
        prop_assert!((back.v_t - cell.v_t).abs() <= root + 8.0 * f64::EPSILON * size);
        let slope = cell.b.abs() / cell.capacitance;
        prop_assert!(offset.abs() <= slope * (root + 8.0 * f64::EPSILON * size));
        // One division and one product each: two roundings.
        let close = |x: f64, y: f64| (x - y).abs() <= f64::EPSILON * y.abs();
        prop_assert!(close(back.k, cell.k) && close(back.b, cell.b) && close(back.d, cell.d));
        prop_assert_eq!((back.a, back.c, back.v_peak, back.capacitance), (cell.a, cell.c, cell.v_peak, cell.capacitance));
    }
}

#[test]
fn the_cells_of_the_book_rest_at_v_r() {
    for (name, cell) in BIOPHYSICAL_CELLS {
        cell.validate().unwrap();
        assert_eq!(Biophysical::find(&name.to_lowercase()).unwrap(), cell);
        // At (v_r, 0) the terms are k v_r (v_r + v_t)/C and cancel to 8 ε of their sum, as above.
        let terms = 2.0 * cell.k * cell.v_r.abs() * (cell.v_r + cell.v_t).abs() / cell.capacitance;
        assert!(cell.neuron().dv(cell.rest(), 0.0).abs() <= 8.0 * f64::EPSILON * terms, "{name}");
    }
}

#[test]
fn cells_that_cannot_spike_are_refused() {
    let (_, rs) = BIOPHYSICAL_CELLS[0];
    for (bad, named) in [
        (Biophysical { capacitance: 0.0, ..rs }, "capacitance C"),
        (Biophysical { capacitance: f64::INFINITY, ..rs }, "capacitance C"),
        (Biophysical { k: -0.7, ..rs }, "coefficient k"),
        (Biophysical { v_t: f64::NAN, ..rs }, "vt"),
        (Biophysical { c: 35.0, ..rs }, "reset c"),
    ] {
        let message = bad.validate().unwrap_err().to_string();
        assert!(message.contains(named), "{message}");
    }
    // Without an equilibrium at zero input, or with another recovery equation, there is no 2007 form.
    let never_rests = spikestep::Neuron { k0: 150.0, ..spikestep::Neuron::new(0.02, 0.2, -65.0, 8.0) };
    assert!(Biophysical::from_neuron(&never_rests, 100.0).is_err());
    assert!(Biophysical::from_neuron(&spikestep::Neuron { leak: 0.0, ..rs.neuron() }, 100.0).is_err());
}
