//! The twenty firing patterns of the 2004 paper, as protocols in continuous time.

use serde::Serialize;

use super::{Neuron, Piece, Problem, State, Stimulus};
use crate::error::{Error, Result};

/// One firing pattern: a neuron, where it starts, and the piecewise-linear input that brings the pattern out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FiringPattern {
    /// Panel of the figure, 'A' to 'T'.
    pub letter: char,
    /// Name of the pattern ("tonic spiking").
    pub name: &'static str,
    /// The neuron; G, L and R need the general form.
    pub neuron: Neuron,
    /// State at t = 0.
    pub initial: State,
    /// Length of the protocol \[ms\].
    pub duration: f64,
    /// Input, piece by piece \[ms, mV/ms, mV/ms²\].
    pub pieces: &'static [Piece],
}

/// The patterns of rows `letter name: neuron, from (v, u), duration ms; pieces`, a piece being (start, value, slope).
macro_rules! patterns {
    ($($letter:literal $name:literal: $neuron:expr, from ($v:expr, $u:expr), $duration:literal ms;
       $(($start:expr, $value:expr, $slope:expr))*)*) => {
        [$(FiringPattern {
            letter: $letter,
            name: $name,
            neuron: $neuron,
            initial: State::new($v, $u),
            duration: $duration,
            pieces: &[$(Piece { start: $start, value: $value, slope: $slope }),*],
        }),*]
    };
}

/// The patterns A to T of E. M. Izhikevich, *Which model to use for cortical spiking neurons?*, IEEE Trans. Neural
/// Networks 15 (2004) 1063–1070, fig. 1, with the parameters of the program published with it.
///
/// The published figure is drawn with Euler steps of 0.1 to 0.5 ms, and what a panel shows can be a product of its step.
/// Pattern T is therefore used with d = 0: with the published d = −2 each spike lowers u further, the model in continuous
/// time never stops firing, and u runs away. R has leak = 0: its u integrates b (v + 65), with b = 1 and b0 = 65.
pub static FIRING_PATTERNS: [FiringPattern; 20] = patterns! {
    'A' "tonic spiking": Neuron::new(0.02, 0.2, -65.0, 6.0), from (-70.0, -14.0), 100.0 ms;
        (0.0, 0.0, 0.0) (10.0, 14.0, 0.0)
    'B' "phasic spiking": Neuron::new(0.02, 0.25, -65.0, 6.0), from (-64.0, -16.0), 200.0 ms;
        (0.0, 0.0, 0.0) (20.0, 0.5, 0.0)
    'C' "tonic bursting": Neuron::new(0.02, 0.2, -50.0, 2.0), from (-70.0, -14.0), 220.0 ms;
        (0.0, 0.0, 0.0) (22.0, 15.0, 0.0)
    'D' "phasic bursting": Neuron::new(0.02, 0.25, -55.0, 0.05), from (-64.0, -16.0), 200.0 ms;
        (0.0, 0.0, 0.0) (20.0, 0.6, 0.0)
    'E' "mixed mode": Neuron::new(0.02, 0.2, -55.0, 4.0), from (-70.0, -14.0), 160.0 ms;
        (0.0, 0.0, 0.0) (16.0, 10.0, 0.0)
    'F' "spike frequency adaptation": Neuron::new(0.01, 0.2, -65.0, 8.0), from (-70.0, -14.0), 85.0 ms;
        (0.0, 0.0, 0.0) (8.5, 30.0, 0.0)
    'G' "class 1": Neuron { k1: 4.1, k0: 108.0, ..Neuron::new(0.02, -0.1, -55.0, 6.0) }, from (-60.0, 6.0), 300.0 ms;
        (0.0, 0.0, 0.0) (30.0, 0.0, 0.075)
    'H' "class 2": Neuron::new(0.2, 0.26, -65.0, 0.0), from (-64.0, -16.64), 300.0 ms;
        (0.0, -0.5, 0.0) (30.0, -0.5, 0.015)
    'I' "spike latency": Neuron::new(0.02, 0.2, -65.0, 6.0), from (-70.0, -14.0), 100.0 ms;
        (0.0, 0.0, 0.0) (10.0, 7.04, 0.0) (13.0, 0.0, 0.0)
    'J' "subthreshold oscillation": Neuron::new(0.05, 0.26, -60.0, 0.0), from (-62.0, -16.12), 200.0 ms;
        (0.0, 0.0, 0.0) (20.0, 2.0, 0.0) (25.0, 0.0, 0.0)
    'K' "resonator": Neuron::new(0.1, 0.26, -60.0, -1.0), from (-62.0, -16.12), 400.0 ms;
        (0.0, 0.0, 0.0) (40.0, 0.65, 0.0) (44.0, 0.0, 0.0) (60.0, 0.65, 0.0) (64.0, 0.0, 0.0) (280.0, 0.65, 0.0)
        (284.0, 0.0, 0.0) (320.0, 0.65, 0.0) (324.0, 0.0, 0.0)
    'L' "integrator": Neuron { k1: 4.1, k0: 108.0, ..Neuron::new(0.02, -0.1, -55.0, 6.0) }, from (-60.0, 6.0), 100.0 ms;
        (0.0, 0.0, 0.0) (9.0909090909090909, 9.0, 0.0) (11.0909090909090909, 0.0, 0.0) (14.0909090909090909, 9.0, 0.0)
        (16.0909090909090909, 0.0, 0.0) (70.0, 9.0, 0.0) (72.0, 0.0, 0.0) (80.0, 9.0, 0.0) (82.0, 0.0, 0.0)
    'M' "rebound spike": Neuron::new(0.03, 0.25, -60.0, 4.0), from (-64.0, -16.0), 200.0 ms;
        (0.0, 0.0, 0.0) (20.0, -15.0, 0.0) (25.0, 0.0, 0.0)
    'N' "rebound burst": Neuron::new(0.03, 0.25, -52.0, 0.0), from (-64.0, -16.0), 200.0 ms;
        (0.0, 0.0, 0.0) (20.0, -15.0, 0.0) (25.0, 0.0, 0.0)
    'O' "threshold variability": Neuron::new(0.03, 0.25, -60.0, 4.0), from (-64.0, -16.0), 100.0 ms;
        (0.0, 0.0, 0.0) (10.0, 1.0, 0.0) (15.0, 0.0, 0.0) (70.0, -6.0, 0.0) (75.0, 0.0, 0.0) (80.0, 1.0, 0.0)
        (85.0, 0.0, 0.0)
    'P' "bistability": Neuron::new(0.1, 0.26, -60.0, 0.0), from (-61.0, -15.86), 300.0 ms;
        (0.0, 0.24, 0.0) (37.5, 1.24, 0.0) (42.5, 0.24, 0.0) (216.0, 1.24, 0.0) (221.0, 0.24, 0.0)
    'Q' "depolarizing afterpotential": Neuron::new(1.0, 0.2, -60.0, -21.0), from (-70.0, -14.0), 50.0 ms;
        (0.0, 0.0, 0.0) (9.0, 20.0, 0.0) (11.0, 0.0, 0.0)
    'R' "accommodation": Neuron { b0: 65.0, leak: 0.0, ..Neuron::new(0.02, 1.0, -55.0, 4.0) }, from (-65.0, -16.0), 400.0 ms;
        (0.0, 0.0, 0.04) (200.0, 0.0, 0.0) (300.0, 0.0, 0.32) (312.5, 0.0, 0.0)
    'S' "inhibition induced spiking": Neuron::new(-0.02, -1.0, -60.0, 8.0), from (-63.8, 63.8), 350.0 ms;
        (0.0, 80.0, 0.0) (50.0, 75.0, 0.0) (250.0, 80.0, 0.0)
    'T' "inhibition induced bursting": Neuron::new(-0.026, -1.0, -45.0, 0.0), from (-63.8, 63.8), 350.0 ms;
        (0.0, 80.0, 0.0) (50.0, 75.0, 0.0) (250.0, 80.0, 0.0)
};

impl FiringPattern {
    /// The pattern with this letter, upper or lower case.
    ///
    /// ```
    /// use spikestep::model::FiringPattern;
    /// assert_eq!(FiringPattern::find('k')?.name, "resonator");
    /// assert!(FiringPattern::find('Z').is_err());
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// A letter beyond A to T.
    pub fn find(letter: char) -> Result<&'static FiringPattern> {
        FIRING_PATTERNS.iter().find(|p| p.letter.eq_ignore_ascii_case(&letter)).ok_or_else(|| {
            Error::invalid("firing pattern", format!("'{letter}'"), "A to T", "Give a panel letter of the 2004 figure.")
        })
    }

    /// What differs from the published panel, and why, in whole sentences: of T alone, see [`FIRING_PATTERNS`].
    pub fn note(&self) -> Option<String> {
        let published = self.published().problem.neuron;
        (published != self.neuron).then(|| {
            format!(
                "Pattern {letter} has d = {} where d = {} is published: with that each spike lowers u further, and the equations fire \
                 without end. What the program of 2004 drew is {letter},d={} by izhikevich-2004 at its own step of {} ms.",
                self.neuron.d,
                published.d,
                published.d,
                self.published().tau,
                letter = self.letter,
            )
        })
    }

    /// The input as a function of time.
    pub fn stimulus(&self) -> Stimulus {
        Stimulus::piecewise_linear(self.pieces.to_vec()).expect("the times of the table increase")
    }

    /// The initial-value problem of the panel.
    ///
    /// ```
    /// use spikestep::{model::FiringPattern, Side};
    /// let tonic = FiringPattern::find('A')?.problem();
    /// assert_eq!(tonic.duration, 100.0);
    /// assert_eq!(tonic.stimulus.value(10.0, Side::After), 14.0);
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    pub fn problem(&self) -> Problem {
        Problem { neuron: self.neuron, stimulus: self.stimulus(), initial: self.initial, duration: self.duration }
    }
}
