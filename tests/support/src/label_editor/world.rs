//! The studio with its page, and two agent servers. One allows the page's origin, and the other does not.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use agent_runtime::{DryRuns, ErrorCauses, RunningServer, Server};
use agent_studio::{AgentServer, LocalPlatform, Page, ProjectSource, RunningPlatform};

use tempfile::TempDir;

use super::agents::{self, Gate};
use crate::free_port::free_port;

/// A running studio and its agents. All are stopped when dropped.
pub struct World {
    pub studio: RunningPlatform,
    pub agents: RunningServer,
    pub forbidding: RunningServer,
    /// The gate of the agent `/wait`.
    pub gate: Gate,
    /// The folder of the calls that the page saves as tests.
    pub cases: TempDir,
}

/// The variable with the secret of the agent server. Cargo sets it, because a test may set no variables.
pub const SECRET: &str = "CARGO_PKG_NAME";

impl World {
    /// Serves these projects. `assets` is a folder with the page's files. For the tests, the variable
    /// `LABEL_EDITOR_PAGE` names one, so that changes of the page need no build.
    pub async fn start(projects: Vec<ProjectSource>, port: u16, assets: Option<&Path>) -> Self {
        Self::start_beside(projects, port, assets, None).await
    }

    /// Like [`start`](Self::start), with the address of a further agent server.
    pub async fn start_beside(
        projects: Vec<ProjectSource>,
        port: u16,
        assets: Option<&Path>,
        other: Option<&str>,
    ) -> Self {
        let studio_port = if port == 0 { free_port() } else { port };
        let (agent_port, forbidding_port) = (free_port(), free_port());
        let address = |port| format!("http://127.0.0.1:{port}");
        let server = |port, title: &str| AgentServer::new(&address(port)).unwrap().title(title);
        let cases = tempfile::tempdir().unwrap();
        let mut page = Page::new()
            .cases(cases.path())
            .agent_server(server(agent_port, "Examples").secret_from(SECRET))
            .agent_server(server(forbidding_port, "Forbidding"))
            .agent_server(server(free_port(), "Down"));
        if let Some(address) = other {
            page = page.agent_server(AgentServer::new(address).unwrap().title("Python"));
        }
        if let Some(folder) =
            assets.map(Path::to_owned).or_else(|| std::env::var_os("LABEL_EDITOR_PAGE").map(Into::into))
        {
            page = page.assets_from(folder);
        }
        let listening = SocketAddr::from((Ipv4Addr::LOCALHOST, studio_port));
        let mut builder = LocalPlatform::builder().address(listening).page(page);
        for project in projects {
            builder = builder.project(project);
        }
        let studio = builder.start().await.unwrap();
        let gate = Gate::new();
        let server = |port| {
            let server = Server::new().agents(agents::all()).platform(studio.client().unwrap());
            server.state(gate.clone()).error_causes(ErrorCauses::InResponses).dry_runs(DryRuns::Everyone).port(port)
        };
        let agents = server(agent_port).allow_origin(&studio.url()).start().await.unwrap();
        let forbidding = server(forbidding_port).start().await.unwrap();
        Self { studio, agents, forbidding, gate, cases }
    }
}
