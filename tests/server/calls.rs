//! Return values of agents, and the responses made from them.

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use serde_json::json;

#[editor_agent]
async fn returns_nothing() {}

#[editor_agent]
async fn empty_response() -> AgentResponse {
    AgentResponse::empty()
}

#[editor_agent]
async fn blank() -> Result<AgentResponse> {
    Ok(AgentResponse::message(" \t\n\u{2028}\u{1f}").decide(AnyDecision::new("  ")?))
}

#[editor_agent]
async fn both() -> Result<AgentResponse> {
    Ok(AgentResponse::message("  done \n").decide(AnyDecision::new(" approve ")?))
}

#[editor_agent]
async fn text() -> String {
    "grün ✓ <b>\"x\"</b>".to_owned()
}

#[editor_agent]
async fn maybe(Frame(frame): Frame) -> Option<&'static str> {
    (frame > 0).then_some("later frame")
}

#[editor_agent]
async fn any_json() -> Json<Vec<u8>> {
    Json(vec![1, 2])
}

#[derive(Decisions, Debug, PartialEq)]
enum Verdict {
    Approve,
    #[decision("To review")]
    ToReview,
}

#[editor_agent]
async fn verdict(Frame(frame): Frame) -> Result<Verdict> {
    Ok(if frame == 0 { Verdict::Approve } else { Verdict::ToReview })
}

#[editor_agent]
async fn explained_verdict() -> AgentResponse<Verdict> {
    AgentResponse::message("Please look again.").decide_if(Some(Verdict::ToReview))
}

#[tokio::test]
async fn responses_have_the_form_the_editor_expects() {
    let client = TestClient::new(agents![
        returns_nothing,
        empty_response,
        blank,
        both,
        text,
        maybe,
        any_json,
        verdict,
        explained_verdict
    ])
    .unwrap();
    let cases = [
        ("/returns-nothing", 0, json!(null)),
        ("/empty-response", 0, json!({})),
        ("/blank", 0, json!({})),
        ("/both", 0, json!({"message": "done", "decision": "approve"})),
        ("/text", 0, json!({"message": "grün ✓ <b>\"x\"</b>"})),
        ("/maybe", 0, json!(null)),
        ("/maybe", 1, json!({"message": "later frame"})),
        ("/any-json", 0, json!([1, 2])),
        ("/verdict", 0, json!({"decision": "Approve"})),
        ("/verdict", 1, json!({"decision": "To review"})),
        ("/explained-verdict", 0, json!({"message": "Please look again.", "decision": "To review"})),
    ];
    for (path, frame, expected) in cases {
        let response = client.call(path, &payload().on_frame(frame)).await;
        assert_eq!((response.status().as_u16(), response.json()), (200, &expected), "{path}");
        assert_eq!(response.headers()["content-type"], "application/json", "{path}");
    }
}

#[tokio::test]
async fn agent_is_callable_as_a_function() {
    assert_eq!(verdict(Frame(0)).await.unwrap(), Verdict::Approve);
    assert_eq!(maybe(Frame(0)).await, None);
}

#[test]
fn decision_is_limited_to_256_code_points() {
    let longest = format!("  {}  ", "ü".repeat(256));
    assert_eq!(AnyDecision::new(&longest).unwrap().name(), longest.trim());
    assert_eq!(
        AnyDecision::new("ü".repeat(257)).unwrap_err().to_string(),
        "a decision has at most 256 characters, this one has 257"
    );
}
