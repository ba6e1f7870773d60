//! Ramer-Douglas-Peucker, in the plane and in space, without recursion.

type Position = [f64; 3];

/// Which points of an open line stay.
pub(super) fn open(points: &[Position], tolerance: f64) -> Vec<bool> {
    let mut keep = vec![false; points.len()];
    if let Some(last) = points.len().checked_sub(1) {
        keep[0] = true;
        keep[last] = true;
        between(points, 0, last, tolerance, &mut keep);
    }
    keep
}

/// Which points of a ring stay: at least three.
pub(super) fn closed(points: &[Position], tolerance: f64) -> Vec<bool> {
    let count = points.len();
    if count <= 3 {
        return vec![true; count];
    }
    // A ring has no ends: it is cut where it is widest, seen from its first point.
    let middle = farthest(points, 0, 0, 1, count - 1).map_or(count / 2, |(index, _)| index);
    let mut ring: Vec<Position> = points.to_vec();
    ring.push(points[0]);
    let mut keep = vec![false; count + 1];
    keep[0] = true;
    keep[middle] = true;
    between(&ring, 0, middle, tolerance, &mut keep);
    between(&ring, middle, count, tolerance, &mut keep);
    keep.truncate(count);
    if keep.iter().filter(|keep| **keep).count() < 3 {
        // The point farthest from the line between the two that are left.
        let third = farthest(points, 0, middle, 1, count - 1).filter(|(index, _)| *index != middle);
        keep[third.map_or(if middle == 1 { 2 } else { 1 }, |(index, _)| index)] = true;
    }
    keep
}

fn between(points: &[Position], first: usize, last: usize, tolerance: f64, keep: &mut [bool]) {
    let mut open = vec![(first, last)];
    while let Some((first, last)) = open.pop() {
        if last < first + 2 {
            continue;
        }
        if let Some((index, distance)) = farthest(points, first, last, first + 1, last - 1)
            && distance > tolerance
        {
            keep[index] = true;
            open.push((first, index));
            open.push((index, last));
        }
    }
}

/// The point between `from` and `to` that is farthest from the line through `a` and `b`, and how far.
fn farthest(points: &[Position], a: usize, b: usize, from: usize, to: usize) -> Option<(usize, f64)> {
    let (a, b) = (points.get(a)?, points.get(b)?);
    let mut best: Option<(usize, f64)> = None;
    for index in from..=to {
        let distance = distance_to_segment(points.get(index)?, a, b);
        if best.is_none_or(|(_, longest)| distance > longest) {
            best = Some((index, distance));
        }
    }
    best
}

fn distance_to_segment(point: &Position, a: &Position, b: &Position) -> f64 {
    let along: Position = std::array::from_fn(|axis| b[axis] - a[axis]);
    let from_a: Position = std::array::from_fn(|axis| point[axis] - a[axis]);
    let length: f64 = along.iter().map(|part| part * part).sum();
    let part = if length > 0.0 {
        let dot: f64 = along.iter().zip(&from_a).map(|(left, right)| left * right).sum();
        (dot / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let off = (0..3).map(|axis| from_a[axis] - part * along[axis]);
    off.map(|part| part * part).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn removed_points_are_within_the_tolerance(
            points in proptest::collection::vec(proptest::array::uniform3(0.0..1.0f64), 0..40),
            tolerance in 0.0..0.3f64,
        ) {
            let keep = open(&points, tolerance);
            let kept: Vec<usize> = (0..points.len()).filter(|index| keep[*index]).collect();
            for (index, point) in points.iter().enumerate() {
                let after = kept.partition_point(|kept| *kept < index);
                let (a, b) = (kept[after.saturating_sub(1)], kept[after.min(kept.len() - 1)]);
                prop_assert!(distance_to_segment(point, &points[a], &points[b]) <= tolerance + 1e-12);
            }
        }

        #[test]
        fn rings_keep_at_least_three_points(points in proptest::collection::vec(proptest::array::uniform3(0.0..1.0f64), 3..30), tolerance in 0.0..2.0f64) {
            prop_assert!(closed(&points, tolerance).iter().filter(|keep| **keep).count() >= 3);
        }
    }
}
