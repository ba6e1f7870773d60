//! Merging of a saved label row into the stored one.

use agent_platform::json::{JsonDocument, JsonError, JsonNode};
use agent_platform::ontology::Ontology;
use serde_json::value::RawValue;

use crate::clock::Moment;
use crate::raw_json::{Members, ObjectWriter, quoted};

use super::check::check_row;
use super::data::{Data, StoredRow};
use super::refusal::Refusal;

/// Members of a row that the platform sets; clients set all others (contract:
/// `docs/contract/label-format.md#label-row`).
const PLATFORM_MEMBERS: [&str; 20] = [
    "label_hash",
    "branch_name",
    "created_at",
    "last_edited_at",
    "data_hash",
    "dataset_hash",
    "dataset_title",
    "data_title",
    "data_type",
    "label_status",
    "annotation_task_status",
    "is_shadow_data",
    "is_valid",
    "is_image_sequence",
    "group_hash",
    "video_link",
    "file_type",
    "export_hash",
    "exported_at",
    "export_history",
];

/// Members of a unit that the platform sets (contract: `docs/contract/label-format.md#data-units`).
const PLATFORM_UNIT_MEMBERS: [&str; 15] = [
    "data_hash",
    "data_title",
    "data_type",
    "data_sequence",
    "data_link",
    "data_links",
    "width",
    "height",
    "data_duration",
    "data_fps",
    "audio_codec",
    "audio_sample_rate",
    "audio_bit_depth",
    "audio_num_channels",
    "metadata",
];

/// Members that a row must have. They are empty objects if the client does not send them.
const REQUIRED_MEMBERS: [&str; 5] =
    ["object_answers", "classification_answers", "object_actions", "data_units", "spaces"];

/// Merges a saved document into the stored row (contract: `docs/contract/endpoints.md#save-label-rows`). Labels,
/// answers and other members of the client replace the stored ones; members that the client does not send are deleted.
/// Members that the platform sets are kept.
///
/// New entries get the caller as their author, and objects without a number get the next free one.
///
/// # Errors
/// The document is invalid.
pub(crate) fn apply_save(
    data: &Data,
    ontology: &Ontology,
    stored: &StoredRow,
    sent: &str,
    caller: &str,
    edited: Moment,
) -> Result<StoredRow, Refusal> {
    let not_an_object = || Refusal::InvalidArguments("a label row must be a JSON object".to_owned());
    let invalid = |_| not_an_object();
    check_row(data, ontology, stored, &Members::parse(sent).map_err(invalid)?)?;
    let filled = fill_defaults(sent, caller).map_err(|_| not_an_object())?;
    let filled = Members::parse(&filled).map_err(invalid)?;
    let before = Members::parse(&stored.document).map_err(invalid)?;
    let status = if stored.status == "NOT_LABELLED" { "LABEL_IN_PROGRESS" } else { &stored.status };

    let mut document = ObjectWriter::default();
    for (key, value) in before.iter() {
        match key {
            "last_edited_at" => document.member(key, &quoted(&edited.legacy())),
            "label_status" => document.member(key, &quoted(status)),
            "data_units" => document.member(key, &units(value, filled.get(key)).map_err(invalid)?),
            key if PLATFORM_MEMBERS.contains(&key) => document.member(key, value.get()),
            key => match filled.get(key) {
                Some(sent) => document.member(key, sent.get()),
                None if REQUIRED_MEMBERS.contains(&key) => document.member(key, "{}"),
                None => continue,
            },
        };
    }
    let is_new = |key: &str| before.get(key).is_none() && key != "last_edited_at";
    for (key, value) in filled.iter().filter(|(key, _)| is_new(key)) {
        document.member(key, value.get());
    }
    if before.get("last_edited_at").is_none() {
        document.member("last_edited_at", &quoted(&edited.legacy()));
    }
    Ok(StoredRow {
        edited: Some(edited),
        edited_text: Some(edited.legacy()),
        status: status.to_owned(),
        document: document.finish().into(),
        ..stored.clone()
    })
}

/// Merges the sent labels into the stored units. A unit that was not sent loses its labels.
fn units(stored: &RawValue, sent: Option<&RawValue>) -> serde_json::Result<String> {
    let stored = Members::parse(stored.get())?;
    let sent = sent.map(|sent| Members::parse(sent.get())).transpose()?.unwrap_or_default();
    let mut out = ObjectWriter::default();
    for (key, unit) in stored.iter() {
        let before = Members::parse(unit.get())?;
        let by_hash = || before.text("data_hash").and_then(|hash| sent.get(&hash));
        let after = sent.get(key).or_else(by_hash).map(|unit| Members::parse(unit.get())).transpose()?;
        let after = after.unwrap_or_default();
        let mut unit = ObjectWriter::default();
        for (key, value) in before.iter() {
            match key {
                "labels" => unit.member(key, after.get(key).map_or_else(|| without_labels(value), RawValue::get)),
                key if PLATFORM_UNIT_MEMBERS.contains(&key) => unit.member(key, value.get()),
                key => match after.get(key) {
                    Some(sent) => unit.member(key, sent.get()),
                    None => continue,
                },
            };
        }
        for (key, value) in after.iter().filter(|(key, _)| before.get(key).is_none()) {
            unit.member(key, value.get());
        }
        out.member(key, &unit.finish());
    }
    Ok(out.finish())
}

/// Returns empty labels of the same form.
fn without_labels(labels: &RawValue) -> &'static str {
    let is_blob = Members::parse(labels.get()).is_ok_and(|labels| labels.get("objects").is_some());
    if is_blob { r#"{"objects":[],"classifications":[]}"# } else { "{}" }
}

/// Adds missing authors and object numbers to the document.
fn fill_defaults(sent: &str, caller: &str) -> Result<String, JsonError> {
    let mut filler = DefaultFiller { document: JsonDocument::parse(sent)?, caller: quoted(caller) };
    let root = filler.document.root();
    for key in ["data_units", "spaces"] {
        for unit in filler.members_of(root, key)? {
            filler.labels(unit)?;
        }
    }
    for answer in filler.members_of(root, "classification_answers")? {
        filler.author(answer)?;
    }
    let answers = filler.members_of(root, "object_answers")?;
    filler.numbers(&answers)?;
    for answer in answers {
        // Only objects over ranges have their author here, and they say so.
        if filler.document.member(answer, "createdBy")?.is_some() {
            filler.author(answer)?;
        }
    }
    Ok(filler.document.to_json())
}

/// A document whose missing members are added.
struct DefaultFiller {
    document: JsonDocument,
    /// The e-mail address of the caller, as a JSON string.
    caller: String,
}

impl DefaultFiller {
    /// Returns the value of a key, unless it is `null`.
    fn value(&mut self, object: JsonNode, key: &str) -> Result<Option<JsonNode>, JsonError> {
        let value = self.document.member(object, key)?;
        Ok(value.filter(|value| self.document.text(*value) != "null"))
    }

    /// Returns the members of the object under a key, or none if there is no object.
    fn members_of(&mut self, object: JsonNode, key: &str) -> Result<Vec<JsonNode>, JsonError> {
        match self.value(object, key)? {
            Some(value) => self.document.members(value),
            None => Ok(Vec::new()),
        }
    }

    fn labels(&mut self, unit: JsonNode) -> Result<(), JsonError> {
        let Some(labels) = self.value(unit, "labels")? else { return Ok(()) };
        if self.document.member(labels, "objects")?.is_some() {
            return self.blob(labels);
        }
        for blob in self.document.members(labels)? {
            self.blob(blob)?;
        }
        Ok(())
    }

    fn blob(&mut self, blob: JsonNode) -> Result<(), JsonError> {
        let Some(objects) = self.value(blob, "objects")? else { return Ok(()) };
        for entry in self.document.elements(objects)? {
            self.author(entry)?;
        }
        Ok(())
    }

    /// Fills in the author and the last editor of an entry. An entry without an author is new: the caller created it.
    fn author(&mut self, entry: JsonNode) -> Result<(), JsonError> {
        let is_new = self.value(entry, "createdBy")?.is_none();
        for (key, is_required) in [("createdBy", true), ("lastEditedBy", is_new)] {
            let is_missing = match self.document.member(entry, key)? {
                Some(value) => self.document.text(value) == "null",
                None => is_required,
            };
            if is_missing {
                self.document.set(entry, key, &self.caller)?;
            }
        }
        Ok(())
    }

    /// Gives objects without a number the next free one.
    fn numbers(&mut self, answers: &[JsonNode]) -> Result<(), JsonError> {
        let mut without = Vec::new();
        let mut highest: u64 = 0;
        for answer in answers {
            let number = self.document.member(*answer, "objectNumber")?;
            match number.and_then(|number| self.document.text(number).parse::<u64>().ok()) {
                Some(number) => highest = highest.max(number),
                None => without.push(*answer),
            }
        }
        for answer in without {
            highest += 1;
            self.document.set(answer, "objectNumber", &highest.to_string())?;
        }
        Ok(())
    }
}
