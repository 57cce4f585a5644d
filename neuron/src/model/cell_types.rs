//! The seven cell types of the 2003 paper.

use serde::Serialize;

use super::{Neuron, State};
use crate::error::{Error, Result};

/// A named choice of the 2003 parameters, and where the paper's figures start it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CellType {
    /// Abbreviation of the paper ("RS").
    pub name: &'static str,
    /// The words that the abbreviation stands for.
    pub description: &'static str,
    /// The parameters of its neuron.
    pub neuron: Neuron,
    /// v = −65 mV, u = b v, as decimal numbers: for b = 0.26 the product b·v misses −16.9 by one unit in the last place.
    pub initial: State,
}

/// The cell types of E. M. Izhikevich, *Simple model of spiking neurons*, IEEE Trans. Neural Networks 14 (2003)
/// 1569–1572, fig. 2.
pub static CELL_TYPES: [CellType; 7] = [
    cell("RS", "regular spiking", Neuron::new(0.02, 0.2, -65.0, 8.0), -13.0),
    cell("IB", "intrinsically bursting", Neuron::new(0.02, 0.2, -55.0, 4.0), -13.0),
    cell("CH", "chattering", Neuron::new(0.02, 0.2, -50.0, 2.0), -13.0),
    cell("FS", "fast spiking", Neuron::new(0.1, 0.2, -65.0, 2.0), -13.0),
    cell("LTS", "low-threshold spiking", Neuron::new(0.02, 0.25, -65.0, 2.0), -16.25),
    cell("TC", "thalamo-cortical", Neuron::new(0.02, 0.25, -65.0, 0.05), -16.25),
    cell("RZ", "resonator", Neuron::new(0.1, 0.26, -65.0, 2.0), -16.9),
];

const fn cell(name: &'static str, description: &'static str, neuron: Neuron, u0: f64) -> CellType {
    CellType { name, description, neuron, initial: State::new(-65.0, u0) }
}

impl CellType {
    /// The cell type called `name`, in upper or lower case.
    ///
    /// ```
    /// use spikestep::model::CellType;
    /// assert_eq!(CellType::find("fs")?.neuron.a, 0.1);
    /// assert!(CellType::find("RT").unwrap_err().to_string().contains("did you mean"));
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name, with the nearest known one.
    pub fn find(name: &str) -> Result<&'static CellType> {
        CELL_TYPES
            .iter()
            .find(|cell| cell.name.eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| Error::unknown("cell type", name.trim(), CELL_TYPES.iter().map(|cell| cell.name)))
    }
}
