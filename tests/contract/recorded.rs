//! The recording: what was sent to the Python agents over a socket, and what they answered.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::Value;

use crate::answer::Answer;
use crate::folder;

/// The platform's address in the recording.
const DOMAIN: &str = "http://STUB";

/// The file `agent-http.json` of the contract's folder.
#[derive(Deserialize)]
pub(crate) struct Recording {
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) group: String,
    pub(crate) name: String,
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
        let mut recording: Self = folder::read("agent-http.json");
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
    pub(crate) fn is(&self, group: &str, name: &str) -> bool {
        self.group == group && self.name == name
    }

    /// The path without the query.
    pub(crate) fn route(&self) -> &str {
        self.request.path.split('?').next().unwrap_or_default()
    }

    pub(crate) fn status(&self) -> u16 {
        self.recorded.status
    }

    /// What the Python agent found wrong with the request, where it says so entry by entry: the type of each mistake
    /// and the path to the field.
    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        let detail = self.recorded.json().and_then(|mut body| body.get_mut("detail").map(Value::take));
        detail.and_then(|detail| serde_json::from_value(detail).ok()).unwrap_or_default()
    }

    /// Whether the first mistake is of this type.
    pub(crate) fn mistake_is(&self, kind: &str) -> bool {
        self.mistakes().first().is_some_and(|mistake| mistake.kind == kind)
    }
}

/// An entry of `detail` in a recorded refusal.
#[derive(Deserialize)]
pub(crate) struct Mistake {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    loc: Vec<Value>,
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
