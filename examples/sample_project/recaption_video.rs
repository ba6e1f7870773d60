//! Tests of `recaption_video` on the sample project, with a mock of the language model's endpoint.

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::{LabelRow, Ranges};
use serde_json::{Value, json};

use super::SampleProject;
use super::model_endpoint::{Endpoint, Reply, Vendor};
use crate::language_model::LanguageModel;

const REPHRASED: [&str; 3] = ["Coins glide.", "Coins slide past a cup.", "Coins slide."];

fn rephrased() -> Value {
    json!({"varied": REPHRASED[0], "natural": REPHRASED[1], "short": REPHRASED[2]})
}

/// Starts the sample project with classifications for three rephrasings.
async fn sample_with_places(model: LanguageModel) -> SampleProject {
    let add = |folder: &std::path::Path| {
        let path = folder.join("ontology.json");
        let mut ontology: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for number in [7, 8, 9] {
            let attribute = json!({"id": format!("{number}.1"), "name": format!("Rephrased {number}"), "type": "text",
                "featureNodeHash": format!("text000{number}"), "required": false, "dynamic": false});
            let class = json!({"id": number.to_string(), "featureNodeHash": format!("reph000{number}"), "attributes": [attribute]});
            ontology["classifications"].as_array_mut().unwrap().push(class);
        }
        std::fs::write(&path, ontology.to_string()).unwrap();
    };
    SampleProject::start_with(Server::new().state(model), add).await
}

/// Writes a caption as an annotator.
fn write_caption(sample: &SampleProject, text: &str, frames: std::ops::RangeInclusive<u64>) {
    let data = sample.payload("table.mp4", 0, &[]).data_hash.to_string();
    let written = sample
        .platform
        .edit_as("annotator@example.test", &data, |row| row.classify("Caption", text).on(frames).map(|_| ()));
    written.unwrap();
}

/// Returns text, frames and origin of the classifications of a class.
fn texts(row: &LabelRow, class: &str) -> Vec<(String, Ranges, bool)> {
    let of = row.classifications_of_class(class);
    of.map(|one| (one.value().unwrap().as_text().unwrap().to_owned(), one.ranges(), one.is_manual())).collect()
}

#[tokio::test]
async fn writes_rephrasings_to_next_classifications() {
    let endpoint = Endpoint::start(Vendor::OpenAi, |_, _| Reply::Answer(rephrased())).await;
    let sample = sample_with_places(endpoint.model(30)).await;
    write_caption(&sample, "Coins slide over <table_0>.", 0..=29);
    write_caption(&sample, "The bronze coin is back.", 30..=47);
    let answer = sample.call("/recaption-video", &sample.payload("table.mp4", 12, &[])).await;
    assert_eq!((answer.status, answer.message.as_str()), (200, "Wrote 3 rephrasings."));
    let later = sample.call("/recaption-video", &sample.payload("table.mp4", 40, &[])).await;
    assert_eq!(later.status, 200, "{}", later.message);
    assert_eq!(sample.call("/recaption-video", &sample.payload("table.mp4", 12, &[])).await.status, 200);
    let row = sample.row("table.mp4");
    for (class, text) in ["reph0007", "reph0008", "reph0009"].into_iter().zip(REPHRASED) {
        let mut found = texts(&row, class);
        found.sort_by_key(|(_, frames, _)| frames.first());
        let of = |frames| (text.to_owned(), Ranges::from(frames), false);
        assert_eq!(found, [of(0..=29), of(30..=47)], "once for each caption, however often it is asked for");
    }
    assert_eq!(texts(&row, "Caption").len(), 2);
    let question = &endpoint.asked()[0];
    question.assert_signed();
    assert!(question.question().ends_with("The caption: Coins slide over <table_0>."), "{}", question.question());
    assert_eq!(question.image().dimensions(), (480, 320));
    assert_eq!(question.schema()["required"], json!(["varied", "natural", "short"]));
}

#[tokio::test]
async fn returns_rephrasings_without_classification() {
    let endpoint = Endpoint::start(Vendor::Anthropic, |_, _| Reply::Answer(rephrased())).await;
    let sample = SampleProject::start(Server::new().state(endpoint.model(30))).await;
    let before = sample.row("espresso.jpg").to_json();
    let answer = sample.call("/recaption-video", &sample.payload("espresso.jpg", 0, &[])).await;
    let expected =
        "The ontology has no text classifications for these: “Coins glide.” “Coins slide past a cup.” “Coins slide.”";
    assert_eq!((answer.status, answer.message.as_str()), (200, expected));
    assert_eq!(sample.row("espresso.jpg").to_json(), before);
}

#[tokio::test]
async fn writes_nothing_without_caption_or_answer() {
    let sentence = "The language model gave an invalid answer: ";
    for (reply, message) in [
        (|| Reply::Broken("I'd rather not."), sentence.to_owned() + "the answer is not JSON"),
        (
            || Reply::Answer(json!({"varied": "a", "natural": " "})),
            sentence.to_owned() + "natural must be a non-empty string; short must be",
        ),
    ] as [(fn() -> Reply, String); 2]
    {
        let endpoint = Endpoint::replying(Vendor::OpenAi, [reply, reply]).await;
        let sample = sample_with_places(endpoint.model(30)).await;
        let without = sample.call("/recaption-video", &sample.payload("table.mp4", 0, &[])).await;
        assert_eq!((without.status, without.message.as_str()), (400, "Write the Caption first."));
        assert!(endpoint.asked().is_empty());
        write_caption(&sample, "Coins slide.", 0..=47);
        let answer = sample.call("/recaption-video", &sample.payload("table.mp4", 0, &[])).await;
        assert!(answer.status == 502 && answer.message.starts_with(&message), "{answer:?}");
        assert_eq!(texts(&sample.row("table.mp4"), "reph0007"), []);
    }
}
