//! Kernels on every width of register.

use super::super::fused::{self, Fused};
use super::super::grid::Grid;
use super::super::kernels::schemes;
use super::super::located::LocatedRk4;
use super::super::normal;
use super::super::projective::Projective;
use super::*;
use crate::model::CELL_TYPES;
use crate::scheme::Rule;
use crate::scheme::rules::{RuleVisitor, visit_rule};
use pulp::{Scalar, Scalar256b, Scalar512b, Simd, WithSimd};

/// The spikes and the final states of `n` neurons of the first `cells` cells under `input` to each, after `calls` calls of `steps` steps, on
/// the best instructions or on those given.
fn run<T: Real, K: Kernel<T, P>, const P: usize>(
    kernel: K,
    (n, cells): (usize, usize),
    input: impl Fn(usize) -> f64,
    dt: f64,
    (calls, steps): (u64, u64),
    simd: Option<impl Simd>,
) -> (Vec<Spike>, Vec<[f64; 2]>) {
    let (neurons, states): (Vec<_>, Vec<_>) =
        (0..n).map(|i| &CELL_TYPES[i % cells]).map(|cell| (cell.neuron, cell.initial)).unzip();
    let Blocks { parameters, mut blocks, .. } = Blocks::<T, K, P>::new(kernel, &neurons, &states, dt);
    let (mut spikes, mut scratch) = (Vec::new(), Scratch::default());
    for call in 0..calls {
        let work = Work {
            kernel,
            parameters: &parameters,
            blocks: &mut blocks,
            first: 0,
            n,
            input: &|b, to| (0..).zip(to).for_each(|(i, to)| *to = T::of(input(b * BLOCK + i))),
            clock: Clock { origin: 0.0, dt, first: call * steps, steps },
            scratch: &mut scratch,
            spikes: &mut spikes,
        };
        match simd {
            Some(simd) => work.with_simd(simd),
            None => work.run(),
        }
    }
    (spikes, (0..n).map(|i| blocks[i / BLOCK].x(i % BLOCK)).collect())
}

fn largest_difference(a: &[Spike], b: &[Spike]) -> f64 {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(b).all(|(a, b)| a.neuron == b.neuron));
    a.iter().zip(b).map(|(a, b)| (a.t - b.t).abs()).fold(0.0, f64::max)
}

/// 1000 ms in one call, as of a population, and step by step, as of a layer.
#[test]
fn kernels_without_fused_operations_are_the_same_at_every_width() {
    fn same<T: Real, K: Kernel<T, 10>>(kernel: K) {
        for calls in [(1, 4000), (4000, 1)] {
            let input = |i: usize| 10.0 + (i / 7 % 8) as f64;
            let best = run::<T, _, _>(kernel, (70, 7), input, 0.25, calls, None::<Scalar>);
            assert!(best.0.len() > 150);
            assert_eq!(best, run::<T, _, _>(kernel, (70, 7), input, 0.25, calls, Some(Scalar::new())));
            assert_eq!(best, run::<T, _, _>(kernel, (70, 7), input, 0.25, calls, Some(Scalar256b)));
            assert_eq!(best, run::<T, _, _>(kernel, (70, 7), input, 0.25, calls, Some(Scalar512b)));
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                assert_eq!(best, run::<T, _, _>(kernel, (70, 7), input, 0.25, calls, Some(simd)));
            }
        }
    }
    struct Same;
    impl RuleVisitor for Same {
        type Output = ();
        fn visit<R: Rule>(self, rule: R) {
            same::<f64, _>(Grid(rule));
            same::<f32, _>(Grid(rule));
        }
    }
    assert!(schemes().iter().filter_map(|scheme| visit_rule(scheme, Same)).count() >= 14);
}

/// Two steps in one call and in two, from states without a spike. (W, K) and what the stages make of them stay below 4, and each
/// of up to 26 operations and of some 20 that scale them rounds half an ulp of that once or twice; a stage enlarges what it is
/// given by less than 2, the scale is taken out again: below 2 · 2 · 46 · 2 · 4 · ε/2 < 800 ε, over (h/2)² = 1/16 in K.
#[test]
fn fused_kernels_agree_at_every_width_to_rounding() {
    fn after<T: Real, R: fused::Flow>(flow: R, calls: u64, simd: Option<impl Simd>) -> Vec<[f64; 2]> {
        let (kernel, input) = (Fused(flow), |i: usize| i as f64 / 3.0);
        let (spikes, states) =
            run::<T, _, { normal::PARAMETERS }>(kernel, (37, 4), input, 0.5, (calls, 2 / calls), simd);
        assert!(spikes.is_empty());
        states
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
        let (cells, once) = ((4, 4), (1, 4000));
        let unfused = run::<f64, _, _>(kernel, cells, |_| 10.0, 0.25, once, Some(Scalar::new())).0;
        let best = run::<f64, _, _>(kernel, cells, |_| 10.0, 0.25, once, None::<Scalar>).0;
        let wide = run::<f64, _, _>(kernel, cells, |_| 10.0, 0.25, once, Some(Scalar512b)).0;
        let (d, e) = (largest_difference(&unfused, &best), largest_difference(&wide, &best));
        assert!(d < 1e-9 && e < 1e-9, "{kernel:?}: {d:e} {e:e}");
    }
    agree(LocatedRk4);
    agree(Projective::<8>);
    agree(Projective::<10>);
}
