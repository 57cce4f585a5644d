//! Studies from files: what their journals lack is run here, or by workers, and kept here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use rayon::ThreadPoolBuilder;
use spikestep::error::{Error, Result};
use spikestep::interop::{TableFormat, Values};
use spikestep::study::{
    Cell, Control, Key, Progress, Record, Results, Shard, Store, StudyCell, StudyFile, forget_misfits, include,
    journal, provenance, run_cells, to_do,
};

use crate::errors::refused;
use crate::plan::{Rates, Span};
use crate::running::{Call, interruptible};
use crate::scheme;

/// A study as text, and the schemes in Python that it may name.
struct Source<'a, 'py> {
    text: &'a str,
    /// What messages call the file, and from where its own paths lead.
    path: &'a Path,
    own: &'a [Bound<'py, PyAny>],
}

impl Source<'_, '_> {
    fn read(&self, call: &Arc<Call>) -> PyResult<StudyFile> {
        let set = scheme::with_own(self.own, call)?;
        StudyFile::parse(self.path, self.text.to_owned(), &set).map_err(refused)
    }
}

/// A study that is being run, with its journal, which no other process has meanwhile.
#[pyclass(frozen, module = "spikestep")]
pub(crate) struct Session(Arc<Inner>);

struct Inner {
    file: StudyFile,
    cells: Vec<StudyCell>,
    call: Arc<Call>,
    /// `None` once it is closed.
    store: Mutex<Option<Store>>,
}

/// The sessions of this process.
static OPEN: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());

/// Closes, in a process that was forked, the journals of its parent: a worker that outlives the parent would keep their locks.
#[pyfunction]
pub(crate) fn leave_journals() {
    // What another thread had in its hands when the process was forked stays as it is.
    let Ok(mut open) = OPEN.try_lock() else { return };
    for inner in open.drain(..).filter_map(|inner| inner.upgrade()) {
        if let Ok(store) = inner.store.try_lock().map(|mut store| store.take()) {
            store.into_iter().for_each(Store::leave);
        }
    }
}

/// A cell that a worker has done: its place, its key, how long it took \[ns\], and its row.
type Row = (usize, String, u64, String);

impl Inner {
    fn store(&self) -> MutexGuard<'_, Option<Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_store<T>(&self, work: impl FnOnce(&Store) -> Result<T>) -> Result<T> {
        let store = self.store();
        let closed = || Error::Text("the journal of this study is closed; run the study again".to_owned());
        work(store.as_ref().ok_or_else(closed)?)
    }

    fn missing(&self) -> Result<Vec<&StudyCell>> {
        self.with_store(|store| Ok(to_do(&self.cells, store)))
    }

    /// Keeps a cell that was done here. After an exception of a scheme, or an interrupt, what is done may be no result.
    fn keep(&self, cell: &StudyCell, output: &<StudyCell as Cell>::Output, elapsed: Duration) -> Result<()> {
        if self.call.stopped() {
            return Ok(());
        }
        self.with_store(|store| store.append(cell.key(), Record::of(cell, output, elapsed)))
    }

    /// Runs some cells, the first of every scheme on the first problem, and says what the rest is expected to take.
    fn rates(&self, missing: &[&StudyCell]) -> Result<Rates> {
        let first = missing[0];
        let start = Instant::now();
        let shared = one_thread()?.install(|| first.share())?;
        let truth = start.elapsed().as_secs_f64() / first.problem.duration;
        let mut classes = BTreeMap::new();
        for cell in missing.iter().take_while(|cell| cell.problem() == first.problem()) {
            if classes.contains_key(&cell.class()) || self.call.stopped() {
                continue;
            }
            let start = Instant::now();
            let output = cell.run(&shared)?;
            let elapsed = start.elapsed();
            self.keep(cell, &output, elapsed)?;
            classes.insert(cell.class(), elapsed.as_secs_f64() / cell.cost());
        }
        Ok(Rates { truth, classes })
    }
}

/// A worker runs its chunk on one thread: there are as many workers as there are cores.
fn one_thread() -> Result<rayon::ThreadPool> {
    ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| Error::Text(error.to_string()))
}

#[pymethods]
impl Session {
    /// Opens the journal of a study in a directory; with `fresh` what it has is forgotten.
    #[new]
    #[pyo3(signature = (source, path, own, out, fresh, /))]
    fn new(
        py: Python<'_>,
        source: &str,
        path: PathBuf,
        own: Vec<Bound<'_, PyAny>>,
        out: PathBuf,
        fresh: bool,
    ) -> PyResult<Self> {
        let call = Arc::new(Call::default());
        let file = Source { text: source, path: &path, own: &own }.read(&call)?;
        let (file, cells) = expanded(py, file, &call)?;
        let open = || -> Result<Store> {
            let store = Store::open(journal(&out, Shard::WHOLE))?;
            if fresh {
                store.clear()?;
            } else {
                include(&store, &out)?;
                forget_misfits(&cells, &store);
            }
            // A finished study stays as it is, to the byte.
            if !to_do(&cells, &store).is_empty() {
                store.begin_run(&provenance(source, Shard::WHOLE))?;
            }
            Ok(store)
        };
        let store = Mutex::new(Some(open().map_err(refused)?));
        let inner = Arc::new(Inner { file, cells, call, store });
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|session| session.strong_count() > 0);
        open.push(Arc::downgrade(&inner));
        Ok(Session(inner))
    }

    /// How many cells are not done, each content once.
    fn missing(&self) -> PyResult<usize> {
        self.0.missing().map(|missing| missing.len()).map_err(refused)
    }

    /// Runs on the threads of this process what is missing. Any exception closes the journal.
    #[pyo3(signature = (progress, /))]
    fn run(&self, py: Python<'_>, progress: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        self.work(py, progress.as_ref(), |inner, pool| {
            let told = |state: Progress| inner.call.tell(state.done, state.all);
            let control = Control { stop: &inner.call.stop, progress: &told, pool: Some(pool) };
            let keep = |done: spikestep::study::Done<'_, StudyCell>| inner.keep(done.cell, &done.output, done.elapsed);
            run_cells(&inner.missing()?, control, &keep).map(|_| ())
        })
    }

    /// Runs some cells here, to learn what the others take, and gives those as chunks of about so many seconds.
    #[pyo3(signature = (seconds, /))]
    fn plan(&self, py: Python<'_>, seconds: f64) -> PyResult<Vec<Vec<Span>>> {
        self.work(py, None, move |inner, _| {
            let missing = inner.missing()?;
            if missing.is_empty() {
                return Ok(Vec::new());
            }
            let rates = inner.rates(&missing)?;
            let mut left: BTreeSet<Key> = inner.missing()?.into_iter().map(Cell::key).collect();
            // Each content once, at its first place.
            let places = inner.cells.iter().enumerate().filter(|(_, cell)| left.remove(&cell.key()));
            let places: Vec<usize> = places.map(|(place, _)| place).collect();
            Ok(rates.chunks(&inner.cells, &places, seconds))
        })
    }

    /// Keeps what a worker has done.
    #[pyo3(signature = (rows, /))]
    fn keep(&self, rows: Vec<Row>) -> PyResult<()> {
        let keep = |(place, key, elapsed, row): Row| {
            let cell = self.0.cells.get(place).filter(|cell| cell.key().to_string() == key);
            let cell = cell.ok_or_else(|| {
                let allowed = "one package, built from the same sources, in this process and in all workers";
                Error::invalid(
                    "a worker's answer",
                    format!("of another cell than cell {place} here"),
                    allowed,
                    "Install one.",
                )
            })?;
            let record = Record { elapsed: Duration::from_nanos(elapsed), row: row.into() };
            self.0.with_store(|store| store.append(cell.key(), record))
        };
        rows.into_iter().try_for_each(keep).map_err(refused)
    }

    /// Forces what was kept to the disk, and gives the journal back.
    fn close(&self) -> PyResult<()> {
        let store = self.0.store().take();
        store.map_or(Ok(()), |store| store.sync()).map_err(refused)
    }

    /// The table of all cells, which are done: names with their columns, and the bytes of `results.csv`.
    fn results<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyBytes>)> {
        let results = self.0.with_store(|store| Results::read(&self.0.cells, store)).map_err(refused)?;
        let columns = PyDict::new(py);
        for (name, values) in &results.columns.0 {
            match values {
                Values::Text(texts) => columns.set_item(name, texts)?,
                Values::Numbers(numbers) => columns.set_item(name, numbers)?,
                Values::Counts(counts) => columns.set_item(name, counts)?,
                Values::Whole(whole) => columns.set_item(name, whole)?,
            }
        }
        let mut csv = Vec::new();
        let written = results.write(TableFormat::Csv, |column| self.0.file.shows(column), &mut csv);
        written.map_err(|error| refused(Error::Text(error.to_string())))?;
        Ok((columns, PyBytes::new(py, &csv)))
    }
}

impl Session {
    fn work<T: Send + 'static>(
        &self,
        py: Python<'_>,
        progress: Option<&Bound<'_, PyAny>>,
        work: impl FnOnce(&Inner, &rayon::ThreadPool) -> Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let inner = Arc::clone(&self.0);
        let outcome = interruptible(py, Arc::clone(&self.0.call), progress, move |pool, _| work(&inner, pool));
        let outcome = outcome.and_then(|outcome| outcome.map_err(refused));
        if outcome.is_err() {
            self.close()?;
        }
        outcome
    }
}

/// A study with its cells; what it is expected to cost is counted by its schemes, which may be in Python.
fn expanded(py: Python<'_>, file: StudyFile, call: &Arc<Call>) -> PyResult<(StudyFile, Vec<StudyCell>)> {
    let (file, cells) = interruptible(py, Arc::clone(call), None, move |_, _| {
        let cells = file.study_cells();
        (file, cells)
    })?;
    Ok((file, cells.map_err(refused)?))
}

/// Title, question, number of cells, number of problems, and number of cells on each, of a study in which everything is right.
#[pyfunction]
#[pyo3(signature = (source, path, own, /))]
pub(crate) fn study(
    py: Python<'_>,
    source: &str,
    path: PathBuf,
    own: Vec<Bound<'_, PyAny>>,
) -> PyResult<(String, String, usize, usize, usize)> {
    let call = Arc::new(Call::default());
    let file = Source { text: source, path: &path, own: &own }.read(&call)?;
    let (file, cells) = expanded(py, file, &call)?;
    let on_first = cells.iter().take_while(|cell| Arc::ptr_eq(&cell.problem, &cells[0].problem)).count();
    Ok((file.title, file.question, cells.len(), cells.len() / on_first.max(1), on_first))
}

/// Runs a chunk of a study, `problem_cells` cells of which are on each problem, on one thread, and gives the rows of its cells.
#[pyfunction]
#[pyo3(signature = (source, path, own, problem_cells, spans, /))]
pub(crate) fn chunk(
    py: Python<'_>,
    source: &str,
    path: PathBuf,
    own: Vec<Bound<'_, PyAny>>,
    problem_cells: usize,
    spans: Vec<Span>,
) -> PyResult<Vec<Row>> {
    let call = Arc::new(Call::default());
    let file = Source { text: source, path: &path, own: &own }.read(&call)?;
    let places: Vec<usize> = spans.iter().flat_map(|&(from, to)| from..to).collect();
    let problems: BTreeSet<usize> = places.iter().map(|place| place / problem_cells.max(1)).collect();
    let cells = file.study_cells_of(&problems);
    call.raised()?;
    let cells = cells.map_err(refused)?;
    let rank: BTreeMap<usize, usize> = problems.into_iter().zip(0..).collect();
    let rows = interruptible(py, Arc::clone(&call), None, move |_, call| -> Result<Vec<Row>> {
        let at = |place: &usize| rank[&(place / problem_cells)] * problem_cells + place % problem_cells;
        let gone = || Error::Text("the study has fewer cells here than where it was begun".to_owned());
        let chosen = places.iter().map(|place| cells.get(at(place)).ok_or_else(gone)).collect::<Result<Vec<_>>>()?;
        let rows = Mutex::new(Vec::new());
        let pool = one_thread()?;
        let control = Control { stop: &call.stop, pool: Some(&pool), ..Control::default() };
        run_cells(&chosen, control, &|done| {
            let Record { elapsed, row } = Record::of(done.cell, &done.output, done.elapsed);
            let row = (places[done.index], done.cell.key().to_string(), elapsed.as_nanos() as u64, row.into());
            rows.lock().unwrap_or_else(PoisonError::into_inner).push(row);
            Ok(())
        })?;
        Ok(rows.into_inner().unwrap_or_else(PoisonError::into_inner))
    })?;
    rows.map_err(refused)
}
