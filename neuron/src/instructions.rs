//! The processor's instructions, as far as a piece of work gains from them.
//!
//! What is compiled for an instruction set is compiled once more for it. AVX-512 is worth that in the fused kernels of populations, which
//! are bound by how much is computed, not where one number is computed, where vectors diverge or wait for memory, nor where a kernel
//! keeps the order of operations of its scheme: there this module ends at 256 bits.

use pulp::{Arch, WithSimd};

/// Does `work` on the best instructions up to 256 bits (AVX2 with FMA, NEON, ...).
#[inline(always)]
pub(crate) fn dispatch_256<W: WithSimd>(arch: Arch, work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        use pulp::Simd;
        match arch {
            // AVX-512 has all of AVX2.
            Arch::V4(simd) => Simd::vectorize(*simd, work),
            Arch::V3(simd) => Simd::vectorize(simd, work),
            _ => pulp::Scalar.vectorize(work),
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        arch.dispatch(work)
    }
}

/// Whether [`dispatch_256`] finds fused multiply-add here: every vector instruction set of pulp has it, the scalar fallback may not.
pub(crate) fn are_fused(arch: Arch) -> bool {
    !matches!(arch, Arch::Scalar)
}
