//! A layer that fires, what drives it, and all that can be seen of it.

use spikestep::Scheme;
use spikestep::population::layer::{LayerSpec, RandomWeights, Traces};
use spikestep::population::{Layer, Real, Variable};

/// A network of `n` that fires, with traces.
pub(crate) fn active(n: usize, scheme: &Scheme, weights: RandomWeights) -> LayerSpec {
    let mut spec = LayerSpec::random(n, 0.8, weights, 11).unwrap();
    spec.scheme = scheme.clone();
    spec.traces = Some(Traces { additive: true, ..Traces::default() });
    spec.lbound = Some(-90.0);
    spec
}

/// Input that differs from neuron to neuron and step to step, in multiples of 1/8 so that single precision holds it.
pub(crate) fn drive(step: u64, i: usize) -> f64 {
    ((step as usize * 7919 + i * 104_729) % 160) as f64 / 8.0
}

pub(crate) fn feed<T: Real>(step: u64, input: &mut [T]) -> spikestep::Result<()> {
    input.iter_mut().enumerate().for_each(|(i, x)| *x = T::of(drive(step, i)));
    Ok(())
}

/// 10 mV/ms for every neuron in every step.
pub(crate) fn constant<T: Real>(_: u64, input: &mut [T]) -> spikestep::Result<()> {
    input.fill(T::of(10.0));
    Ok(())
}

/// v, u, traces of all rows, bit by bit.
pub(crate) fn everything<T: Real>(layer: &Layer<T>) -> Vec<u64> {
    let rows = 0..layer.batch();
    let all = rows.flat_map(|row| {
        [Variable::V, Variable::U, Variable::Spike, Variable::Trace].into_iter().flat_map(move |x| layer.values(x, row))
    });
    all.map(|x| x.double().to_bits()).collect()
}
