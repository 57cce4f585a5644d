//! A drawn figure, and the files it becomes.

use crate::{Error, Result, render};

/// One figure: its vector drawing and the numbers it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Name of the figure, fit to be a file name without its ending ("error_vs_dt").
    pub name: String,
    /// The drawing, a whole SVG document.
    pub svg: String,
    /// The numbers that are drawn, tidy: one row an observation, units in the column names.
    pub csv: String,
}

/// Formats a figure can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureFormat {
    /// Scalable vector graphics, for the web and for editing.
    Svg,
    /// Pixels, 300 dots per inch.
    Png,
    /// Vectors with the font embedded, for LaTeX.
    Pdf,
}

impl FigureFormat {
    /// The file name's ending.
    pub fn extension(self) -> &'static str {
        match self {
            FigureFormat::Svg => "svg",
            FigureFormat::Png => "png",
            FigureFormat::Pdf => "pdf",
        }
    }
}

impl Figure {
    /// The drawing as a PNG of 300 dots per inch.
    ///
    /// # Errors
    /// [`Error`] with what the renderer said.
    pub fn png(&self) -> Result<Vec<u8>> {
        render::png(&self.svg).map_err(|reason| self.failed(reason))
    }

    /// The drawing as a PDF of one page, of vectors and selectable text with its font embedded.
    ///
    /// # Errors
    /// [`Error`] with what the converter said.
    pub fn pdf(&self) -> Result<Vec<u8>> {
        render::pdf(&self.svg).map_err(|reason| self.failed(reason))
    }

    /// The files of the figure, name and contents: its CSV, and the drawing in each of the formats.
    ///
    /// # Errors
    /// [`Error`] with what the renderer said.
    pub fn files(&self, formats: &[FigureFormat]) -> Result<Vec<(String, Vec<u8>)>> {
        let mut files = vec![(format!("{}.csv", self.name), self.csv.clone().into_bytes())];
        for &format in formats {
            let bytes = match format {
                FigureFormat::Svg => self.svg.clone().into_bytes(),
                FigureFormat::Png => self.png()?,
                FigureFormat::Pdf => self.pdf()?,
            };
            files.push((format!("{}.{}", self.name, format.extension()), bytes));
        }
        Ok(files)
    }

    fn failed(&self, reason: String) -> Error {
        Error { figure: self.name.clone(), reason }
    }
}
