//! Spike trains, traces and neurons of other programs' files, through the command.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use spikestep::interop::{Columns, TableFormat, Values};
use spikestep::spike::read_spike_train;

use crate::bench::Bench;

fn reference(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/interop")).join(name)
}

/// The times that `make.py` beside the files writes.
const TIMES: [f64; 3] = [3.1, 26.2, 77.0 / 3.0 + 30.0];

#[test]
fn archives_of_numpy_are_read() {
    assert_eq!(read_spike_train(reference("savez.npz")).unwrap().times(), TIMES);
    let columns = Columns::read(&reference("savez.npz")).unwrap();
    assert_eq!(columns.get("spike"), Some(&Values::Whole(vec![0, 1, 1])));
    assert_eq!(columns.get("scheme"), Some(&Values::Text(["rk4", "τ", ""].map(str::to_owned).to_vec())));
    // Compressed, f32 with the high byte first, and the only array, whatever its name.
    let rounded = TIMES.map(|t| f64::from(t as f32));
    assert_eq!(read_spike_train(reference("savez_compressed.npz")).unwrap().times(), rounded);
}

#[test]
fn what_numpy_writes_is_what_we_write() {
    let ours = {
        let columns = Columns::read(&reference("savez.npz")).unwrap();
        let mut bytes = Vec::new();
        Columns(columns.0[..1].to_vec()).write(TableFormat::Npz, &mut bytes).unwrap();
        bytes
    };
    // The array itself, header and data, byte for byte inside both archives.
    let theirs = std::fs::read(reference("savez.npz")).unwrap();
    let array = |bytes: &[u8]| {
        let at = bytes.windows(6).position(|w| w == b"\x93NUMPY").unwrap();
        bytes[at..at + 128 + 8 * TIMES.len()].to_vec()
    };
    assert_eq!(array(&ours), array(&theirs));
}

#[test]
fn tables_survive_every_format() {
    let bench = Bench::new();
    bench.write("a.csv", "scheme,k,t_ms,error\nrk4,1,0.1,\nτ,2,1e-300,-0.30000000000000004\n");
    let mut chain = vec!["b.npz", "c.csv"];
    if cfg!(feature = "parquet") {
        chain.splice(1..1, ["d.parquet", "e.npz"]);
    }
    let mut from = "a.csv";
    for to in chain {
        assert!(bench.run(&format!("convert {from} {to}")).ends_with("4 columns, 2 rows\n"));
        from = to;
    }
    let columns = |name: &str| Columns::read(&bench.path(name)).unwrap();
    let (a, c) = (columns("a.csv"), columns("c.csv"));
    assert_eq!(format!("{a:?}"), format!("{c:?}"), "NaN is equal to nothing, but it reads the same");
    // The same table, the same bytes.
    bench.run("convert a.csv again.npz");
    assert_eq!(std::fs::read(bench.path("b.npz")).unwrap(), std::fs::read(bench.path("again.npz")).unwrap());
}

#[test]
fn traces_and_trains_of_one_run_agree_in_all_formats() {
    let bench = Bench::new();
    let run = "--dt 0.5 --duration 100 --schemes rk4 --no-timing --json";
    bench.run(&format!("{run} --trace csv"));
    bench.run(&format!("{run} --trace npz --trace-format npz"));
    let read = |name: &str| Columns::read(&bench.path(name)).unwrap();
    let csv = read("csv/rk4_dt0.5.csv");
    assert_eq!(read("npz/rk4_dt0.5.npz").get("v_mV").unwrap().numbers(), csv.get("v_mV").unwrap().numbers());
    assert_eq!(read("npz/rk4_dt0.5.npz").get("spike"), csv.get("spike"));
    if cfg!(feature = "parquet") {
        bench.run(&format!("{run} --trace parquet --trace-format parquet"));
        assert_eq!(read("parquet/rk4_dt0.5.parquet"), read("npz/rk4_dt0.5.npz"));
    } else {
        assert!(bench.refusal(&format!("{run} --trace p --trace-format parquet")).contains("--features parquet"));
        assert!(!bench.path("p").exists());
    }
    bench.write("train.csv", "t_ms\n3.1\n26.2\n");
    bench.run("convert train.csv train.npz");
    let distance = bench.run("distance train.csv train.npz --json");
    assert!(distance.contains("\"max_spike_time_error_ms\": 0.0") && distance.contains("\"matched\": 2"), "{distance}");
}

#[cfg(feature = "parquet")]
#[test]
fn tables_of_pyarrow_are_read() {
    // The spikes of neurons 7, 7 and 8: two trains.
    let recording = spikestep::spike::read_spike_trains(reference("pyarrow.parquet"), None).unwrap();
    let trains: Vec<&[f64]> = recording.trains.iter().map(|train| train.train.times()).collect();
    assert_eq!(trains, [&TIMES[..2], &TIMES[2..]]);
    assert_eq!(
        Columns::read(&reference("pyarrow.parquet")).unwrap().get("neuron"),
        Some(&Values::Whole(vec![7, 7, 8]))
    );
}

#[test]
fn files_that_are_not_what_they_say_are_named() {
    let bench = Bench::new();
    bench.write("a.npz", "no archive");
    bench.write("two.csv", "x,y\n1,2\n");
    bench.write("text.csv", "t_ms\nten\n");
    bench.write("late.csv", "t_ms\n2\n1\n");
    for name in ["two", "text", "late"] {
        bench.run(&format!("convert {name}.csv {name}.npz"));
    }
    for (line, part) in [
        ("distance a.npz a.npz", "a.npz: no NumPy archive"),
        ("distance two.npz two.npz", "two.npz: no column holds times: 'x, y'"),
        ("distance text.npz text.npz", "text.npz: 'ten' is not a spike time, value 1 of its column"),
        ("distance late.npz late.npz", "late.npz: 1 ms comes after 2 ms, value 2 of its column"),
        ("convert two.csv two.txt", "the ending of two.txt"),
        ("convert two.txt two.npz", "the ending of two.txt"),
        ("convert none.csv two.npz", "cannot read none.csv"),
    ] {
        let said = bench.refusal(line);
        assert!(said.contains(part), "{line}: {said}");
    }
}

#[test]
fn a_neuroml_cell_fires_as_the_same_neuron_typed() {
    let bench = Bench::new();
    bench.write(
        "cells.nml",
        "<neuroml xmlns=\"http://www.neuroml.org/schema/neuroml2\" id=\"d\">\n\
         <izhikevichCell id=\"rs\" v0=\"-70mV\" thresh=\"30mV\" a=\"0.02\" b=\"0.2\" c=\"-65\" d=\"8\"/>\n\
         <izhikevich2007Cell id=\"rs2007\" v0=\"-60mV\" C=\"100pF\" k=\"0.7nS_per_mV\" vr=\"-60mV\" vt=\"-40mV\" vpeak=\"35mV\" \
         a=\"0.03per_ms\" b=\"-2nS\" c=\"-50mV\" d=\"100pA\"/></neuroml>\n",
    );
    let spikes = |neuron: &str| -> serde_json::Value {
        let text = bench.run(&format!("--dt 0.5 --duration 300 --schemes rk4 --no-timing --json {neuron}"));
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["truth"]["spike_times_ms"].take()
    };
    let rs = spikes("--neuron cells.nml#rs");
    assert!(rs.as_array().unwrap().len() > 3);
    assert_eq!(rs, spikes("--neuron RS --v0 -70"));
    let typed = "C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35";
    let rs2007 = spikes("--neuron cells.nml#rs2007 --input step:100");
    assert!(rs2007.as_array().unwrap().len() > 1);
    assert_eq!(rs2007, spikes(&format!("--neuron {typed} --input step:100")));
    assert!(bench.refusal("--neuron cells.nml").contains("cells.nml#rs"));
    assert!(bench.refusal("--neuron none.nml").contains("cannot read none.nml"));
}

/// What the only array `x` of an archive holds, or what is said of it.
fn read_array(array: &[u8]) -> Result<Values, String> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("x.npy", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(array).unwrap();
    let bench = Bench::new();
    bench.write("a.npz", archive.finish().unwrap().into_inner());
    Columns::read(&bench.path("a.npz")).map(|columns| columns.0[0].1.clone()).map_err(|error| error.to_string())
}

#[test]
fn what_is_written_is_read_and_laid_out_as_numpy_does() {
    for values in [
        Values::Numbers(vec![0.1, f64::MIN_POSITIVE, -1e300]),
        Values::Numbers(vec![]),
        Values::Whole(vec![i64::MIN, 0, 7]),
        Values::Text(vec!["τ".into(), String::new(), "rk4+located".into()]),
    ] {
        let mut bytes = Vec::new();
        Columns(vec![("x".to_owned(), values.clone())]).write(TableFormat::Npz, &mut bytes).unwrap();
        let mut array = Vec::new();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        archive.by_name("x.npy").unwrap().read_to_end(&mut array).unwrap();
        assert_eq!(read_array(&array).unwrap(), values);
        let data = array.len() - values.len() * if let Values::Text(_) = values { 44 } else { 8 };
        // Data begin at a multiple of 64 bytes.
        assert_eq!(data % 64, 0);
        assert_eq!(array[data - 1], b'\n');
    }
}

#[test]
fn other_kinds_orders_and_shapes_of_arrays() {
    let array = |kind: &str, shape: &str, data: &[u8]| {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [&b"\x93NUMPY\x01\x00"[..], &length, header.as_bytes(), data].concat()
    };
    let numbers =
        |kind: &str, shape: &str, data: &[u8]| read_array(&array(kind, shape, data)).unwrap().numbers().unwrap();
    assert_eq!(numbers("<f4", "1,", &1.5f32.to_le_bytes()), [1.5]);
    assert_eq!(numbers(">f8", "1, 1", &2.5f64.to_be_bytes()), [2.5]);
    assert_eq!(numbers("|b1", "2,", &[0, 1]), [0.0, 1.0]);
    assert_eq!(numbers("<i2", "1, 2", &[0xff, 0xff, 2, 0]), [-1.0, 2.0]);
    assert_eq!(numbers(">u2", "2L,", &[1, 0, 0, 1]), [256.0, 1.0]);
    assert_eq!(numbers("<f8", "", &3.0f64.to_le_bytes()), [3.0]);
    for (kind, shape, part) in [
        ("<f8", "2, 1, 2", "shape (2, 1, 2)"),
        ("<i4", "2, 2", "two dimensions"),
        ("|b1", "2000000000,", "it has 2000000000 values of 1 bytes"),
        ("<f8", "9,", "of 72 bytes"),
        ("<f8", "18446744073709551615,", "'<f8'"),
        ("|O", "1,", "kind '|O'"),
        ("<c16", "1,", "'<c16'"),
        ("<f8", "x,", "shape is (x,)"),
    ] {
        let said = read_array(&array(kind, shape, &[0; 16])).unwrap_err();
        assert!(said.contains(part), "{said}");
    }
    for bytes in [&b"PK"[..], b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff"] {
        assert!(read_array(bytes).is_err());
    }
}

#[test]
fn numbers_of_every_size_and_kind_are_exact() {
    let array = |kind: &str, count: usize, data: &[u8]| {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({count},), }}");
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        read_array(&[&b"\x93NUMPY\x01\x00"[..], &length, header.as_bytes(), data].concat())
    };
    let halves: Vec<u8> = [0x3e00u16, 0xc000, 0x0001, 0x7bff].into_iter().flat_map(u16::to_le_bytes).collect();
    // Half precision by its definition: 1.5, -2, the least, 2^-24, and the largest, 65504.
    assert_eq!(array("<f2", 4, &halves).unwrap(), Values::Numbers(vec![1.5, -2.0, 2f64.powi(-24), 65504.0]));
    // 26.25 = 1.640625 · 2^4 in 80 bits: exponent 16383 + 4, fraction 0xd2 at the top.
    let extended = [0, 0, 0, 0, 0, 0, 0, 0xd2, 0x03, 0x40, 0, 0, 0, 0, 0, 0];
    assert_eq!(array("<f16", 1, &extended).unwrap(), Values::Numbers(vec![26.25]));
    assert!(array("<f16", 1, &[1; 16]).unwrap_err().contains("astype"));
    let large = u64::MAX - 1;
    assert_eq!(array("<u8", 1, &large.to_le_bytes()).unwrap(), Values::Counts(vec![Some(large)]));
    assert_eq!(array(">u8", 1, &7u64.to_be_bytes()).unwrap(), Values::Whole(vec![7]));
    for kind in ["é8", "", "<", "<f", "<f3", "f8"] {
        assert!(array(kind, 1, &[0; 32]).is_err(), "{kind}");
    }
}

#[test]
fn what_would_change_is_kept_or_refused() {
    let bench = Bench::new();
    let rows = "seed,next,code,huge,tiny,gap,both\n\
                9007199254740993,18446744073709551615,007,1e400,1e-400,9007199254740993,9007199254740993\n\
                9007199254740992,18446744073709551614,010,1,1,,-1\n";
    bench.write("a.csv", rows);
    let said = bench.run("convert a.csv b.csv");
    for line in ["code is kept as text: 007 in row 1", "huge is kept as text: 1e400", "tiny is kept as text: 1e-400"] {
        assert!(said.contains(line), "{said}");
    }
    assert_eq!(bench.read("b.csv"), rows);
    assert!(bench.refusal("convert a.csv b.npz").contains("column gap, row 1: 9007199254740993 would change"));
    // Without the gap all are in NumPy's types, and come back.
    bench.write(
        "c.csv",
        rows.replace("gap,", "").replacen("1e-400,9007199254740993,", "1e-400,", 1).replacen(",,", ",", 1),
    );
    bench.run("convert c.csv c.npz");
    bench.run("convert c.npz d.csv");
    assert_eq!(bench.read("d.csv"), bench.read("c.csv"));
    let archive = Columns::read(&bench.path("c.npz")).unwrap();
    assert_eq!(archive.get("seed"), Some(&Values::Whole(vec![(1 << 53) + 1, 1 << 53])));
    // A comment may name the columns; a first row of numbers does not.
    bench.write("e.csv", "# a,b\n1,2\n3,4\n");
    assert!(bench.run("convert e.csv f.csv").ends_with("2 columns, 2 rows\n"));
    assert_eq!(bench.read("f.csv"), "a,b\n1,2\n3,4\n");
    bench.write("g.csv", "1,2\n3,4\n");
    assert!(bench.refusal("convert g.csv f.csv").contains("g.csv: the first row is numbers, and no names"));
    for (text, part) in [
        ("a,b\n1,2,3\n", "h.csv:2: 3 fields where the first row has 2"),
        ("a,b\n1\n", "h.csv:2: 1 field where"),
        ("a,b\n1,\"2\n", "h.csv:2: a quote is left open"),
        ("a,a\n1,2\n", "h.csv:1: the column 'a' is there twice"),
    ] {
        bench.write("h.csv", text);
        assert!(bench.refusal("convert h.csv f.csv").contains(part), "{text}");
    }
    // Text with separators, quotes and ends of lines survives.
    let text = "name,x\n\"a,\"\"b\"\"\",1\n\"two\nlines\",2.5\n";
    bench.write("t.csv", text);
    bench.run("convert t.csv u.csv");
    assert_eq!(bench.read("u.csv"), text);
}

#[test]
fn a_small_archive_that_unpacks_to_gigabytes_is_refused() {
    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (2000000000,), }\n";
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("x.npy", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"\x93NUMPY\x01\x00").unwrap();
    archive.write_all(&u16::try_from(header.len()).unwrap().to_le_bytes()).unwrap();
    archive.write_all(header.as_bytes()).unwrap();
    // Refused by what the header claims: the values need not follow.
    archive.write_all(&vec![0; 1 << 20]).unwrap();
    let bench = Bench::new();
    bench.write("a.npz", archive.finish().unwrap().into_inner());
    let said = bench.refusal("convert a.npz a.csv");
    assert!(said.contains("2000000000 values of 1 bytes, and 67108864 of 8 are read at most"), "{said}");
}

#[test]
fn deeply_nested_documents_are_refused() {
    let bench = Bench::new();
    let nested = |outer: &str| format!("<{outer}>{}{}</{outer}>", "<g>".repeat(20_000), "</g>".repeat(20_000));
    bench.write("deep.nml", nested("neuroml"));
    let said = bench.refusal("--neuron deep.nml --no-timing");
    assert!(said.contains("deep.nml:1:") && said.contains("nested more than 200 deep"), "{said}");
    bench.write("out/figures/deep.svg", nested("svg"));
    bench.write("out/a.csv", "x,y\n1,2\n");
    bench.run("report out");
    assert!(
        bench
            .read("out/report.md")
            .contains("figures/deep.svg is not shown: its elements are nested more than 500 deep")
    );
}
