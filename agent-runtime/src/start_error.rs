//! Errors of a server's start.

use std::fmt;
use std::net::SocketAddr;

use agent_platform::environment::InvalidVariable;

use crate::access::{InvalidOrigin, InvalidProxy};
use agent_core::definition::SourceLocation;

/// Errors that keep a server from starting, or stop it. All are found before the port is bound, except those of binding it.
///
/// `Debug` shows the same sentence as `Display`, so that a `main` that returns `Result<(), StartError>` prints it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There are no agents to serve.
    #[error(
        "there are no agents to serve: annotate an async function with `#[editor_agent]`; if the agents are in another crate, name it in \
         this program (`use my_agents as _;`) or list them (`.agents(agents![my_agents::simplify])`)"
    )]
    NoAgents,
    /// Two agents have the same path.
    #[error(
        "two agents want the path `{path}`: `{first}` at {first_location} and `{second}` at {second_location}; give one of them another with `path = \"...\"`"
    )]
    DuplicatePath {
        /// The path.
        path: &'static str,
        /// The name of the first agent.
        first: &'static str,
        /// Its source location.
        first_location: SourceLocation,
        /// The name of the second agent.
        second: &'static str,
        /// Its source location.
        second_location: SourceLocation,
    },
    /// An agent's path is one of the server's own.
    #[error("the agent `{agent}` at {location} wants the path `{path}`, which is the server's own")]
    ReservedPath {
        /// The agent's name.
        agent: &'static str,
        /// Its source location.
        location: SourceLocation,
        /// The path.
        path: &'static str,
    },
    /// The server has no state of a type that an agent takes.
    #[error(
        "the agent `{agent}` at {location} takes `State<{state}>`, but the server was given no such state: add `.state(...)` with a value of type `{state}`"
    )]
    MissingState {
        /// The agent's name.
        agent: &'static str,
        /// Its source location.
        location: SourceLocation,
        /// The state's type.
        state: &'static str,
    },
    /// An agent takes the same value twice, once as `&mut`.
    #[error("the agent `{agent}` at {location} takes `{taken}` with `&mut` and once more: take it once")]
    ConflictingParameters {
        /// The agent's name.
        agent: &'static str,
        /// Its source location.
        location: SourceLocation,
        /// The type.
        taken: &'static str,
    },
    /// An agent saves a label row that it requests only in part.
    #[error(
        "the agent `{agent}` at {location} takes `&mut LabelRow` and says `{key}`: what is read so cannot be saved; take `&LabelRow`, or remove `{key}`"
    )]
    PartialLabelRow {
        /// The agent's name.
        agent: &'static str,
        /// Its source location.
        location: SourceLocation,
        /// The attribute's key.
        key: &'static str,
    },
    /// An agent requires signed calls, but there is no secret.
    #[error(
        "the agent `{agent}` at {location} takes signed calls only, and there is no secret to check them with: set the environment \
         variable {variable} to the secret that the platform shows beside the agent's address"
    )]
    MissingSecret {
        /// The agent's name.
        agent: &'static str,
        /// Its source location.
        location: SourceLocation,
        /// The environment variable for the secret.
        variable: &'static str,
    },
    /// An agent or notification handler leaves work to the background, on a hosting platform that stops programs after a response.
    #[error(
        "`{name}` at {location} works in the background, after its answer, and {hosting}: what it does would be lost. {instead}."
    )]
    BackgroundWork {
        /// The name of the agent or handler.
        name: &'static str,
        /// Its source location.
        location: SourceLocation,
        /// The reason why background work is lost there.
        hosting: &'static str,
        /// The remedy.
        instead: &'static str,
    },
    /// The hosting platform needs a feature that the program was built without.
    #[error(
        "this program was started in {hosting}, and built without what it needs to run there: in Cargo.toml, add the feature `{feature}` \
         to agent-runtime (`cargo add agent-runtime --features {feature}`), and build it again"
    )]
    MissingFeature {
        /// The hosting platform.
        hosting: &'static str,
        /// The feature of `agent-runtime`.
        feature: &'static str,
    },
    /// The environment of AWS Lambda is incomplete, or its Runtime API fails.
    #[error("cannot run in AWS Lambda: {problem}")]
    Lambda {
        /// The problem.
        problem: String,
    },
    /// An agent needs the platform, but its client cannot be configured.
    #[error("the agent `{agent}` at {location} needs the platform: {source}")]
    Platform {
        /// The agent's name.
        agent: &'static str,
        /// Its source location.
        location: SourceLocation,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The check of the platform at the start failed.
    #[error("{source}")]
    PlatformCheck {
        /// The cause: the key, the region or the network.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An environment variable is blank or not UTF-8.
    #[error(transparent)]
    Variable(#[from] InvalidVariable),
    /// An argument of a method of [`Server`](crate::Server) is out of range.
    #[error("`Server::{method}` was given {value}, but takes {expects}")]
    OutOfRange {
        /// The method of `Server`.
        method: &'static str,
        /// The value.
        value: String,
        /// The range.
        expects: String,
    },
    /// The secret of [`Server::webhook_secret`](crate::Server::webhook_secret) is blank.
    #[error(
        "`Server::webhook_secret` was given a blank secret, with which no signature can be checked: give it the secret that the \
         platform shows beside the agent's address, or do not call it"
    )]
    BlankSecret,
    /// An environment variable has a malformed or out-of-range value.
    #[error("the environment variable {name} is `{value}`, but must be {expects}")]
    Setting {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// The expected form or range.
        expects: String,
    },
    /// Traces cannot be exported (feature `otel`).
    #[error("traces cannot be exported: {problem}")]
    Traces {
        /// The reason.
        problem: String,
    },
    /// An argument of the program is missing its value, malformed or out of range.
    #[error("the argument {argument} is `{value}`, but must be {expects}")]
    Argument {
        /// The argument.
        argument: &'static str,
        /// Its value.
        value: String,
        /// The expected form or range.
        expects: String,
    },
    /// An agent is to work on a stage, but the argument of `Server::stage` has not exactly one agent.
    #[error(
        "`Server::stage` was given {agents} agents for the stage `{stage}`: a stage has one agent, so write `agents![simplify]`"
    )]
    StageAgents {
        /// The stage.
        stage: String,
        /// Number of agents.
        agents: usize,
    },
    /// Two agents are to work on the same stage.
    #[error("two agents want the stage `{stage}`: `{first}` and `{second}`; a stage has one agent")]
    DuplicateStage {
        /// The stage.
        stage: String,
        /// The name of the first agent.
        first: &'static str,
        /// The name of the second agent.
        second: &'static str,
    },
    /// An agent's stage does not fit the workflow of a project.
    #[error("the agent `{agent}` at {location} works on the stage `{stage}`: {problem}")]
    Stage {
        /// The agent's name.
        agent: &'static str,
        /// Its source location.
        location: SourceLocation,
        /// The stage.
        stage: String,
        /// The problem, and what to do.
        problem: String,
    },
    /// There is no way to learn of tasks.
    #[error(
        "the agent `{agent}` works on the stage `{stage}`, and the server learns of no tasks: name the projects with \
         AGENT_STAGE_PROJECTS or --project, or set ENCORD_WEBHOOK_SECRET for notifications of the platform"
    )]
    NoStageProjects {
        /// The agent's name.
        agent: &'static str,
        /// The stage.
        stage: String,
    },
    /// A shard is not determined.
    #[error("{index} is set, but not the number of shards: set AGENT_SHARDS to the number of replicas of the job")]
    UnknownShards {
        /// The variable with the index.
        index: &'static str,
    },
    /// A drain is requested, but no agent has a stage.
    #[error(
        "there is no stage to drain: no agent of the server has one. Add `stage = \"...\"` to the attribute of an agent, or call `Server::stage`"
    )]
    NothingToDrain,
    /// A drain has ended, and tasks have failed or could not be listed.
    #[error("the drain has ended with failures: {0}")]
    Drain(String),
    /// A run over a project failed or was stopped, or its arguments are invalid.
    #[error("the run over the project: {0}")]
    Run(Box<dyn std::error::Error + Send + Sync>),
    /// The program was asked for a run over a project, and has not been built for it.
    #[error(
        "this program was built without runs over a project: in Cargo.toml, add the feature `batch` to agent-runtime (`cargo add agent-runtime \
         --features batch`), and build it again. Or start it as a server, and call it with `agent-studio run`"
    )]
    MissingBatch,
    /// An allowed origin is invalid.
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    /// A trusted proxy is invalid.
    #[error(transparent)]
    Proxy(#[from] InvalidProxy),
    /// Only one of certificate and key is set.
    #[error(
        "{set} is set and {missing} is not: to speak HTTPS the server needs both, the certificate's chain and its private key, as PEM \
         files; unset {set} if something in front ends TLS"
    )]
    IncompleteTls {
        /// The variable that is set.
        set: &'static str,
        /// The variable that is missing.
        missing: &'static str,
    },
    /// A certificate is configured, but the program was built without TLS.
    #[error(
        "AGENT_TLS_CERT and AGENT_TLS_KEY are set, but this program is built without TLS: build it with the feature `tls` of \
         agent-runtime, or unset both and let something in front end TLS"
    )]
    TlsUnsupported,
    /// The certificate or the key is invalid.
    #[error("{source}")]
    Certificate {
        /// The file and the problem. Never quotes the key file.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The socket from systemd or [`Server::listener`](crate::Server::listener) is not a listening TCP socket.
    #[error("cannot listen on what the program was given instead of an address: {reason}")]
    Socket {
        /// The problem, and the setting of the socket unit that solves it.
        reason: String,
    },
    /// The server has stopped because it could not accept connections any more.
    #[error(
        "the server has stopped, because its task that accepts connections is gone ({cause}): start it again, and report this"
    )]
    NotAccepting {
        /// The end of the accept task.
        cause: String,
    },
    /// The address cannot be bound.
    #[error("cannot listen on {address}: {source}{}", hint(source))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: std::io::Error,
    },
}

impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn hint(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::AddrInUse => "; another program listens there, choose another port with PORT=8081",
        std::io::ErrorKind::PermissionDenied => "; ports below 1024 need privileges, choose another with PORT=8080",
        _ => "",
    }
}
