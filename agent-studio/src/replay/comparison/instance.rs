//! The changes of one object or classification.

use agent_platform::hash::{ClassificationHash, ObjectHash};
use agent_platform::labels::{ChangeKind, EntryKey, LabelChange, LabelDifference};

use super::entry::{self, EntryRules};

/// The changes of one object or classification.
pub(super) struct Instance<'d> {
    pub(super) changes: Vec<&'d LabelChange>,
}

/// A place in the labels of an instance.
#[derive(PartialEq)]
enum Slot<'d> {
    Frame(Option<&'d str>, u64),
    Events,
    Answers,
    Actions,
    Classification,
    Other,
}

/// Returns the hash of the instance that a change belongs to.
fn hash(change: &LabelChange) -> &str {
    let object = change.key().object_hash().map(ObjectHash::as_str);
    object.or_else(|| change.key().classification_hash().map(ClassificationHash::as_str)).unwrap_or_default()
}

fn slot(change: &LabelChange) -> Slot<'_> {
    match change.key() {
        EntryKey::ObjectOnFrame { space, frame, .. } => Slot::Frame(space.as_deref(), *frame),
        EntryKey::ObjectEvents { .. } => Slot::Events,
        EntryKey::ObjectAnswers { .. } => Slot::Answers,
        EntryKey::ObjectActions { .. } => Slot::Actions,
        EntryKey::ClassificationInstance { .. } => Slot::Classification,
        _ => Slot::Other,
    }
}

impl<'d> Instance<'d> {
    /// Returns the instances of a difference.
    pub(super) fn all(difference: &'d LabelDifference) -> Vec<Self> {
        let changes: Vec<_> = difference.entries().collect();
        let is_same =
            |one: &&LabelChange, other: &&LabelChange| hash(one) == hash(other) && is_object(one) == is_object(other);
        changes.chunk_by(is_same).map(|changes| Self { changes: changes.to_vec() }).collect()
    }

    pub(super) fn hash(&self) -> &'d str {
        self.changes.first().map_or("", |change| hash(change))
    }

    /// Returns whether the whole instance was added.
    pub(super) fn is_added(&self) -> bool {
        self.changes.first().is_some_and(|change| change.instance_kind() == ChangeKind::Added)
    }

    /// Returns whether another instance is of the same class and kind.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let class = |instance: &Self| {
            let first = instance.changes.first()?;
            Some((is_object(first), first.class().map(str::to_owned)))
        };
        class(self) == class(other)
    }

    /// Returns the line of each change, without those that say nothing.
    pub(super) fn lines(&self) -> Vec<String> {
        let placed = self.changes.iter().filter(|change| matches!(change.key(), EntryKey::ObjectOnFrame { .. }));
        let placed: Vec<_> = placed.map(ToString::to_string).collect();
        if placed.is_empty() { self.changes.iter().map(ToString::to_string).collect() } else { placed }
    }

    /// Returns the differences to another instance: a block of lines for each change that differs.
    pub(super) fn differences(&self, actual: &Self, rules: EntryRules<'_>) -> Vec<String> {
        let mut blocks = Vec::new();
        let is_added = self.is_added();
        for expected in &self.changes {
            match actual.changes.iter().find(|change| slot(change) == slot(expected)) {
                Some(change) => {
                    let details = entry::differences(expected, change, is_added, rules);
                    if !details.is_empty() {
                        blocks.push(block(expected, change, &details));
                    }
                }
                None => blocks.push(format!("missing: {expected}")),
            }
        }
        let unexpected =
            actual.changes.iter().filter(|change| self.changes.iter().all(|other| slot(other) != slot(change)));
        blocks.extend(unexpected.map(|change| format!("not expected: {change}")));
        blocks
    }

    /// Returns the mean intersection over union with another instance, from 0 to 1. Frames that only one has count as 0.
    #[expect(clippy::cast_precision_loss, reason = "no row has 2^52 entries")]
    pub(super) fn overlap(&self, other: &Self, rules: EntryRules<'_>) -> f64 {
        let mut sum = 0.0;
        let frames =
            |instance: &Self| instance.changes.iter().filter(|change| matches!(slot(change), Slot::Frame(..))).count();
        for change in &self.changes {
            let same = other.changes.iter().find(|other| slot(other) == slot(change));
            sum += same.and_then(|other| entry::overlap(change, other, rules)).unwrap_or_default();
        }
        sum / frames(self).max(frames(other)).max(1) as f64
    }
}

fn is_object(change: &LabelChange) -> bool {
    change.key().object_hash().is_some()
}

fn block(expected: &LabelChange, actual: &LabelChange, details: &[String]) -> String {
    let (one, other) = (expected.to_string(), actual.to_string());
    let details = details.iter().map(|line| format!("\n    {line}")).collect::<String>();
    if one == other { format!("{one}{details}") } else { format!("expected: {one}\n    actual:   {other}{details}") }
}
