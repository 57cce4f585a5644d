//! A folder with one sub-folder of PNGs a class.

use std::path::{Path, PathBuf};

use super::{Images, MOST_PIXELS, decode_png, refused};
use crate::column::harmless;
use crate::error::{Error, Result};
use crate::whole::read_bytes;

const LAYOUT: &str = "Give a folder with one sub-folder of PNG files for each class";

impl Images {
    /// Reads a folder whose sub-folders are the classes and hold PNG files, all of one size (grey as [`decode_png`] makes it).
    ///
    /// Classes and files are in the order of their names, numbers by value (9 before 10); other files, and names that begin with
    /// a dot, are passed over.
    ///
    /// # Errors
    /// [`Error::Read`]; no sub-folder, or one without a PNG; a file that is not a whole PNG or of another size than the first: each
    /// names the file.
    pub fn from_folder(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let folders = entries(path, |entry| entry.is_dir())?;
        if folders.is_empty() {
            return Err(refused(path, "no folder of a class in it", &format!("{LAYOUT}.")));
        }
        let (mut pixels, mut labels, mut classes) = (Vec::new(), Vec::new(), Vec::new());
        let mut first: Option<(usize, usize, PathBuf)> = None;
        for folder in folders {
            let is_png = |entry: &Path| entry.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
            let files = entries(&folder, |entry| is_png(entry) && !entry.is_dir())?;
            if files.is_empty() {
                return Err(refused(&folder, "no PNG file in it", &format!("{LAYOUT}.")));
            }
            for file in files {
                let bytes = read_bytes(&file)?;
                let picture = decode_png(&file, &bytes)?;
                let size = first.get_or_insert_with(|| (picture.width, picture.height, file.clone()));
                if (picture.width, picture.height) != (size.0, size.1) {
                    let (width, height, of) = size;
                    let problem = format!(
                        "{} x {} pixels where {} has {width} x {height}",
                        picture.width,
                        picture.height,
                        of.display()
                    );
                    return Err(refused(&file, problem, "Make all images of one size."));
                }
                pixels.extend(picture.pixels);
                if pixels.len() as u64 > MOST_PIXELS {
                    return Err(refused(
                        path,
                        format!("more than {MOST_PIXELS} pixels"),
                        "Take fewer or smaller images.",
                    ));
                }
                labels.push(classes.len());
            }
            let class = name(&folder);
            if harmless(class.clone()) != class {
                let mend = "Rename the folder: a spreadsheet would take the name for a formula.";
                return Err(refused(&folder, "a class whose name begins with =, +, - or @", mend));
            }
            classes.push(class);
        }
        let (width, height, _) = first.expect("every folder has a file");
        Images::new(width, height, pixels, labels, classes)
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What is in a folder and wanted, in the order of its names.
fn entries(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::read(folder))? {
        let path = entry.map_err(Error::read(folder))?.path();
        if wanted(&path) && !name(&path).starts_with('.') {
            found.push(path);
        }
    }
    found.sort_by_cached_key(|path| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        (stem.parse::<u64>().unwrap_or(u64::MAX), name(path))
    });
    Ok(found)
}
