//! The label editor page: what a person sees of the platform in a browser, and the JSON interface behind it.
//!
//! The page is served on the platform's own port: `/` is the page, `/page/...` its modules and style, `/page/api/...`
//! what they ask for. It never sends a whole label row: it sends edits, which are made here on the row as it is, so that
//! nothing is respelled or lost, and refused if somebody saved meanwhile.

mod api;
mod assets;
mod coordinates;
mod data_unit;
mod edit;
mod guard;
mod history;
mod listing;
mod outgoing;
mod problem;
mod save;
mod settings;
mod signed_call;

use std::sync::Arc;

use axum::Router;

use crate::server::Shared;

pub(crate) use settings::AgentServers;
pub use settings::{AgentServer, AgentServerError, Page};

use history::History;
use outgoing::Outgoing;

/// What all requests of the page share.
#[derive(Debug)]
struct Editor {
    platform: Arc<Shared>,
    /// Who labels.
    user: String,
    /// The names under which it answers too.
    hosts: Vec<String>,
    servers: AgentServers,
    history: History,
    outgoing: Outgoing,
    assets: assets::Assets,
}

/// The addresses of the page, and the servers that it offers.
pub(crate) fn routes(platform: &Arc<Shared>, settings: Page) -> (Router, AgentServers) {
    let Page { user, servers, hosts, assets } = settings;
    let servers = AgentServers::new(servers);
    let editor = Arc::new(Editor {
        assets: assets::Assets::new(assets),
        platform: Arc::clone(platform),
        user,
        hosts,
        servers: servers.clone(),
        history: History::default(),
        outgoing: Outgoing::default(),
    });
    (assets::routes(&editor).merge(api::routes(&editor)), servers)
}
