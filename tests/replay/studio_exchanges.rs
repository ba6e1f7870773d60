//! Replay of `exchanges/` on the local platform: each request of the Python SDK gets the recorded response.

use agent_platform::auth::{BodyDigest, MessageSignature, SshKey, legacy_authorization};
use agent_studio::{LocalPlatform, RunningPlatform};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use test_support::studio::recorded::{exchanges, project};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Exchanges in which the local platform deliberately responds differently, with the reason.
const DECIDED: [(usize, &str); 2] =
    [(1, "projects are filtered by the time they were made"), (44, "projects are filtered by their title")];

fn key() -> SshKey {
    SshKey::from_seed(&[7; 32]).unwrap()
}

async fn start(page_size: usize) -> RunningPlatform {
    LocalPlatform::builder()
        .project(project())
        .page_size(page_size)
        .public_key("agent@example.test", key().key_id())
        .bearer_token("agent@example.test", "stub-bearer-token")
        .start()
        .await
        .unwrap()
}

struct Answer {
    status: u64,
    content_type: String,
    body: Vec<u8>,
}

/// Sends a recorded request with a new signature.
async fn send(running: &RunningPlatform, recorded: &Value, target: &str) -> Answer {
    let body = recorded["body"]["text"].as_str().unwrap_or_default();
    let method = recorded["method"].as_str().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let digest = BodyDigest::new(body.as_bytes());
    let signature = MessageSignature::new(&key(), method, target, &digest, now).unwrap();
    let mut request = format!("{method} {target} HTTP/1.1\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for header in recorded["headers"].as_array().unwrap() {
        let (name, value) = (header[0].as_str().unwrap(), header[1].as_str().unwrap());
        let value = match name.to_ascii_lowercase().as_str() {
            "content-length" | "connection" => continue,
            "authorization" if !value.starts_with("Bearer ") => legacy_authorization(&key(), &digest).unwrap(),
            "content-digest" => signature.content_digest.clone(),
            "signature-input" => signature.signature_input.clone(),
            "signature" => signature.signature.clone(),
            "host" => running.address().to_string(),
            _ => value.to_owned(),
        };
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = TcpStream::connect(running.address()).await.unwrap();
    stream.write_all(format!("{request}\r\n{body}").as_bytes()).await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    let end = all.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let header = |line: &str| line.to_ascii_lowercase().strip_prefix("content-type: ").map(ToOwned::to_owned);
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        content_type: head.lines().find_map(header).unwrap_or_default(),
        body: all[end + 4..].to_vec(),
    }
}

/// Removes values that differ between runs: times, signatures and storage locations.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| match (key.as_str(), value) {
                ("created_at" | "last_edited_at" | "lastEditedAt" | "updatedAt", Value::String(time)) => {
                    (key.clone(), if time.starts_with("2024-05-01") { value.clone() } else { "now".into() })
                }
                ("data_link" | "url" | "signedUrl", Value::String(link)) => (key.clone(), place(link).into()),
                ("token" | "workflowManagerUuid" | "workflow_manager_uuid", Value::String(_)) => {
                    (key.clone(), "any".into())
                }
                ("lastActionedBy" | "last_actioned_by_user_email", _) => (key.clone(), Value::Null),
                ("nextPageToken", Value::String(_)) => (key.clone(), "a token".into()),
                ("description", Value::String(text)) if text == "Three data rows" || text == "3 data" => {
                    (key.clone(), "of the dataset".into())
                }
                // A string that contains JSON.
                ("clientMetadata", Value::String(text)) => (key.clone(), serde_json::from_str(text).unwrap()),
                _ => (key.clone(), comparable(value)),
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(elements) => elements.iter().map(comparable).collect(),
        other => other.clone(),
    }
}

fn place(link: &str) -> &str {
    if link.contains("/media/") { "a signed URL" } else { link.rsplit('/').next().unwrap() }
}

/// Returns the target of a signed URL in a response.
fn signed(answer: &Value, pointer: &str) -> String {
    let url = answer.pointer(pointer).unwrap().as_str().unwrap();
    url[url.find("/media/").unwrap()..].to_owned()
}

/// Replaces the recorded page token of a target with that of a response.
fn continued(target: &str, answer: &Value) -> String {
    let (before, recorded) = target.split_once("pageToken=").unwrap();
    assert!(!recorded.contains('&'), "{target}");
    format!("{before}pageToken={}", answer["nextPageToken"].as_str().unwrap())
}

#[tokio::test]
async fn responds_as_recorded() {
    let mut running = start(100).await;
    let mut last = Value::Null;
    let mut same = 0;
    for (at, (name, exchange)) in exchanges().into_iter().enumerate() {
        let number = at + 1;
        if number == 50 {
            // Recorded with a page size of one.
            running = start(1).await;
        }
        let (request, response) = (&exchange["request"], &exchange["response"]);
        let target = match number {
            27 => signed(&last, "/signedUrl"),
            32 => signed(&last, "/results/1/signedUrl"),
            51 => continued(request["target"].as_str().unwrap(), &last),
            _ => request["target"].as_str().unwrap().to_owned(),
        };
        let answer = send(&running, request, &target).await;
        assert_eq!(answer.status, response["status"], "{name}");
        let kind = response["headers"].as_array().unwrap().iter().find(|header| header[0] == "Content-Type");
        assert_eq!(answer.content_type, kind.unwrap()[1], "{name}");
        if let Some(bytes) = response["body"]["base64"].as_str() {
            assert_eq!(answer.body, STANDARD.decode(bytes).unwrap(), "{name}");
            same += 1;
            continue;
        }
        last = serde_json::from_slice(&answer.body).unwrap();
        let (ours, theirs) = (comparable(&last), comparable(&response["body"]["json"]));
        if let Some((_, why)) = DECIDED.iter().find(|(decided, _)| *decided == number) {
            assert_ne!(ours, theirs, "{name}: {why}");
            continue;
        }
        assert_same(&name, &ours, &theirs);
        same += 1;
    }
    assert_eq!(same, 51 - DECIDED.len());
}

/// Panics with the first path at which two values differ.
fn assert_same(name: &str, ours: &Value, theirs: &Value) {
    fn differ(at: &str, ours: &Value, theirs: &Value) -> Option<String> {
        match (ours, theirs) {
            (Value::Object(one), Value::Object(other)) => {
                let keys = one.keys().chain(other.keys());
                keys.into_iter().find_map(|key| {
                    let (one, other) = (one.get(key).unwrap_or(&Value::Null), other.get(key).unwrap_or(&Value::Null));
                    differ(&format!("{at}/{key}"), one, other)
                })
            }
            (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
                let mut pairs = one.iter().zip(other).enumerate();
                pairs.find_map(|(index, (one, other))| differ(&format!("{at}/{index}"), one, other))
            }
            // Python writes 2.0 for 2.
            (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
            _ if ours == theirs => None,
            _ => Some(format!("{at}: {ours} instead of {theirs}")),
        }
    }
    if let Some(difference) = differ("", ours, theirs) {
        panic!("{name}{difference}");
    }
}
