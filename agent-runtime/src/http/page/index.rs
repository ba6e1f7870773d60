//! `GET /` as a page: the list of agents, each with a form that calls it.

use axum::body::Body;
use axum::http::Response;

use super::{STYLE, WITH_SCRIPT, count, described, escape, fact_list, facts, html, markdown};
use crate::app::App;
use crate::http::description::{AgentDescription, HandlerDescription};

/// Returns the page. `base` is the URL at which the reader reached the server, such as `http://HOST`.
pub(in crate::http) fn index(app: &App, base: &str) -> Response<Body> {
    let (agents, handlers) = described(app);
    let cards = agents.iter().map(|agent| card(agent, base));
    let cards: String = cards.chain(handlers.iter().map(|handler| handler_card(handler, base))).collect();
    let page = format!(
        include_str!("index.html"),
        cards = cards,
        style = STYLE,
        script = include_str!("index.js"),
        base = escape(base),
        version = escape(&app.version()),
        runtime = env!("CARGO_PKG_VERSION"),
        agents = count(agents.len()),
    );
    html(page, WITH_SCRIPT)
}

fn card(agent: &AgentDescription, base: &str) -> String {
    format!(
        include_str!("agent.html"),
        facts = fact_list(&facts(agent)),
        name = escape(agent.name),
        path = escape(agent.path),
        base = escape(base),
        text = markdown::render(agent.text),
    )
}

fn handler_card(handler: &HandlerDescription, base: &str) -> String {
    format!(
        include_str!("handler.html"),
        name = escape(handler.name),
        base = escape(base),
        path = escape(handler.path),
        text = markdown::render(handler.text),
        event = escape(handler.event_type.unwrap_or("every notification")),
    )
}
