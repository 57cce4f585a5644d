//! Pulse codes: how a picture becomes the pulses of its input neurons.
//!
//! | name | parameters (defaults) | a pixel x of 0..=1 |
//! |---|---|---|
//! | `bernoulli` | `:p` (1) | spikes in a step with probability p·x |
//! | `poisson` | `:rate` (128 Hz) | spikes at rate·x |
//! | `regular` | `:rate` (250 Hz) | spikes at equal intervals, at rate·x |
//! | `rank-order` | | spikes once, at a time that goes as 1/x |
//! | `single` | `:sparsity` (0.5) | spikes once, at the beginning, if it is among the brightest |
//! | `repeat` | `:period` (1 ms) | a pulse of weight x in every step |
//! | `latency` | `:tau:theta` (20 ms, 0.2) | spikes once, when a leaky integrator that it charges reaches its threshold |
//!
//! All but `regular` and `latency` are BindsNET's (`bindsnet/encoding/encodings.py`; Hazan et al. 2018, Front. Neuroinform. 12:89). Each code has
//! two forms. [`Coding::encode`] works on a grid of steps, as BindsNET does, and what it gives depends on the step beyond the
//! rounding of times: Bernoulli's rate is per step, and Poisson's intervals are whole numbers. [`Coding::draw`] draws the pulses once in
//! continuous time, and [`PulseTimes::bin`] puts the *same* pulses on any grid: that is how runs at different steps see one input.
//!
//! The number of steps covers the duration, as everywhere in this crate; BindsNET's `int(time / dt)` is the same where dt divides it.

mod codes;
mod parse;
mod pulses;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

pub use pulses::{Pulse, PulseGrid, PulseTimes};

use crate::error::{Error, Result};
use pulses::{MOST_VALUES, too_long};

/// A pulse code with its parameters, read from its name: `poisson:63`, `rank-order`.
///
/// ```
/// use data::Coding;
/// let coding: Coding = "poisson:63".parse()?;
/// assert_eq!(coding.to_string(), "poisson:63");
/// let typo = "poison".parse::<Coding>().unwrap_err();
/// assert!(typo.to_string().contains("did you mean 'poisson'?"));
/// # Ok::<(), data::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coding {
    /// Each input spikes in each step with probability p·x, independently.
    ///
    /// *On a grid* this is BindsNET's `bernoulli` with `max_prob` = p: the probability belongs to a step whatever its length, so the
    /// rate in Hz doubles where dt is halved. (BindsNET divides an image whose largest value exceeds 1 by it; here pixels never do.)
    ///
    /// *In continuous time* the trials are 1 ms long, and a spike falls uniformly within its own: binned at 1 ms it is the code on
    /// the grid, and at any other dt it has the same rate.
    Bernoulli {
        /// Probability p that a pixel of 1 spikes in a step (a trial), 0..=1.
        probability: f64,
    },
    /// Each input spikes at a rate of rate·x, independently.
    ///
    /// *On a grid* this is BindsNET's `poisson`, which is **not** a Poisson process: the intervals between spikes, counted in steps,
    /// are themselves Poisson-distributed with mean m = 1000 / (rate·x·dt), and an interval of 0 becomes 1. Intervals of such a train
    /// have the variance m, where those of a Poisson process have m²: at m = 10 steps their coefficient of variation is 0.32, not 1,
    /// and it shrinks as dt does. The mean interval is m + e^(−m) steps, so the rate is a little low where it is near one spike a
    /// step. At most one spike falls into a step, and the first interval begins just before step 0.
    ///
    /// *In continuous time* it is a homogeneous Poisson process: independent exponential intervals of mean 1000 / (rate·x) ms from
    /// t = 0.
    Poisson {
        /// Rate of a pixel of 1 \[Hz\].
        rate: f64,
    },
    /// Each input spikes every 1000 / (rate·x) ms, from a first time that is uniform in one interval: the counts of a Poisson train
    /// without their noise, which in 100 ms is what limits recognition.
    ///
    /// *On a grid* it is the same train, each spike in the step that covers it: at the rates where steps hold several, they add up.
    ///
    /// BindsNET has no such code. A rate code by regular trains is that of the first models with spikes (Gerstner & Kistler 2002,
    /// *Spiking Neuron Models*, § 1.5.2).
    Regular {
        /// Rate of a pixel of 1 \[Hz\].
        rate: f64,
    },
    /// Each input that is not dark spikes once, at t = T·min(x)/x, where T is the duration and min(x) its faintest pixel that is not
    /// zero.
    ///
    /// *On a grid* of N steps this is BindsNET's `rank_order`: n = ⌈N·min(x)/x⌉, and a spike in step n − 1 if n < N. So the times
    /// follow 1/x rather than the ranks (equal pixels spike together), and the faintest inputs, with n = N, never spike: an image of
    /// one grey is silent. Computed in f64; BindsNET's f32 can round a time that lies on a step's edge to the next step.
    ///
    /// *In continuous time* the faintest, at t = T, do not spike either.
    ///
    /// The code on the order of spikes: Thorpe & Gautrais (1998), "Rank order coding", Computational Neuroscience: Trends in Research.
    RankOrder,
    /// Each input brighter than the quantile 1 − sparsity of the image spikes once, at the beginning; the others are silent.
    ///
    /// This is BindsNET's `single` (which speaks of earlier spikes for brighter inputs, and puts all into the first step). The quantile
    /// is interpolated linearly between order statistics (type 7 of Hyndman & Fan 1996, The American Statistician 50:361), and an
    /// input *at* it is silent: sparsity 0 makes no spikes, and of an image of which half is dark 0.5 takes every pixel that is not.
    Single {
        /// Share of the inputs that spike, 0..=1, were all pixels different.
        sparsity: f64,
    },
    /// Each input has a pulse of weight x in every step: no spikes, but a constant input.
    ///
    /// *On a grid* this is BindsNET's `repeat`: the weight belongs to a step whatever its length.
    ///
    /// *In continuous time* the pulses come every `period` ms from t = 0: binned at dt = period it is the code on the grid, at smaller
    /// steps the pulses stay apart, at larger ones they add up, and their sum per ms is the same.
    Repeat {
        /// Time between pulses in continuous time \[ms\].
        period: f64,
    },
    /// Each input brighter than θ spikes once, at t = τ ln(x / (x − θ)), if that is before the end.
    ///
    /// The time at which a leaky integrator τ ds/dt = x − s, at rest when the image appears, reaches the threshold θ (Gerstner &
    /// Kistler 2002, *Spiking Neuron Models*, section 4.1, the leaky integrate-and-fire neuron under a constant input). That the first
    /// spikes of a volley carry an image: Thorpe, Delorme & Van Rullen (2001), Neural Networks 14:715. Chosen before a time that falls
    /// linearly with x, because it needs no end of the presentation to be laid out on: shown for longer, an image keeps its spikes.
    ///
    /// With the defaults τ = 20 ms and θ = 0.2 the pixels 1, 0.5 and 0.25 spike at 4.5, 10.2 and 32.2 ms. Nothing is random, and the
    /// code on a grid is the one in continuous time, binned.
    Latency {
        /// Time constant τ \[ms\].
        tau: f64,
        /// Threshold θ, above 0 and below 1.
        theta: f64,
    },
}

/// One showing of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Presentation {
    /// How long it is shown \[ms\].
    pub duration: f64,
    /// Seed of all presentations.
    pub seed: u64,
    /// The presentation's number, which has a stream of random numbers of its own (ChaCha8's stream): the picture's index, or for
    /// fresh pulses at every showing, a running number of showings.
    pub index: u64,
}

impl Coding {
    /// Codes `image` (pixels in 0..=1) on a grid of steps of `dt` \[ms\], as BindsNET does.
    ///
    /// # Errors
    /// A pixel outside 0..=1; a duration or step that is not positive and finite; a grid of more than 2²⁸ values.
    pub fn encode(&self, image: &[f32], presentation: &Presentation, dt: f64) -> Result<PulseGrid> {
        check(image, presentation)?;
        let mut grid = PulseGrid::new(image.len(), presentation.duration, dt)?;
        self.fill(image, presentation.duration, dt, &mut grid, &mut presentation.random());
        Ok(grid)
    }

    /// Draws the pulses of `image` (pixels in 0..=1) in continuous time.
    ///
    /// # Errors
    /// A pixel outside 0..=1; a duration that is not positive and finite, or so long that more than 2²⁸ pulses are expected.
    pub fn draw(&self, image: &[f32], presentation: &Presentation) -> Result<PulseTimes> {
        check(image, presentation)?;
        if self.expected(presentation.duration) * image.len() as f64 > MOST_VALUES {
            return Err(too_long(presentation.duration, image.len()));
        }
        let pulses = self.pulses(image, presentation.duration, &mut presentation.random());
        Ok(PulseTimes::new(image.len(), presentation.duration, pulses))
    }
}

impl Presentation {
    fn random(&self) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(self.index);
        random
    }
}

fn check(image: &[f32], presentation: &Presentation) -> Result<()> {
    if !(presentation.duration > 0.0 && presentation.duration.is_finite()) {
        let mend = "Show the image for a time such as 100 ms.";
        return Err(Error::invalid("the presentation", presentation.duration, "a positive number of ms", mend));
    }
    match image.iter().find(|x| !(0.0..=1.0).contains(*x)) {
        Some(bad) => {
            Err(Error::invalid("a pixel", bad, "0 to 1", "Divide the pixels by their largest possible value."))
        }
        None => Ok(()),
    }
}
