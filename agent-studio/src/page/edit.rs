//! Edits that the page sends, made on a label row.

use agent_platform::labels::{AnswerInput, LabelRow, Range, Ranges};
use serde::Deserialize;

use super::coordinates::Coordinates;
use super::problem::Problem;

/// Inclusive ranges of frames from 0, of milliseconds, or of characters.
type Spans = Vec<(u64, u64)>;

/// One edit. Classes and attributes are named by feature hash, options too.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "edit", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Edit {
    AddObject {
        class: String,
        frame: u64,
        coordinates: Coordinates,
    },
    /// Over stretches of a sound or a text.
    AddRange {
        class: String,
        ranges: Spans,
    },
    SetRanges {
        object_hash: String,
        ranges: Spans,
    },
    /// Also puts the object on a frame that it was not on.
    SetCoordinates {
        object_hash: String,
        frame: u64,
        coordinates: Coordinates,
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
    /// Without an answer, the one that is there is taken out. Frames only for dynamic attributes.
    AnswerObject {
        object_hash: String,
        attribute: String,
        answer: Option<GivenAnswer>,
        frames: Option<Spans>,
    },
    /// Without frames for classes about the whole file.
    Classify {
        class: String,
        answer: GivenAnswer,
        frames: Option<Spans>,
    },
    AnswerClassification {
        classification_hash: String,
        attribute: String,
        answer: Option<GivenAnswer>,
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

/// An answer to an attribute.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum GivenAnswer {
    Integer(i64),
    Number(f64),
    Text(String),
    Options(Vec<String>),
}

impl From<GivenAnswer> for AnswerInput {
    fn from(answer: GivenAnswer) -> Self {
        match answer {
            GivenAnswer::Integer(number) => Self::Integer(number),
            GivenAnswer::Number(number) => Self::Number(number),
            GivenAnswer::Text(text) => Self::Text(text),
            GivenAnswer::Options(options) => Self::Options(options),
        }
    }
}

fn ranges(spans: Spans) -> Ranges {
    Ranges::merged(spans.into_iter().map(|(start, end)| Range { start, end }))
}

impl Edit {
    /// Makes the edit, and gives the hash of what it adds.
    ///
    /// # Errors
    /// What the label row refuses.
    pub(super) fn make(self, row: &mut LabelRow) -> Result<Option<String>, Problem> {
        match self {
            Self::AddObject { class, frame, coordinates } => {
                let added = row.add(class).coordinates(coordinates.over(None)?).on(frame)?;
                return Ok(Some(added.hash().to_owned()));
            }
            Self::AddRange { class, ranges: spans } => {
                return Ok(Some(row.add(class).over(ranges(spans))?.hash().to_owned()));
            }
            Self::SetRanges { object_hash, ranges: spans } => {
                row.edit(&object_hash)?.set_ranges(ranges(spans))?;
            }
            Self::SetCoordinates { object_hash, frame, coordinates } => {
                let before = row.object(&object_hash)?.at(frame).ok().and_then(|at| at.any_coordinates().ok());
                row.edit(&object_hash)?.put(frame, coordinates.over(before)?)?;
            }
            Self::CopyObject { object_hash, frame, frames } => {
                row.edit(&object_hash)?.at(frame)?.copy_to(ranges(frames))?;
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

    /// Makes an edit of classifications.
    fn classify(self, row: &mut LabelRow) -> Result<Option<String>, Problem> {
        match self {
            Self::Classify { class, answer, frames } => {
                let classify = row.classify(class, answer);
                let added = match frames {
                    Some(frames) => classify.on(ranges(frames))?,
                    None => classify.on_all()?,
                };
                return Ok(Some(added.hash().to_owned()));
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
    answer: Option<GivenAnswer>,
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
