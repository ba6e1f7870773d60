//! Errors and `Debug` output show no key, token or signed URL, and traces are separate.

use std::time::Duration;

use agent_platform::auth::Credentials;
use agent_platform::client::{Error, InvalidTraceId, SignedUrl, TraceId};
use serde_json::json;
use uuid::Uuid;

use test_support::client;
use test_support::keys;
use test_support::scripted_server::{Reply, Server, nobody};

const TOKEN: &str = "made-up-bearer-token";
const SIGNED: &str = "X-Signature=made-up-signature";

fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text.push_str(&format!(" {cause} {cause:?}"));
        next = cause.source();
    }
    text
}

fn assert_shows_no_secret(text: &str) {
    for secret in keys::SECRETS.iter().chain(&[TOKEN, SIGNED, "made-up-signature"]) {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn errors_hide_signed_urls() {
    let replies = [
        Reply::Close,
        Reply::empty(403),
        Reply::empty(404),
        Reply::empty(500),
        Reply::CutOff { status: 200, body: vec![1] },
    ];
    for reply in replies {
        let server = Server::always(reply).await;
        let url = format!("{}/file.mp4?{SIGNED}", server.base());
        let error = client::platform(&server).download(&url).await.unwrap_err();
        assert_shows_no_secret(&shown(&error));
        assert!(error.message().contains("GET a file from http://127.0.0.1"), "{error}");
        assert!(!shown(&error).contains("file.mp4"), "{error}");
    }
    let server = Server::always(Reply::Hang).await;
    let platform = client::builder(&server).read_timeout(Duration::from_millis(50)).build().unwrap();
    assert_shows_no_secret(&shown(&platform.download(&format!("{}/f?{SIGNED}", server.base())).await.unwrap_err()));
    let rejected = platform.download(&format!("{}/f?{SIGNED}", nobody().await)).await.unwrap_err();
    assert_shows_no_secret(&shown(&rejected));
    assert_shows_no_secret(&shown(&platform.download(&format!("no url?{SIGNED}")).await.unwrap_err()));
}

#[tokio::test]
async fn downloads_send_no_credentials_and_no_trace() {
    let server = Server::always(Reply::text(200, "video/mp4", "film")).await;
    let file = client::platform(&server).download(&format!("{}/f?{SIGNED}", server.base())).await.unwrap();
    assert_eq!((file.content_type.as_deref(), file.bytes.as_slice()), (Some("video/mp4"), &b"film"[..]));
    let request = &server.requests()[0];
    for header in ["authorization", "signature", "signature-input", "x-cloud-trace-context", "resourceid"] {
        assert_eq!(request.header(header), None);
    }
}

#[tokio::test]
async fn errors_hide_secrets_in_responses() {
    let broken = [
        format!(r#"{{"token": "{TOKEN}""#),
        format!(r#"{{"token": ["{TOKEN}"]}}"#),
        format!(r#"{{"signedUrl": "http://x/f?{SIGNED}", "itemType": "{TOKEN}""#),
        format!(r#"{{"signedUrl": "http://x/f?{SIGNED}", "uuid": "{SIGNED}"}}"#),
    ];
    for body in broken {
        let server = Server::always(Reply::text(200, "application/json", &body)).await;
        let platform = client::platform(&server);
        assert_shows_no_secret(&shown(&platform.bearer_token().await.unwrap_err()));
        assert_shows_no_secret(&shown(&platform.storage_item(Uuid::nil(), SignedUrl::Wanted).await.unwrap_err()));
        let children = platform.child_items(Uuid::nil(), Uuid::nil(), SignedUrl::Wanted).await;
        assert_shows_no_secret(&shown(&children.unwrap_err()));
    }
}

#[tokio::test]
async fn debug_hides_signed_urls_and_tokens() {
    let item = json!({
        "uuid": Uuid::nil(), "parent": Uuid::nil(), "itemType": "video", "name": "n",
        "signedUrl": format!("http://x/f?{SIGNED}"), "token": TOKEN,
    });
    let server = Server::always(Reply::json(200, &item)).await;
    let platform = client::platform(&server);
    let item = platform.storage_item(Uuid::nil(), SignedUrl::Wanted).await.unwrap();
    assert!(item.signed_url.as_ref().unwrap().contains(SIGNED));
    assert_shows_no_secret(&format!("{item:?}"));
    let token = platform.bearer_token().await.unwrap();
    assert_eq!(token.expose(), TOKEN);
    assert_shows_no_secret(&format!("{token:?}"));
    let bearer = client::builder(&server).credentials(Credentials::bearer(TOKEN).unwrap()).build().unwrap();
    assert_shows_no_secret(&format!("{bearer:?}"));
    bearer.bearer_token().await.unwrap();
    let request = server.requests().pop().unwrap();
    assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(request.header("signature"), None);
}

#[tokio::test]
async fn trace_applies_to_its_clone_only() {
    let server = Server::always(Reply::json(200, &json!({}))).await;
    let platform = client::platform(&server);
    let traced = platform.with_trace(TraceId::parse("abc-1/7;o=0").unwrap());
    let other = platform.with_trace(TraceId::parse("def_2").unwrap());
    let asked = |platform: agent_platform::client::PlatformClient| async move {
        for _ in 0..5 {
            platform.ontology("o").await.unwrap();
        }
    };
    tokio::join!(asked(traced.clone()), asked(other), asked(platform.clone()));
    platform.ontology("o").await.unwrap();
    let traces: Vec<_> =
        server.requests().iter().map(|request| request.header("x-cloud-trace-context").unwrap().to_owned()).collect();
    let count = |start: &str| traces.iter().filter(|trace| trace.starts_with(start)).count();
    assert_eq!((count("abc-1/"), count("def_2/"), traces.len()), (5, 5, 16));
    assert!(traces.iter().all(|trace| trace.ends_with(";o=1")));
    let mut unique = traces.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), traces.len());
    let error = traced.with_trace(TraceId::parse("xyz").unwrap()).project(Uuid::nil()).await.unwrap_err();
    assert_eq!(error.trace_id().as_str(), "xyz");
    assert!(error.to_string().ends_with("(trace xyz)"), "{error}");
}

#[test]
fn rejects_traces_that_are_invalid_headers() {
    for bad in ["", "/9;o=1", "x y z", "with;semi", "a\r\nb", &"a".repeat(65)] {
        assert_eq!(TraceId::parse(bad), Err(InvalidTraceId), "{bad:?}");
    }
    assert_eq!(TraceId::parse("UPPER/1;o=1").unwrap().as_str(), "UPPER");
    assert_eq!(TraceId::fresh().as_str().len(), 32);
}
