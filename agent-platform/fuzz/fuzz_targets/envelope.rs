//! Any bytes, as the answer to every kind of call: success is what the envelope or the status says, what is handed on is
//! as it came, and no error quotes an answer that may hold secrets.
//!
//! `fuzz/run`, or `cargo fuzz run --sanitizer none envelope` in `agent-platform`.
#![no_main]

use std::sync::{Arc, LazyLock};

use agent_platform::auth::Credentials;
use agent_platform::client::fuzzing::Reading;
use agent_platform::client::{Domain, Error, PlatformClient};
use agent_platform::labels::{LabelRow, RowMetadata};
use agent_platform::ontology::Ontology;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

static PLATFORM: LazyLock<PlatformClient> = LazyLock::new(|| {
    let domain = Domain::parse("http://127.0.0.1:1").expect("an address");
    let credentials = Credentials::bearer("token").expect("a token");
    PlatformClient::builder().domain(domain).credentials(credentials).build().expect("a client")
});

static ONTOLOGY: LazyLock<Arc<Ontology>> = LazyLock::new(|| {
    Arc::new(Ontology::parse(r#"{"objects": [], "classifications": []}"#).expect("the ontology is well-formed"))
});

fuzz_target!(|body: &[u8]| {
    let hashes = label_hashes(body);
    let asked: Vec<&str> = hashes.iter().map(String::as_str).collect();
    for reading in PLATFORM.readings(body, &asked) {
        match &reading.result {
            Ok(texts) => check_success(&reading, texts, body, &asked),
            Err(error) => check_error(&reading, error),
        }
    }
});

/// The hashes of the label rows in an answer, by another reader than the client's.
fn label_hashes(body: &[u8]) -> Vec<String> {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    let rows = answer.and_then(|answer| answer.get("response")?.as_array().cloned()).unwrap_or_default();
    let hash = |row: &Value| row.get("label_hash")?.as_str().map(str::to_owned);
    let mut hashes: Vec<String> = rows.iter().filter_map(hash).collect();
    hashes.dedup();
    hashes
}

fn check_success(reading: &Reading, texts: &[String], body: &[u8], asked: &[&str]) {
    #[derive(Deserialize)]
    struct Envelope {
        status: f64,
        response: Option<IgnoredAny>,
    }
    if reading.legacy {
        assert_eq!(reading.status, 200, "413 and 429 are refusals");
        let envelope: Envelope = serde_json::from_slice(body).expect("a success has an envelope");
        assert!(envelope.status == 200.0 && envelope.response.is_some(), "a success says so");
    } else {
        assert!(matches!(reading.status, 200 | 204), "another status is a failure");
    }
    let body = std::str::from_utf8(body).unwrap_or_default();
    for text in texts {
        assert!(body.contains(text.as_str()), "what is handed on is as it came");
        let _ = (Ontology::parse(text.as_str()), RowMetadata::parse(text));
    }
    if reading.asked == "label rows" {
        assert_eq!(texts.len(), asked.len(), "as many rows as were asked for");
        for text in texts {
            if let Ok(row) = LabelRow::parse(text.as_str(), ONTOLOGY.clone()) {
                assert!(asked.contains(&row.label_hash().as_str()), "no other row than was asked for");
            }
        }
    }
}

fn check_error(reading: &Reading, error: &Error) {
    assert_eq!(error.status(), Some(reading.status));
    assert!(error.to_string().ends_with(&format!("(trace {})", error.trace_id())));
    let says_so = matches!(error, Error::RateLimitExceeded(_));
    assert!(reading.status != 429 || says_so, "429 is a rate limit, whatever the body says");
    if let (false, Error::NotJson(_)) = (reading.legacy, error) {
        let quotes = reading.asked != "an ontology" && reading.asked != "an acknowledgement";
        assert!(!quotes || error.message().ends_with("bytes, not shown)"), "an answer that may hold secrets");
    }
    let _ = (error.name(), error.is_retryable(), error.is_refusal(), error.label_limit(), error.may_have_acted());
}
