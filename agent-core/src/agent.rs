//! An agent, and the set of agents that a server serves.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::call::EditorCall;
use crate::definition::{AgentDefinition, FindingsTarget};
use crate::error::AgentError;
use crate::registry::{Registered, registered};
use crate::requirements::{Declaration, Requirements};
use crate::response::{Reply, ReplyForm};
use crate::stage::AgentStage;

/// The future of an agent's call, boxed so that agents of every type fit in one list.
pub type AgentFuture<'call> = Pin<Box<dyn Future<Output = Result<Reply, AgentError>> + Send + 'call>>;

/// An editor agent: its definition, and the function that declares and runs it.
pub struct Agent {
    /// The static data.
    pub definition: AgentDefinition,
    /// The workflow stage that the agent works on.
    #[doc(hidden)]
    pub stage: Option<AgentStage>,
    #[doc(hidden)]
    pub act: for<'act> fn(Act<'act>) -> Option<AgentFuture<'act>>,
}

impl Agent {
    /// Returns the requirements of the agent's parameters.
    #[must_use]
    pub fn requirements(&self) -> Requirements {
        self.requirements_for(FindingsTarget::Response)
    }

    /// Returns the requirements of the agent on a server whose findings have this target.
    #[must_use]
    pub fn requirements_for(&self, findings: FindingsTarget) -> Requirements {
        let mut requirements = self.declaration().requirements;
        if self.definition.findings.unwrap_or(findings) == FindingsTarget::Issues {
            requirements.require_issues();
        }
        requirements
    }

    /// Returns the names of the workflow pathways that the agent can decide for. Empty if it never decides, or decides in free
    /// text.
    #[must_use]
    pub fn decisions(&self) -> &'static [&'static str] {
        self.declaration().decisions
    }

    /// Returns the form of the agent's response body.
    #[must_use]
    pub fn reply_form(&self) -> ReplyForm {
        self.declaration().reply
    }

    fn declaration(&self) -> Declaration {
        let mut declaration = Declaration::default();
        (self.act)(Act::Declare(&mut declaration));
        declaration
    }

    /// Runs the agent on one call.
    pub fn run<'call>(&self, call: &'call EditorCall) -> AgentFuture<'call> {
        (self.act)(Act::Run(call))
            .unwrap_or_else(|| Box::pin(std::future::ready(Err(AgentError::internal("the agent did not compile")))))
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AgentDefinition { name, path, location, .. } = &self.definition;
        write!(f, "{name} at {path} ({location})")
    }
}

/// The task of the generated function. It is one function for both tasks, so that it names each parameter's type once.
#[doc(hidden)]
pub enum Act<'act> {
    Declare(&'act mut Declaration),
    Run(&'act EditorCall),
}

/// The definition of the function with a key. `#[editor_agent]` implements it with a type `D` of the author's crate.
#[doc(hidden)]
pub trait EditorAgent<const KEY: u64, D> {
    /// The agent.
    const AGENT: &'static Agent;
}

inventory::collect!(Registered<Agent>);

/// The agents that a server serves: made by `agents!`, or collected at start-up.
#[derive(Debug, Clone)]
pub struct AgentSet {
    agents: Vec<&'static Agent>,
}

/// Argument of `Server::agents`: an [`AgentSet`], which `agents![...]` makes.
#[diagnostic::on_unimplemented(
    message = "this is not a set of agents",
    label = "not `agents![...]`",
    note = "list the functions of the agents: write `agents![simplify, checks::validate]`"
)]
pub trait IntoAgentSet {
    /// Returns the set.
    fn into_agent_set(self) -> AgentSet;
}

impl IntoAgentSet for AgentSet {
    fn into_agent_set(self) -> AgentSet {
        self
    }
}

impl AgentSet {
    /// Creates an explicit set. `agents!` writes this after it has checked the paths.
    #[must_use]
    pub fn new(agents: &[&'static Agent]) -> Self {
        Self { agents: agents.to_vec() }
    }

    /// Creates the set of all annotated functions of all linked crates, sorted by path.
    ///
    /// A crate whose agents are to be found must be named somewhere in the program: `use my_agents as _;` is enough.
    #[must_use]
    pub fn collected() -> Self {
        let agents = registered(|agent: &Agent| (agent.definition.path, agent.definition.location));
        Self { agents }
    }

    /// Returns the agents in the order in which they are listed.
    pub fn iter(&self) -> impl Iterator<Item = &'static Agent> {
        self.agents.iter().copied()
    }

    /// Returns the annotated agents that are not in the set, although others of their package are.
    #[must_use]
    pub fn unlisted(&self) -> Vec<&'static Agent> {
        let id = |agent: &Agent| (agent.definition.package, agent.definition.location, agent.definition.path);
        let has = |candidate: &Agent| self.agents.iter().any(|agent| id(agent) == id(candidate));
        let packages: Vec<_> = self.agents.iter().map(|agent| agent.definition.package).collect();
        let collected = Self::collected().agents.into_iter();
        collected.filter(|agent| packages.contains(&agent.definition.package) && !has(agent)).collect()
    }

    /// Returns `true` if the set has no agents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }
}
