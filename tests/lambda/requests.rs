//! Conversion of events to requests.

use agent_runtime::testing::signature;
use serde_json::{Value, json};

use super::{PAYLOAD, Running};
use test_support::lambda::{Received, SENDERS, Sender, Sent};

#[test]
fn handles_every_event_format() {
    let running = Running::start(&[]);
    for sender in SENDERS {
        let call = Sent::new("POST", "/hello").json(PAYLOAD);
        for event in [call.event(sender), call.event_in_base64(sender)] {
            let response = Received::of(&running.api.invoke(&event).response());
            assert_eq!((response.status, response.message().as_str()), (200, "Frame Some(7), 1 objects"), "{sender:?}");
        }
    }
}

#[test]
fn handles_events_sequentially() {
    let running = Running::start(&[]);
    for number in 1..=20 {
        let response = running.send(&Sent::new("POST", "/counts"), Sender::FunctionUrl);
        assert_eq!(response.message(), format!("call {number}"));
    }
}

#[test]
fn removes_gateway_stage_from_path() {
    let running = Running::start(&[]);
    for sender in SENDERS {
        assert_eq!(running.send(&Sent::new("POST", "/counts"), sender).status, 200, "{sender:?}");
        // The path as sent to the gateway: there is no agent at `/prod/counts`.
        let other = running.send(&Sent::new("POST", "/prod/counts"), sender);
        assert_eq!(other.status, 404);
        assert!(other.message().starts_with("There is no agent at `/prod/counts`."), "{}", other.message());
    }
}

#[test]
fn keeps_repeated_headers() {
    let running = Running::start(&[]);
    let call = Sent::new("POST", "/values").header("X-Value", "a").header("X-Value", "b");
    assert_eq!(running.send(&call, Sender::RestApi).message(), "a and b");
    assert_eq!(running.send(&call, Sender::FunctionUrl).message(), "a,b");
    let odd = Sent::new("POST", "/values").header("X-Value", "é").header("X-Value-Beside", "b");
    assert_eq!(running.send(&odd, Sender::FunctionUrl).message(), "not text");
}

#[test]
fn verifies_signature_of_decoded_body() {
    let secret = "of the agent";
    let running = Running::start(&[("ENCORD_WEBHOOK_SECRET", secret)]);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().to_string();
    let call = |of: &[u8]| {
        Sent::new("POST", "/signed")
            .json(PAYLOAD)
            .header("X-Encord-Timestamp", &now)
            .header("X-Encord-Signature", &signature(secret, &now, of))
    };
    let whole = call(PAYLOAD.as_bytes());
    for sender in SENDERS {
        for event in [whole.event(sender), whole.event_in_base64(sender)] {
            let response = Received::of(&running.api.invoke(&event).response());
            assert_eq!(response.message(), format!("signed: true, {} bytes", PAYLOAD.len()), "{sender:?}");
        }
        let other = running.send(&call(b"another body"), sender);
        assert_eq!(other.status, 401, "{}", other.text());
    }
}

#[test]
fn limits_decoded_body() {
    let running = Running::start(&[("AGENT_BODY_LIMIT", "200")]);
    let fits = Sent::new("POST", "/hello").json(PAYLOAD);
    let encoded = fits.event_in_base64(Sender::FunctionUrl);
    assert!(fits.body.len() < 200 && encoded["body"].as_str().unwrap().len() > 200);
    let long = Sent::new("POST", "/hello").json(&format!("{PAYLOAD}{}", " ".repeat(300)));
    for sender in SENDERS {
        assert_eq!(Received::of(&running.api.invoke(&fits.event_in_base64(sender)).response()).status, 200);
        let rejected = Received::of(&running.api.invoke(&long.event_in_base64(sender)).response());
        assert_eq!(rejected.status, 413);
        assert!(rejected.message().contains("200 bytes"), "{}", rejected.message());
    }
}

#[test]
fn invalid_base64_body_gets_400_with_cors_headers() {
    let running = Running::start(&[]);
    let call = Sent::new("POST", "/hello").json(PAYLOAD).header("Origin", "https://app.encord.com");
    for sender in SENDERS {
        let mut event = call.event(sender);
        event["isBase64Encoded"] = true.into();
        let response = Received::of(&running.api.invoke(&event).response());
        assert_eq!(response.status, 400);
        assert!(response.message().contains("base64"), "{}", response.message());
        assert_eq!(response.header("access-control-allow-origin"), Some("https://app.encord.com"));
    }
}

#[test]
fn rejects_missing_empty_and_malformed_bodies() {
    let running = Running::start(&[]);
    let json = Sent::new("POST", "/hello").json(PAYLOAD).event(Sender::FunctionUrl);
    let with = |body: Option<Value>| {
        let mut event = json.clone();
        let fields = event.as_object_mut().unwrap();
        fields.remove("isBase64Encoded");
        match body {
            Some(body) => fields.insert("body".to_owned(), body),
            None => fields.remove("body"),
        };
        Received::of(&running.api.invoke(&event).response())
    };
    for nothing in [None, Some(Value::Null), Some(json!("")), Some(json!("{"))] {
        let response = with(nothing);
        assert_eq!(response.status, 400);
        assert!(response.message().contains("body"), "{}", response.message());
    }
    assert_eq!(with(Some(PAYLOAD.into())).status, 200);
    // Test events as written in the console.
    assert_eq!(with(Some(serde_json::from_str(PAYLOAD).unwrap())).status, 200);
}
