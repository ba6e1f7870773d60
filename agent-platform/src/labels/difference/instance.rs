//! The object or classification that a changed entry belongs to.

use crate::hash::{ClassificationHash, ObjectHash};
use crate::json::{member, string};
use crate::labels::entry_key::EntryKey;
use crate::labels::row::LabelRow;

use super::change::{ChangeKind, Instance};

/// Returns the instance of an entry, from the rows before and after.
pub(super) fn instance_of(key: &EntryKey, before: &LabelRow, after: &LabelRow) -> Instance {
    if let Some(hash) = key.object_hash() {
        let is_live = |row: &LabelRow| row.object_id(hash.as_str()).is_ok();
        let class = object_class(after, hash).or_else(|| object_class(before, hash));
        return Instance { class, kind: kind(is_live(before), is_live(after)) };
    }
    let Some(hash) = key.classification_hash() else { return Instance::default() };
    let is_live = |row: &LabelRow| !row.written_entries(key).is_empty();
    let class = classification_class(after, hash).or_else(|| classification_class(before, hash));
    Instance { class, kind: kind(is_live(before), is_live(after)) }
}

fn kind(before: bool, after: bool) -> ChangeKind {
    match (before, after) {
        (false, true) => ChangeKind::Added,
        (true, false) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    }
}

fn object_class(row: &LabelRow, hash: &ObjectHash) -> Option<String> {
    let id = row.index.object_id(hash.as_str())?;
    let record = row.index.object(id);
    let by_ontology = row.index.feature(record.feature).and_then(|feature| row.ontology.object(feature));
    by_ontology.map(|class| class.name().to_owned()).or_else(|| {
        let placement = row.index.placements(&row.tree, id).next()?;
        written_name(row.tree.text(placement.entry))
    })
}

fn classification_class(row: &LabelRow, hash: &ClassificationHash) -> Option<String> {
    let record = row.index.classification(row.index.classification_id(hash.as_str())?);
    let by_ontology = row.index.feature(record.feature).and_then(|feature| row.ontology.classification(feature));
    by_ontology.map(|class| class.name().to_owned()).or_else(|| {
        let placement = record.placements.first()?;
        written_name(row.tree.text(placement.entry))
    })
}

fn written_name(entry: &str) -> Option<String> {
    member(entry, "name").and_then(string).map(std::borrow::Cow::into_owned)
}
