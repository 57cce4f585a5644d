//! Neurons of NeuroML files.

use std::path::Path;

use spikestep::model::NeuronSpec;
use spikestep::{Neuron, Result, State};

fn read(cells: &str, id: Option<&str>) -> Result<NeuronSpec> {
    let document = format!("<neuroml xmlns=\"http://www.neuroml.org/schema/neuroml2\" id=\"d\">\n{cells}\n</neuroml>");
    NeuronSpec::from_neuroml(Path::new("cells.nml"), &document, id)
}

const BURST: &str =
    "<izhikevichCell id=\"izBurst\" v0 = \"-70mV\" thresh = \"30mV\" a=\"0.02\" b=\"0.2\" c=\"-50.0\" d=\"2\"/>";
const RS_2007: &str = "<izhikevich2007Cell id=\"iz2007RS\" v0=\"-60mV\" C=\"100 pF\" k=\"0.7 nS_per_mV\" vr=\"-60 mV\" vt=\"-40 mV\" \
                       vpeak=\"35 mV\" a=\"0.03 per_ms\" b=\"-2 nS\" c=\"-50 mV\" d=\"100 pA\"/>";

#[test]
fn the_cells_of_the_standards_examples() {
    let burst = read(BURST, None).unwrap();
    assert_eq!(burst.neuron, Neuron::new(0.02, 0.2, -50.0, 2.0));
    assert_eq!((burst.initial, burst.input_scale), (State::new(-70.0, 0.2 * -70.0), 1.0));
    let typed = NeuronSpec::parse("C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35").unwrap();
    let rs = read(RS_2007, None).unwrap();
    assert_eq!((rs.neuron, rs.initial, rs.input_scale), (typed.neuron, typed.initial, typed.input_scale));
    let both = format!("{BURST}{RS_2007}");
    assert_eq!(read(&both, Some("iz2007RS")).unwrap(), rs);
    assert!(read(&both, None).unwrap_err().to_string().contains("cells.nml#izBurst"));
    assert!(read(&both, Some("izBurt")).unwrap_err().to_string().contains("did you mean 'izBurst'?"));
}

#[test]
fn units_change_no_digit() {
    // Each value as in RS_2007: one rounding of a product or quotient of decimals that f64 holds no better.
    let other = RS_2007
        .replace("100 pF", "0.1nF")
        .replace("-60mV", "-0.06 V")
        .replace("0.03 per_ms", "30 Hz")
        .replace("100 pA", "1e-1nA")
        .replace("-2 nS", "-2e-3 uS");
    assert_eq!(read(&other, None).unwrap(), read(RS_2007, None).unwrap());
}

#[test]
fn anything_else_is_refused_at_its_place() {
    let message = |cells: &str| read(cells, None).unwrap_err().to_string();
    for (from, to, part) in [
        ("-70mV", "-70", "cells.nml:2:36: v0 is '-70', not a voltage in mV, V, uV"),
        ("0.02\"", "0.02per_ms\"", "a is '0.02per_ms', not a number without unit"),
        ("30mV", "30 ms", "thresh is '30 ms', not a voltage"),
        ("d=\"2\"", "", "izhikevichCell has no d"),
        ("-50.0", "065", "reset c is 65 mV with a peak of 30 mV"),
        ("b=\"0.2\"", "b=\"1e308\"", "initial u, b times v0, is -inf"),
        ("d=\"2\"", "d=\"2\" Iamp=\"15\"", "Iamp is no parameter of izhikevichCell"),
        ("d=\"2\"", "d=\"1e999\"", "d is '1e999'"),
        ("d=\"2\"", "d=\"µ\"", "d is 'µ'"),
    ] {
        let said = message(&BURST.replace(from, to));
        assert!(said.contains(part), "{said}");
    }
    assert!(message("<iafCell id=\"x\"/>").contains("cells.nml with iafCell"));
    assert!(message("<a>").contains("cells.nml:3:"), "{}", message("<a>"));
}
