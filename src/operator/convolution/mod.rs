//! Online discrete convolution, y_n = Σ_{j ≤ n} κ_{n−j} x_j, each x_n known only after y_{n−1}.
//!
//! Three engines give the same numbers to rounding: [`Direct`] (the sum, O(N²): the judge of the others), [`Fft`] (blocks,
//! O(N log² N): any kernel) and [`Recursive`] (O(N): exponential kernels only).

pub mod direct;
pub mod fft;
pub mod recursive;

pub use direct::Direct;
pub use fft::Fft;
pub use recursive::Recursive;

/// An engine that convolves a sequence with a kernel as the sequence becomes known.
pub trait OnlineConvolution<T>: Send {
    /// Takes x_n and gives y_n = Σ_{j ≤ n} κ_{n−j} x_j.
    fn push(&mut self, x: T) -> T;

    /// Floating-point operations so far (a real FFT of length m counted as 5/2 m log2 m).
    fn flops(&self) -> u64;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The engines on the kernel e^{−rate n} and a given sequence.
    fn outputs(rate: f64, x: &[f64]) -> [Vec<f64>; 3] {
        let kernel: Vec<f64> = (0..x.len()).map(|n| (-rate * n as f64).exp()).collect();
        let mut direct = Direct::new(kernel.clone());
        let mut fft = Fft::new(kernel);
        let mut recursive = Recursive::exponential((-rate).exp());
        [
            x.iter().map(|&x| direct.push(x)).collect(),
            x.iter().map(|&x| fft.push(x)).collect(),
            x.iter().map(|&x| recursive.push(x)).collect(),
        ]
    }

    proptest! {
        #[test]
        fn the_engines_agree_to_rounding(rate in 0.0..0.5f64, x in prop::collection::vec(-100.0..100.0f64, 1..1500)) {
            let [direct, fft, recursive] = outputs(rate, &x);
            // Every engine adds N terms below 100 in size; relative rounding of a sum of N terms is at most N ulp of the
            // sum of sizes, that of an FFT about log2 N.
            let scale = 100.0 * x.len() as f64;
            let tolerance = 4.0 * f64::EPSILON * scale * (x.len() as f64).sqrt();
            for n in 0..x.len() {
                prop_assert!((direct[n] - fft[n]).abs() <= tolerance, "fft at {n}: {} {}", direct[n], fft[n]);
                prop_assert!((direct[n] - recursive[n]).abs() <= tolerance, "recursive at {n}");
            }
        }

        #[test]
        fn the_past_does_not_know_the_future(x in prop::collection::vec(-1.0..1.0f64, 200..400), at in 0usize..200) {
            let mut changed = x.clone();
            changed[at] += 1.0;
            let before = outputs(0.01, &x);
            let after = outputs(0.01, &changed);
            for (b, a) in before.iter().zip(&after) {
                prop_assert_eq!(&b[..at], &a[..at]);
            }
        }
    }
}
