//! Start and continuation of runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use agent_platform::client::PlatformClient;
use jiff::Timestamp;
use uuid::Uuid;

use crate::agent_caller::AgentCaller;
use crate::call_mode::CallMode;
use crate::engine::Engine;
use crate::error::BatchError;
use crate::execution::Execution;
use crate::journal::{FORMAT, Failed, Header, Journal, JournalReader, JournalState, Record};
use crate::label_rows::LabelRows;
use crate::picture::PictureMaker;
use crate::plan::Plan;
use crate::rate_limit::RateLimit;
use crate::selection::Selection;
use crate::transport::AgentTransport;
use crate::unit_run::{Against, Comparison, RunContext};

/// Name of the labels that are there, in place of an agent to compare with.
pub const LABELS: &str = "labels";

/// Minimum intersection over union of a pair of objects in a comparison, if none is set.
pub const DEFAULT_LEAST_IOU: f64 = 0.5;

/// The settings of a new run.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The agent, by its URL or path.
    pub agent: String,
    /// The project.
    pub project: Uuid,
    /// The data units and frames.
    pub selection: Selection,
    /// Effect of the calls.
    pub mode: CallMode,
    /// The agent to compare with, or [`LABELS`].
    pub against: Option<String>,
    /// Minimum intersection over union of a pair of objects in a comparison, from 0 to 1.
    pub least_iou: f64,
    /// The journal to create.
    pub journal: PathBuf,
}

/// A run whose journal is open. It holds the lock of the journal.
#[derive(Debug)]
pub struct OpenRun {
    header: Header,
    state: JournalState,
    rows: LabelRows,
    journal: Journal,
    plan: Plan,
    pictures: Option<PictureMaker>,
}

impl OpenRun {
    /// Lists the data units, and creates the journal.
    ///
    /// # Errors
    /// The platform cannot be read, or a file of the journal exists or cannot be written.
    pub async fn create(run: NewRun, platform: &PlatformClient) -> Result<Self, BatchError> {
        if run.journal.exists() {
            return Err(BatchError::Exists(run.journal));
        }
        let rows = LabelRows::open(platform.clone(), run.project).await?;
        let plan_path = Journal::plan_path(&run.journal);
        let units = Plan::write(&plan_path, platform, run.project, &run.selection.filter()).await?;
        let header = Header {
            format: FORMAT,
            agent: run.agent,
            platform: platform.domain().to_string(),
            project: run.project,
            selection: run.selection,
            mode: if run.against.is_some() { CallMode::DryRun } else { run.mode },
            least_iou: run.against.is_some().then_some(run.least_iou),
            against: run.against,
            units,
            started_at: Timestamp::now().to_string(),
        };
        let journal = Journal::create(&run.journal)?;
        journal.append_synced(&Record::Run(header.clone())).await?;
        let state = JournalState::new();
        Ok(Self { header, state, rows, journal, plan: Plan::open(&plan_path)?, pictures: None })
    }

    /// Reads the settings of an earlier run from its journal.
    ///
    /// # Errors
    /// The file is not a journal, or has a newer format.
    pub fn header_of(journal: &Path) -> Result<Header, BatchError> {
        JournalReader::open(journal)?.header()
    }

    /// Opens the journal of an earlier run.
    ///
    /// # Errors
    /// The journal cannot be read, is damaged or in use, or the platform cannot be read.
    pub async fn resume(journal: &Path, failed: Failed, platform: &PlatformClient) -> Result<Self, BatchError> {
        let (header, state) = JournalState::read(journal, failed)?;
        let rows = LabelRows::open(platform.clone(), header.project).await?;
        let plan = Plan::open(&Journal::plan_path(journal))?;
        let journal = Journal::resume(journal, state.end)?;
        Ok(Self { header, state, rows, journal, plan, pictures: None })
    }

    /// Makes pictures of the label changes, for an HTML report.
    #[must_use]
    pub fn with_pictures(self) -> Self {
        let pictures = PictureMaker::new(self.rows.platform().clone(), Arc::clone(self.rows.ontology()));
        Self { pictures: Some(pictures), ..self }
    }

    /// Returns the settings of the run.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns the path of the journal.
    #[must_use]
    pub fn journal(&self) -> &Path {
        self.journal.path()
    }

    /// Returns the number of data units that are finished.
    #[must_use]
    pub fn finished(&self) -> usize {
        self.state.tally.units()
    }

    /// Returns the number of data units that were interrupted, or failed and are called again.
    #[must_use]
    pub fn interrupted(&self) -> usize {
        self.state.open.len()
    }

    /// Returns the engine that calls the agent. `other` is the agent to compare with.
    #[must_use]
    pub fn engine(
        self,
        agent: Arc<dyn AgentTransport>,
        other: Option<Arc<dyn AgentTransport>>,
        execution: &Execution,
    ) -> Engine {
        let caller = |transport| AgentCaller {
            transport,
            project: self.header.project,
            mode: self.header.mode,
            timeout: execution.timeout,
            retries: execution.retries,
            rate: RateLimit::new(execution.rate),
        };
        let against = match (other, self.header.against.as_deref()) {
            (Some(other), _) => Some(Against::Agent(Box::new(caller(other)))),
            (None, Some(_)) => Some(Against::Labels),
            (None, None) => None,
        };
        let least_iou = self.header.least_iou.unwrap_or(DEFAULT_LEAST_IOU);
        let comparison = against.map(|against| Comparison { against, least_iou });
        let context = RunContext {
            caller: caller(agent),
            rows: self.rows,
            journal: self.journal,
            selection: self.header.selection,
            comparison,
            pictures: self.pictures,
        };
        Engine::new(context, self.plan, self.state, execution)
    }
}

/// Returns the name of a journal with the current time: `run-TIME.jsonl` in the current folder.
#[must_use]
pub fn default_journal() -> PathBuf {
    let time = Timestamp::now().strftime("%Y%m%d-%H%M%S");
    PathBuf::from(format!("run-{time}.jsonl"))
}
