//! What a study may ask: limits, and which part of it is at fault where it goes beyond them.

use super::Study;
use crate::SpikeTrain;
use crate::error::{Error, Result, finite, positive, refuse_if, shown};
use crate::metrics::{gamma, van_rossum, victor_purpura};
use crate::model::Problem;
use crate::scheme::{MAX_STEPS, Scheme, SchemeSet, check_form};

/// Most steps of all fixed-step runs on one problem together: some minutes of work.
pub const MAX_TOTAL_STEPS: u64 = 1_000_000_000;

/// Longest run \[ms\]: 2.8 hours of the neuron, whose truth takes seconds to solve.
pub const MAX_DURATION: f64 = 1e7;

/// Most cells of a study: some gigabytes of memory.
pub const MAX_CELLS: u64 = 5_000_000;

/// A part of a study, by its place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Axis {
    /// The neuron at this place of the list.
    Neuron(usize),
    /// The input at this place of the list.
    Input(usize),
    /// The list of seeds.
    Seeds,
    /// The peak at this place of the list.
    Peak(usize),
    /// The list of schemes.
    Schemes,
    /// The list of steps.
    Dts,
    /// The list of tolerances.
    Tolerances,
    /// The parameters of the distances.
    Distances,
    /// The study as a whole.
    Whole,
}

/// Why a study cannot be run, and which part of it is at fault.
#[derive(Debug)]
#[non_exhaustive]
pub struct StudyError {
    /// The part at fault.
    pub axis: Axis,
    /// What is wrong with it.
    pub error: Error,
}

impl From<StudyError> for Error {
    fn from(refused: StudyError) -> Self {
        refused.error
    }
}

type Checked = std::result::Result<(), StudyError>;

/// Checks what can be said of the lists alone.
pub(super) fn check_lists(study: &Study) -> Checked {
    let missing = |axis, what: &str, given: &str, allowed: &str, mend: &str| {
        Err(StudyError { axis, error: Error::invalid(what, given, allowed, mend) })
    };
    if study.neurons.is_empty() {
        return missing(Axis::Whole, "neurons", "an empty list", "at least one", "Write neurons = [\"RS\"].");
    }
    if study.has_idle_seeds() {
        let (given, mend) = ("a list without noise among the inputs", "Remove seeds, or add noise:10:2.");
        return missing(Axis::Seeds, "seeds", given, "seeds for inputs of noise", mend);
    }
    let fixed = study.schemes.iter().any(|scheme| !scheme.is_adaptive());
    let adaptive = study.schemes.iter().any(Scheme::is_adaptive);
    if fixed && study.dts.is_empty() {
        let allowed = "steps in ms for the fixed-step schemes";
        return missing(Axis::Schemes, "dt", "missing", allowed, "Write dt = [0.1, 0.5].");
    }
    if adaptive && study.tolerances.is_empty() {
        let allowed = "tolerances for the adaptive schemes";
        return missing(Axis::Schemes, "tolerance", "missing", allowed, "Write tolerance = [1e-6].");
    }
    if !fixed && !adaptive {
        let mend = "Write schemes = \"default\".";
        return missing(Axis::Schemes, "schemes", "an empty list", "at least one", mend);
    }
    if study.lower_bound.is_some() && !study.schemes.iter().any(|scheme| scheme.info().has_lower_bound) {
        let names: Vec<String> = study.schemes.iter().take(3).map(Scheme::to_string).collect();
        let more = if study.schemes.len() > 3 { " and others" } else { "" };
        let bounded = SchemeSet::standard().iter().filter(|scheme| scheme.info().has_lower_bound);
        let bounded: Vec<String> = bounded.map(Scheme::to_string).collect();
        let (given, allowed) = (
            format!("given for {}{more}, which take none", names.join(", ")),
            format!("one for {}", bounded.join(", ")),
        );
        let mend = "Remove the lower bound, or add one of these schemes.";
        return missing(Axis::Whole, "lower bound of v", &given, &allowed, mend);
    }
    Ok(())
}

/// Refuses more cells than fit into memory, counted before any of them is made.
pub(super) fn check_number(study: &Study) -> Checked {
    let inputs: u64 = study.inputs.iter().map(|input| study.seeds_of(input).len() as u64).sum();
    let runs: u64 = study.schemes.iter().map(|scheme| study.sizes(scheme).count() as u64).sum();
    let factors = [study.neurons.len() as u64, inputs.max(1), study.peaks.len().max(1) as u64, runs];
    let cells = factors.into_iter().fold(1, u64::saturating_mul);
    if cells <= MAX_CELLS {
        return Ok(());
    }
    let [neurons, inputs, peaks, runs] = factors;
    let given = format!(
        "{cells} cells ({neurons} neurons, {inputs} inputs and seeds, {peaks} peaks, {runs} schemes and steps)"
    );
    let error =
        Error::invalid("the study", given, format!("at most {MAX_CELLS} cells"), "Divide it into several studies.");
    Err(StudyError { axis: Axis::Whole, error })
}

impl Study {
    /// Refuses steps without a fixed-step scheme and tolerances without an adaptive one: in a file they are a mistake.
    ///
    /// # Errors
    /// The list that no scheme takes.
    pub fn refuse_idle_lists(&self) -> std::result::Result<(), StudyError> {
        let fixed = !self.schemes.iter().all(Scheme::is_adaptive);
        let adaptive = self.schemes.iter().any(Scheme::is_adaptive);
        let idle = |axis, what: &str, kind: &str, article: &str| {
            let (given, allowed) =
                (format!("given without {article} {kind} scheme"), format!("{what} with {kind} schemes"));
            let mend = format!("Remove {what}, or add {article} {kind} scheme.");
            Err(StudyError { axis, error: Error::invalid(what, given, allowed, mend) })
        };
        if !adaptive && !self.tolerances.is_empty() {
            return idle(Axis::Tolerances, "tolerance", "adaptive", "an");
        }
        if !fixed && !self.dts.is_empty() {
            return idle(Axis::Dts, "dt", "fixed-step", "a");
        }
        Ok(())
    }
}

/// Checks one problem of a study together with its steps, tolerances and parameters; `near` is the part that a problem without
/// fault of the others would be laid to.
pub(super) fn check_problem(study: &Study, problem: &Problem, near: Axis) -> Checked {
    let at = |axis| move |error| StudyError { axis, error };
    check_neuron(problem).map_err(at(near))?;
    study.schemes.iter().try_for_each(|scheme| check_form(scheme, &problem.neuron)).map_err(at(Axis::Schemes))?;
    check_distances(study, problem.duration).map_err(at(Axis::Distances))?;
    check_lower_bound(study, problem).map_err(at(Axis::Whole))?;
    check_steps(study, problem.duration).map_err(at(Axis::Dts))?;
    check_tolerances(study).map_err(at(Axis::Tolerances))
}

/// Checks how long a run is \[ms\], before an input is made for it.
pub(super) fn check_duration(duration: f64) -> Result<()> {
    positive("the duration", duration, "Give the duration in ms, such as 1000.")?;
    refuse_if!(
        duration > MAX_DURATION,
        "duration",
        format!("{} ms", shown(duration)),
        format!("at most {MAX_DURATION:e} ms"),
        "Shorten the duration."
    );
    Ok(())
}

fn check_neuron(problem: &Problem) -> Result<()> {
    let Problem { neuron, initial, .. } = problem;
    neuron.validate()?;
    finite("initial v", initial.v)?;
    finite("initial u", initial.u)?;
    refuse_if!(
        initial.v >= neuron.peak,
        "initial v",
        format!("{} mV with a peak of {} mV", shown(initial.v), neuron.peak),
        "a value below the peak",
        "Lower the initial v or raise the peak."
    );
    Ok(())
}

/// The distances know what they allow.
fn check_distances(study: &Study, duration: f64) -> Result<()> {
    let silent = SpikeTrain::default();
    victor_purpura(&silent, &silent, study.distances.cost)?;
    van_rossum(&silent, &silent, study.distances.tau)?;
    gamma(&silent, &silent, study.distances.window, duration).map(|_| ())
}

fn check_lower_bound(study: &Study, problem: &Problem) -> Result<()> {
    let Some(bound) = study.lower_bound else { return Ok(()) };
    let peak = problem.neuron.peak;
    if finite("lower bound of v", bound)? >= peak {
        let given = format!("{} mV with a peak of {peak} mV", shown(bound));
        let mend = "Lower the lower bound: a neuron held at its peak spikes without end.";
        return Err(Error::invalid("lower bound of v", given, "a value below the peak", mend));
    }
    Ok(())
}

fn check_steps(study: &Study, duration: f64) -> Result<()> {
    for &dt in &study.dts {
        positive("dt", dt, "Give the step in ms, such as 0.5.")?;
        if dt > duration {
            let allowed = format!("at most the duration of {} ms", shown(duration));
            let mend = "Lower the step or raise the duration.";
            return Err(Error::invalid("dt", format!("{} ms", shown(dt)), allowed, mend));
        }
        if duration / dt > MAX_STEPS as f64 {
            let given =
                format!("{} ms, which takes {:.1e} steps over {} ms", shown(dt), duration / dt, shown(duration));
            let mend = format!("Take the step {:e} or larger, or a shorter duration.", duration / MAX_STEPS as f64);
            return Err(Error::invalid("dt", given, format!("at most {MAX_STEPS} steps a run"), mend));
        }
    }
    let total = study.total_steps(duration);
    if total > MAX_TOTAL_STEPS {
        let given = format!("{:.1e} steps ({} values of dt for each fixed-step scheme)", total as f64, study.dts.len());
        let allowed = format!("at most {:e} steps in all runs together", MAX_TOTAL_STEPS as f64);
        let mend = "Ask for fewer or larger steps, fewer schemes, or a shorter duration.";
        return Err(Error::invalid("total work", given, allowed, mend));
    }
    Ok(())
}

fn check_tolerances(study: &Study) -> Result<()> {
    let bad = study.tolerances.iter().find(|tolerance| !(1e-15..=1.0).contains(*tolerance));
    match bad {
        Some(&bad) => Err(Error::invalid("tolerance", shown(bad), "1e-15 to 1", "Give the tolerance, such as 1e-6.")),
        None => Ok(()),
    }
}
