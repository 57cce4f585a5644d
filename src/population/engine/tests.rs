//! Kernels on every width of register.

use super::super::fused::{self, Fused};
use super::super::grid::Grid;
use super::super::located::LocatedRk4;
use super::super::normal;
use super::super::projective::Projective;
use super::*;
use crate::model::CELL_TYPES;
use crate::scheme::simulators::{IzhikevichNodes, NestConsistent, NestPublished};
use crate::scheme::{Euler, EulerSemiImplicit, HalfStep, Heun, Midpoint, RecursiveEvolution, Rk4, Rule};
use pulp::{Scalar, Scalar256b, Scalar512b, Simd, WithSimd};

/// `n` neurons of the four usual cells, 1000 ms at inputs from 10 mV/ms on, on the best instructions or on those given.
fn spikes<T: Real, K: Kernel<T, P>, const P: usize>(
    kernel: K,
    n: usize,
    dt: f64,
    simd: Option<impl Simd>,
) -> Vec<Spike> {
    let (neurons, states): (Vec<_>, Vec<_>) =
        (0..n).map(|i| &CELL_TYPES[i % 4]).map(|cell| (cell.neuron, cell.initial)).unzip();
    let input: Vec<f64> = (0..n).map(|i| 10.0 + (i / 4 % 8) as f64).collect();
    let Blocks { parameters, mut blocks, .. } = Blocks::<T, K, P>::new(kernel, &neurons, &states);
    let mut spikes = Vec::new();
    let clock = Clock { origin: 0.0, dt, first: 0, steps: (1000.0 / dt) as u64 };
    let (parameters, blocks) = (&*parameters, &mut blocks[..]);
    let work = Work {
        kernel,
        parameters,
        blocks,
        first: 0,
        input: &input,
        clock,
        scratch: &mut Scratch::default(),
        spikes: &mut spikes,
    };
    match simd {
        Some(simd) => work.with_simd(simd),
        None => work.run(),
    }
    spikes
}

fn largest_difference(a: &[Spike], b: &[Spike]) -> f64 {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(b).all(|(a, b)| a.neuron == b.neuron));
    a.iter().zip(b).map(|(a, b)| (a.t - b.t).abs()).fold(0.0, f64::max)
}

#[test]
fn kernels_without_fused_operations_are_the_same_at_every_width() {
    fn same<T: Real, K: Kernel<T, 10>>(kernel: K) {
        let best = spikes::<T, _, _>(kernel, 70, 0.25, None::<Scalar>);
        assert!(best.len() > 150);
        assert_eq!(best, spikes::<T, _, _>(kernel, 70, 0.25, Some(Scalar::new())));
        assert_eq!(best, spikes::<T, _, _>(kernel, 70, 0.25, Some(Scalar256b)));
        assert_eq!(best, spikes::<T, _, _>(kernel, 70, 0.25, Some(Scalar512b)));
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            assert_eq!(best, spikes::<T, _, _>(kernel, 70, 0.25, Some(simd)));
        }
    }
    fn both<R: Rule>(rule: R) {
        same::<f64, _>(Grid(rule));
        same::<f32, _>(Grid(rule));
    }
    both(IzhikevichNodes);
    both(HalfStep);
    both(NestPublished);
    both(Euler);
    both(NestConsistent);
    both(EulerSemiImplicit);
    both(Midpoint);
    both(Heun);
    both(Rk4);
    both(RecursiveEvolution::<1>);
    both(RecursiveEvolution::<2>);
}

/// Two steps in one call and in two, from states without a spike. (W, K) and what the stages make of them stay below 4, and each
/// of up to 26 operations and of some 20 that scale them rounds half an ulp of that once or twice; a stage enlarges what it is
/// given by less than 2, the scale is taken out again: below 2 · 2 · 46 · 2 · 4 · ε/2 < 800 ε, over (h/2)² = 1/16 in K.
#[test]
fn fused_kernels_agree_at_every_width_to_rounding() {
    fn after<T: Real, R: fused::Flow>(flow: R, calls: u64, simd: Option<impl Simd>) -> Vec<[f64; 2]> {
        let (neurons, states): (Vec<_>, Vec<_>) =
            (0..37).map(|i| &CELL_TYPES[i % 4]).map(|cell| (cell.neuron, cell.initial)).unzip();
        let input: Vec<f64> = (0..37).map(|i| f64::from(i) / 3.0).collect();
        let kernel = Fused(flow);
        let Blocks { parameters, mut blocks, .. } =
            Blocks::<T, _, { normal::PARAMETERS }>::new(kernel, &neurons, &states);
        let mut spikes = Vec::new();
        for first in 0..calls {
            let clock = Clock { origin: 0.0, dt: 0.5, first, steps: 2 / calls };
            let work = Work {
                kernel,
                parameters: &parameters,
                blocks: &mut blocks,
                first: 0,
                input: &input,
                clock,
                scratch: &mut Scratch::default(),
                spikes: &mut spikes,
            };
            match simd {
                Some(simd) => work.with_simd(simd),
                None => work.run(),
            }
        }
        assert!(spikes.is_empty());
        (0..37).map(|i| blocks[0].x(i)).collect()
    }
    fn agree<T: Real, R: fused::Flow>(flow: R) {
        let best = after::<T, _>(flow, 1, None::<Scalar>);
        let others = [
            after::<T, _>(flow, 2, None::<Scalar>),
            after::<T, _>(flow, 1, Some(Scalar::new())),
            after::<T, _>(flow, 1, Some(Scalar256b)),
            after::<T, _>(flow, 1, Some(Scalar512b)),
            after::<T, _>(flow, 2, Some(Scalar512b)),
        ];
        let room = 16.0 * 800.0 * T::epsilon().double();
        for (a, b) in others.iter().flat_map(|other| best.iter().zip(other)) {
            assert!((a[0] - b[0]).abs() < room && (a[1] - b[1]).abs() < room, "{flow:?} {a:?} {b:?}");
        }
    }
    agree::<f64, _>(fused::Euler);
    agree::<f64, _>(fused::HalfStep);
    agree::<f64, _>(fused::Rk4);
    agree::<f32, _>(fused::HalfStep);
    agree::<f32, _>(fused::Rk4);
}

/// Each step rounds K ≈ 0.3 and W by some 1e-16, which at most 4000 steps add up to 1e-14 between two resets (those do not
/// forget K). On the slow manifold a change of K moves a spike by 1/K' ≈ 80 to 1/(α K) ≈ 200 ms, and 100 spikes add up:
/// below 1e-9 ms.
#[test]
fn fused_and_unfused_paths_agree_to_rounding() {
    fn agree<K: Kernel<f64, { normal::PARAMETERS }>>(kernel: K) {
        let unfused = spikes::<f64, _, _>(kernel, 4, 0.25, Some(Scalar::new()));
        let best = spikes::<f64, _, _>(kernel, 4, 0.25, None::<Scalar>);
        let wide = spikes::<f64, _, _>(kernel, 4, 0.25, Some(Scalar512b));
        let (d, e) = (largest_difference(&unfused, &best), largest_difference(&wide, &best));
        assert!(d < 1e-9 && e < 1e-9, "{kernel:?}: {d:e} {e:e}");
    }
    agree(LocatedRk4);
    agree(Projective::<8>);
    agree(Projective::<10>);
}
