//! What can be found wrong before the first call.

use std::collections::HashMap;
use std::sync::{Arc, Once};

use super::place::BackgroundEnd;
use crate::app::{ServedAgent, ServedHandler};
use crate::call_limits::AgentLimit;
use crate::http::RESERVED_PATHS;
use crate::metrics::Metrics;
use crate::notification::Inbox;
use crate::signed::{NoSecret, SignatureCheck, WebhookSecrets};
use crate::start_error::StartError;
use agent_core::agent::{Agent, AgentSet, SourceLocation};
use agent_core::notification::NotificationHandler;
use agent_core::requirements::Needs;
use agent_core::service::SharedService;
use agent_core::signature_policy::{SignatureRule, SignedCalls};
use agent_core::states::States;

/// The name and source location of an agent or handler.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose {
    pub(super) name: &'static str,
    pub(super) location: SourceLocation,
}

/// What is served at a path of its own.
struct Served {
    path: &'static str,
    whose: Whose,
    needs: Needs,
}

/// Agents and handlers alike.
fn served(agents: &AgentSet, handlers: &[&'static NotificationHandler]) -> Vec<Served> {
    let served = |path, name, location: SourceLocation, needs| Served { path, whose: Whose { name, location }, needs };
    let agents = agents.iter().map(|agent| served(agent.path, agent.name, agent.location, agent.needs()));
    let handlers = handlers.iter().map(|one| served(one.path, one.name, one.location, (one.takes)().needs));
    agents.chain(handlers).collect()
}

/// Whether paths are free, state is there, and no parameter asks for what cannot be. Says who needs the platform first.
pub(super) fn check(
    agents: &AgentSet,
    handlers: &[&'static NotificationHandler],
    states: &States,
) -> Result<Option<(Whose, &'static dyn SharedService)>, StartError> {
    if agents.is_empty() && handlers.is_empty() {
        return Err(StartError::NoAgents);
    }
    let mut paths: HashMap<&str, Whose> = HashMap::new();
    let mut platform = None;
    for Served { path, whose, needs } in served(agents, handlers) {
        let Whose { name: agent, location } = whose;
        if RESERVED_PATHS.contains(&path) {
            return Err(StartError::ReservedPath { agent, location, path });
        }
        if let Some(first) = paths.insert(path, whose) {
            return Err(StartError::DuplicatePath {
                path,
                first: first.name,
                first_location: first.location,
                second: agent,
                second_location: location,
            });
        }
        if let Some(missing) = needs.states().iter().find(|state| !states.contains(state.id)) {
            return Err(StartError::MissingState { agent, location, state: missing.type_name });
        }
        if let Some(taken) = needs.conflict() {
            return Err(StartError::TakenTwice { agent, location, taken });
        }
        platform = platform.or_else(|| Some((whose, needs.shared_service()?)));
    }
    for agent in agents.iter() {
        if let Some(key) = agent.label_row.unsavable()
            && agent.needs().saves_label_row()
        {
            return Err(StartError::Unsavable { agent: agent.name, location: agent.location, key });
        }
    }
    Ok(platform)
}

/// Refuses what works in the background where that comes to nothing: a notification is acknowledged by then, and does not come
/// again.
pub(super) fn background_work(
    agents: &AgentSet,
    handlers: &[&'static NotificationHandler],
    end: BackgroundEnd,
) -> Result<(), StartError> {
    let leaving = agents.iter().find(|agent| agent.needs().leaves_background_work());
    let leaving = leaving.map(|agent| (agent.name, agent.location));
    match leaving.or_else(|| handlers.first().map(|handler| (handler.name, handler.location))) {
        Some((name, location)) => {
            Err(StartError::BackgroundWork { name, location, place: end.what, instead: end.instead })
        }
        None => Ok(()),
    }
}

/// The agents, each with its signature policy and limits.
pub(super) fn agents(
    agents: &AgentSet,
    secrets: &WebhookSecrets,
    metrics: &Metrics,
) -> Result<Vec<Arc<ServedAgent>>, StartError> {
    let served = |agent: &'static Agent| {
        let whose = Whose { name: agent.name, location: agent.location };
        let signature = signature(&agent.signed_calls, secrets, whose)?;
        let (limit, metrics) = (AgentLimit::of(agent), metrics.of_agent(agent.path));
        Ok(Arc::new(ServedAgent { agent, signature, limit, metrics, long_message: Once::new() }))
    };
    agents.iter().map(served).collect()
}

/// The handlers, with what they demand: a signature, unless they say otherwise.
pub(super) fn handlers(
    handlers: &[&'static NotificationHandler],
    secrets: &WebhookSecrets,
) -> Result<Vec<Arc<ServedHandler>>, StartError> {
    let served = |handler: &&'static NotificationHandler| {
        let demands = SignedCalls {
            rule: Some(handler.signed_calls.rule.unwrap_or(SignatureRule::Required)),
            ..handler.signed_calls
        };
        let signature = signature(&demands, secrets, Whose { name: handler.name, location: handler.location })?;
        Ok(Arc::new(ServedHandler { handler, signature, takes: (handler.takes)(), inbox: Inbox::default() }))
    };
    handlers.iter().map(served).collect()
}

/// Warns of agents that refuse replays and share a secret: the path is not signed, so that a call of one is valid at the others.
pub(super) fn warn_of_shared_secrets(agents: &[Arc<ServedAgent>], handlers: &[Arc<ServedHandler>]) {
    let agents = agents.iter().map(|served| (served.agent.name, &served.signature));
    let handlers = handlers.iter().map(|served| (served.handler.name, &served.signature));
    let checks: Vec<_> = agents.chain(handlers).collect();
    let names = SignatureCheck::replayable_elsewhere(&checks);
    if !names.is_empty() {
        let agents = names.join(", ");
        tracing::warn!(
            agents,
            "these refuse replays, but share a secret: the path is not signed, so that a call captured for one is accepted once by each \
             of the others; give each a secret of its own with `secret_env`"
        );
    }
}

fn signature(demands: &SignedCalls, secrets: &WebhookSecrets, whose: Whose) -> Result<SignatureCheck, StartError> {
    SignatureCheck::of(demands, secrets).map_err(|error| match error {
        NoSecret::Missing(variable) => {
            StartError::MissingSecret { agent: whose.name, location: whose.location, variable }
        }
        NoSecret::Unusable(variable) => StartError::Variable(variable),
    })
}
