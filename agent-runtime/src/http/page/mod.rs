//! Pages for people: the list of agents at `/`, and their description at `/docs`.

mod docs;
mod index;
mod markdown;

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};

pub(super) use self::docs::docs;
pub(super) use self::index::index;
use super::description::{AgentDescription, HandlerDescription};
use crate::app::App;

/// The style of both pages.
const STYLE: &str = include_str!("page.css");

/// The `Content-Security-Policy` of a page without a script. Nothing is loaded from anywhere.
const WITHOUT_SCRIPT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The `Content-Security-Policy` of a page whose script calls agents of its own server.
const WITH_SCRIPT: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                           img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn html(page: String, policy: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn described(app: &App) -> (Vec<AgentDescription>, Vec<HandlerDescription>) {
    let agents = app.agents.iter().map(|served| AgentDescription::new(served, app)).collect();
    (agents, app.handlers.iter().map(|served| HandlerDescription::new(served)).collect())
}

/// Returns the number of agents in words, such as `1 agent`.
fn count(agents: usize) -> String {
    if agents == 1 { "1 agent".to_owned() } else { format!("{agents} agents") }
}

/// Returns the facts about an agent: their names, each with one or more values.
fn facts(agent: &AgentDescription) -> Vec<(&'static str, Vec<Cow<'_, str>>)> {
    let one = |text: Option<Cow<'static, str>>| text.into_iter().collect::<Vec<_>>();
    let signed = match agent.signature.as_str() {
        "required" => Some("signed by the platform".into()),
        "when-present" => Some("signed, or from a browser".into()),
        _ => None,
    };
    let timeout = agent.timeout.map(|timeout| format!("{} s", timeout.as_secs_f64()).into());
    let all = [
        ("needs", agent.needs.iter().map(|need| need.as_str().into()).collect()),
        ("takes calls", one(signed)),
        ("decides", agent.decisions.iter().map(|name| (*name).into()).collect()),
        ("timeout", one(timeout)),
        ("concurrency", one(agent.concurrency.map(|calls| calls.to_string().into()))),
    ];
    all.into_iter().filter(|(_, values)| !values.is_empty()).collect()
}

/// Returns facts as entries of a definition list.
fn fact_list(facts: &[(&str, Vec<Cow<'_, str>>)]) -> String {
    let chip = |value: &Cow<'_, str>| format!("<span class=\"chip\">{}</span>", escape(value));
    let entry = |(name, values): &(&str, Vec<Cow<'_, str>>)| {
        format!("<dt>{name}</dt><dd>{}</dd>", values.iter().map(chip).collect::<String>())
    };
    facts.iter().map(entry).collect()
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
