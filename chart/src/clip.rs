//! Lines cut to a rectangle, so that no picture needs a clipping mask, which costs a renderer more than the rest of the figure.

use crate::canvas::Rect;

/// The parts of a line through `points` inside `area` (both px): Liang & Barsky, ACM Trans. Graphics 3 (1984) 1.
pub(crate) fn clip(points: &[(f64, f64)], area: Rect) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut connected = false;
    for pair in points.windows(2) {
        let Some((from, to)) = inside(pair[0], pair[1], area) else {
            connected = false;
            continue;
        };
        match parts.last_mut() {
            Some(part) if connected => part.push(to),
            _ => parts.push(vec![from, to]),
        }
        connected = to == pair[1];
    }
    parts
}

fn inside(p: (f64, f64), q: (f64, f64), area: Rect) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (q.0 - p.0, q.1 - p.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (toward, room) in
        [(-dx, p.0 - area.left), (dx, area.right - p.0), (-dy, p.1 - area.top), (dy, area.bottom - p.1)]
    {
        if toward == 0.0 && room < 0.0 {
            return None;
        }
        let at = room / toward;
        if toward < 0.0 {
            enter = enter.max(at);
        } else if toward > 0.0 {
            leave = leave.min(at);
        }
    }
    let along = |s: f64| if s == 1.0 { q } else { (p.0 + s * dx, p.1 + s * dy) };
    (enter <= leave).then(|| (along(enter), along(leave)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Rect = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 4.0 };

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two_parts_that_end_on_the_border() {
        let parts = clip(&[(-5.0, 2.0), (5.0, 2.0), (5.0, 8.0), (7.0, 8.0), (7.0, 1.0)], AREA);
        assert_eq!(parts, [vec![(0.0, 2.0), (5.0, 2.0), (5.0, 4.0)], vec![(7.0, 4.0), (7.0, 1.0)]]);
    }

    #[test]
    fn outside_on_every_side_is_nothing_and_a_point_twice_inside_stays() {
        assert!(clip(&[(-5.0, 2.0), (-1.0, 3.0)], AREA).is_empty());
        assert!(clip(&[(-5.0, 3.0), (3.0, 9.0)], AREA).is_empty());
        assert_eq!(clip(&[(1.0, 1.0), (1.0, 1.0)], AREA), [vec![(1.0, 1.0), (1.0, 1.0)]]);
    }
}
