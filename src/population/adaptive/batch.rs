//! The pool of neurons under way, and the batches that advance them.

// Loops over the lanes index several arrays at once.
#![allow(clippy::needless_range_loop)]

use pulp::Simd;

use super::elementary::ln;
use super::series::Series;
use super::track::{Next, Track};
use super::upstroke::upstroke;
use super::{Lane, Spikes};
use crate::model::Problem;
use crate::population::lanes::{F, MOST_LANES};
use crate::scheme::projective::account::{matrix, End};
use crate::scheme::projective::adaptive::local_errors;
use crate::scheme::projective::control::{longest_step, At, Limits};
use crate::scheme::projective::series::LastTerms;
use crate::spike::SpikeTrain;

/// The neurons of a share; see the [module](super).
pub(super) struct Pool<'a, const N: usize, const Q: usize> {
    problems: &'a [Problem],
    tolerance: f64,
    /// The next problem to be taken.
    next: usize,
    tracks: Vec<Track<'a>>,
    /// Places in `tracks`: of those that need a series, an upstroke, and of those that have ended.
    series: Vec<usize>,
    upstrokes: Vec<usize>,
    free: Vec<usize>,
}

impl<'a, const N: usize, const Q: usize> Pool<'a, N, Q> {
    pub(super) fn new(problems: &'a [Problem], tolerance: f64) -> Self {
        let (tracks, series, upstrokes, free) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Pool { problems, tolerance, next: 0, tracks, series, upstrokes, free }
    }

    /// Solves them all.
    #[inline(always)]
    pub(super) fn run<S: Simd>(&mut self, simd: S, found: &mut [Option<Spikes>]) {
        let lanes = S::F64_LANES;
        loop {
            while self.series.len() < lanes && self.upstrokes.len() < lanes && self.next < self.problems.len() {
                self.start(found);
            }
            if self.upstrokes.len() >= lanes || self.upstrokes.len() > self.series.len() {
                self.upstroke_batch(simd, found);
            } else if !self.series.is_empty() {
                self.series_batch(simd, found);
            } else {
                return;
            }
        }
    }

    /// Takes the next problem, if lanes can solve it.
    fn start(&mut self, found: &mut [Option<Spikes>]) {
        let (index, problem) = (self.next, &self.problems[self.next]);
        self.next += 1;
        let constant =
            problem.stimulus.sinusoid().is_none() && problem.stimulus.pieces().iter().all(|p| p.slope == 0.0);
        let solvable = problem.neuron.validate().is_ok() && problem.initial.is_finite() && problem.duration.is_finite();
        if !(constant && solvable) {
            return;
        }
        let track = Track::new::<N, Q>(index, problem, self.tolerance);
        let place = match self.free.pop() {
            Some(place) => {
                self.tracks[place] = track;
                place
            }
            None => {
                self.tracks.push(track);
                self.tracks.len() - 1
            }
        };
        self.queue(place, false, found);
    }

    /// Puts a neuron where it goes next.
    #[inline(always)]
    fn queue(&mut self, place: usize, tried: bool, found: &mut [Option<Spikes>]) {
        let track = &mut self.tracks[place];
        match track.next(tried) {
            Next::Series => self.series.push(place),
            Next::Upstroke => self.upstrokes.push(place),
            Next::Nothing(outcome) => {
                let train = SpikeTrain::from_sorted(std::mem::take(&mut track.times));
                found[track.index] = Some(Spikes { train, error_estimate: track.account.largest, outcome });
                self.free.push(place);
            }
        }
    }

    /// The state of the neurons at `places`.
    #[inline(always)]
    fn lanes<S: Simd>(&self, simd: S, places: &[usize; MOST_LANES]) -> Lane<S> {
        let mut columns = [[0.0; MOST_LANES]; 6];
        for lane in 0..S::F64_LANES {
            let Track { system, now, source, .. } = &self.tracks[places[lane]];
            let values = [system.alpha, system.beta, *source, system.peak, now.w, now.k];
            for c in 0..6 {
                columns[c][lane] = values[c];
            }
        }
        let [alpha, beta, source, peak, w, k] = &columns;
        Lane {
            alpha: F::load(simd, alpha, 0),
            beta: F::load(simd, beta, 0),
            source: F::load(simd, source, 0),
            peak: F::load(simd, peak, 0),
            w: F::load(simd, w, 0),
            k: F::load(simd, k, 0),
        }
    }

    /// A step by series of as many neurons as there are lanes.
    #[inline(always)]
    fn series_batch<S: Simd>(&mut self, simd: S, found: &mut [Option<Spikes>]) {
        let (places, count) = take::<S>(&mut self.series);
        let at = self.lanes(simd, &places);
        let mut columns = [[0.0; MOST_LANES]; 5];
        for lane in 0..S::F64_LANES {
            let Track { control, guess, room, .. } = &self.tracks[places[lane]];
            let limits = control.limits();
            let values = [limits.log2_tau, limits.fold, limits.weight, *guess, *room];
            for c in 0..5 {
                columns[c][lane] = values[c];
            }
        }
        let [log2_tau, fold, weight, guess, room] = &columns;
        let limits = Limits {
            log2_tau: F::load(simd, log2_tau, 0),
            fold: F::load(simd, fold, 0),
            weight: F::load(simd, weight, 0),
        };
        let guess = F::load(simd, guess, 0);
        let start = At { alpha: at.alpha, beta: at.beta, w: at.w, k: at.k, source: at.source, guess };

        let series = Series::<S, N>::about(&at);
        let (y, j) = (&series.y, &series.j);
        let last = LastTerms { y: [y[N - 3], y[N - 2], y[N - 1]], j: [j[N - 3], j[N - 2], j[N - 1]] };
        let free = longest_step::<N, F<S>>(&limits, &last, &start);
        let h = free.min(F::load(simd, room, 0));
        let point = series.at(h);
        let log_y = ln(point.y);
        let (w, k) = (-point.slope / point.y, at.beta.fma(log_y, point.j));
        let local = local_errors::<N, F<S>>(at.beta, &last, h, point.y, (at.w, at.k), (w, k));
        let m = matrix(at.alpha, at.beta, h, at.w, &End { y: point.y, log_y, w });
        let zero = w.of(0.0);
        let below = zero.lt(point.y) & zero.lt(at.peak.fma(point.y, point.slope));

        let below = below.select(w.of(1.0), zero).to_array();
        let (free, h, w, k) = (free.to_array(), h.to_array(), w.to_array(), k.to_array());
        let (m0, m1, m2, m3) = (m[0].to_array(), m[1].to_array(), m[2].to_array(), m[3].to_array());
        let (local_w, local_k) = (local[0].to_array(), local[1].to_array());
        for lane in 0..count {
            let track = &mut self.tracks[places[lane]];
            track.guess = free[lane];
            if below[lane] > 0.0 {
                let m = [m0[lane], m1[lane], m2[lane], m3[lane]];
                track.account.record(m, h[lane], [local_w[lane], local_k[lane]], 0.0);
                track.step_to(h[lane], [w[lane], k[lane]]);
            } else {
                track.cross_peak::<N, Q>(h[lane]);
            }
            self.queue(places[lane], false, found);
        }
    }

    /// An upstroke of as many neurons as there are lanes.
    #[inline(always)]
    fn upstroke_batch<S: Simd>(&mut self, simd: S, found: &mut [Option<Spikes>]) {
        let (places, count) = take::<S>(&mut self.upstrokes);
        let at = self.lanes(simd, &places);
        let mut demand = [[0.0; MOST_LANES]; 2];
        for lane in 0..S::F64_LANES {
            let wanted = self.tracks[places[lane]].control.demand();
            (demand[0][lane], demand[1][lane]) = (wanted.time, wanted.k);
        }
        let peak = upstroke::<S, Q>(&at, F::load(simd, &demand[0], 0), F::load(simd, &demand[1], 0));
        let valid = peak.valid.select(at.w.of(1.0), at.w.of(0.0)).to_array();
        let (time, k) = (peak.time.to_array(), peak.k.to_array());
        let (time_error, k_error) = (peak.time_error.to_array(), peak.k_error.to_array());
        for lane in 0..count {
            let errors = [time_error[lane], k_error[lane]];
            let track = &mut self.tracks[places[lane]];
            let done = valid[lane] > 0.0 && track.upstroke_to::<N, Q>(time[lane], k[lane], errors);
            self.queue(places[lane], !done, found);
        }
    }
}

/// As many places as there are lanes from the end of a queue, and how many there were; the last is repeated where they do not
/// suffice.
#[inline(always)]
fn take<S: Simd>(queue: &mut Vec<usize>) -> ([usize; MOST_LANES], usize) {
    let count = queue.len().min(S::F64_LANES);
    let first = queue.len() - count;
    let mut places = [queue[queue.len() - 1]; MOST_LANES];
    places[..count].copy_from_slice(&queue[first..]);
    queue.truncate(first);
    (places, count)
}
