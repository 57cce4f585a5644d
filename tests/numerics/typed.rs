//! Problems as they are typed: what is proven is proven of them, numbers derived from others included.

use serde::Deserialize;
use spikestep::model::{NeuronSpec, StimulusSpec, Typed};
use spikestep::scheme::projective;
use spikestep::study::SolvedProblem;
use spikestep::truth::enclosure::enclose;
use spikestep::truth::residual::Reading;
use spikestep::truth::taylor;
use spikestep::{Problem, Stimulus};

use crate::common::cases::Decimal;

/// A line of `tests/reference/typed/problems.json`, which its script made.
#[derive(Deserialize)]
struct Case {
    neuron: String,
    input: String,
    duration: String,
    csv: Option<String>,
    v0: Option<String>,
    u0: Option<String>,
    spikes: Vec<String>,
}

impl Case {
    fn read(&self) -> (NeuronSpec, Problem) {
        let mut spec = NeuronSpec::parse(&self.neuron).unwrap();
        let typed = |text: &Option<String>| text.as_ref().map(|text| text.parse::<Typed>().unwrap());
        spec.start_at(typed(&self.v0), typed(&self.u0));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), self.csv.as_deref().unwrap_or_default()).unwrap();
        let input = self.input.replace("FILE", file.path().to_str().unwrap());
        let duration = self.duration.parse().unwrap();
        let stimulus = StimulusSpec::parse(&input).unwrap().stimulus(duration).unwrap();
        let stimulus = stimulus.scaled(spec.typed_input_scale());
        let problem = Problem { neuron: spec.neuron, stimulus, initial: spec.initial, duration };
        (spec, problem)
    }

    fn times(&self) -> Vec<Decimal> {
        self.spikes.iter().map(|t| Decimal::parse(t)).collect()
    }
}

fn cases() -> Vec<Case> {
    // More of them, from the script beside these, can be put to the same test.
    let path = std::env::var("SPIKESTEP_TYPED").unwrap_or("tests/reference/typed/problems.json".into());
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).expect("the format of the problems")
}

/// The reference times are rounded to 30 digits behind the point, and were solved to better than 1e-24.
const REFERENCE: f64 = 1e-24;

#[test]
fn no_error_of_a_typed_problem_is_above_what_is_proven() {
    let mut unchecked = 0;
    for case in cases() {
        let (name, (spec, problem)) = (format!("{} {}", case.neuron, case.input), case.read());
        let (times, reading) = (case.times(), Reading::Typed(spec.numbers()));
        let proof = enclose(&problem, reading);
        assert!(proof.is_complete() && proof.spikes.len() == times.len(), "{name}: {proof:?}");
        for (t, spike) in times.iter().zip(&proof.spikes) {
            let off = t.error_of(spike.time) + spike.rest;
            assert!(off.abs() <= spike.radius + REFERENCE, "{name}: {off:e} {spike:?}");
        }
        let solved = SolvedProblem::read(problem.clone(), reading);
        let proven = solved.check.proven.unwrap();
        assert_eq!(solved.truth.bound(), Some(proven), "{name}");
        assert_eq!(solved.check.agrees.is_none(), solved.check.why_unknown().is_some(), "{name}");
        unchecked += usize::from(solved.check.agrees.is_none());
        for (t, spike) in times.iter().zip(solved.truth.spikes.times()) {
            // The nearest f64, whose half ulp is what is left.
            let off = t.error_of(*spike).abs();
            assert!(off <= proven && off <= 0.5 * f64::EPSILON * spike, "{name}: {off:e} {proven:e}");
        }
        // The bounds that need no proof, of both solvers.
        let own = taylor::solve(&problem, taylor::TOLERANCE);
        let other = projective::solve(&problem, 1e-9);
        for (spikes, certificate) in
            [(&own.spikes, own.residual_certificate(reading)), (&other.spikes, other.residual_certificate(reading))]
        {
            for ((t, spike), error) in times.iter().zip(spikes.times()).zip(certificate.spikes.iter().flatten()) {
                assert!(t.error_of(*spike).abs() <= error.bound, "{name}: {error:?}");
            }
        }
    }
    // Solvers that lose their own bound: the proof does not, and it is said which.
    assert!(unchecked > 0);
}

/// A frequency in Hz makes an angular frequency of 2π f/1000. Taken as any number within half an ulp of its f64 it left a spike's error
/// uncertain by most often a thousand times what rounding leaves of it.
#[test]
fn a_sine_is_proven_to_the_last_digit() {
    let mut gains = vec![];
    for case in cases().into_iter().filter(|case| case.input.starts_with("sine")) {
        let (spec, problem) = case.read();
        let proven = SolvedProblem::read(problem.clone(), Reading::Typed(spec.numbers())).check.proven.unwrap();
        let spikes = taylor::solve(&problem, taylor::TOLERANCE).spikes;
        let linear = Stimulus::piecewise_linear(problem.stimulus.pieces().to_vec()).unwrap();
        let stimulus = linear.with_sinusoid(problem.stimulus.sinusoid().unwrap());
        let of_f64 = enclose(&Problem { stimulus, ..problem }, Reading::Decimal);
        gains.push(of_f64.largest_error(&spikes).unwrap() / proven);
    }
    gains.sort_by(f64::total_cmp);
    assert!(gains.len() > 10 && gains[0] > 1.0 && gains[gains.len() / 2] > 20.0, "{gains:.1?}");
}
