//! Agents under every lint there is. What the macros write must be silent; what the author writes is allowed right where
//! it stands, which does not reach the items that the macros add.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, future_incompatible, nonstandard_style, unused, let_underscore)]
#![deny(
    absolute_paths_not_starting_with_crate,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    missing_copy_implementations,
    missing_debug_implementations,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction)]
#![allow(clippy::blanket_clippy_restriction_lints, reason = "that is what this file is for")]
#![allow(
    clippy::arbitrary_source_item_ordering,
    reason = "the one exception: it asks for all types before all functions, and an agent's type stands beside its function"
)]

use agent_runtime::prelude::*;

/// What is decided.
#[derive(Clone, Copy, Debug, Decisions)]
enum Verdict {
    /// It is fine.
    Approve,
    /// It is not.
    #[decision("To review")]
    Review,
}

/// A note.
#[derive(Debug)]
struct Note(String);

#[expect(clippy::implicit_return, clippy::missing_trait_methods, reason = "the author's own")]
impl Transaction for Note {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Self(String::new()))
    }

    async fn commit(self, _call: &EditorCall) -> Result<()> {
        Ok(())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("note");
    }
}

ontology!("ontology.json");

/// Counts the silver coins.
#[editor_agent]
#[expect(clippy::implicit_return, reason = "the author's own")]
async fn count_silver(coins: FrameObjects<Coin>) -> String {
    let silver = coins.iter().filter(|found| found.metal() == Some(coin::Metal::Silver));
    format!("{} silver coins", silver.count())
}

/// Types in a module.
pub mod labels {
    agent_runtime::ontology!(pub mod sample = "ontology.json");
}

/// Takes nothing and says nothing.
#[editor_agent]
async fn nothing() {}

/// Takes one of each kind.
#[editor_agent(
    path = "/kinds",
    name = "Kinds",
    timeout = "1m",
    branch = "review",
    client_metadata,
    images_data,
    children,
    reviews,
    signed_urls,
    only_objects = ["6de1c2f0", "94d5aba7"],
    only_classifications = ["0e62bd6d"],
    on_conflict = "retry"
)]
#[expect(clippy::implicit_return, reason = "the author's own")]
async fn kinds(
    Frame(frame): Frame,
    objects: Option<ObjectHashes>,
    project: Result<ProjectHash>,
    payload: &AgentPayload,
    note: &mut Note,
) -> Result<AgentResponse<Verdict>> {
    note.0.push_str("seen");
    ensure!(objects.is_some() && project.is_ok(), "Nothing is selected on frame {frame}.");
    let verdict = if payload.frame.is_some() { Verdict::Approve } else { Verdict::Review };
    Ok(AgentResponse::empty().decide(verdict))
}

/// Agents for others.
pub mod agents {
    use agent_runtime::prelude::*;

    /// Waits, and greets.
    #[editor_agent]
    #[inline]
    #[expect(clippy::implicit_return, reason = "the author's own")]
    pub async fn greet(_frame: Frame) -> String {
        "Hello.".to_owned()
    }

    /// Borrows.
    #[editor_agent(no_timeout, branch = "review", reviews)]
    #[inline]
    #[expect(clippy::implicit_return, reason = "the author's own")]
    pub async fn borrow(_headers: &HeaderMap) -> &'static str {
        "Hello."
    }
}

#[agent_runtime::main]
async fn main() -> Result<()> {
    let server = Server::new().agents(agents![nothing, count_silver, kinds, agents::greet, agents::borrow]);
    server.into_router().map(drop).map_err(AgentError::internal)
}
