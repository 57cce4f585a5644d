//! A recogniser as a safetensors file: charges and thresholds as f64 tensors, the recipe as JSON in its metadata.

use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::{Method, Recipe, Recogniser, Stepping};
use crate::error::{Error, Result};

/// The name of the recipe in the metadata.
const RECIPE: &str = "spikestep.recogniser";

/// What is no tensor.
#[derive(Serialize, Deserialize)]
struct Head {
    version: String,
    recipe: Recipe,
    trained: Stepping,
    inputs: usize,
    classes: usize,
}

impl Recogniser {
    /// As a safetensors file: `charges` \[pixels, neurons\] and `theta` \[neurons\], f64.
    ///
    /// # Errors
    /// None that a trained network can cause.
    pub fn to_safetensors(&self) -> Result<Vec<u8>> {
        let head = Head {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            recipe: self.recipe.clone(),
            trained: self.trained.clone(),
            inputs: self.inputs,
            classes: self.classes,
        };
        let unwritten = |error: String| Error::Text(format!("the network cannot be written: {error}"));
        let json = serde_json::to_string(&head).map_err(|error| unwritten(error.to_string()))?;
        let bytes = |values: &[f64]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let (charges, theta) = (bytes(&self.weights), bytes(&self.theta));
        let n = self.recipe.neurons;
        let view = |shape: Vec<usize>, data| {
            TensorView::new(Dtype::F64, shape, data).map_err(|error| unwritten(error.to_string()))
        };
        let tensors = [("charges", view(vec![self.inputs, n], &charges)?), ("theta", view(vec![n], &theta)?)];
        let metadata = HashMap::from([(RECIPE.to_owned(), json)]);
        safetensors::serialize(tensors, Some(metadata)).map_err(|error| unwritten(error.to_string()))
    }

    /// From the `bytes` of such a file; `path` is what messages call it.
    ///
    /// # Errors
    /// Bytes that are no such file, or whose tensors and recipe do not fit each other.
    pub fn from_safetensors(path: &Path, bytes: &[u8]) -> Result<Self> {
        let bad = |problem: String| {
            let mend = "Give a file that `recognise --save` has written.";
            Error::invalid(format!("the network in {}", path.display()), problem, "a trained network", mend)
        };
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| bad(error.to_string()))?;
        let json = metadata.metadata().as_ref().and_then(|map| map.get(RECIPE));
        let json = json.ok_or_else(|| bad("a safetensors file without a recipe of spikestep".to_owned()))?;
        let head: Head = serde_json::from_str(json).map_err(|error| bad(error.to_string()))?;
        head.recipe.validate(head.classes)?;
        head.recipe.check_step(head.trained.dt, head.inputs)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| bad(error.to_string()))?;
        let numbers = |name: &str, shape: &[usize]| -> Result<Vec<f64>> {
            let tensor = tensors.tensor(name).map_err(|error| bad(format!("{name}: {error}")))?;
            if tensor.dtype() != Dtype::F64 || tensor.shape() != shape {
                return Err(bad(format!("{name} of {:?} {:?}, not F64 {shape:?}", tensor.dtype(), tensor.shape())));
            }
            let number = |eight: &[u8]| f64::from_le_bytes(eight.try_into().unwrap_or([0; 8]));
            let values: Vec<f64> = tensor.data().chunks_exact(8).map(number).collect();
            match values.iter().all(|x| x.is_finite()) {
                true => Ok(values),
                false => Err(bad(format!("{name} with a number that is not finite"))),
            }
        };
        let n = head.recipe.neurons;
        let (weights, theta) = (numbers("charges", &[head.inputs, n])?, numbers("theta", &[n])?);
        Ok(Recogniser {
            recipe: head.recipe,
            trained: head.trained,
            inputs: head.inputs,
            classes: head.classes,
            weights,
            theta,
        })
    }
}

impl Method {
    /// The same method with the parameters in a JSON object, such as `{"sigma": 12.0}`; those that it leaves out are the defaults.
    ///
    /// # Errors
    /// A text that is no JSON object, a parameter that the method does not have, a value of another type.
    pub fn with_parameters(&self, json: &str) -> Result<Self> {
        let name = self.name();
        serde_json::from_str(&format!("{{\"{name}\":{json}}}")).map_err(|error| {
            let mend = "Leave out what is to have its default.";
            let problem = error.to_string();
            let problem = problem.split(" at line").next().unwrap_or_default();
            Error::invalid(format!("the parameters of {name}"), json, format!("its own ({problem})"), mend)
        })
    }
}
