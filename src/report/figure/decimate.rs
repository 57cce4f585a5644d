//! Fewer points for the same picture.

/// Furthest that a line may move by leaving out a point \[px\]: below what 300 dpi (0.32 px) shows.
const TOLERANCE: f64 = 0.1;
/// Columns per px in which only the first, lowest, highest and last point are kept.
const COLUMNS: f64 = 4.0;

/// Indices of the points of a line (px, x not decreasing) that draw it: per column first, lowest, highest and last (the M4
/// aggregation of Jugel et al., VLDB 7 (2014) 797), then those of Douglas and Peucker (1973). Points that are not
/// finite are left out.
pub(super) fn decimate(points: &[(f64, f64)]) -> Vec<usize> {
    let mut kept = columns(points);
    let mut keep = vec![false; kept.len()];
    if let Some(last) = kept.len().checked_sub(1) {
        keep[0] = true;
        keep[last] = true;
        let mut open = vec![(0, last)];
        while let Some((from, to)) = open.pop() {
            let (a, b) = (points[kept[from]], points[kept[to]]);
            let furthest = (from + 1..to)
                .map(|i| (i, distance(points[kept[i]], a, b)))
                .max_by(|p, q| p.1.total_cmp(&q.1))
                .filter(|(_, d)| *d > TOLERANCE);
            if let Some((i, _)) = furthest {
                keep[i] = true;
                open.extend([(from, i), (i, to)]);
            }
        }
    }
    let mut keep = keep.iter();
    kept.retain(|_| keep.next() == Some(&true));
    kept
}

fn columns(points: &[(f64, f64)]) -> Vec<usize> {
    let finite: Vec<usize> =
        (0..points.len()).filter(|&i| points[i].0.is_finite() && points[i].1.is_finite()).collect();
    let mut kept = Vec::new();
    for column in finite.chunk_by(|&i, &j| (points[i].0 * COLUMNS).floor() == (points[j].0 * COLUMNS).floor()) {
        let by_y = |i: &&usize, j: &&usize| points[**i].1.total_cmp(&points[**j].1);
        let mut four = [
            column[0],
            *column.iter().min_by(by_y).unwrap_or(&column[0]),
            *column.iter().max_by(by_y).unwrap_or(&column[0]),
            column[column.len() - 1],
        ];
        four.sort_unstable();
        kept.extend_from_slice(&four);
    }
    kept.dedup();
    kept
}

/// Distance of `p` from the segment from `a` to `b`.
fn distance(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let along = if length2 > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_keeps_its_ends_and_a_peak_survives() {
        let mut points: Vec<(f64, f64)> = (0..10_000).map(|i| (f64::from(i) * 0.05, 3.0)).collect();
        assert_eq!(decimate(&points), [0, 9_999]);
        points[5_003].1 = 40.0;
        let kept = decimate(&points);
        assert!(kept.contains(&5_003) && kept.len() <= 6, "{kept:?}");
        points[5_003].1 = f64::NAN;
        assert_eq!(decimate(&points), [0, 9_999]);
        assert!(decimate(&[]).is_empty());
    }

    #[test]
    fn no_point_of_a_curve_is_further_from_its_outline_than_a_column_and_the_tolerance() {
        let points: Vec<(f64, f64)> =
            (0..50_000).map(|i| f64::from(i) * 0.01).map(|x| (x, 100.0 * (x * 0.3).sin())).collect();
        let kept = decimate(&points);
        assert!(kept.len() < points.len() / 20);
        for (i, p) in points.iter().enumerate() {
            let after = kept.partition_point(|k| *k < i).max(1);
            let d = distance(*p, points[kept[after - 1]], points[kept[after]]);
            // A point that its column drops lies between two kept ones less than 1/COLUMNS px apart in x.
            assert!(d <= TOLERANCE + 1.0 / COLUMNS, "{i}: {d}");
        }
    }
}
