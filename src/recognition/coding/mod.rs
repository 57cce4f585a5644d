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

mod bernoulli;
mod code;
mod latency;
mod parse;
mod poisson;
mod pulses;
mod rank_order;
mod regular;
mod repeat;
mod single;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

pub use bernoulli::Bernoulli;
pub use latency::Latency;
pub use poisson::Poisson;
pub use pulses::{Pulse, PulseGrid, PulseTimes};
pub use rank_order::RankOrder;
pub use regular::Regular;
pub use repeat::Repeat;
pub use single::Single;

use crate::error::{Error, Result};
use code::Code;
use pulses::{MOST_VALUES, too_long};

/// A pulse code with its parameters, read from its name: `poisson:63`, `rank-order`.
///
/// ```
/// use spikestep::recognition::Coding;
/// let coding: Coding = "poisson:63".parse()?;
/// assert_eq!(coding.to_string(), "poisson:63");
/// let typo = "poison".parse::<Coding>().unwrap_err();
/// assert!(typo.to_string().contains("did you mean 'poisson'?"));
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coding {
    /// A trial a step.
    Bernoulli(Bernoulli),
    /// Rates in Hz.
    Poisson(Poisson),
    /// Rates in Hz, without noise.
    Regular(Regular),
    /// The brighter, the earlier.
    RankOrder(RankOrder),
    /// The brightest, all at once.
    Single(Single),
    /// The pixels themselves.
    Repeat(Repeat),
    /// The time to a leaky integrator's first spike.
    Latency(Latency),
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
        self.code().encode(image, presentation.duration, dt, &mut grid, &mut presentation.random());
        Ok(grid)
    }

    /// Draws the pulses of `image` (pixels in 0..=1) in continuous time.
    ///
    /// # Errors
    /// A pixel outside 0..=1; a duration that is not positive and finite, or so long that more than 2²⁸ pulses are expected.
    pub fn draw(&self, image: &[f32], presentation: &Presentation) -> Result<PulseTimes> {
        check(image, presentation)?;
        let expected = match self {
            Coding::Poisson(Poisson { rate }) | Coding::Regular(Regular { rate }) => {
                rate * presentation.duration / 1000.0
            }
            Coding::Repeat(code) => presentation.duration / code.period,
            Coding::Bernoulli(_) => presentation.duration / bernoulli::TRIAL,
            Coding::RankOrder(_) | Coding::Single(_) | Coding::Latency(_) => 1.0,
        };
        if expected * image.len() as f64 > MOST_VALUES {
            return Err(too_long(presentation.duration, image.len()));
        }
        let pulses = self.code().draw(image, presentation.duration, &mut presentation.random());
        Ok(PulseTimes::new(image.len(), presentation.duration, pulses))
    }

    fn code(&self) -> &dyn Code {
        match self {
            Coding::Bernoulli(code) => code,
            Coding::Poisson(code) => code,
            Coding::Regular(code) => code,
            Coding::RankOrder(code) => code,
            Coding::Single(code) => code,
            Coding::Repeat(code) => code,
            Coding::Latency(code) => code,
        }
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
