//! `agent-studio run`: calls an agent for the data units of a project.

mod agreement;
mod http_agent;
mod progress;
mod report;
mod settings;
mod start;

use std::path::PathBuf;

use agent_batch::report::{ReportFormat, write};
use agent_batch::{Engine, Failed, Finished};
use clap::Args;

use super::failure::Failure;
use super::shutdown::shutdown;
use super::terminal::{print_stderr, print_stdout};

use progress::RunProgress;
use settings::{Execution, Target};
use start::StartedRun;

const EXIT_CODES: &str = "\
Exit codes: 0 every data unit is finished, 1 failure, 2 invalid command line, 3 a data unit failed, 4 stopped before the end: \
continue with --resume.

Examples:
  agent-studio run http://127.0.0.1:8080/simplify \"https://app.encord.com/projects/view/PROJECT\" --dry-run
  agent-studio run http://127.0.0.1:8080/simplify \"http://127.0.0.1:8899/#project=PROJECT\" --status LABELLED
  agent-studio run http://127.0.0.1:8080/detect --against http://127.0.0.1:8081/detect PROJECT
  agent-studio run --resume run-20260102-030405.jsonl";

/// Exit code if a data unit failed.
const EXIT_FAILED: u8 = 3;
/// Exit code if the run was stopped.
const EXIT_STOPPED: u8 = 4;

/// Call an agent for the data units of a project.
///
/// The journal records each step. It is JSON Lines, with the label rows from before beside it, so that an interrupted run continues
/// with `--resume`, and `agent-studio undo` takes its changes back. The platform's key is read from the environment, as agents
/// read it. Calls of an agent that was stopped by Ctrl-C are finished first; a second Ctrl-C stops at once.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Run {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    execution: Execution,
    /// Continue the run of this journal. Data units that are finished are not called again.
    #[arg(long, value_name = "JOURNAL", conflicts_with_all = ["agent_url", "project_url", "title", "status", "stage", "data", "frames", "objects", "dry_run", "against", "journal"])]
    resume: Option<PathBuf>,
    /// With `--resume`: call the agent again for data units that failed.
    #[arg(long, requires = "resume")]
    retry_failed: bool,
    /// With `--resume`: time after which calls of the interrupted run have ended, in seconds. Data units whose call was interrupted
    /// are looked at last, and not before.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0, requires = "resume")]
    settle: f64,
    /// Write the result of each data unit to a file: `.jsonl` or `.html`. May be repeated.
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
}

impl Run {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let mut formats = Vec::new();
        for path in &self.report {
            formats.push(ReportFormat::from_path(path)?);
        }
        let StartedRun { mut run, agent, other } = match &self.resume {
            Some(journal) => {
                let failed = if self.retry_failed { Failed::Retry } else { Failed::Keep };
                StartedRun::resume(journal, &self.execution, failed).await?
            }
            None => StartedRun::start(&self.target, &self.execution).await?,
        };
        if formats.contains(&ReportFormat::Html) {
            run = run.with_pictures();
        }
        let (journal, is_comparison, units) =
            (run.journal().to_owned(), run.header().against.is_some(), run.header().units);
        let engine = run.engine(agent, other, &self.execution.engine(self.settle));
        let finished = run_with_progress(&engine, units).await?;
        drop(engine);
        let Some(finished) = finished else { return Ok(EXIT_STOPPED) };
        for path in &self.report {
            write(path, &journal)?;
        }
        print_stdout(report::summary(&finished, units, &journal));
        if is_comparison {
            print_stdout(agreement::table(&journal)?);
        }
        Ok(exit_code(&finished))
    }
}

fn exit_code(finished: &Finished) -> u8 {
    match (finished.is_stopped, finished.tally.failed + finished.left_open) {
        (true, _) => EXIT_STOPPED,
        (false, 0) => 0,
        (false, _) => EXIT_FAILED,
    }
}

/// Runs until the end or a signal. Returns `None` if a second signal stopped the run at once.
async fn run_with_progress(engine: &Engine, units: usize) -> Result<Option<Finished>, Failure> {
    let first = shutdown()?;
    tokio::pin!(first);
    let progress = RunProgress::new(units, engine.tally());
    let run = engine.run();
    tokio::pin!(run);
    let watch = async {
        loop {
            tokio::time::sleep(progress.interval()).await;
            progress.update(engine.tally());
        }
    };
    tokio::pin!(watch);
    tokio::select! {
        finished = &mut run => return Ok(Some(finished?)),
        () = &mut watch => {}
        () = &mut first => {}
    }
    // A listener from before would have received the first signal too.
    let second = shutdown()?;
    engine.stop();
    print_stderr("Stopping: running calls are finished first. Press Ctrl-C again to stop at once.");
    tokio::select! {
        finished = &mut run => Ok(Some(finished?)),
        () = &mut watch => Ok(None),
        () = second => Ok(None),
    }
}
