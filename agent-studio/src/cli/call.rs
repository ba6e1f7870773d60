//! `agent-studio call`: calls an agent as the label editor does.

use std::time::Duration;

use agent_platform::client::TraceId;
use agent_platform::labels::{DRY_RUN_HEADER, LabelDifference};
use clap::Args;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::editor_url::EditorUrl;
use super::failure::Failure;
use super::http::{self, Http};
use super::save_case::CaseRecorder;
use super::secret::read_secret;
use super::table::Table;
use super::terminal::{BAD, GOOD, print_stderr, print_stdout, styled};
use crate::agent_payload::AgentPayload;
use crate::outgoing::{HttpResponse, RequestError, send, signature_headers};

const EXIT_CODES: &str = "\
Exit codes: 0 success status, 3 client error status (400 to 499), 4 any other status, 5 no response, 1 failure, 2 invalid command line.

Examples:
  agent-studio call http://127.0.0.1:8080/count-selected \"https://app.encord.com/label_editor/PROJECT/DATA/0\"
  agent-studio call https://agents.example.com/check --object a1B2c3D4 \\
      \"http://127.0.0.1:8899/#project=PROJECT&data=DATA&frame=0\"
  agent-studio call http://127.0.0.1:8080/check --save-case check-cat \
      \"http://127.0.0.1:8899/#project=PROJECT&data=DATA&frame=0\"";

/// Exit code for a status of 400 to 499.
const EXIT_CLIENT_ERROR: u8 = 3;
/// Exit code for any other status that is not a success.
const EXIT_OTHER_STATUS: u8 = 4;
/// Exit code for a request that got no response.
const EXIT_NO_RESPONSE: u8 = 5;

/// Call an agent as the label editor does, and show the request, the response and the response time.
///
/// The editor's URL identifies the data unit and the frame. Copy it from the address bar of the platform's label editor
/// or of the studio's page.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Call {
    /// The agent's URL, including its path.
    agent_url: String,
    /// The label editor's URL, as in the address bar. Quote it, because it contains `&` and `#`.
    editor_url: String,
    /// Send the test header of editors: the agent's server must respond without running the agent.
    #[arg(long, conflicts_with = "sign_with")]
    test_header: bool,
    /// Ask for a dry run: the agent runs, nothing is saved, and the label changes are shown. The server must have
    /// `AGENT_DRY_RUN=true`, or the request must be signed.
    #[arg(long, conflicts_with = "test_header")]
    dry_run: bool,
    /// Sign the request, as the platform's backend does, with the secret in this environment variable.
    #[arg(long, value_name = "ENV")]
    sign_with: Option<String>,
    /// The frame, counted from 0. Default: the frame in the URL, or 0.
    #[arg(long)]
    frame: Option<u64>,
    /// The hash of a selected object. May be repeated.
    #[arg(long = "object", value_name = "HASH", value_delimiter = ',')]
    objects: Vec<String>,
    /// Timeout of the call, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
    /// Save the call as a test with this name, in the folder of the studio's option `--cases`. `agent-studio replay` repeats it.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["test_header", "dry_run"])]
    save_case: Option<String>,
    /// Print a JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

/// A request, in a form that can be sent and also printed as a `curl` command.
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
            let value = HeaderValue::try_from(value)
                .map_err(|_| Failure::new(format!("`{value}` is not a valid header value.")))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        let http = Http::new()?;
        let recorder = match &self.save_case {
            Some(name) => Some(CaseRecorder::start(&http, name, &EditorUrl::parse(&self.editor_url)?).await?),
            None => None,
        };
        let builder = http.request(Method::POST, request.url.clone()).headers(headers).body(request.body.clone());
        let response = send(builder.timeout(Duration::from_secs(self.timeout))).await;
        if self.json {
            print_stdout(serde_json::to_string_pretty(&request.as_json(&response)).unwrap_or_default());
        } else {
            print_stdout(request.as_table(&response));
        }
        if let (Some(recorder), Ok(response)) = (recorder, &response) {
            let folder = recorder.save(&http, &request.url, &request.body, response).await?;
            print_stderr(format!("Saved as a test in {folder}."));
        }
        Ok(match response {
            Ok(response) if response.is_success() => 0,
            Ok(HttpResponse { status: 400..=499, .. }) => EXIT_CLIENT_ERROR,
            Ok(_) => EXIT_OTHER_STATUS,
            Err(_) => EXIT_NO_RESPONSE,
        })
    }

    fn request(&self) -> Result<Request, Failure> {
        let url = http::parse_url(&self.agent_url)?;
        let location = EditorUrl::parse(&self.editor_url)?;
        let frame = self.frame.or(location.frame).unwrap_or(0);
        let objects = if self.objects.is_empty() { location.objects.clone() } else { self.objects.clone() };
        let payload = AgentPayload {
            project_hash: location.project,
            data_hash: &location.data.to_string(),
            frame,
            object_hashes: (!objects.is_empty()).then_some(objects.as_slice()),
        };
        let body = serde_json::to_string(&payload).map_err(|error| Failure::from_error(&error))?;
        let trace = TraceId::fresh().to_string();
        let mut headers =
            vec![("content-type", "application/json".to_owned()), ("x-cloud-trace-context", format!("{trace}/1;o=1"))];
        if let Some(variable) = &self.sign_with {
            headers.extend(signature_headers(&read_secret(variable)?, body.as_bytes()));
        } else {
            // Requests of the backend have no `Origin` header; requests of pages do.
            headers.push(("origin", location.origin.clone()));
        }
        if self.dry_run {
            headers.push((DRY_RUN_HEADER, "true".to_owned()));
        }
        if self.test_header {
            headers.push(("x-encord-editor-agent", "test-payload".to_owned()));
        }
        Ok(Request { url, headers, body, trace, editor: location.with_frame(frame) })
    }
}

impl Request {
    fn origin(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| *name == "origin").map(|(_, value)| value.as_str())
    }

    /// Returns a `curl` command for a POSIX shell that sends the same request.
    fn curl(&self) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))).collect();
        let (url, body) = (quoted(self.url.as_str()), quoted(&self.body));
        format!("curl -sS -X POST {url} {} --data-raw {body}", headers.join(" "))
    }

    fn as_table(&self, response: &Result<HttpResponse, RequestError>) -> Table {
        let mut table = Table::default();
        table.section("Request");
        table.row("url", self.url.as_str());
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        table.row("headers", headers.join("\n"));
        table.row("body", &self.body);
        table.section("Response");
        match response {
            Ok(response) => self.response_rows(response, &mut table),
            Err(error) => table.row("error", styled(BAD, http::no_response(&self.url, error))),
        }
        table.row("trace id", &self.trace);
        table.section("Reproduce");
        table.row("editor", &self.editor);
        table.row("curl", self.curl());
        table
    }

    fn response_rows(&self, response: &HttpResponse, table: &mut Table) {
        let style = if response.is_success() { GOOD } else { BAD };
        let code = reqwest::StatusCode::from_u16(response.status).ok();
        let reason = code.and_then(|code| code.canonical_reason()).unwrap_or_default();
        table.row("status", styled(style, format!("{} {reason}", response.status).trim_end()));
        table.row("time", format!("{:.1} ms", milliseconds(response)));
        let body = String::from_utf8_lossy(&response.body);
        let value: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        for key in ["message", "decision"] {
            if let Some(text) = value.get(key).and_then(Value::as_str) {
                table.row(key, text);
            }
        }
        for difference in differences(&value) {
            table.row("dry run", difference.to_string());
        }
        table.row("body", if body.is_empty() { "(empty)" } else { &*body });
        if let Some(origin) = self.origin() {
            let readable = if is_readable(response, origin) {
                format!("a page of {origin} can read the response")
            } else {
                styled(
                    BAD,
                    format!("a page of {origin} cannot read the response: the server does not allow that origin"),
                )
            };
            table.row("browser", readable);
        }
    }

    fn as_json(&self, response: &Result<HttpResponse, RequestError>) -> Value {
        let headers: serde_json::Map<_, _> =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let received = response.as_ref().ok().map(|response| {
            let headers: serde_json::Map<_, _> = response
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
                .collect();
            json!({
                "status": response.status,
                "headers": headers,
                "body": String::from_utf8_lossy(&response.body),
                "milliseconds": milliseconds(response),
                "readableByPage": self.origin().map(|origin| is_readable(response, origin)),
            })
        });
        json!({
            "request": {"url": self.url.as_str(), "headers": headers, "body": self.body},
            "answer": received,
            "problem": response.as_ref().err().map(|error| http::no_response(&self.url, error)),
            "traceId": self.trace,
            "editorUrl": self.editor,
            "curl": self.curl(),
        })
    }
}

/// Returns the label changes in the response to a dry run.
fn differences(response: &Value) -> Vec<LabelDifference> {
    let labels = response.pointer("/dryRun/labels");
    labels.and_then(|labels| Vec::deserialize(labels).ok()).unwrap_or_default()
}

fn milliseconds(response: &HttpResponse) -> f64 {
    (response.duration.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Returns whether a browser lets a page of this origin read the response (CORS).
fn is_readable(response: &HttpResponse, origin: &str) -> bool {
    let allowed = response.header("access-control-allow-origin");
    allowed == "*" || allowed == origin
}
