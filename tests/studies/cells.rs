//! Cells of another kind than comparisons, run by the same runner and kept in the same store.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use spikestep::interop::TableFormat;
use spikestep::study::{
    Cell, Column, Control, Key, KeyBuilder, Progress, Results, Store, Tabulated, Value, complete, run_cells, run_stored,
};
use spikestep::{Error, Result};

static ALIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);
static MADE: AtomicUsize = AtomicUsize::new(0);

/// Something shared that counts itself.
struct Shared(u64);

impl Shared {
    fn new(problem: u64) -> Self {
        MADE.fetch_add(1, Ordering::SeqCst);
        MOST.fetch_max(ALIVE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Shared(problem)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The n-th power of a base.
#[derive(Clone)]
struct Power {
    base: u64,
    exponent: u32,
    refuses: bool,
}

impl Power {
    fn new(base: u64, exponent: u32) -> Self {
        Power { base, exponent, refuses: false }
    }
}

impl Cell for Power {
    type Shared = Shared;
    type Output = u64;

    fn key(&self) -> Key {
        KeyBuilder::new("power").nested("problem", self.problem()).number("exponent", self.exponent.into()).key()
    }

    fn problem(&self) -> Key {
        KeyBuilder::new("base").number("base", self.base as f64).key()
    }

    fn share(&self) -> Result<Shared> {
        Ok(Shared::new(self.base))
    }

    fn run(&self, shared: &Shared) -> Result<u64> {
        assert_eq!(shared.0, self.base, "the shared value of another problem");
        if self.refuses {
            return Err(Error::invalid("a power", self.exponent, "another", "Take it."));
        }
        Ok(self.base.pow(self.exponent))
    }
}

impl Tabulated for Power {
    fn axes(&self) -> Vec<Column> {
        vec![Column::count("base"), Column::count("exponent")]
    }

    fn columns(&self) -> Vec<Column> {
        vec![Column::count("power"), Column::text("words")]
    }

    fn place(&self) -> Vec<Value> {
        vec![Value::Count(self.base), Value::Count(self.exponent.into())]
    }

    fn row(&self, output: &u64) -> Vec<Value> {
        vec![Value::Count(*output), Value::text(format!("\"{output}\",\nor so"))]
    }
}

fn powers(bases: u64) -> Vec<Power> {
    (0..bases).flat_map(|base| (0..8).map(move |exponent| Power::new(base, exponent))).collect()
}

/// One test, for the counters are of the whole process.
#[test]
fn what_is_shared_is_made_once_and_never_piles_up() {
    let cells = powers(200);
    for threads in [1, 2, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        MADE.store(0, Ordering::SeqCst);
        MOST.store(0, Ordering::SeqCst);
        let sum = Mutex::new(0);
        let last = Mutex::new(None);
        let control = Control {
            stop: &AtomicBool::new(false),
            progress: &|state: Progress| {
                let mut last = last.lock().unwrap();
                if last.is_none_or(|l: Progress| l.done < state.done) {
                    *last = Some(state);
                }
            },
            ..Control::default()
        };
        let done = pool.install(|| {
            run_cells(&cells.iter().collect::<Vec<_>>(), control, &|done| {
                assert_eq!(done.output, done.cell.base.pow(done.cell.exponent));
                *sum.lock().unwrap() += done.index;
                Ok(())
            })
        });
        assert_eq!(done.unwrap(), 1600);
        assert_eq!(*sum.lock().unwrap(), 1600 * 1599 / 2, "every index once");
        assert_eq!(MADE.load(Ordering::SeqCst), 200, "{threads} threads");
        // One per thread, and one that the queue holds for the next.
        assert!(MOST.load(Ordering::SeqCst) <= threads + 1, "{} alive", MOST.load(Ordering::SeqCst));
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
        let last = last.lock().unwrap().unwrap();
        assert_eq!((last.done, last.all), (1600, 1600));
        assert!(last.left.unwrap().as_nanos() == 0);
    }

    // A store of them; the same content twice is run once.
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path().join("all.log")).unwrap();
    let mut twice = powers(3);
    twice.extend(powers(4));
    let control = Control { stop: &AtomicBool::new(false), ..Control::default() };
    let message = complete(&twice, &store).unwrap_err().to_string();
    assert!(message.contains("without 56 of its 56 cells (the first: 0,0)"), "{message}");
    assert_eq!(run_stored(&twice, &store, control).unwrap().run, 32);
    assert_eq!(run_stored(&twice, &store, control).unwrap().run, 0);
    let mut csv = Vec::new();
    let results = Results::read(&powers(2), &store).unwrap();
    assert_eq!(results.names(), ["base", "exponent", "power", "words"]);
    // Axes stand in every table.
    results.write(TableFormat::Csv, |column| column != "power", &mut csv).unwrap();
    let text = String::from_utf8(csv).unwrap();
    assert!(text.starts_with("base,exponent,words\n0,0,\"\"\"1\"\", or so\"\n0,1,"), "{text}");

    // The first cell that refuses is the one that is told of; what came before it is kept.
    let mut cells = powers(5);
    cells[20].refuses = true;
    cells[30].refuses = true;
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path().join("all.log")).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let message = pool.install(|| run_stored(&cells, &store, control)).unwrap_err().to_string();
    assert!(message.starts_with("a power is 4;"), "{message}");
    assert!(cells[..20].iter().all(|cell| store.contains(cell.key())) && !store.contains(cells[20].key()));

    // Told to stop, it begins none.
    let stopped = Control { stop: &AtomicBool::new(true), ..Control::default() };
    assert_eq!(run_cells(&powers(5).iter().collect::<Vec<_>>(), stopped, &|_| Ok(())).unwrap(), 0);
}

#[test]
fn parts_do_not_run_into_each_other() {
    let key = |a: &str, b: &str| KeyBuilder::new("test").text(a, b).key();
    assert_ne!(key("ab", "c"), key("a", "bc"));
    assert_ne!(key("", "abc"), key("abc", ""));
    let zero = |x: f64| KeyBuilder::new("test").number("x", x).key();
    assert_ne!(zero(0.0), zero(-0.0), "the sign of zero can show in a result");
    assert_ne!(zero(0.1), zero(0.1 + f64::EPSILON / 8.0));
}
