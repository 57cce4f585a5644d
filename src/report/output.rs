//! A directory of outputs, each file whole or not there.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::figure::{Chart, undrawn};
use super::{FigureFormat, counted};
use crate::error::{Error, Result};

/// Writes files below one directory: to a temporary name in the same place first, renamed when complete.
#[derive(Debug)]
pub struct OutputDir {
    root: PathBuf,
    written: Vec<String>,
    /// Directories that were made for it, the deepest first.
    made: Vec<PathBuf>,
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
        let dir = OutputDir { root, written: Vec::new(), made };
        std::fs::create_dir_all(&dir.root).map_err(Error::write(&dir.root))?;
        tempfile::NamedTempFile::new_in(&dir.root).map_err(Error::write(&dir.root))?;
        Ok(dir)
    }

    /// The directory of a file that is to be written, and the file's name there.
    ///
    /// # Errors
    /// A path that does not end in a name; those of [`create`](Self::create).
    pub(crate) fn of_file(path: &Path) -> Result<(Self, String)> {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
            Error::invalid("the file to write", path.display(), "a path that ends in a name", "Give the file a name.")
        })?;
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

    /// Draws a chart and writes it in each of the formats, with its CSV beside it.
    ///
    /// # Errors
    /// [`Error::Write`] and [`Error::Figure`].
    pub fn figure(&mut self, chart: &Chart, formats: &[FigureFormat]) -> Result<()> {
        let files = chart.draw().and_then(|figure| figure.files(formats)).map_err(undrawn)?;
        files.iter().try_for_each(|(name, bytes)| self.write(name, bytes))
    }

    /// Writes one file by a function that fills it.
    ///
    /// # Errors
    /// [`Error::Write`]; the file is then as it was before.
    pub fn stream(&mut self, name: &str, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(folder).map_err(Error::write(folder))?;
        let temporary = tempfile::NamedTempFile::new_in(folder).map_err(Error::write(&path))?;
        let mut out = BufWriter::new(temporary);
        fill(&mut out).map_err(Error::write(&path))?;
        let temporary = out.into_inner().map_err(|e| Error::write(&path)(e.into_error()))?;
        readable_by_all(temporary.as_file()).map_err(Error::write(&path))?;
        temporary.persist(&path).map_err(|e| Error::write(&path)(e.error))?;
        self.written.push(name.to_owned());
        Ok(())
    }

    /// Removes files of an earlier run that this one has not written again, so that what lies there is of one run.
    pub fn remove_stale(&self, earlier: impl IntoIterator<Item = String>) {
        for name in earlier {
            let inside = Path::new(&name).components().all(|c| matches!(c, std::path::Component::Normal(_)));
            if inside && !self.written.contains(&name) {
                // A file that is gone already is what is wanted.
                let _ = std::fs::remove_file(self.root.join(name));
            }
        }
    }
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

/// Temporary files are private; outputs are not.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_file: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
