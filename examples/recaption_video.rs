//! Rephrases a caption with a language model: the Rust version of the video recaptioning example in the Python
//! documentation.

use agent_runtime::agent_platform::answer_schema::{AnswerError, AnswerProblem, AnswerSchema};
use agent_runtime::agent_platform::labels::Ranges;
use agent_runtime::agent_platform::ontology::{AttributeType, ClassificationClass};
use agent_runtime::prelude::*;
use serde_json::{Value, json};

use crate::language_model::LanguageModel;

const TASK: &str = "You rephrase the caption of a video. You get the caption and an image of the scene. Where the caption has \
    tags such as <cup_0>, say what they stand for, in words that fit the scene. Mention nothing that cannot be seen.";

/// Requested rephrasings: field name and description.
const REPHRASINGS: [(&str, &str); 3] = [
    ("varied", "the caption with other adjectives, relations and positions of the objects"),
    ("natural", "the caption as somebody would say it who sees the scene"),
    ("short", "the caption in one short sentence"),
];

/// Rephrases the caption in three ways with a language model.
///
/// The first text classification in the ontology is the caption, written by a person. The next three get the
/// rephrasings, on the frames of the caption. Rephrasings without a classification are returned in the message.
#[editor_agent(timeout = "3m")]
async fn recaption_video(
    model: LanguageModel,
    frame: Frame,
    pixels: FramePixels,
    ontology: &Ontology,
    row: &mut LabelRow,
) -> Result<String> {
    let mut classes = ontology.classifications().filter(|class| is_text(class));
    let human = classes.next().or_complain("The ontology has no text classification for a caption.")?;
    let (caption, frames) = caption(row, human, frame).or_complain(format!("Write the {} first.", human.name()))?;
    let question = format!("{TASK}\n\nThe caption: {caption}");
    let rephrased = model.ask(&question, move || Ok(pixels.into_image()), &Rephrasings).await?;
    let mut said = Vec::new();
    for text in rephrased {
        match classes.next() {
            Some(class) => replace(row, class, &frames, text)?,
            None => said.push(format!("“{text}”")),
        }
    }
    let written = REPHRASINGS.len() - said.len();
    Ok(match said.is_empty() {
        true => format!("Wrote {written} rephrasings."),
        false if written == 0 => format!("The ontology has no text classifications for these: {}", said.join(" ")),
        false => {
            format!("Wrote {written} rephrasings. The ontology has no text classifications for {}", said.join(" "))
        }
    })
}

fn is_text(class: &ClassificationClass) -> bool {
    class.attribute().is_some_and(|attribute| *attribute.attribute_type() == AttributeType::Text)
}

/// Returns the caption of this frame, or the first one of the video, with its frames.
fn caption(row: &LabelRow, class: &ClassificationClass, frame: Frame) -> Option<(String, Ranges)> {
    let here = row.frame(frame).classifications().find(|found| found.feature_hash() == class.feature_hash());
    let first = || row.classifications_of_class(class.feature_hash()).min_by_key(|found| found.ranges().first());
    let found = here.or_else(first)?;
    let text = found.value()?.as_text()?.to_owned();
    // A caption of the whole file has no frames.
    let frames = Some(found.ranges()).filter(|frames| !frames.is_empty()).unwrap_or(Ranges::from(frame.0));
    (!text.trim().is_empty()).then_some((text, frames))
}

/// Replaces the existing rephrasings of a class.
fn replace(row: &mut LabelRow, class: &ClassificationClass, frames: &Ranges, text: String) -> Result<()> {
    let existing: Vec<_> =
        row.classifications_of_class(class.feature_hash()).map(|old| old.hash().to_owned()).collect();
    for old in existing {
        let old = row.edit_classification(&old)?;
        if class.is_global() { old.delete() } else { old.remove_from(frames.clone())? }
    }
    let new = row.classify(class.feature_hash(), text).automatic();
    if class.is_global() {
        new.on_all()?
    } else {
        new.on(frames.clone())?
    };
    Ok(())
}

/// Answer schema: a JSON object with one member per rephrasing.
struct Rephrasings;

impl AnswerSchema for Rephrasings {
    type Answers = Vec<String>;

    fn is_empty(&self) -> bool {
        false
    }

    fn schema(&self) -> String {
        let members = REPHRASINGS.map(|(name, what)| (name.to_owned(), json!({"type": "string", "description": what})));
        let schema = json!({
            "type": "object", "properties": serde_json::Map::from_iter(members), "additionalProperties": false,
            "required": REPHRASINGS.map(|(name, _)| name),
        });
        schema.to_string()
    }

    fn parse(&self, answer: &str) -> std::result::Result<Vec<String>, AnswerError> {
        let answer: Value = serde_json::from_str(answer).map_err(|error| AnswerError::not_json(&error))?;
        let text = |name: &str| Some(answer.get(name)?.as_str()?.trim().to_owned()).filter(|text| !text.is_empty());
        let texts: Vec<_> = REPHRASINGS.iter().filter_map(|(name, _)| text(name)).collect();
        let missing = REPHRASINGS.iter().filter(|(name, _)| text(name).is_none());
        let problems: Vec<_> =
            missing.map(|(name, _)| AnswerProblem::new(*name, "must be a non-empty string")).collect();
        if problems.is_empty() { Ok(texts) } else { Err(AnswerError::invalid(problems)) }
    }
}
