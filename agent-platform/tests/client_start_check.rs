//! The start-up check tells a wrong key, a wrong region and no network apart.

use agent_platform::client::{CheckError, Domain, RetryPolicy};
use serde_json::json;

use test_support::client;
use test_support::scripted_server::{Reply, Server, nobody};

async fn known() -> Server {
    Server::always(Reply::json(200, &json!({"status": 200, "response": []}))).await
}

async fn unknown() -> Server {
    Server::always(Reply::json(200, &json!({"status": 401, "response": ["SSH_KEY_NOT_FOUND_ERROR"]}))).await
}

fn at(server: &Server) -> Domain {
    Domain::parse(&server.base()).unwrap()
}

#[tokio::test]
async fn a_known_key_is_fine() {
    let server = known().await;
    client::platform(&server).check().await.unwrap();
    let request = &server.requests()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/public/user"));
    assert_eq!((request.header("resourcetype"), request.header("resourceid")), (Some(""), Some("")));
    let since = request.json()["values"]["payload"]["filter"]["created_after"].as_str().unwrap().to_owned();
    assert_eq!(since.len(), "2024-05-01T12:00:00".len());
}

#[tokio::test]
async fn a_wrong_key_is_unknown_everywhere() {
    let (here, there) = (unknown().await, unknown().await);
    let platform = client::builder(&here).regions([at(&there)]).build().unwrap();
    let error = platform.check().await.unwrap_err();
    assert!(matches!(error, CheckError::WrongKey { .. }), "{error}");
    assert!(error.to_string().contains("user profile"), "{error}");
    assert_eq!(there.requests().len(), 1);
}

#[tokio::test]
async fn a_wrong_region_is_named_with_the_right_one() {
    let (here, there) = (unknown().await, known().await);
    let platform = client::builder(&here).regions([at(&there)]).build().unwrap();
    let error = platform.check().await.unwrap_err();
    assert!(matches!(error, CheckError::WrongRegion { .. }), "{error}");
    assert!(error.to_string().contains(&format!("ENCORD_DOMAIN={}", there.base())), "{error}");
}

#[tokio::test]
async fn start_check_skips_other_regions_for_custom_domain() {
    let here = unknown().await;
    assert!(matches!(client::platform(&here).check().await, Err(CheckError::WrongKey { .. })));
    assert_eq!(here.requests().len(), 1);
}

#[tokio::test]
async fn no_network_is_no_network() {
    let server = known().await;
    let nobody = Domain::parse(&nobody().await).unwrap();
    let platform = client::builder(&server).domain(nobody).build().unwrap();
    let error = platform.check().await.unwrap_err();
    assert!(matches!(error, CheckError::NoNetwork { .. }), "{error}");
    let unresolvable = Domain::parse("http://no-such-host.invalid").unwrap();
    let platform = client::builder(&server).domain(unresolvable).retry(RetryPolicy::never()).build().unwrap();
    assert!(matches!(platform.check().await, Err(CheckError::NoNetwork { .. })));
}

#[tokio::test]
async fn something_else_at_the_address_is_not_the_platform() {
    for reply in [
        Reply::text(200, "text/html", "<h1>It works!</h1>"),
        Reply::text(404, "text/html", "<h1>Not found</h1>"),
        Reply::json(404, &json!({"detail": "Not Found"})),
        Reply::json(200, &json!(["hello"])),
        Reply::empty(301).with_header("Location", "https://elsewhere.example/"),
    ] {
        let server = Server::always(reply.clone()).await;
        let error = client::platform(&server).check().await.unwrap_err();
        assert!(matches!(error, CheckError::NotThePlatform { .. }), "{reply:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_platform_that_fails_is_failing() {
    for reply in [Reply::json(200, &json!({"status": 500, "response": ["UNKNOWN_ERROR"]})), Reply::empty(429)] {
        let server = Server::always(reply).await;
        let error = client::platform(&server).check().await.unwrap_err();
        assert!(matches!(error, CheckError::Failing { .. }), "{error:?}");
    }
}
