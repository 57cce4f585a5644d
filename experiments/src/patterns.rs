//! Every panel by the published program (its own step, input and parameters) and by other schemes and steps, against the certified
//! solution of the same equations. Panel T has the published d = −2, under which the equations run away, and a row of its own with d = 0.
//! Source: the program of E. M. Izhikevich, *Which model to use for cortical spiking neurons?*, IEEE Trans. Neural Networks 15 (2004)
//! 1063–1070.

use spikestep::metrics::{Agreement, PatternClass};
use spikestep::model::{FIRING_PATTERNS, FiringPattern, PublishedPanel};
use spikestep::report::figure::{FiringPatterns, PatternPanel, firing_patterns};
use spikestep::study::{PatternRun, input_curve, true_curve};
use spikestep::truth::{Truth, taylor};

use crate::shared::*;

pub(crate) const QUESTION: &str =
    "Which panels of Izhikevich's figure show what his equations do, and which what his Euler step does?";

const PROGRAM: &str = "izhikevich-2004"; // Draws the published figure, with the program's own input
const SCHEMES: [&str; 7] = [PROGRAM, "euler", "half-step", "rk4", "euler+located", "rk4+located", "projective-8"];
const DTS: [f64; 5] = [1.0, 0.5, 0.25, 0.1, 0.05]; // Steps [ms], falling

/// A panel: the program's problem and step, and the problem in continuous time with its solution.
struct Panel {
    /// "A", or "T d=0" for what is no panel of the figure.
    label: String,
    pattern: &'static FiringPattern,
    published: PublishedPanel,
    problem: Problem,
    truth: Truth,
    runs: Vec<PatternRun>,
}

impl Panel {
    fn of(label: String, pattern: &'static FiringPattern, published: PublishedPanel) -> Result<Self> {
        let problem = Problem { neuron: published.problem.neuron, ..pattern.problem() };
        let truth = taylor::solve_certified(&problem, taylor::TOLERANCE);
        let mut runs = Vec::new();
        for name in SCHEMES {
            let given = if name == PROGRAM { &published.problem } else { &problem };
            let own = (name == PROGRAM && !DTS.contains(&published.tau)).then_some(published.tau);
            let mut dts: Vec<f64> = DTS.into_iter().chain(own).collect();
            dts.sort_by(|a, b| b.total_cmp(a));
            for dt in dts {
                runs.push(PatternRun::new(given, &truth, &scheme(name), dt)?);
            }
        }
        Ok(Panel { label, pattern, published, problem, truth, runs })
    }

    /// Whether scheme and step are the published ones.
    fn is_as_published(&self, run: &PatternRun) -> bool {
        run.dt == self.published.tau && run.scheme.to_string() == PROGRAM
    }

    /// The run that draws the published figure.
    fn as_published(&self) -> &PatternRun {
        self.runs.iter().find(|run| self.is_as_published(run)).expect("the program is run at its own step")
    }

    /// Number of true spikes, or that they are without end.
    fn true_count(&self) -> String {
        self.truth.outcome.cut_at().map_or_else(|| self.truth.spikes.len().to_string(), |_| "∞".to_owned())
    }

    fn true_class(&self) -> &'static str {
        self.truth.outcome.cut_at().map_or(PatternClass::of(&self.truth.spikes).name(), |_| "runs away")
    }

    /// Label, name, τ, true spikes, true class, published spikes, largest shift, whose.
    fn cells(&self) -> Vec<String> {
        let run = self.as_published();
        let end = self.truth.outcome.cut_at().map_or_else(String::new, |at| format!(" at {at:.0} ms"));
        let (truth, shift) = (self.true_count() + &end, three_or_dash(run.largest_shift));
        let mut row = fields![self.label, self.pattern.name, self.published.tau, truth, self.true_class()];
        row.extend(fields![run.trajectory.spikes.len(), shift, run.agreement.whose()]);
        row
    }
}

pub(crate) fn run(outputs: &mut Outputs<'_>) -> Result<String> {
    let of_pattern = |pattern: &'static FiringPattern| {
        let published = pattern.published();
        // The crate's own panel T, which has another d than the program: what the equations do there has an end.
        let problem = Problem { neuron: pattern.neuron, ..published.problem.clone() };
        let own = PublishedPanel { problem, ..published.clone() };
        let label = format!("{} d={}", pattern.letter, pattern.neuron.d);
        let own = (own != published).then(|| Panel::of(label, pattern, own));
        [Some(Panel::of(pattern.letter.to_string(), pattern, published)), own].into_iter().flatten()
    };
    let panels: Vec<Panel> = FIRING_PATTERNS.par_iter().flat_map_iter(of_pattern).collect::<Result<_>>()?;
    let published: Vec<&Panel> = panels.iter().filter(|panel| panel.label.len() == 1).collect();
    outputs.figure(&firing_patterns(&figure(&published)))?;
    let row = |panel: &Panel, run: &PatternRun| {
        let (spikes, truth) = (&run.trajectory.spikes, &panel.truth);
        let mut row = fields![panel.label, panel.pattern.name, run.scheme, run.dt, panel.is_as_published(run)];
        row.extend(fields![spikes.len(), PatternClass::of(spikes).name(), truth.spikes.len(), panel.true_class()]);
        row.push(run.agreement.name().to_owned());
        row.extend(
            [run.largest_shift, run.trajectory.diverged_at, truth.outcome.cut_at(), truth.bound()].map(optional),
        );
        row
    };
    let header = "panel,name,scheme,dt_ms,as_published,spikes,class,true_spikes,true_class,agreement,largest_shift_ms,diverged_at_ms,\
                  truth_cut_at_ms,truth_bound_ms";
    let rows = panels.iter().flat_map(|panel| panel.runs.iter().map(move |run| row(panel, run)));
    outputs.csv("runs.csv", header, rows)?;
    Ok(text(&panels, &published))
}

/// Number of panels of each agreement, per scheme and step: scheme, step, counts.
fn by_scheme(published: &[&Panel]) -> Vec<Vec<String>> {
    let of = |name: &str, dt: f64| {
        let runs = published.iter().flat_map(|panel| &panel.runs);
        let own: Vec<_> = runs.filter(|run| run.dt == dt && run.scheme.to_string() == name).collect();
        let count = |wanted| own.iter().filter(|run| run.agreement == wanted).count().to_string();
        [fields![name, dt], Agreement::ALL.map(count).into()].concat()
    };
    SCHEMES.iter().flat_map(|name| DTS.map(|dt| of(name, dt))).collect()
}

fn text(panels: &[Panel], published: &[&Panel]) -> String {
    let head = "panel,pattern,τ,true,true pattern,published,shift [ms],the picture is";
    let [same, moved, count, pattern] = Agreement::ALL.map(|wanted| {
        let own = published.iter().filter(|panel| panel.as_published().agreement == wanted);
        let labels: Vec<&str> = own.map(|panel| panel.label.as_str()).collect();
        format!("{} ({})", labels.len(), if labels.is_empty() { "none".to_owned() } else { labels.join(" ") })
    });
    format!(
        "{}\n{PROGRAM} with the program's own τ. same: as many spikes as the equations, each within\n\
         {within} ms of its own; moved: as many; count: another number, of the same pattern; pattern: another pattern, of silent, one\n\
         spike, one burst, single spikes, bursts, both (spikes at most {} ms apart are a burst). Shift: spike k against true\n\
         spike k, as far as both go.\n\n\
         Of the published panels {same} show the model's spikes within {within} ms, {moved} the model's pattern with spikes moved,\n\
         {count} another number of spikes, {pattern} another pattern.\n\n{}",
        table(head, panels.iter().map(Panel::cells)),
        PatternClass::BURST_GAP,
        table("panels by scheme,dt,same,moved,count,pattern", by_scheme(published)),
        within = Agreement::WITHIN
    )
}

fn figure(published: &[&Panel]) -> FiringPatterns {
    let panel = |panel: &&Panel| {
        let run = panel.as_published();
        PatternPanel {
            letter: panel.label.clone(),
            name: panel.pattern.name.to_owned(),
            verdict: run.agreement.whose().to_owned(),
            of_the_step: run.agreement >= Agreement::Count,
            spikes: (run.trajectory.spikes.len().to_string(), panel.true_count()),
            note: format!("τ = {} ms", panel.published.tau),
            duration: panel.problem.duration,
            truth: true_curve(&panel.problem, &panel.truth),
            run: run.curve.clone(),
            input: input_curve(&panel.problem),
        }
    };
    FiringPatterns {
        name: "firing_patterns".to_owned(),
        title: "Twenty firing patterns: membrane potential as published and of the equations".to_owned(),
        series: "published".to_owned(),
        label: "published step".to_owned(),
        panels: published.iter().map(panel).collect(),
    }
}
