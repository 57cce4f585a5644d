//! One PNG as grey values.

use std::path::Path;

use png::{ColorType, Decoder, Transformations};

use super::{MOST_DEFLATED, MOST_PIXELS, refused};
use crate::error::Result;

/// A picture in grey.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Grey values in 0..=1, row by row.
    pub pixels: Vec<f32>,
}

/// The last chunk of every PNG, with its length and checksum.
const END: [u8; 12] = [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82];
const WANTED: &str = "Give a whole PNG file";

/// Reads a PNG from memory; `path` is what messages call it.
///
/// Grey of 1 to 16 bits is divided by its largest value; colour and palettes become luma, 0.299 R + 0.587 G + 0.114 B (ITU-R
/// BT.601, on the values as stored, without linearising gamma); what is transparent is blended on black.
///
/// # Errors
/// A file that is not a PNG, is cut off, damaged or goes on after its end; a size that its bytes cannot fill, or above 2²⁸ pixels.
pub fn decode_png(path: &Path, bytes: &[u8]) -> Result<Picture> {
    let unreadable =
        |why: png::DecodingError| refused(path, format!("it cannot be read as PNG ({why})"), &format!("{WANTED}."));
    let mut decoder = Decoder::new(bytes);
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let (width, height) = reader.info().size();
    let area = u64::from(width) * u64::from(height);
    // A row takes a byte more than its pixels, of one bit or more.
    let least = (area / 8).max(u64::from(height));
    if area == 0 || area > MOST_PIXELS || least > (bytes.len() as u64).saturating_mul(MOST_DEFLATED) {
        let problem = format!("it says {width} x {height} pixels and holds {} bytes", bytes.len());
        return Err(refused(path, problem, &format!("{WANTED} of at most {MOST_PIXELS} pixels.")));
    }
    if !bytes.ends_with(&END) {
        return Err(refused(
            path,
            "it does not end as a PNG ends",
            &format!("{WANTED}; this one is cut off or goes on."),
        ));
    }
    // The decoder takes a palette on trust, and panics at one that ends inside a colour.
    if reader.info().palette.as_ref().is_some_and(|colours| colours.len() % 3 != 0 || colours.len() > 3 * 256) {
        return Err(refused(path, "its palette is damaged", &format!("{WANTED}.")));
    }
    let mut raw = vec![0; reader.output_buffer_size()];
    let frame = reader.next_frame(&mut raw).map_err(unreadable)?;
    let samples: Vec<f32> = match frame.bit_depth {
        png::BitDepth::Sixteen => {
            raw.chunks_exact(2).map(|pair| f32::from(u16::from_be_bytes([pair[0], pair[1]])) / 65535.0).collect()
        }
        _ => raw.iter().map(|value| f32::from(*value) / 255.0).collect(),
    };
    // Weights that sum to one in f32 could still reach above it by rounding.
    let luma = |c: &[f32]| (0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]).min(1.0);
    let pixels: Vec<f32> = match frame.color_type {
        ColorType::Grayscale => samples,
        ColorType::GrayscaleAlpha => samples.chunks_exact(2).map(|c| c[0] * c[1]).collect(),
        ColorType::Rgb => samples.chunks_exact(3).map(luma).collect(),
        ColorType::Rgba => samples.chunks_exact(4).map(|c| luma(c) * c[3]).collect(),
        // EXPAND has made colours of it.
        ColorType::Indexed => return Err(refused(path, "its palette is missing", &format!("{WANTED}."))),
    };
    Ok(Picture { width: width as usize, height: height as usize, pixels })
}
