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
    assert_eq!(read_spike_train(reference("pyarrow.parquet")).unwrap().times(), TIMES);
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
        ("distance two.npz two.npz", "two.npz with the columns x, y"),
        ("distance text.npz text.npz", "text.npz: t_ms is text"),
        ("distance late.npz late.npz", "late.npz: spike time is 1 ms after 2 ms"),
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
        ("<f8", "2, 2", "shape (2, 2)"),
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
