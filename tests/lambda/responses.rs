//! Responses, which are the same as over a connection.

use serde_json::json;

use super::{PAYLOAD, Running};
use test_support::lambda::{SENDERS, Sender, Sent};

const EDITOR: &str = "https://app.encord.com";

#[test]
fn answers_preflight_of_editor() {
    let running = Running::start(&[]);
    let preflight = |origin: &str| {
        Sent::new("OPTIONS", "/hello")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type,x-cloud-trace-context")
    };
    for sender in SENDERS {
        let allowed = running.send(&preflight(EDITOR), sender);
        assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (200, Some(EDITOR)), "{sender:?}");
        assert_eq!(allowed.header("access-control-allow-methods"), Some("POST"));
        let rejected = running.send(&preflight("https://example.com"), sender);
        assert_eq!((rejected.status, rejected.header("access-control-allow-origin")), (400, None));
        let call = running.send(&Sent::new("POST", "/hello").json(PAYLOAD).header("Origin", EDITOR), sender);
        assert_eq!((call.status, call.header("access-control-allow-origin")), (200, Some(EDITOR)));
        assert_eq!(call.header("vary"), Some("Origin"));
    }
}

#[test]
fn listing_is_html_for_browsers_and_json_otherwise() {
    let running = Running::start(&[]);
    for sender in SENDERS {
        let page = running.send(&Sent::new("GET", "/").header("Accept", "text/html"), sender);
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"), "{:?}", page.headers);
        assert!(page.text().contains("agent.test") && page.text().contains("/hello"));
        let json = running.send(&Sent::new("GET", "/"), sender).json();
        assert!(json["agents"].as_array().unwrap().iter().any(|agent| agent["path"] == "/hello"), "{json}");
        let head = running.send(&Sent::new("HEAD", "/"), sender);
        assert_eq!((head.status, head.text()), (200, ""));
        assert_eq!(head.header("content-type"), Some("application/json"));
    }
}

#[test]
fn encodes_binary_bodies_in_base64() {
    let running = Running::start(&[]);
    for sender in SENDERS {
        let text = running.api.invoke(&Sent::new("POST", "/counts").event(sender)).response();
        assert_eq!(text["isBase64Encoded"], false);
        let picture = Sent::new("GET", "/picture");
        assert_eq!(running.api.invoke(&picture.event(sender)).response()["isBase64Encoded"], true);
        let picture = running.send(&picture, sender);
        assert_eq!(
            (picture.body.as_slice(), picture.header("content-type")),
            ([0x89, 0xff].as_slice(), Some("image/png"))
        );
        let cookies = picture.headers.iter().filter(|header| header.0 == "set-cookie").map(|header| header.1.as_str());
        assert_eq!(cookies.collect::<Vec<_>>(), ["a=1", "b=2"], "{sender:?}");
    }
}

#[test]
fn errors_have_message_and_trace() {
    let running = Running::start(&[]);
    for sender in SENDERS {
        // In the spelling of HTTP API Gateways and function URLs, and of the editor.
        for name in ["x-cloud-trace-context", "X-Cloud-Trace-Context"] {
            let call = Sent::new("POST", "/panics").header(name, "105445aa7843bc8bf206b12000100000/7;o=1");
            let response = running.send(&call, sender);
            assert_eq!(
                (response.status, &response.json()["traceId"]),
                (500, &json!("105445aa7843bc8bf206b12000100000"))
            );
            assert!(response.header("x-cloud-trace-context").unwrap().starts_with("105445aa7843bc8bf206b12000100000"));
        }
        let wrong = running.send(&Sent::new("POST", "/hello").json("{}"), sender);
        assert_eq!((wrong.status, wrong.json()["errors"].as_array().unwrap().len()), (422, 2));
    }
    let line = running.function.logged(&["on purpose", "105445aa7843bc8bf206b12000100000"]);
    assert!(line.contains("8476a536-e9f4-11e8-9739-"), "the line names the invocation: {line}");
}

#[test]
fn answers_test_header() {
    let running = Running::start(&[]);
    for sender in SENDERS {
        for name in ["X-Encord-Editor-Agent", "x-encord-editor-agent", "X-ENCORD-AGENT"] {
            let test = running.send(&Sent::new("POST", "/stuck").header(name, "1").header("Origin", EDITOR), sender);
            assert_eq!((test.status, test.text()), (200, "null"));
            assert_eq!(test.header("access-control-allow-origin"), Some(EDITOR));
        }
    }
}

#[test]
fn unknown_event_error_names_expected_events() {
    let running = Running::start(&[]);
    let others = [
        json!({}),
        json!({"key1": "value1", "key2": "value2"}),
        json!([]),
        json!(null),
        json!("text"),
        json!({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}),
        json!({"headers": "none", "requestContext": {"http": {"method": "POST"}}}),
        json!({"requestContext": {"http": {"method": "NOT A METHOD"}}}),
    ];
    for event in &others {
        let outcome = running.api.invoke(event);
        let message = outcome.error_message();
        assert!(message.contains("HTTP request") || message.contains("HTTP method"), "{event}: {message}");
        assert_eq!(running.send(&Sent::new("POST", "/counts"), Sender::FunctionUrl).status, 200, "after {event}");
    }
    let outcome = running.api.invoke(&others[0]);
    // The example event in the message works.
    let (_, test_event) = outcome.error_message().split_once("a test event like ").unwrap();
    let test_event = test_event.split(", which").next().unwrap();
    let response = running.api.invoke(&serde_json::from_str(test_event).unwrap()).response();
    assert!(response["body"].as_str().unwrap().contains("/hello"), "{response}");
}
