//! Kind `gallery`: the twenty patterns by a scheme at a step, over what the equations do.

use std::fmt::Write;

use rayon::prelude::*;
use serde::Deserialize;

use super::super::flaw::Flaw;
use super::super::runs::{check_positive, check_steps, fixed_step, fixed_step_schemes};
use super::super::{Experiment, Outputs};
use super::picture;
use super::verdict::{Agreement, PatternClass, Seen, compare};
use crate::error::{Error, Result, shown};
use crate::model::{FIRING_PATTERNS, FiringPattern, Problem};
use crate::report::figure::{FiringPatterns, PatternPanel, firing_patterns};
use crate::report::{plain, three_or_dash, wrapped};
use crate::scheme::Scheme;
use crate::scheme::Trajectory;
use crate::truth::{Truth, taylor};

/// The gallery of the patterns of 2004, as the crate has them ([`FIRING_PATTERNS`]), by one scheme at one step.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gallery {
    /// The scheme, by its name.
    pub scheme: String,
    /// Its step \[ms\].
    pub dt: f64,
    /// A spike within so many ms of the true one has not moved.
    #[serde(default = "default_within")]
    pub within: f64,
    /// Spikes at most so many ms apart are one burst.
    #[serde(default = "default_burst_gap")]
    pub burst_gap: f64,
}

fn default_within() -> f64 {
    1.0
}

fn default_burst_gap() -> f64 {
    10.0
}

/// A panel and what came of it.
struct Panel {
    pattern: &'static FiringPattern,
    problem: Problem,
    truth: Truth,
    trajectory: Trajectory,
    agreement: Agreement,
    largest_shift: Option<f64>,
    curve: Vec<(f64, f64)>,
}

impl Gallery {
    /// A gallery where a spike may move by 1 ms and spikes 10 ms apart are a burst. `dt` in ms.
    pub fn new(scheme: &str, dt: f64) -> Self {
        Gallery { scheme: scheme.to_owned(), dt, within: default_within(), burst_gap: default_burst_gap() }
    }

    /// Checks all of it.
    ///
    /// # Errors
    /// A scheme that is unknown, adaptive or several; a step or a parameter out of its range.
    pub fn validate(&self) -> Result<()> {
        self.checked().map(|_| ())
    }

    /// The scheme, when all is in its range.
    fn checked(&self) -> Result<Scheme> {
        check_positive("within", self.within)?;
        check_positive("burst_gap", self.burst_gap)?;
        let shortest = FIRING_PATTERNS.iter().map(|p| p.duration).fold(f64::INFINITY, f64::min);
        check_steps(&[self.dt], shortest)?;
        // All panels together at the smallest step: some seconds of work, and a figure of no more than its points.
        if self.dt < SMALLEST_STEP {
            let given = format!("{} ms", shown(self.dt));
            let allowed = format!("{SMALLEST_STEP} to {shortest} ms");
            return Err(Error::invalid("dt", given, allowed, "Raise it: smaller steps cannot be seen in a figure."));
        }
        match fixed_step_schemes(&self.scheme)?.as_slice() {
            [scheme] => Ok(scheme.clone()),
            several => Err(Error::invalid(
                "scheme",
                format!("'{}', which is {} schemes", self.scheme, several.len()),
                "one scheme of a fixed step",
                "Draw a gallery for each.",
            )),
        }
    }

    fn panel(&self, scheme: Scheme, pattern: &'static FiringPattern) -> Panel {
        let problem = pattern.problem();
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        // As in a comparison: a rule with a peak of its own keeps it.
        let given = scheme.problem(&problem).into_owned();
        let trajectory = fixed_step(&scheme, &given, self.dt, |_| {});
        let exact = Seen { spikes: &truth.spikes, cut_at: truth.outcome.cut_at() };
        let seen = Seen { spikes: &trajectory.spikes, cut_at: trajectory.diverged_at };
        let (agreement, largest_shift) = compare(seen, exact, self.within, self.burst_gap);
        let curve = picture::run(scheme, &given, self.dt);
        Panel { pattern, problem, truth, trajectory, agreement, largest_shift, curve }
    }
}

/// Smallest step of a gallery \[ms\].
const SMALLEST_STEP: f64 = 1e-3;

impl Experiment for Gallery {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let scheme = self.checked()?;
        let panels: Vec<Panel> =
            FIRING_PATTERNS.par_iter().map(|pattern| self.panel(scheme.clone(), pattern)).collect();
        outputs.figure(&firing_patterns(&self.figure(scheme.clone(), &panels)).draw()?)?;
        outputs.dir.write("panels.csv", self.csv(scheme.clone(), &panels).as_bytes())?;
        Ok(self.text(scheme, &panels))
    }

    fn check(&self) -> std::result::Result<String, Flaw> {
        self.checked().map_err(|error| Flaw { span: None, error })?;
        Ok(format!("{} panels", FIRING_PATTERNS.len()))
    }
}

impl Gallery {
    fn figure(&self, scheme: Scheme, panels: &[Panel]) -> FiringPatterns {
        let drawn = panels.iter().map(|panel| PatternPanel {
            letter: panel.pattern.letter.to_string(),
            name: panel.pattern.name.to_owned(),
            verdict: panel.agreement.whose().to_owned(),
            of_the_step: panel.agreement >= Agreement::Count,
            spikes: (panel.trajectory.spikes.len().to_string(), picture::count(&panel.truth)),
            note: panel
                .largest_shift
                .map_or_else(String::new, |_| format!("shift {} ms", three_or_dash(panel.largest_shift))),
            duration: panel.problem.duration,
            truth: picture::truth(&panel.problem, &panel.truth),
            run: panel.curve.clone(),
            input: picture::input(&panel.problem),
        });
        let label = format!("{scheme}, dt = {} ms", shown(self.dt));
        FiringPatterns {
            name: "gallery".to_owned(),
            title: format!("Twenty firing patterns: membrane potential by {label} and of the equations"),
            series: scheme.to_string(),
            label,
            panels: drawn.collect(),
        }
    }

    fn csv(&self, scheme: Scheme, panels: &[Panel]) -> String {
        let mut csv = String::from(
            "panel,name,scheme,dt_ms,spikes,class,true_spikes,true_class,truth_bound_ms,agreement,largest_shift_ms,\
             diverged_at_ms\n",
        );
        let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
        let class = |spikes| PatternClass::of(spikes, self.burst_gap).name();
        for panel in panels {
            let (run, truth) = (&panel.trajectory, &panel.truth);
            let _ = writeln!(
                csv,
                "{},{},{scheme},{},{},{},{},{},{},{},{},{}",
                panel.pattern.letter,
                panel.pattern.name,
                self.dt,
                run.spikes.len(),
                class(&run.spikes),
                truth.spikes.len(),
                class(&truth.spikes),
                number(truth.bound()),
                panel.agreement.name(),
                number(panel.largest_shift),
                number(run.diverged_at),
            );
        }
        csv
    }

    fn text(&self, scheme: Scheme, panels: &[Panel]) -> String {
        let row = |panel: &Panel| {
            vec![
                format!("{} {}", panel.pattern.letter, panel.pattern.name),
                picture::count(&panel.truth),
                panel.trajectory.spikes.len().to_string(),
                three_or_dash(panel.largest_shift),
                panel.agreement.whose().to_owned(),
            ]
        };
        let mut text = plain(&["panel", "true", "spikes", "shift [ms]", "the picture is"], panels.iter().map(row));
        let count = |wanted| panels.iter().filter(|panel| panel.agreement == wanted).count();
        let verdict = format!(
            "By {scheme} at dt = {} ms {} of {} panels have the spikes of the equations within {} ms, {} have as many but moved ones, \
             {} another number, {} another pattern.",
            shown(self.dt),
            count(Agreement::Same),
            panels.len(),
            self.within,
            count(Agreement::Moved),
            count(Agreement::Count),
            count(Agreement::Pattern),
        );
        let _ = write!(text, "\n{}\n", wrapped(&verdict));
        text
    }
}
