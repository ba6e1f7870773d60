//! A difference as JSON.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::hash::{ClassificationHash, ObjectHash};
use crate::labels::entry_key::EntryKey;

use super::LabelDifference;
use super::change::{ChangeKind, Instance, LabelChange};
use super::written::WrittenEntry;

/// The kind of an entry, as JSON names it.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum EntryName {
    ObjectOnFrame,
    ObjectEvents,
    ObjectAnswers,
    ObjectActions,
    Classification,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireChange {
    entry: EntryName,
    kind: ChangeKind,
    instance: ChangeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object_hash: Option<ObjectHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    classification_hash: Option<ClassificationHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    space: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frame: Option<u64>,
    before: Vec<WireEntry>,
    after: Vec<WireEntry>,
}

#[derive(Serialize, Deserialize)]
struct WireEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    space: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frame: Option<u64>,
    json: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
struct WireDifference {
    changes: Vec<WireChange>,
}

impl WireEntry {
    fn new(entry: &WrittenEntry) -> Result<Self, serde_json::Error> {
        let json = RawValue::from_string(entry.json.clone())?;
        Ok(Self { space: entry.space.clone(), frame: entry.frame, json })
    }

    fn into_entry(self) -> WrittenEntry {
        WrittenEntry { space: self.space, frame: self.frame, json: self.json.get().to_owned() }
    }
}

impl WireChange {
    fn new(change: &LabelChange) -> Result<Self, serde_json::Error> {
        let (entry, space, frame) = match &change.key {
            EntryKey::ObjectOnFrame { space, frame, .. } => (EntryName::ObjectOnFrame, space.clone(), Some(*frame)),
            EntryKey::ObjectEvents { .. } => (EntryName::ObjectEvents, None, None),
            EntryKey::ObjectAnswers { .. } => (EntryName::ObjectAnswers, None, None),
            EntryKey::ObjectActions { .. } => (EntryName::ObjectActions, None, None),
            EntryKey::ClassificationInstance { .. } => (EntryName::Classification, None, None),
        };
        let entries = |entries: &[WrittenEntry]| entries.iter().map(WireEntry::new).collect::<Result<_, _>>();
        Ok(Self {
            entry,
            kind: change.kind(),
            instance: change.instance.kind,
            class: change.instance.class.clone(),
            object_hash: change.key.object_hash().cloned(),
            classification_hash: change.key.classification_hash().cloned(),
            space,
            frame,
            before: entries(&change.before)?,
            after: entries(&change.after)?,
        })
    }

    /// Returns the change, or the name of the missing member.
    fn into_change(self) -> Result<LabelChange, &'static str> {
        let object_hash = self.object_hash.ok_or("objectHash");
        let key = match self.entry {
            EntryName::ObjectOnFrame => EntryKey::ObjectOnFrame {
                object_hash: object_hash?,
                space: self.space,
                frame: self.frame.ok_or("frame")?,
            },
            EntryName::ObjectEvents => EntryKey::ObjectEvents { object_hash: object_hash? },
            EntryName::ObjectAnswers => EntryKey::ObjectAnswers { object_hash: object_hash? },
            EntryName::ObjectActions => EntryKey::ObjectActions { object_hash: object_hash? },
            EntryName::Classification => EntryKey::ClassificationInstance {
                classification_hash: self.classification_hash.ok_or("classificationHash")?,
            },
        };
        let entries = |entries: Vec<WireEntry>| entries.into_iter().map(WireEntry::into_entry).collect();
        let mut change = LabelChange::new(key, entries(self.before), entries(self.after), true);
        change.instance = Instance { class: self.class, kind: self.instance };
        Ok(change)
    }
}

impl Serialize for LabelDifference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let changes = self.changes.iter().map(WireChange::new).collect::<Result<_, _>>();
        WireDifference { changes: changes.map_err(serde::ser::Error::custom)? }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LabelDifference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WireDifference::deserialize(deserializer)?;
        let changes = wire.changes.into_iter().map(WireChange::into_change).collect::<Result<_, _>>();
        Ok(Self { changes: changes.map_err(D::Error::missing_field)? })
    }
}
