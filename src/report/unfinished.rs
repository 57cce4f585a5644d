//! Files that are being written, under temporary names: an end by Ctrl-C takes them along, and one by a kill leaves them to the next run.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Beginning and end of the temporary names.
const NAME: [&str; 2] = [".spikestep-", ".tmp"];

/// The temporary files of this process.
static PRESENT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn present() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PRESENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file that is not whole yet; it goes where it is dropped.
#[derive(Debug)]
pub(super) struct Unfinished(Option<tempfile::NamedTempFile>);

impl Unfinished {
    /// In a directory, with the permissions that any new file has.
    pub(super) fn new_in(folder: &Path) -> std::io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(NAME[0]).suffix(NAME[1]);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // Held until the file is listed, so that an end in between does not miss it.
        let mut present = present();
        let file = builder.tempfile_in(folder)?;
        present.insert(file.path().to_owned());
        Ok(Unfinished(Some(file)))
    }

    /// Gives it its name, in the place of what had it.
    pub(super) fn finish(mut self, path: &Path) -> std::io::Result<()> {
        let Some(file) = self.0.take() else { return Ok(()) };
        let temporary = file.path().to_owned();
        let outcome = file.persist(path).map(|_| ()).map_err(|e| e.error);
        present().remove(&temporary);
        outcome
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(file) = self.0.take() {
            present().remove(file.path());
        }
    }
}

/// Removes the temporary files of this process, which is about to end.
pub(crate) fn remove_unfinished() {
    for path in present().iter() {
        // One that is gone already is what is wanted.
        let _ = std::fs::remove_file(path);
    }
}

/// Removes what a process that was killed has left half-written in a directory and in those below it; a lock says that none is at it now.
pub(super) fn remove_left_behind(root: &Path) {
    let mut folders = vec![root.to_owned()];
    let below = |entry: std::fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir()).then(|| entry.path());
    folders.extend(std::fs::read_dir(root).into_iter().flatten().flatten().filter_map(below));
    for entry in folders.iter().flat_map(std::fs::read_dir).flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(NAME[0]) && name.ends_with(NAME[1]) && entry.path().is_file() {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
