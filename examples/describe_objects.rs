//! Answers the attributes of objects with a language model that sees them.

use std::sync::Arc;

use agent_runtime::agent_platform::answer_schema::{AnswerSchema, AttributeAnswers, AttributeSchema};
use agent_runtime::agent_platform::labels::Object;
use agent_runtime::agent_platform::ontology::Attribute;
use agent_runtime::prelude::*;
use futures_util::future::try_join_all;

use crate::language_model::{LanguageModel, in_words};

/// Objects of one call: each is a question that costs.
const MOST: usize = 24;

/// Answers what the attributes of the selected objects ask, or of all on the frame, with a language model.
///
/// Each object is cut out and asked about by itself, and only for attributes that have no answer; dynamic ones are answered on
/// this frame. Labels change once all answers are there. `LLM_BASE_URL`, `LLM_API_KEY` and `LLM_MODEL` say which model.
#[editor_agent(timeout = "5m")]
async fn describe_objects(
    model: LanguageModel,
    frame: Frame,
    crops: Crops<AnyRegion>,
    row: &mut LabelRow,
) -> Result<String> {
    ensure!(!crops.is_empty(), "There is no object on this frame that can be cut out.");
    let ontology = Arc::clone(row.ontology());
    let mut questions = Vec::new();
    for crop in crops {
        let Some(class) = ontology.object(crop.feature_hash()) else { continue };
        let object = row.object(crop.hash())?;
        let schema = AttributeSchema::new(unanswered(class.attributes(), &object, frame));
        if !schema.is_empty() {
            questions.push((crop, schema));
        }
    }
    let count = questions.len();
    ensure!(count <= MOST, "At most {MOST} objects are described at once, and {count} are to be: select some of them.");
    if questions.is_empty() {
        return Ok("Every attribute of these objects has an answer.".to_owned());
    }
    let answered = try_join_all(questions.into_iter().map(|(crop, schema)| described(&model, crop, schema))).await?;
    let mut words = Vec::new();
    for (name, hash, answers) in answered.iter().filter(|(.., answers)| !answers.is_empty()) {
        answers.answer(row, hash, frame)?;
        words.push(format!("{name} ({hash}) {}", in_words(answers, &ontology)));
    }
    Ok(match words.len() {
        0 => "The language model has no answers for these objects.".to_owned(),
        _ => format!("{} of {count} objects described. {}.", words.len(), words.join(". ").trim_end_matches('.')),
    })
}

/// The name of an object's class, its hash, and the model's answers. An error names the object.
async fn described(
    model: &LanguageModel,
    crop: Crop<AnyRegion>,
    schema: AttributeSchema,
) -> Result<(String, String, AttributeAnswers)> {
    let (name, hash) = (crop.class().to_owned(), crop.hash().to_owned());
    let question = format!("This was cut out of a larger image, and labelled as `{name}`. Answer its attributes.");
    let answers = model.ask(&question, move || crop.image(), &schema).await;
    let answers = answers.map_err(|error| match error.status() {
        ErrorStatus::BadGateway => AgentError::new(error.status(), format!("{name} ({hash}): {}", error.message())),
        _ => error,
    })?;
    Ok((name, hash, answers))
}

/// The attributes without an answer on a frame, also below options that are chosen.
fn unanswered<'o>(
    attributes: impl Iterator<Item = &'o Attribute>,
    object: &Object<'_>,
    frame: Frame,
) -> Vec<&'o Attribute> {
    let mut open = Vec::new();
    for attribute in attributes {
        match object.answer_at(attribute.feature_hash(), frame.0) {
            None => open.push(attribute),
            Some(answer) => {
                let chosen = answer.options().iter().filter_map(|chosen| attribute.option(&chosen.feature_hash));
                chosen.for_each(|option| open.extend(unanswered(option.attributes(), object, frame)));
            }
        }
    }
    open
}
