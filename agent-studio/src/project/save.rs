//! Merging of a saved label row into the stored one.

use agent_platform::ontology::Ontology;
use serde_json::value::RawValue;

use crate::clock::Moment;
use crate::raw_json::{Elements, Members, ObjectWriter, Splice, is_null, quoted};

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
    let invalid = |_| Refusal::InvalidArguments("a label row must be a JSON object".to_owned());
    check_row(data, ontology, stored, &Members::of(sent).map_err(invalid)?)?;
    let filled = fill_defaults(sent, caller).map_err(invalid)?;
    let filled = Members::of(&filled).map_err(invalid)?;
    let before = Members::of(&stored.document).map_err(invalid)?;
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
    let stored = Members::of(stored.get())?;
    let sent = sent.map(|sent| Members::of(sent.get())).transpose()?.unwrap_or_default();
    let mut out = ObjectWriter::default();
    for (key, unit) in stored.iter() {
        let before = Members::of(unit.get())?;
        let by_hash = || before.text("data_hash").and_then(|hash| sent.get(&hash));
        let after = sent.get(key).or_else(by_hash).map(|unit| Members::of(unit.get())).transpose()?;
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
    let is_blob = Members::of(labels.get()).is_ok_and(|labels| labels.get("objects").is_some());
    if is_blob { r#"{"objects":[],"classifications":[]}"# } else { "{}" }
}

/// Adds missing authors and object numbers to the document.
fn fill_defaults(sent: &str, caller: &str) -> serde_json::Result<String> {
    let row = Members::of(sent)?;
    let mut filler = DefaultFiller { splice: Splice::new(sent), caller: quoted(caller) };
    for units in ["data_units", "spaces"] {
        for (_, unit) in object(row.get(units))?.iter() {
            let labels = Members::of(unit.get())?;
            filler.labels(labels.value("labels"))?;
        }
    }
    for (_, answer) in object(row.get("classification_answers"))?.iter() {
        filler.author(answer)?;
    }
    let answers = object(row.get("object_answers"))?;
    filler.numbers(&answers)?;
    for (_, answer) in answers.iter() {
        // Only range objects have their author in the answers.
        if Members::of(answer.get())?.get("createdBy").is_some() {
            filler.author(answer)?;
        }
    }
    Ok(filler.splice.finish())
}

struct DefaultFiller<'a> {
    splice: Splice<'a>,
    /// The caller as a JSON string.
    caller: String,
}

impl DefaultFiller<'_> {
    fn labels(&mut self, labels: Option<&RawValue>) -> serde_json::Result<()> {
        let labels = object(labels)?;
        if labels.get("objects").is_some() {
            return self.blob(&labels);
        }
        for (_, blob) in labels.iter() {
            self.blob(&Members::of(blob.get())?)?;
        }
        Ok(())
    }

    fn blob(&mut self, blob: &Members<'_>) -> serde_json::Result<()> {
        let Some(objects) = blob.value("objects") else { return Ok(()) };
        for entry in Elements::of(objects.get())?.0 {
            self.author(entry)?;
        }
        Ok(())
    }

    /// Sets the author of an entry. An entry without a creator is new, so the caller is also its last editor.
    fn author(&mut self, entry: &RawValue) -> serde_json::Result<()> {
        let members = Members::of(entry.get())?;
        let is_new = members.value("createdBy").is_none();
        for (key, is_required) in [("createdBy", true), ("lastEditedBy", is_new)] {
            match members.get(key) {
                Some(value) if is_null(value) => self.splice.replace(value, self.caller.as_str()),
                None if is_required => self.splice.add_member(entry, key, &self.caller),
                _ => {}
            }
        }
        Ok(())
    }

    fn numbers(&mut self, answers: &Members<'_>) -> serde_json::Result<()> {
        let mut unnumbered = Vec::new();
        let mut highest: u64 = 0;
        for (_, answer) in answers.iter() {
            let members = Members::of(answer.get())?;
            match members.get("objectNumber").and_then(|number| number.get().parse::<u64>().ok()) {
                Some(number) => highest = highest.max(number),
                None => unnumbered.push((answer, members.get("objectNumber"))),
            }
        }
        for (answer, null) in unnumbered {
            highest += 1;
            match null {
                Some(null) => self.splice.replace(null, highest.to_string()),
                None => self.splice.add_member(answer, "objectNumber", &highest.to_string()),
            }
        }
        Ok(())
    }
}

fn object(value: Option<&RawValue>) -> serde_json::Result<Members<'_>> {
    value.filter(|value| !is_null(value)).map_or_else(|| Ok(Members::default()), |value| Members::of(value.get()))
}
