//! The settings of a run.

use std::path::PathBuf;
use std::time::Duration;

use agent_batch::{DEFAULT_LEAST_IOU, Execution, FrameChoice, LABELS, Selection};
use agent_platform::client::LabelStatus;

/// The agent, the data units and the calls of a run over a project, for [`Server::run_over`](crate::Server::run_over).
///
/// Default: every data unit, its first frame, four data units at once, no limit of the rate, saving.
#[derive(Debug, Clone)]
pub struct BatchRun {
    pub(in crate::server) agent: Option<String>,
    pub(in crate::server) selection: Selection,
    pub(in crate::server) is_dry_run: bool,
    pub(in crate::server) against: Option<String>,
    pub(in crate::server) least_iou: f64,
    pub(in crate::server) journal: Option<PathBuf>,
    pub(in crate::server) reports: Vec<PathBuf>,
    pub(in crate::server) execution: Execution,
}

impl Default for BatchRun {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchRun {
    /// Creates the settings with their defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            agent: None,
            selection: Selection::default(),
            is_dry_run: false,
            against: None,
            least_iou: DEFAULT_LEAST_IOU,
            journal: None,
            reports: Vec::new(),
            execution: Execution::default(),
        }
    }

    /// Sets the agent, by its path or the name of its function. Default: the only agent of the server.
    #[must_use]
    pub fn agent(mut self, agent: &str) -> Self {
        self.agent = Some(agent.to_owned());
        self
    }

    /// Only data with this title. `%` matches any text.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        self.selection.title = Some(title.to_owned());
        self
    }

    /// Only data whose labels have one of these statuses.
    #[must_use]
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = LabelStatus>) -> Self {
        self.selection.statuses.extend(statuses);
        self
    }

    /// Only data in the workflow stage with this title. `%` matches any text.
    #[must_use]
    pub fn stage(mut self, title: &str) -> Self {
        self.selection.stage = Some(title.to_owned());
        self
    }

    /// Only data with one of these data hashes.
    #[must_use]
    pub fn data(mut self, hashes: impl IntoIterator<Item = impl ToString>) -> Self {
        self.selection.data.extend(hashes.into_iter().map(|hash| hash.to_string()));
        self
    }

    /// Sets the frames on which the agent is called. Default: the first.
    #[must_use]
    pub fn frames(mut self, frames: FrameChoice) -> Self {
        self.selection.frames = frames;
        self
    }

    /// Selects the objects of a class in each call. Frames without one are left out.
    #[must_use]
    pub fn objects(mut self, class: &str) -> Self {
        self.selection.class = Some(class.to_owned());
        self
    }

    /// Does dry runs: nothing is saved, no task moves, and the report counts the label changes.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.is_dry_run = true;
        self
    }

    /// Compares with another agent of the server. Both do dry runs. The results are in the reports.
    #[must_use]
    pub fn against(mut self, agent: &str) -> Self {
        self.against = Some(agent.to_owned());
        self
    }

    /// Compares with the labels that are there. The agent does dry runs. The results are in the reports.
    #[must_use]
    pub fn against_labels(self) -> Self {
        self.against(LABELS)
    }

    /// Sets the journal to create. Default: `run-TIME.jsonl` in the current folder.
    #[must_use]
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal = Some(path.into());
        self
    }

    /// Writes the result of each data unit to a file: `.jsonl` or `.html`.
    #[must_use]
    pub fn report(mut self, path: impl Into<PathBuf>) -> Self {
        self.reports.push(path.into());
        self
    }

    /// Sets the number of data units that are processed at once. Default: 4.
    #[must_use]
    pub fn concurrency(mut self, units: usize) -> Self {
        self.execution.concurrency = units;
        self
    }

    /// Sets the maximum number of calls per second. Default: no limit.
    #[must_use]
    pub fn rate(mut self, per_second: f64) -> Self {
        self.execution.rate = Some(per_second).filter(|rate| rate.is_finite() && *rate > 0.0);
        self
    }

    /// Sets the maximum number of retries of a call. Default: 5.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.execution.retries = retries;
        self
    }

    /// Sets the timeout of a call. The server's own timeout applies as well. Default: 120 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.execution.timeout = timeout;
        self
    }

    /// Sets the time after which the calls of an interrupted run have certainly ended, when it continues. Default: 30 s.
    #[must_use]
    pub fn settle(mut self, settle: Duration) -> Self {
        self.execution.settle = settle;
        self
    }
}
