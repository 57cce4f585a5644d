//! Units of work whose results go into one list in the order of the units, shared out among threads.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering::*};

use super::team::{AtEnd, wait};

/// What has become of a unit.
#[repr(u8)]
enum Is {
    Free,
    Taken,
    Done,
}

struct Units(Vec<AtomicU8>);

impl Units {
    fn take(&self, unit: usize) -> bool {
        self.0[unit].compare_exchange(Is::Free as u8, Is::Taken as u8, AcqRel, Relaxed).is_ok()
    }

    fn is_done(&self, unit: usize) -> bool {
        self.0[unit].load(Acquire) == Is::Done as u8
    }

    /// Hands those of `some` that nobody has taken to `apart`, one after the other. They count as done also where that panics: nobody is to
    /// wait for them.
    fn hand(&self, some: impl Iterator<Item = usize>, apart: &Apart<'_>) {
        let at_work = Cell::new(None);
        let done = || at_work.take().into_iter().for_each(|unit: usize| self.0[unit].store(Is::Done as u8, Release));
        let _done = AtEnd(done);
        let mut some = some.filter(|unit| self.take(*unit));
        apart(&mut || {
            done();
            at_work.set(some.next());
            at_work.get()
        });
    }
}

/// Does units that it is handed, until there are none.
type Apart<'a> = dyn Fn(&mut dyn FnMut() -> Option<usize>) + Sync + 'a;

/// Goes through `units` units in their order: calls `next` with each, and with whether it has been done `apart` by one of `threads` - 1 threads
/// of the pool of [`rayon`] beside this one. Whatever is not done yet when its turn comes `next` has to do; a thread that has to wait for a unit
/// does a later one in the meantime. Nobody waits for a thread that has not come. It is compiled once, whatever is shared out.
pub(super) fn in_order(units: usize, threads: usize, apart: &Apart<'_>, next: &mut dyn FnMut(usize, bool)) {
    let all = Units((0..units).map(|_| AtomicU8::new(Is::Free as u8)).collect());
    rayon::in_place_scope(|scope| {
        let all = &all;
        for thread in 1..threads {
            // Each begins where it did in the last call, and so meets the same neurons again.
            let start = thread * units / threads;
            scope.spawn(move |_| all.hand((start..units).chain((0..start).rev()), apart));
        }
        for unit in 0..units {
            if all.take(unit) {
                next(unit, false);
                continue;
            }
            all.hand((unit + 1..units).rev().take_while(|_| !all.is_done(unit)), apart);
            wait(|| all.is_done(unit), || ());
            next(unit, true);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::team::tests::pool;
    use super::*;
    use std::sync::Mutex;

    /// Every unit once, in order, however many threads there are and however few of them come.
    #[test]
    fn units_come_in_their_order() {
        for (units, threads, present) in [(1, 4, 2), (7, 3, 3), (64, 2, 2), (64, 8, 2), (100, 2, 1)] {
            let places: Vec<Mutex<Option<usize>>> = (0..units).map(|_| Mutex::new(None)).collect();
            for _ in 0..200 {
                let mut list = Vec::new();
                pool(present).install(|| {
                    let apart = |given: &mut dyn FnMut() -> Option<usize>| {
                        while let Some(unit) = given() {
                            assert_eq!(places[unit].lock().unwrap().replace(unit), None);
                        }
                    };
                    in_order(units, threads, &apart, &mut |unit, done| {
                        let place = places[unit].lock().unwrap().take();
                        assert_eq!(place, done.then_some(unit));
                        list.push(unit);
                    });
                });
                assert!(list.into_iter().eq(0..units));
            }
        }
    }

    #[test]
    fn a_panic_comes_through() {
        let result = std::panic::catch_unwind(|| {
            pool(2).install(|| {
                let apart = |given: &mut dyn FnMut() -> Option<usize>| {
                    while let Some(unit) = given() {
                        assert!(unit != 13, "unit 13");
                    }
                };
                in_order(16, 2, &apart, &mut |unit, _| {
                    assert!(unit != 13, "unit 13");
                    std::thread::yield_now();
                })
            });
        });
        assert!(result.is_err());
    }
}
