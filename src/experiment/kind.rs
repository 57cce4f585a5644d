//! What a kind of experiment does, and where it writes.

use std::path::PathBuf;

use super::flaw::Flaw;
use super::session::Session;
use crate::error::{Error, Result};
use crate::report::figure::Figure;
use crate::report::{FigureFormat, OutputDir};

/// What a kind of experiment does.
pub trait Experiment {
    /// Runs it, writes its outputs through `outputs`, and gives the text to print: tables and a verdict.
    ///
    /// # Errors
    /// Parameters out of range, outputs that cannot be written.
    fn run(&self, outputs: &mut Outputs<'_>) -> Result<String>;

    /// Checks all that can be checked before work starts, and says how much of it there is.
    ///
    /// # Errors
    /// What [`run`](Experiment::run) would refuse, with its place in the file.
    fn check(&self) -> std::result::Result<String, Flaw> {
        Ok("one piece of work".to_owned())
    }

    /// Whether it is a grid of cells, which [`Session::shard`] may share out and [`merge`](Experiment::merge) join.
    fn is_grid(&self) -> bool {
        false
    }

    /// Joins the shares that lie in `places` and writes what one run would have written.
    ///
    /// # Errors
    /// Shares that are missing or cannot be read; a kind that has none.
    fn merge(&self, _outputs: &mut Outputs<'_>, _places: &[PathBuf]) -> Result<String> {
        let given = "of a kind that is one piece of work";
        Err(Error::invalid("the experiment", given, "a grid of cells: kind study", "Run it whole, by compare run."))
    }
}

/// Where an experiment writes, and in which formats its figures go.
pub struct Outputs<'a> {
    /// The directory.
    pub dir: &'a mut OutputDir,
    /// Formats of the figures.
    pub formats: &'a [FigureFormat],
    /// How a grid of cells is run.
    pub session: Session<'a>,
    /// How the run went, which is no result and differs from run to run: printed before the text, and not recorded.
    pub progress: String,
}

impl<'a> Outputs<'a> {
    /// Into `dir`.
    pub fn new(dir: &'a mut OutputDir, formats: &'a [FigureFormat], session: Session<'a>) -> Self {
        Outputs { dir, formats, session, progress: String::new() }
    }

    /// Writes a figure in all formats asked for, its CSV beside it.
    ///
    /// # Errors
    /// [`Error::Write`] and [`Error::Figure`].
    pub fn figure(&mut self, figure: &Figure) -> Result<()> {
        for (name, bytes) in figure.files(self.formats)? {
            self.dir.write(&name, &bytes)?;
        }
        Ok(())
    }
}
