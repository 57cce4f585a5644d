//! Joins shares that were run apart.

use std::path::{Path, PathBuf};

use super::store::Store;
use super::{Shard, Tabulated, complete, forget_misfits};
use crate::error::{Error, Result};

/// Folder of the journals in a study's directory.
const JOURNALS: &str = "journal";

/// The journal of a share in a study's directory: `journal/all.log`, `journal/3-of-16.log`.
pub fn journal(directory: &Path, shard: Shard) -> PathBuf {
    let name = if shard.is_whole() { "all".to_owned() } else { shard.to_string().replace('/', "-of-") };
    directory.join(JOURNALS).join(format!("{name}.log"))
}

/// The journals under `place`: a journal, a folder of journals, or a study's directory; in the order of their names.
fn journals(place: &Path) -> Result<Vec<PathBuf>> {
    if place.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let inside = place.join(JOURNALS);
    let folder = if inside.is_dir() { inside } else { place.to_owned() };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(Error::read(&folder))? {
        let path = entry.map_err(Error::read(&folder))?.path();
        if path.extension().is_some_and(|e| e == "log") && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Adds the journals of `place` to `store`, its own left out.
///
/// # Errors
/// [`Error::Read`].
pub fn include(store: &Store, place: &Path) -> Result<usize> {
    let own = store.path().canonicalize().ok();
    let others: Vec<PathBuf> = journals(place)?.into_iter().filter(|path| path.canonicalize().ok() != own).collect();
    others.iter().try_for_each(|path| store.include(path))?;
    Ok(others.len())
}

/// Takes the shares in `places` into `store`, so that it has every cell of the study itself.
///
/// # Errors
/// Places that cannot be read; a store that cannot be written; cells that no share has done.
pub fn merge<C: Tabulated>(cells: &[C], store: &Store, places: &[PathBuf]) -> Result<()> {
    places.iter().try_for_each(|place| include(store, place).map(|_| ()))?;
    forget_misfits(cells, store);
    complete(cells, store)?;
    for cell in cells {
        store.adopt(cell.key())?;
    }
    store.sync()
}

/// The builds that the runs of `store` were made by, each once: what their records say of program and machine.
pub fn builds(store: &Store) -> Vec<String> {
    let mut builds: Vec<String> = Vec::new();
    for json in store.runs() {
        let Ok(run) = serde_json::from_str::<serde_json::Value>(&json) else { continue };
        let said = |key: &str| run.get(key).and_then(|value| value.as_str()).unwrap_or("?").to_owned();
        let build = format!("{} {} on {}", said("version"), said("sources"), said("system"));
        if !builds.contains(&build) {
            builds.push(build);
        }
    }
    builds
}
