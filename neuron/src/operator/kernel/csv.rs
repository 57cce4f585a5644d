//! Reading a kernel from a file.

use std::path::Path;

use super::Kernel;
use crate::error::{Error, Result};

impl Kernel {
    /// A kernel from a CSV file with columns `t_ms` and `kernel`, sampled at equal distances from t = 0 on; blank lines and
    /// lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// A file that cannot be read; with its line, a header without the two columns, a field that is not a finite number, a
    /// negative time (a kernel is causal), a first time other than 0, times that are not equally spaced.
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(Error::read(path))?;
        let mut columns: Option<(usize, usize)> = None;
        let (mut times, mut values): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        let mut spacing = 0.0;
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let refuse =
                |problem: String, mend: &str| Error::Line { path: path.into(), line, problem, mend: mend.into() };
            let fields: Vec<&str> = text.split(',').map(|f| f.trim().trim_matches('"')).collect();
            let Some((t_column, k_column)) = columns else {
                let place = |name: &str| fields.iter().position(|f| *f == name);
                columns = Some(place("t_ms").zip(place("kernel")).ok_or_else(|| {
                    refuse(
                        format!("'{text}' has no columns t_ms and kernel"),
                        "Begin the file with the line t_ms,kernel.",
                    )
                })?);
                continue;
            };
            let number = |column: usize| {
                let field = fields.get(column).copied().unwrap_or_default();
                field.parse::<f64>().ok().filter(|x| x.is_finite()).ok_or_else(|| {
                    refuse(
                        format!("'{field}' is not a finite number"),
                        "Write a time in ms and the kernel's value there.",
                    )
                })
            };
            let (t, value) = (number(t_column)?, number(k_column)?);
            if t < 0.0 {
                return Err(refuse(
                    format!("the kernel is given at {t} ms: it is not causal"),
                    "A kernel tells what the past does: give times from 0 on.",
                ));
            }
            match times.len() {
                0 if t != 0.0 => {
                    return Err(refuse(format!("the first time is {t} ms"), "Begin at t = 0, where the present acts."));
                }
                0 => {}
                1 if t <= 0.0 => return Err(refuse(format!("{t} ms comes after 0 ms"), "Sort the lines by time.")),
                1 => spacing = t,
                // Times are printed with some six digits: a thousandth of the spacing is their rounding.
                n if (t - n as f64 * spacing).abs() > 1e-3 * spacing => {
                    return Err(refuse(
                        format!("{t} ms is not on the grid of the lines before, which are {spacing} ms apart"),
                        "Sample the kernel at equal distances.",
                    ));
                }
                _ => {}
            }
            times.push(t);
            values.push(value);
        }
        // The last time over the number of spacings has the fewest rounded digits.
        let spacing = match times.last() {
            Some(last) if times.len() > 1 => last / (times.len() - 1) as f64,
            _ => 1.0,
        };
        Kernel::sampled(spacing, values)
    }
}
