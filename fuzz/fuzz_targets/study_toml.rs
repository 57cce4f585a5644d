//! A study's file: read, and checked where it can be read.
#![no_main]

use spikestep::study::StudyFile;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(file) = StudyFile::parse("fuzz.toml".as_ref(), text.to_owned(), spikestep::SchemeSet::standard()) {
        let _ = file.check();
    }
});
