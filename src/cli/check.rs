//! `compare check FILE…` and `compare list`: what studies there are, and whether their files are right.

use std::io::Write;
use std::path::PathBuf;

use super::output::print;
use crate::error::{Error, Result};
use crate::scheme::SchemeSet;
use crate::study::StudyFile;

/// Check files of studies without running them, and say how much work they are.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The studies
    #[arg(value_name = "FILE.toml", required = true)]
    files: Vec<PathBuf>,
}

/// List the studies of a directory and the folders in it: file, kind, question.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ListArgs {
    /// The directory
    #[arg(value_name = "DIR", default_value = "experiments/studies")]
    directory: PathBuf,
}

pub(super) fn check(args: &CheckArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    for path in &args.files {
        let work = StudyFile::read(path, set)?.check()?;
        print(out, &format!("{}: {work}\n", path.display()))?;
    }
    Ok(())
}

pub(super) fn list(args: &ListArgs, set: &SchemeSet, out: &mut dyn Write) -> Result<()> {
    let mut paths = Vec::new();
    let mut directories = vec![args.directory.clone()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).map_err(Error::read(&directory))? {
            let entry = entry.map_err(Error::read(&directory))?;
            let path = entry.path();
            // A link could lead back up.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    for path in paths {
        // A file that is wrong is listed as such: one of them must not hide the others.
        let text = match StudyFile::read(&path, set).and_then(|file| file.check().map(|work| (file, work))) {
            Ok((file, work)) => {
                format!("{}\n    {}: {work}\n    {}\n", path.display(), file.kind(), file.question)
            }
            Err(error) => format!("{}\n    not usable: {error}\n", path.display()),
        };
        print(out, &text)?;
    }
    Ok(())
}
