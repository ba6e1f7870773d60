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
    /// `on` or `from`, before the frames.
    preposition: &'static str,
    change: Subject<'d>,
    text: String,
}

/// The object or classification of a line, and the space that it is in.
#[derive(PartialEq)]
struct Subject<'d> {
    key: Option<&'d str>,
    class: &'d str,
    /// Instances that were added have hashes that differ from run to run.
    hash: Option<&'d str>,
    space: Option<&'d str>,
}

impl<'d> Subject<'d> {
    fn new(change: &'d LabelChange) -> Self {
        let object = change.key.object_hash().map(ObjectHash::as_str);
        let key = object.or_else(|| change.key.classification_hash().map(ClassificationHash::as_str));
        let class = change.class().unwrap_or(if object.is_some() { "object" } else { "classification" });
        let space = match &change.key {
            EntryKey::ObjectOnFrame { space, .. } => space.as_deref(),
            _ => None,
        };
        let hash = key.filter(|_| change.instance_kind() != ChangeKind::Added);
        Self { key, class, hash, space }
    }
}

impl<'d> Line<'d> {
    fn new(change: &'d LabelChange) -> Self {
        let (instance, kind) = (change.instance_kind(), change.kind());
        let is_placed = matches!(change.key, EntryKey::ObjectOnFrame { .. });
        let (verb, preposition) = match (instance, kind) {
            (ChangeKind::Added, _) => ("added", "on"),
            (ChangeKind::Removed, _) => ("removed", "from"),
            (_, ChangeKind::Added) if is_placed => ("placed", "on"),
            (_, ChangeKind::Removed) if is_placed => ("removed", "from"),
            _ => ("changed", "on"),
        };
        Self { verb, preposition, change: Subject::new(change), text: text(change) }
    }

    fn write(&self, ranges: &Ranges) -> String {
        let Subject { class, hash, space, .. } = self.change;
        let mut line = format!("{} {class}", self.verb);
        let mut add = |text: &str| line.push_str(text);
        if let Some(hash) = hash {
            add(&format!(" {hash}"));
        }
        if !ranges.is_empty() {
            add(&format!(" {} {}", self.preposition, frames(ranges)));
        }
        if let Some(space) = space {
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

impl fmt::Display for LabelDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no label changed");
        }
        let shown = self.changes.iter().filter(|change| {
            let is_answer = matches!(change.key, EntryKey::ObjectAnswers { .. } | EntryKey::ObjectActions { .. });
            // The line of a removed object says so already; a range object has no entry on a frame.
            let has_frames = |other: &LabelChange| matches!(other.key, EntryKey::ObjectOnFrame { .. });
            let same_object = |other: &&LabelChange| other.key.object_hash() == change.key.object_hash();
            let is_removed = is_answer && change.instance_kind() == ChangeKind::Removed;
            !is_removed || !self.changes.iter().filter(same_object).any(has_frames)
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
