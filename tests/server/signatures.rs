//! Signatures of the calls of the platform's backend.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload, signature};

use test_support::wire::{Connection, PAYLOAD, Response};

const SECRET: &str = "whsec_made-up";
const REFUSED: &str = "Request could not be verified as coming from Encord.";

type Runs = Arc<AtomicUsize>;

#[editor_agent]
async fn usual(call: EditorCall, runs: State<Runs>) -> String {
    runs.fetch_add(1, Ordering::SeqCst);
    format!("verified: {}", call.is_verified())
}

#[editor_agent]
async fn framed(Frame(frame): Frame) -> String {
    frame.to_string()
}

#[editor_agent(signature = "when-present")]
async fn either(call: EditorCall) -> String {
    format!("verified: {}", call.is_verified())
}

#[editor_agent(signature = "off")]
async fn open(call: EditorCall) -> String {
    format!("verified: {}", call.is_verified())
}

#[editor_agent(replay = "refuse")]
async fn once() -> &'static str {
    "ran"
}

// A variable that is set in every test.
#[editor_agent(secret_env = "CARGO_MANIFEST_DIR")]
async fn own() -> &'static str {
    "ran"
}

#[editor_agent(secret_env = "A_VARIABLE_THAT_NOBODY_SETS")]
async fn own_missing() {}

#[editor_agent(signature = "required")]
async fn required() {}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Sends a call with these headers over a new connection.
async fn call(server: &agent_runtime::RunningServer, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut connection = Connection::open(server.address()).await;
    connection.post(path, headers, PAYLOAD).await;
    connection.response().await.unwrap()
}

async fn signed(server: &agent_runtime::RunningServer, path: &str, secret: &str, at: &str) -> Response {
    let signature = signature(secret, at, PAYLOAD.as_bytes());
    call(server, path, &[("X-Encord-Timestamp", at), ("X-Encord-Signature", &signature)]).await
}

#[tokio::test]
async fn secret_requires_signed_calls_by_default() {
    let runs = Runs::default();
    let server = Server::new().agents(agents![usual, either, open]).state(Arc::clone(&runs)).webhook_secret(SECRET);
    let server = server.port(0).start().await.unwrap();
    let now = now().to_string();

    let response = signed(&server, "/usual", SECRET, &now).await;
    assert_eq!((response.status, response.message().as_str()), (200, "verified: true"));
    let good = signature(SECRET, &now, PAYLOAD.as_bytes());
    let rejected: [&[(&str, &str)]; 5] = [
        &[],
        &[("X-Encord-Signature", &good)],
        &[("X-Encord-Timestamp", &now)],
        &[("X-Encord-Timestamp", &now), ("X-Encord-Signature", &good.to_uppercase())],
        &[("X-Encord-Timestamp", &now), ("X-Encord-Signature-V2", &good)],
    ];
    for headers in rejected {
        for path in ["/usual", "/either"] {
            let response = call(&server, path, headers).await;
            let unsigned_is_fine = path == "/either" && headers.is_empty();
            let expected = if unsigned_is_fine { (200, "verified: false") } else { (401, REFUSED) };
            assert_eq!((response.status, response.message().as_str()), expected, "{path} {headers:?}");
        }
    }
    for (secret, at) in [("another", 0), (SECRET, 301), (SECRET, -301)] {
        let at = (self::now().cast_signed() + at).to_string();
        let response = signed(&server, "/usual", secret, &at).await;
        assert_eq!((response.status, response.message().as_str()), (401, REFUSED));
        assert_eq!(signed(&server, "/open", secret, &at).await.message(), "verified: false");
    }
    assert_eq!(signed(&server, "/either", SECRET, &now).await.message(), "verified: true");
    assert_eq!(runs.load(Ordering::SeqCst), 1, "no refused call has run the agent");
    server.stop().await;
}

#[tokio::test]
async fn rejected_call_has_cors_headers_and_runs_no_agent() {
    let runs = Runs::default();
    let server = Server::new().agents(agents![usual]).state(Arc::clone(&runs)).webhook_secret(SECRET);
    let server = server.port(0).start().await.unwrap();
    let response = call(&server, "/usual", &[("Origin", "https://app.encord.com")]).await;
    assert_eq!(response.header("access-control-allow-origin"), Some("https://app.encord.com"));
    assert_eq!((response.status, response.message().as_str()), (401, REFUSED));
    let response = call(&server, "/usual", &[("X-Encord-Editor-Agent", "test")]).await;
    assert_eq!((response.status, response.body.as_str()), (200, "null"));
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    server.stop().await;
}

#[tokio::test]
async fn verify_only_request_does_not_run_agent() {
    let runs = Runs::default();
    let server = Server::new().agents(agents![usual, either, open]).state(Arc::clone(&runs)).webhook_secret(SECRET);
    let server = server.port(0).start().await.unwrap();
    let asked = |path: &'static str, secret: Option<&'static str>| {
        let (at, server) = (now().to_string(), &server);
        async move {
            let signature = secret.map(|secret| signature(secret, &at, PAYLOAD.as_bytes()));
            let mut headers = vec![("X-Encord-Editor-Agent", "verify-signature")];
            if let Some(signature) = &signature {
                headers.extend([("X-Encord-Timestamp", at.as_str()), ("X-Encord-Signature", signature)]);
            }
            let response = call(server, path, &headers).await;
            (response.status, if response.status == 200 { response.body } else { response.message() })
        }
    };
    let (taken, rejected) = ((200, "null".to_owned()), (401, REFUSED.to_owned()));
    for (path, secret, expected) in [
        ("/usual", Some(SECRET), &taken),
        ("/usual", Some("another"), &rejected),
        ("/usual", None, &rejected),
        ("/either", Some("another"), &rejected),
        ("/either", None, &taken),
        ("/open", Some("another"), &taken),
    ] {
        assert_eq!(&asked(path, secret).await, expected, "{path} {secret:?}");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    server.stop().await;
}

#[tokio::test]
async fn rejects_unsigned_call_before_reading_its_body() {
    let server = Server::new().agents(agents![usual]).state(Runs::default()).webhook_secret(SECRET);
    let server = server.port(0).start().await.unwrap();
    let mut connection = Connection::open(server.address()).await;
    connection.write("POST /usual HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n{").await;
    assert_eq!(connection.response().await.unwrap().status, 401);
    server.stop().await;
}

#[tokio::test]
async fn payload_errors_are_returned_to_signed_calls_only() {
    let client = TestClient::new(Server::new().agents(agents![framed]).webhook_secret(SECRET)).unwrap();
    assert_eq!(client.call("/framed", &payload()).await.status().as_u16(), 401);
    assert_eq!(client.call("/framed", &"no payload").await.message(), Some(REFUSED));
    let client = client.signing_with(SECRET);
    assert_eq!(client.call("/framed", &payload().on_frame(3)).await.message(), Some("3"));
    assert_eq!(client.call("/framed", &"no payload").await.status().as_u16(), 422);
}

#[tokio::test]
async fn accepts_old_and_new_secret_during_rotation() {
    let server = Server::new().agents(agents![either]).webhook_secret("new\nold").webhook_secret("a third");
    let server = server.port(0).start().await.unwrap();
    let now = now().to_string();
    for (secret, status) in [("new", 200), ("old", 200), ("a third", 200), ("new\nold", 401), ("", 401)] {
        assert_eq!(signed(&server, "/either", secret, &now).await.status, status, "{secret}");
    }
    server.stop().await;
}

#[tokio::test]
async fn rejects_replayed_call_if_agent_requires_it() {
    let server = Server::new().agents(agents![once, either]).webhook_secret("new\nold").port(0).start().await.unwrap();
    let (first, second) = (now().to_string(), (now() + 1).to_string());
    for (path, secret, at, status) in [
        ("/once", "new", &first, 200),
        ("/once", "new", &first, 401),
        // The same request, signed with the other secret.
        ("/once", "old", &first, 401),
        ("/once", "new", &second, 200),
        ("/either", "new", &first, 200),
        ("/either", "new", &first, 200),
    ] {
        assert_eq!(signed(&server, path, secret, at).await.status, status, "{path} {secret} {at}");
    }
    server.stop().await;
}

#[tokio::test]
async fn agent_secret_replaces_the_server_secret() {
    let server = Server::new().agents(agents![own]).webhook_secret(SECRET).port(0).start().await.unwrap();
    let now = now().to_string();
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    assert_eq!(signed(&server, "/own", &own, &now).await.status, 200);
    assert_eq!(signed(&server, "/own", SECRET, &now).await.status, 401);
    server.stop().await;
}

#[test]
fn missing_secret_prevents_start() {
    let message = |server: Server| server.into_router().unwrap_err().to_string();
    let error = message(Server::new().agents(agents![own_missing]).webhook_secret(SECRET));
    assert!(error.contains("`own_missing`") && error.contains("A_VARIABLE_THAT_NOBODY_SETS"), "{error}");
    let error = message(Server::new().agents(agents![required]));
    assert!(error.contains("`required`") && error.contains("ENCORD_WEBHOOK_SECRET"), "{error}");
    assert!(Server::new().agents(agents![required]).webhook_secret(SECRET).into_router().is_ok());
}

#[tokio::test]
async fn listing_has_signature_policies_and_no_secret() {
    let server = || Server::new().agents(agents![usual, either, open]).state(Runs::default());
    let rules = async |server: Server| {
        let listing = TestClient::new(server).unwrap().get("/").await;
        assert!(!listing.text().contains(SECRET));
        let rule = |index: usize| listing.json()["agents"][index]["signature"].as_str().unwrap().to_owned();
        [rule(0), rule(1), rule(2)]
    };
    assert_eq!(rules(server().webhook_secret(SECRET)).await, ["required", "when-present", "off"]);
    assert_eq!(rules(server()).await, ["off", "off", "off"]);
}
