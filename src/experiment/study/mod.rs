//! Kind `study`: a grid of comparisons that survives whatever happens to the process; see [`grid`](super::grid).

mod columns;
mod figures;
mod summary;
mod table;

use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) use table::StudyExperiment;

use super::grid::{GridExperiment, merge_grid, run_grid};
use super::{Experiment, Flaw, Outputs};
use crate::error::{Error, Result};
use crate::interop::TableFormat;
use crate::study::{Cell, Results, StudyCell, StudyError, Tabulated, study_axes};

impl Experiment for StudyExperiment {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        run_grid(self, outputs)
    }

    fn check(&self) -> std::result::Result<String, Flaw> {
        let cells = self.cells()?;
        let problems: BTreeSet<_> = cells.iter().map(Cell::problem).collect();
        let flops: f64 = cells.iter().map(Cell::cost).sum();
        Ok(format!("{} cells on {} problems, about {flops:.1e} flops", cells.len(), problems.len()))
    }

    fn is_grid(&self) -> bool {
        true
    }

    fn merge(&self, outputs: &mut Outputs<'_>, places: &[PathBuf]) -> Result<String> {
        merge_grid(self, outputs, places)
    }
}

impl GridExperiment for StudyExperiment {
    type Cell = StudyCell;

    fn cells(&self) -> std::result::Result<Vec<StudyCell>, Flaw> {
        let study = self.study();
        let flaw = |refused: StudyError| self.flaw(refused.axis, refused.error);
        study.refuse_idle_lists().map_err(flaw)?;
        let cells = study.cells().map_err(flaw)?;
        let axes = study_axes();
        let values = |axis: &str| -> Vec<String> {
            let Some(at) = axes.iter().position(|column| column.name == axis) else { return Vec::new() };
            let mut seen = BTreeSet::new();
            cells.iter().map(|cell| cell.place()[at].field()).filter(|field| seen.insert(field.clone())).collect()
        };
        for (i, figure) in self.figures.iter().enumerate() {
            figure.check(&self.figures[..i], &values)?;
        }
        if let Some(asked) = self.parquet.as_ref().filter(|asked| *asked.get_ref() && !cfg!(feature = "parquet")) {
            let mend = "Build with cargo build --features parquet, or remove the line: the CSV has the same rows.";
            let error = Error::invalid("parquet", "true", "false in a build without the feature parquet", mend);
            return Err(Flaw { span: Some(asked.span()), error });
        }
        Ok(cells)
    }

    fn shows(&self, column: &str) -> bool {
        self.metrics.is_empty() || self.metrics.iter().any(|metric| metric.0.0 == column)
    }

    fn report(&self, _: &[StudyCell], results: &Results, outputs: &mut Outputs<'_>) -> Result<String> {
        if self.parquet.as_ref().is_some_and(|asked| *asked.get_ref()) {
            let shown = |column: &str| self.shows(column);
            outputs.dir.stream("results.parquet", |out| results.write(TableFormat::Parquet, shown, out))?;
        }
        self.figures.iter().try_for_each(|figure| outputs.figure(&figure.draw(&results.columns)?))?;
        Ok(summary::text(&results.columns))
    }
}
