//! What a layer promises beside its equations: traces, the lower bound, divergence, random parameters, refusals.

use spikestep::Neuron;
use spikestep::population::layer::{LayerSpec, RandomWeights, Traces};
use spikestep::population::schemes;
use spikestep::population::{Layer, Variable, Weights};

use super::bench::constant;

#[test]
fn traces_decay_and_are_set_or_added() {
    let neuron = Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0);
    let mut spec = LayerSpec::new(vec![neuron]);
    for additive in [false, true] {
        spec.traces = Some(Traces { tc: 15.0, scale: 0.75, additive });
        let mut layer = Layer::<f64>::new(spec.clone(), 0.5, 1).unwrap();
        let mut expected: f64 = 0.0;
        let decay = (-0.5f64 / 15.0).exp();
        let mut spikes = 0;
        for _ in 0..400 {
            layer.step(&[15.0]).unwrap();
            expected *= decay;
            if !layer.spikes(0).is_empty() {
                spikes += 1;
                expected = if additive { expected + 0.75 } else { 0.75 };
            }
            assert_eq!(layer.values(Variable::Trace, 0), [expected]);
        }
        assert!(spikes > 3);
    }
}

#[test]
fn the_lower_bound_holds_in_every_scheme() {
    for scheme in &schemes() {
        let mut spec = LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0); 3]);
        spec.scheme = scheme.clone();
        spec.lbound = Some(-70.0);
        let mut layer = Layer::<f64>::new(spec, 0.5, 1).unwrap();
        (0..50).for_each(|_| layer.step(&[-40.0, 2.0, -40.0]).unwrap());
        let v = layer.v(0);
        // Schemes in W = 0.04 v + 2.5 hold the bound to the rounding of W.
        assert!((v[0] + 70.0).abs() < 1e-12 && v[2] == v[0] && v[1] > -70.0, "{scheme}: {v:?}");
    }
}

#[test]
fn divergence_is_flagged_and_stays_where_it_is() {
    let rs = Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0);
    let neurons = vec![rs, Neuron { a: -200.0, ..rs }, rs];
    for scheme in &schemes() {
        let mut spec = LayerSpec::new(neurons.clone());
        spec.scheme = scheme.clone();
        let mut layer = Layer::<f64>::new(spec, 0.5, 1).unwrap();
        layer.run(400, constant).unwrap();
        assert!(layer.diverged_at(0, 1).is_some_and(|t| t > 0.0 && t <= 200.0), "{scheme}");
        assert_eq!((layer.diverged_at(0, 0), layer.v(0)[0]), (None, layer.v(0)[2]), "{scheme}");
        layer.reset();
        assert_eq!(layer.diverged_at(0, 1), None);
    }
}

#[test]
fn random_layers_have_bindsnets_distributions() {
    let spec = LayerSpec::random(1000, 0.8, RandomWeights::Dense, 3).unwrap();
    assert_eq!(spec, LayerSpec::random(1000, 0.8, RandomWeights::Dense, 3).unwrap());
    assert_ne!(spec, LayerSpec::random(1000, 0.8, RandomWeights::Dense, 4).unwrap());
    let weights = spec.lateral.as_ref().unwrap();
    let (mut excitatory, mut inhibitory) = (0.0, 0.0);
    for (i, n) in spec.neurons.iter().enumerate() {
        assert_eq!(spec.excitatory[i], i < 800);
        // r from c and d, or from a and b, must be the same r in [0, 1).
        let (r, again) = if i < 800 {
            assert_eq!((n.a, n.b), (0.02, 0.2));
            (((n.c + 65.0) / 15.0).sqrt(), ((8.0 - n.d) / 6.0).sqrt())
        } else {
            assert_eq!((n.c, n.d), (-65.0, 2.0));
            ((n.a - 0.02) / 0.08, (0.25 - n.b) / 0.05)
        };
        // c and d lose digits where r² is small against 65: √(1e-14) at worst.
        assert!((0.0..1.0).contains(&r) && (r - again).abs() < 1e-6, "{i}: {r} {again}");
        let sum: f64 = (0..1000).map(|j| weights.get(i, j)).sum();
        assert!((0..1000).all(|j| if i < 800 {
            (0.0..0.5).contains(&weights.get(i, j))
        } else {
            weights.get(i, j) <= 0.0
        }));
        *(if i < 800 { &mut excitatory } else { &mut inhibitory }) += sum;
    }
    // Means 1/4 and −1/2 of 8e5 and 2e5 uniform weights with standard deviations of 0.144 and 0.289: five standard errors.
    assert!((excitatory / 8e5 - 0.25).abs() < 5.0 * 0.144 / 8e5f64.sqrt());
    assert!((inhibitory / 2e5 + 0.5).abs() < 5.0 * 0.289 / 2e5f64.sqrt());
    for (fraction, count) in [(0.0, 0), (1.0, 50), (0.5, 25)] {
        let spec = LayerSpec::random(50, fraction, RandomWeights::None, 1).unwrap();
        assert_eq!(spec.excitatory.iter().filter(|yes| **yes).count(), count);
        assert!(spec.lateral.is_none());
    }
}

#[test]
fn bad_input_gets_a_message() {
    let told = |change: &dyn Fn(&mut LayerSpec)| {
        let mut spec = LayerSpec::random(6, 0.5, RandomWeights::Dense, 1).unwrap();
        change(&mut spec);
        Layer::<f64>::new(spec, 1.0, 1).unwrap_err().to_string()
    };
    assert!(told(&|s| s.neurons.clear()).contains("at least one neuron"));
    assert!(told(&|s| s.excitatory.clear()).contains("number of labels"));
    assert!(told(&|s| s.rest = 50.0).contains("below the peak"));
    assert!(told(&|s| s.lbound = Some(-60.0)).contains("at most rest"));
    assert!(told(&|s| s.neurons[2].a = f64::NAN).contains("neuron parameter a"));
    assert!(told(&|s| s.traces = Some(Traces { tc: 0.0, ..Traces::default() })).contains("tc is 0"));
    assert!(told(&|s| s.lateral = Some(Weights::dense(2, 6, vec![0.0; 12]).unwrap())).contains("2 × 6"));
    let message = |result: spikestep::Result<LayerSpec>| result.unwrap_err().to_string();
    assert!(message(LayerSpec::random(6, 1.5, RandomWeights::None, 1)).contains("excitatory fraction is 1.5"));
    assert!(message(LayerSpec::random(6, f64::NAN, RandomWeights::None, 1)).contains("excitatory fraction"));
    for p in [0.0, -0.1, 1.1, f64::NAN] {
        assert!(
            message(LayerSpec::random(6, 0.5, RandomWeights::Sparse(p), 1)).contains("connection probability"),
            "{p}"
        );
    }
    assert!(message(LayerSpec::from_parameters(&[0.02], &[], &[-65.0], &[8.0], 45.0)).contains("values of b is 0"));
    assert!(spikestep::population::scheme("bindsnett").unwrap_err().to_string().contains("did you mean 'bindsnet'"));

    let weights = |result: spikestep::Result<Weights<f64>>| result.unwrap_err().to_string();
    assert!(weights(Weights::dense(2, 3, vec![0.0; 5])).contains("2 × 3"));
    assert!(weights(Weights::dense(0, 3, vec![])).contains("0 × 3"));
    assert!(weights(Weights::dense(1, 2, vec![0.0, f64::NAN])).contains("weight 1 is NaN"));
    assert!(weights(Weights::lateral(2, &[0.0; 3])).contains("2 × 2"));
    assert!(weights(Weights::sparse(2, 2, [(0, 2, 1.0)])).contains("(0, 2)"));
    assert!(weights(Weights::sparse(2, 2, [(0, 1, 1.0), (0, 1, 2.0)])).contains("given twice"));
    assert!(weights(Weights::csr(2, 2, vec![0, 1], vec![0], vec![1.0])).contains("row starts"));
    assert!(weights(Weights::csr(1, 3, vec![0, 2], vec![2, 1], vec![1.0, 1.0])).contains("ascending targets"));

    let spec = LayerSpec::random(6, 0.5, RandomWeights::Dense, 1).unwrap();
    assert!(Layer::<f64>::new(spec.clone(), 0.0, 1).unwrap_err().to_string().contains("step dt"));
    assert!(Layer::<f64>::new(spec.clone(), 1.0, 0).unwrap_err().to_string().contains("batch is 0"));
    let mut layer = Layer::<f64>::new(spec, 1.0, 2).unwrap();
    assert!(layer.step(&[0.0; 6]).unwrap_err().to_string().contains("12, 2 rows of 6 neurons"));
    let mut input = [0.0; 12];
    input[7] = f64::INFINITY;
    assert!(layer.step(&input).unwrap_err().to_string().contains("input 7 is inf"));
    assert_eq!(layer.steps(), 0);
    assert!(layer.set_state(2, &[0.0; 6], &[0.0; 6]).unwrap_err().to_string().contains("row is 2"));
    assert!(layer.set_state(1, &[0.0; 5], &[0.0; 6]).unwrap_err().to_string().contains("values of v"));
    assert!(layer.set_batch(0).is_err());
    layer.set_state(1, &[-50.0; 6], &[-10.0; 6]).unwrap();
    assert_eq!((layer.v(0)[5], layer.v(1)[5], layer.u(1)[0]), (-65.0, -50.0, -10.0));
}
