//! Start and continuation of runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use agent_platform::client::{Domain, PlatformClient};
use jiff::Timestamp;
use reqwest::Url;

use super::settings::{Execution, Target};
use super::{FORMAT, Failed, Journal};
use crate::batch::{
    Against, AgentCaller, CallMode, Comparison, Header, JournalState, LabelRows, Plan, RateLimit, Record, RunContext,
};
use crate::cli::failure::Failure;
use crate::cli::http::{Http, parse_url};
use crate::cli::listing::Listing;
use crate::cli::platform::{self, request_failure};
use crate::cli::project_url::ProjectUrl;
use crate::cli::secret::read_secret;
use crate::cli::terminal::print_stderr;

/// Name of the labels that are there, in place of a URL.
const LABELS: &str = "labels";

/// A run whose journal is open.
pub(super) struct StartedRun {
    pub(super) context: RunContext,
    pub(super) plan: Plan,
    pub(super) state: JournalState,
    pub(super) journal: PathBuf,
}

impl StartedRun {
    /// Lists the data units, and creates the journal.
    pub(super) async fn start(target: &Target, execution: &Execution) -> Result<Self, Failure> {
        let agent = parse_url(target.agent_url.as_deref().unwrap_or_default())?;
        let project = ProjectUrl::parse(target.project_url.as_deref().unwrap_or_default())?;
        let platform = platform::client(platform::domain(project.api.as_deref().unwrap_or(Domain::EUROPE))?)?;
        let (mode, against) = (target.mode(), target.against.clone());
        let http = Http::new()?;
        if mode == CallMode::DryRun {
            check_dry_run(&http, &agent).await?;
            if let Some(other) = against.as_deref().filter(|other| *other != LABELS) {
                check_dry_run(&http, &parse_url(other)?).await?;
            }
        }
        let path = target.journal.clone().unwrap_or_else(default_journal);
        if path.exists() {
            return Err(Failure::new(format!(
                "{0} exists: continue its run with `--resume {0}`, or choose another name with --journal.",
                path.display()
            )));
        }
        let rows = open_rows(&platform, project.project).await?;
        let selection = target.selection();
        let plan_path = Journal::plan_path(&path);
        let units = Plan::write(&plan_path, &platform, project.project, &selection.filter()).await?;
        let header = Header {
            format: FORMAT,
            agent: agent.to_string(),
            platform: platform.domain().to_string(),
            project: project.project,
            selection,
            mode,
            least_iou: against.is_some().then_some(target.iou),
            against,
            units,
            started_at: Timestamp::now().to_string(),
        };
        let journal = Journal::create(&path)?;
        journal.append_synced(&Record::Run(header.clone())).await?;
        print_stderr(format!("{units} data units. Journal: {}", path.display()));
        let context = context(&http, &header, execution, rows, journal)?;
        let (plan, state) = (Plan::open(&plan_path)?, JournalState::new(header));
        Ok(Self { context, plan, state, journal: path })
    }

    /// Opens the journal of an earlier run.
    pub(super) async fn resume(path: &Path, execution: &Execution, failed: Failed) -> Result<Self, Failure> {
        let state = JournalState::read(path, failed)?;
        let header = &state.header;
        let platform = platform::client(platform::domain(&header.platform)?)?;
        let http = Http::new()?;
        let rows = open_rows(&platform, header.project).await?;
        let journal = Journal::resume(path, state.end)?;
        let (done, open) = (state.tally.units(), state.open.len());
        let left = header.units.saturating_sub(done + open);
        print_stderr(format!("{done} data units are finished, {open} were interrupted or failed, {left} are left."));
        let context = context(&http, header, execution, rows, journal)?;
        let plan = Plan::open(&Journal::plan_path(path))?;
        Ok(Self { context, plan, state, journal: path.to_owned() })
    }
}

async fn open_rows(platform: &PlatformClient, project: uuid::Uuid) -> Result<LabelRows, Failure> {
    LabelRows::open(platform.clone(), project).await.map_err(|error| match error {
        crate::batch::BatchError::Platform(error) => request_failure(platform, &format!("Project {project}"), &error),
        error => error.into(),
    })
}

fn context(
    http: &Http,
    header: &Header,
    execution: &Execution,
    rows: LabelRows,
    journal: Journal,
) -> Result<RunContext, Failure> {
    let caller = |url: &str| caller(http, header, execution, url);
    let against = match header.against.as_deref() {
        None => None,
        Some(LABELS) => Some(Against::Labels),
        Some(url) => Some(Against::Agent(Box::new(caller(url)?))),
    };
    let comparison = against.map(|against| Comparison { against, least_iou: header.least_iou.unwrap_or_default() });
    let (caller, selection) = (caller(&header.agent)?, header.selection.clone());
    Ok(RunContext { caller, rows, journal, selection, comparison, pictures: None })
}

fn caller(http: &Http, header: &Header, execution: &Execution, url: &str) -> Result<AgentCaller, Failure> {
    let url = parse_url(url)?;
    Ok(AgentCaller {
        client: http.client_for(&url).clone(),
        url,
        project: header.project,
        secret: execution.sign_with.as_deref().map(read_secret).transpose()?,
        mode: header.mode,
        timeout: Duration::from_secs(execution.timeout),
        retries: execution.retries,
        rate: RateLimit::new(execution.rate),
    })
}

fn default_journal() -> PathBuf {
    let time = Timestamp::now().strftime("%Y%m%d-%H%M%S");
    PathBuf::from(format!("run-{time}.jsonl"))
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
