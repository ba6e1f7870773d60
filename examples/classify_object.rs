//! Replaces a box by an object of the class that a vision language model recognizes, with its attributes.

use agent_runtime::agent_platform::answer_schema::ObjectSchema;
use agent_runtime::prelude::*;

use crate::language_model::{LanguageModel, in_words};

ontology!("../agent-studio/sample/ontology.json");

const QUESTION: &str =
    "This is a crop of a larger image. Which class is the object, and which attributes does it have?";

/// Replaces the selected box by an object of the class that a vision language model recognizes, with its attributes.
///
/// The model is asked for one of the classes with boxes. The box is replaced only if its answer is valid. `LLM_BASE_URL`,
/// `LLM_API_KEY` and `LLM_MODEL` select the model.
#[editor_agent(timeout = "5m")]
async fn classify_object(
    model: LanguageModel,
    frame: Frame,
    selected: Selected<BoundingBox>,
    crops: Crops<BoundingBox>,
    row: &mut LabelRow,
) -> Result<String> {
    let ([old], Some(crop)) = (&selected[..], crops.into_iter().next()) else { bail!("Select one box.") };
    ensure!(row.object(old)?.frames().count() == 1, "The box is on several frames: this agent classifies images.");
    let schema = ObjectSchema::from_classes([Coin::CLASS, ItemBox::CLASS, Face::CLASS]);
    let answer = model.ask(QUESTION, move || crop.image(), &schema).await?;
    let new = answer.add(row).coordinates(old.coordinates).on(frame)?.hash().clone();
    row.delete(old)?;
    let class = row.object(&new)?.class().map(|class| class.name().to_owned()).unwrap_or_default();
    Ok(format!("{} {} is now {class} {new}. {}", old.class(), old.hash(), in_words(&answer.answers, row.ontology())))
}
