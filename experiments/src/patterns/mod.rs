//! Kind `patterns`: which of the twenty patterns of 2004 are the model's, and which the step's.

mod gallery;
mod picture;
mod tables;
mod verdict;

pub use gallery::Gallery;

use rayon::prelude::*;

use crate::shared::{Experiment, Outputs, fields, fixed_step, schemes};
use spikestep::{Error, Result};
use spikestep::model::{FIRING_PATTERNS, FiringPattern, Problem, PublishedPanel};
use spikestep::report::figure::{FiringPatterns, PatternPanel, firing_patterns};
use spikestep::scheme::Trajectory;
use spikestep::scheme::registry::SchemeId;
use spikestep::truth::{Truth, taylor};

use verdict::{Agreement, PatternClass, Seen, compare};

// FROM TOML:
# Every panel by the published program (izhikevich-2004: its own step, input and parameters) and by other schemes and steps,
# against the certified solution of the same equations. Panel T has the published d = -2, and a row of its own with d = 0.
pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "patterns",
    title: "The twenty patterns of 2004: the model's, or the step's?",
    question: "Which panels of Izhikevich's figure show what his equations do, and which what his Euler step does?",
    run,
};

/// Schemes beside the published program, as `--schemes`.
const SCHEMES: &str = "euler,half-step,rk4,euler+located,rk4+located,projective-8";
/// Steps \[ms\].
const DTS: [f64; 5] = [1.0, 0.5, 0.25, 0.1, 0.05];
/// A spike within so many ms of the true one has not moved.
const WITHIN: f64 = 1.0;
/// Spikes at most so many ms apart are one burst.
const BURST_GAP: f64 = 10.0;

/// A panel: the program's problem and step, and the problem in continuous time with its solution.
struct Panel {
    /// "A", or "T d=0" for what is no panel of the figure.
    label: String,
    pattern: &'static FiringPattern,
    published: PublishedPanel,
    problem: Problem,
    truth: Truth,
    runs: Vec<Run>,
}

/// A scheme at one step on a panel.
struct Run {
    scheme: SchemeId,
    dt: f64,
    /// Whether scheme and step are the published ones.
    as_published: bool,
    trajectory: Trajectory,
    agreement: Agreement,
    largest_shift: Option<f64>,
}

fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let schemes = check()?;
    let mut panels: Vec<(String, &FiringPattern, PublishedPanel)> =
        FIRING_PATTERNS.iter().map(|p| (p.letter.to_string(), p, p.published())).collect();
    // The crate's own panel T, which has another d than the program: what the equations do there has an end.
    let own: Vec<_> = panels
        .iter()
        .filter(|(_, pattern, published)| published.problem.neuron != pattern.neuron)
        .map(|(label, pattern, published)| {
            let problem = Problem { neuron: pattern.neuron, ..published.problem.clone() };
            let label = format!("{label} d={}", pattern.neuron.d);
            (label, *pattern, PublishedPanel { problem, ..published.clone() })
        })
        .collect();
    panels.extend(own);
    let panels: Vec<Panel> = panels
        .into_par_iter()
        .map(|(label, pattern, published)| panel(&schemes, label, pattern, published))
        .collect();
    outputs.figure(&firing_patterns(&figure(&panels))?)?;
    outputs.text("runs.csv", tables::runs_csv(&panels, BURST_GAP))?;
    outputs.text("panels.md", tables::panels_markdown(&panels, self))?;
    Ok(tables::text(&panels, self))
}

fn check() -> Result<Vec<SchemeId>> {
    check_positive("within", WITHIN)?;
    check_positive("burst_gap", BURST_GAP)?;
    let shortest = FIRING_PATTERNS.iter().map(|p| p.duration).fold(f64::INFINITY, f64::min);
    check_steps(&DTS, shortest)?;
    let mut schemes = vec![PROGRAM.parse()?];
    for id in schemes(SCHEMES)? {
        if id.to_string() == PROGRAM {
            return Err(Error::invalid(
                "schemes",
                PROGRAM,
                "schemes beside it",
                "Leave it out: it is always there.",
            ));
        }
        schemes.push(id);
    }
    Ok(schemes)
}

fn panel(
    &self,
    schemes: &[SchemeId],
    label: String,
    pattern: &'static FiringPattern,
    published: PublishedPanel,
) -> Panel {
    let problem = Problem { neuron: published.problem.neuron, ..pattern.problem() };
    let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
    let exact = Seen { spikes: &truth.spikes, cut_at: truth.outcome.cut_at() };
    let mut runs = Vec::new();
    for &scheme in schemes {
        let program = scheme.to_string() == PROGRAM;
        let mut steps = DTS.clone();
        if program && !steps.contains(&published.tau) {
            steps.push(published.tau);
        }
        steps.sort_by(|a, b| b.total_cmp(a));
        for dt in steps {
            let given = if program { &published.problem } else { &problem };
            let trajectory = fixed_step(scheme, given, dt, |_| {});
            let seen = Seen { spikes: &trajectory.spikes, cut_at: trajectory.diverged_at };
            let (agreement, largest_shift) = compare(seen, exact, WITHIN, BURST_GAP);
            let as_published = program && dt == published.tau;
            runs.push(Run { scheme, dt, as_published, trajectory, agreement, largest_shift });
        }
    }
    Panel { label, pattern, published, problem, truth, runs }
}

impl Panel {
    /// The run that draws the published figure.
    fn as_published() -> Option<&Run> {
        self.runs.iter().find(|run| run.as_published)
    }

    /// Whether it is a panel of the figure.
    fn is_published() -> bool {
        self.label.len() == 1
    }

    /// Number of true spikes, or when the equations run away.
    fn true_count() -> String {
        match self.truth.outcome.cut_at() {
            None => self.truth.spikes.len().to_string(),
            Some(at) => format!("∞ at {at:.0} ms"),
        }
    }

    /// Class of the true pattern.
    fn true_class(gap: f64) -> &'static str {
        match self.truth.outcome.cut_at() {
            None => PatternClass::of(&self.truth.spikes, gap).name(),
            Some(_) => "runs away",
        }
    }
}

fn figure(panels: &[Panel]) -> FiringPatterns {
    let panels = panels.iter().filter(|panel| panel.is_published()).map(|panel| {
        let run = panel.as_published();
        PatternPanel {
            letter: panel.label.clone(),
            name: panel.pattern.name.to_owned(),
            verdict: run.map_or("", |run| run.agreement.whose()).to_owned(),
            of_the_step: run.is_some_and(|run| run.agreement >= Agreement::Count),
            spikes: (run.map_or(0, |run| run.trajectory.spikes.len()).to_string(), picture::count(&panel.truth)),
            note: format!("τ = {} ms", panel.published.tau),
            duration: panel.problem.duration,
            truth: picture::truth(&panel.problem, &panel.truth),
            run: run.map_or_else(Vec::new, |run| picture::run(run.scheme, &panel.published.problem, run.dt)),
            input: picture::input(&panel.problem),
        }
    });
    FiringPatterns {
        name: "firing_patterns".to_owned(),
        title: "Twenty firing patterns: membrane potential as published and of the equations".to_owned(),
        series: "published".to_owned(),
        label: "published step".to_owned(),
        panels: panels.collect(),
    }
}
