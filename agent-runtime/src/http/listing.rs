//! `GET /` as JSON: the list of agents and notification handlers.

use agent_core::stage::Stage;
use axum::body::Body;
use axum::http::{Response, StatusCode};
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
    /// Markdown.
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
    /// The workflow stage that the agent works on. Absent for an agent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<StageEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StageEntry<'a> {
    /// Title or UUID of the stage.
    stage: &'a str,
    /// Pathway of tasks for which the agent decides nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pathway: Option<&'a str>,
    /// Pathway of tasks that have failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_failure: Option<&'a str>,
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
    fn new(served: &'a ServedAgent, stage: Option<&'a Stage>, app: &App) -> Self {
        let agent = served.agent;
        Self {
            name: agent.definition.name,
            path: agent.definition.path,
            description: agent.definition.description,
            needs: agent.requirements_for(app.settings.findings).items().to_vec(),
            signature: served.signature.rule().as_str(),
            decisions: agent.decisions(),
            timeout: agent.definition.timeout.limit(app.settings.timeout).map(|limit| limit.as_secs_f64()),
            concurrency: agent.definition.concurrency,
            stage: stage.map(|stage| StageEntry {
                stage: &stage.stage,
                pathway: stage.pathway.as_deref(),
                on_failure: stage.on_failure.as_deref(),
            }),
        }
    }
}

/// Returns the list as JSON.
pub(super) fn json(app: &App) -> Response<Body> {
    let stage = |agent| app.stages.iter().find(|served| served.agent == agent).map(|served| &served.stage);
    let entry = |(index, served)| AgentEntry::new(served, stage(index), app);
    let agents = app.agents.iter().enumerate().map(entry).collect();
    let notification_handlers = app.handlers.iter().map(|served| HandlerEntry::new(served)).collect();
    let listing =
        Listing { agents, notification_handlers, version: app.version(), runtime_version: env!("CARGO_PKG_VERSION") };
    json_response(StatusCode::OK, serde_json::to_vec(&listing).unwrap_or_default())
}
