//! What the study of cost at equal error found, as data: `experiments/src/cost_at_equal_error/` with the neurons RS, IB, CH and FS,
//! its figures in `results/cost_at_equal_error/`. `tests/studies/cost.rs` holds these tables to those figures.

use super::Run;
use crate::scheme::Scheme;

/// Time a flop \[ns\] of schemes, the median over their runs on the machine named in `timings.csv`: what counting leaves out.
/// Branches and divisions at located spikes make flops dear; sums over many terms, FFT and series, make them cheap.
static FLOP_TIMES: &[(&str, f64)] = &[
    ("euler", 1.1),
    ("half-step", 1.1),
    ("rk4", 0.6),
    ("explicit-reduction", 0.58),
    ("exponential-euler", 0.64),
    ("euler-semi-implicit", 1.3),
    ("rk2", 0.75),
    ("heun", 0.81),
    ("adams-bashforth-2", 0.78),
    ("strang", 0.75),
    ("bindsnet", 0.85),
    ("nest-consistent", 1.1),
    ("nest-published", 1.0),
    ("nengo", 1.0),
    ("brian2-euler", 1.2),
    ("brian2-rk2", 0.76),
    ("brian2-rk4", 0.72),
    ("evolution-1", 0.4),
    ("evolution-1+located", 0.49),
    ("evolution-2", 0.39),
    ("evolution-2+located", 0.47),
    ("evolution-2-recursive+located", 1.5),
    ("heun+located", 1.2),
    ("rk4+located", 0.85),
    ("rk4-wk", 1.2),
    ("chan-tsai+located", 0.89),
    ("parker-sochacki-8+located", 1.1),
    ("euler+located", 2.4),
    ("euler-semi-implicit+located", 2.5),
    ("half-step+located", 2.0),
    ("rk2+located", 1.4),
    ("exponential-euler+located", 0.94),
    ("rosenbrock-euler+located", 0.47),
    ("implicit-midpoint+located", 0.93),
    ("implicit-trapezoid+located", 0.8),
    ("strang+located", 1.1),
    ("parker-sochacki-4+located", 1.5),
    ("parker-sochacki-12+located", 0.95),
    ("theta-neuron+located", 0.55),
    ("projective-4", 0.36),
    ("projective-6", 0.27),
    ("projective-8", 0.24),
    ("projective-12", 0.2),
    ("dopri5", 1.4),
    ("dop853", 0.76),
    ("taylor", 0.69),
    ("projective", 0.3),
];

/// Of a scheme that is not in the table, as most of those that are.
const OTHER: f64 = 0.7;

/// Time a flop \[ns\] of `scheme` in the study of cost at equal error; of a variant that is not in it, that of its `+located` form.
pub fn flop_time(scheme: &Scheme) -> f64 {
    let of = |name: &str| FLOP_TIMES.iter().find(|(known, _)| *known == name).map(|(_, time)| *time);
    let located = || scheme.location().and_then(|_| of(&format!("{}+located", scheme.info().name)));
    of(&scheme.to_string()).or_else(located).unwrap_or(OTHER)
}

impl Run {
    /// Cost \[ns per simulated ms\]: flops counted, weighed by [`flop_time`]. Unlike a measured time it is the same everywhere.
    pub fn weighed_ns_per_ms(&self, duration: f64) -> f64 {
        self.flops_per_ms(duration) * flop_time(&self.scheme)
    }
}

/// What to take for an error, by use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommended {
    /// For one neuron, or input that comes as events: an adaptive scheme and its tolerance; `None` where no scheme of the study
    /// keeps the error.
    pub one_neuron: Option<(&'static str, f64)>,
    /// For a network that is coupled at every step: a fixed-step scheme; `None` without a step or where none of the study keeps
    /// the error at that step.
    pub network: Option<&'static str>,
}

/// Steps a network prescribes \[ms\].
const NETWORK_STEPS: [f64; 3] = [1.0, 0.5, 0.1];

/// From `choices.csv`, the largest error \[ms\] first: the cheapest schemes that keep it on all four neurons, with steps of their own
/// from a tolerance, and at the steps of [`NETWORK_STEPS`] (empty where none keeps it).
static CHOICES: &[(f64, &str, [&str; 3])] = &[
    (10.0, "projective", ["rk4-wk", "rk4-wk", "heun+located"]),
    (1.0, "projective", ["projective-4", "rk4-wk", "rk4+located"]),
    (0.1, "projective", ["projective-6", "projective-4", "rk4+located"]),
    (0.01, "projective", ["projective-6", "projective-4", "rk4+located"]),
    (0.001, "projective", ["projective-8", "projective-6", "projective-4"]),
    (0.0001, "projective", ["projective-12", "projective-8", "projective-4"]),
    (1e-06, "projective", ["", "", "projective-6"]),
    (1e-09, "projective", ["", "", "projective-8"]),
    (1e-11, "projective", ["", "", "projective-12"]),
];

impl Recommended {
    /// The choice at an error of at most `within` \[ms\], in a network that prescribes a step of `step` \[ms\].
    pub fn at(within: f64, step: Option<f64>) -> Self {
        let Some((_, one_neuron, network)) = CHOICES.iter().find(|(error, ..)| *error <= within) else {
            return Recommended { one_neuron: None, network: None };
        };
        // What keeps the error at a larger step keeps it at a smaller one.
        let column = step.and_then(|step| NETWORK_STEPS.iter().rposition(|&known| known >= step));
        Recommended {
            one_neuron: Some((one_neuron, within.min(1.0))),
            network: column.map(|k| network[k]).filter(|name| !name.is_empty()),
        }
    }
}
