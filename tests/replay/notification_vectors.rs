//! Replay of signed notifications: `signature-vectors.json` and `agent-http-further.json`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use agent_runtime::axum::body::Body;
use agent_runtime::axum::http::{HeaderName, HeaderValue, Request};
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, signature};
use agent_runtime::uuid::Uuid;
use agent_runtime::{Notification, StageWorkAvailable, WebhookSecrets, handlers, on_notification};
use base64::Engine;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use test_support::recordings;
use tokio::sync::mpsc;

#[derive(Deserialize)]
struct Vectors {
    notifications: Notifications,
}

#[derive(Deserialize)]
struct Notifications {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    secret: String,
    /// Unix seconds.
    now: f64,
    headers: Vec<(String, String)>,
    body_base64: String,
    http_response: Recorded,
}

#[derive(Deserialize)]
struct Recorded {
    status: u16,
    body: Value,
}

impl Case {
    fn body(&self) -> Vec<u8> {
        base64::engine::general_purpose::STANDARD.decode(&self.body_base64).unwrap()
    }

    fn headers(&self) -> HeaderMap {
        let header = |(name, value): &(String, String)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), value)
        };
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers.iter().map(header) {
            headers.append(name, value);
        }
        headers
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs_f64(self.now)
    }
}

impl Vectors {
    /// Reads the cases of both recordings.
    fn read() -> Self {
        #[derive(Deserialize)]
        struct Further {
            notifications: Vec<Case>,
        }
        let mut vectors: Self = recordings::read("signature-vectors.json");
        let further: Further = recordings::read("agent-http-further.json");
        vectors.notifications.cases.extend(further.notifications);
        assert!(vectors.notifications.cases.len() >= 130, "only {} cases", vectors.notifications.cases.len());
        vectors
    }
}

impl Case {
    fn status(&self) -> u16 {
        self.http_response.status
    }

    /// Returns the body as JSON, with the last of repeated members. `Null` if `serde_json` rejects it.
    fn sent(&self) -> Value {
        let body = self.body();
        serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body)).unwrap_or_default()
    }

    /// Returns whether the body is UTF-16 or UTF-32. Python detects both by zero bytes or by the byte order mark.
    fn is_wide_text(&self) -> bool {
        let body = self.body();
        body.starts_with(b"\xff\xfe")
            || body.starts_with(b"\xfe\xff")
            || body.get(..2).is_some_and(|two| two.contains(&0))
    }

    fn is_json(&self) -> bool {
        let body = self.body();
        serde_json::from_slice::<IgnoredAny>(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body)).is_ok()
    }

    /// Returns whether only the time can be invalid: it is a string or a number, and every other member is valid.
    fn is_right_but_for_the_time(&self) -> bool {
        let sent = self.sent();
        let is_uuid = |value: &Value| value.as_str().is_some_and(|text| Uuid::parse_str(text).is_ok());
        let payload = &sent["payload"];
        sent["event_created_timestamp"].is_string() | sent["event_created_timestamp"].is_number()
            && is_uuid(&sent["uid"])
            && sent["source"].is_string()
            && is_uuid(&payload["project_hash"])
            && is_uuid(&payload["stage_uuid"])
            && payload["pending_count"].is_i64()
            && payload["reason"].is_string()
    }
}

/// A row of the table of differences.
struct Difference {
    because: &'static str,
    covers: fn(&Case) -> bool,
    status: u16,
}

/// All deliberate differences. At most one row covers a case.
const DIFFERENCES: [Difference; 6] = [
    Difference {
        because: "an internal error there is a validation error here",
        covers: |case| case.status() == 500 && !case.is_right_but_for_the_time(),
        status: 422,
    },
    Difference {
        because: "an unparsable time is passed on as sent: no handler needs it, and the work would be lost",
        covers: |case| case.status() == 500 && case.is_right_but_for_the_time(),
        status: 200,
    },
    Difference {
        because: "JSON is UTF-8: UTF-16 and UTF-32, which Python detects, are rejected",
        covers: |case| case.status() == 200 && case.is_wide_text(),
        status: 422,
    },
    Difference {
        because: "`NaN` and `Infinity` are not JSON, also in unknown members",
        covers: |case| case.status() == 200 && !case.is_wide_text() && !case.is_json(),
        status: 422,
    },
    Difference {
        because: "a lone surrogate is no valid source",
        covers: |case| {
            let text = String::from_utf8(case.body()).unwrap_or_default();
            case.status() == 200 && text.contains("\"source\": \"\\ud800\"")
        },
        status: 422,
    },
    Difference {
        because: "counts have 64 bits",
        covers: |case| {
            let count = case.sent()["payload"]["pending_count"].clone();
            case.status() == 200 && count.as_f64().is_some_and(|count| count.abs() >= 9_223_372_036_854_775_808.0)
        },
        status: 422,
    },
];

#[test]
fn verifies_signatures_as_recorded() {
    let vectors = Vectors::read();
    let mut judged = (0, 0);
    for case in &vectors.notifications.cases {
        let secrets = WebhookSecrets::from_lines(&case.secret);
        let verified = secrets.verify(&case.headers(), &case.body(), case.now());
        if case.headers().contains_key("x-encord-editor-agent") {
            // A test call is answered before the signature is verified.
            continue;
        }
        // Without a secret, the Python server fails at every request, and this server does not start.
        let expected = case.http_response.status != 401 && !case.secret.is_empty();
        assert_eq!(verified.is_ok(), expected, "{}: {verified:?}", case.name);
        if expected { judged.0 += 1 } else { judged.1 += 1 }
    }
    println!("{} signatures verified, {} refused", judged.0, judged.1);
    assert!(judged.0 > 20 && judged.1 > 10, "{judged:?}");
}

#[on_notification]
async fn work(
    work: Notification<StageWorkAvailable>,
    told: State<mpsc::UnboundedSender<Notification<StageWorkAvailable>>>,
) {
    let _ = told.send(work);
}

#[tokio::test]
async fn reads_notifications_as_recorded() {
    let vectors = Vectors::read();
    let (mut answered, mut covered) = (0, [0; DIFFERENCES.len()]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let mut findings = Vec::new();
    for case in vectors.notifications.cases.iter().filter(|case| case.http_response.status != 401) {
        if case.secret.is_empty() {
            continue;
        }
        let (sender, mut told) = mpsc::unbounded_channel::<Notification<StageWorkAvailable>>();
        let server =
            Server::new().agents(agents![]).on_notification(handlers![work]).state(sender).webhook_secret(&case.secret);
        let client = TestClient::new(server).unwrap();
        // Signed with the current time, because the recorded one has expired.
        let body = case.body();
        let mut request = Request::post("/work");
        for (name, value) in &case.headers() {
            if !name.as_str().starts_with("x-encord-") {
                request = request.header(name, value);
            }
        }
        request = request.header("x-encord-timestamp", &now);
        request = request.header("x-encord-signature", signature(&case.secret, &now, &body));
        let answer = client.send(request.body(Body::from(body)).unwrap()).await;
        answered += 1;
        let status = answer.status().as_u16();
        let rows: Vec<_> = (0..DIFFERENCES.len()).filter(|row| (DIFFERENCES[*row].covers)(case)).collect();
        rows.iter().for_each(|row| covered[*row] += 1);
        let expected = match rows.as_slice() {
            [] => Some(case.status()),
            [row] if DIFFERENCES[*row].status != case.status() => Some(DIFFERENCES[*row].status),
            // At most one row covers a case, and its status differs from the recorded one.
            _ => None,
        };
        if Some(status) != expected {
            let because: Vec<_> = rows.iter().map(|row| DIFFERENCES[*row].because).collect();
            findings.push(format!(
                "{}: {status} {}, recorded {}, {because:?}",
                case.name,
                answer.text(),
                case.status()
            ));
        }
        let recorded = &case.http_response.body["json"];
        if let Some(uid) = recorded["uid"].as_str().filter(|_| status == 200) {
            let work = told.recv().await.unwrap();
            assert_eq!(work.uid.to_string(), uid, "{}", case.name);
            assert_eq!(recorded["project_hash"], work.event.project_hash.to_string(), "{}", case.name);
            assert_eq!(recorded["stage_uuid"], work.event.stage_uuid.to_string(), "{}", case.name);
            assert_eq!(recorded["pending_count"], work.event.pending_count, "{}", case.name);
            assert_eq!(recorded["source"], work.source.as_str(), "{}", case.name);
        }
    }
    for (difference, count) in DIFFERENCES.iter().zip(covered) {
        println!("{count:4} {}", difference.because);
        assert!(count > 0, "the row `{}` covers no case: take it out", difference.because);
    }
    println!("{answered} notifications answered as recorded, or as the table says");
    assert!(answered > 20 && findings.is_empty(), "{answered} answered\n{}", findings.join("\n"));
}
