//! Fewer points for the same picture.

/// Furthest that a line may move by leaving out a point \[px\]: below what 300 dpi (0.32 px) shows.
const TOLERANCE: f64 = 0.1;
/// Columns per px in which only the first, lowest, highest and last point are kept.
const COLUMNS: f64 = 4.0;

/// A point of a line: its index, and where it lies \[px\].
pub(crate) type Place = (usize, (f64, f64));

/// The points that draw a line, in runs broken where a point has no place: per column first, lowest, highest and last (the
/// M4 aggregation of Jugel et al., Proc. VLDB Endowment 7 (2014) 797), then those that Douglas & Peucker (1973) keep.
///
/// Points are taken one by one: a copy of a long run's points would cost more time than all the rest of the figure.
pub(crate) fn decimate(points: impl IntoIterator<Item = Option<(f64, f64)>>) -> Vec<Vec<Place>> {
    let mut runs = Vec::new();
    let mut run = Vec::new();
    let mut column: Option<Column> = None;
    for (index, place) in points.into_iter().enumerate() {
        match (place, &mut column) {
            (Some(at), Some(open)) if open.number == number(at) => open.add((index, at)),
            (Some(at), _) => {
                let full = column.replace(Column::of((index, at)));
                run.extend(full.into_iter().flat_map(Column::points));
            }
            (None, _) => {
                run.extend(column.take().into_iter().flat_map(Column::points));
                runs.push(std::mem::take(&mut run));
            }
        }
    }
    run.extend(column.into_iter().flat_map(Column::points));
    runs.push(run);
    runs.retain(|run| !run.is_empty());
    runs.iter_mut().for_each(simplify);
    runs
}

fn number(at: (f64, f64)) -> i64 {
    (at.0 * COLUMNS) as i64
}

struct Column {
    number: i64,
    first: Place,
    low: Place,
    high: Place,
    last: Place,
}

impl Column {
    fn of(p: Place) -> Self {
        Column { number: number(p.1), first: p, low: p, high: p, last: p }
    }

    fn add(&mut self, p: Place) {
        if p.1.1 < self.low.1.1 {
            self.low = p;
        }
        if p.1.1 > self.high.1.1 {
            self.high = p;
        }
        self.last = p;
    }

    fn points(self) -> Vec<Place> {
        let mut four = vec![self.first, self.low, self.high, self.last];
        four.sort_by_key(|p| p.0);
        four.dedup_by_key(|p| p.0);
        four
    }
}

/// Leaves out what lies within [`TOLERANCE`] of the line through the others.
fn simplify(run: &mut Vec<Place>) {
    let last = run.len() - 1;
    let mut keep = vec![false; run.len()];
    keep[0] = true;
    keep[last] = true;
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let (mut at, mut most) = (from, TOLERANCE * TOLERANCE);
        for i in from + 1..to {
            let d2 = distance2(run[i].1, run[from].1, run[to].1);
            if d2 > most {
                (at, most) = (i, d2);
            }
        }
        if at > from {
            keep[at] = true;
            open.extend([(from, at), (at, to)]);
        }
    }
    let mut keep = keep.iter();
    run.retain(|_| keep.next() == Some(&true));
}

/// Square of the distance of `p` from the segment from `a` to `b`.
fn distance2(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let along = if length2 > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let (ex, ey) = (p.0 - a.0 - along * dx, p.1 - a.1 - along * dy);
    ex * ex + ey * ey
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(points: &[(f64, f64)]) -> Vec<Vec<usize>> {
        let placed = points.iter().map(|p| p.1.is_finite().then_some(*p));
        decimate(placed).into_iter().map(|run| run.into_iter().map(|p| p.0).collect()).collect()
    }

    #[test]
    fn a_straight_line_keeps_its_ends_a_peak_survives_and_a_gap_breaks() {
        let mut points: Vec<(f64, f64)> = (0..10_000).map(|i| (f64::from(i) * 0.05, 3.0)).collect();
        assert_eq!(indices(&points), [[0, 9_999]]);
        points[5_003].1 = 40.0;
        let kept = indices(&points);
        assert!(kept.len() == 1 && kept[0].contains(&5_003) && kept[0].len() <= 6, "{kept:?}");
        points[5_003].1 = f64::NAN;
        assert_eq!(indices(&points), [[0, 5_002], [5_004, 9_999]]);
        assert!(indices(&[]).is_empty());
    }

    #[test]
    fn no_point_of_a_curve_is_further_from_its_outline_than_a_column_and_the_tolerance() {
        let points: Vec<(f64, f64)> =
            (0..50_000).map(|i| f64::from(i) * 0.01).map(|x| (x, 100.0 * (x * 0.3).sin())).collect();
        let kept = indices(&points).concat();
        assert!(kept.len() < points.len() / 20);
        for (i, p) in points.iter().enumerate() {
            let after = kept.partition_point(|k| *k < i).max(1);
            let d = distance2(*p, points[kept[after - 1]], points[kept[after]]).sqrt();
            // A point that its column drops lies between two kept ones less than 1/COLUMNS px apart in x.
            assert!(d <= TOLERANCE + 1.0 / COLUMNS, "{i}: {d}");
        }
    }
}
