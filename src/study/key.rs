//! Content keys: what a cell's result depends on, as a number.

use std::fmt;
use std::str::FromStr;

/// A hash of 128 bits (FNV-1a; Fowler, Noll & Vo 1991) over all that a result depends on, the crate's sources included: two cells
/// share a key exactly when their results are the same by construction (a collision among 10¹² cells has a chance below 10⁻¹⁴).
///
/// ```
/// use spikestep::study::KeyBuilder;
/// let key = |dt: f64| KeyBuilder::new("example").text("scheme", "euler").number("dt", dt).key();
/// assert_eq!(key(0.5), key(0.5));
/// assert_ne!(key(0.5), key(0.25));
/// assert_eq!(key(0.5).to_string().parse(), Ok(key(0.5)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u128);

impl fmt::Display for Key {
    /// 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for Key {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(text, 16).map(Key)
    }
}

/// Takes in what a result depends on, part by part; a part is a name and a value, and their order counts.
#[derive(Clone, Debug)]
pub struct KeyBuilder(u128);

/// The parameters of FNV-1a at 128 bits.
const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl KeyBuilder {
    /// A key of cells of some kind, as the sources that this crate is built from compute them: a change of any of them, or of a
    /// dependency, gives other keys.
    pub fn new(kind: &str) -> Self {
        KeyBuilder(OFFSET_BASIS).text("sources", env!("SPIKESTEP_FINGERPRINT")).text("kind", kind)
    }

    /// A part that is text.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.part(name, value.as_bytes())
    }

    /// A part that is a number, to its last bit.
    #[must_use]
    pub fn number(self, name: &str, value: f64) -> Self {
        self.part(name, &value.to_bits().to_le_bytes())
    }

    /// A part that may be absent.
    #[must_use]
    pub fn optional(self, name: &str, value: Option<f64>) -> Self {
        match value {
            Some(value) => self.number(name, value),
            None => self.text(name, "none"),
        }
    }

    /// A part that is a structure, by its `Debug` form: all fields with all digits.
    #[must_use]
    pub fn structure(self, name: &str, value: &impl fmt::Debug) -> Self {
        self.text(name, &format!("{value:?}"))
    }

    /// A part that is a key.
    #[must_use]
    pub fn nested(self, name: &str, key: Key) -> Self {
        self.part(name, &key.0.to_le_bytes())
    }

    /// The key of the parts taken in.
    pub fn key(self) -> Key {
        Key(self.0)
    }

    /// Lengths first, so that parts cannot run into each other.
    fn part(mut self, name: &str, value: &[u8]) -> Self {
        for piece in [name.as_bytes(), value] {
            for &byte in (piece.len() as u64).to_le_bytes().iter().chain(piece) {
                self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(PRIME);
            }
        }
        self
    }
}
