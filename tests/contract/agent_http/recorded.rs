//! The recording: what was sent to the Python agents over a socket, and what they answered.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::Value;

use super::stage::Stage;
use test_support::contract;
use test_support::raw_response::Answer;

/// The platform's address in the recording.
const DOMAIN: &str = "http://STUB";

/// The file `agent-http.json` of the contract's folder.
#[derive(Deserialize)]
pub(crate) struct Recording {
    pub(crate) cases: Vec<Case>,
}

/// Cases beside those of the contract's folder, which `record_further.py` recorded of the same app.
#[derive(Deserialize)]
struct Further {
    cases: Vec<Case>,
}

/// Minimum number of recorded cases: fewer mean that the recording was not found.
const FEWEST_CASES: usize = 450;

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) group: String,
    pub(crate) name: String,
    /// What goes wrong on the platform meanwhile. In the contract's folder, the name of the case says it.
    #[serde(default)]
    fault: Option<String>,
    pub(crate) request: Request,
    /// What the `FastAPI` app answered. The other Python wrappers speak a wire of their own.
    #[serde(rename = "fastapi")]
    pub(crate) recorded: Answer,
}

#[derive(Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    body_base64: Option<String>,
    /// Of a large body, only the length and the beginning are recorded.
    body_bytes: Option<usize>,
    #[serde(default)]
    body_starts: String,
    /// How the body was sent, where not with its length.
    pub(crate) framing: Option<String>,
}

impl Recording {
    /// Reads the recording, as if it had been made with the platform at this address.
    pub(crate) fn of(domain: &str) -> Self {
        let mut recording: Self = contract::read("agent-http.json");
        let further: Further =
            serde_json::from_str(include_str!("further.json")).expect("`further.json` is a recording");
        recording.cases.extend(further.cases);
        assert!(recording.cases.len() >= FEWEST_CASES, "there are only {} recorded cases", recording.cases.len());
        for case in &mut recording.cases {
            case.recorded.text = case.recorded.text.replace(DOMAIN, domain);
        }
        recording
    }

    /// The origins that the Python agent lets read its answers.
    pub(crate) fn allowed_origins(&self) -> HashSet<String> {
        let allowed = self.cases.iter().filter_map(|case| case.recorded.header("access-control-allow-origin"));
        allowed.map(ToOwned::to_owned).collect()
    }
}

impl Case {
    /// How far the request comes.
    pub(crate) fn stage(&self) -> Stage {
        Stage::of(self)
    }

    /// The path without the query.
    pub(crate) fn route(&self) -> &str {
        self.request.path.split('?').next().unwrap_or_default()
    }

    /// The path without the query, decoded as the Python package decodes it.
    pub(crate) fn path(&self) -> String {
        let path = self.request.path.strip_prefix("http://agent.test").unwrap_or(self.route());
        let path = path.split('?').next().unwrap_or_default().as_bytes();
        let (mut decoded, mut at) = (Vec::new(), 0);
        while let Some(byte) = path.get(at) {
            let hex = path.get(at + 1..at + 3).filter(|hex| *byte == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
            let value = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            decoded.push(value.unwrap_or(*byte));
            at += if value.is_some() { 3 } else { 1 };
        }
        String::from_utf8_lossy(&decoded).into_owned()
    }

    pub(crate) fn status(&self) -> u16 {
        self.recorded.status
    }

    /// What goes wrong on the platform, e.g. `project: HTTP 404`.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref().or_else(|| (self.group == "platform error").then_some(&self.name))
    }

    /// The same without where it goes wrong, e.g. `HTTP 404`.
    pub(crate) fn platform_fault(&self) -> Option<&str> {
        self.fault()?.split_once(": ").map(|(_, fault)| fault)
    }

    /// Whether the request says that its body is JSON.
    pub(crate) fn is_sent_as_json(&self) -> bool {
        let kind = self.request.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
    }

    /// Whether the Python agent lets the page read the answer. What bypasses its CORS layer does not tell; no such case is sent as
    /// something else than JSON.
    pub(crate) fn allows_origin(&self) -> bool {
        self.recorded.header("access-control-allow-origin").is_some()
    }

    /// Whether a preflight asks for a private network.
    pub(crate) fn asks_private_network(&self) -> bool {
        self.request.header("access-control-request-private-network").is_some()
    }

    /// What of a preflight is refused here: what was refused there, but for a private network and for two more headers.
    pub(crate) fn refused(&self) -> Vec<&str> {
        let more = ["x-encord-agent", "traceparent"];
        let known = [
            "accept",
            "accept-language",
            "content-language",
            "content-type",
            "x-cloud-trace-context",
            "x-encord-editor-agent",
        ];
        let asked = self.request.header("access-control-request-headers").unwrap_or_default().to_ascii_lowercase();
        let are_headers_allowed =
            asked.split(',').map(str::trim).all(|name| more.contains(&name) || known.contains(&name));
        let refused = self.recorded.text.strip_prefix("Disallowed CORS ").unwrap_or_default().split(", ");
        refused
            .filter(|what| {
                !what.is_empty() && *what != "private-network" && (*what != "headers" || !are_headers_allowed)
            })
            .collect()
    }

    /// A member of the request's body.
    fn sent(&self, name: &str) -> Value {
        let sent: Value = serde_json::from_slice(&self.request.body()).unwrap_or_default();
        sent[name].clone()
    }

    /// Whether the request is about the video of the recording.
    pub(crate) fn is_about_video(&self) -> bool {
        self.sent("dataHash").as_str().is_some_and(|hash| hash.starts_with("33333333-"))
    }

    /// Whether the data unit of the request is there.
    pub(crate) fn is_about_known_data(&self) -> bool {
        self.sent("dataHash").as_str().is_some_and(|hash| !hash.starts_with("99999999-"))
    }

    /// Whether every object of the request is in the recorded answer, or none is selected.
    pub(crate) fn recorded_has_selected_objects(&self) -> bool {
        let sent = self.sent("objectHashes");
        let mut hashes = sent.as_array().into_iter().flatten().filter_map(Value::as_str);
        hashes.all(|hash| self.recorded.text.contains(&format!("\"{hash}\"")))
    }

    /// The suffix of the file in the recorded answer.
    pub(crate) fn suffix(&self) -> String {
        let recorded = self.recorded.json().unwrap_or_default();
        recorded["suffix"].as_str().unwrap_or_default().to_owned()
    }

    /// What the Python agent found wrong with the request, where it says so entry by entry: the type of each mistake
    /// and the path to the field.
    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        let detail = self.recorded.json().and_then(|mut body| body.get_mut("detail").map(Value::take));
        detail.and_then(|detail| serde_json::from_value(detail).ok()).unwrap_or_default()
    }
}

/// An entry of `detail` in a recorded refusal.
#[derive(Deserialize)]
pub(crate) struct Mistake {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    loc: Vec<Value>,
    #[serde(default)]
    pub(crate) input: Value,
}

impl Mistake {
    /// The field as we write it, e.g. `objectHashes[2]`; `None` if the mistake is in the body as a whole.
    pub(crate) fn field(&self) -> Option<String> {
        let mut path = self.loc.iter().skip(1);
        let field = path.next()?.as_str()?.to_owned();
        Some(path.fold(field, |field, index| format!("{field}[{index}]")))
    }
}

impl Request {
    /// The request's header of this name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.as_str())
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        if let Some(length) = self.body_bytes {
            return large_body(&self.body_starts, length);
        }
        BASE64.decode(self.body_base64.as_deref().unwrap_or_default()).expect("`body_base64` is base64")
    }

    /// The request as it goes over the socket.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let body = self.body();
        let mut head = format!("{} {} HTTP/1.1\r\nHost: agent.test\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = match self.framing.as_deref() {
            None => {
                head.push_str(&format!("Content-Length: {}\r\n", body.len()));
                body
            }
            Some("no Content-Length") => body,
            Some("chunks of 7 bytes") => {
                head.push_str("Transfer-Encoding: chunked\r\n");
                chunked(&body, 7)
            }
            Some(header) if header.starts_with("Content-Length: ") => {
                head.push_str(&format!("{header}\r\n"));
                body
            }
            Some(other) => panic!("the framing `{other}` is not known to this test"),
        };
        head.push_str("\r\n");
        [head.into_bytes(), body].concat()
    }
}

/// A body of this beginning and length: a JSON object with one more field, or more of the same.
fn large_body(starts: &str, length: usize) -> Vec<u8> {
    let (opening, closing) = if starts.starts_with('{') { ("\"extra\": \"", "\"}") } else { ("", "") };
    let fill = length - starts.len() - opening.len() - closing.len();
    [starts, opening, &"x".repeat(fill), closing].concat().into_bytes()
}

fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let chunk = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
    let mut wire: Vec<u8> = body.chunks(size).flat_map(chunk).collect();
    wire.extend_from_slice(b"0\r\n\r\n");
    wire
}
