//! A NeuroML document: every cell that is accepted is a spiking neuron of finite numbers.
#![no_main]

use spikestep::model::NeuronSpec;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(spec) = NeuronSpec::from_neuroml("fuzz.nml".as_ref(), text, None) {
        assert!(spec.neuron.validate().is_ok() && spec.initial.is_finite() && spec.input_scale.is_finite());
    }
});
