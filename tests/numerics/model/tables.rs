//! The published tables, number by number against the reference cases.

use std::collections::BTreeMap;

use serde::Deserialize;
use spikestep::model::{CELL_TYPES, CellType, Extension, FIRING_PATTERNS, FiringPattern};
use spikestep::{Neuron, Piece, State};

#[derive(Deserialize)]
struct Case {
    name: String,
    model: BTreeMap<String, String>,
    v0: String,
    u0: String,
    t_end: String,
    input: Vec<[String; 3]>,
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/truth/cases.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

impl Case {
    /// The parameters, with the defaults that the reference data's README states.
    fn neuron(&self) -> Neuron {
        let known = ["a", "b", "c", "d", "k2", "k1", "k0", "b0", "leak", "peak"];
        assert!(
            self.model.keys().all(|key| known.contains(&key.as_str())),
            "{}: a key this test does not read",
            self.name
        );
        let value = |key: &str, default: f64| self.model.get(key).map_or(default, |text| number(text));
        Neuron {
            a: value("a", f64::NAN),
            b: value("b", f64::NAN),
            c: value("c", f64::NAN),
            d: value("d", f64::NAN),
            k2: value("k2", 0.04),
            k1: value("k1", 5.0),
            k0: value("k0", 140.0),
            b0: value("b0", 0.0),
            leak: value("leak", 1.0),
            peak: value("peak", f64::NAN),
            extension: Extension::NONE,
        }
    }

    fn initial(&self) -> State {
        State::new(number(&self.v0), number(&self.u0))
    }

    fn pieces(&self) -> Vec<Piece> {
        let piece =
            |[t, value, slope]: &[String; 3]| Piece { start: number(t), value: number(value), slope: number(slope) };
        self.input.iter().map(piece).collect()
    }
}

#[test]
fn the_firing_patterns_are_the_reference_cases() {
    let cases = cases();
    let lettered: Vec<&Case> = cases.iter().filter(|case| case.name.as_bytes()[1] == b'_').collect();
    assert_eq!(lettered.len(), 20);
    assert_eq!(FIRING_PATTERNS.len(), 20);
    for (pattern, case) in FIRING_PATTERNS.iter().zip(lettered) {
        assert_eq!(format!("{}_{}", pattern.letter, pattern.name.replace(' ', "_")), case.name);
        assert_eq!(pattern.neuron, case.neuron(), "{}", case.name);
        assert_eq!(pattern.initial, case.initial(), "{}", case.name);
        assert_eq!(pattern.duration, number(&case.t_end), "{}", case.name);
        assert_eq!(pattern.pieces, case.pieces(), "{}", case.name);
        assert_eq!(pattern.problem().stimulus.pieces(), case.pieces(), "{}", case.name);
        pattern.neuron.validate().unwrap();
    }
    assert_eq!(FiringPattern::find('l').unwrap().pieces[1].start, 100.0 / 11.0);
}

#[test]
fn the_cell_types_are_the_reference_cases() {
    let cases = cases();
    for cell in &CELL_TYPES {
        let case = cases.iter().find(|case| case.name == format!("{}_step_10", cell.name)).unwrap();
        assert_eq!(cell.neuron, case.neuron(), "{}", cell.name);
        assert_eq!(cell.initial, case.initial(), "{}", cell.name);
        assert_eq!(CellType::find(&cell.name.to_lowercase()).unwrap(), cell);
        // u = b v: one product, so within half a unit in the last place of the product of the rounded b.
        let computed = cell.neuron.resting_start();
        assert_eq!(computed.v, cell.initial.v);
        assert!((computed.u - cell.initial.u).abs() <= f64::EPSILON * cell.initial.u.abs(), "{}", cell.name);
    }
}
