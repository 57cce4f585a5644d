//! Images from the program, from IDX files and from PNGs: what is read is right, and what is wrong is named.

use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use spikestep::recognition::data::{Images, decode_png};

fn idx(sizes: &[u32], elements: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, sizes.len() as u8];
    sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
    bytes.extend(elements);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn parse(images: &[u8], labels: &[u8]) -> spikestep::Result<Images> {
    Images::parse_idx((Path::new("images"), images), (Path::new("labels"), labels))
}

fn message(images: &[u8], labels: &[u8]) -> String {
    parse(images, labels).unwrap_err().to_string()
}

/// A PNG of the samples as they are stored.
fn png_of(width: u32, height: u32, color: png::ColorType, depth: png::BitDepth, raw: &[u8], palette: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if !palette.is_empty() {
        encoder.set_palette(palette.to_vec());
    }
    encoder.write_header().unwrap().write_image_data(raw).unwrap();
    bytes
}

fn grey(width: u32, height: u32, raw: &[u8]) -> Vec<u8> {
    png_of(width, height, png::ColorType::Grayscale, png::BitDepth::Eight, raw, &[])
}

#[test]
fn the_digits_are_those_of_the_repository() {
    let digits = Images::digits();
    // The data set's own count of each class in its test part (optdigits.names).
    let mut classes = [0; 10];
    digits.labels().iter().for_each(|label| classes[*label] += 1);
    assert_eq!(classes, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    // Sixteenths, 0 and 1 among them.
    let all = || (0..digits.len()).flat_map(|index| digits.image(index));
    assert!(all().all(|pixel| (pixel * 16.0).fract() == 0.0));
    assert_eq!((all().copied().fold(1.0, f32::min), all().copied().fold(0.0, f32::max)), (0.0, 1.0));
}

#[test]
fn a_split_is_disjoint_seeded_and_fair() {
    let digits = Images::digits();
    let split = digits.split(1200, 597, 7).unwrap();
    let mut all: Vec<usize> = split.training.iter().chain(&split.test).copied().collect();
    all.sort_unstable();
    assert_eq!(all, (0..1797).collect::<Vec<_>>());
    assert_eq!(split, digits.split(1200, 597, 7).unwrap());
    assert_ne!(split, digits.split(1200, 597, 8).unwrap());
    // Smaller parts of the same seed are the beginning of the same order.
    assert_eq!(digits.split(100, 50, 7).unwrap().training, split.training[..100]);
    // Over 200 seeds picture 0 trains 200·1200/1797 = 133.6 times, with a standard deviation of 6.7: five of them is 33.
    let trained = (0..200).filter(|seed| digits.split(1200, 597, *seed).unwrap().training.contains(&0)).count();
    assert!((100..168).contains(&trained), "{trained}");
    for (training, test) in [(0, 10), (10, 0), (1797, 1), (usize::MAX, 1)] {
        assert!(digits.split(training, test, 1).unwrap_err().to_string().contains("Ask for fewer"));
    }
}

#[test]
fn idx_files_are_read_plain_and_gzipped_whatever_their_names() {
    let (images, labels) = (idx(&[2, 1, 3], &[0, 51, 255, 255, 0, 102]), idx(&[2], &[3, 0]));
    let plain = parse(&images, &labels).unwrap();
    assert_eq!((plain.len(), plain.width(), plain.height()), (2, 3, 1));
    assert_eq!(plain.image(0), [0.0, 0.2, 1.0]);
    assert_eq!(plain.labels(), [3, 0]);
    assert_eq!(plain.classes(), ["0", "1", "2", "3"]);
    assert_eq!(parse(&gzip(&images), &gzip(&labels)).unwrap(), plain);
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("images.gz"), folder.path().join("labels.bin"));
    std::fs::write(&first, &images).unwrap();
    std::fs::write(&second, gzip(&labels)).unwrap();
    assert_eq!(Images::from_idx(&first, &second).unwrap(), plain);
    assert!(Images::from_idx(folder.path().join("none"), &second).unwrap_err().to_string().contains("none"));
}

#[test]
fn a_bad_idx_file_is_named_and_its_fault_said() {
    let (images, labels) = (idx(&[2, 1, 3], &[0; 6]), idx(&[2], &[3, 0]));
    let with = |bytes: &[u8], more: &[u8]| [bytes, more].concat();
    let huge = idx(&[u32::MAX, u32::MAX, u32::MAX], &[0; 6]);
    let four = idx(&[1 << 20, 1 << 6, 1 << 6], &[0; 6]);
    let floats = [&[0, 0, 0x0d, 3], &images[4..]].concat();
    for (images, labels, parts) in [
        (&b""[..], &labels[..], ["images: ", "ends too early"]),
        (&images[..9], &labels, ["images: ", "ends too early"]),
        (b"\x89PNG....", &labels, ["images: ", "not IDX"]),
        (&floats, &labels, ["images: ", "type 0x0d"]),
        (&labels, &images, ["images: ", "swapped"]),
        (&images[..20], &labels, ["images: ", "4 of 6 bytes"]),
        (&with(&images, b"x"), &labels, ["images: ", "goes on after its 6 bytes"]),
        (&idx(&[0, 28, 28], &[]), &labels, ["images: ", "nothing"]),
        (&idx(&[2, 0, 3], &[]), &labels, ["images: ", "nothing"]),
        (&images, &idx(&[0], &[]), ["labels: ", "nothing"]),
        (&images, &idx(&[3], &[0, 1, 2]), ["labels: 3 labels for the 2 images", "one each"]),
        (&huge, &labels, ["images: ", "cut off or damaged"]),
        (&gzip(&huge), &labels, ["images: ", "cut off or damaged"]),
        (&gzip(&four), &labels, ["images: ", "cut off or damaged"]),
        (&gzip(&images)[..12], &labels, ["images: ", "too early"]),
        (&gzip(&images[..20]), &labels, ["images: ", "4 of 6 bytes"]),
        (&gzip(&with(&images, b"x")), &labels, ["images: ", "goes on"]),
        (&with(&gzip(&images), b"x"), &labels, ["images: ", "goes on"]),
    ] {
        let message = message(images, labels);
        assert!(parts.iter().all(|part| message.contains(part)), "{message}\n{parts:?}");
        assert!(message.ends_with('.') || message.ends_with('?'), "{message}");
        assert_eq!(message.lines().count(), 1);
    }
    let mut damaged = gzip(&images);
    let crc = damaged.len() - 6;
    damaged[crc] ^= 1;
    assert!(message(&damaged, &labels).contains("gzip cannot be read"));
}

#[test]
fn grey_colour_palettes_and_depths_become_grey() {
    use png::{BitDepth::*, ColorType::*};
    let path = Path::new("a.png");
    let pixels = |bytes: &[u8]| decode_png(path, bytes).unwrap().pixels;
    assert_eq!(pixels(&grey(3, 1, &[0, 51, 255])), [0.0, 0.2, 1.0]);
    assert_eq!(pixels(&png_of(3, 1, Grayscale, One, &[0b1010_0000], &[])), [1.0, 0.0, 1.0]);
    assert_eq!(pixels(&png_of(2, 1, Grayscale, Sixteen, &[0x33, 0x33, 0xff, 0xff], &[])), [0.2, 1.0]);
    assert_eq!(pixels(&png_of(2, 1, GrayscaleAlpha, Eight, &[255, 51, 51, 255], &[])), [0.2, 0.2]);
    // Luma of pure red, green, blue and white: the weights of BT.601, and 1.
    let near = |found: Vec<f32>, wanted: &[f32]| {
        assert_eq!(found.len(), wanted.len());
        assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() <= 2.0 * f32::EPSILON), "{found:?}");
    };
    let colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    near(pixels(&png_of(4, 1, Rgb, Eight, &colours, &[])), &[0.299, 0.587, 0.114, 1.0]);
    near(pixels(&png_of(4, 1, Indexed, Two, &[0b00_01_10_11], &colours)), &[0.299, 0.587, 0.114, 1.0]);
    near(pixels(&png_of(1, 1, Rgba, Eight, &[255, 255, 255, 51], &[])), &[0.2]);
    let wide: Vec<u8> = colours.iter().flat_map(|value| [*value, *value]).collect();
    near(pixels(&png_of(4, 1, Rgb, Sixteen, &wide, &[])), &[0.299, 0.587, 0.114, 1.0]);
}

#[test]
fn a_bad_png_is_named_and_its_fault_said() {
    let whole = grey(40, 40, &(0..1600).map(|i| (i * 7 % 251) as u8).collect::<Vec<_>>());
    let refused = |bytes: &[u8]| decode_png(Path::new("3/b.png"), bytes).unwrap_err().to_string();
    for bytes in [&b""[..], b"GIF89a", &whole[..20], &whole[..whole.len() / 2], &whole[..whole.len() - 1]] {
        assert!(refused(bytes).starts_with("3/b.png: it "), "{}", refused(bytes));
    }
    assert!(refused(&[&whole[..], b"x"].concat()).contains("does not end as a PNG"));
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x10;
    assert!(refused(&flipped).contains("cannot be read as PNG"));
    // A palette of four bytes, one colour and a third.
    let mut cut = png_of(1, 1, png::ColorType::Indexed, png::BitDepth::Eight, &[0], &[1, 2, 3, 4, 5, 6]);
    cut[36] = 4;
    cut.drain(45..47);
    let crc = crc32fast::hash(&cut[37..45]);
    cut[45..49].copy_from_slice(&crc.to_be_bytes());
    assert!(refused(&cut).contains("palette is damaged"), "{}", refused(&cut));
    // A header of 16000 x 16000 (with its checksum) before the data of 40 x 40: 256 MB that are not there.
    let mut large = grey(16000, 1, &[0; 16000]);
    large[22] = 0x3e;
    large[23] = 0x80;
    let crc = crc32fast::hash(&large[12..29]);
    large[29..33].copy_from_slice(&crc.to_be_bytes());
    assert!(refused(&large).contains("16000 x 16000"), "{}", refused(&large));
}

#[test]
fn a_folder_is_read_class_by_class() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let refused = || Images::from_folder(folder.path()).unwrap_err().to_string();
    assert!(refused().contains("no folder of a class"));
    put("9/2.png", &grey(2, 1, &[51, 0]));
    put("9/10.PNG", &grey(2, 1, &[102, 0]));
    put("10/a.png", &grey(2, 1, &[255, 255]));
    put("10/notes.txt", b"not an image");
    put("10/._a.png", b"not an image");
    put("README", b"about");
    put(".git/x", b"");
    let images = Images::from_folder(folder.path()).unwrap();
    // Numbers by value: class 9 before 10, image 2 before 10.
    assert_eq!(images.classes(), ["9", "10"]);
    assert_eq!(images.labels(), [0, 0, 1]);
    assert_eq!(
        (images.image(0), images.image(1), images.image(2)),
        (&[0.2, 0.0][..], &[0.4, 0.0][..], &[1.0, 1.0][..])
    );
    put("10/b.png", &grey(1, 2, &[0, 0]));
    let message = refused();
    assert!(message.contains("b.png: 1 x 2 pixels where") && message.contains("2 x 1"), "{message}");
    put("10/b.png", b"\x89PNG");
    assert!(refused().contains("b.png: it cannot be read"));
    std::fs::remove_file(folder.path().join("10/b.png")).unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    assert!(refused().contains("empty: no PNG file"));
    assert!(Images::from_folder(folder.path().join("README")).unwrap_err().to_string().starts_with("cannot read"));
}

#[test]
fn a_set_that_does_not_fit_is_refused() {
    let names = || vec!["a".to_owned(), "b".to_owned()];
    assert!(Images::new(1, 2, vec![0.0, 1.0], vec![1], names()).is_ok());
    for (width, pixels, labels) in [
        (1, vec![], vec![]),
        (0, vec![], vec![0]),
        (1, vec![0.0], vec![0]),
        (usize::MAX, vec![0.0, 0.0], vec![0]),
        (1, vec![0.0, 1.1], vec![0]),
        (1, vec![0.0, f32::NAN], vec![0]),
        (1, vec![0.0, 1.0], vec![2]),
    ] {
        assert!(Images::new(width, 2, pixels, labels, names()).is_err());
    }
}

proptest! {
    /// Whatever is written comes back, in either form.
    #[test]
    fn idx_round_trip(
        (width, height, elements, labels) in (1usize..6, 1usize..6, 1usize..9).prop_flat_map(|(w, h, n)| {
            (Just(w), Just(h), prop::collection::vec(any::<u8>(), w * h * n), prop::collection::vec(any::<u8>(), n))
        }),
        zipped in any::<bool>(),
    ) {
        let images = idx(&[labels.len() as u32, height as u32, width as u32], &elements);
        let numbers = idx(&[labels.len() as u32], &labels);
        let set = if zipped { parse(&gzip(&images), &gzip(&numbers)) } else { parse(&images, &numbers) }.unwrap();
        prop_assert_eq!((set.len(), set.width(), set.height()), (labels.len(), width, height));
        for (index, label) in labels.iter().enumerate() {
            prop_assert_eq!(set.labels()[index], usize::from(*label));
            let wanted = &elements[index * width * height..(index + 1) * width * height];
            let back: Vec<u8> = set.image(index).iter().map(|pixel| (pixel * 255.0).round() as u8).collect();
            prop_assert_eq!(&back, wanted);
        }
    }

    /// A file cut off anywhere is refused, never half read.
    #[test]
    fn a_part_of_an_idx_file_is_no_idx_file(cut in 0.0..1.0f64, zipped in any::<bool>()) {
        let whole = idx(&[3, 4, 5], &(0..60).collect::<Vec<u8>>());
        let whole = if zipped { gzip(&whole) } else { whole };
        let part = &whole[..(whole.len() as f64 * cut) as usize];
        prop_assert!(parse(part, &idx(&[3], &[0, 1, 2])).is_err());
    }

    /// Any picture survives its PNG, and no part of it is taken for a picture.
    #[test]
    fn png_round_trip(
        (width, raw) in (1usize..8, 1usize..8).prop_flat_map(|(w, h)| (Just(w), prop::collection::vec(any::<u8>(), w * h))),
        cut in 0.0..1.0f64,
    ) {
        let bytes = grey(width as u32, (raw.len() / width) as u32, &raw);
        let picture = decode_png(Path::new("p.png"), &bytes).unwrap();
        prop_assert_eq!(picture.pixels, raw.iter().map(|value| f32::from(*value) / 255.0).collect::<Vec<_>>());
        prop_assert!(decode_png(Path::new("p.png"), &bytes[..(bytes.len() as f64 * cut) as usize]).is_err());
    }
}
