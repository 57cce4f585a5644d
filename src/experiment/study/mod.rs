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
use crate::study::{Cell, Column, GridCell, Store, Tabulated, study_axes};

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
    type Cell = GridCell;

    fn cells(&self) -> std::result::Result<Vec<GridCell>, Flaw> {
        let grid = self.grid();
        let cells = grid.cells().map_err(|misfit| self.flaw(misfit.part, misfit.error))?;
        let axes = study_axes();
        let values = |axis: &str| -> Vec<String> {
            let Some(at) = axes.iter().position(|column| column.name == axis) else { return Vec::new() };
            let mut found: Vec<String> = Vec::new();
            let mut seen = BTreeSet::new();
            for cell in &cells {
                let field = cell.place()[at].field();
                if seen.insert(field.clone()) {
                    found.push(field);
                }
            }
            found
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

    fn shows(&self, column: &Column) -> bool {
        self.metrics.is_empty() || study_axes().contains(column) || self.metrics.iter().any(|m| m.0.0 == column.name)
    }

    fn report(&self, cells: &[GridCell], store: &Store, outputs: &mut Outputs<'_>) -> Result<String> {
        #[cfg(feature = "parquet")]
        if self.parquet.as_ref().is_some_and(|asked| *asked.get_ref()) {
            let shown = |column: &Column| self.shows(column);
            outputs.dir.stream("results.parquet", |out| crate::study::write_parquet(cells, store, shown, out))?;
        }
        self.figures.iter().try_for_each(|figure| outputs.figure(&figure.draw(cells, store)?))?;
        summary::text(cells, store)
    }
}
