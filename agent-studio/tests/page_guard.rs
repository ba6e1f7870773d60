//! Static files of the page, and its same-origin guard.

use agent_studio::{AgentServer, LocalPlatform, Page, RunningPlatform};
use hyper::Method;
use serde_json::json;
use test_support::http_client::{get, send};
use test_support::studio::{IMAGE, PROJECT, project};

async fn start() -> RunningPlatform {
    let agents = AgentServer::new("http://127.0.0.1:9").unwrap().title("Mine").secret_from("CARGO_PKG_NAME");
    let page = Page::new().agent_server(agents).host("studio.example");
    LocalPlatform::builder().project(project()).page(page).start().await.unwrap()
}

#[tokio::test]
async fn serves_page_with_security_headers() {
    let running = start().await;
    let page = get(&running.url(), "/").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{policy}");
    assert!(policy.contains("connect-src 'self' http://127.0.0.1:9;"), "{policy}");
    let script = get(&running.url(), "/page/modules/main.js").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    let again = send(
        &running.url(),
        Method::GET,
        "/page/modules/main.js",
        &[("if-none-match", script.header("etag"))],
        String::new(),
    )
    .await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(get(&running.url(), "/page/style/theme.css").await.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(get(&running.url(), "/page/modules/../../Cargo.toml").await.status, 404);
}

#[tokio::test]
async fn serves_every_imported_module() {
    let running = start().await;
    let mut wanted = vec!["main.js".to_owned()];
    let mut seen = Vec::new();
    while let Some(name) = wanted.pop() {
        let script = get(&running.url(), &format!("/page/modules/{name}")).await;
        assert_eq!(script.status, 200, "{name}");
        let imports = script.text();
        let imports =
            imports.lines().filter(|line| line.contains(" from \"./")).filter_map(|line| line.split("\"./").nth(1));
        let imports: Vec<String> = imports.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
        seen.push(name);
        wanted.extend(imports.into_iter().filter(|name| !seen.contains(name)));
    }
    assert!(seen.len() > 30, "{seen:?}");
}

#[tokio::test]
async fn serves_no_page_by_default() {
    let running = LocalPlatform::builder().project(project()).start().await.unwrap();
    assert_eq!(get(&running.url(), "/").await.status, 404);
    assert_eq!(get(&running.url(), "/page/api/projects").await.status, 404);
}

#[tokio::test]
async fn session_lists_servers_without_secrets() {
    let running = start().await;
    let session = get(&running.url(), "/page/api/session").await;
    let secret = std::env::var("CARGO_PKG_NAME").unwrap();
    let server = &session.json()["agentServers"][0];
    assert_eq!(
        *server,
        json!({ "url": "http://127.0.0.1:9", "title": "Mine", "secretFrom": "CARGO_PKG_NAME", "canSign": true })
    );
    assert!(!session.text().contains(&secret));
}

#[tokio::test]
async fn rejects_requests_of_other_pages() {
    let running = start().await;
    let own = running.url();
    let elsewhere = "http://evil.example".to_owned();
    let port = own.rsplit(':').next().unwrap().to_owned();
    let rebound = format!("evil.example:{port}");
    let allowed = format!("studio.example:{port}");
    let projects = "/page/api/projects";
    for (path, headers, status) in [
        (projects, vec![("origin", own.as_str())], 200),
        (projects, vec![("host", allowed.as_str())], 200),
        (projects, vec![("origin", elsewhere.as_str())], 403),
        (projects, vec![("sec-fetch-site", "cross-site")], 403),
        (projects, vec![("sec-fetch-site", "same-site")], 403),
        (projects, vec![("host", rebound.as_str())], 421),
        ("/", vec![("host", rebound.as_str())], 421),
        // A link on another page may lead to the editor.
        ("/", vec![("sec-fetch-site", "cross-site")], 200),
    ] {
        let answer = send(&own, Method::GET, path, &headers, String::new()).await;
        assert_eq!(answer.status, status, "{path} {headers:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{headers:?}");
    }
}

#[tokio::test]
async fn rejects_writes_of_other_pages() {
    let running = start().await;
    let body = json!({ "project": PROJECT, "data": IMAGE, "version": null, "edits": [
        { "edit": "addObject", "class": "ob/BOX+1", "frame": 0, "coordinates": { "boundingBox": { "x": 0, "y": 0, "w": 0.1, "h": 0.1 } } }] });
    for (headers, status) in [
        (vec![("origin", "http://evil.example")], 403),
        (vec![("origin", "null")], 403),
        // Requests that a form of another page could send without a preflight.
        (vec![("content-type", "text/plain")], 415),
        (vec![("content-type", "application/x-www-form-urlencoded")], 415),
    ] {
        let answer = send(&running.url(), Method::POST, "/page/api/edits", &headers, body.to_string()).await;
        assert_eq!(answer.status, status, "{headers:?}");
    }
    assert_eq!(running.label_hash(IMAGE, "main"), None, "nothing was written");
    let preflight = send(
        &running.url(),
        Method::OPTIONS,
        "/page/api/edits",
        &[("origin", "http://evil.example"), ("access-control-request-method", "POST")],
        String::new(),
    )
    .await;
    assert_eq!(preflight.header("access-control-allow-origin"), "");
}
