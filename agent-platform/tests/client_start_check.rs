//! The start-up check distinguishes a wrong key, a wrong region and an unreachable network.

use agent_platform::client::{CheckError, Domain, RetryPolicy};
use serde_json::json;

use test_support::client;
use test_support::scripted_server::{Reply, Server, nobody};

async fn accepting() -> Server {
    Server::always(Reply::json(200, &json!({"status": 200, "response": []}))).await
}

async fn rejecting() -> Server {
    Server::always(Reply::json(200, &json!({"status": 401, "response": ["SSH_KEY_NOT_FOUND_ERROR"]}))).await
}

fn at(server: &Server) -> Domain {
    Domain::parse(&server.base()).unwrap()
}

#[tokio::test]
async fn accepts_known_key() {
    let server = accepting().await;
    client::platform(&server).check().await.unwrap();
    let request = &server.requests()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/public/user"));
    assert_eq!((request.header("resourcetype"), request.header("resourceid")), (Some(""), Some("")));
    let since = request.json()["values"]["payload"]["filter"]["created_after"].as_str().unwrap().to_owned();
    assert_eq!(since.len(), "2024-05-01T12:00:00".len());
}

#[tokio::test]
async fn reports_key_that_no_region_knows() {
    let (here, there) = (rejecting().await, rejecting().await);
    let platform = client::builder(&here).regions([at(&there)]).build().unwrap();
    let error = platform.check().await.unwrap_err();
    assert!(matches!(error, CheckError::WrongKey { .. }), "{error}");
    assert!(error.to_string().contains("user profile"), "{error}");
    assert_eq!(there.requests().len(), 1);
}

#[tokio::test]
async fn wrong_region_error_names_the_right_one() {
    let (here, there) = (rejecting().await, accepting().await);
    let platform = client::builder(&here).regions([at(&there)]).build().unwrap();
    let error = platform.check().await.unwrap_err();
    assert!(matches!(error, CheckError::WrongRegion { .. }), "{error}");
    assert!(error.to_string().contains(&format!("ENCORD_DOMAIN={}", there.base())), "{error}");
}

#[tokio::test]
async fn start_check_skips_other_regions_for_custom_domain() {
    let here = rejecting().await;
    assert!(matches!(client::platform(&here).check().await, Err(CheckError::WrongKey { .. })));
    assert_eq!(here.requests().len(), 1);
}

#[tokio::test]
async fn reports_unreachable_network() {
    let server = accepting().await;
    let nobody = Domain::parse(&nobody().await).unwrap();
    let platform = client::builder(&server).domain(nobody).build().unwrap();
    let error = platform.check().await.unwrap_err();
    assert!(matches!(error, CheckError::NoNetwork { .. }), "{error}");
    let unresolvable = Domain::parse("http://no-such-host.invalid").unwrap();
    let platform = client::builder(&server).domain(unresolvable).retry(RetryPolicy::never()).build().unwrap();
    assert!(matches!(platform.check().await, Err(CheckError::NoNetwork { .. })));
}

#[tokio::test]
async fn reports_address_that_is_not_the_platform() {
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
async fn reports_failing_platform() {
    for reply in [Reply::json(200, &json!({"status": 500, "response": ["UNKNOWN_ERROR"]})), Reply::empty(429)] {
        let server = Server::always(reply).await;
        let error = client::platform(&server).check().await.unwrap_err();
        assert!(matches!(error, CheckError::Failing { .. }), "{error:?}");
    }
}
