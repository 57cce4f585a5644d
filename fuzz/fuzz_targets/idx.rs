//! A pair of IDX files, images and labels: whatever is accepted is a set of pixels in 0..=1 with a class for each image.
//!
//! The first two bytes say how long the first file is.
#![no_main]

use spikestep::recognition::Images;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((length, files)) = bytes.split_first_chunk::<2>() else { return };
    let (images, labels) = files.split_at(usize::from(u16::from_be_bytes(*length)).min(files.len()));
    if let Ok(set) = Images::parse_idx(("images".as_ref(), images), ("labels".as_ref(), labels)) {
        assert!(set.len() > 0 && set.labels().iter().all(|label| *label < set.classes().len()));
        assert!((0..set.len()).all(|index| set.image(index).len() == set.width() * set.height()));
    }
});
