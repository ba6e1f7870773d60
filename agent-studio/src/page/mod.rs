//! The label editor page, and the JSON API behind it.
//!
//! The page is served on the platform's port: `/` is the page, `/page/...` its modules and style sheets,
//! `/page/api/...` its API. The page never sends a whole label row. It sends edits, which are applied to the stored
//! row, so that the rest of the row stays lossless. An edit fails with a conflict if somebody saved in between
//! (optimistic concurrency).

mod api;
mod assets;
mod coordinates;
mod data_unit;
mod edit;
mod guard;
mod history;
mod interpolation;
mod keyframes;
mod labelled_rows;
mod listing;
mod preview;
mod problem;
mod save;
mod save_case;
mod settings;
mod signed_call;
mod task;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;

use crate::agent_client::AgentClient;
use crate::dev_status::DevStatus;
use crate::models::ModelRecorders;
use crate::server::Shared;

pub(crate) use settings::AgentServers;
pub use settings::{AgentServer, AgentServerError, Page};

use history::History;

/// State shared by all requests of the page.
#[derive(Debug)]
struct Editor {
    platform: Arc<Shared>,
    /// E-mail address of the annotator.
    user: String,
    /// Additional accepted host names.
    hosts: Vec<String>,
    servers: AgentServers,
    history: History,
    labelled: labelled_rows::LabelledRows,
    agent_client: AgentClient,
    assets: assets::Assets,
    dev_status: Option<Arc<DevStatus>>,
    /// Folder of the tests that the page saves.
    cases: Option<PathBuf>,
    /// Recorders of the model servers.
    models: ModelRecorders,
}

/// Returns the routes of the page, and the agent servers that it offers.
pub(crate) fn routes(platform: &Arc<Shared>, settings: Page) -> (Router, AgentServers) {
    let Page { user, servers, hosts, assets, dev_status, cases, models } = settings;
    let servers = AgentServers::new(servers);
    let editor = Arc::new(Editor {
        assets: assets::Assets::new(assets),
        platform: Arc::clone(platform),
        user,
        hosts,
        dev_status,
        cases,
        models,
        servers: servers.clone(),
        history: History::default(),
        labelled: labelled_rows::LabelledRows::default(),
        agent_client: AgentClient::default(),
    });
    (assets::routes(&editor).merge(api::routes(&editor)), servers)
}
