//! Description of the agents of a server, for the OpenAPI document and the page `/docs`.

mod headers;
#[cfg(feature = "openapi")]
mod openapi;
mod statuses;

use std::time::Duration;

use agent_core::requirements::PayloadMember;
use agent_core::response::ReplyForm;
use agent_core::signature_policy::SignatureRule;

pub(super) use self::headers::{REQUEST_HEADERS, SIGNATURE_HEADERS, SIGNATURE_SCHEME};
#[cfg(feature = "openapi")]
pub(super) use self::openapi::document;
pub(super) use self::statuses::{Outcome, agent_outcomes, handler_outcomes};
use crate::app::{App, ServedAgent, ServedHandler};

/// The description of one agent on a server.
#[derive(Debug)]
pub(super) struct AgentDescription {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    /// Markdown.
    pub(super) text: &'static str,
    /// Names of the requirements of the parameters.
    pub(super) needs: Vec<String>,
    /// Members of the payload that the agent reads. Empty if it ignores the body.
    pub(super) members: Vec<PayloadMember>,
    pub(super) reply: ReplyForm,
    pub(super) decisions: &'static [&'static str],
    pub(super) signature: SignatureRule,
    pub(super) timeout: Option<Duration>,
    pub(super) concurrency: Option<usize>,
    pub(super) saves: bool,
    pub(super) calls_platform: bool,
}

impl AgentDescription {
    pub(super) fn new(served: &ServedAgent, app: &App) -> Self {
        let (agent, requirements) = (served.agent, served.agent.requirements_for(app.settings.findings));
        let definition = &agent.definition;
        Self {
            name: definition.name,
            path: definition.path,
            text: definition.description,
            needs: requirements.items().to_vec(),
            members: requirements.payload_members().to_vec(),
            reply: agent.reply_form(),
            decisions: agent.decisions(),
            signature: served.signature.rule(),
            timeout: definition.timeout.limit(app.settings.timeout),
            concurrency: definition.concurrency,
            saves: requirements.saves_label_row(),
            calls_platform: requirements.shared_service().is_some(),
        }
    }

    /// Returns `true` if the agent reads this member of the payload.
    pub(super) fn reads(&self, member: PayloadMember) -> bool {
        self.members.contains(&member)
    }
}

/// The description of one notification handler.
#[derive(Debug)]
pub(super) struct HandlerDescription {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    /// Markdown.
    pub(super) text: &'static str,
    /// The `event_type` of its notifications. `None` if it takes all types.
    pub(super) event_type: Option<&'static str>,
    pub(super) signature: SignatureRule,
}

impl HandlerDescription {
    pub(super) fn new(served: &ServedHandler) -> Self {
        let handler = served.handler;
        Self {
            name: handler.name,
            path: handler.path,
            text: handler.description,
            event_type: served.takes.event_type,
            signature: served.signature.rule(),
        }
    }
}
