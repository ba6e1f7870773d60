//! Comparison of label changes.

use agent_platform::labels::LabelDifference;

use super::entry::EntryRules;
use super::instance::Instance;
use crate::cases::Tolerances;

/// Returns the differences between expected label changes and others.
///
/// Instances that exist before the call are matched by hash. Added ones have other hashes in every run: they are matched by class,
/// first those that are equal, then those that overlap most.
pub(super) fn differences(
    expected: &LabelDifference,
    actual: &LabelDifference,
    tolerances: &Tolerances,
    size: &dyn Fn(u64) -> Option<(u64, u64)>,
) -> Vec<String> {
    let rules = EntryRules { tolerances, size };
    let (expected, actual) = (Instance::all(expected), Instance::all(actual));
    let (added, known): (Vec<_>, Vec<_>) = expected.into_iter().partition(Instance::is_added);
    let (actual_added, actual_known): (Vec<_>, Vec<_>) = actual.into_iter().partition(Instance::is_added);
    let mut lines = known_differences(&known, &actual_known, rules);
    lines.extend(added_differences(added, actual_added, rules));
    lines
}

fn known_differences(expected: &[Instance<'_>], actual: &[Instance<'_>], rules: EntryRules<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let find = |all: &[Instance<'_>], hash: &str| all.iter().position(|instance| instance.hash() == hash);
    for instance in expected {
        match find(actual, instance.hash()) {
            Some(at) => lines.extend(instance.differences(&actual[at], rules)),
            None => lines.extend(missing(instance)),
        }
    }
    let unexpected_instances = actual.iter().filter(|instance| find(expected, instance.hash()).is_none());
    lines.extend(unexpected_instances.flat_map(unexpected));
    lines
}

fn added_differences(expected: Vec<Instance<'_>>, mut actual: Vec<Instance<'_>>, rules: EntryRules<'_>) -> Vec<String> {
    let mut left = Vec::new();
    for instance in expected {
        // The order is the same in most runs, so that the first is tried first.
        let same =
            actual.iter().position(|other| instance.is_alike(other) && instance.differences(other, rules).is_empty());
        match same {
            Some(at) => drop(actual.remove(at)),
            None => left.push(instance),
        }
    }
    let mut pairs = Vec::new();
    for (at, instance) in left.iter().enumerate() {
        let alike = actual.iter().enumerate().filter(|(_, other)| instance.is_alike(other));
        pairs.extend(alike.map(|(other_at, other)| (instance.overlap(other, rules), at, other_at)));
    }
    // A stable sort: without shapes, instances are matched in their order.
    pairs.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
    let (mut of_expected, mut of_actual) = (vec![None; left.len()], vec![false; actual.len()]);
    for (_, at, other_at) in pairs {
        if of_expected[at].is_none() && !of_actual[other_at] {
            of_expected[at] = Some(other_at);
            of_actual[other_at] = true;
        }
    }
    let mut lines = Vec::new();
    for (instance, matched) in left.iter().zip(of_expected) {
        match matched {
            Some(at) => lines.extend(instance.differences(&actual[at], rules)),
            None => lines.extend(missing(instance)),
        }
    }
    let unmatched = actual.iter().zip(of_actual).filter(|(_, is_matched)| !is_matched);
    lines.extend(unmatched.flat_map(|(instance, _)| unexpected(instance)));
    lines
}

fn missing(instance: &Instance<'_>) -> Vec<String> {
    instance.lines().into_iter().map(|line| format!("missing: {line}")).collect()
}

fn unexpected(instance: &Instance<'_>) -> Vec<String> {
    instance.lines().into_iter().map(|line| format!("not expected: {line}")).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use agent_platform::labels::{BoundingBox, LabelDifference, LabelRow};
    use agent_platform::ontology::Ontology;

    use super::*;

    const ONTOLOGY: &str = r##"{"objects": [
        {"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "a1b2c3d4"},
        {"id": "2", "name": "Sign", "color": "#D33115", "shape": "bounding_box", "featureNodeHash": "b1b2c3d4"}],
        "classifications": []}"##;
    const ROW: &str = r#"{"label_hash": "l", "data_hash": "d", "data_type": "image", "data_units": {"d": {"data_hash": "d",
        "data_type": "image/png", "data_sequence": 0, "width": 10, "height": 10, "labels": {}}}, "object_answers": {},
        "object_actions": {}, "classification_answers": {}}"#;

    fn row() -> LabelRow {
        LabelRow::parse(ROW, Arc::new(Ontology::parse(ONTOLOGY).unwrap())).unwrap()
    }

    fn add(row: &mut LabelRow, class: &str, x: f64) -> String {
        row.add(class).bounding_box(x, 0.1, 0.2, 0.2).on(0).unwrap().hash().to_string()
    }

    fn added(boxes: &[(&str, f64)]) -> LabelDifference {
        let (base, mut row) = (row(), row());
        for (class, x) in boxes {
            add(&mut row, class, *x);
        }
        row.difference_from(&base)
    }

    fn compared(one: &LabelDifference, other: &LabelDifference, tolerances: &Tolerances) -> Vec<String> {
        differences(one, other, tolerances, &|_| Some((10, 10)))
    }

    #[test]
    fn added_objects_are_matched_without_hash() {
        let exact = Tolerances::default();
        let one = added(&[("Car", 0.1), ("Car", 0.5), ("Sign", 0.1)]);
        assert!(compared(&one, &added(&[("Sign", 0.1), ("Car", 0.5), ("Car", 0.1)]), &exact).is_empty());
        let found = compared(&one, &added(&[("Car", 0.1), ("Car", 0.52)]), &exact);
        let moved = "expected: added Car on frame 0: box 0.5, 0.1, 0.2 × 0.2\n    actual:   added Car on frame 0: box \
            0.52, 0.1, 0.2 × 0.2\n    boundingBox.x: 0.5 → 0.52";
        assert_eq!(found, [moved, "missing: added Sign on frame 0: box 0.1, 0.1, 0.2 × 0.2"]);
        let found = compared(&one, &added(&[("Car", 0.1), ("Car", 0.5), ("Sign", 0.1), ("Sign", 0.3)]), &exact);
        assert_eq!(found, ["not expected: added Sign on frame 0: box 0.3, 0.1, 0.2 × 0.2"]);
    }

    #[test]
    fn shapes_are_compared_by_overlap() {
        let (one, other) = (added(&[("Car", 0.1)]), added(&[("Car", 0.11)]));
        let tolerant = |iou: f64| Tolerances { iou: Some(iou), ..Tolerances::default() };
        assert!(compared(&one, &other, &tolerant(0.9)).is_empty());
        let found = compared(&one, &other, &tolerant(0.95)).join("\n");
        assert!(found.contains("intersection over union 0.905, at least 0.95 is expected"), "{found}");
        assert!(!found.contains("boundingBox"), "{found}");
    }

    #[test]
    fn known_objects_are_matched_by_hash() {
        let mut base = row();
        let hashes = [add(&mut base, "Car", 0.1), add(&mut base, "Car", 0.5)];
        let moved = |hash: &str| {
            let mut row = base.clone();
            row.edit(hash).unwrap().at(0).unwrap().change(|shape: &mut BoundingBox| shape.x = 0.3).unwrap();
            row.difference_from(&base)
        };
        let (one, other) = (moved(&hashes[0]), moved(&hashes[1]));
        assert!(compared(&one, &one, &Tolerances::default()).is_empty());
        let found = compared(&one, &other, &Tolerances::default());
        assert!(found[0].starts_with(&format!("missing: changed Car {}", hashes[0])), "{found:?}");
        assert!(found[1].starts_with(&format!("not expected: changed Car {}", hashes[1])), "{found:?}");
    }
}
