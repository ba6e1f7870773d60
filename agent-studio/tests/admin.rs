//! The admin endpoints: access control, and security headers of untrusted documents.

use agent_platform::client::LabelRowFilter;
use agent_studio::{CallKind, DataSource, Effect, Fault, LocalPlatform, Page, RunningPlatform};
use hyper::Method;
use serde_json::{Value, json};
use test_support::http_client::{Answer, get, post, send};
use test_support::studio::folder::{ProjectFolder, image};
use test_support::studio::{IMAGE, PROJECT, project};

const FAULTS: &str = "/admin/faults";

async fn start() -> RunningPlatform {
    let page = Page::new().host("studio.example");
    LocalPlatform::builder().project(project()).page(page).admin().start().await.unwrap()
}

/// A fault that serves a script instead of the project.
fn script() -> Value {
    json!({ "kind": "project", "effect": { "answer": { "status": 200, "headers": [["content-type", "text/html"]],
        "body": "<script>fetch('/page/api/edits')</script>" } } })
}

#[tokio::test]
async fn admin_is_absent_unless_enabled() {
    let off = LocalPlatform::builder().project(project()).start().await.unwrap();
    assert_eq!(post(&off.url(), FAULTS, &script()).await.status, 404);
    assert_eq!(get(&off.url(), "/admin/calls").await.status, 404);
    assert!(off.faults().all().is_empty());
}

#[tokio::test]
async fn adds_lists_and_removes_faults() {
    let running = start().await;
    let fault = json!({ "effect": { "stall": { "milliseconds": 1 } }, "kind": "project", "times": 1 });
    assert_eq!(post(&running.url(), FAULTS, &fault).await.text(), r#"{"faults":1}"#);
    assert_eq!(running.faults().all()[0].kind, Some(CallKind::Project));
    assert_eq!(post(&running.url(), FAULTS, &json!({})).await.status, 400);
    assert_eq!(send(&running.url(), Method::DELETE, FAULTS, &[], String::new()).await.status, 200);
    assert!(running.faults().all().is_empty());
    running.client().unwrap().project(PROJECT).await.unwrap();
    let calls = get(&running.url(), "/admin/calls").await.text();
    assert!(calls.contains(r#""kind":"project""#), "{calls}");
}

#[tokio::test]
async fn reset_restores_projects_faults_and_calls() {
    let running = start().await;
    let platform = running.client().unwrap();
    running.create_label_row(IMAGE, "main").unwrap();
    platform.set_priorities(PROJECT, &[(IMAGE, 0.9)]).await.unwrap();
    running.faults().add(Fault::new(Effect::message(500, "Broken.")).on(CallKind::Project));
    assert!(running.label_hash(IMAGE, "main").is_some());
    assert_eq!(running.priority(IMAGE), Some(0.9));
    assert_eq!(post(&running.url(), "/admin/reset", &json!({})).await.status, 200);
    assert_eq!(running.label_hash(IMAGE, "main"), None);
    assert_eq!(running.priority(IMAGE), Some(0.5));
    assert!(running.faults().all().is_empty() && running.calls().is_empty());
    platform.project(PROJECT).await.unwrap();
}

#[tokio::test]
async fn reset_keeps_projects_in_folders() {
    let folder = ProjectFolder::new("");
    folder.write("data/street.bmp", image(8, 6));
    let running = LocalPlatform::builder().folder(folder.path()).start().await.unwrap();
    let platform = running.client().unwrap();
    let rows = platform.list_label_rows(running.project_hashes()[0], &LabelRowFilter::default()).await.unwrap();
    running.create_label_row(&rows[0].data_hash, "main").unwrap();
    running.reset_projects();
    assert!(running.label_hash(&rows[0].data_hash, "main").is_some());
}

#[tokio::test]
async fn admin_rejects_pages_of_other_origins() {
    let running = start().await;
    let own = running.url();
    let rebound = format!("evil.example:{}", running.address().port());
    for (headers, status) in [
        (vec![("origin", "http://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "http://localhost:1")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("host", rebound.as_str())], 421),
        // A form of another page can send these content types without a preflight.
        (vec![("content-type", "text/plain")], 415),
        (vec![("content-type", "application/x-www-form-urlencoded")], 415),
        (vec![("content-type", "text/plain; a=application/json")], 415),
    ] {
        let answer = send(&own, Method::POST, FAULTS, &headers, script().to_string()).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), "", "{headers:?}");
        if status != 415 {
            for path in [FAULTS, "/admin/calls"] {
                assert_eq!(send(&own, Method::GET, path, &headers, String::new()).await.status, status, "{headers:?}");
                let deleted = send(&own, Method::DELETE, path, &headers, String::new()).await;
                assert_eq!(deleted.status, status, "{headers:?}");
            }
        }
    }
    assert!(running.faults().all().is_empty(), "no fault was planted");
    // The studio's own page and its additional host names are allowed.
    let allowed = format!("studio.example:{}", running.address().port());
    for headers in [[("origin", own.as_str())], [("host", allowed.as_str())]] {
        assert_eq!(send(&own, Method::POST, FAULTS, &headers, script().to_string()).await.status, 200, "{headers:?}");
    }
}

#[tokio::test]
async fn planted_documents_cannot_run_scripts() {
    let running = start().await;
    let mut fault = script();
    fault["kind"] = Value::Null;
    fault["effect"]["answer"]["headers"] = json!([
        ["content-type", "text/html"],
        ["content-security-policy", "script-src *"],
        ["x-content-type-options", ""]
    ]);
    post(&running.url(), FAULTS, &fault).await;
    let planted = get(&running.url(), &format!("/v2/public/projects/{PROJECT}")).await;
    assert!(planted.text().starts_with("<script>"), "{}", planted.text());
    assert_eq!(planted.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(planted.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn every_response_forbids_sniffing() {
    let mut text = DataSource::image("page.html", 1, 1).bytes("<script>1</script>");
    text.facts.mime = Some("text/html".to_owned());
    let builder = LocalPlatform::builder().project(project().data(text)).admin().page(Page::new());
    let running = builder.start().await.unwrap();
    let platform = running.client().unwrap();
    let rows = platform.list_label_rows(PROJECT, &Default::default()).await.unwrap();
    let mut paths =
        ["/", "/page/modules/main.js", "/page/nothing", "/page/api/session", "/page/api/nothing", "/nothing"]
            .map(str::to_owned)
            .to_vec();
    paths.extend(["/admin/calls", "/public", "/media/x/y", "/v2/public/projects"].map(str::to_owned));
    for row in &rows {
        let item = row.backing_item_uuid.unwrap();
        let item = platform.storage_item(item, agent_platform::client::SignedUrl::Wanted).await.unwrap();
        paths.extend(item.signed_url.map(|url| url.strip_prefix(&running.url()).unwrap().to_owned()));
    }
    assert!(paths.len() > 12, "{paths:?}");
    let mut answers: Vec<(String, Answer)> = Vec::new();
    for path in paths {
        let answer = get(&running.url(), &path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        answers.push((path, answer));
    }
    // An HTML file among the data gets an opaque origin; an image needs no policy.
    let policy = |end: &str| {
        let (_, answer) = answers.iter().find(|(path, _)| path.contains(end)).unwrap();
        assert_eq!(answer.status, 200);
        answer.header("content-security-policy").to_owned()
    };
    assert_eq!(policy("/page.html?"), "default-src 'none'; sandbox");
    assert_eq!(policy(".jpg?"), "");
}
