//! A directory of outputs, each file whole or not there.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use super::figure::{Chart, undrawn};
use super::unfinished::{Unfinished, remove_left_behind};
use super::{FigureFormat, counted};
use crate::error::{Error, Result, refuse_if};

/// Writes files below one directory: to a temporary name in the same place first, renamed when complete.
#[derive(Debug)]
pub struct OutputDir {
    root: PathBuf,
    written: Vec<String>,
    /// Directories that were made for it, the deepest first.
    made: Vec<PathBuf>,
    /// The directory itself, locked against other processes.
    _lock: Option<File>,
}

impl OutputDir {
    /// Makes the directory where it is missing and checks that files can be made in it, before any work is done.
    ///
    /// # Errors
    /// [`Error::Write`] where that is not possible.
    pub fn create(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        let missing = |p: &&Path| !p.as_os_str().is_empty() && !p.exists();
        let made = root.ancestors().take_while(missing).map(Path::to_owned).collect();
        // From here on a failure takes back the directories, too.
        let dir = OutputDir { root, written: Vec::new(), made, _lock: None };
        std::fs::create_dir_all(&dir.root).map_err(Error::write(&dir.root))?;
        Unfinished::new_in(&dir.root).map_err(Error::write(&dir.root))?;
        Ok(dir)
    }

    /// [`create`](Self::create) for one process at a time: files of two runs are never mixed. What an interrupted one has left half-written
    /// is removed.
    ///
    /// # Errors
    /// Those of [`create`](Self::create); another process that writes there.
    pub fn alone(root: impl Into<PathBuf>) -> Result<Self> {
        let mut dir = Self::create(root)?;
        // Some file systems have no locks, some systems none of directories: there it is left to the user.
        if let Ok(lock) = File::open(&dir.root) {
            match lock.try_lock() {
                Ok(()) => {
                    dir._lock = Some(lock);
                    remove_left_behind(&dir.root);
                }
                Err(TryLockError::WouldBlock) => {
                    let reason = "another process is writing there";
                    return Err(Error::write(&dir.root)(std::io::Error::new(std::io::ErrorKind::WouldBlock, reason)));
                }
                Err(TryLockError::Error(_)) => {}
            }
        }
        Ok(dir)
    }

    /// The directory of a file that is to be written, and the file's name there.
    ///
    /// # Errors
    /// A path that does not end in a name, or that of a directory; those of [`create`](Self::create).
    pub(crate) fn of_file(path: &Path) -> Result<(Self, String)> {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
            Error::invalid("the file to write", path.display(), "a path that ends in a name", "Give the file a name.")
        })?;
        let given = format!("{}, which is a directory", path.display());
        refuse_if!(path.is_dir(), "the file to write", given, "the path of a file", "Name a file in it.");
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok((Self::create(folder)?, name.to_owned()))
    }

    /// The path of the directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Names of the files written so far, relative to the directory.
    pub fn written(&self) -> &[String] {
        &self.written
    }

    /// Where the files are and what they are called, in a sentence; of a folder how many it has.
    pub fn told(&self) -> String {
        let (mut names, mut folders) = (Vec::new(), BTreeMap::<&str, usize>::new());
        for name in &self.written {
            match name.split_once('/') {
                Some((folder, _)) => *folders.entry(folder).or_default() += 1,
                None => names.push(name.clone()),
            }
        }
        names.extend(folders.into_iter().map(|(folder, n)| format!("{folder}/ ({})", counted(n, "file"))));
        format!("Written to {}: {}", self.root.display(), names.join(", "))
    }

    /// Writes one file; `name` may have folders, which are made.
    ///
    /// # Errors
    /// [`Error::Write`]; the file is then as it was before.
    pub fn write(&mut self, name: &str, contents: &[u8]) -> Result<()> {
        self.stream(name, |out| out.write_all(contents))
    }

    /// Draws a chart and writes it in each of the formats, with its CSV beside it; drawings of it in other formats are of an earlier run and
    /// go.
    ///
    /// # Errors
    /// [`Error::Write`] and [`Error::Figure`].
    pub fn figure(&mut self, chart: &Chart, formats: &[FigureFormat]) -> Result<()> {
        let files = chart.draw().and_then(|figure| figure.files(formats)).map_err(undrawn)?;
        files.iter().try_for_each(|(name, bytes)| self.write(name, bytes))?;
        let others =
            [FigureFormat::Svg, FigureFormat::Png, FigureFormat::Pdf].into_iter().filter(|f| !formats.contains(f));
        let stem = files.first().map(|(name, _)| Path::new(name).to_owned()).unwrap_or_default();
        let name = |format: FigureFormat| stem.with_extension(format.extension()).to_string_lossy().into_owned();
        self.remove_stale(others.map(name));
        Ok(())
    }

    /// Writes one file by a function that fills it. A link is followed, and what is no file, such as a pipe, is written into.
    ///
    /// # Errors
    /// [`Error::Write`]; the file is then as it was before.
    pub fn stream(&mut self, name: &str, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(folder).map_err(Error::write(folder))?;
        stream_to(&linked(path.clone()), fill).map_err(Error::write(&path))?;
        self.written.push(name.to_owned());
        Ok(())
    }

    /// Removes files of an earlier run that this one has not written again, so that what lies there is of one run.
    pub fn remove_stale(&self, earlier: impl IntoIterator<Item = String>) {
        self.remove_stale_beside(earlier, None);
    }

    /// [`remove_stale`](Self::remove_stale), where this run has also written to another directory, which may be inside this one.
    pub(crate) fn remove_stale_beside(&self, earlier: impl IntoIterator<Item = String>, other: Option<&OutputDir>) {
        let place = |dir: &OutputDir, name: &String| std::fs::canonicalize(dir.root.join(name)).ok();
        let mut written: Vec<_> =
            other.iter().flat_map(|dir| dir.written.iter().filter_map(|name| place(dir, name))).collect();
        written.sort();
        for name in earlier {
            let inside = Path::new(&name).components().all(|c| matches!(c, Component::Normal(_)));
            let again = || place(self, &name).is_some_and(|path| written.binary_search(&path).is_ok());
            if inside && !self.written.contains(&name) && !again() {
                // A file that is gone already is what is wanted.
                let _ = std::fs::remove_file(self.root.join(name));
            }
        }
    }
}

/// Fills a file, whole or not at all; what is there and no file is written into.
fn stream_to(path: &Path, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    if path.metadata().is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        let mut out = BufWriter::new(File::options().write(true).open(path)?);
        fill(&mut out)?;
        return out.flush();
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut out = BufWriter::new(Unfinished::new_in(folder)?);
    fill(&mut out)?;
    out.into_inner().map_err(|e| e.into_error())?.finish(path)
}

/// Links that are followed from a target at the most, as many as Linux follows.
const MOST_LINKS: usize = 40;

/// Where a path leads when it is a link, which stays one.
fn linked(mut path: PathBuf) -> PathBuf {
    for _ in 0..MOST_LINKS {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

/// A run that fails before its first file leaves no directories behind either.
impl Drop for OutputDir {
    fn drop(&mut self) {
        if self.written.is_empty() {
            for directory in &self.made {
                // Only empty directories go; one that somebody else has filled stays.
                let _ = std::fs::remove_dir(directory);
            }
        }
    }
}
