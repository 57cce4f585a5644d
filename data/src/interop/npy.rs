//! One NumPy array: the `.npy` format, versions 1 to 3, of one dimension.
//!
//! Source: *numpy.lib.format* of NumPy's reference. The crates that know the format bring a parser generator and, for archives, four
//! compression libraries; of the format a column needs forty lines.

use super::columns::Values;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Data begin at a multiple of so many bytes.
const ALIGN: usize = 64;

/// The array as a file.
pub(super) fn write(values: &Values) -> Vec<u8> {
    let (kind, data): (String, Vec<u8>) = match values {
        Values::Numbers(x) => ("<f8".into(), x.iter().flat_map(|x| x.to_le_bytes()).collect()),
        Values::Whole(x) => ("<i8".into(), x.iter().flat_map(|x| x.to_le_bytes()).collect()),
        // NumPy's whole numbers are all there; where one is missing they are numbers.
        Values::Counts(x) => match x.iter().map(|x| x.and_then(|x| i64::try_from(x).ok())).collect() {
            Some(whole) => return write(&Values::Whole(whole)),
            None => return write(&Values::Numbers(values.numbers().unwrap_or_default())),
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
    [MAGIC, &[1, 0], &length, header.as_bytes(), &data].concat()
}

/// Reads an array; an array of one row or one column is taken as of one dimension.
///
/// # Errors
/// What is wrong with it, or which kind of values it has that are neither numbers nor text.
pub(super) fn read(bytes: &[u8]) -> Result<Values, String> {
    let cut = || "it ends within its header".to_owned();
    let rest = bytes.strip_prefix(MAGIC).ok_or("it is no NumPy array")?;
    let (length, rest) = match rest {
        [1, _, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
        [2 | 3, _, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, rest),
        [version, ..] => return Err(format!("its version {version} is not known")),
        [] => return Err(cut()),
    };
    let (header, data) = rest.split_at_checked(length).ok_or_else(cut)?;
    let header = std::str::from_utf8(header).map_err(|_| "its header is no text")?;
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
    if sizes.iter().filter(|&&size| size != 1).count() > 1 {
        return Err(format!("it has the shape ({shape}), and one dimension is read"));
    }
    let count = sizes.iter().product();
    values(kind, data, count)
}

/// The value of a key that is a text in single or double quotes.
fn quoted<'h>(header: &'h str, key: &str) -> Option<&'h str> {
    let after = header.split_once(&format!("'{key}':"))?.1.trim_start();
    let quote = after.chars().next().filter(|c| "'\"".contains(*c))?;
    after[1..].split_once(quote).map(|(value, _)| value)
}

/// `count` values of a kind as NumPy names it: byte order, letter, bytes.
fn values(kind: &str, data: &[u8], count: usize) -> Result<Values, String> {
    let unread = || format!("its values are of the kind '{kind}', and numbers and text are read");
    let mut letters = kind.chars();
    let (order, letter) = (letters.next().ok_or_else(unread)?, letters.next().ok_or_else(unread)?);
    let size: usize = letters.as_str().parse().map_err(|_| unread())?;
    let big = match order {
        '<' | '|' | '=' => false,
        '>' => true,
        _ => return Err(unread()),
    };
    let width = if letter == 'U' { size.checked_mul(4).ok_or_else(unread)? } else { size };
    if width == 0 {
        return Err(unread());
    }
    let needed = count.checked_mul(width).ok_or_else(unread)?;
    let data = data.get(..needed).ok_or_else(|| format!("it has {} of {needed} bytes of values", data.len()))?;
    let items = data.chunks_exact(width);
    // Up to eight bytes, the lowest first.
    let low_first = |item: &[u8]| {
        let mut bytes = [0; 8];
        bytes[..item.len()].copy_from_slice(item);
        if big {
            bytes[..item.len()].reverse();
        }
        bytes
    };
    let unsigned = |item: &[u8]| u64::from_le_bytes(low_first(item));
    Ok(match (letter, size) {
        ('f', 8) => Values::Numbers(items.map(|item| f64::from_bits(unsigned(item))).collect()),
        ('f', 4) => Values::Numbers(items.map(|item| f64::from(f32::from_bits(unsigned(item) as u32))).collect()),
        ('b', 1) | ('u', 1 | 2 | 4) => Values::Whole(items.map(|item| unsigned(item) as i64).collect()),
        ('u', 8) => Values::Numbers(items.map(|item| unsigned(item) as f64).collect()),
        ('i', 1 | 2 | 4 | 8) => {
            let unused = 64 - 8 * size as u32;
            Values::Whole(items.map(|item| ((unsigned(item) << unused) as i64) >> unused).collect())
        }
        ('U', _) => {
            let text = |item: &[u8]| {
                let codes = item.chunks_exact(4).map(|code| unsigned(code) as u32).take_while(|&code| code != 0);
                codes.map(char::from_u32).collect::<Option<String>>().ok_or("it has text that is no Unicode")
            };
            Values::Text(items.map(text).collect::<Result<_, _>>()?)
        }
        _ => return Err(unread()),
    })
}
