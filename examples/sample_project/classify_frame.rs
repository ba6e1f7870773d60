//! Tests of `classify_frame` on the sample project, with a mock of the language model's endpoint.

use std::path::Path;
use std::time::{Duration, Instant};

use agent_runtime::Server;
use agent_runtime::agent_platform::answer_schema::{AnswerSchema, ClassificationSchema};
use agent_runtime::media::{Limits, RgbImage, decode};
use serde_json::{Value, json};

use super::model_endpoint::{Endpoint, KEY, Reply, VENDORS, Vendor};
use super::{Answer, SampleProject};
use crate::language_model::LanguageModel;

async fn sample(endpoint: &Endpoint, seconds: u32) -> SampleProject {
    SampleProject::start(Server::new().state(endpoint.model(seconds))).await
}

async fn classify(sample: &SampleProject, title: &str) -> Answer {
    sample.call("/classify-frame", &sample.payload(title, 0, &[])).await
}

fn scene(choice: &Value) -> Value {
    json!({"feature_node_hash": hash(&["Scene"]), "choice": choice})
}

/// Returns the feature hash at a path of titles in the sample project's ontology.
pub(super) fn hash(path: &[&str]) -> String {
    let text = std::fs::read_to_string(sample_folder().join("ontology.json")).unwrap();
    let ontology = agent_runtime::Ontology::parse(text).unwrap();
    let found = ontology.classification(path[0]).filter(|_| path.len() == 1);
    let attribute = found.map(|class| class.attribute().unwrap().feature_hash().to_owned());
    attribute
        .unwrap_or_else(|| ontology.by_path(path).unwrap_or_else(|| panic!("{path:?}")).feature_hash().to_owned())
        .to_string()
}

fn sample_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../agent-studio/sample")
}

pub(super) fn picture(name: &str) -> RgbImage {
    decode(&std::fs::read(sample_folder().join("data").join(name)).unwrap(), &Limits::default()).unwrap()
}

/// Returns the mean difference of two images of the same size, in hundredths of a level of 255.
pub(super) fn difference(one: &RgbImage, other: &RgbImage) -> u64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let sum: u64 = one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum * 100 / u64::try_from(one.as_raw().len()).unwrap()
}

fn galaxies() -> Value {
    json!({
        "scene": scene(&json!({"feature_node_hash": hash(&["Scene", "Outer space"]), "title": "Outer space"})),
        "quality": {"feature_node_hash": hash(&["Quality"]), "sharp": true, "black_and_white": false, "noise": true,
                    "motion_blur": false, "subject_cut_off": false},
        "caption": {"feature_node_hash": hash(&["Caption"]), "value": "Galaxies before a black sky."},
        "number_of_coins": null})
}

fn dusk() -> Value {
    let time = json!({"feature_node_hash": hash(&["Scene", "Outdoors", "Time of day"]), "choice": "Dusk"});
    let choice = json!({"feature_node_hash": hash(&["Scene", "Outdoors"]), "title": "Outdoors", "time_of_day": time,
                        "place": null});
    json!({"scene": scene(&choice), "caption": null, "number_of_coins": null})
}

#[tokio::test]
async fn classifies_unlabelled_frame() {
    for vendor in VENDORS {
        let coins: fn() -> Reply = || {
            let none = json!({"feature_node_hash": hash(&["Number of coins"]), "value": 0});
            Reply::Answer(json!({ "number_of_coins": none }))
        };
        let endpoint = Endpoint::replying(vendor, [|| Reply::Answer(galaxies()), coins]).await;
        let sample = sample(&endpoint, 20).await;
        let answer = classify(&sample, "galaxies.jpg").await;
        let said = "Classified: Scene: Outer space; Quality: Sharp, Noise; Caption: Galaxies before a black sky.";
        assert_eq!((answer.status, answer.message.as_str()), (200, said));
        let row = sample.row("galaxies.jpg");
        let there: Vec<_> = row.frame(0).classifications().collect();
        assert_eq!(there.len(), 3);
        assert!(there[0].answer("Scene").unwrap().has("Outer space"));
        assert!(there[1].value().unwrap().has("Noise") && !there[1].value().unwrap().has("Motion blur"));
        let asked = &endpoint.asked()[0];
        asked.assert_signed();
        let ontology = row.ontology();
        let schema = ClassificationSchema::new(ontology.classifications().filter(|class| !class.is_global()));
        assert_eq!(asked.schema(), &serde_json::from_str::<Value>(&schema.schema()).unwrap());
        let distance = difference(&asked.image(), &picture("galaxies.jpg"));
        assert!(distance < 400, "{distance}");
        // The next call asks only for the missing answer; after that nothing is missing.
        assert_eq!(classify(&sample, "galaxies.jpg").await.message, "Classified: Number of coins: 0.");
        let again = classify(&sample, "galaxies.jpg").await;
        assert_eq!(again.message, "This frame has every classification already.");
        assert_eq!(endpoint.asked().len(), 2);
    }
}

#[tokio::test]
async fn skips_existing_classifications() {
    for vendor in VENDORS {
        let endpoint = Endpoint::replying(vendor, [|| Reply::Answer(dusk())]).await;
        let sample = sample(&endpoint, 20).await;
        let before = sample.row("rocket.jpg");
        let answer = classify(&sample, "rocket.jpg").await;
        assert_eq!(answer.message, "Classified: Scene: Outdoors; Time of day: Dusk.");
        let asked = endpoint.asked();
        let members: Vec<&String> = asked[0].schema()["properties"].as_object().unwrap().keys().collect();
        assert_eq!(members, ["caption", "number_of_coins", "scene"]);
        let row = sample.row("rocket.jpg");
        let labels = |row: &agent_runtime::agent_platform::labels::LabelRow| {
            row.frame(0).classifications().map(|is| (is.hash().to_owned(), is.json().to_owned())).collect::<Vec<_>>()
        };
        assert!(labels(&before).iter().all(|label| labels(&row).contains(label)));
        assert_eq!(labels(&row).len(), labels(&before).len() + 1);
        assert_eq!(row.objects().count(), before.objects().count());
    }
}

#[tokio::test]
async fn retries_invalid_answer_with_problem() {
    let wrong: [fn() -> Reply; 3] = [
        || Reply::Answer(json!({"scene": scene(&json!("Mars")), "caption": null, "number_of_coins": null})),
        || Reply::CutOff(r#"{"scene": {"feature_node_ha"#),
        || Reply::Broken("Here it is: {}"),
    ];
    let reasons =
        ["scene.choice must be an object, not \"Mars\"", "the answer was truncated", "the answer is not JSON"];
    for (vendor, (wrong, reason)) in
        VENDORS.into_iter().flat_map(|v| wrong.into_iter().zip(reasons).map(move |w| (v, w)))
    {
        let endpoint = Endpoint::replying(vendor, [wrong, || Reply::Answer(dusk())]).await;
        let sample = sample(&endpoint, 20).await;
        let answer = classify(&sample, "rocket.jpg").await;
        assert_eq!((answer.status, answer.message.as_str()), (200, "Classified: Scene: Outdoors; Time of day: Dusk."));
        let asked = endpoint.asked();
        let (first, second) = (asked[0].messages(), asked[1].messages());
        assert_eq!((first.len(), second.len()), (1, 3));
        assert_eq!((first[0], asked[0].schema()), (second[0], asked[1].schema()), "the question is the same");
        assert_eq!((&second[1]["role"], &second[2]["role"]), (&json!("assistant"), &json!("user")));
        assert!(second[2]["content"].as_str().unwrap().contains(reason), "{}", second[2]);
    }
}

/// Asserts that the labels are unchanged and the annotator gets this message.
async fn refused(vendor: Vendor, seconds: u32, replies: &[fn() -> Reply], status: u16, message: &str) -> usize {
    let (replies, count) = (replies.to_vec(), replies.len());
    let endpoint = Endpoint::start(vendor, move |at, _| replies[at.min(count - 1)]()).await;
    let sample = sample(&endpoint, seconds).await;
    let before = sample.row("rocket.jpg").to_json();
    let answer = classify(&sample, "rocket.jpg").await;
    assert_eq!((answer.status, answer.message.as_str()), (status, message), "{vendor:?}");
    assert_eq!(sample.row("rocket.jpg").to_json(), before, "{vendor:?}: {message}");
    endpoint.asked().len()
}

#[tokio::test]
async fn two_invalid_answers_change_nothing() {
    // One classification is valid, another is not.
    let wrong: fn() -> Reply = || {
        let mut answer = dusk();
        answer["number_of_coins"] = json!({"feature_node_hash": hash(&["Number of coins"]), "value": "many"});
        Reply::Answer(answer)
    };
    let message = "The language model gave an invalid answer: number_of_coins.value must be a number, not \"many\".";
    for vendor in VENDORS {
        assert_eq!(refused(vendor, 20, &[wrong], 502, message).await, 2);
        let cut_off: fn() -> Reply = || Reply::CutOff("{");
        let message = "The language model gave an invalid answer: the answer was truncated: answer more briefly.";
        assert_eq!(refused(vendor, 20, &[cut_off], 502, message).await, 2);
    }
}

#[tokio::test]
async fn reports_refusal_without_retry() {
    for vendor in VENDORS {
        let message = "The language model refused to answer: “I cannot help with that.”";
        assert_eq!(refused(vendor, 20, &[|| Reply::Refusal("I cannot help with that.")], 502, message).await, 1);
        assert_eq!(
            refused(vendor, 20, &[|| Reply::Refusal("")], 502, "The language model refused to answer.").await,
            1
        );
    }
}

#[tokio::test]
async fn retries_busy_endpoint_once() {
    for vendor in VENDORS {
        for status in [429, 500, 529] {
            let replies = move |at, _: &_| match at {
                0 => Reply::Status(status, "Busy".to_owned()),
                _ => Reply::Answer(dusk()),
            };
            let endpoint = Endpoint::start(vendor, replies).await;
            assert_eq!(classify(&sample(&endpoint, 20).await, "rocket.jpg").await.status, 200);
            assert_eq!(endpoint.asked().len(), 2);
        }
        let message = "The language model is rate-limited. Try again later.";
        assert_eq!(refused(vendor, 20, &[|| Reply::Status(429, String::new())], 503, message).await, 2);
        let message = "The language model's endpoint failed (500 Internal Server Error). Try again later.";
        assert_eq!(refused(vendor, 20, &[|| Reply::Status(500, String::new())], 503, message).await, 2);
    }
}

#[tokio::test]
async fn reports_invalid_settings_without_key() {
    for vendor in VENDORS {
        let message = "The language model's endpoint rejected the API key (401 Unauthorized): check LLM_API_KEY.";
        assert_eq!(refused(vendor, 20, &[|| Reply::Status(401, format!("No key {KEY}"))], 502, message).await, 1);
        let message = "The language model's endpoint has no model `seer-1`: check LLM_MODEL and LLM_BASE_URL.";
        assert_eq!(refused(vendor, 20, &[|| Reply::Status(404, String::new())], 502, message).await, 1);
        let message = "The language model's endpoint rejected the request (400 Bad Request). Too many unions.";
        assert_eq!(refused(vendor, 20, &[|| Reply::Status(400, "Too many unions.".to_owned())], 502, message).await, 1);
        let message = "The language model's endpoint rejected the request (400 Bad Request).";
        assert_eq!(refused(vendor, 20, &[|| Reply::Status(400, format!("No key {KEY}"))], 502, message).await, 1);
    }
}

#[tokio::test]
async fn gives_up_on_endless_or_large_response() {
    for vendor in VENDORS {
        let start = Instant::now();
        let message = "The language model did not answer within 1 s.";
        assert_eq!(refused(vendor, 1, &[|| Reply::Dribble], 504, message).await, 1);
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
        let message = "The language model's response exceeds 1024 KiB.";
        assert_eq!(refused(vendor, 20, &[|| Reply::Bytes(50_000_000)], 502, message).await, 1);
    }
}

#[tokio::test]
async fn reports_unreachable_endpoint() {
    let configured = LanguageModel::configured(|name| match name {
        "LLM_BASE_URL" => Some("http://127.0.0.1:9".to_owned()),
        "LLM_API_KEY" | "LLM_MODEL" => Some("x".to_owned()),
        _ => None,
    });
    let sample =
        SampleProject::start(Server::new().state(configured.unwrap_or_else(|error| panic!("{error:?}")))).await;
    let answer = classify(&sample, "rocket.jpg").await;
    let message = "The language model's endpoint cannot be reached, or the connection broke: check LLM_BASE_URL.";
    assert_eq!((answer.status, answer.message.as_str()), (503, message));
}

#[test]
fn reports_missing_settings() {
    let told = |given: &[(&str, &str)]| {
        let value = |name: &str| given.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        LanguageModel::configured(value).err().unwrap().message().to_owned()
    };
    let all = told(&[]);
    assert!(all.starts_with("Set LLM_BASE_URL and LLM_API_KEY and LLM_MODEL and restart the server: "), "{all}");
    let key = told(&[("LLM_BASE_URL", "https://api.openai.com/v1"), ("LLM_MODEL", "m"), ("LLM_API_KEY", " ")]);
    assert!(key.starts_with("Set LLM_API_KEY and restart the server"), "{key}");
    let all_but = |name, value| {
        told(&[(name, value), ("LLM_BASE_URL", "https://x.example.test"), ("LLM_API_KEY", KEY), ("LLM_MODEL", "m")])
    };
    assert_eq!(all_but("LLM_API", "gemini"), "LLM_API must be openai or anthropic.");
    assert_eq!(all_but("LLM_TIMEOUT", "soon"), "LLM_TIMEOUT is not a number of seconds.");
    assert!(all_but("LLM_BASE_URL", "api.openai.com").starts_with("LLM_BASE_URL is not a URL"));
}
