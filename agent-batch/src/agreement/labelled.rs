//! Objects and classifications that are compared.

use std::collections::BTreeMap;

use agent_platform::labels::{
    Answer, AnswerValue, AnyCoordinates, EntryKey, LabelChange, LabelDifference, LabelRow, WrittenEntry,
};
use agent_platform::ontology::ClassificationClass;
use serde_json::Value;

/// The answers of an object or classification by attribute, as text.
pub(super) type Answers = BTreeMap<String, String>;

/// An object on a frame.
#[derive(Debug, Clone)]
pub(super) struct LabelledObject {
    pub(super) class: String,
    pub(super) frame: u64,
    pub(super) space: Option<String>,
    pub(super) shape: AnyCoordinates,
    pub(super) answers: Answers,
}

/// The labels of a data unit according to an agent or an annotator.
#[derive(Debug, Clone, Default)]
pub(crate) struct Labelling {
    pub(super) objects: Vec<LabelledObject>,
    /// Answers of classifications, by class.
    pub(super) classifications: BTreeMap<String, Answers>,
}

impl Labelling {
    /// Returns the labels that an agent added or changed.
    pub(crate) fn from_differences(differences: &[LabelDifference]) -> Self {
        let mut labelling = Self::default();
        for difference in differences {
            labelling.add_difference(difference);
        }
        labelling
    }

    fn add_difference(&mut self, difference: &LabelDifference) {
        let class = |change: &LabelChange| change.class().unwrap_or("(unknown class)").to_owned();
        for change in difference.entries().filter(|change| !change.after().is_empty()) {
            match change.key() {
                EntryKey::ObjectOnFrame { object_hash, space, frame } => {
                    let Some(shape) = change.after().first().and_then(WrittenEntry::coordinates) else { continue };
                    let own = difference.entries().find(|other| {
                        matches!(other.key(), EntryKey::ObjectAnswers { object_hash: other } if other == object_hash)
                    });
                    let answers = own.map(written_answers).unwrap_or_default();
                    let (space, frame) = (space.clone(), *frame);
                    self.objects.push(LabelledObject { class: class(change), frame, space, shape, answers });
                }
                EntryKey::ClassificationInstance { .. } => {
                    self.classifications.entry(class(change)).or_default().extend(written_answers(change));
                }
                _ => {}
            }
        }
    }

    /// Returns the labels of a row on some frames.
    pub(crate) fn from_row(row: &LabelRow, frames: &[u64]) -> Self {
        let mut labelling = Self::default();
        for object in frames.iter().flat_map(|frame| row.frame(*frame).objects()) {
            let Ok(shape) = object.any_coordinates() else { continue };
            let class =
                object.class().map_or_else(|| object.feature_hash().to_string(), |class| class.name().to_owned());
            let answers = answers(object.object().answers());
            labelling.objects.push(LabelledObject { class, frame: object.frame(), space: None, shape, answers });
        }
        for classification in row.classifications() {
            let ranges = classification.ranges();
            let is_selected = |frame: &u64| ranges.iter().any(|range| (range.start..=range.end).contains(frame));
            if classification.is_global() || frames.iter().any(is_selected) {
                let class = classification.class().map_or("(unknown class)", ClassificationClass::name).to_owned();
                labelling.classifications.entry(class).or_default().extend(answers(classification.answers()));
            }
        }
        labelling
    }
}

fn answers(answers: Vec<Answer>) -> Answers {
    answers.into_iter().map(|answer| (answer.name, text(&answer.value))).collect()
}

fn text(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Text(text) | AnswerValue::Unknown(text) => text.clone(),
        AnswerValue::Number(number) => number.to_string(),
        AnswerValue::Radio(option) => option.label.clone(),
        AnswerValue::Checklist(options) => joined(options.iter().map(|option| option.label.clone()).collect()),
        _ => String::new(),
    }
}

fn joined(mut options: Vec<String>) -> String {
    options.sort();
    options.join(", ")
}

/// Returns the answers that a change leaves, from `classifications` of its entry.
fn written_answers(change: &LabelChange) -> Answers {
    let entries = change.after().iter().filter_map(|entry| serde_json::from_str::<Value>(entry.json()).ok());
    let lists: Vec<_> = entries.filter_map(|entry| entry.get("classifications")?.as_array().cloned()).collect();
    let written = lists.into_iter().flatten().filter_map(|answer| {
        let name = answer.get("name")?.as_str()?.to_owned();
        let text = match answer.get("answers")? {
            Value::Array(options) => {
                let label = |option: &Value| option.get("name").and_then(Value::as_str).map(ToOwned::to_owned);
                joined(options.iter().filter_map(label).collect())
            }
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some((name, text))
    });
    written.collect()
}
