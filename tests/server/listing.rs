//! `GET /` and the health checks.

use agent_runtime::axum::body::Body;
use agent_runtime::axum::http::Request;
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use serde_json::json;

#[derive(Decisions)]
enum Verdict {
    Approve,
    #[decision("To review")]
    ToReview,
}

/// Decides where the task <goes>.
///
/// Looks at the selection only.
#[editor_agent(timeout = "1500ms")]
async fn triage(objects: ObjectHashes, _frame: Option<Frame>, _again: Frame) -> Result<AgentResponse<Verdict>> {
    Ok(AgentResponse::empty().decide(if objects.is_empty() { Verdict::Approve } else { Verdict::ToReview }))
}

#[editor_agent(path = "/v2/own.path", name = "Own name", description = "Own words.", no_timeout, concurrency = 8)]
async fn renamed() {}

#[tokio::test]
async fn listing_is_json_by_default() {
    let client = TestClient::new(agents![triage, renamed]).unwrap();
    let response = client.get("/").await;
    let expected = json!([
        {
            "name": "triage", "path": "/triage", "description": "Decides where the task <goes>.\n\nLooks at the selection only.",
            "needs": ["selected objects", "frame (if there)", "frame"], "signature": "off", "decisions": ["Approve", "To review"], "timeout": 1.5
        },
        {"name": "Own name", "path": "/v2/own.path", "description": "Own words.", "needs": [], "signature": "off", "decisions": [], "concurrency": 8},
    ]);
    assert_eq!(response.json()["agents"], expected);
}

#[tokio::test]
async fn listing_has_the_version() {
    let own = concat!("agent-tests ", env!("CARGO_PKG_VERSION"));
    let client = TestClient::new(agents![triage, renamed]).unwrap();
    assert_eq!(client.get("/").await.json()["version"], own);
    let client = TestClient::new(Server::new().agents(agents![triage]).version("2026-11-22 <b>")).unwrap();
    assert_eq!(client.get("/").await.json()["version"], "2026-11-22 <b>");
    let request = Request::get("/").header("accept", "text/html").body(Body::empty()).unwrap();
    assert!(client.send(request).await.text().contains("2026-11-22 &lt;b&gt; on agent-runtime"));
}

#[tokio::test]
async fn browsers_get_a_page_with_escaped_text() {
    let client = TestClient::new(agents![triage, renamed]).unwrap();
    let request =
        Request::get("/").header("accept", "text/html,*/*;q=0.8").header("host", "x\"><script>alert(1)</script>");
    let response = client.send(request.body(Body::empty()).unwrap()).await;
    let page = response.text();
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    for wanted in ["Own name", "/v2/own.path", "Decides where the task &lt;goes&gt;.", "To review", "selected objects"]
    {
        assert!(page.contains(wanted), "{wanted} is missing");
    }
    assert!(!page.contains("<script>alert") && !page.contains("<goes>"));
}

#[tokio::test]
async fn health_checks_return_their_status() {
    let client = TestClient::new(agents![renamed]).unwrap();
    assert_eq!(client.get("/healthz").await.json(), &json!({"status": "ok"}));
    assert_eq!(client.get("/readyz").await.json(), &json!({"status": "ready"}));
}
