//! Edges from a table.

use std::path::Path;

use crate::error::{Error, Result, refuse_if, shown};
use crate::interop::{Columns, Source};
use crate::population::exact::Edge;

/// The columns of a file of edges.
const COLUMNS: [&str; 4] = ["pre", "post", "weight", "delay_ms"];

/// The edges of a table, whose numbers are those of the neurons in their populations, from 0.
pub(super) fn read_edges(path: &Path, first: [u32; 2], counts: [usize; 2]) -> Result<Vec<Edge>> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let hdf5 = ["h5", "hdf5"].contains(&extension);
    let mend = format!(
        "Build with --features hdf5, or write them as npz: python -c \"import h5py, numpy as n; \
         e = next(iter(h5py.File('{0}')['edges'].values())); \
         n.savez('{1}', pre=e['source_node_id'], post=e['target_node_id'], weight=e['0/syn_weight'], delay_ms=e['0/delay'])\"",
        path.display(),
        path.with_extension("npz").display(),
    );
    let what = format!("edges {}", path.display());
    refuse_if!(hdf5 && !cfg!(feature = "hdf5"), what, "HDF5, as of SONATA", "a CSV or an npz", mend);
    let columns = if hdf5 { Source::open(path)?.columns } else { Columns::read(path)? };
    let column = |name: &str| {
        let numbers = columns.get(name).and_then(|values| values.numbers());
        numbers.ok_or_else(|| {
            let given = if columns.get(name).is_some() { "text" } else { "missing" };
            let what = format!("column {name} of {}", path.display());
            Error::invalid(
                what,
                given,
                format!("numbers in the columns {}", COLUMNS.join(",")),
                "Write one row an edge.",
            )
        })
    };
    let [pre, post, weight, delay] = [column("pre")?, column("post")?, column("weight")?, column("delay_ms")?];
    let same = [&pre, &post, &weight].iter().all(|column| column.len() == delay.len());
    let what = || format!("{}", path.display());
    refuse_if!(!same, what(), "columns of different lengths", "one row an edge", "Fill every field.");
    let number = |row: usize, name: &str, value: f64, count: usize| -> Result<u32> {
        let allowed = format!("a whole number from 0 to {}", count.saturating_sub(1));
        let fits = value >= 0.0 && value < count as f64 && value.fract() == 0.0;
        let what = format!("{name} of edge {} in {}", row + 1, path.display());
        refuse_if!(!fits, what, shown(value), allowed, "Neurons are numbered from 0 in their population.");
        Ok(value as u32)
    };
    (0..delay.len())
        .map(|row| {
            let edge = Edge {
                pre: first[0] + number(row, "pre", pre[row], counts[0])?,
                post: first[1] + number(row, "post", post[row], counts[1])?,
                weight: weight[row],
                delay: delay[row],
            };
            let what = |name: &str| format!("{name} of edge {} in {}", row + 1, path.display());
            refuse_if!(!edge.weight.is_finite(), what("weight"), edge.weight, "a finite number of mV", "Give one.");
            let late = edge.delay > 0.0 && edge.delay.is_finite();
            let mend = "A spike is under way for some time: give a delay such as 1.";
            refuse_if!(!late, what("delay_ms"), shown(edge.delay), "a positive number of ms", mend);
            Ok(edge)
        })
        .collect()
}
