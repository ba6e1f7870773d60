//! Types of `ontology!`: names, several ontologies in one crate, and code that mixes typed and untyped labels.

use std::sync::Arc;

use agent_runtime::agent_platform::answer_schema::AnswerSchema;
use agent_runtime::agent_platform::labels::ReadError;
use agent_runtime::prelude::*;

const SAMPLE: &str = include_str!("../../../agent-studio/sample/ontology.json");

ontology!("../../agent-studio/sample/ontology.json");

mod by_title {
    agent_runtime::ontology!(pub(crate) mod sample = "../../agent-studio/sample/ontology.json", by = "title",
        rename("Coin" => Penny, "Coin/Metal" => Alloy, "Not sure" => Unclear));
}

use coin::{InTheWay, Metal, Motion};

#[editor_agent]
async fn count_bronze(coins: FrameObjects<Coin>) -> Result<String> {
    let bronze = coins.iter().filter(|coin| coin.metal() == Some(Metal::Bronze)).count();
    Ok(format!("{bronze} bronze coins"))
}

#[editor_agent]
async fn add_coin(frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add(NewCoin::new(BoundingBox::new(0.1, 0.1, 0.2, 0.2), Metal::Silver).diameter(31.5)).on(frame)?;
    row.classify_as(Scene::Indoors { light: [scene::Light::Daylight].into() }).on(frame)?;
    Ok("Added a coin.".into())
}

#[editor_agent]
async fn every_extractor(
    frame: Frame,
    selected: Selected<Coin>,
    crops: Crops<ItemOutline>,
    untyped: FrameObjects<Polygon>,
    row: &mut LabelRow,
) -> Result<String> {
    for coin in &selected {
        coin.set_metal(row, Metal::NotSure { why: Some("worn".into()) })?;
        coin.set_motion(row, Motion::Sliding, frame)?;
        coin.set_in_the_way(row, [InTheWay::Crockery], frame)?;
        row.edit(coin)?.clear_answer(Coin::DIAMETER)?;
        let _right = coin.shape().x + coin.shape().width;
    }
    for crop in &crops {
        crop.image()?;
        let _ = crop.object().kind();
    }
    Ok(format!("{} outlines", untyped.len()))
}

fn row() -> LabelRow {
    let ontology = Arc::new(Ontology::parse(SAMPLE).unwrap());
    LabelRow::parse(include_str!("../../../agent-studio/sample/labels/coins.png.json"), ontology).unwrap()
}

#[test]
fn constants_name_classes_and_attributes() {
    assert_eq!((Coin::FEATURE_HASH, Coin::TITLE), ("242c4709", "Coin"));
    assert_eq!((Metal::ATTRIBUTE.feature_hash(), Metal::ATTRIBUTE.title()), ("Bwn3rXy1", "Metal"));
    assert_eq!((Coin::METAL.feature_hash(), Coin::METAL.as_ref()), ("Bwn3rXy1", "Bwn3rXy1"));
    assert_eq!(by_title::sample::Penny::ALLOY.as_ref(), "Metal");
    assert_eq!(Metal::Silver.title(), Some("Silver"));
    assert_eq!(Metal::Unrecognized("xxxxxxxx".into()).title(), None);
}

#[test]
fn typed_and_untyped_edits_mix() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let mut row = row();
    let before = row.objects_as::<Coin>()?.len();
    let shape = BoundingBox::new(0.1, 0.1, 0.2, 0.2);
    let hash = row.add(NewCoin::new(shape, Metal::Silver).inscription("SPQR").diameter(31.5)).on(0)?.hash().clone();
    let coins = row.objects_as::<Coin>()?;
    assert_eq!(coins.len(), before + 1);
    let coin = coins.iter().find(|coin| *coin.label().hash() == hash).unwrap();
    assert_eq!((coin.metal(), coin.inscription(), coin.diameter()), (Some(Metal::Silver), Some("SPQR"), Some(31.5)));
    coin.set_metal(&mut row, Metal::NotSure { why: Some("worn".into()) })?;
    assert_eq!(row.object(&hash)?.answer("Why").unwrap().as_text(), Some("worn"));
    coin.set_metal(&mut row, Metal::NotSure { why: None })?;
    assert_eq!(row.object(&hash)?.answer("Why"), None);
    row.edit(coin.label())?.answer(Coin::METAL, "Bronze")?;
    let coins = row.objects_as::<by_title::sample::Penny>()?;
    let coin = coins.iter().find(|coin| *coin.label().hash() == hash).unwrap();
    assert_eq!(coin.alloy(), Some(by_title::sample::penny::Alloy::Bronze));
    Ok(())
}

#[test]
fn changed_class_is_an_error_that_names_the_change() {
    let ontology = SAMPLE.replace("\"hewNDODv\"", "\"hewNDODw\"");
    let text = include_str!("../../../agent-studio/sample/labels/coins.png.json");
    let row = LabelRow::parse(text, Arc::new(Ontology::parse(ontology).unwrap())).unwrap();
    let error = row.objects_as::<Coin>().unwrap_err();
    assert!(matches!(error, ReadError::OntologyChanged(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the class `Coin` of the ontology has changed since this agent was built: the attribute `Metal` has no option `Bronze`. \
         The agent must be rebuilt with the current ontology"
    );
    assert!(row.objects_as::<by_title::sample::Penny>().is_ok());
}

#[test]
fn answers_of_a_model_become_typed_labels() -> std::result::Result<(), Box<dyn std::error::Error>> {
    assert!(Coin::schema().schema().contains("Bwn3rXy1"));
    let answer = r#"{"metal": {"feature_node_hash": "Bwn3rXy1", "choice": {"feature_node_hash": "rpzejtof", "title": "Silver"}},
        "inscription": null, "diameter": {"feature_node_hash": "gTDlLq7h", "value": 20.5}, "motion": null, "in_the_way": null}"#;
    let mut row = row();
    let new = NewCoin::parse(BoundingBox::new(0.1, 0.1, 0.2, 0.2), answer)?;
    assert_eq!(new, NewCoin::new(BoundingBox::new(0.1, 0.1, 0.2, 0.2), Metal::Silver).diameter(20.5));
    row.add(new).on(0)?;
    assert!(NewCoin::parse(BoundingBox::new(0.1, 0.1, 0.2, 0.2), "{}").is_err());

    let (attribute, studio) =
        (Scene::ATTRIBUTE.feature_hash(), row.ontology().by_path(&["Scene", "Studio"]).unwrap().feature_hash());
    let answer = format!(
        r#"{{"scene": {{"feature_node_hash": "{attribute}", "choice": {{"feature_node_hash": "{studio}", "title": "Studio"}}}}}}"#
    );
    assert!(Scene::schema().schema().contains(attribute));
    assert_eq!(Scene::parse(&answer)?, Some(Scene::Studio));
    Ok(())
}
