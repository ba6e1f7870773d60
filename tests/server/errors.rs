//! Error responses: JSON with a message, and no internal details.

use agent_runtime::ErrorCauses;
use agent_runtime::axum::Router;
use agent_runtime::axum::body::Body;
use agent_runtime::axum::http::Request;
use agent_runtime::axum::routing::get;
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use serde_json::json;

/// Fails with the error that belongs to the frame.
#[editor_agent]
async fn fails(Frame(frame): Frame) -> Result<()> {
    match frame {
        0 => bail!("Only polygons, please. ✓"),
        1 => Err(std::io::Error::other("secret /etc/passwd"))?,
        2 => panic!("secret panic"),
        3 => Err(AgentError::new(ErrorStatus::Forbidden, "You may not.")),
        4 => None.or_complain("Draw something first."),
        _ => Ok("x".parse::<u8>().map(|_| ()).or_complain("That is no number.")?),
    }
}

/// A user-defined error type.
enum Refusal {
    TooSmall(u32),
}

impl From<Refusal> for AgentError {
    fn from(refusal: Refusal) -> Self {
        let Refusal::TooSmall(pixels) = refusal;
        agent_error!("A box of {pixels} pixels is too small.")
    }
}

#[editor_agent]
async fn refuses() -> std::result::Result<(), Refusal> {
    Err(Refusal::TooSmall(3))
}

#[tokio::test]
async fn agent_errors_have_their_status_and_message() {
    let client = TestClient::new(agents![fails, refuses]).unwrap();
    for (path, frame, status, message) in [
        ("/fails", 0, 400, "Only polygons, please. ✓"),
        ("/fails", 3, 403, "You may not."),
        ("/fails", 4, 400, "Draw something first."),
        ("/fails", 5, 400, "That is no number."),
        ("/refuses", 0, 400, "A box of 3 pixels is too small."),
    ] {
        let response = client.call(path, &payload().on_frame(frame)).await;
        assert_eq!(
            (response.status().as_u16(), response.json()),
            (status, &json!({ "message": message })),
            "{path} {frame}"
        );
    }
}

#[tokio::test]
async fn internal_error_shows_only_its_trace_id() {
    let client = TestClient::new(agents![fails]).unwrap();
    for frame in [1, 2] {
        let response = client.call("/fails", &payload().on_frame(frame)).await;
        let trace = response.headers()["x-cloud-trace-context"].to_str().unwrap().split('/').next().unwrap().to_owned();
        assert_eq!(response.status(), 500);
        assert_eq!(
            response.json(),
            &json!({"message": format!("Something went wrong in the agent. Please report trace {trace}."), "traceId": trace})
        );
    }
}

#[tokio::test]
async fn error_causes_are_opt_in() {
    let client = TestClient::new(Server::new().agents(agents![fails]).error_causes(ErrorCauses::InResponses)).unwrap();
    for (frame, detail) in
        [(1, "secret /etc/passwd"), (2, "the agent panicked: secret panic"), (5, "invalid digit found in string")]
    {
        assert_eq!(client.call("/fails", &payload().on_frame(frame)).await.json()["detail"], detail);
    }
}

#[tokio::test]
async fn lists_each_invalid_field() {
    let client = TestClient::new(agents![fails]).unwrap();
    let response = client.call("/fails", &json!({"projectHash": "x", "frame": -1, "objectHashes": ["a", 5]})).await;
    assert_eq!(response.status(), 422);
    let expected = json!([
        {"field": "projectHash", "message": "is not a UUID"},
        {"field": "dataHash", "message": "is missing"},
        {"field": "frame", "message": "must be a whole number from 0"},
        {"field": "objectHashes[1]", "message": "must be an object hash in quotes"},
    ]);
    assert_eq!(response.json()["errors"], expected);
    assert!(response.message().unwrap().contains("`dataHash` is missing"), "{}", response.text());
}

#[tokio::test]
async fn rejects_bodies_that_are_not_a_payload() {
    let client = TestClient::new(agents![fails]).unwrap();
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    for (content_type, body, status) in [
        ("application/json", "", 400),
        ("application/json", "{", 400),
        ("application/json", "{} {}", 400),
        ("application/json", "NaN", 400),
        ("application/json", deep.as_str(), 400),
        ("application/json", "[]", 422),
        ("application/json", "null", 422),
        ("application/json; charset=utf-8", "{}", 422),
        ("text/plain", "{}", 415),
        ("", "{}", 415),
    ] {
        let request =
            Request::post("/fails").header("content-type", content_type).body(Body::from(body.to_owned())).unwrap();
        let response = client.send(request).await;
        assert_eq!(response.status().as_u16(), status, "{content_type} {body}");
        assert!(response.message().is_some_and(|message| message.ends_with(['.', '}'])), "{}", response.text());
    }
}

async fn broken() -> &'static str {
    panic!("secret panic beside")
}

#[tokio::test]
async fn unknown_routes_and_custom_routes_have_json_errors() {
    let beside = Router::new().route("/broken", get(broken)).route("/fine", get(async || "fine"));
    let client = TestClient::new(Server::new().agents(agents![fails]).routes(beside)).unwrap();
    assert_eq!(client.get("/fine").await.text(), "fine");
    for (path, status, message) in [
        ("/fails", 405, "`/fails` is an editor agent: call it with POST."),
        ("/fails/", 404, "There is no agent at `/fails/`. Did you mean `/fails`?"),
        ("/Fails", 404, "There is no agent at `/Fails`. Did you mean `/fails`?"),
        ("/nowhere", 404, "There is no agent at `/nowhere`. `GET /` lists the agents."),
        ("/broken", 500, "Something went wrong on this server."),
    ] {
        let response = client.get(path).await;
        assert_eq!((response.status().as_u16(), response.message()), (status, Some(message)));
    }
}
