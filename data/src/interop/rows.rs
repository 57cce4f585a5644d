//! Rows of fields of a text file, one at a time, as programs write them.
//!
//! Fields are separated by tabs, semicolons, commas or blanks, whichever the first row has, in this order. Empty lines and lines that begin
//! with `#` are passed over. The first row names the columns unless all of it is numbers; then a comment just before it may name them, as
//! `numpy.savetxt(header=...)` writes it. Every row has as many fields as the first one, but for rows of bare numbers between blanks, which
//! may be of any length. Lines are counted here and not by the csv crate, whose positions begin at the comments before a record.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Terminator, Trim};

use crate::error::{Error, Result};
use crate::quantity::Number;

/// Longest line that is read, in bytes: a file without ends of lines is no text.
const MOST_LINE: u64 = 1 << 28;

/// The rows of a text file.
pub struct Rows<R> {
    path: PathBuf,
    input: BufReader<R>,
    /// The last line that was read, from 1, and the one that the row begins in.
    last: u64,
    line: u64,
    text: String,
    /// `b' '` stands for white space of any length.
    separator: Option<u8>,
    comment: String,
    record: StringRecord,
    /// Whether the record is still to be given.
    waits: bool,
    /// Fields of a row; `None` where rows may be of any length.
    width: Option<usize>,
    names: Option<Vec<String>>,
}

impl<R: Read> Rows<R> {
    /// Begins to read; `path` is what messages call the file.
    ///
    /// # Errors
    /// What [`next`](Self::next) refuses, and a name of a column that is there twice.
    pub fn new(path: &Path, input: R) -> Result<Self> {
        let (path, input) = (path.to_owned(), BufReader::with_capacity(1 << 16, input));
        let (text, comment, record) = (String::new(), String::new(), StringRecord::new());
        let mut rows = Rows {
            path,
            input,
            last: 0,
            line: 0,
            text,
            separator: None,
            comment,
            record,
            waits: false,
            width: None,
            names: None,
        };
        if !rows.read()? {
            return Ok(rows);
        }
        if rows.record.iter().all(|field| field.is_empty() || is_number(field)) {
            rows.waits = true;
            rows.width = (rows.separator != Some(b' ')).then_some(rows.record.len());
        } else {
            rows.width = Some(rows.record.len());
            // Quotes after a blank are none to the csv crate; in a name they are.
            rows.names = Some(rows.record.iter().map(|name| name.trim_matches('"').to_owned()).collect());
        }
        let names = rows.names.as_deref().unwrap_or_default();
        if let Some((_, twice)) = names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
            return Err(rows.at(format!("the column '{twice}' is there twice"), "Give every column a name of its own."));
        }
        Ok(rows)
    }

    /// The names of the columns, where the file has them.
    pub fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// The names that a comment just before the first row of a file without names has, if they are as many as the fields.
    pub fn commented_names(&self) -> Option<Vec<String>> {
        let mut names = StringRecord::new();
        fields(&self.comment, self.separator?, &mut names);
        let fits = names.len() == self.record.len() && !names.iter().any(|name| name.is_empty() || is_number(name));
        (fits && self.waits).then(|| names.iter().map(|name| name.trim_matches('"').to_owned()).collect())
    }

    /// Fields of every row; `None` where rows may be of any length.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// The number of the line that the row last given begins in, from 1; the last line after the last row.
    pub fn line(&self) -> u64 {
        self.line.max(1)
    }

    /// The fields of the next row, without white space and quotes around them.
    ///
    /// # Errors
    /// [`Error::Read`]; [`Error::Line`] for text that is not UTF-8, a quote that is left open, a row longer or shorter than the first.
    #[allow(clippy::should_implement_trait)] // what is lent lasts until the next call
    pub fn next(&mut self) -> Result<Option<&StringRecord>> {
        if !std::mem::take(&mut self.waits) && !self.read()? {
            return Ok(None);
        }
        if let Some(width) = self.width.filter(|&width| width != self.record.len()) {
            let fields = |n: usize| if n == 1 { "1 field".to_owned() } else { format!("{n} fields") };
            let problem = format!("{} where the first row has {width}", fields(self.record.len()));
            let mend = "Give as many fields in every row, with decimal points and not commas.";
            return Err(self.at(problem, mend));
        }
        Ok(Some(&self.record))
    }

    /// What is wrong with the row last given.
    pub fn at(&self, problem: impl Into<String>, mend: impl Into<String>) -> Error {
        Error::Line { path: self.path.clone(), line: self.line(), problem: problem.into(), mend: mend.into() }
    }

    /// A field of the row last given as a finite number.
    ///
    /// # Errors
    /// [`Error::Line`] for one that is none; `what` it should be.
    pub fn number<N: Number>(&self, column: usize, what: &str) -> Result<N> {
        let field = self.record.get(column).unwrap_or_default();
        field.parse::<N>().ok().filter(|x| (*x).into().is_finite()).ok_or_else(|| {
            self.at(
                format!("{what} is '{}', not a finite number", shorten(field)),
                "Give numbers such as 12.5, with a decimal point.",
            )
        })
    }

    fn open_quote(&self) -> Error {
        self.at("a quote is left open", "Close it, or remove it: numbers need none.")
    }

    /// Reads the next row that is neither empty nor a comment; `false` at the end.
    fn read(&mut self) -> Result<bool> {
        loop {
            self.line = self.last + 1;
            let mut bytes = std::mem::take(&mut self.text).into_bytes();
            bytes.clear();
            let mut open = false;
            // A field in quotes may have ends of lines.
            loop {
                let from = bytes.len();
                if !self.read_line(&mut bytes)? {
                    if open {
                        return Err(self.open_quote());
                    }
                    self.line = self.last;
                    return Ok(false);
                }
                let first = bytes[from..].trim_ascii_start().first();
                open ^= bytes[from..].iter().filter(|&&byte| byte == b'"').count() % 2 == 1;
                if !open || (from == 0 && first == Some(&b'#')) {
                    break;
                }
            }
            let mend = "Give a text file in UTF-8, or NumPy's .npy or .npz.";
            self.text = String::from_utf8(bytes).map_err(|_| self.at("this is not UTF-8 text", mend))?;
            match self.text.trim().strip_prefix('#') {
                Some(comment) => self.comment = comment.trim().to_owned(),
                None if self.text.trim().is_empty() => {}
                None => break,
            }
        }
        let separator = *self.separator.get_or_insert_with(|| separator(&self.text));
        if self.text.contains('"') {
            self.record = split(&self.text, separator);
        } else {
            self.record.clear();
            fields(&self.text, separator, &mut self.record);
        }
        // NEST 2 ends its lines with a tab.
        let spare = self.width.map_or(2, |width| width + 1);
        if separator == b'\t' && self.record.len() >= spare && self.record.iter().next_back() == Some("") {
            self.record.truncate(self.record.len() - 1);
        }
        Ok(true)
    }

    /// Adds a line to the bytes; `false` at the end.
    fn read_line(&mut self, bytes: &mut Vec<u8>) -> Result<bool> {
        let from = bytes.len();
        let most = MOST_LINE - from as u64;
        let count = (&mut self.input).take(most).read_until(b'\n', bytes).map_err(Error::read(&self.path))?;
        self.last += u64::from(count > 0);
        if self.last == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        if count as u64 == most || bytes[from.min(bytes.len())..].contains(&0) {
            return Err(self.at("this is no text", "Give a text file, or NumPy's .npy or .npz."));
        }
        Ok(count > 0)
    }
}

/// Which character separates the fields of the first row.
fn separator(text: &str) -> u8 {
    [b'\t', b';', b','].into_iter().find(|&byte| text.trim_end().bytes().any(|b| b == byte)).unwrap_or(b' ')
}

/// Adds the fields of a line without quotes.
fn fields(text: &str, separator: u8, record: &mut StringRecord) {
    if separator != b' ' {
        let line = text.trim_end_matches(['\n', '\r']);
        return line.split(char::from(separator)).for_each(|field| record.push_field(field.trim()));
    }
    // A unit in brackets belongs to the name before it: `time [ms]`.
    let mut rest = text.trim();
    while !rest.is_empty() {
        let mut end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let after = rest[end..].trim_start();
        if after.starts_with(['[', '(']) && !is_number(&rest[..end]) {
            end = rest.len() - after.len() + after.find([']', ')']).map_or(0, |at| at + 1);
        }
        record.push_field(rest[..end].trim());
        rest = rest[end..].trim_start();
    }
}

/// The fields of a line that may have quotes, of which none is open.
fn split(text: &str, separator: u8) -> StringRecord {
    let mut record = StringRecord::new();
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).trim(Trim::All).delimiter(separator).terminator(Terminator::Any(b'\n'));
    // Text in memory that is UTF-8 has no other error; the line's end makes the record whole.
    let _ = builder.from_reader(text.as_bytes()).read_record(&mut record);
    record
}

/// Whether a field is a number, and not a word such as `nan`.
pub(super) fn is_number(field: &str) -> bool {
    field.bytes().any(|byte| byte.is_ascii_digit()) && field.parse::<f64>().is_ok()
}

/// The first characters of a field, for a message.
pub(super) fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}
