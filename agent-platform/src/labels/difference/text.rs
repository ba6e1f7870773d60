//! The text of a difference: a line for each change.

use std::fmt;

use crate::hash::{ClassificationHash, ObjectHash};
use crate::labels::entry_key::EntryKey;
use crate::labels::ranges::{Range, Ranges};

use super::LabelDifference;
use super::change::{ChangeKind, LabelChange};
use super::entry_text::{answers, answers_change, classified, classified_ranges, frames, placed, placed_change};

/// A line before its frames are written: lines of one object that differ in the frame alone become one.
#[derive(PartialEq)]
struct Line<'d> {
    verb: &'static str,
    class: &'d str,
    /// The hash of the object or classification.
    hash: Option<&'d str>,
    space: Option<&'d str>,
    text: String,
}

/// The verb of an instance that was added. Its hash is not shown, since it differs from run to run.
const ADDED: &str = "added";
/// The verb of what was removed.
const REMOVED: &str = "removed";

impl<'d> Line<'d> {
    fn new(change: &'d LabelChange) -> Self {
        let object = change.key.object_hash().map(ObjectHash::as_str);
        let hash = object.or_else(|| change.key.classification_hash().map(ClassificationHash::as_str));
        let class = change.class().unwrap_or(if object.is_some() { "object" } else { "classification" });
        let (is_placed, space) = match &change.key {
            EntryKey::ObjectOnFrame { space, .. } => (true, space.as_deref()),
            _ => (false, None),
        };
        let verb = match (change.instance_kind(), change.kind()) {
            (ChangeKind::Added, _) => ADDED,
            (ChangeKind::Removed, _) => REMOVED,
            (_, ChangeKind::Added) if is_placed => "placed",
            (_, ChangeKind::Removed) if is_placed => REMOVED,
            _ => "changed",
        };
        Self { verb, class, hash, space, text: text(change) }
    }

    fn write(&self, ranges: &Ranges) -> String {
        let mut line = format!("{} {}", self.verb, self.class);
        let mut add = |text: &str| line.push_str(text);
        if let Some(hash) = self.hash.filter(|_| self.verb != ADDED) {
            add(&format!(" {hash}"));
        }
        if !ranges.is_empty() {
            let preposition = if self.verb == REMOVED { "from" } else { "on" };
            add(&format!(" {preposition} {}", frames(ranges)));
        }
        if let Some(space) = self.space {
            add(&format!(" of space {space}"));
        }
        if !self.text.is_empty() {
            add(&format!(": {}", self.text));
        }
        line
    }
}

/// Returns the text of a change after the object and its frames.
fn text(change: &LabelChange) -> String {
    let (before, after) = (change.before.as_slice(), change.after.as_slice());
    match &change.key {
        EntryKey::ObjectOnFrame { .. } => match (before, after) {
            ([], [after, ..]) => placed(after.json()),
            ([before, ..], [after, ..]) => placed_change(before.json(), after.json()),
            _ => String::new(),
        },
        EntryKey::ObjectEvents { .. } => match change.instance_kind() {
            ChangeKind::Removed => String::new(),
            _ => format!("{} events → {}", before.len(), after.len()),
        },
        EntryKey::ObjectAnswers { .. } | EntryKey::ObjectActions { .. } => match change.instance_kind() {
            ChangeKind::Added => answers(after.first()),
            ChangeKind::Removed => String::new(),
            ChangeKind::Changed => answers_change(before.first(), after.first()),
        },
        EntryKey::ClassificationInstance { .. } => match change.kind() {
            ChangeKind::Added => classified(after),
            ChangeKind::Removed => classified(before),
            ChangeKind::Changed => classification_change(change),
        },
    }
}

fn classification_change(change: &LabelChange) -> String {
    let (before, after) = (classified_ranges(&change.before), classified_ranges(&change.after));
    let mut parts = Vec::new();
    if before != after {
        parts.push(format!("{} → {}", frames(&before), frames(&after)));
    }
    let answers = answers_change(change.before.first(), change.after.first());
    // Without an answer that differs, the texts tell what the frames do.
    if classified(&change.before) != classified(&change.after) || parts.is_empty() {
        parts.push(answers);
    }
    parts.join("; ")
}

/// The frames of a change, if its line has any.
fn ranges(change: &LabelChange) -> Ranges {
    match (&change.key, change.kind()) {
        (EntryKey::ObjectOnFrame { frame, .. }, _) => Ranges::from(*frame),
        (EntryKey::ClassificationInstance { .. }, ChangeKind::Added) => classified_ranges(&change.after),
        (EntryKey::ClassificationInstance { .. }, ChangeKind::Removed) => classified_ranges(&change.before),
        _ => Ranges::none(),
    }
}

impl fmt::Display for LabelChange {
    /// Writes the line of one change.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Line::new(self).write(&ranges(self)))
    }
}

impl fmt::Display for LabelDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no label changed");
        }
        let by_object = self.changes.chunk_by(|one, other| one.key.object_hash() == other.key.object_hash());
        let shown = by_object.flat_map(|changes| {
            let has_frames = changes.iter().any(|change| matches!(change.key, EntryKey::ObjectOnFrame { .. }));
            // The line of a removed object with its frames says all; an object over ranges has no such line.
            changes.iter().filter(move |change| {
                let is_answer = matches!(change.key, EntryKey::ObjectAnswers { .. } | EntryKey::ObjectActions { .. });
                !(has_frames && is_answer && change.instance_kind() == ChangeKind::Removed)
            })
        });
        let mut lines: Vec<(Line<'_>, Ranges)> = Vec::new();
        for change in shown {
            let (line, own) = (Line::new(change), ranges(change));
            match lines.last_mut() {
                Some((last, all)) if *last == line && continues(all, &own) => *all = all.union(&own),
                _ => lines.push((line, own)),
            }
        }
        for (number, (line, ranges)) in lines.iter().enumerate() {
            f.write_str(if number == 0 { "" } else { "\n" })?;
            f.write_str(&line.write(ranges))?;
        }
        Ok(())
    }
}

/// Returns whether frames follow directly on others.
fn continues(before: &Ranges, after: &Ranges) -> bool {
    let first = |range: Option<Range>| range.map(|range| range.start);
    before.last().and_then(|last| last.checked_add(1)).is_some_and(|next| first(after.iter().next()) == Some(next))
}
