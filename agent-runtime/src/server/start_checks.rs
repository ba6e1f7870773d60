//! Checks before the first call: paths, state, parameters, secrets.

use std::collections::HashMap;
use std::sync::{Arc, Once};

use super::hosting::BackgroundLoss;
use crate::app::{ServedAgent, ServedHandler, StageWorker};
use crate::call_limits::AgentLimit;
use crate::http::RESERVED_PATHS;
use crate::metrics::Metrics;
use crate::notification::Inbox;
use crate::start_error::StartError;
use crate::webhook_signature::{SecretError, SignatureCheck, WebhookSecrets};
use agent_core::agent::{Agent, AgentSet};
use agent_core::definition::{AgentDefinition, FindingsTarget, SourceLocation};
use agent_core::notification::NotificationHandler;
use agent_core::requirements::Requirements;
use agent_core::service::SharedService;
use agent_core::signature_policy::{SignatureRule, SignedCalls};
use agent_core::stage::Stage;
use agent_core::states::States;
use agent_platform::typed::TypedClass;

/// The name and the source location of an agent or handler.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) location: SourceLocation,
}

/// An agent or handler with its path and requirements.
struct Served {
    path: &'static str,
    function: Function,
    requirements: Requirements,
}

/// Returns agents and handlers in one list.
fn served(agents: &AgentSet, handlers: &[&'static NotificationHandler], findings: FindingsTarget) -> Vec<Served> {
    let served = |path, name, location: SourceLocation, requirements| Served {
        path,
        function: Function { name, location },
        requirements,
    };
    let agents = agents.iter().map(|agent| {
        let definition = &agent.definition;
        served(definition.path, definition.name, definition.location, agent.requirements_for(findings))
    });
    let handlers = handlers.iter().map(|one| served(one.path, one.name, one.location, one.takes().requirements));
    agents.chain(handlers).collect()
}

/// Returns the classes of `ontology!` that the functions read.
pub(super) fn classes(
    agents: &AgentSet,
    handlers: &[&'static NotificationHandler],
    findings: FindingsTarget,
) -> Vec<TypedClass> {
    let mut classes = Vec::new();
    for class in served(agents, handlers, findings).iter().flat_map(|served| served.requirements.classes()) {
        if !classes.contains(class) {
            classes.push(*class);
        }
    }
    classes
}

/// Checks paths, state and parameters. Returns the first function that needs the platform, with the service.
///
/// # Errors
/// A path is duplicate or reserved, state is missing, or parameters conflict.
pub(super) fn check(
    agents: &AgentSet,
    handlers: &[&'static NotificationHandler],
    states: &States,
    findings: FindingsTarget,
) -> Result<Option<(Function, &'static dyn SharedService)>, StartError> {
    if agents.is_empty() && handlers.is_empty() {
        return Err(StartError::NoAgents);
    }
    let mut paths: HashMap<&str, Function> = HashMap::new();
    let mut platform = None;
    for Served { path, function, requirements } in served(agents, handlers, findings) {
        let Function { name: agent, location } = function;
        if RESERVED_PATHS.contains(&path) {
            return Err(StartError::ReservedPath { agent, location, path });
        }
        if let Some(first) = paths.insert(path, function) {
            return Err(StartError::DuplicatePath {
                path,
                first: first.name,
                first_location: first.location,
                second: agent,
                second_location: location,
            });
        }
        if let Some(missing) = requirements.states().iter().find(|state| !states.contains(state.id)) {
            return Err(StartError::MissingState { agent, location, state: missing.type_name });
        }
        if let Some(taken) = requirements.conflict() {
            return Err(StartError::ConflictingParameters { agent, location, taken });
        }
        platform = platform.or_else(|| Some((function, requirements.shared_service()?)));
    }
    for agent in agents.iter() {
        if let Some(key) = agent.definition.label_row.unsavable()
            && agent.requirements().saves_label_row()
        {
            return Err(StartError::PartialLabelRow {
                agent: agent.definition.name,
                location: agent.definition.location,
                key,
            });
        }
    }
    Ok(platform)
}

/// Returns the first agent with a stage, with the service that the work on stages needs.
pub(super) fn platform_of_stages(
    agents: &AgentSet,
    worker: Option<&'static StageWorker>,
) -> Option<(Function, &'static dyn SharedService)> {
    let agent = agents.iter().find(|agent| agent.stage.is_some()).or_else(|| agents.iter().next())?;
    let function = Function { name: agent.definition.name, location: agent.definition.location };
    Some((function, worker?.service))
}

/// Rejects agents and handlers with background work where the hosting platform does not let it finish: the platform does not
/// redeliver a notification that was acknowledged.
///
/// # Errors
/// An agent or handler leaves work to the background.
pub(super) fn background_work(
    agents: &AgentSet,
    handlers: &[&'static NotificationHandler],
    loss: BackgroundLoss,
) -> Result<(), StartError> {
    let agent = agents.iter().find(|agent| agent.requirements().leaves_background_work());
    let agent = agent.map(|agent| (agent.definition.name, agent.definition.location));
    match agent.or_else(|| handlers.first().map(|handler| (handler.name, handler.location))) {
        Some((name, location)) => {
            Err(StartError::BackgroundWork { name, location, hosting: loss.reason, instead: loss.remedy })
        }
        None => Ok(()),
    }
}

/// Rejects agents with a stage where the hosting platform does not let the program go on between calls. A drain is no such program.
///
/// # Errors
/// An agent has a stage.
pub(super) fn stages(
    agents: &AgentSet,
    stages: &[(Stage, AgentSet)],
    is_drain: bool,
    loss: BackgroundLoss,
) -> Result<(), StartError> {
    let of_server = stages.iter().find_map(|(_, agents)| agents.iter().next());
    let agent = agents.iter().find(|agent| agent.stage.is_some()).or(of_server).filter(|_| !is_drain);
    match agent.map(|agent| agent.definition) {
        Some(AgentDefinition { name, location, .. }) => {
            Err(StartError::BackgroundWork { name, location, hosting: loss.reason, instead: loss.remedy })
        }
        None => Ok(()),
    }
}

/// Resolves the signature policy and limits of each agent.
///
/// # Errors
/// A secret is missing or invalid.
pub(super) fn agents(
    agents: &AgentSet,
    secrets: &WebhookSecrets,
    metrics: &Metrics,
    findings: FindingsTarget,
) -> Result<Vec<ServedAgent>, StartError> {
    let served = |agent: &'static Agent| {
        let function = Function { name: agent.definition.name, location: agent.definition.location };
        let signature = signature(&agent.definition.signed_calls, secrets, function)?;
        let (limit, metrics) = (AgentLimit::new(agent, findings), metrics.for_agent(agent.definition.path));
        Ok(ServedAgent { agent, signature, limit, metrics, long_message: Once::new() })
    };
    agents.iter().map(served).collect()
}

/// Resolves the signature policy of each handler. Default: signed notifications only.
///
/// # Errors
/// A secret is missing or invalid.
pub(super) fn handlers(
    handlers: &[&'static NotificationHandler],
    secrets: &WebhookSecrets,
) -> Result<Vec<Arc<ServedHandler>>, StartError> {
    let served = |handler: &&'static NotificationHandler| {
        let policy = SignedCalls {
            rule: Some(handler.signed_calls.rule.unwrap_or(SignatureRule::Required)),
            ..handler.signed_calls
        };
        let signature = signature(&policy, secrets, Function { name: handler.name, location: handler.location })?;
        Ok(Arc::new(ServedHandler { handler, signature, takes: handler.takes(), inbox: Inbox::default() }))
    };
    handlers.iter().map(served).collect()
}

/// Warns of agents that reject replays and share a secret: the path is not signed, so that a call of one is valid at the others.
pub(super) fn warn_of_shared_secrets(agents: &[ServedAgent], handlers: &[Arc<ServedHandler>]) {
    let agents = agents.iter().map(|served| (served.agent.definition.name, &served.signature));
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

/// Warns of agents that the program has, and that its list lacks.
pub(super) fn warn_of_unlisted_agents(listed: &AgentSet) {
    let unlisted: Vec<_> = listed.unlisted().iter().map(|agent| agent.definition.name).collect();
    if !unlisted.is_empty() {
        let agents = unlisted.join(", ");
        tracing::warn!(agents, "these are not served, because `agents![...]` does not list them");
    }
}

fn signature(policy: &SignedCalls, secrets: &WebhookSecrets, function: Function) -> Result<SignatureCheck, StartError> {
    SignatureCheck::new(policy, secrets).map_err(|error| match error {
        SecretError::Missing(variable) => {
            StartError::MissingSecret { agent: function.name, location: function.location, variable }
        }
        SecretError::Unusable(variable) => StartError::Variable(variable),
    })
}
