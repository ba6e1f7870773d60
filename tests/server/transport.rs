//! CORS, traces and test calls.

use agent_runtime::Trace;
use agent_runtime::axum::body::Body;
use agent_runtime::axum::extract::Request as Received;
use agent_runtime::axum::http::{HeaderValue, Method, Request};
use agent_runtime::axum::middleware::{Next, from_fn};
use agent_runtime::axum::response::Response;
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, TestResponse, payload};

#[editor_agent]
async fn traced(trace: TraceId) -> String {
    trace.to_string()
}

#[editor_agent]
async fn never_run() -> &'static str {
    panic!("a test call runs no agent")
}

const EDITOR: &str = "https://app.encord.com";

async fn send(client: &TestClient, method: Method, path: &str, headers: &[(&str, &str)]) -> TestResponse {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request.body(Body::from(serde_json::to_vec(&payload()).unwrap())).unwrap()).await
}

fn header<'a>(response: &'a TestResponse, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_response_has_cors_headers_for_the_editor() {
    let client = TestClient::new(agents![traced, never_run]).unwrap();
    for (method, path, status) in [
        (Method::POST, "/traced", 200),
        (Method::POST, "/never-run", 500),
        (Method::POST, "/nowhere", 404),
        (Method::PUT, "/traced", 405),
        (Method::DELETE, "/", 405),
    ] {
        let response = send(&client, method, path, &[("origin", EDITOR)]).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "access-control-allow-origin")),
            (status, Some(EDITOR)),
            "{path}"
        );
        let response = send(&client, Method::POST, path, &[("origin", "https://evil.example")]).await;
        assert_eq!(header(&response, "access-control-allow-origin"), None, "{path}");
        assert!(header(&response, "vary").unwrap().contains("Origin"), "{path}");
    }
}

#[tokio::test]
async fn configured_origins_are_allowed() {
    let server = Server::new().agents(agents![traced]).allow_origin("https://labels.example.com");
    let client = TestClient::new(server.allow_origin(r"^https://[a-z]+\.dev\.example\.com$")).unwrap();
    for (origin, allowed) in [
        ("https://labels.example.com", true),
        ("https://x.dev.example.com", true),
        (EDITOR, true),
        ("https://x.dev.example.com.evil.com", false),
        ("https://labels.example.com.evil.com", false),
        ("http://labels.example.com", false),
    ] {
        let response = send(&client, Method::POST, "/traced", &[("origin", origin)]).await;
        assert_eq!(header(&response, "access-control-allow-origin").is_some(), allowed, "{origin}");
    }
}

#[tokio::test]
async fn grants_private_network_preflight_to_editor_only() {
    let client = TestClient::new(agents![traced]).unwrap();
    for (origin, status, granted) in [(EDITOR, 200, Some("true")), ("https://evil.example", 400, None)] {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type,traceparent"),
            ("access-control-request-private-network", "true"),
        ];
        let response = send(&client, Method::OPTIONS, "/traced", &headers).await;
        assert_eq!(response.status(), status);
        assert_eq!(header(&response, "access-control-allow-private-network"), granted);
    }
}

#[tokio::test]
async fn call_continues_the_trace_of_its_caller() {
    let client = TestClient::new(agents![traced]).unwrap();
    let given = "105445aa7843bc8bf206b12000100000";
    let response =
        send(&client, Method::POST, "/traced", &[("x-cloud-trace-context", &format!("{given}/7;o=1"))]).await;
    assert_eq!(response.message(), Some(given));
    assert_eq!(header(&response, "x-cloud-trace-context").unwrap().split('/').next(), Some(given));

    let w3c = "4bf92f3577b34da6a3ce929d0e0e4736";
    let response =
        send(&client, Method::POST, "/traced", &[("traceparent", &format!("00-{w3c}-00f067aa0ba902b7-01"))]).await;
    assert_eq!(response.message(), Some(w3c));
    assert_eq!(header(&response, "traceparent").unwrap().split('-').nth(1), Some(w3c));

    let (first, second) =
        (send(&client, Method::POST, "/traced", &[]).await, send(&client, Method::POST, "/traced", &[]).await);
    assert_ne!(first.message(), second.message());
    assert!(first.message() != Some(given) && first.message() != Some(w3c));
}

#[tokio::test]
async fn test_call_does_not_run_the_agent() {
    let client = TestClient::new(agents![never_run]).unwrap();
    for name in ["x-encord-editor-agent", "X-Encord-Agent"] {
        let response = send(&client, Method::POST, "/never-run", &[(name, "false"), ("origin", EDITOR)]).await;
        assert_eq!((response.status().as_u16(), response.text().as_str()), (200, "null"));
        assert_eq!(header(&response, "access-control-allow-origin"), Some(EDITOR));
        assert_eq!(send(&client, Method::POST, "/nowhere", &[(name, "1")]).await.status(), 404);
        assert_eq!(send(&client, Method::PUT, "/never-run", &[(name, "1")]).await.status(), 405);
        assert_eq!(send(&client, Method::POST, "/never-run", &[(name, "")]).await.status(), 500);
    }
}

/// Changes the trace headers, and with `x-replace` the trace itself.
async fn rewrite_trace(mut request: Received, next: Next) -> Response {
    let other = HeaderValue::from_static("00000000000000000000000000000abc/1;o=1");
    request.headers_mut().insert("x-cloud-trace-context", other);
    if request.headers().contains_key("x-replace") {
        let trace = Trace::from_headers(request.headers());
        request.extensions_mut().insert(trace);
    }
    next.run(request).await
}

#[tokio::test]
async fn layer_changes_the_trace_only_by_the_extension() {
    let client = TestClient::new(Server::new().agents(agents![traced]).layer(from_fn(rewrite_trace))).unwrap();
    let own = ("x-cloud-trace-context", "105445aa7843bc8bf206b12000100000/7;o=1");
    for (headers, trace) in [
        (&[own][..], "105445aa7843bc8bf206b12000100000"),
        (&[own, ("x-replace", "yes")], "00000000000000000000000000000abc"),
    ] {
        let response = send(&client, Method::POST, "/traced", headers).await;
        assert_eq!(response.message(), Some(trace));
        assert_eq!(header(&response, "x-cloud-trace-context"), Some("105445aa7843bc8bf206b12000100000/1;o=1"));
    }
}
