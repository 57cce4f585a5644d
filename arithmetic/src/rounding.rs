//! How an exact result becomes a multiple of the last place that there is.

use std::cell::Cell;

/// Which neighbour in the format an exact result is rounded to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest, ties to the even one (IEEE 754's default).
    #[default]
    NearestEven,
    /// To the nearest, ties away from zero.
    TiesAway,
    /// To the nearest, ties towards +∞: half a unit is added and the rest is cut.
    HalfUp,
    /// Towards −∞: what cutting the last bits of a two's complement number does.
    Floor,
    /// Towards zero.
    ToZero,
    /// Up with the probability of the part that is dropped.
    Stochastic,
}

impl Rounding {
    /// The roundings with their names on the command line.
    pub const NAMES: [(&'static str, Rounding); 6] = [
        ("rne", Rounding::NearestEven),
        ("ties_away", Rounding::TiesAway),
        ("half_up", Rounding::HalfUp),
        ("floor", Rounding::Floor),
        ("to_zero", Rounding::ToZero),
        ("stochastic", Rounding::Stochastic),
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, rounding)| *rounding == self).map_or("", |(name, _)| name)
    }

    /// The rounding of constants: the same, but nearest even where results are rounded stochastically, since a constant is written
    /// into a program once.
    pub(crate) fn of_constants(self) -> Rounding {
        if self == Rounding::Stochastic { Rounding::NearestEven } else { self }
    }
}

/// The generator SplitMix64, as a source of the bits of stochastic rounding.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
#[derive(Debug)]
pub struct SplitMix64(Cell<u64>);

impl SplitMix64 {
    /// The generator whose state starts at `seed`.
    pub fn new(seed: u64) -> Self {
        SplitMix64(Cell::new(seed))
    }

    /// The next 64 bits.
    #[inline]
    pub fn draw(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(state);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// `exact` without its last `drop` bits, rounded; for integers of 64 and of 128 bits.
macro_rules! shift {
    ($name:ident, $integer:ty, $most:literal) => {
        #[inline]
        pub(crate) fn $name(exact: $integer, drop: u32, rounding: Rounding, random: &SplitMix64) -> $integer {
            debug_assert!(drop < $most, "{drop} bits dropped");
            if drop == 0 {
                // The draw is made all the same: one for each operation that can round.
                if rounding == Rounding::Stochastic {
                    random.draw();
                }
                return exact;
            }
            let half = 1 << (drop - 1);
            let added = match rounding {
                Rounding::NearestEven => half - 1 + ((exact >> drop) & 1),
                Rounding::HalfUp => half,
                Rounding::TiesAway => half - <$integer>::from(exact < 0),
                Rounding::Floor => 0,
                Rounding::ToZero => (exact >> ($most - 1)) & (2 * (half - 1) + 1),
                // The first bits of the draw; where more are dropped than it has, the last ones are 0.
                Rounding::Stochastic if drop <= 64 => (random.draw() >> (64 - drop)) as $integer,
                Rounding::Stochastic => ((random.draw() >> 1) as $integer) << (drop - 63),
            };
            (exact + added) >> drop
        }
    };
}
shift!(shift_64, i64, 64);
shift!(shift_128, i128, 128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_where_each_rounding_sends_them() {
        let random = SplitMix64::new(0);
        // In units of a quarter: −1.5, −0.5, 0.5, 1.5 and their neighbours a quarter below and above.
        let given = [-7, -6, -5, -3, -2, -1, 1, 2, 3, 5, 6, 7];
        let expected = [
            (Rounding::NearestEven, [-2, -2, -1, -1, 0, 0, 0, 0, 1, 1, 2, 2]),
            (Rounding::TiesAway, [-2, -2, -1, -1, -1, 0, 0, 1, 1, 1, 2, 2]),
            (Rounding::HalfUp, [-2, -1, -1, -1, 0, 0, 0, 1, 1, 1, 2, 2]),
            (Rounding::Floor, [-2, -2, -2, -1, -1, -1, 0, 0, 0, 1, 1, 1]),
            (Rounding::ToZero, [-1, -1, -1, 0, 0, 0, 0, 0, 0, 1, 1, 1]),
        ];
        for (rounding, expected) in expected {
            assert_eq!(given.map(|x| shift_64(x, 2, rounding, &random)), expected, "{rounding:?}");
            assert_eq!(
                given.map(|x| shift_128(x.into(), 2, rounding, &random)),
                expected.map(i128::from),
                "{rounding:?}"
            );
        }
    }

    #[test]
    fn stochastic_rounding_is_right_in_the_mean() {
        let random = SplitMix64::new(1);
        // 0.3 of a unit: the mean of 100,000 draws has a standard deviation of 0.46/√100,000 = 0.0014; six of them.
        let (n, x) = (100_000, (0.3 * 65536.0) as i64);
        for sign in [1, -1] {
            let sum: i64 = (0..n).map(|_| shift_64(sign * x, 16, Rounding::Stochastic, &random)).sum();
            assert!((sum as f64 / n as f64 - sign as f64 * 0.3).abs() < 0.0087, "{sum} of {n}");
        }
    }

    #[test]
    fn splitmix64_is_the_published_one() {
        // The first outputs from 1234567, as in the reference implementation of S. Vigna (prng.di.unimi.it/splitmix64.c).
        let random = SplitMix64::new(1_234_567);
        assert_eq!([random.draw(), random.draw()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }
}
