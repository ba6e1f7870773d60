//! The arguments of `run`: those of `agent-studio run`.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use agent_batch::{Failed, FrameChoice, parse_class, parse_status};
use agent_platform::hash::ProjectHash;
use uuid::Uuid;

use super::batch_run::BatchRun;
use crate::start_error::StartError;

/// The arguments, for `--help` and errors.
pub(crate) const USAGE: &str = "run PROJECT [--agent PATH] [--title TEXT] [--status STATUS] [--stage TITLE] [--data HASH] [--frames FRAMES] \
    [--objects class=CLASS] [--dry-run] [--against PATH|labels] [--iou IOU] [--concurrency NUMBER] [--rate PER_SECOND] \
    [--retries NUMBER] [--timeout SECONDS] [--journal FILE] [--report FILE], or run --resume JOURNAL [--retry-failed] \
    [--settle SECONDS]";

/// Length of a UUID as text.
const UUID_LENGTH: usize = 36;

/// A run that the arguments of the program ask for.
#[derive(Debug, Clone)]
pub(crate) struct RunArguments {
    pub(in crate::server) run: BatchRun,
    pub(in crate::server) project: Option<ProjectHash>,
    /// The journal of the run to continue.
    pub(in crate::server) resume: Option<PathBuf>,
    /// Treatment of failed data units when a run continues.
    pub(in crate::server) failed: Failed,
}

impl RunArguments {
    /// Parses the arguments of the program: `None` if the first one is not `run`.
    ///
    /// # Errors
    /// An argument is unknown, missing or malformed.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Option<Self>, StartError> {
        let mut arguments = arguments.into_iter();
        if arguments.next().as_deref() != Some("run") {
            return Ok(None);
        }
        Self::parse_run(arguments)
            .map(Some)
            .map_err(|problem| StartError::Run(format!("{problem}. Usage: {USAGE}").into()))
    }

    fn parse_run(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { run: BatchRun::new(), project: None, resume: None, failed: Failed::Keep };
        let mut has_frames = false;
        while let Some(argument) = arguments.next() {
            let (name, value) = match argument.split_once('=').filter(|_| argument.starts_with("--")) {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            has_frames |= name == "--frames";
            match name.as_str() {
                "--dry-run" => parsed.run.is_dry_run = true,
                "--retry-failed" => parsed.failed = Failed::Retry,
                name if name.starts_with("--") => {
                    let value = value.or_else(|| arguments.next()).ok_or_else(|| format!("{name} has no value"))?;
                    parsed.apply(name, &value)?;
                }
                project if parsed.project.is_none() => parsed.project = Some(project_hash(project)?.into()),
                other => return Err(format!("unexpected argument `{other}`")),
            }
        }
        if parsed.run.selection.class.is_some() && !has_frames {
            parsed.run.selection.frames = FrameChoice::Labelled;
        }
        match (&parsed.project, &parsed.resume) {
            (None, None) => Err("the project is missing".to_owned()),
            (Some(_), Some(_)) => Err("--resume takes the project from the journal".to_owned()),
            _ => Ok(parsed),
        }
    }

    /// Applies an argument with a value.
    fn apply(&mut self, name: &str, value: &str) -> Result<(), String> {
        let run = &mut self.run;
        let list = || value.split(',').filter(|one| !one.is_empty());
        match name {
            "--agent" => run.agent = Some(value.to_owned()),
            "--title" => run.selection.title = Some(value.to_owned()),
            "--status" => {
                for status in list() {
                    run.selection.statuses.push(parse_status(status)?);
                }
            }
            "--stage" => run.selection.stage = Some(value.to_owned()),
            "--data" => run.selection.data.extend(list().map(ToOwned::to_owned)),
            "--frames" => run.selection.frames = value.parse::<FrameChoice>().map_err(|error| error.to_string())?,
            "--objects" => run.selection.class = Some(parse_class(value)?),
            "--against" => run.against = Some(value.to_owned()),
            "--iou" => run.least_iou = number(name, value, |iou: &f64| (0.0..=1.0).contains(iou))?,
            "--concurrency" => run.execution.concurrency = number(name, value, |units| *units > 0)?,
            "--rate" => run.execution.rate = Some(number(name, value, |rate: &f64| rate.is_finite() && *rate > 0.0)?),
            "--retries" => run.execution.retries = number(name, value, |_| true)?,
            "--timeout" => run.execution.timeout = Duration::from_secs(number(name, value, |seconds| *seconds > 0)?),
            "--settle" => run.execution.settle = Duration::from_secs(number(name, value, |_| true)?),
            "--journal" => run.journal = Some(value.into()),
            "--report" => run.reports.push(value.into()),
            "--resume" => self.resume = Some(value.into()),
            _ => return Err(format!("unknown argument `{name}`")),
        }
        Ok(())
    }
}

fn number<T: FromStr>(name: &str, value: &str, is_valid: impl Fn(&T) -> bool) -> Result<T, String> {
    value
        .parse()
        .ok()
        .filter(is_valid)
        .ok_or_else(|| format!("{name} is `{value}`, which is out of range or not a number"))
}

/// Finds the project hash in a URL of the platform or of the local platform's page.
fn project_hash(text: &str) -> Result<Uuid, String> {
    let mut uuids = (0..text.len()).filter_map(|start| text.get(start..start + UUID_LENGTH)?.parse::<Uuid>().ok());
    uuids.next().ok_or_else(|| format!("`{text}` is not a project: write its hash, or its URL as in the address bar"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECT: &str = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3";

    fn parsed(arguments: &str) -> Result<Option<RunArguments>, String> {
        let arguments = arguments.split_whitespace().map(ToOwned::to_owned);
        RunArguments::parse(arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_arguments_of_run() {
        let text = format!(
            "run https://app.encord.com/projects/view/{PROJECT}/summary --agent simplify --status labelled,REVIEWED --objects class=Coin \
             --dry-run --concurrency=8 --rate 2.5 --report a.html --report b.jsonl --data a,b"
        );
        let arguments = parsed(&text).unwrap().unwrap();
        let run = &arguments.run;
        assert_eq!(Uuid::from(arguments.project.unwrap()).to_string(), PROJECT);
        assert_eq!((run.agent.as_deref(), run.is_dry_run, run.reports.len()), (Some("simplify"), true, 2));
        assert_eq!((run.selection.statuses.len(), run.selection.data.len()), (2, 2));
        assert_eq!((run.selection.class.as_deref(), run.selection.frames), (Some("Coin"), FrameChoice::Labelled));
        assert_eq!((run.execution.concurrency, run.execution.rate), (8, Some(2.5)));
        assert!(parsed("--drain run").unwrap().is_none());
        let resumed = parsed("run --resume run.jsonl --retry-failed --settle 0").unwrap().unwrap();
        assert_eq!((resumed.failed, resumed.run.execution.settle), (Failed::Retry, Duration::ZERO));
    }

    #[test]
    fn invalid_argument_of_run_is_named() {
        for (arguments, says) in [
            ("run", "the project is missing"),
            ("run cars", "`cars` is not a project"),
            (&format!("run {PROJECT} --concurrency 0"), "--concurrency is `0`"),
            (&format!("run {PROJECT} --status done"), "NOT_LABELLED"),
            (&format!("run {PROJECT} --frames some"), "`some` is not a choice of frames"),
            (&format!("run {PROJECT} --fast 1"), "unknown argument `--fast`"),
            (&format!("run {PROJECT} --title"), "--title has no value"),
            (&format!("run {PROJECT} --resume run.jsonl"), "--resume takes the project from the journal"),
        ] {
            let error = parsed(arguments).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
