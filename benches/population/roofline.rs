//! What one core can do, and what part of it the kernels use.
//!
//! A kernel is held to two limits: the multiply-adds a second of a register-only loop, and the bandwidth of memory, measured by
//! y ← y + a x over columns that no cache holds. The plain kernels on the grid fuse no operations (they are the scalar schemes to the
//! bit), so that half the first limit is the most they can reach; the fused ones have an addition among three operations or so, and
//! compare and select, which are not counted. Called step by step a population streams every parameter, state
//! and input through the core; called for many steps, its blocks stay in the first-level cache and the bandwidth is no limit.

use std::hint::black_box;

use pulp::{Arch, Simd, WithSimd};
use spikestep::population::Population;

use crate::{Form, cells, fastest};

/// \[ms\].
const DT: f64 = 0.5;
/// Steps of a call that keeps blocks in the cache.
const MANY: u64 = 100;

/// Floating-point operations of a step without a spike, multiply and add counted apart, and numbers read and written.
fn work(form: &str) -> (f64, f64) {
    // v' has 7 and u' 5 operations; a stage adds 2 for each variable, the sum of RK4 9. Ten parameters.
    let grid = 10.0 + 3.0 + 2.0;
    // W' has 2 and K' 4; the sum has 6. Seven parameters.
    let normal = 7.0 + 3.0 + 2.0;
    match form {
        "euler" | "nest-consistent" => (7.0 + 5.0 + 4.0, grid),
        // Multiply-adds count twice: 3, 4 and 18 of them; additions 1, 2 and 8. One takes d, another tells the spike.
        "euler+fused" => (2.0 * 3.0 + 1.0 + 2.0, normal),
        "half-step+fused" => (2.0 * 4.0 + 2.0 + 2.0, normal),
        "rk4+fused" => (2.0 * 18.0 + 8.0 + 2.0, normal),
        "half-step" | "nest-published" => (2.0 * 9.0 + 7.0, grid),
        "rk4" => (4.0 * 12.0 + 3.0 * 4.0 + 2.0 * 9.0, grid),
        "rk4+located" => (4.0 * 6.0 + 3.0 * 4.0 + 2.0 * 6.0 + 4.0, normal),
        // Recurrences of y, J, K and W up to N, their values and a logarithm, about: 3 N²/2 pairs of operations and 40.
        "projective-6" => (3.0 * 64.0 + 6.0 * 8.0 + 40.0, normal),
        "projective-8" => (3.0 * 100.0 + 6.0 * 10.0 + 40.0, normal),
        // Not counted.
        _ => (f64::NAN, grid),
    }
}

/// Twelve chains of multiply-adds in registers.
struct Chains(u64);

impl WithSimd for Chains {
    /// Operations.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let (factor, shift) = (simd.splat_f64s(black_box(0.999)), simd.splat_f64s(black_box(0.001)));
        let mut chains = [shift; 12];
        for _ in 0..self.0 {
            for x in &mut chains {
                *x = simd.mul_add_e_f64s(*x, factor, shift);
            }
        }
        black_box(chains);
        (self.0 * 12 * 2 * S::F64_LANES as u64) as f64
    }
}

/// y ← y + a x.
struct Stream<'a>(&'a [f64], &'a mut [f64]);

impl WithSimd for Stream<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let a = simd.splat_f64s(black_box(0.5));
        let (x, y) = (S::as_simd_f64s(self.0).0, S::as_mut_simd_f64s(self.1).0);
        for (y, x) in y.iter_mut().zip(x) {
            *y = simd.mul_add_e_f64s(a, *x, *y);
        }
    }
}

/// Time \[ns\] of a step of a neuron of `population`, `steps` of them in each call.
pub(crate) fn ns_per_step(mut population: Population, steps: u64) -> f64 {
    let n = population.len();
    let input: Vec<f64> = (0..n).map(|i| 5.0 + 10.0 * i as f64 / n as f64).collect();
    // Below a millisecond a measurement, so that some fit between whatever else the machine does; a small population takes up
    // to a hundred times as long for a neuron.
    let calls = (if n < 100 { 10_000 } else { 500_000 } / (n as u64 * steps)).max(1);
    let repeats = (100_000_000 / (n as u64 * steps * calls)).clamp(5, 200) as usize;
    let mut spikes = Vec::new();
    let seconds = fastest(repeats, || {
        for _ in 0..calls {
            spikes.clear();
            population.advance(&input, DT, steps, &mut spikes).expect("a step");
        }
    });
    seconds * 1e9 / (n as f64 * (steps * calls) as f64)
}

/// Prints the limits and the shares of `forms`.
pub(crate) fn print(forms: &[Form]) {
    let mut operations = 0.0;
    let seconds = fastest(20, || operations = Arch::new().dispatch(Chains(2_000_000)));
    let peak = operations / seconds;
    let (x, mut y) = (vec![1.0; 1 << 25], vec![1.0; 1 << 25]);
    let seconds = fastest(7, || Arch::new().dispatch(Stream(&x, &mut y)));
    let bandwidth = 3.0 * 8.0 * x.len() as f64 / seconds;
    drop((x, y));
    println!("one core: {:.1} GFLOP/s in multiply-adds, {:.1} GB/s of memory", peak * 1e-9, bandwidth * 1e-9);
    println!(
        "inputs of 5 to 15 mV/ms, dt {DT} ms, one thread; flop: share of the multiply-adds, memory: share of the bandwidth"
    );
    println!(
        "{:<22} {:>9} {:>6} {:>15} {:>14} {:>8} {:>8}",
        "scheme", "neurons", "steps", "ns/neuron_step", "Mneuron_step/s", "flop", "memory"
    );
    for form in forms {
        let (flops, numbers) = work(&form.name());
        for (suffix, bytes, single) in [("", 8.0, false), (" (f32)", 4.0, true)] {
            for n in [1_000, 100_000, 1_000_000] {
                let (neurons, states) = cells(n);
                for steps in [1, MANY] {
                    let Ok(population) = form.population(&neurons, &states, single) else {
                        continue;
                    };
                    let ns = ns_per_step(population, steps);
                    // Input is given in double precision.
                    let moved = ((numbers - 1.0) * bytes + 8.0) / steps as f64;
                    println!(
                        "{:<22} {n:>9} {steps:>6} {ns:>15.3} {:>14.0} {:>7.1}% {:>7.1}%",
                        format!("{}{suffix}", form.name()),
                        1e3 / ns,
                        100.0 * flops / (ns * 1e-9) / peak,
                        100.0 * moved / (ns * 1e-9) / bandwidth
                    );
                }
            }
        }
    }
}
