//! Replay of `exchanges/`: the client sends the recorded request, and reads the recorded response.

mod calls;

use agent_platform::auth::{BodyDigest, Credentials};
use agent_platform::client::{Domain, Error, PlatformClient};
use serde_json::Value;

use self::calls::call;
use test_support::recordings;
use test_support::scripted_server::{Reply, Request, Server};

/// Returns a recorded body, which is JSON, text, or base64.
fn recorded_bytes(exchange: &Value) -> Vec<u8> {
    use base64::Engine;
    let body = &exchange["response"]["body"];
    match (body.get("json"), body["base64"].as_str()) {
        (Some(json), _) => json.to_string().into_bytes(),
        (None, Some(text)) => base64::engine::general_purpose::STANDARD.decode(text).unwrap(),
        (None, None) => Vec::new(),
    }
}

fn recorded_reply(exchange: &Value) -> Reply {
    let headers = exchange["response"]["headers"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Reply::Answer {
        status: u16::try_from(exchange["response"]["status"].as_u64().unwrap()).unwrap(),
        headers: headers.iter().map(|header| (text(&header[0]), text(&header[1]))).collect(),
        body: recorded_bytes(exchange),
    }
}

/// Headers that depend on the HTTP library.
const OWN: [&str; 5] = ["host", "user-agent", "accept-encoding", "connection", "content-length"];

fn assert_same_request(sent: &Request, exchange: &Value) {
    let recorded = &exchange["request"];
    assert_eq!(sent.method, recorded["method"]);
    assert_eq!(sent.target, recorded["target"]);
    match recorded["body"].get("json") {
        Some(body) => assert_eq!(sent.json(), *body),
        None => assert!(sent.body.is_empty()),
    }
    let mut names = Vec::new();
    for header in recorded["headers"].as_array().unwrap() {
        let (name, recorded) = (header[0].as_str().unwrap().to_ascii_lowercase(), header[1].as_str().unwrap());
        let download = sent.target.starts_with("/media/");
        if OWN.contains(&name.as_str()) || (download && name == "accept") {
            continue;
        }
        let value = sent.header(&name).unwrap_or_else(|| panic!("{name} was not sent"));
        assert!(same_header(&name, value, recorded, sent), "{name}: {value} instead of {recorded}");
        names.push(name);
    }
    for (name, _) in &sent.headers {
        let known = names.contains(name) || OWN.contains(&name.as_str()) || name == "accept";
        assert!(known, "{name} was sent, but is not recorded");
    }
    assert!(sent.header("user-agent").unwrap_or_default().starts_with("agent-platform/"));
}

/// Returns whether a header equals the recorded one, apart from key, time, trace and signature.
fn same_header(name: &str, value: &str, recorded: &str, sent: &Request) -> bool {
    let shape = |text: &str| -> String {
        let without_key = text.replace(test_support::keys::KEY_ID, "KEY");
        match without_key.split_once(";created=").and_then(|(start, rest)| Some((start, rest.split_once(';')?.1))) {
            Some((start, end)) => format!("{start};created;{end}"),
            None => without_key,
        }
    };
    match name {
        "x-cloud-trace-context" => {
            let (trace, span) = value.split_once('/').unwrap();
            trace.len() == 32 && span.ends_with(";o=1") && span != "1;o=1"
        }
        "content-digest" => value == BodyDigest::new(&sent.body).header(),
        "signature-input" => {
            let key = recorded.split("keyid=\"").nth(1).unwrap().split('"').next().unwrap();
            shape(value) == shape(&recorded.replace(key, test_support::keys::KEY_ID))
        }
        "signature" => value.starts_with("encord-sig=:") && value.len() == recorded.len(),
        "authorization" if !recorded.starts_with("Bearer ") => {
            value.starts_with(&format!("{}:", test_support::keys::KEY_ID)) && value.len() == recorded.len()
        }
        _ => value == recorded,
    }
}

#[tokio::test]
async fn sends_recorded_requests_and_reads_responses() {
    let server = Server::always(Reply::empty(500)).await;
    let with_key = test_support::client::platform(&server);
    let bearer = PlatformClient::builder()
        .credentials(Credentials::bearer("stub-bearer-token").unwrap())
        .domain(Domain::parse(&server.base()).unwrap())
        .build()
        .unwrap();
    let names = recordings::exchanges();
    let mut done = 0;
    for number in 1..=names.len() {
        let exchange = recordings::exchange(number);
        println!("{}", names[number - 1]);
        if number == 51 {
            // Asked together with 50.
            continue;
        }
        let mut replies = vec![recorded_reply(&exchange)];
        if number == 50 {
            replies.push(recorded_reply(&recordings::exchange(51)));
        }
        let expected = replies.len();
        server.restart(move |_, number| replies[number.min(replies.len() - 1)].clone());
        let platform = if (46..=48).contains(&number) { &bearer } else { &with_key };
        let result = call(platform, number, &exchange).await;
        if number == 49 {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::Authorisation(_)));
            assert_eq!(error.message(), exchange["response"]["body"]["json"]["message"]);
        } else {
            result.unwrap();
        }
        let requests = server.requests();
        assert_eq!(requests.len(), expected);
        assert_same_request(&requests[0], &exchange);
        if number == 50 {
            assert_same_request(&requests[1], &recordings::exchange(51));
        }
        done += expected;
    }
    println!("{done} exchanges");
    assert_eq!(done, names.len());
}
