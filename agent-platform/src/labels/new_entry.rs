//! Entries of new labels, with their keys in the order of the platform (contract:
//! `docs/contract/label-format.md#object-entries`, `docs/contract/label-format.md#object-answers` and
//! `docs/contract/label-format.md#classifications`).

use serde::Serialize;
use serde_json::value::RawValue;

use crate::json::number_text;
use crate::labels::provenance::Provenance;
use crate::ontology::{Attribute, ObjectClass};

/// Returns an entry as JSON.
pub(crate) fn to_json(entry: &impl Serialize) -> String {
    // Structs with string keys cannot fail.
    serde_json::to_string(entry).unwrap_or_default()
}

/// Returns JSON to be embedded as it is written.
pub(crate) fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// Returns a confidence in Python's spelling: always with a fraction or an exponent.
pub(crate) fn confidence_json(confidence: f64) -> String {
    let text = number_text(confidence);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}

/// Returns a name in lower case with `_` for blanks (contract: `docs/contract/label-format.md#slugs`).
fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

/// An empty list.
type Empty = [(); 0];

/// An empty map.
#[derive(Debug, Default, Serialize)]
pub(crate) struct EmptyMap {}

/// The members by which an entry repeats its class.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClassMembers<'e> {
    feature_hash: &'e str,
    name: &'e str,
    color: &'e str,
    shape: &'e str,
    value: String,
}

impl<'e> ClassMembers<'e> {
    pub(crate) fn new(class: &'e ObjectClass) -> Self {
        let name = class.name();
        Self {
            feature_hash: class.feature_hash().as_str(),
            name,
            color: class.color(),
            shape: class.shape().as_str(),
            value: slug(name),
        }
    }
}

/// An object on a frame, without its coordinates.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FrameEntry<'e> {
    object_hash: &'e str,
    #[serde(flatten)]
    class: ClassMembers<'e>,
    created_at: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<Option<&'e str>>,
    last_edited_at: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_edited_by: Option<&'e str>,
    confidence: Box<RawValue>,
    manual_annotation: bool,
}

/// Spelling of `createdBy` without an author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownAuthor {
    /// `createdBy` is `null`.
    Null,
    /// `createdBy` is absent, as in spaces and scenes.
    Absent,
}

impl<'e> FrameEntry<'e> {
    pub(crate) fn new(
        object_hash: &'e str,
        class: &'e ObjectClass,
        now: &'e str,
        provenance: &'e Provenance,
        unknown_author: UnknownAuthor,
    ) -> Self {
        let author = provenance.author.as_deref();
        Self {
            object_hash,
            class: ClassMembers::new(class),
            created_at: now,
            created_by: (author.is_some() || unknown_author == UnknownAuthor::Null).then_some(author),
            last_edited_at: now,
            last_edited_by: author,
            confidence: raw(confidence_json(provenance.confidence)),
            manual_annotation: provenance.manual,
        }
    }
}

/// An object in `object_answers`, without answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectAnswersEntry<'e> {
    object_hash: &'e str,
    classifications: Empty,
}

impl<'e> ObjectAnswersEntry<'e> {
    pub(crate) fn new(object_hash: &'e str) -> Self {
        Self { object_hash, classifications: [] }
    }
}

/// An object in `object_actions`, without answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectActionsEntry<'e> {
    object_hash: &'e str,
    actions: Empty,
}

impl<'e> ObjectActionsEntry<'e> {
    pub(crate) fn new(object_hash: &'e str) -> Self {
        Self { object_hash, actions: [] }
    }
}

/// The members that the `object_answers` entry of an object over ranges has beside its answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RangeMembers<'e> {
    #[serde(flatten)]
    class: ClassMembers<'e>,
    range: Empty,
    created_by: Option<&'e str>,
    created_at: &'e str,
    last_edited_by: Option<&'e str>,
    last_edited_at: &'e str,
    manual_annotation: bool,
}

impl<'e> RangeMembers<'e> {
    pub(crate) fn new(class: &'e ObjectClass, now: &'e str, provenance: &'e Provenance) -> Self {
        let author = provenance.author.as_deref();
        Self {
            class: ClassMembers::new(class),
            range: [],
            created_by: author,
            created_at: now,
            last_edited_by: author,
            last_edited_at: now,
            manual_annotation: provenance.manual,
        }
    }
}

/// A classification of the older generation in `classification_answers`, without answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BareClassificationEntry<'e> {
    classification_hash: &'e str,
    classifications: Empty,
}

impl<'e> BareClassificationEntry<'e> {
    pub(crate) fn new(classification_hash: &'e str) -> Self {
        Self { classification_hash, classifications: [] }
    }
}

/// A classification in `classification_answers`, without answers and frames.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClassificationEntry<'e> {
    classification_hash: &'e str,
    feature_hash: &'e str,
    classifications: Empty,
    range: Empty,
    spaces: EmptyMap,
    created_at: &'e str,
    created_by: Option<&'e str>,
    last_edited_at: &'e str,
    last_edited_by: Option<&'e str>,
    confidence: Box<RawValue>,
    manual_annotation: bool,
}

impl<'e> ClassificationEntry<'e> {
    pub(crate) fn new(hash: &'e str, feature_hash: &'e str, now: &'e str, provenance: &'e Provenance) -> Self {
        let author = provenance.author.as_deref();
        Self {
            classification_hash: hash,
            feature_hash,
            classifications: [],
            range: [],
            spaces: EmptyMap {},
            created_at: now,
            created_by: author,
            last_edited_at: now,
            last_edited_by: author,
            confidence: raw(confidence_json(provenance.confidence)),
            manual_annotation: provenance.manual,
        }
    }
}

/// The kind of the ranges that a label has in a space.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RangeKind {
    /// Frames, milliseconds or characters.
    Frame,
    /// Stretches of an HTML page.
    Html,
}

/// The mention of a space in an answers entry, without ranges.
#[derive(Debug, Serialize)]
pub(crate) struct SpaceMention {
    range: Empty,
    r#type: RangeKind,
}

impl SpaceMention {
    pub(crate) fn new(kind: RangeKind) -> Self {
        Self { range: [], r#type: kind }
    }
}

/// A space in an answers entry, before it has ranges.
#[derive(Debug, Serialize)]
pub(crate) struct EmptySpace {
    pub(crate) r#type: RangeKind,
}

/// The answer to a static attribute.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StaticAnswer<'e> {
    #[serde(flatten)]
    attribute: AttributeMembers<'e>,
    answers: &'e RawValue,
    manual_annotation: bool,
}

impl<'e> StaticAnswer<'e> {
    pub(crate) fn new(attribute: &'e Attribute, answers: &'e RawValue) -> Self {
        Self { attribute: AttributeMembers::new(attribute), answers, manual_annotation: true }
    }
}

/// The answer to a dynamic attribute on some frames.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DynamicAnswer<'e> {
    #[serde(flatten)]
    attribute: AttributeMembers<'e>,
    answers: &'e RawValue,
    manual_annotation: bool,
    dynamic: bool,
    range: Box<RawValue>,
    should_propagate: bool,
}

impl<'e> DynamicAnswer<'e> {
    pub(crate) fn new(attribute: &'e Attribute, answers: &'e RawValue, range: String) -> Self {
        let attribute = AttributeMembers::new(attribute);
        let range = raw(range);
        Self { attribute, answers, manual_annotation: true, dynamic: true, range, should_propagate: false }
    }
}

/// The members by which an answer repeats its attribute.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttributeMembers<'e> {
    name: &'e str,
    value: String,
    feature_hash: &'e str,
}

impl<'e> AttributeMembers<'e> {
    fn new(attribute: &'e Attribute) -> Self {
        let name = attribute.name();
        Self { name, value: slug(name), feature_hash: attribute.feature_hash().as_str() }
    }
}

/// A chosen option.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OptionEntry<'e> {
    pub(crate) name: &'e str,
    pub(crate) value: &'e str,
    pub(crate) feature_hash: &'e str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_confidence_with_a_fraction_like_python() {
        for (confidence, text) in [(1.0, "1.0"), (0.0, "0.0"), (0.25, "0.25"), (1e-7, "1e-7")] {
            assert_eq!(confidence_json(confidence), text);
        }
    }

    #[test]
    fn embeds_json_byte_for_byte() {
        let class = to_json(&ClassificationEntry::new("h", "f", "now", &Provenance::default()));
        assert_eq!(
            class,
            r#"{"classificationHash":"h","featureHash":"f","classifications":[],"range":[],"spaces":{},"createdAt":"now","createdBy":null,"lastEditedAt":"now","lastEditedBy":null,"confidence":1.0,"manualAnnotation":true}"#
        );
    }
}
