//! Edit operations of the page.

use agent_platform::labels::{AnswerInput, LabelRow, Range, Ranges};
use serde::Deserialize;

use super::coordinates::{Coordinates, template_of};
use super::keyframes;
use super::problem::Problem;

/// Inclusive ranges of frames (from 0), milliseconds or characters.
type Spans = Vec<(u64, u64)>;

/// An edit operation. Classes, attributes and options are identified by feature hash.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "edit", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Edit {
    AddObject {
        class: String,
        frame: u64,
        coordinates: Coordinates,
        #[serde(default)]
        answers: Vec<Answer>,
    },
    /// Adds an object over ranges of an audio file or a text.
    AddRange {
        class: String,
        ranges: Spans,
    },
    SetRanges {
        object_hash: String,
        ranges: Spans,
    },
    /// Sets the coordinates on a frame, which becomes a keyframe, and adds the object to the frame if necessary.
    SetCoordinates {
        object_hash: String,
        frame: u64,
        coordinates: Coordinates,
    },
    /// Puts the object on every frame between two of its frames, along straight lines.
    Interpolate {
        object_hash: String,
        from: u64,
        to: u64,
    },
    CopyObject {
        object_hash: String,
        frame: u64,
        frames: Spans,
    },
    RemoveObject {
        object_hash: String,
        frames: Spans,
    },
    DeleteObject {
        object_hash: String,
    },
    /// Sets an answer, or clears it if `answer` is missing. `frames` is for dynamic attributes only.
    AnswerObject {
        object_hash: String,
        attribute: String,
        answer: Option<AnswerValue>,
        frames: Option<Spans>,
    },
    /// Adds a classification. `frames` is missing for classes that apply to the whole file.
    Classify {
        class: String,
        answer: AnswerValue,
        frames: Option<Spans>,
    },
    AnswerClassification {
        classification_hash: String,
        attribute: String,
        answer: Option<AnswerValue>,
    },
    PlaceClassification {
        classification_hash: String,
        frames: Spans,
    },
    RemoveClassification {
        classification_hash: String,
        frames: Spans,
    },
    DeleteClassification {
        classification_hash: String,
    },
}

/// An answer of a new object to an attribute.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Answer {
    attribute: String,
    answer: AnswerValue,
}

/// An answer to an attribute.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum AnswerValue {
    Integer(i64),
    Number(f64),
    Text(String),
    Options(Vec<String>),
}

impl From<AnswerValue> for AnswerInput {
    fn from(answer: AnswerValue) -> Self {
        match answer {
            AnswerValue::Integer(number) => Self::Integer(number),
            AnswerValue::Number(number) => Self::Number(number),
            AnswerValue::Text(text) => Self::Text(text),
            AnswerValue::Options(options) => Self::Options(options),
        }
    }
}

fn ranges(spans: Spans) -> Ranges {
    Ranges::merged(spans.into_iter().map(|(start, end)| Range { start, end }))
}

impl Edit {
    /// Applies the edit to a row, and returns the hash of an added object or classification.
    ///
    /// # Errors
    /// The label row rejects the edit.
    pub(super) fn apply(self, row: &mut LabelRow) -> Result<Option<String>, Problem> {
        match self {
            Self::AddObject { class, frame, coordinates, answers } => {
                let coordinates = coordinates.resolve(template_of(&class, row.ontology()))?;
                let mut new = row.add(class).coordinates(coordinates);
                for Answer { attribute, answer } in answers {
                    new = new.answer(attribute, AnswerInput::from(answer));
                }
                return Ok(Some(new.on(frame)?.hash().to_string()));
            }
            Self::AddRange { class, ranges: spans } => {
                return Ok(Some(row.add(class).over(ranges(spans))?.hash().to_string()));
            }
            Self::SetRanges { object_hash, ranges: spans } => {
                row.edit(&object_hash)?.set_ranges(ranges(spans))?;
            }
            Self::SetCoordinates { object_hash, frame, coordinates } => {
                let before = row.object(&object_hash)?.at(frame).ok().and_then(|at| at.any_coordinates().ok());
                keyframes::set_keyframe(row, &object_hash, frame, coordinates.resolve(before)?)?;
            }
            Self::Interpolate { object_hash, from, to } => keyframes::interpolate(row, &object_hash, from, to)?,
            Self::CopyObject { object_hash, frame, frames } => {
                keyframes::copy(row, &object_hash, frame, &ranges(frames))?;
            }
            Self::RemoveObject { object_hash, frames } => row.edit(&object_hash)?.remove_from(ranges(frames))?,
            Self::DeleteObject { object_hash } => row.delete(&object_hash)?,
            Self::AnswerObject { object_hash, attribute, answer, frames } => {
                answer_object(row, &object_hash, &attribute, answer, frames.map(ranges))?;
            }
            classification => return classification.classify(row),
        }
        Ok(None)
    }

    /// Applies an edit of classifications.
    fn classify(self, row: &mut LabelRow) -> Result<Option<String>, Problem> {
        match self {
            Self::Classify { class, answer, frames } => {
                let classify = row.classify(class, answer);
                let added = match frames {
                    Some(frames) => classify.on(ranges(frames))?,
                    None => classify.on_all()?,
                };
                return Ok(Some(added.hash().to_string()));
            }
            Self::AnswerClassification { classification_hash, attribute, answer } => {
                let edited = row.edit_classification(&classification_hash)?;
                match answer {
                    Some(answer) => edited.answer(&attribute, answer)?,
                    None => edited.clear_answer(&attribute)?,
                };
            }
            Self::PlaceClassification { classification_hash, frames } => {
                row.edit_classification(&classification_hash)?.move_to(ranges(frames))?;
            }
            Self::RemoveClassification { classification_hash, frames } => {
                row.edit_classification(&classification_hash)?.remove_from(ranges(frames))?;
            }
            Self::DeleteClassification { classification_hash } => row.delete_classification(&classification_hash)?,
            _ => {}
        }
        Ok(None)
    }
}

fn answer_object(
    row: &mut LabelRow,
    object_hash: &str,
    attribute: &str,
    answer: Option<AnswerValue>,
    frames: Option<Ranges>,
) -> Result<(), Problem> {
    let object = row.edit(object_hash)?;
    match (answer, frames) {
        (Some(answer), Some(frames)) => object.answer_on(attribute, answer, frames)?,
        (Some(answer), None) => object.answer(attribute, answer)?,
        (None, Some(frames)) => object.clear_answer_on(attribute, frames)?,
        (None, None) => object.clear_answer(attribute)?,
    };
    Ok(())
}
