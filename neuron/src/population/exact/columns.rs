//! What the lanes hold of neurons that go side by side.

use pulp::Simd;

use crate::lanes::F;
use crate::scheme::projective::PROBES;

/// Terms of the series of W and of K.
pub(super) const TERMS: usize = 16;
/// (W² + |K|) h² at the most. The nearest singularity is then about five steps away, so that the terms left out are below those of the last
/// two that are larger.
pub(super) const TURN: f64 = 0.05;
/// Where the series is not good enough for the whole way to the next event, a lane goes in parts of this part of it at the least, as far as
/// that is from what would be enough by the errors and by the turn.
pub(super) const LEAST_PART: f64 = 0.15;
/// How much of what would be enough a part is.
pub(super) const CAUTION: f64 = 0.9;

/// The most lanes.
pub(super) const MOST: usize = 8;

/// A number of each lane.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Row(pub(super) [f64; MOST]);

impl Row {
    const ZERO: Row = Row([0.0; MOST]);

    #[inline(always)]
    pub(super) fn load<S: Simd>(&self, simd: S) -> F<S> {
        F::load(simd, &self.0, 0)
    }

    #[inline(always)]
    pub(super) fn store<S: Simd>(&mut self, x: F<S>) {
        x.store(&mut self.0, 0);
    }
}

/// The numbers of all lanes. A lane without a neuron stays where it is.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// α, β, the peak, what a unit of current adds to E, and the rate at which currents decay.
    pub(super) system: [Row; 5],
    pub(super) k2: Row,
    /// What a step may be wrong by \[ms\], and the weights of errors of W and K.
    pub(super) allowance: [Row; 3],
    /// \[ms\]
    pub(super) time: Row,
    pub(super) w: Row,
    pub(super) k: Row,
    /// E without the current \[1/ms³\].
    pub(super) drive: Row,
    /// The current of synapses \[mV/ms\].
    pub(super) current: Row,
    /// Errors of W, K and E, with their signs.
    pub(super) errors: [[Row; PROBES]; 3],
    pub(super) nonlinear: Row,
    /// Since the neurons were laid here: the Jacobian by rows, local errors of (W, K), what a shift by a unit of time adds to W and K, the
    /// time \[ms\] and the number of steps.
    pub(super) m: [Row; 4],
    pub(super) local: [Row; 2],
    pub(super) kick: [Row; 2],
    pub(super) passed: Row,
    pub(super) steps: Row,
    /// The last arrival and the last spike, with what they may be off \[ms\].
    pub(super) arrived: [Row; 2],
    pub(super) spiked: [Row; 2],
    /// The next event \[ms\]: whether it is an arrival (1 or 0), its charge \[mV\] and how far it is displaced \[ms\].
    pub(super) target: Row,
    pub(super) arrives: Row,
    pub(super) charge: Row,
    pub(super) displaced: [Row; PROBES],
    /// The longest step \[ms\] towards the next event.
    pub(super) limit: Row,
    /// Of the last step that was not good enough: what it would leave out \[ms\], (W² + |K|) h², and the lanes that could come near their
    /// peaks in it.
    pub(super) cut: Row,
    pub(super) turn: Row,
    pub(super) high: u64,
    /// The lanes that hold a neuron, as binary digits.
    pub(super) laid: u64,
    /// The lanes whose errors are no longer small, as binary digits.
    pub(super) lost: u64,
}

impl Columns {
    pub(super) fn new() -> Self {
        let zero = Row::ZERO;
        Columns {
            system: [zero; 5],
            k2: zero,
            allowance: [zero; 3],
            time: zero,
            w: zero,
            k: zero,
            drive: zero,
            current: zero,
            errors: [[zero; PROBES]; 3],
            nonlinear: zero,
            m: [zero; 4],
            local: [zero; 2],
            kick: [zero; 2],
            passed: zero,
            steps: zero,
            arrived: [zero; 2],
            spiked: [zero; 2],
            target: zero,
            arrives: zero,
            charge: zero,
            displaced: [zero; PROBES],
            limit: Row([f64::INFINITY; MOST]),
            cut: zero,
            turn: zero,
            high: 0,
            laid: 0,
            lost: 0,
        }
    }

    /// Whether a lane whose last step was not good enough goes on in smaller ones.
    pub(super) fn goes_in_parts(&mut self, lane: usize) -> bool {
        let (limit, h) = (&mut self.limit.0[lane], self.target.0[lane] - self.time.0[lane]);
        let by_errors = (self.allowance[0].0[lane] / self.cut.0[lane]).powf(1.0 / (TERMS - 2) as f64);
        let part = CAUTION * by_errors.min((TURN / self.turn.0[lane]).sqrt()).min(1.0);
        let first = *limit == f64::INFINITY && self.cut.0[lane].is_finite();
        let goes = first && self.high >> lane & 1 == 0 && part >= LEAST_PART;
        if goes {
            *limit = part * h;
        }
        goes
    }
}

/// The largest |error|, infinite where one is not a number.
#[inline(always)]
pub(super) fn largest<S: Simd>(errors: &[F<S>; PROBES]) -> F<S> {
    let [a, b, c, d] = [errors[0].abs(), errors[1].abs(), errors[2].abs(), errors[3].abs()];
    let (most, sum) = (a.max(b).max(c.max(d)), (a + b) + (c + d));
    sum.is_finite().select(most, most.of(f64::INFINITY))
}

/// Numbers of all lanes.
#[inline(always)]
pub(super) fn load<S: Simd, const N: usize>(simd: S, rows: &[Row; N]) -> [F<S>; N] {
    let mut out = [rows[0].load(simd); N];
    for i in 1..N {
        out[i] = rows[i].load(simd);
    }
    out
}
