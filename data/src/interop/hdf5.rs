//! HDF5: Neo's NIX, SONATA's edges, and files whose datasets of one dimension stand at the root, as h5py writes them.

use std::path::Path;

use hdf5_pure::{AttrValue, Dataset, File, Group};

use crate::error::Result;

use super::columns::{Columns, Values, malformed};
use super::npy::MOST_VALUES;

const MEND: &str =
    "Write it by h5py with one dataset of one dimension for each column (t_ms, v, u), or by neo.NixIO of one neuron.";

/// The columns of a file: of NIX the times of its signals and the signals of Neo by their names, or, where it has none, its spike times; of
/// SONATA the edges of its one population; else the datasets at the root.
pub(super) fn read(path: &Path) -> Result<Columns> {
    let refused = |why: String| malformed(path, why, MEND);
    let file = File::open(path).map_err(|error| refused(error.to_string()))?;
    let mut left = MOST_VALUES;
    let columns = columns(&file.root(), &mut left).map_err(refused)?;
    if columns.is_empty() {
        return Err(refused("it has no signals of Neo, and no dataset of numbers at its root".into()));
    }
    let columns = Columns(columns);
    columns.check_names(path)?;
    Ok(columns)
}

type Found = std::result::Result<Vec<(String, Values)>, String>;

/// What the datasets of an edge of SONATA are called here.
const EDGES: [(&str, &str); 4] =
    [("source_node_id", "pre"), ("target_node_id", "post"), ("0/syn_weight", "weight"), ("0/delay", "delay_ms")];

/// The edges of the one population under `edges` of a SONATA file (https://github.com/AllenInstitute/sonata), whose weights and delays are
/// their own, in group 0; delays there are in ms.
fn edges(populations: &Group, left: &mut usize) -> Found {
    let names = populations.groups().map_err(|e| e.to_string())?;
    let [name] = names.as_slice() else {
        return Err(format!("its edges are of {} populations, and those of one are read", names.len()));
    };
    let population = populations.group(name).map_err(|e| e.to_string())?;
    if population.group("1").is_ok() {
        return Err("its edges are of several groups, and those of one are read".into());
    }
    let of = |path: &str| match path.split_once('/') {
        Some((group, name)) => population.group(group).ok()?.dataset(name).ok(),
        None => population.dataset(path).ok(),
    };
    // What is not there may be in a table of types: who wants the column says that it is missing.
    let found = EDGES.iter().filter_map(|(path, name)| Some((of(path)?, name)));
    found.map(|(values, name)| Ok(((*name).to_owned(), Values::Numbers(numbers(&values, left)?)))).collect()
}

fn columns(root: &Group, left: &mut usize) -> Found {
    if let Ok(populations) = root.group("edges") {
        return edges(&populations, left);
    }
    let arrays = arrays(root);
    let of_type =
        |wanted: &str| arrays.iter().filter(|array| text(array, "type").as_deref() == Some(wanted)).collect::<Vec<_>>();
    let mut columns = Vec::new();
    let mut sampling = None;
    for signal in of_type("neo.analogsignal") {
        let values = numbers(&dataset(signal, "data")?, left)?;
        let rows =
            signal.group("dimensions").and_then(|dimensions| dimensions.group("1")).map_err(|e| e.to_string())?;
        let of = (number(&rows, "sampling_interval")?, number(&rows, "offset").unwrap_or(0.0), text(&rows, "unit"));
        if *sampling.get_or_insert_with(|| of.clone()) != of {
            return Err("its signals are not sampled at the same times".into());
        }
        if columns.is_empty() {
            let times = (0..values.len()).map(|k| of.1 + k as f64 * of.0).collect();
            columns.push((times_in(of.2.as_deref()), Values::Numbers(times)));
        }
        columns.push((signal_name(signal), Values::Numbers(values)));
    }
    if columns.is_empty() {
        for train in of_type("neo.spiketrain.times") {
            let times = numbers(&dataset(train, "data")?, left)?;
            columns.push((times_in(text(train, "unit").as_deref()), Values::Numbers(times)));
        }
    }
    if columns.is_empty() {
        for name in root.datasets().map_err(|e| e.to_string())? {
            let column = numbers(&dataset(root, &name)?, left).map_err(|why| format!("dataset {name}: {why}"))?;
            columns.push((name, Values::Numbers(column)));
        }
    }
    Ok(columns)
}

/// The data arrays of every block of a NIX file.
fn arrays(root: &Group) -> Vec<Group> {
    let Ok(data) = root.group("data") else { return Vec::new() };
    let groups = |group: &Group| -> Vec<Group> {
        let names = group.groups().unwrap_or_default();
        names.iter().filter_map(|name| group.group(name).ok()).collect()
    };
    groups(&data).iter().filter_map(|block| block.group("data_arrays").ok()).flat_map(|all| groups(&all)).collect()
}

/// The name that Neo gave a signal, or its unit's: v for a voltage.
fn signal_name(signal: &Group) -> String {
    let property = || {
        let properties = signal.group("metadata").ok()?.group("properties").ok()?;
        properties.dataset("neo_name").ok()?.read_string().ok()?.into_iter().next()
    };
    let by_unit = || matches!(text(signal, "unit").as_deref(), Some("mV" | "V")).then(|| "v".to_owned());
    property().or_else(by_unit).unwrap_or_else(|| "signal".to_owned())
}

/// The name of a column of times in a unit.
fn times_in(unit: Option<&str>) -> String {
    format!("t_{}", unit.unwrap_or("ms"))
}

fn dataset(group: &Group, name: &str) -> std::result::Result<Dataset, String> {
    group.dataset(name).map_err(|error| error.to_string())
}

/// The values of a dataset of one dimension, or of one column.
fn numbers(dataset: &Dataset, left: &mut usize) -> std::result::Result<Vec<f64>, String> {
    let shape = dataset.shape().map_err(|error| error.to_string())?;
    let count = shape.iter().try_fold(1usize, |count, &size| count.checked_mul(usize::try_from(size).ok()?));
    let count = count.filter(|count| count <= left).ok_or_else(|| format!("it has more than {left} values"))?;
    if shape.iter().filter(|&&size| size != 1).count() > 1 {
        return Err("it has two dimensions, and one is read".into());
    }
    *left -= count;
    dataset.read_f64().map_err(|error| error.to_string())
}

fn text(group: &Group, name: &str) -> Option<String> {
    match group.attrs().ok()?.remove(name)? {
        AttrValue::String(text) | AttrValue::VarLenString(text) | AttrValue::VarLenAsciiString(text) => Some(text),
        _ => None,
    }
}

fn number(group: &Group, name: &str) -> std::result::Result<f64, String> {
    match group.attrs().map_err(|error| error.to_string())?.remove(name) {
        Some(AttrValue::F64(x)) => Ok(x),
        _ => Err(format!("a signal has no {name}")),
    }
}
