//! `GET /openapi.json` and `GET /docs`.

use agent_platform::auth::Credentials;
use agent_runtime::axum::body::Body;
use agent_runtime::axum::http::{HeaderMap, Request};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_runtime::{
    AnyEvent, Notification, PlatformClient, StageWorkAvailable, TaskSubmitted, handlers, on_notification,
};
use serde::Deserialize;
use serde_json::{Value, json};
use test_support::client::key;

#[derive(Decisions)]
enum Verdict {
    Approve,
    #[decision("To <review>")]
    ToReview,
}

/// Does nothing.
#[editor_agent(timeout = "1500ms", concurrency = 8, signature = "off")]
async fn nothing() {}

/// Says which frame it is.
#[editor_agent(path = "/v2/frame.number", name = "Frame number", signature = "off")]
async fn frame(Frame(frame): Frame) -> String {
    format!("Frame {frame}.")
}

/// Decides where the task **goes**, by `objectHashes`. See [`ObjectHashes`], <script>alert(1)</script>
/// and [the site](https://example.test/?a=1&b=2).
///
/// # Errors
/// None.
#[editor_agent(no_timeout, signature = "when-present")]
async fn triage(objects: ObjectHashes) -> Result<Option<Verdict>> {
    Ok((!objects.is_empty()).then_some(Verdict::ToReview).or(Some(Verdict::Approve)))
}

#[editor_agent(signature = "off")]
async fn route(payload: AgentPayload) -> AgentResponse {
    AgentResponse::message(payload.data_hash.to_string())
}

#[derive(Deserialize)]
struct Parameters {
    threshold: f64,
}

#[editor_agent(signature = "off")]
async fn parameters(Extra(parameters): Extra<Parameters>) -> Json<f64> {
    Json(parameters.threshold)
}

/// Removes empty objects.
#[editor_agent]
async fn tidy(selected: Selected<AnyShape>, row: &mut LabelRow) -> Result<&'static str> {
    ensure!(!selected.is_empty() && row.is_on_platform(), "Nothing is selected.");
    Ok("Done.")
}

/// Works through the *stage*.
#[on_notification]
async fn work(_work: Notification<StageWorkAvailable>) {}

#[on_notification]
async fn submitted(_task: Notification<TaskSubmitted>) {}

#[on_notification(signature = "off")]
async fn everything(_any: Notification<AnyEvent>) {}

fn server() -> Server {
    let platform = PlatformClient::builder().credentials(Credentials::key(key())).build().unwrap();
    Server::new()
        .agents(agents![nothing, frame, triage, route, parameters, tidy])
        .on_notification(handlers![work, submitted, everything])
        .platform(platform)
        .webhook_secret("whsec_made-up")
        .version("1.2.3")
}

fn client() -> TestClient {
    TestClient::new(server()).unwrap()
}

async fn document() -> Value {
    let response = client().get("/openapi.json").await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    response.json().clone()
}

async fn docs() -> (HeaderMap, String) {
    let request =
        Request::get("/docs").header("host", "agents.test'\"><script>x</script>").body(Body::empty()).unwrap();
    let response = client().send(request).await;
    assert_eq!(response.status().as_u16(), 200);
    (response.headers().clone(), response.text())
}

#[tokio::test]
async fn document_describes_every_kind_of_agent() {
    let mut document = document().await;
    let runtime = document["info"]["description"].take();
    assert_eq!(runtime, concat!("Served by agent-runtime ", env!("CARGO_PKG_VERSION"), "."));
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[tokio::test]
async fn payload_has_the_members_that_the_agent_reads() {
    let document = document().await;
    for (path, members) in [
        ("/nothing", &[][..]),
        ("/v2/frame.number", &["dataHash", "frame", "projectHash"]),
        ("/triage", &["dataHash", "objectHashes", "projectHash"]),
        ("/route", &["dataHash", "frame", "objectHashes", "projectHash"]),
        ("/parameters", &["dataHash", "projectHash"]),
        ("/tidy", &["dataHash", "frame", "objectHashes", "projectHash"]),
    ] {
        let body = &document["paths"][path]["post"]["requestBody"];
        let properties = body["content"]["application/json"]["schema"]["properties"].as_object();
        let mut names: Vec<_> = properties.into_iter().flat_map(|all| all.keys().map(String::as_str)).collect();
        names.sort_unstable();
        assert_eq!(names, members, "{path}");
        assert_eq!(body["required"].as_bool().unwrap_or_default(), !members.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn statuses_and_signatures_are_those_of_the_agent() {
    let document = document().await;
    let post = |path: &str| document["paths"][path]["post"].clone();
    let statuses =
        |path: &str| post(path)["responses"].as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(statuses("/nothing"), "200 400 403 408 413 415 500 503 504 default");
    assert_eq!(statuses("/triage"), "200 400 401 403 408 413 415 422 500 503 504 default");
    assert_eq!(statuses("/tidy"), "200 400 401 403 404 408 409 413 415 422 500 502 503 504 default");
    let signed = json!({"X-Encord-Timestamp": [], "X-Encord-Signature": []});
    assert_eq!(post("/tidy")["security"], json!([signed]));
    assert_eq!(post("/triage")["security"], json!([signed, {}]));
    assert_eq!(post("/nothing")["security"], Value::Null);
    assert_eq!(document["webhooks"]["work"]["post"]["security"], json!([signed]));
    let decision =
        &post("/triage")["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["decision"];
    assert_eq!(decision["enum"], json!(["Approve", "To <review>"]));
}

#[tokio::test]
async fn page_describes_agents_without_scripts_or_other_hosts() {
    let (headers, page) = docs().await;
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("script-src"), "{policy}");
    for wanted in [
        "<a href=\"#section-v2/frame.number\">Frame number</a>",
        "id=\"section-v2/frame.number\"",
        "Decides where the task <strong>goes</strong>, by <code>objectHashes</code>. See <code>ObjectHashes</code>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<a href=\"https://example.test/?a=1&amp;b=2\" rel=\"nofollow noopener noreferrer\" target=\"_blank\">the site</a>",
        "<h3>Errors</h3>",
        "<code>To &lt;review&gt;</code>",
        "<th><code>objectHashes</code></th>",
        "Works through the <em>stage</em>.",
        "agent_stage_work_available_event",
        "X-Encord-Signature",
        "href=\"openapi.json\"",
    ] {
        assert!(page.contains(wanted), "{wanted} is missing");
    }
    assert!(!page.contains("<script") && !page.contains(" src=") && !page.contains("<link rel=\"stylesheet"), "{page}");
    // The text of a shell command cannot end its element.
    assert!(page.contains("curl &#39;http://agents.test&#39;&quot;&gt;&lt;script&gt;"), "{page}");
}

#[tokio::test]
async fn list_of_agents_renders_markdown() {
    let request = Request::get("/").header("accept", "text/html").body(Body::empty()).unwrap();
    let page = client().send(request).await.text();
    assert!(page.contains("task <strong>goes</strong>, by <code>objectHashes</code>"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>alert"), "{page}");
    assert!(page.contains("<a href=\"docs\">"), "{page}");
}

#[tokio::test]
async fn description_is_read_with_get() {
    for path in ["/openapi.json", "/docs"] {
        let response = client().send(Request::post(path).body(Body::empty()).unwrap()).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["allow"]),
            (405, &"GET,HEAD".parse().unwrap()),
            "{path}"
        );
        assert_eq!(response.message(), Some("This path is read with GET."));
    }
}
