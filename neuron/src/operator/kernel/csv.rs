//! Reading a kernel from a file.

use std::fs::File;
use std::path::Path;

use super::Kernel;
use crate::error::{Error, Result};
use crate::interop::Rows;

impl Kernel {
    /// A kernel from a CSV file with columns `t_ms` and `kernel`, sampled at equal distances from t = 0 on; blank lines and
    /// lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// A file that cannot be read; with its line, a header without the two columns, a field that is not a finite number, a
    /// negative time (a kernel is causal), a first time other than 0, times that are not equally spaced.
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let mut rows = Rows::new(path, File::open(path).map_err(Error::read(path))?)?;
        let place = |name: &str| rows.names().unwrap_or_default().iter().position(|known| known == name);
        let (t_column, k_column) = place("t_ms").zip(place("kernel")).ok_or_else(|| {
            let mend = "Begin the file with the line t_ms,kernel.";
            rows.at(format!("'{}' has no columns t_ms and kernel", rows.names().unwrap_or_default().join(",")), mend)
        })?;
        let (mut times, mut values): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        let mut spacing = 0.0;
        while rows.next()?.is_some() {
            let refuse = |problem: String, mend: &str| rows.at(problem, mend);
            let (t, value) = (rows.number(t_column, "t_ms")?, rows.number(k_column, "kernel")?);
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
