//! The journal, whatever befalls its last line or its middle.

use std::time::Duration;

use proptest::prelude::*;
use spikestep::study::{Key, KeyBuilder, Record, Store};

fn key(n: usize) -> Key {
    KeyBuilder::new("test").number("n", n as f64).key()
}

fn record(n: usize) -> Record {
    Record { elapsed: Duration::from_nanos(1000 + n as u64), row: format!("{n},\"a, b\",,{}", n as f64 / 3.0).into() }
}

/// A journal of `cells` cells and a run in between, and where its lines end.
fn journal(path: &std::path::Path, cells: usize) -> Vec<u64> {
    let store = Store::open(path).unwrap();
    let mut ends = vec![];
    for n in 0..cells {
        store.append(key(n), record(n)).unwrap();
        ends.push(std::fs::metadata(path).unwrap().len());
        if n == 1 {
            store.begin_run("{\"a\":1}").unwrap();
        }
    }
    ends
}

#[test]
fn cut_at_any_byte_the_whole_lines_are_kept_and_the_next_is_good() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("all.log");
    let ends = journal(&path, 4);
    let bytes = std::fs::read(&path).unwrap();
    for length in 0..=bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let whole = ends.iter().filter(|&&end| end <= length as u64).count();
        let store = Store::open(&path).unwrap();
        assert_eq!(store.damaged(), 0);
        for n in 0..4 {
            assert_eq!(store.record(key(n)), (n < whole).then(|| record(n)), "cut at {length}");
        }
        store.append(key(9), record(9)).unwrap();
        drop(store);
        let store = Store::open(&path).unwrap();
        assert_eq!((store.damaged(), store.record(key(9))), (0, Some(record(9))), "cut at {length}");
        assert_eq!(store.contains(key(3)), whole == 4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// CRC-32 finds every change of up to 32 bits in a row: a changed byte costs the cells of its lines, never gives a wrong one.
    #[test]
    fn a_changed_byte_never_gives_a_wrong_record(at in 0.0..1.0, change in 1u8..=255) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("all.log");
        journal(&path, 4);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = (at * bytes.len() as f64) as usize;
        bytes[at] ^= change;
        std::fs::write(&path, &bytes).unwrap();
        let store = Store::open(&path).unwrap();
        let mut kept = 0;
        for n in 0..4 {
            if let Some(found) = store.record(key(n)) {
                prop_assert_eq!(found, record(n));
                kept += 1;
            }
        }
        // A line end that is changed joins two lines; a new one parts one.
        prop_assert!(kept >= 2);
        store.append(key(9), record(9)).unwrap();
        drop(store);
        prop_assert_eq!(Store::open(&path).unwrap().record(key(9)), Some(record(9)));
    }
}

#[test]
fn a_store_that_cannot_grow_says_so_and_keeps_what_it_has() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("all.log");
    journal(&path, 2);
    let first = Store::open(&path).unwrap();
    let message = Store::open(&path).unwrap_err().to_string();
    assert!(message.contains("another process is writing it"), "{message}");
    drop(first);
    let other = directory.path().join("other.log");
    let store = Store::open(&other).unwrap();
    store.include(&path).unwrap();
    store.adopt(key(0)).unwrap();
    store.adopt(key(0)).unwrap();
    drop(store);
    let store = Store::open(&other).unwrap();
    assert_eq!(store.record(key(0)), Some(record(0)));
    assert!(!store.contains(key(1)));
}

/// A checksum says that a line is whole, not that it has the fields of its cell.
#[test]
fn rows_of_other_columns_are_run_again() {
    use crate::bench::{Bench, SMALL, counts};
    let bench = Bench::new(SMALL);
    bench.stdout("run study.toml --out whole");
    bench.stdout("run study.toml --out out");
    let journal = bench.path("out/journal/all.log");
    let text = std::fs::read_to_string(&journal).unwrap();
    let mut changed = 0;
    let lines = text.lines().map(|line| {
        let (_, content) = line.split_once(' ').unwrap();
        // A field less, a field more, and text in the place of a number.
        let other = match (content.starts_with("c "), changed) {
            (true, 0) => content.rsplit_once(',').unwrap().0.to_owned(),
            (true, 1) => format!("{content},1"),
            (true, 2) => format!("{},x", content.rsplit_once(',').unwrap().0),
            _ => return line.to_owned(),
        };
        changed += 1;
        format!("{:08x} {other}", crc32fast::hash(other.as_bytes()))
    });
    let lines: Vec<String> = lines.collect();
    std::fs::write(&journal, lines.join("\n") + "\n").unwrap();
    let text = bench.stdout("run study.toml --out out");
    assert_eq!(counts(&text), (24, 3, 21));
    assert!(text.contains("3 damaged lines of out/journal/all.log"), "{text}");
    assert_eq!(bench.results("out"), bench.results("whole"));
    assert_eq!(counts(&bench.stdout("run study.toml --out out")), (24, 0, 24));
}
