//! What a recogniser is made from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Neuron;
use crate::error::{Error, Result, finite, positive, refuse_if, shown};
use crate::population::Synapse;
use crate::population::network::checked_step;
use crate::recognition::Coding;
use crate::scheme::Scheme;

/// How a parameter out of range is mended.
const DEFAULT: &str = "Leave it out for its default.";

/// The rate of a pixel of ink \[Hz\].
pub(super) const RATE: f64 = 250.0;

/// How a network is stepped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stepping {
    /// The scheme of its neurons.
    #[serde(with = "by_name")]
    pub scheme: Scheme,
    /// The step \[ms\].
    pub dt: f64,
    /// Lower bound of v at the end of a step \[mV\].
    pub lbound: Option<f64>,
}

/// A network, its input, and how it learns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Number of neurons.
    pub neurons: usize,
    /// All of this kind.
    pub neuron: Neuron,
    /// How pictures become pulses. They are drawn in continuous time, so that every step sees the same ones.
    #[serde(with = "by_name")]
    pub coding: Coding,
    /// How long a picture is shown \[ms\].
    pub duration: f64,
    /// How pulses reach a neuron.
    #[serde(with = "by_name")]
    pub synapse: Synapse,
    /// From a spike to its arrival \[ms\]: whole steps, at least one.
    pub delay: f64,
    /// How it gets its weights.
    pub method: Method,
    /// Of the weights, the order of the pictures and their pulses.
    pub seed: u64,
}

/// How a network gets its weights. Charges are what one spike delivers in all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// `fixed`: at random, and left alone.
    Fixed(Fixed),
    /// `unsupervised`: learned without labels.
    Unsupervised(Unsupervised),
    /// `teacher`: learned from neurons that are made to spike for their class.
    Teacher(Teacher),
}

/// Weights at random: normal, with the mean of each neuron's weights taken off, so that what tells pictures apart is their shape.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fixed {
    /// Standard deviation of the charges \[mV\].
    pub sigma: f64,
}

impl Default for Fixed {
    fn default() -> Self {
        Fixed { sigma: 16.0 }
    }
}

/// Learning without labels: each picture is learned by the neurons that answer it first.
///
/// * *Competition*: a spike inhibits all other neurons for some `inhibition_tau`.
/// * *A ramp*: every neuron gets a current that grows over the presentation, so that the best match fires first, also for faint pictures.
/// * *Learning*: `PostPre` with additive traces of 20 ms, and after each picture the charges onto a neuron add up to `norm`.
/// * *Homeostasis* (Diehl & Cook 2015): neuron j has a threshold θ_j, taken off its input; after each picture
///   θ_j ← θ_j + `theta_step` · (its spikes − `target` / n).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Unsupervised {
    /// Passes over the training pictures.
    pub epochs: usize,
    /// What a spike of a neuron adds to the charge of an input, times that input's trace \[mV\].
    pub nu: f64,
    /// What a spike of an input takes from it, times the neuron's trace \[mV\].
    pub nu_pre: f64,
    /// Sum of the charges onto a neuron \[mV\].
    pub norm: f64,
    /// Charge of the inhibition by one spike of one other neuron \[mV\].
    pub inhibition: f64,
    /// Its time constant \[ms\].
    pub inhibition_tau: f64,
    /// The ramp at the end of a presentation \[mV/ms\].
    pub ramp: f64,
    /// θ at the beginning \[mV/ms\].
    pub theta: f64,
    /// What a spike adds to θ \[mV/ms\].
    pub theta_step: f64,
    /// Spikes of all neurons together for a picture, which homeostasis aims at.
    pub target: f64,
}

impl Default for Unsupervised {
    fn default() -> Self {
        Unsupervised {
            epochs: 6,
            nu: 0.15,
            nu_pre: 0.0,
            norm: 130.0,
            inhibition: 1000.0,
            inhibition_tau: 10.0,
            ramp: 15.0,
            theta: 20.0,
            theta_step: 0.2,
            target: 3.0,
        }
    }
}

/// Learning from a teacher: every picture is shown twice. Left alone, each spike takes from the charges what it adds when the teacher,
/// all neurons held down by a current, clamps those of the picture's class to spike at given times: neurons come to spike by
/// themselves as they were made to. Contrastive Hebbian learning (Movellan 1991) by `PostPre`; its sum over the two is the rule of
/// Ponulak & Kasinski (2010, Neural Comput. 22:467).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Teacher {
    /// Passes over the training pictures.
    pub epochs: usize,
    /// What a spike changes the charge of an input by in the first pass, times that input's trace \[mV\].
    pub nu: f64,
    /// What a pass leaves of it.
    pub nu_decay: f64,
    /// Charges begin uniform in ± this \[mV\].
    pub initial: f64,
    /// They stay in ± this \[mV\].
    pub bound: f64,
    /// When the teacher makes neurons spike \[ms\].
    pub times: Vec<f64>,
    /// The current that holds neurons down meanwhile \[mV/ms\].
    pub hold: f64,
}

impl Default for Teacher {
    fn default() -> Self {
        Teacher {
            epochs: 10,
            nu: 0.1,
            nu_decay: 0.8,
            initial: 10.0,
            bound: 50.0,
            times: vec![20.0, 40.0, 60.0, 80.0],
            hold: -100.0,
        }
    }
}

impl Method {
    /// The names.
    pub const NAMES: [&str; 3] = ["fixed", "unsupervised", "teacher"];

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Fixed(_) => "fixed",
            Method::Unsupervised(_) => "unsupervised",
            Method::Teacher(_) => "teacher",
        }
    }
}

impl FromStr for Method {
    type Err = Error;

    /// By name, with the default parameters.
    fn from_str(name: &str) -> Result<Self> {
        match name.trim() {
            "fixed" => Ok(Method::Fixed(Fixed::default())),
            "unsupervised" => Ok(Method::Unsupervised(Unsupervised::default())),
            "teacher" => Ok(Method::Teacher(Teacher::default())),
            unknown => Err(Error::unknown("method of learning", unknown, Method::NAMES)),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Recipe {
    /// Regular-spiking neurons that see pictures for 100 ms by regular trains of up to 250 Hz, through currents of 5 ms (`fixed`) or 10 ms,
    /// 1 ms late: what reached the levels in `results/recognition/`.
    pub fn new(method: Method, neurons: usize, seed: u64) -> Self {
        let tau = if matches!(method, Method::Fixed(_)) { 5.0 } else { 10.0 };
        Recipe {
            neurons,
            neuron: Neuron::new(0.02, 0.2, -65.0, 8.0),
            coding: Coding::Regular { rate: RATE },
            duration: 100.0,
            synapse: Synapse::exponential(tau),
            delay: 1.0,
            method,
            seed,
        }
    }

    /// The class that neuron `i` answers for under [`Method::Teacher`]: classes have equal shares, in order.
    pub fn class_of(&self, i: usize, classes: usize) -> usize {
        i * classes / self.neurons
    }

    /// Checks that a network of it can be trained to tell `classes` apart.
    ///
    /// # Errors
    /// Parameters out of range.
    pub fn validate(&self, classes: usize) -> Result<()> {
        self.neuron.validate()?;
        let allowed = "1 to 1048576";
        let mend = "Take a number such as 100.";
        refuse_if!(self.neurons == 0 || self.neurons > 1 << 20, "number of neurons", self.neurons, allowed, mend);
        positive("duration of a presentation", self.duration, DEFAULT)?;
        let allowed = format!("0 to {} ms, the duration of a presentation", shown(self.duration));
        let mend = "A delay below a step counts as one step.";
        refuse_if!(!(0.0..=self.duration).contains(&self.delay), "delay", shown(self.delay), allowed, mend);
        if let Coding::Repeat { .. } = self.coding {
            let mend = "Choose a code of spikes, such as regular:250 or poisson:128.";
            return Err(Error::invalid("pulse code of a network", self.coding, "a code whose pulses are spikes", mend));
        }
        match &self.method {
            Method::Fixed(fixed) => positive("sigma", fixed.sigma, DEFAULT).map(drop),
            Method::Unsupervised(rule) => {
                epochs(rule.epochs)?;
                positive("norm", rule.norm, DEFAULT)?;
                positive("inhibition_tau", rule.inhibition_tau, DEFAULT)?;
                [rule.nu, rule.nu_pre, rule.inhibition, rule.ramp, rule.theta, rule.theta_step, rule.target]
                    .into_iter()
                    .try_for_each(|x| finite("parameter of unsupervised learning", x).map(drop))
            }
            Method::Teacher(rule) => {
                epochs(rule.epochs)?;
                positive("bound", rule.bound, DEFAULT)?;
                positive("nu_decay", rule.nu_decay, DEFAULT)?;
                [rule.nu, rule.initial, rule.hold]
                    .into_iter()
                    .try_for_each(|x| finite("parameter of a teacher", x).map(drop))?;
                if let Some(bad) = rule.times.iter().find(|t| !(0.0..self.duration).contains(*t)) {
                    let allowed = format!("0 to {} ms, the duration", shown(self.duration));
                    return Err(Error::invalid(
                        "time of the teacher",
                        shown(*bad),
                        allowed,
                        "Show the picture for longer.",
                    ));
                }
                if self.neurons < classes {
                    let allowed = format!("at least {classes}, one for each class");
                    return Err(Error::invalid("number of neurons", self.neurons, allowed, "Take more neurons."));
                }
                Ok(())
            }
        }
    }
}

impl Recipe {
    /// Checks that a network of it with `inputs` pixels can be stepped by `dt` \[ms\]: in time, and in memory.
    ///
    /// # Errors
    /// A step that is not positive or longer than a presentation, more than 1e6 steps, more than 1.25e8 numbers.
    pub fn check_step(&self, dt: f64, inputs: usize) -> Result<()> {
        checked_step(dt)?;
        let given = || format!("{} ms", shown(dt));
        let allowed = format!("at most {} ms, as long as a picture is shown", shown(self.duration));
        refuse_if!(
            dt > self.duration,
            "step dt",
            given(),
            allowed,
            "Take a smaller step, or show pictures for longer."
        );
        let steps = self.duration / dt;
        let allowed = format!("at most {MOST_STEPS:e} steps a picture");
        let given = format!("{}, which takes {steps:.1e} steps over {} ms", given(), shown(self.duration));
        refuse_if!(
            steps > MOST_STEPS,
            "step dt",
            given,
            allowed,
            "Take a larger step, or show pictures for less long."
        );
        let (n, inputs) = (self.neurons as f64, inputs as f64);
        let among = if matches!(self.method, Method::Unsupervised(_)) { n * n } else { 0.0 };
        let numbers = n * inputs + among + (self.delay / dt).max(1.0) * (n + inputs) + steps * inputs;
        let given =
            format!("of {} neurons and {inputs} pixels at {} ms: about {numbers:.1e} numbers", self.neurons, shown(dt));
        let allowed = format!("at most {MOST_NUMBERS:e} numbers, weights and what is on its way");
        let mend = "Take fewer neurons, smaller pictures, or a larger step.";
        refuse_if!(numbers > MOST_NUMBERS, "the network", given, allowed, mend);
        Ok(())
    }
}

/// Most steps of a picture: a microsecond of a second.
const MOST_STEPS: f64 = 1e6;

/// Most numbers that a network holds: 1 GB of them, on each thread.
const MOST_NUMBERS: f64 = 1.25e8;

/// What is read from a name and written as one.
mod by_name {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: FromStr<Err = crate::Error>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn epochs(n: usize) -> Result<()> {
    if (1..=1000).contains(&n) {
        return Ok(());
    }
    Err(Error::invalid("epochs", n, "1 to 1000", "Leave it out for its default."))
}
