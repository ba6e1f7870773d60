//! Why a server does not start.

use std::net::SocketAddr;

use agent_platform::environment::InvalidVariable;

use crate::access::{InvalidOrigin, InvalidProxy};
use agent_core::agent::SourceLocation;

/// Why a server does not start, or stops by itself. Errors of the start are found before the port is bound, except those of
/// binding it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is nothing to serve.
    #[error(
        "there are no agents to serve: annotate an async function with `#[editor_agent]`; if the agents are in another crate, name it in \
         this program (`use my_agents as _;`) or list them (`.agents(agents![my_agents::simplify])`)"
    )]
    NoAgents,
    /// Two agents want the same path.
    #[error(
        "two agents want the path `{path}`: `{first}` at {first_location} and `{second}` at {second_location}; give one of them another with `path = \"...\"`"
    )]
    DuplicatePath {
        /// The path.
        path: &'static str,
        /// The name of the one that is listed first.
        first: &'static str,
        /// Where that stands.
        first_location: SourceLocation,
        /// The name of the other.
        second: &'static str,
        /// Where that stands.
        second_location: SourceLocation,
    },
    /// An agent wants a path that the server needs itself.
    #[error("the agent `{agent}` at {location} wants the path `{path}`, which is the server's own")]
    ReservedPath {
        /// The agent's name.
        agent: &'static str,
        /// Where it stands.
        location: SourceLocation,
        /// The path.
        path: &'static str,
    },
    /// An agent takes state that the server was not given.
    #[error(
        "the agent `{agent}` at {location} takes `State<{state}>`, but the server was given no such state: add `.state(...)` with a value of type `{state}`"
    )]
    MissingState {
        /// The agent's name.
        agent: &'static str,
        /// Where it stands.
        location: SourceLocation,
        /// The state's type.
        state: &'static str,
    },
    /// An agent takes something with `&mut`, and once more under another name.
    #[error("the agent `{agent}` at {location} takes `{taken}` with `&mut` and once more: take it once")]
    TakenTwice {
        /// The agent's name.
        agent: &'static str,
        /// Where it stands.
        location: SourceLocation,
        /// The type.
        taken: &'static str,
    },
    /// An agent saves a label row of which it asks for a part only.
    #[error(
        "the agent `{agent}` at {location} takes `&mut LabelRow` and says `{key}`: what is read so cannot be saved; take `&LabelRow`, or remove `{key}`"
    )]
    Unsavable {
        /// The agent's name.
        agent: &'static str,
        /// Where it stands.
        location: SourceLocation,
        /// The attribute's key.
        key: &'static str,
    },
    /// An agent takes signed calls only, and there is nothing to check signatures with.
    #[error(
        "the agent `{agent}` at {location} takes signed calls only, and there is no secret to check them with: set the environment \
         variable {variable} to the secret that the platform shows beside the agent's address"
    )]
    MissingSecret {
        /// The agent's name.
        agent: &'static str,
        /// Where it stands.
        location: SourceLocation,
        /// The variable that should hold it.
        variable: &'static str,
    },
    /// An agent or a handler of notifications works in the background, where programs do not go on after an answer.
    #[error(
        "`{name}` at {location} works in the background, after its answer, and {place}: what it does would be lost. {instead}."
    )]
    BackgroundWork {
        /// The name of the agent or handler.
        name: &'static str,
        /// Where it stands.
        location: SourceLocation,
        /// What the place does to programs that have answered.
        place: &'static str,
        /// What to do.
        instead: &'static str,
    },
    /// The program was started where it runs only with a feature that it was built without.
    #[error(
        "this program was started in {place}, and built without what it needs to run there: in Cargo.toml, add the feature `{feature}` \
         to agent-runtime (`cargo add agent-runtime --features {feature}`), and build it again"
    )]
    MissingFeature {
        /// The place.
        place: &'static str,
        /// The feature of `agent-runtime`.
        feature: &'static str,
    },
    /// AWS Lambda does not say, or does not do, what a function needs.
    #[error("cannot run in AWS Lambda: {problem}")]
    Lambda {
        /// What is missing or wrong.
        problem: String,
    },
    /// An agent needs the platform, and no client for it can be set up.
    #[error("the agent `{agent}` at {location} needs the platform: {source}")]
    Platform {
        /// The agent's name.
        agent: &'static str,
        /// Where it stands.
        location: SourceLocation,
        /// What is missing or wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The platform was asked, and cannot be used.
    #[error("{source}")]
    PlatformCheck {
        /// What it is about: the key, the region, the network.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An environment variable is set, and its value is blank or not UTF-8.
    #[error(transparent)]
    Variable(#[from] InvalidVariable),
    /// A number that the program gave to [`Server`](crate::Server) is out of range.
    #[error("`Server::{method}` was given {value}, but takes {expects}")]
    OutOfRange {
        /// The method of `Server`.
        method: &'static str,
        /// The value.
        value: String,
        /// The range.
        expects: String,
    },
    /// [`Server::webhook_secret`](crate::Server::webhook_secret) was given a blank text.
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
        /// What it should be.
        expects: &'static str,
    },
    /// A further origin is not one.
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    /// A proxy that is to be believed is none.
    #[error(transparent)]
    Proxy(#[from] InvalidProxy),
    /// Of certificate and key only one is given.
    #[error(
        "{set} is set and {missing} is not: to speak HTTPS the server needs both, the certificate's chain and its private key, as PEM \
         files; unset {set} if something in front ends TLS"
    )]
    HalfOfTls {
        /// The variable that is set.
        set: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// A certificate is given to a program that has no TLS.
    #[error(
        "AGENT_TLS_CERT and AGENT_TLS_KEY are set, but this program is built without TLS: build it with the feature `tls` of \
         agent-runtime, or unset both and let something in front end TLS"
    )]
    WithoutTls,
    /// Certificate or key cannot be used.
    #[error("{source}")]
    Certificate {
        /// Which file, and what is wrong with it; nothing of what a key's file holds.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The socket that the program was given, by systemd or with [`Server::listener`](crate::Server::listener), is not one to
    /// listen on.
    #[error("cannot listen on what the program was given instead of an address: {reason}")]
    Inherited {
        /// Why not, and what to write into the socket unit.
        reason: String,
    },
    /// The server cannot accept connections any more, so it has stopped.
    #[error(
        "the server has stopped, because its task that accepts connections is gone ({cause}): start it again, and report this"
    )]
    NotAccepting {
        /// How the task ended.
        cause: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}{}", hint(source))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

fn hint(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::AddrInUse => "; another program listens there, choose another port with PORT=8081",
        std::io::ErrorKind::PermissionDenied => "; ports below 1024 need privileges, choose another with PORT=8080",
        _ => "",
    }
}
