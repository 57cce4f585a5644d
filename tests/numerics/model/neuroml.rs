//! Neurons of NeuroML files.

use std::path::Path;

use spikestep::model::NeuronSpec;
use spikestep::study::StudyInput;
use spikestep::{Neuron, Result, Side, State};

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

/// The cell of the 2007 form in a population of two, with a network's wires and what else the document has.
fn network(wires: &str, others: &str) -> String {
    let population = "<population id=\"pop\" component=\"iz2007RS\" size=\"2\"/>";
    format!("{RS_2007}{others}<network id=\"net\">{population}{wires}</network>")
}

const GENERATORS: &str = r#"<pulseGenerator id="pulse" delay="10ms" duration="20ms" amplitude="0.1nA"/>
    <rampGenerator id="ramp" delay="0ms" duration="40ms" startAmplitude="0pA" finishAmplitude="80pA" baselineAmplitude="-10pA"/>
    <sineGenerator id="sine" phase="0.5" delay="5ms" duration="95ms" amplitude="50pA" period="25ms"/>
    <compoundInput id="both"><pulseGenerator id="p" delay="0ms" duration="5ms" amplitude="7pA"/>
    <pulseGenerator id="q" delay="2ms" duration="5ms" amplitude="2pA"/></compoundInput>
    <poissonFiringSynapse id="poisson" averageRate="50Hz"/><pulseGeneratorDL id="bare" delay="0ms" duration="1ms" amplitude="1"/>"#;

/// The own input of that network \[pA\] at a time \[ms\].
fn current(spec: &NeuronSpec, t: f64) -> f64 {
    100.0 * spec.stimulus.as_ref().unwrap().value(t, Side::After)
}

#[test]
fn the_wires_of_a_network_are_the_input() {
    let wires = r#"<explicitInput target="pop[1]" input="pulse"/>
        <inputList id="l" component="ramp" population="pop"><inputW id="0" target="../pop/1/iz2007RS" weight="2"/></inputList>
        <inputList id="m" component="both" population="pop"><input id="0" target="../pop/1/iz2007RS"/></inputList>"#;
    let spec = read(&network(wires, GENERATORS), None).unwrap();
    // 2 (80/40 t) in the ramp and 2 (−10) outside, 100 in the pulse, 7 and 2 where they last.
    for (t, expected) in
        [(0.0, 7.0), (3.0, 21.0), (6.0, 26.0), (10.0, 140.0), (29.0, 216.0), (30.0, 120.0), (41.0, -20.0)]
    {
        // Sums and scales of numbers below 216, each rounded: a few units in the last place of that.
        assert!((current(&spec, t) - expected).abs() < 1e-12, "{t}: {}", current(&spec, t));
    }
    let said = "of pop[1]: pulseGenerator pulse, 100 pA from 10 to 30 ms; rampGenerator ramp, 0 to 80 pA over -10 pA from 0 to 40 ms, times 2";
    assert!(spec.own.label.starts_with(said), "{}", spec.own.label);
    let spec = read(&network("<explicitInput target=\"pop/0/iz2007RS\" input=\"sine\"/>", GENERATORS), None).unwrap();
    // One period after the onset it is where it was.
    let expected = 50.0 * 0.5f64.sin();
    assert!((current(&spec, 5.0) - expected).abs() < 1e-12 && (current(&spec, 30.0) - expected).abs() < 1e-12);
    assert_eq!((current(&spec, 4.9), spec.own.until, spec.duration), (0.0, Some(100.0), Some(100.0)));
}

#[test]
fn what_cannot_be_held_is_refused_by_name_where_it_is_asked_for() {
    let to = |input: &str| format!("<explicitInput target=\"pop[0]\" input=\"{input}\"/>");
    let two = format!("{}<explicitInput target=\"pop[1]\" input=\"ramp\"/>", to("pulse"));
    let projection = "<projection id=\"proj\" presynapticPopulation=\"x\" postsynapticPopulation=\"pop\"/>";
    let sines = format!("{}{}", to("sine"), to("sine"));
    for (wires, said) in [
        (to("poisson"), "poissonFiringSynapse 'poisson' cannot be held"),
        (to("bare"), "pulseGeneratorDL 'bare' does not fit the cell, whose input is in pA"),
        (to("none"), "names the input 'none', which is not there"),
        (two.clone(), "drives pop[1], which is driven otherwise than pop[0]"),
        (projection.to_owned(), "projection 'proj' makes the input depend on other cells"),
        (sines, "sineGenerator 'sine' is a second sine"),
    ] {
        let spec = read(&network(&wires, GENERATORS), None).unwrap();
        let refused = spec.own.refused.as_deref().unwrap();
        assert!(refused.contains(said) && refused.contains("cells.nml:"), "{refused}");
        // It is no matter where another input is given.
        assert_eq!(StudyInput::of(&spec, None).unwrap_err().to_string(), refused);
        assert!(StudyInput::of(&spec, Some("step:100pA")).is_ok());
    }
    // A cell of the population can be named.
    let second = read(&network(&two, GENERATORS), Some("pop[1]")).unwrap();
    assert_eq!((second.own.refused, second.own.label.contains("ramp")), (None, true));
}

#[test]
fn v_starts_where_the_file_says_and_u_at_zero() {
    let spec = read(&RS_2007.replace("v0=\"-60mV\"", "v0=\"-70mV\""), None).unwrap();
    assert_eq!(spec.initial, State::new(-70.0, 0.0));
    // Whatever v: the component type assigns u = 0.
    assert_eq!(spec.clone().started(Some("-55mV"), None).unwrap().initial, State::new(-55.0, 0.0));
    assert_eq!(spec.started(Some("-60"), Some("50pA")).unwrap().initial, State::new(-60.0, 0.5));
    let burst = read(BURST, None).unwrap().started(Some("-60mV"), None).unwrap();
    assert_eq!(burst.initial, State::new(-60.0, -12.0));
}

#[test]
fn generalized_cells_have_the_three_coefficients() {
    let cell =
        BURST.replace("izhikevichCell", "generalizedIzhikevichCell").replace("/>", " X=\"0.05\" Y=\"4.1\" Z=\"108\"/>");
    let expected = Neuron { k2: 0.05, k1: 4.1, k0: 108.0, ..Neuron::new(0.02, 0.2, -50.0, 2.0) };
    assert_eq!(read(&cell, None).unwrap().neuron, expected);
}

#[test]
fn included_files_are_read_and_said() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/neuroml/one_cell.net.nml");
    let spec = NeuronSpec::parse(path).unwrap();
    assert_eq!((spec.label.as_str(), spec.duration), ("regular", Some(520.0)));
    assert!(spec.note.unwrap().contains("includes") && spec.own.label.contains("drive, 100 pA from 0 to 520 ms"));
    assert_eq!(NeuronSpec::parse(&format!("{path}#integrator,d=5")).unwrap().neuron.d, 5.0);
    let message = read("<include href=\"https://x.org/a.nml\"/>", None).unwrap_err().to_string();
    assert!(message.contains("include names 'https://x.org/a.nml'"), "{message}");
}

#[test]
fn files_that_include_without_end_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    for n in 0..20 {
        write(&format!("{n}.nml"), &format!("<neuroml><include href=\"{}.nml\"/></neuroml>", n + 1));
    }
    write("20.nml", "<neuroml/>");
    let parse = |name: &str| NeuronSpec::parse(place.path().join(name).to_str().unwrap());
    let message = parse("0.nml").unwrap_err().to_string();
    assert!(message.contains("at most 16 of them in a chain"), "{message}");
    // Two that include each other are read once each.
    write("a.nml", &format!("<neuroml><include href=\"b.nml\"/>{BURST}</neuroml>"));
    write("b.nml", "<neuroml><include href=\"a.nml\"/></neuroml>");
    assert_eq!(parse("a.nml").unwrap().label, "izBurst");
}

#[test]
fn tags_nested_without_end_are_refused_at_their_place() {
    for text in [format!("{}{}", "<a>".repeat(20_000), "</a>".repeat(20_000)), "<a>\n".repeat(100_000)] {
        let message = read(&text, None).unwrap_err().to_string();
        assert!(message.contains("nested more than 200 deep"), "{message}");
    }
    // What only looks like tags does not count.
    let quiet = format!("<!-- {} --><x a=\"{}\"/>{BURST}", "<a>".repeat(500), ">".repeat(500));
    assert!(read(&quiet, None).is_ok());
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
