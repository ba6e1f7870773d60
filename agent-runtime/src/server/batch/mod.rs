//! Runs over a project in-process: the engine of `agent-studio run`, without HTTP between it and the agents.

mod batch_report;
mod in_process;

use std::io::{Write, stderr, stdout};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use agent_batch::report::{self, ReportFormat};
use agent_batch::{AgentTransport, CallMode, Engine, Failed, Finished, LABELS, NewRun, OpenRun, default_journal};
use agent_core::platform::PlatformService;
use agent_core::trace::Trace;
use agent_platform::client::PlatformClient;
use agent_platform::hash::ProjectHash;

pub use batch_report::BatchReport;

use super::Server;
use super::batch_settings::{BatchRun, RunArguments};
use super::signals::Signals;
use crate::app::App;
use crate::http::TransportLayer;
use crate::settings::DryRuns;
use crate::start_error::StartError;
use in_process::{InProcessAgent, find_agent};

/// Interval of lines about the progress.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(10);

/// A run to begin or to continue, with the agents of a server.
struct PreparedRun {
    run: OpenRun,
    agent: Arc<dyn AgentTransport>,
    other: Option<Arc<dyn AgentTransport>>,
    app: Arc<App>,
}

impl Server {
    /// Calls an agent for the data units of a project, as `agent-studio run` does, without HTTP in between. The journal lets an
    /// interrupted run continue, and `agent-studio undo` takes its changes back. The server does not listen, and does
    /// [dry runs](BatchRun::dry_run) for this run only.
    ///
    /// ```no_run
    /// use agent_runtime::prelude::*;
    /// use agent_runtime::{BatchRun, FrameChoice};
    ///
    /// #[editor_agent]
    /// async fn simplify(frame: Frame, row: &mut LabelRow) -> Result<()> {
    ///     Ok(())
    /// }
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let run = BatchRun::new().title("street%").frames(FrameChoice::Labelled).concurrency(8);
    /// let project = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3".parse::<agent_runtime::uuid::Uuid>()?;
    /// let report = Server::from_env()?.agents(agents![simplify]).run_over(project, run).await?;
    /// println!("{report}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`start`](Self::start), an unknown agent, or a journal or project that cannot be read or written. Data units that
    /// fail are in the report.
    pub async fn run_over(self, project: impl Into<ProjectHash>, run: BatchRun) -> Result<BatchReport, StartError> {
        let arguments = RunArguments { project: Some(project.into()), ..RunArguments::new(run) };
        run_to_end(self, &arguments, None).await
    }

    /// Continues an interrupted run from its journal. Only the settings of calls and reports of `run` apply: concurrency, rate, retries,
    /// timeout, the wait for interrupted calls, and the reports.
    ///
    /// # Errors
    /// The errors of [`run_over`](Self::run_over), or a journal of another platform.
    pub async fn resume_run(self, journal: impl AsRef<Path>, run: BatchRun) -> Result<BatchReport, StartError> {
        let arguments = RunArguments { resume: Some(journal.as_ref().to_owned()), ..RunArguments::new(run) };
        run_to_end(self, &arguments, None).await
    }
}

/// Runs as the arguments of the program say, and prints the report. After a signal, running calls are finished.
pub(super) async fn run_from_arguments(
    server: Server,
    arguments: &RunArguments,
    mut signals: Signals,
) -> Result<(), StartError> {
    let report = run_to_end(server, arguments, Some(&mut signals)).await?;
    let _ = writeln!(stdout(), "{report}");
    signals.stopped();
    match (report.is_stopped, report.failed()) {
        (true, _) => Err(StartError::Run("it was stopped before its end: continue it with --resume".into())),
        (false, 0) => Ok(()),
        (false, failed) => Err(StartError::Run(format!("{failed} data units failed").into())),
    }
}

async fn run_to_end(
    server: Server,
    arguments: &RunArguments,
    signals: Option<&mut Signals>,
) -> Result<BatchReport, StartError> {
    let mut formats = Vec::new();
    for path in &arguments.run.reports {
        formats.push(ReportFormat::from_path(path).map_err(run_error)?);
    }
    let PreparedRun { mut run, agent, other, app } = prepare(server, arguments).await?;
    if formats.contains(&ReportFormat::Html) {
        run = run.with_pictures();
    }
    let (journal, units) = (run.journal().to_owned(), run.header().units);
    say(&format!("{units} data units. Journal: {}", journal.display()));
    let engine = run.engine(agent, other, &arguments.run.execution);
    let finished = finish(&engine, units, signals).await?;
    drop(engine);
    app.background.finish(app.settings.shutdown_grace).await;
    for path in &arguments.run.reports {
        report::write(path, &journal).map_err(run_error)?;
    }
    Ok(BatchReport {
        tally: finished.tally,
        is_stopped: finished.is_stopped,
        left_open: finished.left_open,
        units,
        journal,
    })
}

/// Runs until the end. After a signal no further data unit is started.
async fn finish(engine: &Engine, units: usize, signals: Option<&mut Signals>) -> Result<Finished, StartError> {
    let run = engine.run();
    tokio::pin!(run);
    let progress = async {
        loop {
            tokio::time::sleep(PROGRESS_INTERVAL).await;
            let tally = engine.tally();
            say(&format!("{} of {units} data units, {} failed", tally.units(), tally.failed));
        }
    };
    let stop = async {
        match signals {
            Some(signals) => signals.first().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        finished = &mut run => return finished.map_err(run_error),
        () = progress => {}
        _ = stop => engine.stop(),
    }
    run.await.map_err(run_error)
}

async fn prepare(server: Server, arguments: &RunArguments) -> Result<PreparedRun, StartError> {
    let (app, router) = server.dry_runs(DryRuns::Everyone).build_and_check().await?;
    let router = router.layer(TransportLayer(Arc::clone(&app)));
    let platform = PlatformService::client(&app.states, Trace::fresh().id());
    let platform = platform.map_err(|source| StartError::PlatformCheck { source })?;
    let run = match &arguments.resume {
        Some(journal) => {
            check_platform(journal, &platform)?;
            OpenRun::resume(journal, arguments.failed, &platform).await
        }
        None => OpenRun::create(new_run(&app, arguments)?, &platform).await,
    };
    let run = run.map_err(run_error)?;
    let transport = |agent: &str| -> Result<Arc<dyn AgentTransport>, StartError> {
        let path = find_agent(&app, Some(agent))?;
        Ok(Arc::new(InProcessAgent { router: router.clone(), app: Arc::clone(&app), path }))
    };
    let agent = transport(&run.header().agent)?;
    let other = run.header().against.as_deref().filter(|other| *other != LABELS).map(transport).transpose()?;
    Ok(PreparedRun { run, agent, other, app })
}

fn new_run(app: &App, arguments: &RunArguments) -> Result<NewRun, StartError> {
    let run = &arguments.run;
    let project = arguments.project.ok_or_else(|| StartError::Run("the project is missing".into()))?;
    let against = match run.against.as_deref() {
        Some(other) if other != LABELS => Some(find_agent(app, Some(other))?.to_owned()),
        other => other.map(ToOwned::to_owned),
    };
    Ok(NewRun {
        agent: find_agent(app, run.agent.as_deref())?.to_owned(),
        project: project.into(),
        selection: run.selection.clone(),
        mode: if run.is_dry_run { CallMode::DryRun } else { CallMode::Save },
        against,
        least_iou: run.least_iou,
        journal: run.journal.clone().unwrap_or_else(default_journal),
    })
}

/// Rejects the journal of a run on another platform: its project is not the one that the agents see.
fn check_platform(journal: &Path, platform: &PlatformClient) -> Result<(), StartError> {
    let header = OpenRun::header_of(journal).map_err(run_error)?;
    let domain = platform.domain().to_string();
    if header.platform == domain {
        return Ok(());
    }
    let error = format!("its platform is {}, and that of this program {domain}: set ENCORD_DOMAIN", header.platform);
    Err(StartError::Run(error.into()))
}

fn run_error(error: agent_batch::BatchError) -> StartError {
    StartError::Run(Box::new(error))
}

/// Prints a line to standard error. Nobody may be reading it.
fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}

impl RunArguments {
    fn new(run: BatchRun) -> Self {
        Self { run, project: None, resume: None, failed: Failed::Keep }
    }
}
