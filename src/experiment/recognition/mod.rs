//! Kind `recognition`: networks that recognise pictures, trained and tested under schemes and steps; see
//! [`recogniser`](crate::recognition::recogniser).
//!
//! A network is trained once under the reference (`trained = ["reference"]`) and tested under every scheme and step, or trained under
//! each that it is tested by (`"each"`). Pulses are drawn once in continuous time and charges are kept over dt, so that what differs is
//! the step's doing.

mod cell;
mod figures;
mod loaded;
mod summary;
mod table;

use std::path::PathBuf;
use std::sync::Arc;

pub use figures::recognise_figures;
pub use table::{NetworkTable, Recognition, SteppingTable, TrainedBy};

pub(in crate::experiment) use cell::{Pictures, RecognitionCell, Trained};

use summary::Summary;

use super::grid::{GridExperiment, merge_grid, run_grid};
use super::{Experiment, Flaw, Outputs};
use crate::error::Result;
use crate::recognition::recogniser::Stepping;
use crate::report::figure::accuracy;
use crate::study::{Cell, Results};

impl Experiment for Recognition {
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String> {
        run_grid(self, outputs)
    }

    fn check(&self) -> std::result::Result<String, Flaw> {
        let cells = self.cells()?;
        let networks: std::collections::BTreeSet<_> = cells.iter().map(Cell::problem).collect();
        let steps: f64 = cells.iter().map(Cell::cost).sum();
        Ok(format!(
            "{} tests of {} networks, about {steps:.1e} neuron-steps and the training",
            cells.len(),
            networks.len()
        ))
    }

    fn is_grid(&self) -> bool {
        true
    }

    fn merge(&self, outputs: &mut Outputs<'_>, places: &[PathBuf]) -> Result<String> {
        merge_grid(self, outputs, places)
    }
}

impl GridExperiment for Recognition {
    type Cell = RecognitionCell;

    fn cells(&self) -> std::result::Result<Vec<RecognitionCell>, Flaw> {
        let flaw = |error| Flaw { span: None, error };
        let pictures = Arc::new(self.pictures().map_err(flaw)?);
        let classes = pictures.images.classes().len();
        let reference = self.reference().map_err(flaw)?;
        let tested = self.steppings().map_err(flaw)?;
        let mut cells = Vec::new();
        for network in &self.networks {
            let readouts = network.readouts().map_err(flaw)?;
            for seed in 1..=self.seeds {
                let recipe = network.recipe(seed).map_err(flaw)?;
                recipe.validate(classes).map_err(flaw)?;
                readouts.iter().try_for_each(|readout| readout.check(&recipe.method)).map_err(flaw)?;
                for &readout in &readouts {
                    for &trained in &self.trained {
                        let trained = Trained::from(trained);
                        let cell = |testing: &Stepping| RecognitionCell {
                            pictures: Arc::clone(&pictures),
                            recipe: recipe.clone(),
                            readout,
                            trained,
                            training: if trained == Trained::Reference { &reference } else { testing }.clone(),
                            testing: testing.clone(),
                            spurious: self.spurious,
                        };
                        cells.extend(tested.iter().map(cell));
                    }
                }
            }
        }
        Ok(cells)
    }

    fn report(&self, cells: &[RecognitionCell], results: &Results, outputs: &mut Outputs<'_>) -> Result<String> {
        let summary = Summary::of(self, cells, results)?;
        outputs.figure(&accuracy(&summary.figure()).draw()?)?;
        Ok(summary.text())
    }
}
