//! A PNG of a folder of images: whatever is accepted has a grey value in 0..=1 for each pixel.
#![no_main]

use spikestep::recognition::data::decode_png;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(picture) = decode_png("fuzz.png".as_ref(), bytes) {
        assert_eq!(picture.pixels.len(), picture.width * picture.height);
        assert!(picture.pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
    }
});
