//! What numbers there are: floats by name, fixed point by its split.

use std::fmt;
use std::str::FromStr;

use data::{Error, Result};

/// A format of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// IEEE 754 binary64.
    F64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary16: 11 significant bits, up to 65504.
    F16,
    /// bfloat16: 8 significant bits, the range of binary32.
    Bf16,
    /// Two's complement fixed point s`integer`.`fraction`: a sign, `integer` bits before the point and `fraction` after it.
    Fixed {
        /// Bits before the point.
        integer: u32,
        /// Bits after the point.
        fraction: u32,
    },
}

impl Format {
    /// The floats with their names.
    pub const FLOATS: [(&'static str, Format); 4] =
        [("f64", Format::F64), ("f32", Format::F32), ("f16", Format::F16), ("bf16", Format::Bf16)];

    /// Bits of a number.
    pub fn bits(self) -> u32 {
        match self {
            Format::F64 => 64,
            Format::F32 => 32,
            Format::F16 | Format::Bf16 => 16,
            Format::Fixed { integer, fraction } => 1 + integer + fraction,
        }
    }

    /// Whether it is fixed point.
    pub fn is_fixed(self) -> bool {
        matches!(self, Format::Fixed { .. })
    }

    /// Its largest finite number.
    pub fn largest(self) -> f64 {
        match self {
            Format::F64 => f64::MAX,
            Format::F32 => f64::from(f32::MAX),
            Format::F16 => 65504.0,
            Format::Bf16 => (2.0 - 2f64.powi(-7)) * 2f64.powi(127),
            Format::Fixed { integer, fraction } => 2f64.powi(integer as i32) - 2f64.powi(-(fraction as i32)),
        }
    }

    /// How a format is written.
    const ALLOWED: &str =
        "f64, f32, f16, bf16, or sI.F: fixed point with a sign, I integer and F fraction bits, 64 together at most";
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some((_, format)) = Self::FLOATS.iter().find(|(name, _)| *name == text) {
            return Ok(*format);
        }
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten();
        text.strip_prefix('s')
            .and_then(|split| split.split_once('.'))
            .and_then(|(integer, fraction)| Some((digits(integer)?, digits(fraction)?)))
            .filter(|&(integer, fraction)| (1..64).contains(&integer.saturating_add(fraction)))
            .map(|(integer, fraction)| Format::Fixed { integer, fraction })
            .ok_or_else(|| {
                let mend = "Write for example s16.15, a word of 32 bits.";
                Error::invalid("number format", format!("'{}'", text.escape_debug()), Self::ALLOWED, mend)
            })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Format::Fixed { integer, fraction } => write!(f, "s{integer}.{fraction}"),
            float => f.write_str(Self::FLOATS.iter().find(|(_, format)| format == float).map_or("", |(name, _)| name)),
        }
    }
}
