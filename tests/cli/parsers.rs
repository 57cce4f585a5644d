//! Text from outside, mutated: whatever is read is refused with a message or is right, and nothing panics.
//!
//! The seeds are the fuzz targets' corpus (`fuzz/`). A fixed number of mutations of each is tried at every run;
//! `SPIKESTEP_FUZZ_SECONDS=600 cargo test --test cli parsers` goes on for that long, with each parser, from another seed.

use std::path::Path;
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use spikestep::model::NeuronSpec;
use spikestep::recognition::data::{Images, decode_png};
use spikestep::spike::parse_spike_train;
use spikestep::study::StudyFile;
use spikestep::study::dt_list;

/// Mutations tried where no time is given.
const CASES: usize = 3000;
/// What parsers trip over: signs of the formats, ends of the ranges of numbers, bytes that are no text.
const PIECES: [&[u8]; 24] = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\n",
    b"\r",
    b"\"",
    b"'",
    b"[",
    b"]]",
    b"=",
    b"{",
    b"<",
    b"/>",
    b"<!--",
    b"&amp;",
    b"&#0;",
    b"#",
    b",,",
    b"..",
    b"-",
    b"1e309",
    b"99999999999999999999",
    b"nan",
    "µ".as_bytes(),
];

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// One to eight changes: a byte, a piece put in, a part cut out, a part copied, the end of another seed.
fn mutated(seeds: &[Vec<u8>], random: &mut impl Rng) -> Vec<u8> {
    let mut bytes = seeds[random.random_range(0..seeds.len())].clone();
    for _ in 0..random.random_range(1..=8) {
        let at = random.random_range(0..=bytes.len());
        let end = random.random_range(at..=bytes.len().min(at + 40));
        match random.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] = random.random(),
            1 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            2 => drop(bytes.splice(at..at, PIECES[random.random_range(0..PIECES.len())].iter().copied())),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let part = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, part));
            }
            _ => {
                let other = &seeds[random.random_range(0..seeds.len())];
                bytes.truncate(at);
                bytes.extend_from_slice(&other[random.random_range(0..=other.len())..]);
            }
        }
    }
    bytes
}

/// Tries `parse` on mutations of the seeds of `target`; a panic names the bytes that made it.
#[allow(clippy::print_stdout)] // How much was tried.
fn fuzz(target: &str, parse: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    if crate::common::packaged() {
        return;
    }
    let seeds = seeds(target);
    let seconds = std::env::var("SPIKESTEP_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut random = ChaCha8Rng::seed_from_u64(seconds.map_or(1, |_| u64::from(std::process::id())));
    let mut tried = 0usize;
    while until.map_or(tried < CASES, |until| Instant::now() < until) {
        let bytes = mutated(&seeds, &mut random);
        let begun = Instant::now();
        if std::panic::catch_unwind(|| parse(&bytes)).is_err() {
            panic!("{target}, input {tried}: {:?}", String::from_utf8_lossy(&bytes));
        }
        // No input this short is worth seconds; on a loaded machine ten of them are.
        assert!(begun.elapsed() < Duration::from_secs(10), "{target} is slow: {:?}", String::from_utf8_lossy(&bytes));
        tried += 1;
    }
    println!("{target}: {tried} inputs");
}

#[test]
fn lists_of_steps() {
    fuzz("dt_list", |bytes| {
        if let Ok(values) = dt_list::parse("--dt", &String::from_utf8_lossy(bytes)) {
            assert!(!values.is_empty() && values.iter().all(|x| x.is_finite() && *x > 0.0));
        }
    });
}

#[test]
fn study_files() {
    fuzz("study_toml", |bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        if let Ok(file) = StudyFile::parse("fuzz.toml".as_ref(), text, spikestep::SchemeSet::standard()) {
            let _ = file.check();
        }
    });
}

#[test]
fn neuroml_files() {
    fuzz("neuroml", |bytes| {
        if let Ok(spec) = NeuronSpec::from_neuroml("fuzz.nml".as_ref(), &String::from_utf8_lossy(bytes), None) {
            assert!(spec.neuron.validate().is_ok() && spec.initial.is_finite() && spec.input_scale.is_finite());
        }
    });
}

#[test]
fn spike_trains() {
    fuzz("spike_csv", |bytes| {
        if let Ok(train) = parse_spike_train("fuzz.csv".as_ref(), bytes) {
            assert!(train.times().iter().all(|t| t.is_finite()) && train.times().windows(2).all(|w| w[0] <= w[1]));
        }
    });
}

#[test]
fn idx_files() {
    fuzz("idx", |bytes| {
        let Some((length, files)) = bytes.split_first_chunk::<2>() else { return };
        let (images, labels) = files.split_at(usize::from(u16::from_be_bytes(*length)).min(files.len()));
        if let Ok(set) = Images::parse_idx(("images".as_ref(), images), ("labels".as_ref(), labels)) {
            assert!(set.len() > 0 && set.labels().iter().all(|label| *label < set.classes().len()));
            assert!((0..set.len()).all(|index| set.image(index).len() == set.width() * set.height()));
        }
    });
}

#[test]
fn png_files() {
    fuzz("png_image", |bytes| {
        // Behind a wrong checksum nothing would be tried: the mutated chunks get their own.
        for bytes in [bytes.to_vec(), with_checksums(bytes.to_vec())] {
            if let Ok(picture) = decode_png("fuzz.png".as_ref(), &bytes) {
                assert_eq!(picture.pixels.len(), picture.width * picture.height);
                assert!(picture.pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
            }
        }
    });
}

/// A PNG whose chunks, as far as they can be followed, have the right checksums.
fn with_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let end = at.saturating_add(8).saturating_add(length);
        if end.saturating_add(4) > bytes.len() {
            break;
        }
        let checksum = crc32fast::hash(&bytes[at + 4..end]).to_be_bytes();
        bytes[end..end + 4].copy_from_slice(&checksum);
        at = end + 4;
    }
    bytes
}
