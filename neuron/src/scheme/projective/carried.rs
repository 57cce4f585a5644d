//! The errors (t, K) of a spike, carried from one to the next.

/// How the errors of one spike arrive at the next: rows of ∂(t, K) by ∂(t, K).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Map {
    pub(crate) t: [f64; 2],
    pub(crate) k: [f64; 2],
}

impl Map {
    /// The same, worse by what is not known of it. A Jacobian of the linear form is least known along the flow: what it says
    /// of the time is off by the part `doubt`, and takes K along with K' = `rate_k` \[1/ms³\]. `shifts` are the absolute values
    /// that the change of the input adds to ∂t/∂t, less well known than the rest.
    pub(crate) fn enlarged(self, doubt: f64, shifts: f64, rate_k: f64) -> Self {
        let larger = |x: f64, by: f64| x + by.copysign(x);
        let (shifts, weight) = (2.0 * doubt * shifts, doubt * self.t[1].abs());
        Map {
            t: [larger(self.t[0], shifts), larger(self.t[1], weight)],
            k: [
                larger(self.k[0], 2.0 * doubt * self.k[0].abs() + shifts * rate_k.abs()),
                larger(self.k[1], doubt * self.k[1].abs() + weight * rate_k.abs()),
            ],
        }
    }
}

/// Errors of the last spike.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Carried {
    /// Sums of squares and products of the errors of (t, K) by each of `sources` local errors: tt, tK, KK.
    squares: [f64; 3],
    sources: f64,
    /// Of the last spike's time \[ms\].
    pub(crate) time: f64,
    /// Of K at the last spike \[1/ms²\].
    pub(crate) k: f64,
    /// The largest of any spike time \[ms\].
    pub(crate) largest: f64,
}

impl Carried {
    /// To the next spike, where the steps since the last add `local`.
    #[inline(always)]
    pub(crate) fn advance(&mut self, map: Map, local: [f64; 2]) {
        let Map { t: [stay, tk], k: [shift_k, ck] } = map;
        let [local_t, local_k] = local;
        let (before_t, before_k) = (self.time, self.k);
        self.time = stay.abs() * before_t + tk.abs() * before_k + local_t;
        self.k = shift_k.abs() * before_t + ck.abs() * before_k + local_k;
        // Where errors of t and K cancel, sums of absolute values do not see it (a varying input draws spikes back in time).
        // The squares of the effects of every local error do: |Σ c_i| ≤ √(n Σ c_i²).
        let [tt, cross, kk] = self.squares;
        self.squares = [
            stay * stay * tt + 2.0 * stay * tk * cross + tk * tk * kk + local_t * local_t,
            stay * shift_k * tt + (stay * ck + tk * shift_k) * cross + tk * ck * kk,
            shift_k * shift_k * tt + 2.0 * shift_k * ck * cross + ck * ck * kk + local_k * local_k,
        ];
        self.sources += 2.0;
        self.time = self.time.min((self.sources * self.squares[0]).sqrt());
        self.k = self.k.min((self.sources * self.squares[2]).sqrt());
        // Not a number, once it appears, has to stay.
        if self.time > self.largest || self.time.is_nan() {
            self.largest = self.time;
        }
    }
}
