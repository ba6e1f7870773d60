//! Unknown members of the payload: `AgentPayload::extra` and `Extra`.

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use serde::Deserialize;
use serde_json::json;

use test_support::wire::{Connection, PAYLOAD};

#[derive(Deserialize)]
struct Settings {
    threshold: f64,
    #[serde(default)]
    classes: Vec<Class>,
}

#[derive(Deserialize)]
struct Class {
    name: String,
    least: u32,
}

#[editor_agent]
async fn settings(Extra(settings): Extra<Settings>) -> String {
    let classes: Vec<_> = settings.classes.iter().map(|class| format!("{} {}", class.name, class.least)).collect();
    format!("{} {classes:?}", settings.threshold)
}

#[editor_agent]
async fn optional(settings: Option<Extra<Settings>>) -> String {
    settings.map_or("nothing".to_owned(), |Extra(settings)| settings.threshold.to_string())
}

#[editor_agent]
async fn raw(payload: AgentPayload) -> String {
    payload.extra().get().to_owned()
}

/// Returns the payload, serialized again.
#[editor_agent]
async fn reserialize(payload: &AgentPayload) -> Json<AgentPayload> {
    Json(payload.clone())
}

fn client() -> TestClient {
    TestClient::new(agents![settings, optional, raw, reserialize]).unwrap()
}

#[tokio::test]
async fn extra_members_deserialize_into_a_type() {
    let client = client();
    let sent = payload().with_extra("threshold", 0.25.into());
    assert_eq!(client.call("/settings", &sent).await.message(), Some("0.25 []"));
    let sent =
        sent.with_extra("classes", json!([{"name": "Car", "least": 2, "new": null}])).with_extra("new", json!({}));
    assert_eq!(client.call("/settings", &sent).await.message(), Some(r#"0.25 ["Car 2"]"#));
    let sent = sent.with_extra("threshold", json!(0.5));
    assert_eq!(
        client.call("/settings", &sent).await.message(),
        Some(r#"0.5 ["Car 2"]"#),
        "the last of duplicate members counts"
    );
}

#[tokio::test]
async fn names_invalid_extra_members() {
    let client = client();
    for (name, value, field, problem) in [
        ("other", json!(1), "threshold", "is missing"),
        ("threshold", json!("high"), "threshold", r#"must be a number, not the string "high""#),
        ("threshold", json!(null), "threshold", "must be a number, not null"),
    ] {
        let response = client.call("/settings", &payload().with_extra(name, value)).await;
        let message = format!("The parameters of the call do not fit: `{field}` {problem}.");
        assert_eq!((response.status().as_u16(), response.message()), (422, Some(message.as_str())));
        assert_eq!(response.json()["errors"], json!([{"field": field, "message": problem}]));
    }
    let deep = payload().with_extra("threshold", 1.into()).with_extra("classes", json!([{"name": "Car", "least": -2}]));
    let response = client.call("/settings", &deep).await;
    let message = "The parameters of the call do not fit: `classes[0].least` must be a whole number from 0, not -2.";
    assert_eq!((response.status().as_u16(), response.message()), (422, Some(message)));
    for name in ["Settings", "Class", "struct", "u32", "f64"] {
        assert!(!response.text().contains(name), "{}", response.text());
    }
    let none = client.call("/settings", &payload()).await;
    assert_eq!((none.status().as_u16(), &none.json()["errors"][0]["field"]), (422, &json!("threshold")));
}

#[tokio::test]
async fn optional_extra_is_none_without_extra_members() {
    let client = client();
    assert_eq!(client.call("/optional", &payload().on_frame(3)).await.message(), Some("nothing"));
    assert_eq!(client.call("/optional", &payload().with_extra("threshold", 1.into())).await.message(), Some("1"));
    assert_eq!(client.call("/optional", &payload().with_extra("other", 1.into())).await.status().as_u16(), 422);
}

#[tokio::test]
async fn extra_members_are_kept_byte_for_byte() {
    let server = Server::new().agents(agents![raw, reserialize]).port(0).start().await.unwrap();
    let members =
        r#""a" : 1.50, "big": 123456789012345678901234567890, "a":[ 1e2 ], "n\u0061me": "\ud83d\ude00 \u00e9""#;
    let kept = r#"{"a":1.50,"big":123456789012345678901234567890,"a":[ 1e2 ],"n\u0061me":"\ud83d\ude00 \u00e9"}"#;
    let body = PAYLOAD.replace('}', &format!(", {members}}}"));
    let mut connection = Connection::open(server.address()).await;
    connection.post("/raw", &[], &body).await;
    assert_eq!(connection.response().await.unwrap().message(), kept);
    connection.post("/reserialize", &[], &body).await;
    let response = connection.response().await.unwrap().body;
    let first = r#""a":1.50,"big":123456789012345678901234567890,"a":[ 1e2 ],"name":"\ud83d\ude00 \u00e9"}"#;
    assert!(response.starts_with(r#"{"projectHash":"#) && response.ends_with(first), "{response}");
    connection.post("/raw", &[], PAYLOAD).await;
    assert_eq!(connection.response().await.unwrap().message(), "{}");
    server.stop().await;
}

#[test]
fn debug_of_a_payload_shows_no_extra_values() {
    let sent = payload().with_extra("api_key", "secret-value".into());
    assert!(!format!("{sent:?}").contains("secret-value"));
    assert_ne!(sent, payload());
    assert_eq!(sent, payload().with_extra("api_key", "secret-value".into()));
}
