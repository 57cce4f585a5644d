//! The operations on lanes of `f64` and of `f32`, by the names that pulp has for them.

use std::fmt::Debug;

use pulp::{Simd, bytemuck};

/// The most lanes of any path (AVX-512, single precision).
pub(crate) const MOST_LANES: usize = 16;

/// A number of which a register holds several: `f64`, or `f32`, of which it holds twice as many.
pub trait Lane: Copy {
    type Vector<S: Simd>: Copy + Debug;
    type Truth<S: Simd>: Copy + Debug;
    /// Binary digits, as many as a number has: a set of steps.
    type Word: Copy + Default + Into<u64> + Send + Sync;
    type Words<S: Simd>: Copy + Debug;

    /// The search for a root stops when its last correction, as a fraction of the step, is below this number: the next one would be
    /// about its square, which is below rounding.
    const SETTLED: f64;

    /// The number of binary digits of a word.
    const DIGITS: u64;

    /// The nearest number of this kind.
    fn nearest(x: f64) -> Self;
    /// The number of lanes of a vector.
    fn lanes<S: Simd>() -> usize;
    fn splat<S: Simd>(simd: S, x: Self) -> Self::Vector<S>;
    fn vectors<S: Simd>(column: &[Self]) -> &[Self::Vector<S>];
    fn vectors_mut<S: Simd>(column: &mut [Self]) -> &mut [Self::Vector<S>];
    fn array<S: Simd>(x: Self::Vector<S>) -> [Self; MOST_LANES];
    fn add<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Vector<S>;
    fn sub<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Vector<S>;
    fn mul<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Vector<S>;
    fn div<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Vector<S>;
    fn min<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Vector<S>;
    fn max<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Vector<S>;
    fn fma<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>, z: Self::Vector<S>) -> Self::Vector<S>;
    fn abs<S: Simd>(simd: S, x: Self::Vector<S>) -> Self::Vector<S>;
    fn sqrt<S: Simd>(simd: S, x: Self::Vector<S>) -> Self::Vector<S>;
    fn lt<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Truth<S>;
    fn le<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Truth<S>;
    fn ge<S: Simd>(simd: S, x: Self::Vector<S>, y: Self::Vector<S>) -> Self::Truth<S>;
    fn not<S: Simd>(simd: S, m: Self::Truth<S>) -> Self::Truth<S>;
    fn and<S: Simd>(simd: S, m: Self::Truth<S>, n: Self::Truth<S>) -> Self::Truth<S>;
    fn or<S: Simd>(simd: S, m: Self::Truth<S>, n: Self::Truth<S>) -> Self::Truth<S>;
    fn any<S: Simd>(m: Self::Truth<S>) -> bool;
    /// A binary digit for each lane, the first lane in the lowest.
    fn bits<S: Simd>(m: Self::Truth<S>) -> u64;
    fn select<S: Simd>(simd: S, m: Self::Truth<S>, yes: Self::Vector<S>, no: Self::Vector<S>) -> Self::Vector<S>;
    /// The word with one digit, number `k`, in every lane.
    fn digit<S: Simd>(simd: S, k: u64) -> Self::Words<S>;
    fn words<S: Simd>(column: &[Self::Word]) -> &[Self::Words<S>];
    fn words_mut<S: Simd>(column: &mut [Self::Word]) -> &mut [Self::Words<S>];
    /// `words`, with those of `digit` besides where true.
    fn mark<S: Simd>(simd: S, m: Self::Truth<S>, digit: Self::Words<S>, words: Self::Words<S>) -> Self::Words<S>;
    /// The lanes whose word has a digit.
    fn has_digits<S: Simd>(simd: S, words: Self::Words<S>) -> Self::Truth<S>;
}

/// [`Lane`] by pulp's names for a type.
macro_rules! lane {
    (
        $number:ty, $settled:expr, $vector:ident, $truth:ident, $lanes:ident, $splat:ident, $vectors:ident, $vectors_mut:ident,
        $select:ident, $not:ident, words: $word:ty, $words:ident, $splat_word:ident, $as_words:ident, $as_words_mut:ident,
        $and:ident, $or:ident, $less:ident; unary: $($one:ident = $one_of:ident),*; binary: $($two:ident = $two_of:ident),*;
        compare: $($test:ident = $test_of:ident),*; logic: $($both:ident = $both_of:ident),*; fma: $fma:ident
    ) => {
        impl Lane for $number {
            type Vector<S: Simd> = S::$vector;
            type Truth<S: Simd> = S::$truth;
            type Word = $word;
            type Words<S: Simd> = S::$words;

            const SETTLED: f64 = $settled;
            const DIGITS: u64 = <$word>::BITS as u64;

            #[inline(always)]
            fn nearest(x: f64) -> Self {
                x as $number
            }
            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }
            #[inline(always)]
            fn splat<S: Simd>(simd: S, x: Self) -> S::$vector {
                simd.$splat(x)
            }
            #[inline(always)]
            fn vectors<S: Simd>(column: &[Self]) -> &[S::$vector] {
                S::$vectors(column).0
            }
            #[inline(always)]
            fn vectors_mut<S: Simd>(column: &mut [Self]) -> &mut [S::$vector] {
                S::$vectors_mut(column).0
            }
            #[inline(always)]
            fn array<S: Simd>(x: S::$vector) -> [Self; MOST_LANES] {
                let mut array = [0.0; MOST_LANES];
                array[..S::$lanes].copy_from_slice(bytemuck::cast_slice(std::slice::from_ref(&x)));
                array
            }
            #[inline(always)]
            fn fma<S: Simd>(simd: S, x: S::$vector, y: S::$vector, z: S::$vector) -> S::$vector {
                simd.$fma(x, y, z)
            }
            #[inline(always)]
            fn not<S: Simd>(simd: S, m: S::$truth) -> S::$truth {
                simd.$not(m)
            }
            #[inline(always)]
            fn any<S: Simd>(m: S::$truth) -> bool {
                // A loop, not `fold`, which the compiler may leave a call.
                let mut any = 0;
                for byte in bytemuck::bytes_of(&m) {
                    any |= byte;
                }
                any != 0
            }
            #[inline(always)]
            fn bits<S: Simd>(m: S::$truth) -> u64 {
                let bytes = bytemuck::bytes_of(&m);
                // A mask of bits, or one as wide as the vector.
                match *bytes {
                    [low] if S::$lanes > 1 => u64::from(low),
                    [low, high] if S::$lanes > 1 => u64::from(u16::from_le_bytes([low, high])),
                    _ => {
                        let wide = bytes.len() / S::$lanes;
                        let mut bits = 0;
                        for lane in 0..S::$lanes {
                            bits |= u64::from(bytes[lane * wide] & 1) << lane;
                        }
                        bits
                    }
                }
            }
            #[inline(always)]
            fn select<S: Simd>(simd: S, m: S::$truth, yes: S::$vector, no: S::$vector) -> S::$vector {
                // As pulp's select of numbers, which is not always inlined (nor are its abs and neg), on the bits.
                bytemuck::cast(simd.$select(m, bytemuck::cast(yes), bytemuck::cast(no)))
            }
            #[inline(always)]
            fn abs<S: Simd>(simd: S, x: S::$vector) -> S::$vector {
                bytemuck::cast(simd.$and(bytemuck::cast(x), simd.$splat_word(<$word>::MAX >> 1)))
            }
            #[inline(always)]
            fn digit<S: Simd>(simd: S, k: u64) -> S::$words {
                simd.$splat_word(1 << k)
            }
            #[inline(always)]
            fn words<S: Simd>(column: &[$word]) -> &[S::$words] {
                S::$as_words(column).0
            }
            #[inline(always)]
            fn words_mut<S: Simd>(column: &mut [$word]) -> &mut [S::$words] {
                S::$as_words_mut(column).0
            }
            #[inline(always)]
            fn mark<S: Simd>(simd: S, m: S::$truth, digit: S::$words, words: S::$words) -> S::$words {
                // Not a choice between two words: of one that is stored to where the other was loaded from the compiler makes a store under a
                // mask, which takes many cycles on some processors.
                simd.$or(words, simd.$select(m, digit, simd.$splat_word(0)))
            }
            #[inline(always)]
            fn has_digits<S: Simd>(simd: S, words: S::$words) -> S::$truth {
                simd.$less(simd.$splat_word(0), words)
            }
            $(#[inline(always)]
            fn $one<S: Simd>(simd: S, x: S::$vector) -> S::$vector {
                simd.$one_of(x)
            })*
            $(#[inline(always)]
            fn $two<S: Simd>(simd: S, x: S::$vector, y: S::$vector) -> S::$vector {
                simd.$two_of(x, y)
            })*
            $(#[inline(always)]
            fn $test<S: Simd>(simd: S, x: S::$vector, y: S::$vector) -> S::$truth {
                simd.$test_of(x, y)
            })*
            $(#[inline(always)]
            fn $both<S: Simd>(simd: S, m: S::$truth, n: S::$truth) -> S::$truth {
                simd.$both_of(m, n)
            })*
        }
    };
}
lane!(
    f64, 1e-11, f64s, m64s, F64_LANES, splat_f64s, as_simd_f64s, as_mut_simd_f64s, select_u64s, not_m64s,
    words: u64, u64s, splat_u64s, as_simd_u64s, as_mut_simd_u64s, and_u64s, or_u64s, less_than_u64s;
    unary: sqrt = sqrt_f64s;
    binary: add = add_f64s, sub = sub_f64s, mul = mul_f64s, div = div_f64s, min = min_f64s, max = max_f64s;
    compare: lt = less_than_f64s, le = less_than_or_equal_f64s, ge = greater_than_or_equal_f64s;
    logic: and = and_m64s, or = or_m64s;
    fma: mul_add_e_f64s
);
lane!(
    f32, 1e-5, f32s, m32s, F32_LANES, splat_f32s, as_simd_f32s, as_mut_simd_f32s, select_u32s, not_m32s,
    words: u32, u32s, splat_u32s, as_simd_u32s, as_mut_simd_u32s, and_u32s, or_u32s, less_than_u32s;
    unary: sqrt = sqrt_f32s;
    binary: add = add_f32s, sub = sub_f32s, mul = mul_f32s, div = div_f32s, min = min_f32s, max = max_f32s;
    compare: lt = less_than_f32s, le = less_than_or_equal_f32s, ge = greater_than_or_equal_f32s;
    logic: and = and_m32s, or = or_m32s;
    fma: mul_add_e_f32s
);
