//! The processor's instructions, chosen at run time.

use pulp::{Arch, WithSimd};

/// Does `work` on the best instructions up to 256 bits (AVX2 with FMA, NEON, ...), where wider ones would gain nothing.
#[inline(always)]
pub(crate) fn dispatch_256<W: WithSimd>(arch: Arch, work: W) -> W::Output {
    arch.dispatch(work)
}
