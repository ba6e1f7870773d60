//! The options of a run.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use agent_batch::{CallMode, FrameChoice, Selection, parse_class, parse_status};
use agent_platform::client::LabelStatus;
use clap::Args;

/// The agent and the data units of a run.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// The agent's URL, including its path.
    #[arg(required_unless_present = "resume")]
    pub(super) agent_url: Option<String>,
    /// The project's URL, as in the address bar, or its hash. Quote it, because it can contain `&` and `#`.
    #[arg(required_unless_present = "resume")]
    pub(super) project_url: Option<String>,
    /// Only data with this title; `%` matches any text.
    #[arg(long)]
    title: Option<String>,
    /// Only data whose labels have this status, such as LABELLED. May be repeated.
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = parse_status)]
    status: Vec<LabelStatus>,
    /// Only data in the workflow stage with this title; `%` matches any text.
    #[arg(long, value_name = "TITLE")]
    stage: Option<String>,
    /// Only the data with this hash. May be repeated.
    #[arg(long, value_name = "HASH", value_delimiter = ',')]
    data: Vec<String>,
    /// The frames on which the agent is called: first, labelled, each, or every:N. Default: first; labelled with `--objects`.
    #[arg(long, value_name = "FRAMES")]
    frames: Option<FrameChoice>,
    /// Select the objects of a class in each call, as class=Coin. Frames without one are left out.
    #[arg(long, value_name = "class=CLASS", value_parser = parse_class)]
    objects: Option<String>,
    /// Ask for dry runs: nothing is saved, and the label changes are counted. The server must have `AGENT_DRY_RUN=true`, or the
    /// calls must be signed.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Compare with another agent, by its URL, or with the labels that are there: `labels`. Both agents do dry runs.
    #[arg(long, value_name = "URL|labels")]
    pub(super) against: Option<String>,
    /// With `--against`: minimum intersection over union at which two objects are the same, from 0 to 1.
    #[arg(long, value_name = "IOU", default_value_t = 0.5, value_parser = parse_iou, requires = "against")]
    pub(super) iou: f64,
    /// The journal to create. Default: run-TIME.jsonl in the current folder.
    #[arg(long, value_name = "FILE")]
    pub(super) journal: Option<PathBuf>,
}

/// Options of calling the agent, which can differ when a run continues.
#[derive(Debug, Args)]
pub(super) struct Execution {
    /// Number of data units that are processed at once.
    #[arg(long, value_name = "NUMBER", default_value = "4")]
    concurrency: NonZeroUsize,
    /// Maximum number of calls per second. Default: no limit.
    #[arg(long, value_name = "PER_SECOND", value_parser = parse_rate)]
    rate: Option<f64>,
    /// Maximum number of retries of a call. A call is only repeated if nothing was saved.
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    retries: u32,
    /// Timeout of a call, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
    /// Sign the calls, as the platform's backend does, with the secret in this environment variable.
    #[arg(long, value_name = "ENV")]
    pub(super) sign_with: Option<String>,
}

impl Execution {
    /// Returns the settings of the engine. `settle` is in seconds.
    pub(super) fn engine(&self, settle: f64) -> agent_batch::Execution {
        let mut execution = agent_batch::Execution::default();
        execution.concurrency = self.concurrency.get();
        execution.rate = self.rate;
        execution.retries = self.retries;
        execution.timeout = Duration::from_secs(self.timeout);
        execution.settle = Duration::try_from_secs_f64(settle).unwrap_or_default();
        execution
    }
}

impl Target {
    pub(super) fn mode(&self) -> CallMode {
        if self.dry_run || self.against.is_some() { CallMode::DryRun } else { CallMode::Save }
    }

    pub(super) fn selection(&self) -> Selection {
        let default = if self.objects.is_some() { FrameChoice::Labelled } else { FrameChoice::First };
        let mut selection = Selection::default();
        selection.title.clone_from(&self.title);
        selection.statuses.clone_from(&self.status);
        selection.stage.clone_from(&self.stage);
        selection.data.clone_from(&self.data);
        selection.frames = self.frames.unwrap_or(default);
        selection.class.clone_from(&self.objects);
        selection
    }
}

fn parse_iou(text: &str) -> Result<f64, String> {
    let iou = text.parse().ok().filter(|iou: &f64| (0.0..=1.0).contains(iou));
    iou.ok_or_else(|| "write a number from 0 to 1".to_owned())
}

fn parse_rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or_else(|| "write a number above 0".to_owned())
}
