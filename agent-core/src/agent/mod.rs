//! The definition of an agent, the registry of annotated functions, and a call of an agent.

pub mod call;
mod label_row_request;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use label_row_request::{LabelRowRequest, OnConflict};

use crate::agent::call::EditorCall;
use crate::error::AgentError;
use crate::requirements::{Declaration, Needs};
use crate::response::Reply;
use crate::signature_policy::SignedCalls;

/// What an agent's call resolves to, boxed so that agents of every type fit in one list.
pub type AgentFuture<'call> = Pin<Box<dyn Future<Output = Result<Reply, AgentError>> + Send + 'call>>;

/// A registered editor agent: where it is served, and what it says about itself.
///
/// Written by `#[editor_agent]`; read by the server's table, its listing and its page.
pub struct Agent {
    /// The name: the function's, unless the attribute says otherwise.
    pub name: &'static str,
    /// The path it is served at, e.g. `/simplify-polygons`. Starts with `/`, never ends with it.
    pub path: &'static str,
    /// What it does, for people: the doc comment, unless the attribute says otherwise. May be empty.
    pub description: &'static str,
    /// How long one call may take. `ServerDefault` unless the attribute says otherwise.
    pub timeout: AgentTimeout,
    /// Maximum number of concurrent calls of this agent: `concurrency` on the attribute. `None` for the server's limit alone.
    pub concurrency: Option<usize>,
    /// Which label row it works on, and what is read with it. The whole row on `main` unless the attribute says otherwise.
    pub label_row: LabelRowRequest,
    /// What happens if somebody else saves that label row meanwhile. `Refuse` unless the attribute says otherwise.
    pub on_conflict: OnConflict,
    /// Which signatures it demands of its callers. As many as there are secrets for unless the attribute says otherwise.
    pub signed_calls: SignedCalls,
    /// Where it stands in the source.
    pub location: SourceLocation,
    /// The crate that it is in, and its version: `my-agents 0.1.0`.
    pub package: &'static str,
    #[doc(hidden)]
    pub act: for<'act> fn(Act<'act>) -> Option<AgentFuture<'act>>,
}

impl Agent {
    /// What the agent's parameters ask for.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.declaration().needs
    }

    /// The names of the workflow pathways it can decide for; empty if it never decides, or decides in free text.
    #[must_use]
    pub fn decisions(&self) -> &'static [&'static str] {
        self.declaration().decisions
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

    /// The first paragraph of the description, on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines = self.description.lines().map(str::trim);
        lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ({})", self.name, self.path, self.location)
    }
}

/// What the generated code is asked to do. One entry point for both, so that each parameter's type is named in it once.
#[doc(hidden)]
pub enum Act<'act> {
    Declare(&'act mut Declaration),
    Run(&'act EditorCall),
}

/// How long one call of an agent may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentTimeout {
    /// As long as the server says.
    ServerDefault,
    /// `timeout = "..."` on the attribute, in milliseconds.
    Millis(u64),
    /// `no_timeout` on the attribute.
    Never,
}

impl AgentTimeout {
    /// The limit in force on a server with this default.
    #[must_use]
    pub fn limit(self, server_default: Duration) -> Option<Duration> {
        match self {
            Self::ServerDefault => Some(server_default),
            Self::Millis(millis) => Some(Duration::from_millis(millis)),
            Self::Never => None,
        }
    }
}

/// A place in the source: what start-up errors name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceLocation {
    /// The file, as the compiler was given it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A function annotated with `#[editor_agent]`. The attribute implements it for a type of the function's name, which
/// is how `agents!` names it.
#[diagnostic::on_unimplemented(
    message = "this is not an editor agent",
    label = "not an agent",
    note = "annotate the function with `#[editor_agent]`, and list it by its path"
)]
pub trait EditorAgent {
    /// The agent.
    const AGENT: &'static Agent;
}

/// What `#[editor_agent]` submits, so that a server started without a list finds every annotated function.
#[doc(hidden)]
pub struct Registered(pub &'static Agent);

inventory::collect!(Registered);

/// The agents that a server serves: made by `agents!`, or collected at start-up.
#[derive(Debug, Clone)]
pub struct AgentSet {
    agents: Vec<&'static Agent>,
}

impl AgentSet {
    /// An explicit set. `agents!` writes this, having checked the paths.
    #[must_use]
    pub fn new(agents: &[&'static Agent]) -> Self {
        Self { agents: agents.to_vec() }
    }

    /// Every annotated function of every crate that is linked in, sorted by path.
    ///
    /// A crate whose agents are to be found must be named somewhere in the program: `use my_agents as _;` is enough.
    #[must_use]
    pub fn collected() -> Self {
        let mut agents: Vec<_> = inventory::iter::<Registered>.into_iter().map(|registered| registered.0).collect();
        // The linker's order changes from build to build.
        agents.sort_by_key(|agent| (agent.path, agent.location.file, agent.location.line));
        Self { agents }
    }

    /// The agents in the order in which they are listed.
    pub fn iter(&self) -> impl Iterator<Item = &'static Agent> {
        self.agents.iter().copied()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }
}
