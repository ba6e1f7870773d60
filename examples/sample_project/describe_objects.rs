//! Tests of `describe_objects` on the sample project, with a mock of the language model's endpoint.

use std::sync::atomic::Ordering;

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::BoundingBox;
use agent_runtime::media::{Croppable, resize};
use serde_json::{Value, json};

use super::classify_frame::{difference, hash, picture};
use super::model_endpoint::{Asked, Endpoint, Reply, VENDORS, Vendor};
use super::{Answer, SampleProject};

async fn sample(endpoint: &Endpoint) -> SampleProject {
    SampleProject::start(Server::new().state(endpoint.model(20))).await
}

async fn describe(sample: &SampleProject, title: &str, frame: u64, selected: &[&str]) -> Answer {
    sample.call("/describe-objects", &sample.payload(title, frame, selected)).await
}

/// Returns answers for a coin. Those for gold are invalid, because the ontology has no such option.
fn coin(metal: &str) -> Value {
    let option = if metal == "Gold" { "gold".to_owned() } else { hash(&["Coin", "Metal", metal]) };
    let choice = json!({"feature_node_hash": option, "title": metal});
    json!({
        "metal": {"feature_node_hash": hash(&["Coin", "Metal"]), "choice": choice},
        "inscription": null,
        "diameter": {"feature_node_hash": hash(&["Coin", "Diameter"]), "value": 31.5},
        "motion": {"feature_node_hash": hash(&["Coin", "Motion"]), "choice":
                   {"feature_node_hash": hash(&["Coin", "Motion", "Still"]), "title": "Still"}},
        "in_the_way": null})
}

/// Keeps the requested members of an answer.
fn as_asked(mut answer: Value, asked: &Asked) -> Reply {
    let members = asked.schema()["properties"].as_object().unwrap().clone();
    answer.as_object_mut().unwrap().retain(|key, _| members.contains_key(key));
    Reply::Answer(answer)
}

#[tokio::test]
async fn answers_missing_attributes_of_selected_object() {
    for vendor in VENDORS {
        let endpoint = Endpoint::replying(vendor, [|| Reply::Answer(coin("Bronze"))]).await;
        let sample = sample(&endpoint).await;
        let answer = describe(&sample, "gravel.jpg", 0, &["3Q9UEqVQ"]).await;
        let said = "1 of 1 objects described. Coin (3Q9UEqVQ) Metal: Bronze; Diameter: 31.5; Motion: Still.";
        assert_eq!((answer.status, answer.message.as_str()), (200, said));
        let row = sample.row("gravel.jpg");
        let object = row.object("3Q9UEqVQ").unwrap();
        assert!(object.answer("Metal").unwrap().has("Bronze") && object.answer_at("Motion", 0).unwrap().has("Still"));
        assert_eq!(object.answer("Diameter").unwrap().as_number(), Some(31.5));
        let asked = &endpoint.asked()[0];
        asked.assert_signed();
        assert!(asked.question().contains("labelled as `Coin`"), "{}", asked.question());
        let shape: BoundingBox = object.at(0).unwrap().coordinates().unwrap();
        let crop = shape.crop(&picture("gravel.jpg")).unwrap();
        let seen = asked.image();
        assert_eq!(seen.width().max(seen.height()), 200, "small ones are made larger");
        let distance = difference(&seen, &resize(&crop, seen.width(), seen.height()).unwrap().image);
        assert!(distance < 400, "{distance}");
    }
}

#[tokio::test]
async fn describes_all_objects_with_limited_concurrency() {
    let endpoint = Endpoint::start(Vendor::OpenAi, |_, asked| as_asked(coin("Silver"), asked)).await;
    let sample = sample(&endpoint).await;
    let before = sample.row("gravel.jpg");
    let answer = describe(&sample, "gravel.jpg", 0, &[]).await;
    assert!(answer.message.starts_with("8 of 8 objects described. Coin ("), "{answer:?}");
    let asked = endpoint.asked();
    let with = |member: &str| asked.iter().filter(|asked| !asked.schema()["properties"][member].is_null()).count();
    assert_eq!((asked.len(), with("metal"), with("diameter")), (8, 1, 8), "the metal is asked where it is missing");
    let row = sample.row("gravel.jpg");
    for object in before.objects().filter(|object| object.answer("Metal").is_some()) {
        assert_eq!(row.object(object.hash()).unwrap().answer("Metal"), object.answer("Metal"));
    }
    let at_once = endpoint.most_at_once.load(Ordering::SeqCst);
    assert!((2..=4).contains(&at_once), "{at_once}");
}

#[tokio::test]
async fn asks_nested_attributes_of_chosen_option() {
    let endpoint = Endpoint::start(Vendor::Anthropic, |_, asked| {
        let contents = &asked.schema()["properties"];
        let pattern = contents["pattern"]["anyOf"][0]["properties"]["feature_node_hash"]["enum"][0].clone();
        as_asked(
            json!({"pattern": {"feature_node_hash": pattern, "value": "Plain"}, "hidden_share": null, "note": null}),
            asked,
        )
    });
    let endpoint = endpoint.await;
    let sample = sample(&endpoint).await;
    // A cup whose content is already answered as coffee.
    let answer = describe(&sample, "espresso.jpg", 0, &["PtbSWSPg"]).await;
    assert_eq!(answer.message, "1 of 1 objects described. Item outline (PtbSWSPg) Pattern: Plain.");
    let asked = endpoint.asked();
    let members: Vec<&String> = asked[0].schema()["properties"].as_object().unwrap().keys().collect();
    assert_eq!(members, ["hidden_share", "pattern"]);
    let row = sample.row("espresso.jpg");
    assert_eq!(row.object("PtbSWSPg").unwrap().answer("Pattern").unwrap().as_text(), Some("Plain"));
}

#[tokio::test]
async fn answers_dynamic_attributes_on_current_frame() {
    let endpoint = Endpoint::start(Vendor::OpenAi, |_, asked| {
        let ticks =
            json!({"feature_node_hash": hash(&["Coin", "In the way"]), "crockery": true, "edge_of_the_frame": false});
        as_asked(json!({"inscription": null, "diameter": null, "in_the_way": ticks}), asked)
    });
    let endpoint = endpoint.await;
    let sample = sample(&endpoint).await;
    let before = sample.row("table.mp4");
    let answer = describe(&sample, "table.mp4", 30, &["Ki1wl/xV"]).await;
    assert_eq!(answer.message, "1 of 1 objects described. Coin (Ki1wl/xV) In the way: Crockery.");
    let row = sample.row("table.mp4");
    let (was, is) = (before.object("Ki1wl/xV").unwrap(), row.object("Ki1wl/xV").unwrap());
    for frame in 16..=47 {
        let (was, is) = (was.answer_at("In the way", frame), is.answer_at("In the way", frame));
        if frame == 30 {
            assert!(was.is_none() && is.is_some_and(|is| is.has("Crockery")));
        } else {
            assert_eq!(was, is, "{frame}");
        }
    }
}

#[tokio::test]
async fn one_invalid_answer_changes_no_object() {
    for vendor in VENDORS {
        // Only one object lacks the metal.
        let endpoint = Endpoint::start(vendor, |_, asked| as_asked(coin("Gold"), asked)).await;
        let sample = sample(&endpoint).await;
        let before = sample.row("gravel.jpg").to_json();
        let answer = describe(&sample, "gravel.jpg", 0, &[]).await;
        let said = "Coin (3Q9UEqVQ): The language model gave an invalid answer: metal.choice.feature_node_hash must be one \
                    of \"rpzejtof\" (Silver), \"hewNDODv\" (Bronze), \"bEcsHi0A\" (Not sure), not \"gold\".";
        assert_eq!((answer.status, answer.message.as_str()), (502, said));
        assert_eq!(sample.row("gravel.jpg").to_json(), before);
    }
}

#[tokio::test]
async fn sends_no_request_without_open_attributes() {
    let endpoint = Endpoint::replying(
        Vendor::OpenAi,
        [|| {
            let mut answer = coin("Silver");
            answer["inscription"] = json!({"feature_node_hash": hash(&["Coin", "Inscription"]), "value": "None"});
            answer["in_the_way"] = json!({"feature_node_hash": hash(&["Coin", "In the way"]), "crockery": false,
                                      "edge_of_the_frame": true});
            Reply::Answer(answer)
        }],
    );
    let endpoint = endpoint.await;
    let sample = sample(&endpoint).await;
    assert_eq!(describe(&sample, "gravel.jpg", 0, &["3Q9UEqVQ"]).await.status, 200);
    let again = describe(&sample, "gravel.jpg", 0, &["3Q9UEqVQ"]).await;
    assert_eq!(again.message, "All attributes of these objects have answers.");
    let none = describe(&sample, "galaxies.jpg", 0, &[]).await;
    assert_eq!((none.status, none.message.as_str()), (400, "This frame has no objects that can be cropped."));
    let eye = describe(&sample, "cat.jpg", 0, &["Yuk/Ow48"]).await;
    assert_eq!(eye.status, 400, "{eye:?}");
    assert_eq!(endpoint.asked().len(), 1);
}
