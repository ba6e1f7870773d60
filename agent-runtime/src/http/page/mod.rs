//! `GET /`: the list of agents, as a page and as JSON.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use super::error_response::json_response;
use crate::app::{App, ServedAgent, ServedHandler};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing<'a> {
    agents: Vec<AgentEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notification_handlers: Vec<HandlerEntry<'a>>,
    /// Version of the deployment.
    version: String,
    runtime_version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AgentEntry<'a> {
    name: &'a str,
    path: &'a str,
    description: &'a str,
    needs: Vec<String>,
    /// Signature rule: `required`, `when-present` or `off`.
    signature: &'a str,
    decisions: &'a [&'a str],
    /// In seconds. Absent for an agent without a timeout.
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<f64>,
    /// Maximum number of concurrent calls. Absent for an agent without its own limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    concurrency: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HandlerEntry<'a> {
    name: &'a str,
    path: &'a str,
    description: &'a str,
    /// The `event_type` of its notifications. Absent if it takes all types.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<&'a str>,
    signature: &'a str,
}

impl<'a> HandlerEntry<'a> {
    fn new(served: &'a ServedHandler) -> Self {
        let handler = served.handler;
        Self {
            name: handler.name,
            path: handler.path,
            description: handler.description,
            event_type: served.takes.event_type,
            signature: served.signature.rule().as_str(),
        }
    }
}

impl<'a> AgentEntry<'a> {
    fn new(served: &'a ServedAgent, app: &App) -> Self {
        let agent = served.agent;
        Self {
            name: agent.definition.name,
            path: agent.definition.path,
            description: agent.definition.description,
            needs: agent.requirements().items().to_vec(),
            signature: served.signature.rule().as_str(),
            decisions: agent.decisions(),
            timeout: agent.definition.timeout.limit(app.settings.timeout).map(|limit| limit.as_secs_f64()),
            concurrency: agent.definition.concurrency,
        }
    }
}

/// Returns the list as JSON.
pub(crate) fn json(app: &App) -> Response<Body> {
    let agents = app.agents.iter().map(|served| AgentEntry::new(served, app)).collect();
    let notification_handlers = app.handlers.iter().map(|served| HandlerEntry::new(served)).collect();
    let listing =
        Listing { agents, notification_handlers, version: app.version(), runtime_version: env!("CARGO_PKG_VERSION") };
    json_response(StatusCode::OK, serde_json::to_vec(&listing).unwrap_or_default())
}

/// Returns the list as a page. `base` is the URL at which the reader reached the server, such as `http://HOST`.
pub(crate) fn html(app: &App, base: &str) -> Response<Body> {
    let agents = app.agents.iter().map(|served| card(&AgentEntry::new(served, app), base));
    let handlers = app.handlers.iter().map(|served| handler_card(&HandlerEntry::new(served), base));
    let cards: String = agents.chain(handlers).collect();
    let count = app.agents.len();
    let page = format!(
        include_str!("page.html"),
        cards = cards,
        style = include_str!("page.css"),
        script = include_str!("page.js"),
        base = escape(base),
        version = escape(&app.version()),
        runtime = env!("CARGO_PKG_VERSION"),
        agents = if count == 1 { "1 agent".to_owned() } else { format!("{count} agents") },
    );
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn handler_card(entry: &HandlerEntry<'_>, base: &str) -> String {
    format!(
        include_str!("handler.html"),
        name = escape(entry.name),
        base = escape(base),
        path = escape(entry.path),
        paragraphs = paragraphs(entry.description),
        event = escape(entry.event_type.unwrap_or("every notification")),
    )
}

fn paragraphs(description: &str) -> String {
    let paragraphs = description.split("\n\n").filter(|text| !text.is_empty());
    paragraphs.map(|text| format!("<p>{}</p>", escape(text))).collect()
}

fn card(entry: &AgentEntry<'_>, base: &str) -> String {
    let mut facts = String::new();
    let mut fact = |name: &str, chips: &[String]| {
        if !chips.is_empty() {
            let chips: String =
                chips.iter().map(|chip| format!("<span class=\"chip\">{}</span>", escape(chip))).collect();
            // Writing to a string does not fail.
            let _ = write!(facts, "<dt>{name}</dt><dd>{chips}</dd>");
        }
    };
    fact("needs", &entry.needs);
    let signed = match entry.signature {
        "required" => Some("signed by the platform"),
        "when-present" => Some("signed, or from a browser"),
        _ => None,
    };
    fact("takes calls", &signed.map(ToOwned::to_owned).into_iter().collect::<Vec<_>>());
    fact("decides", &entry.decisions.iter().map(ToString::to_string).collect::<Vec<_>>());
    fact("timeout", &entry.timeout.map(|seconds| format!("{seconds} s")).into_iter().collect::<Vec<_>>());
    fact("concurrency", &entry.concurrency.map(|calls| calls.to_string()).into_iter().collect::<Vec<_>>());
    format!(
        include_str!("agent.html"),
        facts = facts,
        name = escape(entry.name),
        path = escape(entry.path),
        base = escape(base),
        paragraphs = paragraphs(entry.description),
    )
}

/// Escapes text for HTML element content and quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
