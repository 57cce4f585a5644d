//! Online discrete convolution, y_n = Σ_{j ≤ n} κ_{n−j} x_j, each x_n known only after y_{n−1}.
//!
//! Three engines give the same numbers to rounding, in f64 and in f32:
//!
//! | engine | kernel | N steps cost | numbers held |
//! |---|---|---|---|
//! | [`Direct`] | any | O(N²): the judge of the others | 2 K to 3 K |
//! | [`Fft`] | any | O(N log² N) | 5 K to 9 K |
//! | [`Recursive`] | exponentials | O(N) | 3 an exponential |
//!
//! A kernel of K values is zero beyond them; a run may be longer than its kernel, and then costs by K what it costs by N
//! above. An empty kernel gives zeros.
//!
//! ```
//! use convolution::{Direct, Fft, OnlineConvolution, Recursive};
//! let kernel: Vec<f64> = (0..100).map(|n| 0.5f64.powi(n)).collect();
//! let mut engines: [Box<dyn OnlineConvolution<f64>>; 3] =
//!     [Box::new(Direct::new(kernel.clone())), Box::new(Fft::new(kernel)), Box::new(Recursive::exponential(0.5))];
//! for engine in &mut engines {
//!     assert_eq!([engine.push(4.0), engine.push(1.0), engine.push(0.0)], [4.0, 3.0, 1.5]);
//! }
//! ```

pub mod direct;
pub mod fft;
pub mod recursive;

pub use direct::Direct;
pub use fft::{Fft, Transformed};
pub use recursive::Recursive;

/// An engine that convolves a sequence with a kernel as the sequence becomes known.
pub trait OnlineConvolution<T>: Send {
    /// Takes x_n and gives y_n = Σ_{j ≤ n} κ_{n−j} x_j.
    fn push(&mut self, x: T) -> T;

    /// Floating-point operations so far (a real FFT of length m counted as 5/2 m log2 m), those of its setup left out.
    fn flops(&self) -> u64;

    /// Numbers (of type `T`) in its buffers; FFT plans, which hold their roots of unity besides, are not counted.
    fn held(&self) -> usize;
}
