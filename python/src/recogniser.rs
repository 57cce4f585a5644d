//! Networks that recognise pictures.

use std::path::PathBuf;
use std::sync::Arc;

use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray3};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use spikestep::error::{Error, Result};
use spikestep::recognition::Images as Set;
use spikestep::recognition::readout::{ConfusionMatrix, Features};
use spikestep::recognition::recogniser::{
    Method, Reader as Fitted, Readout, Recipe, Recogniser as Trained, Responses as Seen, Stepping,
};

use crate::errors::refused;
use crate::running::{Call, interruptible};

/// Pictures that are shown between two looks at whether somebody still waits.
const SHOWN: usize = 64;

/// Labelled pictures.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Images(Arc<Set>);

#[pymethods]
impl Images {
    /// Pictures of shape (pictures, height, width), their labels, and the names of the classes.
    #[new]
    #[pyo3(signature = (pixels, labels, classes, /))]
    fn new(
        pixels: PyReadonlyArray3<'_, f32>,
        labels: PyReadonlyArray1<'_, i64>,
        classes: Vec<String>,
    ) -> PyResult<Self> {
        let (pixels, labels) = (pixels.as_array(), labels.as_array());
        let (_, height, width) = pixels.dim();
        // A label below zero is beyond every class that there is.
        let labels = labels.iter().map(|label| usize::try_from(*label).unwrap_or(usize::MAX)).collect();
        let set = Set::new(width, height, pixels.iter().copied().collect(), labels, classes);
        set.map(|set| Images(Arc::new(set))).map_err(refused)
    }

    /// The 8 x 8 digits of the program.
    #[staticmethod]
    fn digits() -> Self {
        Images(Arc::new(Set::digits()))
    }

    /// From files of the MNIST format, or from a folder where there are no labels.
    #[staticmethod]
    #[pyo3(signature = (images, labels, /))]
    fn read(images: PathBuf, labels: Option<PathBuf>) -> PyResult<Self> {
        let set = labels.map_or_else(|| Set::from_folder(&images), |labels| Set::from_idx(&images, labels));
        set.map(|set| Images(Arc::new(set))).map_err(refused)
    }

    /// Places of pictures to learn from, and of pictures to be recognised.
    fn split<'py>(&self, py: Python<'py>, training: usize, test: usize, seed: u64) -> PyResult<[Places<'py>; 2]> {
        let split = self.0.split(training, test, seed).map_err(refused)?;
        Ok([places(py, &split.training), places(py, &split.test)])
    }

    /// The pixels, picture after picture and row by row.
    fn pixels<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_iter(py, (0..self.0.len()).flat_map(|i| self.0.image(i).iter().copied()))
    }

    fn labels<'py>(&self, py: Python<'py>) -> Places<'py> {
        places(py, self.0.labels())
    }

    #[getter]
    fn classes(&self) -> Vec<String> {
        self.0.classes().to_vec()
    }

    #[getter]
    fn height(&self) -> usize {
        self.0.height()
    }

    #[getter]
    fn width(&self) -> usize {
        self.0.width()
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }
}

type Places<'py> = Bound<'py, PyArray1<i64>>;

fn places<'py>(py: Python<'py>, of: &[usize]) -> Places<'py> {
    PyArray1::from_iter(py, of.iter().map(|place| *place as i64))
}

/// The pictures that are chosen; one below zero is beyond all that there are.
fn chosen(places: &PyReadonlyArray1<'_, i64>) -> Vec<usize> {
    places.as_array().iter().map(|place| usize::try_from(*place).unwrap_or(usize::MAX)).collect()
}

/// A scheme, its step [ms], and a lower bound of v [mV].
type GivenStepping = (String, f64, Option<f64>);

fn stepping((scheme, dt, lbound): GivenStepping) -> Result<Stepping> {
    Ok(Stepping { scheme: spikestep::population::scheme(&scheme)?, dt, lbound })
}

/// What a network is made from.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct GivenRecipe {
    method: String,
    /// Parameters of the method as a JSON object.
    parameters: Option<String>,
    neurons: usize,
    seed: u64,
    coding: Option<String>,
    synapse: Option<String>,
    duration: Option<f64>,
    peak: Option<f64>,
}

impl GivenRecipe {
    fn recipe(&self, images: &Set) -> Result<Recipe> {
        let method: Method = self.method.parse()?;
        let mut recipe = match &self.parameters {
            None => Recipe::new(method, self.neurons, self.seed).for_pictures(images),
            Some(parameters) => Recipe::new(method.with_parameters(parameters)?, self.neurons, self.seed),
        };
        if let Some(coding) = &self.coding {
            recipe.coding = coding.parse()?;
        }
        if let Some(synapse) = &self.synapse {
            recipe.synapse = synapse.parse()?;
        }
        recipe.duration = self.duration.unwrap_or(recipe.duration);
        recipe.neuron.peak = self.peak.unwrap_or(recipe.neuron.peak);
        Ok(recipe)
    }
}

/// A network that was trained.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Recogniser(Arc<Trained>);

#[pymethods]
impl Recogniser {
    /// Trains a network on the pictures at some places.
    #[staticmethod]
    #[pyo3(signature = (images, training, recipe, given, progress, /))]
    fn train(
        py: Python<'_>,
        images: &Bound<'_, Images>,
        training: PyReadonlyArray1<'_, i64>,
        recipe: GivenRecipe,
        given: GivenStepping,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let (images, training) = (Arc::clone(&images.get().0), chosen(&training));
        let stepping = stepping(given).map_err(refused)?;
        let recipe = recipe.recipe(&images).map_err(refused)?;
        recipe.check_step(stepping.dt, images.width() * images.height()).map_err(refused)?;
        let trained = interruptible(py, Arc::new(Call::default()), progress.as_ref(), move |pool, call| {
            pool.install(|| {
                Trained::train_told(&recipe, &stepping, &images, &training, &mut |done, all| {
                    call.tell(done, all);
                    stopped(call)
                })
            })
        })?;
        trained.map(|trained| Recogniser(Arc::new(trained))).map_err(refused)
    }

    /// From the bytes of a file that is called `path`.
    #[staticmethod]
    fn from_safetensors(path: PathBuf, bytes: &[u8]) -> PyResult<Self> {
        Trained::from_safetensors(&path, bytes).map(|trained| Recogniser(Arc::new(trained))).map_err(refused)
    }

    fn to_safetensors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.0.to_safetensors().map(|bytes| PyBytes::new(py, &bytes)).map_err(refused)
    }

    /// Shows the network pictures; `None` for the stepping is that of the training.
    #[pyo3(signature = (images, places, given, spurious, progress, /))]
    fn respond(
        &self,
        py: Python<'_>,
        images: &Bound<'_, Images>,
        places: PyReadonlyArray1<'_, i64>,
        given: Option<GivenStepping>,
        spurious: bool,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Responses> {
        let (images, places) = (Arc::clone(&images.get().0), chosen(&places));
        let stepping = given.map_or_else(|| Ok(self.0.trained.clone()), stepping).map_err(refused)?;
        self.0.recipe.check_step(stepping.dt, self.0.inputs).map_err(refused)?;
        let network = Arc::clone(&self.0);
        let answer = interruptible(py, Arc::new(Call::default()), progress.as_ref(), move |pool, call| -> Result<_> {
            let respond = |some: &[usize]| match spurious {
                true => network.respond_counting_spurious(&stepping, &images, some),
                false => network.respond(&stepping, &images, some),
            };
            let mut parts = Vec::new();
            for some in places.chunks(SHOWN) {
                parts.push(pool.install(|| respond(some))?);
                call.tell((parts.len() * SHOWN).min(places.len()), places.len());
                stopped(call)?;
            }
            // Without a picture there is nothing to join, and the library says so.
            let seen = if parts.is_empty() { respond(&[])? } else { joined(parts)? };
            Ok(Responses { seen, places, labels: images.labels().to_vec() })
        })?;
        answer.map_err(refused)
    }

    /// Fits a readout to what the network answered; `None` is the one that belongs to its method.
    #[pyo3(signature = (images, seen, readout, /))]
    fn reader(
        &self,
        images: &Bound<'_, Images>,
        seen: &Bound<'_, Responses>,
        readout: Option<&str>,
    ) -> PyResult<Reader> {
        let seen = seen.get();
        let fit = || -> Result<_> {
            let readout = readout.map_or_else(|| Ok(Readout::of(&self.0.recipe.method)), str::parse)?;
            let fitted = Fitted::fit(readout, &self.0, &seen.seen, &images.get().0, &seen.places)?;
            Ok(Reader { fitted, readout, network: Arc::clone(&self.0) })
        };
        fit().map_err(refused)
    }

    /// The charges [mV], pixel by pixel.
    fn weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_slice(py, &self.0.weights)
    }

    /// The thresholds [mV/ms].
    fn theta<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_slice(py, &self.0.theta)
    }

    /// Method, neurons, pixels, classes, seed, and the scheme, step [ms] and lower bound of v [mV] of the training.
    fn about(&self) -> (String, usize, usize, usize, u64, String, f64, Option<f64>) {
        let Trained { recipe, trained, inputs, classes, .. } = &*self.0;
        let scheme = trained.scheme.to_string();
        (recipe.method.to_string(), recipe.neurons, *inputs, *classes, recipe.seed, scheme, trained.dt, trained.lbound)
    }
}

/// Refuses to go on where nobody waits any more.
fn stopped(call: &Call) -> Result<()> {
    if call.stopped() { Err(Error::Text("the work was stopped".to_owned())) } else { Ok(()) }
}

/// Responses to all pictures from those to some after others.
fn joined(parts: Vec<Seen>) -> Result<Seen> {
    let columns = parts[0].counts.columns();
    let values = parts.iter().flat_map(|part| part.counts.iter()).flatten().copied().collect();
    let spurious = parts.iter().map(|part| part.spurious).sum();
    let (spikes, silent) = (parts.iter().map(|part| part.spikes).sum(), parts.iter().map(|part| part.silent).sum());
    let orders = parts.into_iter().flat_map(|part| part.orders).collect();
    Ok(Seen { counts: Features::new(columns, values)?, orders, spikes, spurious, silent })
}

/// What a network answered to some pictures.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Responses {
    seen: Seen,
    places: Vec<usize>,
    labels: Vec<usize>,
}

#[pymethods]
impl Responses {
    /// Spikes, picture after picture.
    fn counts<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_iter(py, self.seen.counts.iter().flatten().copied())
    }

    fn places<'py>(&self, py: Python<'py>) -> Places<'py> {
        places(py, &self.places)
    }

    /// All spikes, those that the equations do not have where they were counted, and pictures without an answer.
    fn about(&self) -> (u64, Option<u64>, usize) {
        (self.seen.spikes, self.seen.spurious, self.seen.silent)
    }
}

/// A readout that was fitted.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Reader {
    fitted: Fitted,
    readout: Readout,
    network: Arc<Trained>,
}

/// The classes answered, how many pictures of each class got which answer (class by class), and the part that is right with its interval of
/// 95 %.
type Answered<'py> = (Places<'py>, Places<'py>, f64, (f64, f64));

#[pymethods]
impl Reader {
    #[getter]
    fn readout(&self) -> String {
        self.readout.to_string()
    }

    fn answers<'py>(&self, py: Python<'py>, responses: &Bound<'py, Responses>) -> PyResult<Answered<'py>> {
        let responses = responses.get();
        let answer = || -> Result<_> {
            let answers = self.fitted.answers(&self.network, &responses.seen)?;
            let labels: Vec<usize> = responses.places.iter().map(|place| responses.labels[*place]).collect();
            let matrix = ConfusionMatrix::new(self.network.classes, &labels, &answers)?;
            Ok((answers, matrix))
        };
        let (answers, matrix) = answer().map_err(refused)?;
        let classes = self.network.classes;
        let counts = (0..classes).flat_map(|label| (0..classes).map(move |answer| (label, answer)));
        let counts = PyArray1::from_iter(py, counts.map(|(label, answer)| matrix.count(label, answer) as i64));
        let interval = matrix.interval();
        Ok((places(py, &answers), counts, matrix.accuracy(), (interval.low, interval.high)))
    }
}
