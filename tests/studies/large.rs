//! Large studies: memory and overhead.

#![allow(clippy::print_stderr)] // what was measured is to be seen

use std::time::{Duration, Instant};

use spikestep::SchemeSet;
use spikestep::interop::TableFormat;
use spikestep::model::NeuronSpec;
use spikestep::study::{Cell, Control, Results, Store, Study, StudyInput, run_stored};

use crate::bench::Bench;

/// 1000 problems of 100 ms at ten steps: cells as short as anybody makes them, so that overhead shows.
fn grid(seeds: u64) -> Study {
    Study {
        neurons: ["RS", "FS"].map(|name| NeuronSpec::parse(name).unwrap()).to_vec(),
        inputs: vec![StudyInput::parse("noise:10:2").unwrap()],
        seeds: (1..=seeds).collect(),
        schemes: SchemeSet::standard().parse_list("euler,rk4,rk4+located,bindsnet,half-step").unwrap(),
        dts: vec![0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
        duration: Some(100.0),
        ..Study::default()
    }
}

/// Time of the bare numerics: truths and runs in a plain loop, nothing kept; on a thread of its own as in a study, for memory
/// is dearer there.
fn bare(grid: &Study) -> Duration {
    let cells = grid.cells().unwrap();
    let start = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for problem in cells.chunk_by(|a, b| Cell::problem(a) == Cell::problem(b)) {
                let shared = problem[0].share().unwrap();
                for cell in problem {
                    std::hint::black_box(cell.run(&shared).unwrap());
                }
            }
        });
    });
    start.elapsed()
}

/// Time of all a study does on one thread: the grid with its keys, the runner, the store, the results.
fn whole(grid: &Study) -> Duration {
    let directory = tempfile::tempdir().unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let start = Instant::now();
    let cells = grid.cells().unwrap();
    let store = Store::open(directory.path().join("all.log")).unwrap();
    let control = Control { stop: &false.into(), ..Control::default() };
    pool.install(|| run_stored(&cells, &store, control)).unwrap();
    let mut file = std::fs::File::create(directory.path().join("results.csv")).unwrap();
    Results::read(&cells, &store).unwrap().write(TableFormat::Csv, |_| true, &mut file).unwrap();
    start.elapsed()
}

#[test]
#[ignore = "a measurement of a minute, for a quiet machine: cargo test --test studies -- --ignored --nocapture overhead"]
fn overhead_over_the_bare_numerics_is_below_five_percent() {
    let grid = grid(20);
    // Disturbances only ever add: the fastest of interleaved repeats.
    let (mut least_bare, mut least_whole) = (Duration::MAX, Duration::MAX);
    for _ in 0..12 {
        least_bare = least_bare.min(bare(&grid));
        least_whole = least_whole.min(whole(&grid));
    }
    let overhead = least_whole.as_secs_f64() / least_bare.as_secs_f64() - 1.0;
    let cells = grid.cells().unwrap().len();
    eprintln!("{cells} cells: bare {least_bare:?}, study {least_whole:?}, overhead {:.2} %", overhead * 100.0);
    assert!(overhead < 0.05, "{overhead}");
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "100,000 cells: a minute and more"]
fn a_hundred_thousand_cells_stay_below_one_gibibyte() {
    let bench = Bench::new(
        "[study]\nneurons = [\"RS\", \"FS\"]\ninputs = [\"noise:10:2\"]\nseeds = \"1..1000\"\nduration = 100\n\
         schemes = [\"euler\", \"rk4\", \"rk4+located\", \"bindsnet\", \"half-step\"]\n\
         dt = [0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]\n\
         figures = [{ name = \"error_vs_dt\", x = \"dt_ms\", y = \"max_spike_time_error_ms\" }]\n",
    );
    // A limit on the address space, of which what is resident is a part: an allocation past it ends the process.
    let script = format!("ulimit -v 1048576; exec '{}' run study.toml --out out", crate::common::PROGRAM);
    let start = Instant::now();
    let output = std::process::Command::new("bash").args(["-c", &script]).current_dir(bench.path("")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("100000 cells: 100000 run now, 0 kept from before."), "{text}");
    let took = start.elapsed();
    let start = Instant::now();
    let text = bench.stdout("run study.toml --out out");
    assert!(text.contains("100000 cells: 0 run now, 100000 kept from before."), "{text}");
    eprintln!("100,000 cells in {took:?}; again, with nothing to run, {:?}", start.elapsed());
}
