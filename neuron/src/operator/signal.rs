//! v as it is known: samples on smooth stretches, cut where v jumps.

use crate::error::{Error, Result, positive};
use crate::truth::Truth;

/// Samples of v on one smooth stretch: times \[ms\] that increase, values \[mV\]; at its ends the one-sided limits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stretch {
    /// The times of the nodes \[ms\], ascending.
    pub times: Vec<f64>,
    /// The potential v \[mV\] at the nodes.
    pub values: Vec<f64>,
}

/// v(t) from t = 0 on, in stretches that follow each other; between two of them v may jump.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signal {
    pub(super) stretches: Vec<Stretch>,
    /// Ends of stretches that are spikes.
    pub(super) spikes: Vec<f64>,
}

impl Signal {
    /// A signal from its stretches, the first of which begins at t = 0; every place where two meet is a spike if it is listed
    /// in `spikes` \[ms\], and a kink otherwise.
    ///
    /// # Errors
    /// Stretches that do not follow each other, have fewer than two samples or times that do not increase; values that are not
    /// finite; spikes that are not ends of stretches.
    pub fn new(stretches: Vec<Stretch>, spikes: Vec<f64>) -> Result<Self> {
        let refuse = |given: String, allowed: &str| {
            Err(Error::invalid("samples of v", given, allowed, "Give t and v from t = 0 on, cut at every spike."))
        };
        let mut end = 0.0;
        for s in &stretches {
            if s.times.len() < 2 || s.times.len() != s.values.len() {
                return refuse(format!("{} times and {} values", s.times.len(), s.values.len()), "two or more of each");
            }
            if s.times[0] != end {
                return refuse(
                    format!("a stretch from {} ms after one to {end} ms", s.times[0]),
                    "stretches that meet",
                );
            }
            if let Some(w) = s.times.windows(2).find(|w| w[1].partial_cmp(&w[0]) != Some(std::cmp::Ordering::Greater)) {
                return refuse(format!("{} ms after {} ms", w[1], w[0]), "times that increase");
            }
            if let Some(bad) = s.values.iter().find(|v| !v.is_finite()) {
                return refuse(bad.to_string(), "finite values");
            }
            end = s.times[s.times.len() - 1];
        }
        if let Some(lone) = spikes.iter().find(|t| !stretches.iter().any(|s| s.times.last() == Some(t))) {
            return refuse(format!("a spike at {lone} ms inside a stretch"), "spikes at the ends of stretches");
        }
        Ok(Signal { stretches, spikes })
    }

    /// The true v, every stretch between spikes and breakpoints of the input divided into equal panels of at most `h` ms.
    ///
    /// # Errors
    /// A step that is not positive.
    pub fn of_truth(truth: &Truth, h: f64) -> Result<Self> {
        check_step(h)?;
        let problem = &truth.problem;
        let (end, peak) = (truth.end(), problem.neuron.peak);
        let mut cuts: Vec<(f64, bool)> = truth.spikes.times().iter().map(|&t| (t, true)).collect();
        let mut next = problem.stimulus.next_breakpoint(0.0);
        while let Some(t) = next.filter(|&t| t < end) {
            cuts.push((t, false));
            next = problem.stimulus.next_breakpoint(t);
        }
        cuts.push((end, false));
        cuts.sort_by(|p, q| p.0.total_cmp(&q.0).then(q.1.cmp(&p.1)));
        cuts.dedup_by(|later, earlier| later.0 == earlier.0);
        let mut cursor = truth.cursor();
        let (mut start, mut first) = (0.0, cursor.state(0.0).v);
        let mut signal = Signal::default();
        for (end, spike) in cuts.into_iter().filter(|cut| cut.0 > 0.0) {
            let panels = ((end - start) / h - 1e-9).ceil().max(1.0);
            let mut stretch = Stretch { times: vec![start], values: vec![first] };
            for n in 1..panels as usize {
                let t = start + (end - start) * n as f64 / panels;
                stretch.times.push(t);
                stretch.values.push(cursor.state(t).v);
            }
            let after = cursor.state(end).v;
            stretch.times.push(end);
            stretch.values.push(if spike { peak } else { after });
            signal.stretches.push(stretch);
            if spike {
                signal.spikes.push(end);
            }
            (start, first) = (end, after);
        }
        Ok(signal)
    }

    /// v of a scheme: `initial` at t = 0, `grid[n]` at (n + 1) `dt`, and its `spikes` \[ms\], at each of which v reaches `peak` and
    /// continues from `reset` \[mV\]. A spike on a grid point replaces the value there.
    pub fn on_grid(initial: f64, grid: &[f64], dt: f64, spikes: &[f64], peak: f64, reset: f64) -> Self {
        let mut stretch = Stretch { times: vec![0.0], values: vec![initial] };
        let mut signal = Signal::default();
        let mut spikes = spikes.iter().copied().peekable();
        for (n, &v) in grid.iter().enumerate() {
            let t = (n + 1) as f64 * dt;
            let mut last = stretch.times[stretch.times.len() - 1];
            // A spike that misses a grid point by rounding is on it.
            while let Some(spike) = spikes.next_if(|&s| s <= t + 1e-9 * dt) {
                let spike = if spike > t - 1e-9 * dt { t } else { spike };
                if spike > last {
                    stretch.times.push(spike);
                    stretch.values.push(peak);
                }
                // Two spikes at one time leave no stretch between them.
                if stretch.times.len() > 1 {
                    let next = Stretch { times: vec![spike], values: vec![reset] };
                    signal.stretches.push(std::mem::replace(&mut stretch, next));
                    signal.spikes.push(spike);
                }
                last = spike.max(last);
            }
            if t > last {
                stretch.times.push(t);
                stretch.values.push(v);
            }
        }
        if stretch.times.len() > 1 {
            signal.stretches.push(stretch);
        }
        signal
    }

    /// The stretches of the signal, in order of time.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// Times of the spikes \[ms\].
    pub fn spikes(&self) -> &[f64] {
        &self.spikes
    }
}

/// Refuses a step that is none.
pub(super) fn check_step(h: f64) -> Result<f64> {
    positive("step in ms", h, "Give a step such as 0.1.")
}
