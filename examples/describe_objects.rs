//! Answers the attributes of objects with a vision language model.

use std::sync::Arc;

use agent_runtime::agent_platform::answer_schema::{AnswerSchema, AttributeAnswers, AttributeSchema};
use agent_runtime::agent_platform::labels::Object;
use agent_runtime::agent_platform::ontology::Attribute;
use agent_runtime::prelude::*;
use futures_util::future::try_join_all;

use crate::language_model::{LanguageModel, in_words};

/// Maximum objects per call, to limit the cost: each object is one request.
const MAX_OBJECTS: usize = 24;

/// Answers the attributes of the selected objects, or of all objects on the frame, with a vision language model.
///
/// Each object is cropped and sent in its own request, which asks only for attributes without an answer. Dynamic
/// attributes are answered on this frame. Labels change only after all requests have succeeded. `LLM_BASE_URL`,
/// `LLM_API_KEY` and `LLM_MODEL` select the model.
#[editor_agent(timeout = "5m")]
async fn describe_objects(
    model: LanguageModel,
    frame: Frame,
    crops: Crops<AnyRegion>,
    row: &mut LabelRow,
) -> Result<String> {
    ensure!(!crops.is_empty(), "This frame has no objects that can be cropped.");
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
    ensure!(
        count <= MAX_OBJECTS,
        "At most {MAX_OBJECTS} objects can be described per call, not {count}. Select fewer objects."
    );
    if questions.is_empty() {
        return Ok("All attributes of these objects have answers.".to_owned());
    }
    let answered = try_join_all(questions.into_iter().map(|(crop, schema)| describe(&model, crop, schema))).await?;
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

/// Asks the model about one object. Returns class name, hash and answers. Errors name the object.
async fn describe(
    model: &LanguageModel,
    crop: Crop<AnyRegion>,
    schema: AttributeSchema,
) -> Result<(String, String, AttributeAnswers)> {
    let (name, hash) = (crop.class().to_owned(), crop.hash().to_owned());
    let question = format!("This is a crop of a larger image, labelled as `{name}`. Answer its attributes.");
    let answers = model.ask(&question, move || crop.image(), &schema).await;
    let answers = answers.map_err(|error| match error.status() {
        ErrorStatus::BadGateway => AgentError::new(error.status(), format!("{name} ({hash}): {}", error.message())),
        _ => error,
    })?;
    Ok((name, hash.to_string(), answers))
}

/// Returns the attributes without an answer on a frame, including those nested in chosen options.
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
