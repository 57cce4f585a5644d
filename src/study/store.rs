//! The store of a study: a journal of finished cells that survives whatever happens to the process.
//!
//! A journal is a text file to which one line is appended, in one write, for every cell as soon as it is done:
//!
//! ```text
//! CHECKSUM c KEY NANOSECONDS FIELD,FIELD,…      a cell: its key, how long it took, its row as CSV
//! CHECKSUM r JSON                               a run begins: where, when, by which version and options
//! ```
//!
//! The checksum (CRC-32 of the rest of the line) and the line's end tell a whole line from a torn one: a process that is
//! killed can leave at most the last line torn, and the next one drops it. Lines of cells that nobody asks for any more (an
//! earlier version, an earlier state of the file) stay and do no harm.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

use super::Key;
use crate::error::{Error, Result};

/// How often what was written is also forced to the disk: what a power cut can cost. A kill costs nothing that was written.
const SYNC: Duration = Duration::from_secs(5);

/// A journal that is appended to, and any number of others that are read.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// The journal first, then the others.
    files: Vec<(PathBuf, File)>,
    cells: HashMap<Key, Place>,
    /// JSON of the runs, in the order of the files.
    runs: Vec<String>,
    damaged: u64,
    /// Length of the journal.
    end: u64,
    synced: Instant,
    window: Window,
}

/// A stretch of a file in memory: records are read about in the order they were written, a call to the system for many.
#[derive(Debug, Default)]
struct Window {
    file: u32,
    offset: u64,
    bytes: Vec<u8>,
}

/// Length of a window.
const WINDOW: u64 = 1 << 20;

/// Gives the journal back, also where a process that is just being started still holds a copy of the open file.
impl Drop for Store {
    fn drop(&mut self) {
        // A lock that was never had is no loss.
        let _ = FileExt::unlock(&self.inner().files[0].1);
    }
}

/// Where the line of a cell is.
#[derive(Clone, Copy, Debug)]
struct Place {
    file: u32,
    length: u32,
    offset: u64,
}

/// A stored cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// How long it took.
    pub elapsed: Duration,
    /// Its row, as a line of CSV.
    pub row: String,
}

impl Store {
    /// Opens a journal, making it where it is missing, and locks it against other processes; a torn last line is dropped.
    ///
    /// # Errors
    /// [`Error::Write`] where it cannot be made or written, or where another process has it.
    pub fn open(path: impl Into<PathBuf>) -> Result<Store> {
        let path = path.into();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(Error::write(folder))?;
        }
        let mut file = File::options().read(true).append(true).create(true).open(&path).map_err(Error::write(&path))?;
        // Some network file systems have no locks: there it is left to the user to start a share once.
        if let Err(TryLockError::WouldBlock) = FileExt::try_lock(&file) {
            let reason = "another process is writing it (the same study, or the same share of it, is running)";
            return Err(Error::write(&path)(std::io::Error::new(std::io::ErrorKind::WouldBlock, reason)));
        }
        let mut inner = Inner {
            files: Vec::new(),
            cells: HashMap::new(),
            runs: Vec::new(),
            damaged: 0,
            end: 0,
            synced: Instant::now(),
            window: Window::default(),
        };
        let whole = inner.read(&mut file, 0).map_err(Error::read(&path))?;
        file.set_len(whole).map_err(Error::write(&path))?;
        inner.end = whole;
        inner.files.push((path.clone(), file));
        Ok(Store { path, inner: Mutex::new(inner) })
    }

    /// Forgets all that is stored: the journal is empty afterwards.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn clear(&self) -> Result<()> {
        let mut inner = self.inner();
        inner.files[0].1.set_len(0).map_err(Error::write(&self.path))?;
        inner.files.truncate(1);
        inner.window = Window::default();
        inner.cells.clear();
        inner.runs.clear();
        (inner.damaged, inner.end) = (0, 0);
        Ok(())
    }

    /// Adds the cells of another journal, which is only read; cells known already stay as they are.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn include(&self, path: &Path) -> Result<()> {
        let mut file = File::open(path).map_err(Error::read(path))?;
        let mut inner = self.inner();
        let index = inner.files.len() as u32;
        inner.read(&mut file, index).map_err(Error::read(path))?;
        inner.files.push((path.to_owned(), file));
        Ok(())
    }

    /// Where the journal is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a cell is done.
    pub fn contains(&self, key: Key) -> bool {
        self.inner().cells.contains_key(&key)
    }

    /// Appends a cell, in one write. `row` is a line of CSV without its end.
    ///
    /// # Errors
    /// [`Error::Write`]; what was stored before stays good.
    pub fn append(&self, key: Key, record: &Record) -> Result<()> {
        let line = checked(&format!("c {key} {} {}", record.elapsed.as_nanos(), record.row));
        let mut inner = self.inner();
        let offset = self.write(&mut inner, &line)?;
        inner.cells.insert(key, Place { file: 0, length: line.len() as u32, offset });
        Ok(())
    }

    /// Copies a cell into the journal where only another one has it.
    ///
    /// # Errors
    /// [`Error::Read`] and [`Error::Write`].
    pub fn adopt(&self, key: Key) -> Result<()> {
        if self.inner().cells.get(&key).is_none_or(|place| place.file == 0) {
            return Ok(());
        }
        match self.record(key)? {
            Some(record) => self.append(key, &record),
            None => Ok(()),
        }
    }

    /// Appends the description of a run: JSON on one line.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn begin_run(&self, json: &str) -> Result<()> {
        let mut inner = self.inner();
        self.write(&mut inner, &checked(&format!("r {json}")))?;
        inner.runs.push(json.to_owned());
        Ok(())
    }

    /// The descriptions of all runs that the cells may be of.
    pub fn runs(&self) -> Vec<String> {
        self.inner().runs.clone()
    }

    /// Lines that were neither whole nor the last: damage to the file. Their cells count as not done.
    pub fn damaged(&self) -> u64 {
        self.inner().damaged
    }

    /// Reads a cell; `None` where it is not done.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn record(&self, key: Key) -> Result<Option<Record>> {
        let mut inner = self.inner();
        let Some(place) = inner.cells.get(&key).copied() else { return Ok(None) };
        let Inner { files, window, .. } = &mut *inner;
        let (path, file) = &mut files[place.file as usize];
        let line = window.line(file, place).map_err(Error::read(&*path))?;
        let record = whole(line).and_then(cell).map(|(_, record)| record);
        let changed = || std::io::Error::new(std::io::ErrorKind::InvalidData, "it was changed by something else");
        record.ok_or_else(|| Error::read(&*path)(changed())).map(Some)
    }

    /// Forces what was written to the disk.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn sync(&self) -> Result<()> {
        self.inner().files[0].1.sync_data().map_err(Error::write(&self.path))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a line at the end and gives its place; a write that fails half-way is taken back.
    fn write(&self, inner: &mut Inner, line: &str) -> Result<u64> {
        let offset = inner.end;
        let file = &mut inner.files[0].1;
        if let Err(error) = file.write_all(line.as_bytes()) {
            // Where even this fails, the torn line is dropped by the next process.
            let _ = file.set_len(offset);
            return Err(Error::write(&self.path)(error));
        }
        inner.end += line.len() as u64;
        if inner.synced.elapsed() > SYNC {
            inner.files[0].1.sync_data().map_err(Error::write(&self.path))?;
            inner.synced = Instant::now();
        }
        Ok(offset)
    }
}

impl Window {
    /// The line at `place`, which is in `file`.
    fn line(&mut self, file: &mut File, place: Place) -> std::io::Result<&[u8]> {
        let length = u64::from(place.length);
        let end = self.offset + self.bytes.len() as u64;
        if self.file != place.file || place.offset < self.offset || place.offset + length > end {
            self.bytes.clear();
            file.seek(SeekFrom::Start(place.offset))?;
            (&*file).take(WINDOW.max(length)).read_to_end(&mut self.bytes)?;
            (self.file, self.offset) = (place.file, place.offset);
        }
        let start = (place.offset - self.offset) as usize;
        // A file that has become shorter: what is left cannot have its checksum.
        Ok(self.bytes.get(start..start + place.length as usize).unwrap_or_default())
    }
}

impl Inner {
    /// Takes in the lines of a journal; gives the length of what is whole of it.
    fn read(&mut self, file: &mut File, index: u32) -> std::io::Result<u64> {
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut line = Vec::new();
        let mut offset = 0;
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)?;
            if line.last() != Some(&b'\n') {
                return Ok(offset);
            }
            let content = whole(&line);
            if let Some((key, _)) = content.and_then(cell) {
                let place = Place { file: index, length: length as u32, offset };
                self.cells.entry(key).or_insert(place);
            } else if let Some(json) = content.and_then(|content| content.strip_prefix("r ")) {
                self.runs.push(json.to_owned());
            } else {
                self.damaged += 1;
            }
            offset += length as u64;
        }
    }
}

/// A line with its checksum and end.
fn checked(content: &str) -> String {
    format!("{:08x} {content}\n", crc32fast::hash(content.as_bytes()))
}

/// The content of a line whose checksum is right.
fn whole(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (sum, content) = line.split_once(' ')?;
    (sum == format!("{:08x}", crc32fast::hash(content.as_bytes()))).then_some(content)
}

fn cell(content: &str) -> Option<(Key, Record)> {
    let mut parts = content.strip_prefix("c ")?.splitn(3, ' ');
    let key = parts.next()?.parse().ok()?;
    let elapsed = Duration::from_nanos(parts.next()?.parse().ok()?);
    Some((key, Record { elapsed, row: parts.next()?.to_owned() }))
}
