//! Classifies a frame with a vision language model.

use std::sync::Arc;

use agent_runtime::agent_platform::answer_schema::{AnswerSchema, ClassificationSchema};
use agent_runtime::prelude::*;

use crate::language_model::{LanguageModel, in_words};

const QUESTION: &str = "Classify this image.";

/// Adds missing classifications to the frame with a vision language model.
///
/// The model is asked for every frame classification in the ontology that the frame does not have. Classifications of
/// the whole file are not changed. `LLM_BASE_URL`, `LLM_API_KEY` and `LLM_MODEL` select the model.
#[editor_agent(timeout = "5m")]
async fn classify_frame(model: LanguageModel, frame: Frame, pixels: FramePixels, row: &mut LabelRow) -> Result<String> {
    let ontology = Arc::clone(row.ontology());
    let there: Vec<_> = row.frame(frame).classifications().map(|is| is.feature_hash()).collect();
    let missing =
        ontology.classifications().filter(|class| !class.is_global() && !there.contains(&class.feature_hash()));
    let schema = ClassificationSchema::new(missing);
    if schema.is_empty() {
        return Ok("This frame has every classification already.".to_owned());
    }
    let answers = model.ask(QUESTION, move || Ok(pixels.into_image()), &schema).await?;
    if answers.is_empty() {
        return Ok("The language model has no answer for this frame.".to_owned());
    }
    answers.classify(row, frame)?;
    let words = answers.iter().map(|answer| in_words(&answer.answers, &ontology)).collect::<Vec<_>>();
    Ok(format!("Classified: {}.", words.join("; ").trim_end_matches('.')))
}
