//! What a comparison asks: a problem, schemes and steps, and the limits of what it may ask.

use std::time::Duration;

use crate::SpikeTrain;
use crate::error::{Error, Result, finite, positive, shown};
use crate::metrics::{DistanceParameters, MetricSet, gamma, van_rossum, victor_purpura};
use crate::model::Problem;
use crate::scheme::{MAX_STEPS, Scheme, StepSize, step_count};

/// Most steps of all fixed-step runs of a study together: some minutes of work.
pub const MAX_TOTAL_STEPS: u64 = 1_000_000_000;

/// Longest run \[ms\]: 2.8 hours of the neuron, whose truth takes seconds to solve.
pub const MAX_DURATION: f64 = 1e7;

/// What is compared.
#[derive(Clone, Debug)]
pub struct Study {
    /// The problem, with the peak of the truth.
    pub problem: Problem,
    /// Steps of the fixed-step schemes \[ms\].
    pub dts: Vec<f64>,
    /// Tolerances of the adaptive schemes.
    pub tolerances: Vec<f64>,
    /// The schemes.
    pub schemes: Vec<Scheme>,
    /// What is measured of every run.
    pub metrics: MetricSet,
    /// Parameters of the distances.
    pub distances: DistanceParameters,
    /// The timing error the verdict asks for \[ms\].
    pub within: f64,
    /// Wall-clock time to spend on measuring times; `None` measures none, which makes all outputs deterministic.
    pub timing_budget: Option<Duration>,
}

impl Study {
    /// Checks everything that can be checked before work starts.
    ///
    /// # Errors
    /// A neuron that is none, a duration, step, tolerance, lower bound or parameter of a distance out of range, a start
    /// above the peak.
    pub fn validate(&self) -> Result<()> {
        let Problem { neuron, initial, duration, .. } = &self.problem;
        neuron.validate()?;
        finite("initial v", initial.v)?;
        finite("initial u", initial.u)?;
        positive("duration", *duration, "Give --duration in ms, such as 1000.")?;
        if *duration > MAX_DURATION {
            return Err(Error::invalid(
                "duration",
                format!("{} ms", shown(*duration)),
                format!("at most {MAX_DURATION:e} ms"),
                "Shorten --duration.",
            ));
        }
        positive("verdict's timing error", self.within, "Give --within in ms, such as 1.")?;
        if initial.v >= neuron.peak {
            return Err(Error::invalid(
                "initial v",
                format!("{} mV with a peak of {} mV", shown(initial.v), neuron.peak),
                "a value below the peak",
                "Lower --v0 or raise --peak.",
            ));
        }
        if let Some(lbound) = self.lower_bound() {
            if finite("lower bound of v", lbound)? >= neuron.peak {
                return Err(Error::invalid(
                    "lower bound of v",
                    format!("{} mV with a peak of {} mV", shown(lbound), neuron.peak),
                    "a value below the peak",
                    "Lower --lbound: a neuron held at its peak spikes without end.",
                ));
            }
        }
        // The distances know what they allow.
        let silent = SpikeTrain::default();
        victor_purpura(&silent, &silent, self.distances.cost)?;
        van_rossum(&silent, &silent, self.distances.tau)?;
        gamma(&silent, &silent, self.distances.window, *duration)?;
        for &dt in &self.dts {
            positive("dt", dt, "Give --dt in ms, such as 0.5.")?;
            if dt > *duration {
                return Err(Error::invalid(
                    "dt",
                    format!("{} ms", shown(dt)),
                    format!("at most the duration of {} ms", shown(*duration)),
                    "Lower --dt or raise --duration.",
                ));
            }
            if duration / dt > MAX_STEPS as f64 {
                return Err(Error::invalid(
                    "dt",
                    format!("{} ms, which takes {:.1e} steps over {} ms", shown(dt), duration / dt, shown(*duration)),
                    format!("at most {MAX_STEPS} steps a run"),
                    format!("Take --dt {:e} or larger, or a shorter --duration.", duration / MAX_STEPS as f64),
                ));
            }
        }
        let total = self.total_steps();
        if total > MAX_TOTAL_STEPS {
            return Err(Error::invalid(
                "total work",
                format!("{:.1e} steps ({} --dt for each fixed-step scheme)", total as f64, self.dts.len()),
                format!("at most {:e} steps in all runs together", MAX_TOTAL_STEPS as f64),
                "Ask for fewer or larger --dt, fewer --schemes, or a shorter --duration.",
            ));
        }
        for &tolerance in &self.tolerances {
            if !(1e-15..=1.0).contains(&tolerance) {
                return Err(Error::invalid(
                    "tolerance",
                    shown(tolerance),
                    "1e-15 to 1",
                    "Give --tolerance, such as 1e-6.",
                ));
            }
        }
        Ok(())
    }

    /// The cells of the study: schemes in their order, each at every step or tolerance.
    pub(super) fn cells(&self) -> Vec<(Scheme, StepSize)> {
        let settings = |id: &Scheme| -> Vec<StepSize> {
            if id.is_adaptive() {
                self.tolerances.iter().map(|&t| StepSize::Tolerance(t)).collect()
            } else {
                self.dts.iter().map(|&dt| StepSize::Fixed(dt)).collect()
            }
        };
        self.schemes.iter().flat_map(|id| settings(id).into_iter().map(|s| (id.clone(), s))).collect()
    }

    /// The lower bound of v \[mV\] of the schemes that have one; `None` where none of them does.
    pub fn lower_bound(&self) -> Option<f64> {
        self.schemes.iter().find_map(Scheme::lower_bound)
    }

    /// Steps that all fixed-step runs take together: the size of the traces.
    pub fn total_steps(&self) -> u64 {
        let fixed = self.schemes.iter().filter(|id| !id.is_adaptive()).count() as u64;
        fixed * self.dts.iter().map(|&dt| step_count(self.problem.duration, dt)).sum::<u64>()
    }
}
