//! Files of studies: what is wrong with them, to the line and column.

use crate::bench::{Bench, HEAD, SMALL};

#[test]
fn every_error_has_its_line_column_and_way_out() {
    let bench = Bench::new(SMALL);
    // A change to the small study (the table starts at line 4), where it is at fault, and what is said of it.
    for (from, to, at, said) in [
        ("neurons =", "neuron =", "5:1", "unknown key 'neuron', did you mean 'neurons'?"),
        ("\"FS\"]", "\"FZ\"]", "5:18", "unknown neuron 'FZ', did you mean 'FS'?"),
        ("[\"RS\", \"FS\"]", "[]", "5:11", "neurons is an empty list"),
        ("[\"RS\", \"FS\"]", "7", "5:11", "invalid type: integer `7`, expected a list"),
        ("\"noise:10:2\"", "\"nois:10:2\"", "6:22", "unknown input 'nois', did you mean 'noise'?"),
        ("\"noise:10:2\"", "\"own\"", "6:22", "'own' with the neuron RS"),
        ("\"noise:10:2\"", "\"step:10@200\"", "6:22", "a time before the end"),
        ("duration = 100", "duration = \"100\"", "7:12", "invalid type: string \"100\", expected a number"),
        ("duration = 100", "duration = 100\nseeds = \"5..1\"", "8:9", "a range FIRST..LAST"),
        ("\"noise:10:2\"]", "2]\nseeds = [1]", "6:22", "invalid type: integer `2`, expected a string"),
        ("\"noise:10:2\"]", "\"2\"]\nseeds = [1]", "7:9", "seeds for inputs of noise"),
        ("\"rk4+located\"", "\"rk4+locatd\"", "8:21", "unknown spike handling 'locatd', did you mean 'located'?"),
        ("\"euler\",", "\"eulr\",", "8:12", "unknown scheme 'eulr', did you mean 'euler'?"),
        ("0.25]", "-0.25]", "9:12", "positive, finite numbers"),
        ("0.25]", "\"0.1..1:lg:3\"]", "9:12", "FROM..TO:log:COUNT"),
        ("0.25]", "200]", "9:6", "at most the duration of 100 ms"),
        ("dt = [0.5, 0.25]\n", "", "8:11", "steps in ms for the fixed-step schemes"),
        ("[1e-3, 1e-6]", "[1e-3, 7]", "10:13", "1e-15 to 1"),
        ("[1e-3, 1e-6]", "[[1]]", "10:14", "invalid type: list, expected tolerances: 1e-6,"),
        ("\"missed\"", "\"mised\"", "11:12", "unknown metric 'mised', did you mean 'missed'?"),
        ("x = \"dt_ms\"", "x = \"dt_m\"", "12:40", "unknown column of numbers 'dt_m', did you mean 'dt_ms'?"),
        ("x = \"dt_ms\"", "z = \"dt_ms\"", "12:36", "unknown key 'z'"),
        ("name = \"error_vs_dt\"", "name = \"results\"", "12:21", "not results or timings"),
        ("name = \"error_vs_dt\"", "name = \"../x\"", "12:21", "letters, digits, _ and -"),
        ("_ms\" }]", "_ms\", where = { neuron = \"IB\" } }]", "12:99", "unknown value of this axis in the study 'IB'"),
        ("_ms\" }]", "_ms\", where = { neurn = \"RS\" } }]", "12:90", "unknown axis 'neurn', did you mean 'neuron'?"),
        ("_ms\" }]", "_ms\", series = \"schem\" }]", "12:89", "unknown axis 'schem', did you mean 'scheme'?"),
        ("[study]", "[study]\npeaks = [30, -70]", "5:14", "reset c is -65 mV with a peak of -70 mV"),
        ("[study]", "[study]\ndistances = { tau = 1 }", "5:15", "unknown key 'tau'"),
        ("[study]", "[study]\ndistances = { van_rossum_tau = -1 }", "5:13", "van Rossum"),
        ("[study]", "[study]\nduration = 5", "8:1", "duplicate key"),
        ("[study]", "[study", "4:7", "unclosed table"),
        ("[study]", "[studi]", "4:2", "unknown key of a study 'studi', did you mean 'study'?"),
    ] {
        let text = SMALL.replacen(from, to, 1);
        assert_ne!(text, SMALL, "{from} is not there");
        bench.write(&text);
        let message = bench.refusal("check study.toml");
        let place = format!("error: study.toml:{at}: ");
        assert!(message.starts_with(&place), "{from} -> {to}: not at {at}: {message}");
        assert!(message.contains(said), "{from} -> {to}: {message}");
        assert_eq!(message, bench.refusal("run study.toml --out out"), "run says the same as check");
        assert!(!bench.path("out").exists(), "a place for nothing");
    }
}

#[test]
fn heads_are_checked_too() {
    let bench = Bench::new(SMALL);
    for (text, at, said) in [
        ("kind = \"study\"\nquestion = \"q\"\n", "1:1", "missing key `title`"),
        ("title = 1\nquestion = \"q\"\nkind = \"study\"\n", "1:9", "title is of type integer, expected a string"),
        ("title = \"é\"\nquestion = \"q\"\nkind = \"stdy\"\n", "3:8", "did you mean 'study'?"),
        (HEAD, "3:8", "missing key `neurons`"),
        // The other kind says where, too, with columns counted in characters.
        (
            "title = \"t\"\nquestion = \"q\"\nkind = \"recognition\"\n[recognition]\nschemes = [\"é\"]\ntranning = 3\n",
            "6:1",
            "unknown key 'tranning', did you mean 'training'?",
        ),
        (
            "title = \"t\"\nquestion = \"q\"\nkind = \"recognition\"\n[recognition]\ntrained = []\nschemes = [\"rk4\"]\n\
             dts = [1]\nnetworks = [{ method = \"fixed\", neurons = 5 }]\n",
            "1:1",
            "1 networks, 0 ways of training",
        ),
        (
            "title = \"é\"\nquestion = \"q\"\nkind = \"study\"\nstudy = { neurons = [\"é\"] }",
            "4:22",
            "unknown neuron 'é'",
        ),
    ] {
        std::fs::write(bench.path("study.toml"), text).unwrap();
        let message = bench.refusal("check study.toml");
        assert!(message.starts_with(&format!("error: study.toml:{at}: ")), "{text}: not at {at}: {message}");
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn the_studies_of_the_repository_are_right_and_listed() {
    if crate::common::packaged() {
        return;
    }
    let bench = Bench::new(SMALL);
    let studies = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/studies");
    let text = bench.stdout(&format!("list {studies}"));
    let files = std::fs::read_dir(studies).unwrap().map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        assert!(text.contains(path.to_str().unwrap()), "{}", path.display());
        bench.stdout(&format!("check {}", path.display()));
    }
    assert!(!text.contains("not usable"), "{text}");
    std::fs::write(bench.path("bad.toml"), "title = 3").unwrap();
    let text = bench.stdout("list .");
    assert!(text.contains("not usable: ./bad.toml:1:9"), "{text}");
    assert!(text.contains("./study.toml\n    study: 24 cells on 4 problems, about "), "{text}");
    assert!(bench.refusal("list nowhere").contains("cannot read nowhere"));
}

#[test]
fn seeds_peaks_and_patterns_span_the_grid_in_its_order() {
    let bench = Bench::new(
        "[study]\nneurons = [\"G\", \"RS\"]\nschemes = \"bindsnet\"\ndt = 0.5\npeaks = [30, 35]\n\
         inputs = [\"noise:8:2\", 10]\nseeds = \"3..4\"\nduration = 50\n"
            .replace(", 10]", ", \"10\"]")
            .as_str(),
    );
    bench.stdout("run study.toml --out out");
    let text = std::fs::read_to_string(bench.path("out/results.csv")).unwrap();
    let places: Vec<String> =
        text.lines().skip(1).map(|line| line.splitn(9, ',').take(8).collect::<Vec<_>>().join(",")).collect();
    let mut expected = Vec::new();
    for neuron in ["G class 1", "RS"] {
        for input in ["noise:8:2,3", "noise:8:2,4", "10,"] {
            for peak in [30, 35] {
                expected.push(format!("{neuron},{input},{peak},50,bindsnet,0.5,"));
            }
        }
    }
    assert_eq!(places, expected);
    // Each seed is a noise of its own, and the bindsnet rule takes the peak that was asked for.
    let rows: Vec<&str> = text.lines().skip(1).map(|line| line.splitn(9, ',').last().unwrap()).collect();
    let distinct: std::collections::BTreeSet<&str> = rows.iter().copied().collect();
    assert_eq!(distinct.len(), rows.len(), "{text}");
    // A pattern's own input and duration, where the study has none.
    bench.write("[study]\nneurons = [\"G\"]\nschemes = \"rk4\"\ndt = 0.5\n");
    bench.stdout("run study.toml --out own");
    let text = std::fs::read_to_string(bench.path("own/results.csv")).unwrap();
    assert!(text.lines().nth(1).unwrap().starts_with("G class 1,own,,30,300,rk4,0.5,,"), "{text}");
}

#[test]
fn a_study_says_what_compare_says() {
    let bench = Bench::new(
        "[study]\nneurons = [\"IB\"]\ninputs = [\"noise:10:2\"]\nschemes = [\"default\"]\ndt = [0.5, 0.25]\n\
         tolerance = 1e-6\nduration = 200\n",
    );
    bench.stdout("run study.toml --out out");
    bench.stdout("--neuron IB --input noise:10:2 --dt 0.5,0.25 --duration 200 --no-timing --out compare");
    let read = |name: &str, from: usize| -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(bench.path(name)).unwrap();
        reader.records().map(|row| row.unwrap().iter().skip(from).map(str::to_owned).collect()).collect()
    };
    let mut study = read("out/results.csv", 5);
    for row in &mut study {
        row.drain(3..5); // the truth's spikes and bound, which metrics.csv leaves to the JSON
    }
    assert_eq!(study, read("compare/metrics.csv", 0));
}

#[test]
#[cfg(not(feature = "parquet"))]
fn parquet_without_its_feature_is_refused() {
    let bench = Bench::new(&format!("{SMALL}parquet = true\n"));
    let message = bench.refusal("check study.toml");
    assert!(
        message.starts_with("error: study.toml:13:11: parquet is true") && message.contains("--features parquet"),
        "{message}"
    );
}

#[test]
#[cfg(feature = "parquet")]
fn parquet_has_the_rows_of_the_csv() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let bench = Bench::new(&format!("{SMALL}parquet = true\n"));
    bench.stdout("run study.toml --out out");
    let bytes = std::fs::read(bench.path("out/results.parquet")).unwrap();
    bench.stdout("run study.toml --out again");
    assert!(bytes == std::fs::read(bench.path("again/results.parquet")).unwrap(), "not the same bytes");
    let reader =
        SerializedFileReader::try_from(std::fs::File::open(bench.path("out/results.parquet")).unwrap()).unwrap();
    let mut csv = csv::Reader::from_path(bench.path("out/results.csv")).unwrap();
    let header = csv.headers().unwrap().clone();
    let mut rows = 0;
    for (row, record) in reader.get_row_iter(None).unwrap().zip(csv.records()) {
        let (row, record) = (row.unwrap(), record.unwrap());
        for (((name, field), column), text) in row.get_column_iter().zip(&header).zip(&record) {
            assert_eq!(name, column);
            let same = match field {
                Field::Null => text.is_empty(),
                Field::Double(x) => text.parse() == Ok(*x),
                Field::Long(n) => text.parse() == Ok(*n),
                Field::Str(s) => s == text,
                other => panic!("{other:?}"),
            };
            assert!(same, "{name}: {field:?} and '{text}'");
        }
        rows += 1;
    }
    assert_eq!(rows, 24);
}

/// Counted before anything is made: none of these takes memory or time.
#[test]
fn what_is_too_many_is_refused_at_once() {
    let steps = (1..=10_001).map(|n| format!("{n}e-2")).collect::<Vec<_>>().join(", ");
    let seeds = "inputs = [\"noise:10:2\"]\nseeds = \"1..1000000\"\n";
    let study = |rest: &str| format!("[study]\nneurons = [\"RS\"]\nschemes = \"euler\"\n{rest}");
    let network = "dts = [1]\nschemes = [\"euler\"]\n[[recognition.networks]]\nmethod = \"fixed\"\nneurons = 5\n";
    let recognition = |rest: &str| format!("[recognition]\n{rest}{network}");
    for (table, said) in [
        (study(&format!("dt = [{steps}]\n")), "a list of more than 10000 values; ask for fewer"),
        (
            study(&format!("{seeds}dt = \"0.1..1:log:1000\"\n")),
            "the study is 1000000000 cells (1 neurons, 1000000 inputs and seeds",
        ),
        (study("dt = \"x\"\n"), "Write dt = \"0.1,0.5,1\" or dt = \"0.01..1:log:9\""),
        (recognition("seeds = 1000000000\n"), "the study is 1000000000 tests"),
        (recognition("").replace("dts = [1]", "dts = [1e15]"), "at most 100 ms, as long as a picture is shown"),
        (recognition("").replace("dts = [1]", "dts = [1e-300]"), "at most 1e6 steps a picture"),
        (
            recognition("").replace("neurons = 5", "neurons = 1000000\nduration = 1e6"),
            "numbers, weights and what is on its way",
        ),
        (recognition("").replace("neurons = 5", "neurons = 5\nsynapse = \"bindsnet\""), "unknown synapse 'bindsnet'"),
    ] {
        let kind = if table.starts_with("[study]") { "study" } else { "recognition" };
        let bench = Bench::new("");
        let head = HEAD.replace("\"study\"", &format!("\"{kind}\""));
        std::fs::write(bench.path("study.toml"), format!("{head}{table}")).unwrap();
        let message = bench.refusal("check study.toml");
        assert!(message.contains(said), "{said}: {message}");
    }
}
