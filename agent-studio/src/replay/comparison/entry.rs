//! Comparison of the same change in two differences.

use agent_platform::labels::{LabelChange, WrittenEntry};
use serde_json::Value;

use super::value::{self, Rules};
use crate::cases::Tolerances;

/// Members that identify an object or classification. Those of added ones differ from run to run.
const HASHES: [&str; 2] = ["objectHash", "classificationHash"];

/// Rules for comparing two changes.
#[derive(Clone, Copy)]
pub(super) struct EntryRules<'r> {
    pub(super) tolerances: &'r Tolerances,
    /// Returns the size of a frame in pixels.
    pub(super) size: &'r dyn Fn(u64) -> Option<(u64, u64)>,
}

/// Returns the differences between what two changes leave in the row. `is_added` says that the change is one of a new instance,
/// whose hash is not compared.
pub(super) fn differences(
    expected: &LabelChange,
    actual: &LabelChange,
    is_added: bool,
    rules: EntryRules<'_>,
) -> Vec<String> {
    if expected.kind() != actual.kind() {
        return vec![format!("{:?} instead of {:?}", actual.kind(), expected.kind()).to_lowercase()];
    }
    let (one, other) = (expected.after(), actual.after());
    if one.len() != other.len() {
        return vec![format!("{} entries instead of {}", other.len(), one.len())];
    }
    let pairs = one.iter().zip(other);
    pairs.flat_map(|(one, other)| entry_differences(one, other, is_added, rules)).collect()
}

/// Returns the intersection over union of the shapes of two changes; `None` if they have none.
pub(super) fn overlap(one: &LabelChange, other: &LabelChange, rules: EntryRules<'_>) -> Option<f64> {
    let (one, other) = (one.after().first()?, other.after().first()?);
    one.coordinates()?.intersection_over_union(&other.coordinates()?, size(one, rules))
}

fn size(entry: &WrittenEntry, rules: EntryRules<'_>) -> Option<(u64, u64)> {
    entry.frame().and_then(rules.size)
}

fn entry_differences(one: &WrittenEntry, other: &WrittenEntry, is_added: bool, rules: EntryRules<'_>) -> Vec<String> {
    if (one.frame(), one.space()) != (other.frame(), other.space()) {
        return vec!["on another frame".to_owned()];
    }
    let mut lines = Vec::new();
    let mut skip_coordinates = false;
    if let Some(least) = rules.tolerances.iou
        && let (Some(shape), Some(other_shape)) = (one.coordinates(), other.coordinates())
        && let Some(overlap) = shape.intersection_over_union(&other_shape, size(one, rules))
    {
        skip_coordinates = true;
        if overlap < least {
            lines.push(format!("intersection over union {overlap:.3}, at least {least} is expected"));
        }
    }
    let parse = |entry: &WrittenEntry| serde_json::from_str::<Value>(entry.json()).ok();
    match (parse(one), parse(other)) {
        (Some(one), Some(other)) => {
            let ignored = if is_added { &HASHES[..] } else { &[] };
            let rules = Rules { tolerances: rules.tolerances, ignored, skip_coordinates, is_label: true };
            lines.extend(value::differences(&one, &other, rules));
        }
        // Numbers such as NaN are not JSON.
        _ if one.json() != other.json() => lines.push("the entries differ".to_owned()),
        _ => {}
    }
    lines
}
