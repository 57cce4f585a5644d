//! The SVG of a figure as PNG (resvg) and PDF (svg2pdf), with the embedded font and no other.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use svg2pdf::{ConversionOptions, PageOptions};

use crate::style::{FONT, FONT_NAME};

/// Pixels of the SVG per inch: CSS fixes them.
const SVG_DPI: f32 = 96.0;
/// What journals ask of a raster image.
const PNG_DPI: f32 = 300.0;

fn tree(svg: &str) -> Result<Tree, String> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(FONT)));
        Arc::new(fonts)
    });
    let options = Options { fontdb: fonts.clone(), font_family: FONT_NAME.to_owned(), ..Options::default() };
    Tree::from_str(svg, &options).map_err(|e| e.to_string())
}

pub(crate) fn png(svg: &str) -> Result<Vec<u8>, String> {
    let tree = tree(svg)?;
    let scale = PNG_DPI / SVG_DPI;
    let size = tree.size().to_int_size().scale_by(scale).ok_or("the figure has no area")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("the figure has no area")?;
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    encode(&pixels).map_err(|e| e.to_string())
}

/// The sheet is opaque, and of long runs of one colour: without alpha, filters and haste it takes a third of the bytes.
fn encode(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let opaque: Vec<u8> = pixels.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_filter(png::FilterType::NoFilter);
    encoder.set_compression(png::Compression::Best);
    encoder.write_header()?.write_image_data(&opaque)?;
    Ok(bytes)
}

pub(crate) fn pdf(svg: &str) -> Result<Vec<u8>, String> {
    svg2pdf::to_pdf(&tree(svg)?, ConversionOptions::default(), PageOptions { dpi: SVG_DPI }).map_err(|e| e.to_string())
}
