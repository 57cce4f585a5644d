//! Studies of networks that recognise pictures, trained and tested under schemes and steps; see
//! [`recogniser`](crate::recognition::recogniser).
//!
//! A network is trained once under the reference (`trained = ["reference"]`) and tested under every scheme and step, or trained under
//! each that it is tested by (`"each"`). Pulses are drawn once in continuous time and charges are kept over dt, so that what differs is
//! the step's doing.

mod cell;
mod showings;
mod table;

use std::sync::Arc;

pub(crate) use cell::{Learned, Pictures, RecognitionCell, Trained};
pub(crate) use showings::SHOWINGS;
pub(crate) use table::{NetworkTable, Recognition, SteppingTable};

use super::file::{Flaw, Grid};
use crate::recognition::recogniser::Stepping;

impl Grid for Recognition {
    type Cell = RecognitionCell;

    fn cells(&self) -> std::result::Result<Vec<RecognitionCell>, Flaw> {
        let pictures = Arc::new(self.pictures()?);
        let classes = pictures.images.classes().len();
        let reference = self.reference()?;
        let tested = self.steppings()?;
        self.check_number(&tested)?;
        let inputs = pictures.images.width() * pictures.images.height();
        let mut cells = Vec::new();
        for network in &self.networks {
            let readouts = network.readouts()?;
            for seed in 1..=self.seeds {
                let recipe = network.recipe(seed, &pictures.images)?;
                recipe.validate(classes)?;
                let trained = self.trained.contains(&Trained::Reference).then_some(&reference);
                tested.iter().chain(trained).try_for_each(|stepping| recipe.check_step(stepping.dt, inputs))?;
                readouts.iter().try_for_each(|readout| readout.check(&recipe.method))?;
                for &readout in &readouts {
                    for &trained in &self.trained {
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

    fn work(cells: usize, problems: usize, cost: f64) -> String {
        format!("{cells} tests of {problems} networks, about {cost:.1e} neuron-steps and the training")
    }
}
