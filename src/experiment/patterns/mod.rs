//! Kind `patterns`: which of the twenty patterns of 2004 are the model's, and which the step's.

mod gallery;
mod panel;
mod picture;
mod tables;
mod verdict;

pub use gallery::Gallery;

use rayon::prelude::*;

use super::runs::{check_positive, check_steps, fixed_step, fixed_step_schemes};
use super::{Experiment, Outputs};
use crate::error::{Error, Result};
use crate::model::{FIRING_PATTERNS, FiringPattern, Problem, PublishedPanel};
use crate::report::figure::{FiringPatterns, PatternPanel, firing_patterns};
use crate::scheme::Scheme;
use crate::truth::taylor;

pub(super) use panel::Patterns;
use panel::{PROGRAM, Panel, Run};

use verdict::{Agreement, Seen, compare};

impl Experiment for Patterns {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        let schemes = self.check()?;
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
            .map(|(label, pattern, published)| self.panel(&schemes, label, pattern, published))
            .collect();
        outputs.figure(&firing_patterns(&figure(&panels)).draw()?)?;
        outputs.dir.write("runs.csv", tables::runs_csv(&panels, self.burst_gap).as_bytes())?;
        outputs.dir.write("panels.md", tables::panels_markdown(&panels, self).as_bytes())?;
        Ok(tables::text(&panels, self))
    }
}

impl Patterns {
    fn check(&self) -> Result<Vec<Scheme>> {
        check_positive("within", self.within)?;
        check_positive("burst_gap", self.burst_gap)?;
        let shortest = FIRING_PATTERNS.iter().map(|p| p.duration).fold(f64::INFINITY, f64::min);
        check_steps(&self.dts, shortest)?;
        let mut schemes = vec![PROGRAM.parse()?];
        for id in fixed_step_schemes(&self.schemes)? {
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
        schemes: &[Scheme],
        label: String,
        pattern: &'static FiringPattern,
        published: PublishedPanel,
    ) -> Panel {
        let problem = Problem { neuron: published.problem.neuron, ..pattern.problem() };
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        let exact = Seen { spikes: &truth.spikes, cut_at: truth.outcome.cut_at() };
        let mut runs = Vec::new();
        for scheme in schemes {
            let program = scheme.to_string() == PROGRAM;
            let mut steps = self.dts.clone();
            if program && !steps.contains(&published.tau) {
                steps.push(published.tau);
            }
            steps.sort_by(|a, b| b.total_cmp(a));
            for dt in steps {
                let given = if program { &published.problem } else { &problem };
                let trajectory = fixed_step(scheme, given, dt, |_| {});
                let seen = Seen { spikes: &trajectory.spikes, cut_at: trajectory.diverged_at };
                let (agreement, largest_shift) = compare(seen, exact, self.within, self.burst_gap);
                let as_published = program && dt == published.tau;
                runs.push(Run { scheme: scheme.clone(), dt, as_published, trajectory, agreement, largest_shift });
            }
        }
        Panel { label, pattern, published, problem, truth, runs }
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
            run: run.map_or_else(Vec::new, |run| picture::run(run.scheme.clone(), &panel.published.problem, run.dt)),
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
