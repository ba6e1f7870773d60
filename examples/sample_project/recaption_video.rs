//! `recaption_video` on the sample project, with a server that plays the language model.

use std::sync::{Arc, Mutex};

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::{LabelRow, Ranges};
use agent_runtime::axum::http::HeaderMap;
use agent_runtime::axum::{Router, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::SampleProject;
use crate::recaption_video::LanguageModel;

const REPHRASED: [&str; 3] = ["Coins glide.", "Coins slide past a cup.", "Coins slide."];

/// What the model was asked, with the key that came along.
type Asked = Arc<Mutex<Vec<(Option<String>, Value)>>>;

/// A model that answers every question with this status and this text.
async fn language_model(status: u16, text: String) -> (LanguageModel, Asked) {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    let answer = move |headers: HeaderMap, body: String| {
        let key = headers.get("authorization").map(|key| key.to_str().unwrap().to_owned());
        seen.lock().unwrap().push((key, serde_json::from_str(&body).unwrap()));
        let answer = json!({"choices": [{"message": {"role": "assistant", "content": text}}]}).to_string();
        async move { (StatusCode::from_u16(status).unwrap(), answer) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/", listener.local_addr().unwrap());
    let serving = agent_runtime::axum::serve(listener, Router::new().route("/v1/chat/completions", post(answer)));
    tokio::spawn(serving.into_future());
    (LanguageModel::new(&url, Some("sk-secret".to_owned()), "small").unwrap(), asked)
}

fn rephrased() -> String {
    json!({"varied": REPHRASED[0], "natural": REPHRASED[1], "short": REPHRASED[2]}).to_string()
}

/// The sample project with classifications for three rephrasings.
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

/// Writes a caption as the annotator does.
fn write_caption(sample: &SampleProject, text: &str, frames: std::ops::RangeInclusive<u64>) {
    let data = sample.payload("table.mp4", 0, &[]).data_hash.to_string();
    let written = sample
        .platform
        .edit_as("annotator@example.test", &data, |row| row.classify("Caption", text).on(frames).map(|_| ()));
    written.unwrap();
}

/// Text and frames of the classifications of a class.
fn texts(row: &LabelRow, class: &str) -> Vec<(String, Ranges, bool)> {
    let of = row.classifications_of_class(class);
    of.map(|one| (one.value().unwrap().as_text().unwrap().to_owned(), one.ranges(), one.is_manual())).collect()
}

#[tokio::test]
async fn a_caption_is_rephrased_into_the_classifications_after_it() {
    let (model, asked) = language_model(200, rephrased()).await;
    let sample = sample_with_places(model).await;
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
    let (key, question) = asked.lock().unwrap()[0].clone();
    assert_eq!((key.as_deref(), &question["model"]), (Some("Bearer sk-secret"), &json!("small")));
    let content = &question["messages"][1]["content"];
    assert_eq!(content[0]["text"], "The caption: Coins slide over <table_0>.");
    assert!(content[1]["image_url"]["url"].as_str().unwrap().starts_with("data:image/jpeg;base64,"));
    assert_eq!(question["response_format"]["json_schema"]["schema"]["required"], json!(["varied", "natural", "short"]));
}

#[tokio::test]
async fn rephrasings_without_a_place_are_told() {
    let (model, _) = language_model(200, rephrased()).await;
    let sample = SampleProject::start(Server::new().state(model)).await;
    let before = sample.row("espresso.jpg").to_json();
    let answer = sample.call("/recaption-video", &sample.payload("espresso.jpg", 0, &[])).await;
    let expected =
        "No text classification is there to write these to: “Coins glide.” “Coins slide past a cup.” “Coins slide.”";
    assert_eq!((answer.status, answer.message.as_str()), (200, expected));
    assert_eq!(sample.row("espresso.jpg").to_json(), before);
}

#[tokio::test]
async fn nothing_is_written_without_a_caption_or_an_answer() {
    for (status, text, message) in [
        (500, rephrased(), "The language model cannot be reached."),
        (200, "I'd rather not.".to_owned(), "The language model did not answer what it was asked."),
        (
            200,
            json!({"varied": "a", "natural": " "}).to_string(),
            "The language model did not answer what it was asked.",
        ),
    ] {
        let (model, asked) = language_model(status, text).await;
        let sample = sample_with_places(model).await;
        let without = sample.call("/recaption-video", &sample.payload("table.mp4", 0, &[])).await;
        assert_eq!((without.status, without.message.as_str()), (400, "Write the Caption first."));
        assert!(asked.lock().unwrap().is_empty());
        write_caption(&sample, "Coins slide.", 0..=47);
        let answer = sample.call("/recaption-video", &sample.payload("table.mp4", 0, &[])).await;
        assert_eq!((answer.status, answer.message.as_str()), (502, message));
        assert_eq!(texts(&sample.row("table.mp4"), "reph0007"), []);
    }
}

#[tokio::test]
async fn without_a_model_it_says_what_to_set() {
    let sample = SampleProject::start(Server::new()).await;
    let answer = sample.call("/recaption-video", &sample.payload("espresso.jpg", 0, &[])).await;
    assert_eq!(answer.status, 400);
    assert!(answer.message.starts_with("Set LLM_MODEL to the name"), "{}", answer.message);
}
