//! The recording: requests to the Python agents over a socket, and their responses.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::Value;

use super::stage::Stage;
use test_support::raw_response::Answer;
use test_support::recordings;

/// Address of the platform in the recording.
const DOMAIN: &str = "http://STUB";

/// The file `agent-http.json`.
#[derive(Deserialize)]
pub(crate) struct Recording {
    pub(crate) cases: Vec<Case>,
}

/// The file `agent-http-further.json`: more cases of the same app.
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
    /// The fault of the platform in `agent-http-further.json`. In `agent-http.json`, it is the name of the case.
    #[serde(default)]
    fault: Option<String>,
    pub(crate) request: Request,
    /// Response of the `FastAPI` app.
    #[serde(rename = "fastapi")]
    pub(crate) recorded: Answer,
}

#[derive(Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    body_base64: Option<String>,
    /// Length of a large body in bytes, of which only the beginning is recorded.
    body_bytes: Option<usize>,
    #[serde(default)]
    body_starts: String,
    /// Framing of the body. Default: `Content-Length`.
    pub(crate) framing: Option<String>,
}

impl Recording {
    /// Reads the recording, with the address of this platform.
    pub(crate) fn of(domain: &str) -> Self {
        let mut recording: Self = recordings::read("agent-http.json");
        let further: Further = recordings::read("agent-http-further.json");
        recording.cases.extend(further.cases);
        assert!(recording.cases.len() >= FEWEST_CASES, "there are only {} recorded cases", recording.cases.len());
        for case in &mut recording.cases {
            case.recorded.text = case.recorded.text.replace(DOMAIN, domain);
        }
        recording
    }

    /// Returns the origins that the Python agent allows.
    pub(crate) fn allowed_origins(&self) -> HashSet<String> {
        let allowed = self.cases.iter().filter_map(|case| case.recorded.header("access-control-allow-origin"));
        allowed.map(ToOwned::to_owned).collect()
    }
}

impl Case {
    /// Returns the stage that decides the response.
    pub(crate) fn stage(&self) -> Stage {
        Stage::of(self)
    }

    /// Returns the path without the query.
    pub(crate) fn route(&self) -> &str {
        self.request.path.split('?').next().unwrap_or_default()
    }

    /// Returns the path without the query, decoded as in the Python package.
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

    /// Returns the fault of the platform, e.g. `project: HTTP 404`.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref().or_else(|| (self.group == "platform error").then_some(&self.name))
    }

    /// Returns the fault without its resource, e.g. `HTTP 404`.
    pub(crate) fn platform_fault(&self) -> Option<&str> {
        self.fault()?.split_once(": ").map(|(_, fault)| fault)
    }

    /// Returns whether the content type of the request is JSON.
    pub(crate) fn is_sent_as_json(&self) -> bool {
        let kind = self.request.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
    }

    /// Returns whether the Python agent allows the origin. Responses that bypass its CORS layer do not tell; all of their requests
    /// have the content type JSON.
    pub(crate) fn allows_origin(&self) -> bool {
        self.recorded.header("access-control-allow-origin").is_some()
    }

    /// Returns whether a preflight requests a private network.
    pub(crate) fn asks_private_network(&self) -> bool {
        self.request.header("access-control-request-private-network").is_some()
    }

    /// Returns the parts of a preflight that this server rejects: those recorded, except a private network and two more headers.
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

    /// Returns a member of the request's body.
    fn sent(&self, name: &str) -> Value {
        let sent: Value = serde_json::from_slice(&self.request.body()).unwrap_or_default();
        sent[name].clone()
    }

    /// Returns whether the request is about the recorded video.
    pub(crate) fn is_about_video(&self) -> bool {
        self.sent("dataHash").as_str().is_some_and(|hash| hash.starts_with("33333333-"))
    }

    /// Returns whether the data unit of the request exists.
    pub(crate) fn is_about_known_data(&self) -> bool {
        self.sent("dataHash").as_str().is_some_and(|hash| !hash.starts_with("99999999-"))
    }

    /// Returns whether the recorded response has every selected object.
    pub(crate) fn recorded_has_selected_objects(&self) -> bool {
        let sent = self.sent("objectHashes");
        let mut hashes = sent.as_array().into_iter().flatten().filter_map(Value::as_str);
        hashes.all(|hash| self.recorded.text.contains(&format!("\"{hash}\"")))
    }

    /// Returns the suffix of the file in the recorded response.
    pub(crate) fn suffix(&self) -> String {
        let recorded = self.recorded.json().unwrap_or_default();
        recorded["suffix"].as_str().unwrap_or_default().to_owned()
    }

    /// Returns the validation errors of the Python agent, with type and path of the field.
    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        let detail = self.recorded.json().and_then(|mut body| body.get_mut("detail").map(Value::take));
        detail.and_then(|detail| serde_json::from_value(detail).ok()).unwrap_or_default()
    }
}

/// An entry of `detail` in a recorded error.
#[derive(Deserialize)]
pub(crate) struct Mistake {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    loc: Vec<Value>,
    #[serde(default)]
    pub(crate) input: Value,
}

impl Mistake {
    /// Returns the field as this server writes it, e.g. `objectHashes[2]`; `None` for an error of the whole body.
    pub(crate) fn field(&self) -> Option<String> {
        let mut path = self.loc.iter().skip(1);
        let field = path.next()?.as_str()?.to_owned();
        Some(path.fold(field, |field, index| format!("{field}[{index}]")))
    }
}

impl Request {
    /// Returns the header with this name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.as_str())
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        if let Some(length) = self.body_bytes {
            return large_body(&self.body_starts, length);
        }
        BASE64.decode(self.body_base64.as_deref().unwrap_or_default()).expect("`body_base64` is base64")
    }

    /// Returns the request as bytes for the socket.
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

/// Returns a body with this beginning and length: a JSON object with one more field, or text.
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
