//! Files of MNIST's format (IDX): <http://yann.lecun.com/exdb/mnist/>, plain or gzipped.
//!
//! Big-endian. Two zero bytes, the type of the elements (8: unsigned bytes, the only one read here), the number of dimensions
//! (3: images, rows, columns; 1: labels), each dimension as u32, then the elements and nothing else.

use std::io::Read;
use std::path::Path;

use flate2::bufread::GzDecoder;

use super::{Images, MOST_DEFLATED, MOST_PIXELS, refused};
use crate::error::Result;
use crate::whole::read_bytes;

const WANTED: &str = "Give a whole file of MNIST's format (IDX), gzipped or plain";

impl Images {
    /// Reads a pair of IDX files as MNIST's, each gzipped or plain (by its first bytes, whatever its name).
    ///
    /// Pixels are bytes divided by 255. Classes are 0 up to the largest label, named by their numbers.
    ///
    /// # Errors
    /// [`Error::Read`](crate::Error::Read); a file that is not IDX, holds other elements than unsigned bytes, is cut off or goes on after its end; no
    /// images or no pixels; numbers of images and labels that differ.
    pub fn from_idx(images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<Self> {
        let (images, labels) = (images.as_ref(), labels.as_ref());
        Self::parse_idx((images, &read_bytes(images)?), (labels, &read_bytes(labels)?))
    }

    /// Reads IDX from memory as [`from_idx`](Self::from_idx); the paths are what messages call the two.
    ///
    /// # Errors
    /// As there.
    pub fn parse_idx(images: (&Path, &[u8]), labels: (&Path, &[u8])) -> Result<Self> {
        let ([count, height, width], grey) = elements::<3>(images.0, images.1, "images")?;
        let ([labelled], numbers) = elements::<1>(labels.0, labels.1, "labels")?;
        if count != labelled {
            return Err(refused(
                labels.0,
                format!("{labelled} labels for the {count} images of {}", images.0.display()),
                "Give the labels of these images, one each.",
            ));
        }
        let most = numbers.iter().copied().max().map_or(0, usize::from);
        Images::new(
            width,
            height,
            grey.into_iter().map(|grey| f32::from(grey) / 255.0).collect(),
            numbers.into_iter().map(usize::from).collect(),
            (0..=most).map(|class| class.to_string()).collect(),
        )
    }
}

/// The dimensions and the elements of a file of `N` dimensions, none of them zero.
fn elements<const N: usize>(path: &Path, bytes: &[u8], what: &str) -> Result<([usize; N], Vec<u8>)> {
    let gzipped = bytes.starts_with(&[0x1f, 0x8b]);
    // What the bytes can hold at most, so that a header cannot ask for more memory than its file is worth.
    let room = if gzipped { (bytes.len() as u64).saturating_mul(MOST_DEFLATED) } else { bytes.len() as u64 };
    let mut plain = bytes;
    let mut inflated = GzDecoder::new(bytes);
    let source: &mut dyn Read = if gzipped { &mut inflated } else { &mut plain };

    let mut magic = [0; 4];
    fill(source, &mut magic).map_err(|why| refused(path, why, &format!("{WANTED}.")))?;
    if magic[..2] != [0, 0] || magic[3] == 0 {
        return Err(refused(path, format!("it begins with {magic:02x?}, which is not IDX"), &format!("{WANTED}.")));
    }
    if magic[2..] != [8, N as u8] {
        return Err(refused(
            path,
            format!("elements of type {:#04x} in {} dimensions where {what} are wanted", magic[2], magic[3]),
            "Images are unsigned bytes (0x08) in 3 dimensions, labels in 1; were the two files swapped?",
        ));
    }
    let mut dimensions = [0; N];
    for size in &mut dimensions {
        let mut word = [0; 4];
        fill(source, &mut word).map_err(|why| refused(path, why, &format!("{WANTED}.")))?;
        *size = u32::from_be_bytes(word) as usize;
    }
    let shape = dimensions.map(|size| size.to_string()).join(" x ");
    let wanted = dimensions.iter().try_fold(1u64, |all, size| all.checked_mul(*size as u64));
    let wanted = match wanted {
        Some(0) => return Err(refused(path, format!("{shape} {what}: nothing"), &format!("{WANTED}."))),
        Some(wanted) if wanted <= room => wanted,
        _ => {
            let problem = format!("it says {shape} and holds {} bytes", bytes.len());
            return Err(refused(path, problem, &format!("{WANTED}; this one is cut off or damaged.")));
        }
    };
    if wanted > MOST_PIXELS {
        return Err(refused(path, format!("{shape} pixels"), &format!("At most {MOST_PIXELS} are read: take a part.")));
    }
    // Grows with what is there, not with what the header says; one more byte shows a file that goes on.
    let mut elements = Vec::new();
    let all = source.take(wanted + 1).read_to_end(&mut elements);
    all.map_err(|why| refused(path, damaged(&why), &format!("{WANTED}.")))?;
    let after = if gzipped { inflated.into_inner().len() } else { 0 };
    if elements.len() as u64 != wanted || after > 0 {
        let problem = if (elements.len() as u64) < wanted {
            format!("{} of {wanted} bytes of {what} ({shape})", elements.len())
        } else {
            format!("it goes on after its {wanted} bytes of {what} ({shape})")
        };
        return Err(refused(path, problem, &format!("{WANTED}; this one is cut off or damaged.")));
    }
    Ok((dimensions, elements))
}

/// Fills `buffer`, or says why not.
fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> std::result::Result<(), String> {
    source.read_exact(buffer).map_err(|why| damaged(&why))
}

fn damaged(why: &std::io::Error) -> String {
    match why.kind() {
        std::io::ErrorKind::UnexpectedEof => "it ends too early".into(),
        _ => format!("its gzip cannot be read ({why})"),
    }
}
