//! Text of an entry, and reading it from a row.

use crate::labels::compare::{answers_nothing, same_value};
use crate::labels::geometry::AnyCoordinates;
use crate::labels::index::{Placement, ROOT};
use crate::labels::row::LabelRow;

use crate::labels::entry_key::EntryKey;

/// One JSON object that an entry is written as.
///
/// Most entries are one. The events of an object are one for each event; a classification has its answers, and in rows of the
/// older generation one more for each frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenEntry {
    pub(super) space: Option<String>,
    pub(super) frame: Option<u64>,
    pub(super) json: String,
}

impl WrittenEntry {
    /// Returns the id of the space that it is written in; `None` for the data itself, and for answers.
    #[must_use]
    pub fn space(&self) -> Option<&str> {
        self.space.as_deref()
    }

    /// Returns the frame that it is written on, from 0; `None` for answers.
    #[must_use]
    pub fn frame(&self) -> Option<u64> {
        self.frame
    }

    /// Returns the JSON object, byte for byte as the row holds it.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Returns the coordinates of an object on a frame; `None` for other entries, and for coordinates that cannot be parsed.
    #[must_use]
    pub fn coordinates(&self) -> Option<AnyCoordinates> {
        AnyCoordinates::from_entry(&self.json).ok()
    }
}

/// Returns whether two lists of texts mean the same labels at the same frames.
pub(crate) fn same_written(key: &EntryKey, one: &[WrittenEntry], other: &[WrittenEntry]) -> bool {
    if let EntryKey::ObjectAnswers { .. } | EntryKey::ObjectActions { .. } = key
        && (one.is_empty() || other.is_empty())
    {
        return one.iter().chain(other).all(|entry| answers_nothing(&entry.json));
    }
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| {
            one.frame == other.frame && one.space == other.space && same_value(&one.json, &other.json)
        })
}

impl LabelRow {
    /// Returns the texts of an entry, in the order of spaces and frames; none if the row does not have it.
    pub(crate) fn written_entries(&self, key: &EntryKey) -> Vec<WrittenEntry> {
        if let Some(hash) = key.classification_hash() {
            let Some(record) = self.index.classification_id(hash.as_str()).map(|id| self.index.classification(id))
            else {
                return Vec::new();
            };
            let answers = record.answers.map(|node| self.written_answers(node));
            let live = record.placements.iter().filter(|placement| !self.tree.is_removed(placement.entry));
            return answers.into_iter().chain(self.in_order(live.copied())).collect();
        }
        let Some(id) = key.object_hash().and_then(|hash| self.index.object_id(hash.as_str())) else {
            return Vec::new();
        };
        let record = self.index.object(id);
        let frames = match key {
            EntryKey::ObjectAnswers { .. } => {
                return record.answers.map(|node| self.written_answers(node)).into_iter().collect();
            }
            EntryKey::ObjectActions { .. } => {
                return record.actions.map(|node| self.written_answers(node)).into_iter().collect();
            }
            EntryKey::ObjectOnFrame { space, frame, .. } => {
                self.place(space.as_deref()).map(|place| (place, *frame..=*frame))
            }
            _ => Ok((ROOT, 0..=u64::MAX)),
        };
        let Ok((place, frames)) = frames else { return Vec::new() };
        let between = self.index.placements_between(&self.tree, id, place, frames);
        between.map(|placement| self.written_placement(placement)).collect()
    }

    fn in_order(&self, placements: impl Iterator<Item = Placement>) -> Vec<WrittenEntry> {
        let mut entries: Vec<WrittenEntry> = placements.map(|placement| self.written_placement(placement)).collect();
        entries.sort_by(|one, other| (&one.space, one.frame).cmp(&(&other.space, other.frame)));
        entries
    }

    pub(super) fn written_answers(&self, node: crate::json::NodeId) -> WrittenEntry {
        WrittenEntry { space: None, frame: None, json: self.tree.written(node).into_owned() }
    }

    pub(super) fn written_placement(&self, placement: Placement) -> WrittenEntry {
        let blob = self.index.blob(placement.blob);
        let space = self.index.space(blob.place).map(|space| space.id.to_string());
        WrittenEntry { space, frame: Some(blob.frame), json: self.tree.written(placement.entry).into_owned() }
    }
}
