//! Arithmetic of a format that is chosen when the program runs: what a word of 16 or 32 bits makes of a computation.
//!
//! An [`Arithmetic`] says which: a [`Format`], a [`Rounding`], perhaps another format for constants, and what happens at the end of the
//! range. It is read from text such as `s16.15/s0.31:stochastic:seed=7`. A [`Calculator`] computes by it, [`FixedPoint`] or
//! [`Floating`]: every operation is made exactly and rounded once. It keeps an [`Account`] of results at the end of the range.
//! [`Number`] is a value with its calculator, so that formulas are written with `+`, `-`, `*` and `/`.
//!
//! Two things are not rounded, since no program computes them: a product with the constant 1, and a sum with the constant 0.
//!
//! ```
//! use arithmetic::{Arithmetic, Calculator, Floating, Number};
//! let kind: Arithmetic = "bf16".parse()?;
//! let by = Floating::new(&kind).expect("a floating-point format");
//! let [x, tenth] = [Number::new(&by, by.number(1.0)), Number::new(&by, by.constant(0.1))];
//! // bfloat16 has 8 significant bits: 1.1 lies between 1.09375 and 1.1015625.
//! assert_eq!((x + tenth).to_f64(), 1.1015625);
//! # Ok::<(), data::Error>(())
//! ```

mod account;
mod arithmetic;
mod calculator;
mod fixed_point;
mod floating;
mod format;
mod number;
mod rounding;

pub use account::{Account, Counter};
pub use arithmetic::{Arithmetic, Order};
pub use calculator::Calculator;
pub use fixed_point::FixedPoint;
pub use floating::Floating;
pub use format::Format;
pub use number::Number;
pub use rounding::{Rounding, SplitMix64};
