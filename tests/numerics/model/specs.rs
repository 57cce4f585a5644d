//! The texts of `--neuron` and `--input`.

use proptest::prelude::*;
use spikestep::model::{Biophysical, CELL_TYPES, FIRING_PATTERNS, NeuronSpec, StimulusSpec};
use spikestep::{Neuron, State};

const RS_2007: &str = "C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35";

#[test]
fn every_published_name_is_known() {
    for cell in &CELL_TYPES {
        for name in [cell.name.to_owned(), format!(" {} ", cell.name.to_lowercase())] {
            let spec = NeuronSpec::parse(&name).unwrap();
            assert_eq!((spec.label.as_str(), spec.neuron, spec.initial), (cell.name, cell.neuron, cell.initial));
            assert_eq!((spec.stimulus, spec.duration, spec.input_scale), (None, None, 1.0));
        }
    }
    for pattern in &FIRING_PATTERNS {
        for letter in [pattern.letter, pattern.letter.to_ascii_lowercase()] {
            let spec = NeuronSpec::parse(&letter.to_string()).unwrap();
            let problem = pattern.problem();
            assert_eq!(spec.label, format!("{} {}", pattern.letter, pattern.name));
            assert_eq!((spec.neuron, spec.initial), (problem.neuron, problem.initial));
            assert_eq!((spec.stimulus, spec.duration), (Some(problem.stimulus), Some(problem.duration)));
        }
    }
}

#[test]
fn parameters_stand_over_those_of_rs() {
    let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let spec = NeuronSpec::parse("a=0.1, d=2").unwrap();
    assert_eq!((spec.neuron, spec.initial), (Neuron { a: 0.1, d: 2.0, ..rs }, State::new(-65.0, -13.0)));
    let all = "a=1,b=2,c=-3,d=4,k2=5,k1=6,k0=7,b0=8,leak=9,peak=10";
    let coefficients = Neuron { k2: 5.0, k1: 6.0, k0: 7.0, b0: 8.0, leak: 9.0, ..Neuron::new(1.0, 2.0, -3.0, 4.0) };
    let expected = coefficients.with_peak(10.0);
    let spec = NeuronSpec::parse(all).unwrap();
    assert_eq!((spec.neuron, spec.initial), (expected, State::new(-65.0, -122.0)));
    assert_eq!(spec.label, all);
}

#[test]
fn the_2007_form_scales_its_input() {
    let spec = NeuronSpec::parse(RS_2007).unwrap();
    let cell = Biophysical::find("RS").unwrap();
    assert_eq!((spec.neuron, spec.initial, spec.input_scale), (cell.neuron(), cell.rest(), 0.01));
}

#[test]
fn units_change_no_digit() {
    let typed = "C=0.1nF, k=0.7nS/mV, vr=-0.06V, vt=-40mV, a=30/s, b=-2e-3uS, c=-50000uV, d=0.1nA, vpeak=35mV";
    let spec = NeuronSpec::parse(typed).unwrap();
    let labelled = |mut spec: NeuronSpec| {
        spec.label = RS_2007.into();
        spec
    };
    assert_eq!(labelled(spec), NeuronSpec::parse(RS_2007).unwrap());
    let general = NeuronSpec::parse("a=0.1/ms,b=0.2/ms,c=-0.065V,d=2mV/ms,k2=0.04/mV/ms,peak=30mV").unwrap();
    assert_eq!(general.neuron, CELL_TYPES.iter().find(|cell| cell.name == "FS").unwrap().neuron);
    for (typed, plain) in [
        ("step:10mV/ms@0.1s", "step:10@100"),
        ("sine:10:5:0.01kHz", "sine:10:5:10Hz"),
        ("pulse:5V/s:2000us@10ms,30", "pulse:5:2@10,30"),
        ("ramp:1/2:20", "ramp:0.5:20"),
        ("noise:10:3:5ms:7", "noise:10:3:5:7"),
    ] {
        let stimulus = |text| StimulusSpec::parse(text).unwrap().stimulus(1000.0).unwrap();
        assert_eq!(stimulus(typed), stimulus(plain), "{typed}");
    }
    let rs = NeuronSpec::parse(RS_2007).unwrap();
    let of_rs = |text| StimulusSpec::parse(text).unwrap().stimulus_of(&rs, 1000.0).unwrap();
    assert_eq!(of_rs("sine:0.1nA:50pA:10Hz"), of_rs("sine:100:50:10"));
    assert_eq!(rs.clone().started(Some("-0.06V"), Some("0.05nA")).unwrap().initial, State::new(-60.0, 0.5));
    // u = b (v − vr) at a v that is given, b = −2 nS, over 100 pF: a difference of two numbers near 1.4, each rounded.
    let started = rs.started(Some("-70"), None).unwrap().initial;
    assert!(started.v == -70.0 && (started.u - 0.2).abs() < 4.0 * f64::EPSILON, "{started:?}");
}

#[test]
fn parameters_after_a_name_replace_its_own() {
    let rs = NeuronSpec::parse("rs, d=4").unwrap();
    assert_eq!((rs.neuron, rs.initial), (Neuron::new(0.02, 0.2, -65.0, 4.0), State::new(-65.0, -13.0)));
    assert_eq!(rs.label, "rs, d=4");
    // The start is on the nullcline of the new b.
    assert_eq!(NeuronSpec::parse("RS,b=0.25").unwrap().initial.u, -16.25);
    let pattern = NeuronSpec::parse("T,d=-2").unwrap();
    let own = NeuronSpec::parse("T").unwrap();
    assert_eq!((pattern.neuron.d, pattern.note, pattern.initial), (-2.0, None, own.initial));
    assert_eq!((pattern.stimulus, pattern.duration), (own.stimulus, own.duration));
    let said = own.note.unwrap();
    assert!(said.contains("d = 0 where d = -2 is published"), "{said}");
    assert!(FIRING_PATTERNS.iter().all(|p| p.note().is_some() == (p.letter == 'T')));
}

#[test]
fn a_unit_of_another_kind_gets_one_message() {
    for (text, said) in [
        ("RS,C=4", "with C, which the general form of RS has not"),
        (
            "RS,d=50pA",
            "neuron parameter d is '50pA', a current; allowed: a finite voltage per time in mV/ms, or with its unit",
        ),
        ("C=4ms,k=1,vr=1,vt=1,a=1,b=1,c=1,d=1,vpeak=1", "C is '4ms', a time; allowed: a finite capacitance in pF"),
    ] {
        let message = NeuronSpec::parse(text).unwrap_err().to_string();
        assert!(message.contains(said), "{text}: {message}");
    }
    for (text, said) in [
        ("step:10Hz", "step amplitude is '10Hz', a frequency; allowed: a finite number, or one in mV/ms"),
        ("sine:5pA:3mV/ms:10", "'3mV/ms' beside an amplitude in pA"),
        ("sine:5:3:10ms", "sine frequency is '10ms', a time; allowed: a finite frequency in Hz"),
        ("step:1@5mV", "input onset is '5mV', a voltage"),
    ] {
        let message = StimulusSpec::parse(text).unwrap_err().to_string();
        assert!(message.contains(said), "{text}: {message}");
    }
    for (neuron, input, unit) in [("RS", "110pA", "mV/ms"), (RS_2007, "step:1mV/ms", "pA")] {
        let spec = NeuronSpec::parse(neuron).unwrap();
        let message = StimulusSpec::parse(input).unwrap().stimulus_of(&spec, 100.0).unwrap_err().to_string();
        assert!(message.contains(&format!("allowed: {unit} (")), "{message}");
        let message = spec.started(None, Some("1mV")).unwrap_err().to_string();
        assert!(message.contains("the initial u is '1mV', a voltage"), "{message}");
    }
}

#[test]
fn wrong_neurons_are_told_what_is_wrong() {
    for (text, said) in [
        ("RX", "did you mean 'RS'?"),
        ("Z", "unknown neuron 'Z'"),
        ("", "unknown neuron ''"),
        ("a=0.02,lek=0", "did you mean 'leak'?"),
        ("a=0.02,a=0.03", "given twice"),
        ("a=0.02,b", "key=number"),
        ("a=0.02,", "key=number"),
        ("a=abc", "'abc'"),
        ("a=", "a is missing"),
        ("a=inf", "finite"),
        ("C=100,k=0.7", "without vr, vt, vpeak, a, b, c, d"),
        ("C=100,k2=0.04", "k2 of the general form and C of the 2007 form"),
        ("k2=0", "k2"),
        ("c=30", "reset c"),
        ("c=-80,peak=-65", "above the start"),
        ("C=0,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35", "capacitance C"),
        ("C=1e-300,k=1e300,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35", "finite"),
    ] {
        let message = NeuronSpec::parse(text).unwrap_err().to_string();
        assert!(message.contains(said), "{text}: {message}");
    }
}

#[test]
fn wrong_inputs_are_told_what_is_wrong() {
    for (text, said) in [
        ("rmap:0:20", "did you mean 'ramp'?"),
        ("hello", "unknown input 'hello'"),
        ("", "unknown input"),
        ("step", "step:AMPLITUDE[@ONSET_MS]"),
        ("step:", "step amplitude is missing"),
        ("step:10:20", "with 2 values"),
        ("step:x", "'x'"),
        ("step:nan", "finite"),
        ("step:10@-5", "0 or more"),
        ("1O", "'1O'"),
        ("ramp:0", "ramp:FROM:TO"),
        ("pulse:5:2", "without a start"),
        ("pulse:5:-2@10", "a positive, finite number"),
        ("pulse:5:2@", "pulse start is missing"),
        ("sine:5:3", "FREQUENCY_HZ"),
        ("sine:5:3:0", "a positive, finite number"),
        ("noise:5", "noise:MEAN:SD"),
        ("noise:5:-2", "0 or more"),
        ("noise:5:2:0", "a positive, finite number"),
        ("noise:5:2:1:-1", "whole number"),
        ("noise:5:2:1:1:1", "with 5 values"),
        ("noise:5:2@10", "with an onset"),
        ("csv:", "csv:FILE"),
    ] {
        let message = StimulusSpec::parse(text).unwrap_err().to_string();
        assert!(message.contains(said), "{text}: {message}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = NeuronSpec::parse(&text);
        let _ = StimulusSpec::parse(&text);
    }

    #[test]
    fn no_nearly_right_text_panics(
        neuron in "((a|b|c|d|C|k|k2|vr|vt|vpeak|peak|leak)=[-0-9.einfNa]{0,5},?){0,10}",
        kind in "step|ramp|pulse|sine|noise|STEP",
        rest in "(:[-0-9.e]{0,5}){0,5}@?[-0-9.,e]{0,8}",
    ) {
        if let Ok(spec) = NeuronSpec::parse(&neuron) {
            prop_assert!(spec.neuron.validate().is_ok() && spec.initial.is_finite());
        }
        if let Ok(stimulus) = StimulusSpec::parse(&format!("{kind}{rest}")).and_then(|spec| spec.stimulus(1.0)) {
            prop_assert!(stimulus.value(0.5, spikestep::Side::After).is_finite());
        }
    }

    #[test]
    fn parameters_are_read_as_written(values in prop::array::uniform5(-100.0..100.0f64)) {
        let [a, b, d, k1, k0] = values;
        let spec = NeuronSpec::parse(&format!("k0={k0},a={a},k1={k1},b={b},d={d}")).unwrap();
        prop_assert_eq!(spec.neuron, Neuron { k1, k0, ..Neuron::new(a, b, -65.0, d) });
    }
}
