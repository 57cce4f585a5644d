//! What the study of cost at equal error found, as data: `experiments/src/cost_at_equal_error/` with the neurons RS, IB, CH and FS,
//! its figures in `results/cost_at_equal_error/`. The tests below hold these tables to those figures.

use super::Run;
use crate::scheme::Scheme;

/// Time a flop \[ns\] of schemes, the median over their runs on the machine named in `timings.csv`: what counting leaves out.
/// Branches and divisions at located spikes make flops dear; sums over many terms, FFT and series, make them cheap.
pub(super) static FLOP_TIMES: &[(&str, f64)] = &[
    ("euler", 0.71),
    ("half-step", 0.78),
    ("rk4", 0.64),
    ("euler-semi-implicit", 0.82),
    ("rk2", 0.85),
    ("heun", 0.74),
    ("bindsnet", 0.75),
    ("nest-consistent", 0.71),
    ("nest-published", 0.74),
    ("nengo", 0.81),
    ("brian2-euler", 0.78),
    ("brian2-rk2", 0.66),
    ("brian2-rk4", 0.56),
    ("evolution-1", 0.24),
    ("evolution-1+located", 0.33),
    ("evolution-2", 0.24),
    ("evolution-2+located", 0.32),
    ("evolution-2-recursive+located", 1.0),
    ("euler+located", 1.6),
    ("half-step+located", 1.4),
    ("heun+located", 1.0),
    ("rk4+located", 0.77),
    ("rk4-wk", 0.94),
    ("euler-semi-implicit+located", 1.9),
    ("rk2+located", 1.2),
    ("projective-4", 0.34),
    ("projective-6", 0.24),
    ("projective-8", 0.22),
    ("projective-12", 0.17),
    ("dopri5", 1.0),
    ("dop853", 0.47),
    ("taylor", 0.57),
    ("projective", 0.27),
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

/// The cheapest schemes that keep an error on all four neurons.
pub(super) struct Choice {
    /// The error \[ms\].
    pub(super) error: f64,
    /// With steps of its own, from a tolerance.
    pub(super) one_neuron: &'static str,
    /// At the steps of [`NETWORK_STEPS`]; empty where none keeps the error.
    pub(super) network: [&'static str; 3],
}

/// Steps a network prescribes \[ms\].
pub(super) const NETWORK_STEPS: [f64; 3] = [1.0, 0.5, 0.1];

/// From `choices.csv`, the largest error first.
pub(super) static CHOICES: &[Choice] = &[
    choice(10.0, "projective", ["rk4-wk", "rk4-wk", "heun+located"]),
    choice(1.0, "projective", ["projective-4", "rk4-wk", "rk4+located"]),
    choice(0.1, "projective", ["projective-6", "projective-4", "rk4+located"]),
    choice(0.01, "projective", ["projective-6", "projective-4", "rk4+located"]),
    choice(0.001, "projective", ["projective-8", "projective-6", "projective-4"]),
    choice(0.0001, "projective", ["projective-12", "projective-8", "projective-4"]),
    choice(1e-06, "projective", ["", "", "projective-6"]),
    choice(1e-09, "projective", ["", "", "projective-8"]),
    choice(1e-11, "projective", ["", "", "projective-12"]),
];

const fn choice(error: f64, one_neuron: &'static str, network: [&'static str; 3]) -> Choice {
    Choice { error, one_neuron, network }
}

/// The choice at an error of at most `within` \[ms\], in a network that prescribes a step of `step` \[ms\].
pub(super) fn recommended(within: f64, step: Option<f64>) -> Recommended {
    let Some(choice) = CHOICES.iter().find(|choice| choice.error <= within) else {
        return Recommended { one_neuron: None, network: None };
    };
    // What keeps the error at a larger step keeps it at a smaller one.
    let column = step.and_then(|step| NETWORK_STEPS.iter().rposition(|&known| known >= step));
    Recommended {
        one_neuron: Some((choice.one_neuron, within.min(1.0))),
        network: column.map(|k| choice.network[k]).filter(|name| !name.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a file of the committed study.
    fn rows(name: &str) -> Vec<Vec<String>> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("results/cost_at_equal_error").join(name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    /// Times of two runs of the study differ by 10 to 20 % where the machine has other work; half is another scheme.
    #[test]
    fn times_a_flop_are_those_of_the_study() {
        let measured = rows("flop_times.csv");
        assert!(measured.len() >= 30, "{} schemes", measured.len());
        for row in &measured {
            let (known, measured) = (flop_time(&row[0].parse().unwrap()), row[1].parse::<f64>().unwrap());
            let ratio = known / measured;
            assert!((0.67..1.5).contains(&ratio), "{}: {known} in FLOP_TIMES, {measured} measured", row[0]);
        }
    }

    /// What is named keeps the error in the study and is at most a fifth slower there than the fastest.
    #[test]
    fn choices_are_those_of_the_study() {
        let rows = rows("choices.csv");
        let check = |error: f64, what: &str, dt: String, name: &str| {
            let kept: Vec<(&str, f64)> = rows
                .iter()
                .filter(|r| r[0].parse() == Ok(error) && r[1] == what && r[2] == dt)
                .map(|r| (r[3].as_str(), r[4].parse().unwrap()))
                .collect();
            let place = format!("{what} {dt} within {error} ms: '{name}' in CHOICES, the study has {kept:?}");
            match kept.first() {
                None => assert_eq!(name, "", "{place}"),
                Some((_, fastest)) => {
                    let time = kept.iter().find(|k| k.0 == name).map(|k| k.1);
                    assert!(time.is_some_and(|time| time <= 1.2 * fastest), "{place}");
                }
            }
        };
        for choice in CHOICES {
            check(choice.error, "adaptive", String::new(), choice.one_neuron);
            for (dt, name) in NETWORK_STEPS.into_iter().zip(choice.network) {
                check(choice.error, "network", dt.to_string(), name);
            }
        }
        let errors = |rows: Vec<f64>| rows.windows(2).filter(|w| w[0] != w[1]).count() + 1;
        assert_eq!(errors(rows.iter().map(|r| r[0].parse().unwrap()).collect()), CHOICES.len());
    }

    #[test]
    fn a_step_between_two_of_the_study_takes_the_larger_one() {
        let at = |within, step| recommended(within, step);
        assert_eq!(at(0.5, Some(0.3)).network, Some(CHOICES[2].network[1]));
        assert_eq!(at(0.1, Some(1.0)).network, Some(CHOICES[2].network[0]));
        assert_eq!(at(0.1, Some(1.5)).network, None);
        assert_eq!(at(1e-6, Some(1.0)).network, None);
        assert_eq!(at(50.0, None), Recommended { one_neuron: Some((CHOICES[0].one_neuron, 1.0)), network: None });
        assert_eq!(at(1e-13, Some(0.1)), Recommended { one_neuron: None, network: None });
    }
}
