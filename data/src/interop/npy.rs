//! One NumPy array: the `.npy` format, versions 1 to 3, of one dimension or of two columns.
//!
//! Source: *numpy.lib.format* of NumPy's reference. The crates that know the format bring a parser generator and, for archives, four
//! compression libraries; of the format a column needs forty lines.

use std::io::Read;

use super::columns::Values;

/// Most values of the arrays of one file, 512 MiB as numbers: a few bytes of a ZIP can claim to be any number of them.
pub(super) const MOST_VALUES: usize = 1 << 26;
/// Longest header, in bytes.
const MOST_HEADER: usize = 1 << 16;

pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
/// Data begin at a multiple of so many bytes.
const ALIGN: usize = 64;

/// The array as a file.
///
/// # Errors
/// The row, from 1, of a whole number that would change: NumPy has no whole number that is missing.
pub(super) fn write(values: &Values) -> Result<Vec<u8>, String> {
    let (kind, data): (String, Vec<u8>) = match values {
        Values::Numbers(x) => ("<f8".into(), x.iter().flat_map(|x| x.to_le_bytes()).collect()),
        Values::Whole(x) => ("<i8".into(), x.iter().flat_map(|x| x.to_le_bytes()).collect()),
        // NumPy's whole numbers are all there; where one is missing they are numbers.
        Values::Counts(x) => match x.iter().copied().collect::<Option<Vec<u64>>>() {
            Some(all) if all.iter().any(|&x| x > i64::MAX as u64) => {
                ("<u8".into(), all.iter().flat_map(|x| x.to_le_bytes()).collect())
            }
            Some(all) => return write(&Values::Whole(all.iter().map(|&x| x as i64).collect())),
            None => {
                let changes = |x: &Option<u64>| x.is_some_and(|x| x as f64 as u128 != u128::from(x));
                return match x.iter().position(changes) {
                    None => write(&Values::Numbers(values.numbers().unwrap_or_default())),
                    Some(row) => {
                        let given = x[row].unwrap_or_default();
                        Err(format!(
                            "row {}: {given} would change, since a number is missing in the column; write .csv",
                            row + 1
                        ))
                    }
                };
            }
        },
        Values::Text(x) => {
            // NumPy's text is UTF-32 of a fixed length, filled up with zeros; a length of 0 it does not take.
            let width = x.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
            let padded = |text: &String| {
                let chars: Vec<u32> = text.chars().map(u32::from).collect();
                (0..width).map(|i| chars.get(i).copied().unwrap_or(0)).flat_map(u32::to_le_bytes).collect::<Vec<u8>>()
            };
            (format!("<U{width}"), x.iter().flat_map(padded).collect())
        }
    };
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({},), }}", values.len());
    let before = MAGIC.len() + 4;
    let filled = (before + header.len() + 1).next_multiple_of(ALIGN);
    header.extend(std::iter::repeat_n(' ', filled - before - header.len() - 1));
    header.push('\n');
    let length = u16::try_from(header.len()).unwrap_or(u16::MAX).to_le_bytes();
    Ok([MAGIC, &[1, 0], &length, header.as_bytes(), &data].concat())
}

/// Reads an array; an array of one row or one column is taken as of one dimension, one of two columns or two rows as its two columns.
/// `left` is how many values there may be, and are after it.
///
/// # Errors
/// What is wrong with it, or which kind of values it has that are neither numbers nor text.
pub(super) fn read(input: &mut impl Read, left: &mut usize) -> Result<Vec<Values>, String> {
    let mut take = |bytes: usize| {
        let mut taken = Vec::new();
        let count = input.take(bytes as u64).read_to_end(&mut taken).map_err(|error| error.to_string())?;
        Ok::<_, String>((taken, count))
    };
    let cut = || "it ends within its header".to_owned();
    let (begin, _) = take(MAGIC.len() + 2)?;
    let version = begin.strip_prefix(MAGIC).ok_or("it is no NumPy array")?.first().copied().ok_or_else(cut)?;
    let bytes = match version {
        1 => 2,
        2 | 3 => 4,
        _ => return Err(format!("its version {version} is not known")),
    };
    let length = take(bytes)?.0.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte));
    let (header, count) = take(length.min(MOST_HEADER))?;
    if count < length {
        return Err(cut());
    }
    let header = std::str::from_utf8(&header).map_err(|_| "its header is no text")?;
    let kind = quoted(header, "descr")
        .ok_or_else(|| format!("its values are of a kind that is not read: {}", header.trim()))?;
    let shape = header.split_once("'shape':").and_then(|(_, rest)| rest.split_once('(')?.1.split_once(')'));
    let (shape, _) = shape.ok_or("its header names no shape")?;
    let sizes: Vec<usize> = shape
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty())
        .map(|size| size.trim_end_matches('L').parse().map_err(|_| format!("its shape is ({shape})")))
        .collect::<Result<_, _>>()?;
    let by_columns =
        header.split_once("'fortran_order':").is_some_and(|(_, rest)| rest.trim_start().starts_with("True"));
    // Whether two columns are mixed value by value, or stand behind each other.
    let mixed = match sizes.iter().filter(|&&size| size != 1).collect::<Vec<_>>()[..] {
        [] | [_] => None,
        [_, 2] if sizes.len() == 2 => Some(!by_columns),
        [2, _] if sizes.len() == 2 => Some(by_columns),
        _ => return Err(format!("it has the shape ({shape}), and one dimension or two columns are read")),
    };
    let width = width_of(kind)?;
    let count = sizes.iter().try_fold(1, |count: usize, &size| count.checked_mul(size));
    let needed = count.and_then(|count| count.checked_mul(width)).ok_or_else(|| unread(kind))?;
    let count = needed / width;
    if count > *left || needed > 8 * MOST_VALUES {
        return Err(format!("it has {count} values of {width} bytes, and {MOST_VALUES} of 8 are read at most"));
    }
    *left -= count;
    let (data, found) = take(needed)?;
    if found < needed {
        return Err(format!("it has {found} of {needed} bytes of values"));
    }
    let values = values(kind, width, &data)?;
    Ok(match mixed {
        None => vec![values],
        Some(true) => vec![values.picked((0..count).step_by(2)), values.picked((1..count).step_by(2))],
        Some(false) => vec![values.picked(0..count / 2), values.picked(count / 2..count)],
    })
}

fn unread(kind: &str) -> String {
    format!("its values are of the kind '{kind}', and numbers and text are read")
}

/// Bytes of a value of a kind as NumPy names it: byte order, letter, bytes.
fn width_of(kind: &str) -> Result<usize, String> {
    let size = kind.get(2..).and_then(|size| size.parse::<usize>().ok()).filter(|&size| size > 0);
    let width = size.and_then(|size| if kind.as_bytes()[1] == b'U' { size.checked_mul(4) } else { Some(size) });
    width.filter(|_| kind.starts_with(['<', '|', '=', '>'])).ok_or_else(|| unread(kind))
}

/// The value of a key that is a text in single or double quotes.
fn quoted<'h>(header: &'h str, key: &str) -> Option<&'h str> {
    let after = header.split_once(&format!("'{key}':"))?.1.trim_start();
    let quote = after.chars().next().filter(|c| "'\"".contains(*c))?;
    after[1..].split_once(quote).map(|(value, _)| value)
}

/// The values of a kind, each of `width` bytes.
fn values(kind: &str, width: usize, data: &[u8]) -> Result<Values, String> {
    let big = kind.starts_with('>');
    let items = data.chunks_exact(width);
    // Up to sixteen bytes, the lowest first.
    let low_first = |item: &[u8]| {
        let mut bytes = [0; 16];
        bytes[..item.len()].copy_from_slice(item);
        if big {
            bytes[..item.len()].reverse();
        }
        u128::from_le_bytes(bytes)
    };
    let unsigned = |item: &[u8]| low_first(item) as u64;
    let letter = kind.as_bytes()[1];
    Ok(match (letter, width) {
        (b'f', 8) => Values::Numbers(items.map(|item| f64::from_bits(unsigned(item))).collect()),
        (b'f', 4) => Values::Numbers(items.map(|item| f64::from(f32::from_bits(unsigned(item) as u32))).collect()),
        (b'f', 2) => Values::Numbers(items.map(|item| half(unsigned(item) as u16)).collect()),
        (b'f', 12 | 16) => {
            let extended: Option<Vec<f64>> = items.map(|item| extended(low_first(item))).collect();
            Values::Numbers(
                extended.ok_or_else(|| format!("its kind '{kind}' is not that of x86; write astype('f8')"))?,
            )
        }
        (b'b', 1) | (b'u', 1 | 2 | 4) => Values::Whole(items.map(|item| unsigned(item) as i64).collect()),
        (b'u', 8) => match items.clone().map(|item| i64::try_from(unsigned(item)).ok()).collect() {
            Some(whole) => Values::Whole(whole),
            None => Values::Counts(items.map(|item| Some(unsigned(item))).collect()),
        },
        (b'i', 1 | 2 | 4 | 8) => {
            let unused = 64 - 8 * width as u32;
            Values::Whole(items.map(|item| ((unsigned(item) << unused) as i64) >> unused).collect())
        }
        (b'U', _) => {
            let text = |item: &[u8]| {
                let codes = item.chunks_exact(4).map(|code| unsigned(code) as u32).take_while(|&code| code != 0);
                codes.map(char::from_u32).collect::<Option<String>>().ok_or("it has text that is no Unicode")
            };
            Values::Text(items.map(text).collect::<Result<_, _>>()?)
        }
        _ => return Err(unread(kind)),
    })
}

/// A number of 16 bits (IEEE 754): a sign, 5 bits of the exponent, 10 of the fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// A number of 80 bits, as `numpy.longdouble` is on x86: a sign, 15 bits of the exponent, 64 of the fraction, whose highest is that before the
/// point. `None` for what is not of this form: the same name stands for other forms elsewhere.
fn extended(bits: u128) -> Option<f64> {
    let (fraction, exponent) = (bits as u64, (bits >> 64 & 0x7fff) as i32);
    if bits >> 80 != 0 || (fraction >> 63 == 0) != (exponent == 0) {
        return None;
    }
    let size = match exponent {
        0x7fff if fraction << 1 == 0 => f64::INFINITY,
        0x7fff => f64::NAN,
        // In two factors, either of which is a number.
        _ => {
            let power = (exponent - 16383 - 63).clamp(-1200, 1100);
            fraction as f64 * 2f64.powi(power / 2) * 2f64.powi(power - power / 2)
        }
    };
    Some(if bits >> 79 & 1 == 1 { -size } else { size })
}
