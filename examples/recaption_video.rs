//! Rephrases a caption with a language model: what the recaptioning of videos of the Python documentation is in Rust.

use agent_runtime::agent_platform::answer_schema::{AnswerError, AnswerProblem, AnswerSchema};
use agent_runtime::agent_platform::labels::Ranges;
use agent_runtime::agent_platform::ontology::{AttributeType, ClassificationClass};
use agent_runtime::prelude::*;
use serde_json::{Value, json};

use crate::language_model::LanguageModel;

const TASK: &str = "You rephrase the caption of a video. You get the caption and an image of the scene. Where the caption has \
    tags such as <cup_0>, say what they stand for, in words that fit the scene. Mention nothing that cannot be seen.";

/// What the model is asked for, by the names of the answer's fields.
const REPHRASINGS: [(&str, &str); 3] = [
    ("varied", "the caption with other adjectives, relations and positions of the objects"),
    ("natural", "the caption as somebody would say it who sees the scene"),
    ("short", "the caption in one short sentence"),
];

/// Has a language model rephrase the caption, in three ways.
///
/// The first text classification of the ontology is the caption, which a person writes; the next three take the
/// rephrasings, for the frames of the caption. Those that the ontology has no place for are in the message.
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
        false if written == 0 => format!("No text classification is there to write these to: {}", said.join(" ")),
        false => format!("Wrote {written} rephrasings; no text classification is there for {}", said.join(" ")),
    })
}

fn is_text(class: &ClassificationClass) -> bool {
    class.attribute().is_some_and(|attribute| *attribute.attribute_type() == AttributeType::Text)
}

/// The caption of this frame, or else the first of the video, with the frames it is about.
fn caption(row: &LabelRow, class: &ClassificationClass, frame: Frame) -> Option<(String, Ranges)> {
    let here = row.frame(frame).classifications().find(|found| found.feature_hash() == class.feature_hash());
    let first = || row.classifications_of_class(class.feature_hash()).min_by_key(|found| found.ranges().first());
    let found = here.or_else(first)?;
    let text = found.value()?.as_text()?.to_owned();
    // A caption of the whole file says no frames.
    let frames = Some(found.ranges()).filter(|frames| !frames.is_empty()).unwrap_or(Ranges::from(frame.0));
    (!text.trim().is_empty()).then_some((text, frames))
}

/// Writes a rephrasing in place of those that are there.
fn replace(row: &mut LabelRow, class: &ClassificationClass, frames: &Ranges, text: String) -> Result<()> {
    let there: Vec<_> = row.classifications_of_class(class.feature_hash()).map(|old| old.hash().to_owned()).collect();
    for old in there {
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

/// Three rephrasings, as JSON with a member for each.
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
        let problems: Vec<_> = missing.map(|(name, _)| AnswerProblem::new(*name, "must be a text")).collect();
        if problems.is_empty() { Ok(texts) } else { Err(AnswerError::invalid(problems)) }
    }
}
