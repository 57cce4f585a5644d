//! How far a run is, and how long it will take.

use std::time::{Duration, Instant};

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// How many cells are done.
    pub done: usize,
    /// How many cells there are to do.
    pub all: usize,
    /// Time left, once a cell has been measured.
    pub left: Option<Duration>,
}

/// Time left, from the cells measured so far: what is left of each class costs what that class was measured to cost per unit of
/// expected cost, and the mean over all classes where none of it is done yet. Counting cells instead would promise too much
/// wherever the dear ones come last.
#[derive(Clone, Debug)]
pub(super) struct TimeLeft {
    /// Per class: expected cost left, expected cost done, seconds it took.
    classes: Vec<Class>,
    done: usize,
    all: usize,
    threads: usize,
    start: Instant,
}

#[derive(Clone, Copy, Debug, Default)]
struct Class {
    left: f64,
    done: f64,
    seconds: f64,
}

impl TimeLeft {
    /// For cells of (class, cost), done by `threads` at once.
    pub(super) fn new(cells: impl Iterator<Item = (usize, f64)>, threads: usize) -> Self {
        let mut left = TimeLeft { classes: Vec::new(), done: 0, all: 0, threads, start: Instant::now() };
        for (class, cost) in cells {
            left.all += 1;
            left.class(class).left += cost;
        }
        left
    }

    fn class(&mut self, class: usize) -> &mut Class {
        if self.classes.len() <= class {
            self.classes.resize(class + 1, Class::default());
        }
        &mut self.classes[class]
    }

    /// A cell took `seconds`; gives where the run is then.
    pub(super) fn done(&mut self, class: usize, cost: f64, seconds: f64) -> Progress {
        self.done += 1;
        let class = self.class(class);
        class.left -= cost;
        class.done += cost;
        class.seconds += seconds;
        self.progress()
    }

    /// Where the run is now.
    pub(super) fn progress(&self) -> Progress {
        let left = self.seconds_left().map(|s| Duration::from_secs_f64(s.clamp(0.0, 1e9)));
        Progress { done: self.done, all: self.all, left }
    }

    fn seconds_left(&self) -> Option<f64> {
        let (done, seconds) = self.classes.iter().fold((0.0, 0.0), |(d, s), c| (d + c.done, s + c.seconds));
        if self.done == 0 || done <= 0.0 {
            return None;
        }
        let mean = seconds / done;
        let rate = |c: &Class| if c.done > 0.0 { c.seconds / c.done } else { mean };
        let work: f64 = self.classes.iter().map(|c| c.left.max(0.0) * rate(c)).sum();
        // Cells in sum took `seconds`, the clock says `elapsed`: what lies between is how much runs at once, waiting for shared
        // solutions and a busy machine included.
        let elapsed = self.start.elapsed().as_secs_f64();
        let at_once = if elapsed > 0.0 { (seconds / elapsed).min(self.threads as f64) } else { self.threads as f64 };
        (at_once > 0.0).then(|| work / at_once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dear_cells_at_the_end_are_not_forgotten() {
        // Ten cheap cells of 0.1 s, then ten of 20 times their expected cost.
        let cells = (0..20).map(|i| (0, if i < 10 { 1.0 } else { 20.0 }));
        let mut left = TimeLeft::new(cells, 1);
        left.start = Instant::now() - Duration::from_secs(1);
        for _ in 0..10 {
            left.done(0, 1.0, 0.1);
        }
        let seconds = left.seconds_left().unwrap();
        // 10 cells of 2 s; by count it would be 1 s. The clock has moved on by less than 0.1 s since the start was set.
        assert!((seconds - 20.0).abs() < 2.0, "{seconds}");
    }

    #[test]
    fn a_class_is_judged_by_its_own_rate() {
        let mut left = TimeLeft::new([(0, 1.0), (0, 1.0), (1, 1.0), (1, 1.0)].into_iter(), 1);
        assert_eq!(left.progress().left, None);
        left.start = Instant::now() - Duration::from_secs(11);
        left.done(0, 1.0, 1.0);
        left.done(1, 1.0, 10.0);
        let seconds = left.seconds_left().unwrap();
        assert!((seconds - 11.0).abs() < 1.0, "{seconds}");
    }
}
