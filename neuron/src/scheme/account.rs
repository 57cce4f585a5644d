//! What an arithmetic of few bits did to a run.

/// What an arithmetic did to a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArithmeticAccount {
    /// Results of operations that are the largest or the smallest number of the format, or infinite.
    pub overflows: u64,
    /// Results that wrapped around.
    pub wraps: u64,
    /// The end \[ms\] of the step in which a result overflowed or wrapped first.
    pub first_overflow: Option<f64>,
    /// The smallest and the largest v \[mV\], at the start and as steps reached it, before a reset.
    pub v_range: (f64, f64),
    /// The constants of the run: their names, their values, and these as they were rounded.
    pub constants: Vec<(&'static str, f64, f64)>,
}
