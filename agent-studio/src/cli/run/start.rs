//! Start and continuation of runs.

use std::path::Path;
use std::sync::Arc;

use agent_batch::{AgentTransport, BatchError, CallMode, Failed, LABELS, NewRun, OpenRun, default_journal};
use agent_platform::client::{Domain, PlatformClient};
use reqwest::Url;

use super::http_agent::HttpAgent;
use super::settings::{Execution, Target};
use crate::cli::failure::Failure;
use crate::cli::http::{Http, parse_url};
use crate::cli::listing::Listing;
use crate::cli::platform::{self, request_failure};
use crate::cli::project_url::ProjectUrl;
use crate::cli::secret::read_secret;
use crate::cli::terminal::print_stderr;

/// A run with its agents.
pub(super) struct StartedRun {
    pub(super) run: OpenRun,
    pub(super) agent: Arc<dyn AgentTransport>,
    /// The agent to compare with.
    pub(super) other: Option<Arc<dyn AgentTransport>>,
}

impl StartedRun {
    /// Lists the data units, and creates the journal.
    pub(super) async fn start(target: &Target, execution: &Execution) -> Result<Self, Failure> {
        let agent = parse_url(target.agent_url.as_deref().unwrap_or_default())?;
        let project = ProjectUrl::parse(target.project_url.as_deref().unwrap_or_default())?;
        let platform = platform::client(platform::domain(project.api.as_deref().unwrap_or(Domain::EUROPE))?)?;
        let against = target.against.clone();
        let http = Http::new()?;
        if target.mode() == CallMode::DryRun {
            check_dry_run(&http, &agent).await?;
            if let Some(other) = against.as_deref().filter(|other| *other != LABELS) {
                check_dry_run(&http, &parse_url(other)?).await?;
            }
        }
        let run = NewRun {
            agent: agent.to_string(),
            project: project.project,
            selection: target.selection(),
            mode: target.mode(),
            against,
            least_iou: target.iou,
            journal: target.journal.clone().unwrap_or_else(default_journal),
        };
        let project = run.project;
        let run = OpenRun::create(run, &platform).await.map_err(|error| failure(&platform, project, error))?;
        print_stderr(format!("{} data units. Journal: {}", run.header().units, run.journal().display()));
        Self::with_agents(run, &http, execution)
    }

    /// Opens the journal of an earlier run.
    pub(super) async fn resume(path: &Path, execution: &Execution, failed: Failed) -> Result<Self, Failure> {
        let header = OpenRun::header_of(path)?;
        let platform = platform::client(platform::domain(&header.platform)?)?;
        let run = OpenRun::resume(path, failed, &platform).await;
        let run = run.map_err(|error| failure(&platform, header.project, error))?;
        let (done, open) = (run.finished(), run.interrupted());
        let left = header.units.saturating_sub(done + open);
        print_stderr(format!("{done} data units are finished, {open} were interrupted or failed, {left} are left."));
        Self::with_agents(run, &Http::new()?, execution)
    }

    fn with_agents(run: OpenRun, http: &Http, execution: &Execution) -> Result<Self, Failure> {
        let agent = agent(http, execution, &run.header().agent)?;
        let other = run.header().against.as_deref().filter(|other| *other != LABELS);
        let other = other.map(|url| self::agent(http, execution, url)).transpose()?;
        Ok(Self { run, agent, other })
    }
}

fn agent(http: &Http, execution: &Execution, url: &str) -> Result<Arc<dyn AgentTransport>, Failure> {
    let url = parse_url(url)?;
    let client = http.client_for(&url).clone();
    let secret = execution.sign_with.as_deref().map(read_secret).transpose()?;
    Ok(Arc::new(HttpAgent { client, url, secret }))
}

fn failure(platform: &PlatformClient, project: uuid::Uuid, error: BatchError) -> Failure {
    match error {
        BatchError::Platform(error) => request_failure(platform, &format!("Project {project}"), &error),
        error => error.into(),
    }
}

/// Checks that the server knows dry runs. Another server would ignore the header, and save.
async fn check_dry_run(http: &Http, agent: &Url) -> Result<(), Failure> {
    let mut folder = agent.clone();
    folder.set_query(None);
    folder.set_fragment(None);
    let mut path = folder.path().trim_end_matches('/').to_owned();
    while let Some(end) = path.rfind('/') {
        path.truncate(end);
        folder.set_path(&format!("{path}/"));
        if let Ok(listing) = Listing::fetch(http, &folder).await
            && listing.runtime_version.is_some()
        {
            return Ok(());
        }
    }
    Err(Failure::new(format!(
        "{agent} does not answer, or is not an agent of agent-runtime: others do not know dry runs, and would save. Check the \
         URL, or leave out --dry-run."
    )))
}
