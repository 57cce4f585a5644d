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
//!
//! All rows are in memory: about 300 bytes a cell.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::table::line;
use super::{Key, Tabulated};
use crate::error::{Error, Result};

/// How often what was written is also forced to the disk: what a power cut can cost. A kill costs nothing that was written.
const SYNC: Duration = Duration::from_secs(5);

/// A journal that is appended to, and what was read from others.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    /// Whether it was made now.
    made: bool,
    /// Whether the lock is another process's.
    left: bool,
    journal: Mutex<Journal>,
}

#[derive(Debug)]
struct Journal {
    file: File,
    cells: HashMap<Key, Stored>,
    /// JSON of the runs, in the order in which they were read.
    runs: Vec<String>,
    damaged: u64,
    /// Length of the file \[bytes\].
    end: u64,
    synced: Instant,
}

#[derive(Debug)]
struct Stored {
    record: Record,
    /// Whether it stands in the journal itself, not only in another one.
    own: bool,
}

/// What is stored of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// How long it took.
    pub elapsed: Duration,
    /// Its row, as a line of CSV.
    pub row: Box<str>,
}

impl Record {
    /// What is stored of a cell that has given `output`.
    pub fn of<C: Tabulated>(cell: &C, output: &C::Output, elapsed: Duration) -> Self {
        Record { elapsed, row: line(&cell.row(output)).into() }
    }
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
        let made = !path.exists();
        let file = File::options().read(true).append(true).create(true).open(&path).map_err(Error::write(&path))?;
        // Some network file systems have no locks: there it is left to the user to start a share once.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            let reason = "another process is writing it (the same study, or the same share of it, is running)";
            return Err(Error::write(&path)(std::io::Error::new(std::io::ErrorKind::WouldBlock, reason)));
        }
        let (cells, runs) = (HashMap::new(), Vec::new());
        let mut journal = Journal { file, cells, runs, damaged: 0, end: 0, synced: Instant::now() };
        let mut reader = journal.file.try_clone().map_err(Error::read(&path))?;
        journal.end = journal.read(&mut reader, true).map_err(Error::read(&path))?;
        journal.file.set_len(journal.end).map_err(Error::write(&path))?;
        Ok(Store { path, made, left: false, journal: Mutex::new(journal) })
    }

    /// Forgets all that is stored: the journal is empty afterwards.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn clear(&self) -> Result<()> {
        let mut journal = self.journal();
        journal.file.set_len(0).map_err(Error::write(&self.path))?;
        journal.cells.clear();
        journal.runs.clear();
        (journal.damaged, journal.end) = (0, 0);
        Ok(())
    }

    /// Adds the cells of another journal, which is only read; cells known already stay as they are.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn include(&self, path: &Path) -> Result<()> {
        let mut file = File::open(path).map_err(Error::read(path))?;
        self.journal().read(&mut file, false).map(|_| ()).map_err(Error::read(path))
    }

    /// Forgets the rows of `cells` that `fits` does not hold of: a checksum says that a line is whole, not that it was written for these
    /// columns. They count as damaged.
    pub(super) fn forget_misfits(&self, cells: impl Iterator<Item = Key>, fits: impl Fn(&str) -> bool) {
        let mut journal = self.journal();
        for key in cells {
            if journal.cells.get(&key).is_some_and(|stored| !fits(&stored.record.row)) {
                journal.cells.remove(&key);
                journal.damaged += 1;
            }
        }
    }

    /// Removes the journal where it was made now and has no line, with its folder where that is empty then.
    pub fn remove_unused(&self) {
        if self.made && self.journal().end == 0 {
            let _ = std::fs::remove_file(&self.path);
            let _ = self.path.parent().map(std::fs::remove_dir);
        }
    }

    /// Closes the journal in a process that was forked from the one that has it, which keeps the lock.
    pub fn leave(mut self) {
        self.left = true;
    }

    /// Where the journal is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a cell is done.
    pub fn contains(&self, key: Key) -> bool {
        self.journal().cells.contains_key(&key)
    }

    /// Appends a cell, in one write. Its row is a line of CSV without its end.
    ///
    /// # Errors
    /// [`Error::Write`]; what was stored before stays good.
    pub fn append(&self, key: Key, record: Record) -> Result<()> {
        let mut journal = self.journal();
        journal
            .write(&format!("c {key} {} {}", record.elapsed.as_nanos(), record.row))
            .map_err(Error::write(&self.path))?;
        journal.cells.insert(key, Stored { record, own: true });
        Ok(())
    }

    /// Copies a cell into the journal where only another one has it.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn adopt(&self, key: Key) -> Result<()> {
        let of_another =
            self.journal().cells.get(&key).filter(|stored| !stored.own).map(|stored| stored.record.clone());
        of_another.map_or(Ok(()), |record| self.append(key, record))
    }

    /// Appends the description of a run: JSON on one line.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn begin_run(&self, json: &str) -> Result<()> {
        let mut journal = self.journal();
        journal.write(&format!("r {json}")).map_err(Error::write(&self.path))?;
        journal.runs.push(json.to_owned());
        Ok(())
    }

    /// The descriptions of all runs that the cells may be of.
    pub fn runs(&self) -> Vec<String> {
        self.journal().runs.clone()
    }

    /// Lines that were neither whole nor the last: damage to the file. Their cells count as not done.
    pub fn damaged(&self) -> u64 {
        self.journal().damaged
    }

    /// A cell; `None` where it is not done.
    pub fn record(&self, key: Key) -> Option<Record> {
        self.journal().cells.get(&key).map(|stored| stored.record.clone())
    }

    /// Forces what was written to the disk.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn sync(&self) -> Result<()> {
        self.journal().file.sync_data().map_err(Error::write(&self.path))
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the journal back, also where a process that is just being started still holds a copy of the open file.
impl Drop for Store {
    fn drop(&mut self) {
        if !self.left {
            // A lock that was never had is no loss.
            let _ = self.journal().file.unlock();
        }
    }
}

impl Journal {
    /// Appends a line with its checksum; a write that fails half-way is taken back.
    fn write(&mut self, content: &str) -> std::io::Result<()> {
        let line = format!("{:08x} {content}\n", crc32fast::hash(content.as_bytes()));
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // Where even this fails, the torn line is dropped by the next process.
            let _ = self.file.set_len(self.end);
            return Err(error);
        }
        self.end += line.len() as u64;
        if self.synced.elapsed() > SYNC {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }

    /// Takes in the lines of a journal, `own` where it is this one; gives the length of what is whole of it \[bytes\].
    fn read(&mut self, file: &mut File, own: bool) -> std::io::Result<u64> {
        let mut reader = BufReader::with_capacity(1 << 20, file);
        let mut line = Vec::new();
        let mut length = 0;
        loop {
            line.clear();
            let bytes = reader.read_until(b'\n', &mut line)?;
            if line.last() != Some(&b'\n') {
                return Ok(length);
            }
            let content = whole(&line);
            if let Some((key, record)) = content.and_then(cell) {
                // Of two lines of its own the later one was written because the earlier did not do.
                if own {
                    self.cells.insert(key, Stored { record, own });
                } else {
                    self.cells.entry(key).or_insert(Stored { record, own });
                }
            } else if let Some(json) = content.and_then(|content| content.strip_prefix("r ")) {
                self.runs.push(json.to_owned());
            } else {
                self.damaged += 1;
            }
            length += bytes as u64;
        }
    }
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
    Some((key, Record { elapsed, row: parts.next()?.into() }))
}
