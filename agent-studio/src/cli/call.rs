//! `agent-studio call`: an agent called as the label editor calls it.

use std::time::Duration;

use agent_platform::client::TraceId;
use clap::Args;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use serde_json::{Value, json};

use super::editor_url::EditorUrl;
use super::failure::{Failure, sentence};
use super::http::{self, Http};
use super::secret::secret_in;
use super::table::Table;
use super::terminal::{BAD, GOOD, say, styled};
use crate::outgoing::{Answered, Unanswered, send, signed};

const EXIT_CODES: &str = "\
Exit codes: 0 the agent answered with success, 3 it answered with a complaint or a refusal (400 to 499), 4 with anything \
else, 5 it did not answer; 1 and 2 as always.

Examples:
  agent-studio call http://127.0.0.1:8080/count-selected \"https://app.encord.com/label_editor/PROJECT/DATA/0\"
  agent-studio call https://agents.example.com/check --object a1B2c3D4 \\
      \"http://127.0.0.1:8899/#project=PROJECT&data=DATA&frame=0\"";

/// The exit codes beside 0.
const COMPLAINT: u8 = 3;
const OTHER_STATUS: u8 = 4;
const NO_ANSWER: u8 = 5;

/// Call an agent as the label editor does, and show request, answer and time.
///
/// The editor's address says where the annotator is: copy it from the address bar, of the platform's label editor or of the
/// studio's page.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Call {
    /// The agent's address, with its path.
    agent_url: String,
    /// What the address bar of the label editor says; in quotes, because of its `&` and `#`.
    editor_url: String,
    /// Send the header that editors test an agent with: it must answer without doing anything.
    #[arg(long, conflicts_with = "sign_with")]
    test_header: bool,
    /// Send it signed, as the platform's backend does, with the secret that this environment variable holds.
    #[arg(long, value_name = "ENV")]
    sign_with: Option<String>,
    /// The frame, from 0; unless given, that of the address, and else 0.
    #[arg(long)]
    frame: Option<u64>,
    /// A selected object, by its hash; again for each further one.
    #[arg(long = "object", value_name = "HASH", value_delimiter = ',')]
    objects: Vec<String>,
    /// How long to wait for the answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
    /// Write one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

/// What an editor sends (contract: `docs/contract/agent-protocol.md#request`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    project_hash: String,
    data_hash: String,
    frame: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_hashes: Option<Vec<String>>,
}

/// A request that can be sent, and sent again by hand.
#[derive(Debug)]
struct Request {
    url: Url,
    headers: Vec<(&'static str, String)>,
    body: String,
    trace: String,
    editor: String,
}

impl Call {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let request = self.request()?;
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let value = HeaderValue::try_from(value).map_err(|_| Failure::new(format!("`{value}` cannot be sent.")))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        let sending =
            Http::new()?.request(Method::POST, request.url.clone()).headers(headers).body(request.body.clone());
        let answer = send(sending.timeout(Duration::from_secs(self.timeout))).await;
        if self.json {
            say(serde_json::to_string_pretty(&request.as_json(&answer)).unwrap_or_default());
        } else {
            say(request.as_table(&answer));
        }
        Ok(match answer {
            Ok(answer) if answer.is_success() => 0,
            Ok(Answered { status: 400..=499, .. }) => COMPLAINT,
            Ok(_) => OTHER_STATUS,
            Err(_) => NO_ANSWER,
        })
    }

    fn request(&self) -> Result<Request, Failure> {
        let url = http::address(&self.agent_url)?;
        let place = EditorUrl::parse(&self.editor_url)?;
        let frame = self.frame.or(place.frame).unwrap_or(0);
        let objects = if self.objects.is_empty() { place.objects.clone() } else { self.objects.clone() };
        let payload = Payload {
            project_hash: place.project.to_string(),
            data_hash: place.data.to_string(),
            frame,
            object_hashes: (!objects.is_empty()).then_some(objects),
        };
        let body = serde_json::to_string(&payload).map_err(|error| Failure::of(&error))?;
        let trace = TraceId::fresh().to_string();
        let mut headers =
            vec![("content-type", "application/json".to_owned()), ("x-cloud-trace-context", format!("{trace}/1;o=1"))];
        if let Some(variable) = &self.sign_with {
            headers.extend(signed(&secret_in(variable)?, body.as_bytes()));
        } else {
            // The backend has no origin; pages do.
            headers.push(("origin", place.origin.clone()));
        }
        if self.test_header {
            headers.push(("x-encord-editor-agent", "test-payload".to_owned()));
        }
        Ok(Request { url, headers, body, trace, editor: place.on_frame(frame) })
    }
}

impl Request {
    fn origin(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| *name == "origin").map(|(_, value)| value.as_str())
    }

    /// A line for a POSIX shell that sends the same.
    fn curl(&self) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))).collect();
        let (url, body) = (quoted(self.url.as_str()), quoted(&self.body));
        format!("curl -sS -X POST {url} {} --data-raw {body}", headers.join(" "))
    }

    fn as_table(&self, answer: &Result<Answered, Unanswered>) -> Table {
        let mut table = Table::default();
        table.section("Request");
        table.row("url", self.url.as_str());
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        table.row("headers", headers.join("\n"));
        table.row("body", &self.body);
        table.section("Answer");
        match answer {
            Ok(answer) => self.answer_rows(answer, &mut table),
            Err(problem) => table.row("none", styled(BAD, sentence(&problem.to_string()))),
        }
        table.row("trace id", &self.trace);
        table.section("Again");
        table.row("editor", &self.editor);
        table.row("curl", self.curl());
        table
    }

    fn answer_rows(&self, answer: &Answered, table: &mut Table) {
        let style = if answer.is_success() { GOOD } else { BAD };
        let code = reqwest::StatusCode::from_u16(answer.status).ok();
        let reason = code.and_then(|code| code.canonical_reason()).unwrap_or_default();
        table.row("status", styled(style, format!("{} {reason}", answer.status).trim_end()));
        table.row("time", format!("{:.1} ms", milliseconds(answer)));
        let body = String::from_utf8_lossy(&answer.body);
        let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        for key in ["message", "decision"] {
            if let Some(text) = value.get(key).and_then(Value::as_str) {
                table.row(key, text);
            }
        }
        table.row("body", if body.is_empty() { "(empty)" } else { &*body });
        if let Some(origin) = self.origin() {
            let readable = if is_readable(answer, origin) {
                format!("a page of {origin} can read the answer")
            } else {
                styled(BAD, format!("a page of {origin} cannot read the answer: the server does not allow that origin"))
            };
            table.row("browser", readable);
        }
    }

    fn as_json(&self, answer: &Result<Answered, Unanswered>) -> Value {
        let headers: serde_json::Map<_, _> =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let received = answer.as_ref().ok().map(|answer| {
            let headers: serde_json::Map<_, _> = answer
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
                .collect();
            json!({
                "status": answer.status,
                "headers": headers,
                "body": String::from_utf8_lossy(&answer.body),
                "milliseconds": milliseconds(answer),
                "readableByPage": self.origin().map(|origin| is_readable(answer, origin)),
            })
        });
        json!({
            "request": {"url": self.url.as_str(), "headers": headers, "body": self.body},
            "answer": received,
            "problem": answer.as_ref().err().map(ToString::to_string),
            "traceId": self.trace,
            "editorUrl": self.editor,
            "curl": self.curl(),
        })
    }
}

fn milliseconds(answer: &Answered) -> f64 {
    (answer.took.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Whether the browser lets a page of this origin have the answer.
fn is_readable(answer: &Answered, origin: &str) -> bool {
    let allowed = answer.header("access-control-allow-origin");
    allowed == "*" || allowed == origin
}
