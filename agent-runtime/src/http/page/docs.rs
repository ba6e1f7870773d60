//! `GET /docs`: the description of the agents for people.

use agent_core::requirements::PayloadMember;
use agent_core::response::ReplyForm;
use agent_core::signature_policy::SignatureRule;
use axum::body::Body;
use axum::http::Response;

use super::{STYLE, WITHOUT_SCRIPT, count, described, escape, fact_list, facts, html, markdown};
use crate::app::App;
use crate::http::description::{
    AgentDescription, HandlerDescription, Outcome, REQUEST_HEADERS, SIGNATURE_HEADERS, SIGNATURE_SCHEME,
    agent_outcomes, handler_outcomes,
};

/// Returns the page. `base` is the URL at which the reader reached the server, such as `http://HOST`.
pub(in crate::http) fn docs(app: &App, base: &str) -> Response<Body> {
    let (agents, handlers) = described(app);
    let sections = agents.iter().map(|agent| (agent.path, agent.name));
    let sections = sections.chain(handlers.iter().map(|handler| (handler.path, handler.name)));
    let entry = |(path, name): (&str, &str)| format!("<li><a href=\"#{}\">{}</a></li>", id(path), escape(name));
    let contents = "<li><a href=\"#calls\">Calls</a></li>".to_owned() + &sections.map(entry).collect::<String>();
    let articles = agents.iter().map(|agent| agent_article(agent, base));
    let articles: String = articles.chain(handlers.iter().map(handler_article)).collect();
    let mut rules = agents.iter().map(|agent| agent.signature).chain(handlers.iter().map(|handler| handler.signature));
    let is_signed = rules.any(|rule| rule != SignatureRule::Off);
    let page = format!(
        include_str!("docs.html"),
        style = STYLE,
        agents = count(agents.len()),
        base = escape(base),
        version = escape(&app.version()),
        runtime = env!("CARGO_PKG_VERSION"),
        document = if cfg!(feature = "openapi") { " For tools: <a href=\"openapi.json\">OpenAPI</a>." } else { "" },
        contents = contents,
        headers = REQUEST_HEADERS.iter().map(|header| row(header.name, header.text)).collect::<String>(),
        signatures = if is_signed { signatures() } else { String::new() },
        articles = articles,
    );
    html(page, WITHOUT_SCRIPT)
}

/// Returns the id of the section of an agent or handler. The characters of a path are valid in an id and in a fragment.
fn id(path: &str) -> String {
    escape(&path.replacen('/', "section-", 1))
}

fn agent_article(agent: &AgentDescription, base: &str) -> String {
    let success = format!("<tr><th><code>200</code></th><td>{}</td></tr>", reply(agent));
    format!(
        include_str!("docs_agent.html"),
        id = id(agent.path),
        name = escape(agent.name),
        path = escape(agent.path),
        text = markdown::render(agent.text),
        facts = fact_list(&facts(agent)),
        request = request(agent),
        curl = escape(&curl(agent, base)),
        success = success,
        errors = rows(&agent_outcomes(agent)),
    )
}

fn handler_article(handler: &HandlerDescription) -> String {
    format!(
        include_str!("docs_handler.html"),
        id = id(handler.path),
        name = escape(handler.name),
        path = escape(handler.path),
        text = markdown::render(handler.text),
        event = escape(handler.event_type.unwrap_or("every notification")),
        success = row("200", "The notification is accepted, or ignored because it is repeated or of another type."),
        errors = rows(&handler_outcomes(handler)),
    )
}

/// Returns a row of a table, with Markdown in its second cell.
fn row(name: &str, text: &str) -> String {
    format!("<tr><th><code>{}</code></th><td>{}</td></tr>", escape(name), markdown::render(text))
}

fn rows(outcomes: &[Outcome]) -> String {
    outcomes.iter().map(|outcome| row(outcome.status.code().as_str(), outcome.reason)).collect()
}

/// Returns the table of the members of the payload.
fn request(agent: &AgentDescription) -> String {
    if agent.members.is_empty() {
        return "<div class=\"text\"><p>The agent does not read the body.</p></div>".to_owned();
    }
    let mut members = row("projectHash", "UUID. The project that the annotator works in.");
    members += &row("dataHash", "UUID. The data unit in front of the annotator.");
    if agent.reads(PayloadMember::FRAME) {
        members += &row("frame", "Integer, optional. The frame in front of the annotator, from 0. Default: 0.");
    }
    if agent.reads(PayloadMember::OBJECT_HASHES) {
        members += &row("objectHashes", "Array of strings, optional. The selected objects.");
    }
    if agent.reads(PayloadMember::EXTRA) {
        members += &row("...", "Further members, such as the configuration parameters of the agent.");
    }
    format!("<table><thead><tr><th>member</th><th>value</th></tr></thead><tbody>{members}</tbody></table>")
}

/// Returns the meaning of a successful response.
fn reply(agent: &AgentDescription) -> String {
    match agent.reply {
        ReplyForm::Nothing => markdown::render("`null`."),
        ReplyForm::Message => markdown::render("`message`: a sentence for the annotator. Or `null`."),
        ReplyForm::Response => {
            let text = "`message`: a sentence for the annotator. `decision`: the pathway that the task follows. Both are optional.";
            markdown::render(text) + &decisions(agent)
        }
        ReplyForm::Findings => {
            let text = "`message`: a sentence for the annotator. `findings`: the findings, each with its severity, text and place. \
                        `decision`: the pathway that the task follows; optional.";
            markdown::render(text) + &decisions(agent)
        }
        _ => markdown::render("Any JSON."),
    }
}

/// Returns a paragraph with the decisions, if the agent has any.
fn decisions(agent: &AgentDescription) -> String {
    if agent.decisions.is_empty() {
        return String::new();
    }
    let names: Vec<_> = agent.decisions.iter().map(|name| format!("<code>{}</code>", escape(name))).collect();
    format!("<p>Decisions: {}.</p>", names.join(", "))
}

/// Returns a shell command that calls the agent.
fn curl(agent: &AgentDescription, base: &str) -> String {
    let mut payload = r#"{"projectHash": "PROJECT", "dataHash": "DATA""#.to_owned();
    if agent.reads(PayloadMember::FRAME) {
        payload.push_str(r#", "frame": 0"#);
    }
    if agent.reads(PayloadMember::OBJECT_HASHES) {
        payload.push_str(r#", "objectHashes": ["OBJECT"]"#);
    }
    let signed = match agent.signature {
        SignatureRule::Required => " \\\n  -H \"X-Encord-Timestamp: $TIME\" -H \"X-Encord-Signature: $SIGNATURE\"",
        _ => "",
    };
    format!("curl '{base}{path}' -H 'Content-Type: application/json'{signed} \\\n  -d '{payload}}}'", path = agent.path)
}

fn signatures() -> String {
    let headers: String = SIGNATURE_HEADERS.iter().map(|(name, text)| row(name, text)).collect();
    format!(
        "<h3>Signatures</h3><div class=\"text\">{}</div><table><thead><tr><th>header</th><th>meaning</th></tr></thead><tbody>{headers}</tbody></table>",
        markdown::render(SIGNATURE_SCHEME),
    )
}
