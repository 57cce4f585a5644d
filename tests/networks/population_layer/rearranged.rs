//! A layer against itself: neurons permuted, rows in a batch, weights sparse or dense, more threads, begun again.

use crate::named;
use spikestep::Scheme;
use spikestep::population::layer::RandomWeights;
use spikestep::population::schemes;
use spikestep::population::{Layer, Real, Variable, Weights};

use super::bench::{active, drive, everything, feed};

#[test]
fn permuting_the_neurons_permutes_the_result() {
    let n = 90;
    for scheme in &[named("bindsnet"), named("rk4"), named("projective-6")] {
        let mut spec = active(n, scheme, RandomWeights::Dense);
        // Multiples of 1/64 add up without rounding, so that the order of summation does not matter.
        let round = |w: f64| (w * 64.0).round() / 64.0;
        let w = spec.lateral.take().unwrap();
        let to = |i: usize| (i * 37 + 5) % n; // 37 and 90 have no common factor
        let mut moved = spec.clone();
        for i in 0..n {
            moved.neurons[to(i)] = spec.neurons[i];
        }
        let pairs = || (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        spec.lateral = Some(Weights::sparse(n, n, pairs().map(|(i, j)| (i, j, round(w.get(i, j))))).unwrap());
        moved.lateral = Some(Weights::sparse(n, n, pairs().map(|(i, j)| (to(i), to(j), round(w.get(i, j))))).unwrap());
        let (mut a, mut b) = (Layer::<f64>::new(spec, 0.5, 1).unwrap(), Layer::<f64>::new(moved, 0.5, 1).unwrap());
        let mut spikes = 0;
        for step in 0..300 {
            let input: Vec<f64> = (0..n).map(|i| drive(step, i)).collect();
            let mut permuted = vec![0.0; n];
            (0..n).for_each(|i| permuted[to(i)] = input[i]);
            a.step(&input).unwrap();
            b.step(&permuted).unwrap();
            spikes += a.spikes(0).len();
        }
        assert!(spikes > 100, "{scheme}: {spikes}");
        for variable in [Variable::V, Variable::U, Variable::Trace] {
            let (a, b) = (a.values(variable, 0), b.values(variable, 0));
            (0..n).for_each(|i| assert_eq!(a[i], b[to(i)], "{scheme} {variable:?} {i}"));
        }
    }
}

#[test]
fn rows_of_equal_inputs_are_equal_and_those_of_a_run_alone() {
    fn check<T: Real>(scheme: &Scheme) {
        let spec = active(130, scheme, RandomWeights::Dense);
        let mut alone = Layer::<T>::new(spec.clone(), 0.5, 1).unwrap();
        let mut batch = Layer::<T>::new(spec, 0.5, 3).unwrap();
        alone.run(200, feed).unwrap();
        let n = alone.n();
        // The middle row has no input.
        let fill = |step: u64, input: &mut [T]| {
            for (k, x) in input.iter_mut().enumerate() {
                *x = if k / n == 1 { T::zero() } else { T::of(drive(step, k % n)) };
            }
            Ok(())
        };
        batch.run(200, fill).unwrap();
        for variable in [Variable::V, Variable::U, Variable::Trace] {
            let expected = alone.values(variable, 0);
            assert_eq!(batch.values(variable, 0), expected, "{scheme}");
            assert_eq!(batch.values(variable, 2), expected, "{scheme}");
            assert_ne!(batch.values(variable, 1), expected, "{scheme}");
        }
    }
    for scheme in &schemes() {
        check::<f64>(scheme);
        check::<f32>(scheme);
    }
}

#[test]
fn sparse_weights_are_the_dense_ones_with_their_zeros() {
    for scheme in &[named("bindsnet"), named("projective-8")] {
        let sparse = active(300, scheme, RandomWeights::Sparse(0.1));
        let weights = sparse.lateral.as_ref().unwrap();
        let entries = weights.values().len() as f64;
        // Binomial: 90000 pairs at 0.1, standard deviation 90.
        assert!((entries - 9000.0).abs() < 5.0 * 90.0, "{entries}");
        let mut dense = sparse.clone();
        dense.lateral = Some(weights.to_dense());
        assert_eq!(dense.lateral.as_ref().unwrap().to_sparse(), *weights);
        let (mut a, mut b) = (Layer::<f64>::new(sparse, 1.0, 1).unwrap(), Layer::<f64>::new(dense, 1.0, 1).unwrap());
        a.run(200, feed).unwrap();
        b.run(200, feed).unwrap();
        assert_eq!(everything(&a), everything(&b), "{scheme}");
        assert!(a.values(Variable::Trace, 0).iter().filter(|x| **x > 0.0).count() > 100);
    }
}

#[test]
fn threads_and_single_steps_change_nothing() {
    fn check<T: Real>(scheme: &Scheme, weights: RandomWeights) {
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let spec = active(700, scheme, weights);
        let steps = 200; // 140 000 neuron-steps a row: beyond what is left to one thread
        let ran = |threads| {
            let mut layer = Layer::<T>::new(spec.clone(), 0.5, 2).unwrap();
            pool(threads).install(|| layer.run(steps, feed)).unwrap();
            everything(&layer)
        };
        let one = ran(1);
        assert_eq!(one, ran(2), "{scheme}");
        assert_eq!(one, ran(5), "{scheme}");
        let mut layer = Layer::<T>::new(spec.clone(), 0.5, 2).unwrap();
        let mut input = vec![T::zero(); 1400];
        for step in 0..steps {
            feed(step, &mut input).unwrap();
            layer.step(&input).unwrap();
        }
        assert_eq!(one, everything(&layer), "{scheme}");
        assert_eq!((layer.steps(), layer.time()), (steps, 100.0));
    }
    for scheme in &[named("bindsnet"), named("evolution-2-recursive"), named("projective-6")] {
        check::<f64>(scheme, RandomWeights::Dense);
        check::<f32>(scheme, RandomWeights::Sparse(0.2));
    }
}

#[test]
fn reset_and_another_batch_begin_again() {
    for scheme in &schemes() {
        let mut spec = active(70, scheme, RandomWeights::Dense);
        spec.sum_input = true;
        let mut layer = Layer::<f64>::new(spec, 0.5, 1).unwrap();
        let start = everything(&layer);
        layer.run(100, feed).unwrap();
        let first = everything(&layer);
        assert!(layer.values(Variable::Summed, 0).iter().all(|x| *x != 0.0));
        layer.reset();
        assert_eq!(everything(&layer), start, "{scheme}");
        assert_eq!((layer.time(), layer.values(Variable::Summed, 0)), (0.0, vec![0.0; 70]));
        layer.run(100, feed).unwrap();
        assert_eq!(everything(&layer), first, "{scheme}");
        layer.set_batch(3).unwrap();
        assert_eq!(everything(&layer), [&start[..], &start, &start].concat(), "{scheme}");
        layer.set_batch(1).unwrap();
        layer.run(100, feed).unwrap();
        assert_eq!(everything(&layer), first, "{scheme}");
    }
}
