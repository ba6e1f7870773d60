//! Arguments of the program, each in place of an environment variable.

use std::collections::HashSet;

use super::Server;
use crate::settings::Settings;
use crate::start_error::StartError;

/// The arguments with a value, and the variable of each.
const WITH_VALUE: [(&str, &str); 10] = [
    ("--project", "AGENT_STAGE_PROJECTS"),
    ("--poll", "AGENT_STAGE_POLL"),
    ("--shard", "AGENT_SHARD"),
    ("--status", "AGENT_STAGE_STATUSES"),
    ("--assignee", "AGENT_STAGE_ASSIGNEES"),
    ("--dataset", "AGENT_STAGE_DATASETS"),
    ("--title", "AGENT_STAGE_TITLE"),
    ("--max-tasks", "AGENT_STAGE_MAX_TASKS"),
    ("--concurrency", "AGENT_STAGE_CONCURRENCY"),
    ("--tries", "AGENT_STAGE_TRIES"),
];

/// The argument without a value, and its variable.
const DRAIN: (&str, &str) = ("--drain", "AGENT_STAGE_DRAIN");

impl Server {
    /// Creates a server as [`from_env`](Self::from_env) does, and applies the arguments of the program: `--project HASH`, `--poll 30s`,
    /// `--shard 2/8`, `--drain`, `--status new`, `--assignee EMAIL`, `--dataset HASH`, `--title TEXT`, `--max-tasks 100`,
    /// `--concurrency 16` and `--tries 3`. An argument takes precedence over its environment variable. Other arguments are ignored.
    ///
    /// With `run` as the first argument, and the feature `batch`, [`serve`](Self::serve) runs an agent over a project instead, as
    /// `agent-studio run` does: `run PROJECT --dry-run`.
    ///
    /// # Errors
    /// The errors of [`from_env`](Self::from_env), or an argument whose value is missing or malformed.
    pub fn from_args() -> Result<Self, StartError> {
        let mut server = Self::from_env()?;
        #[cfg(feature = "batch")]
        {
            server.run = super::batch_settings::RunArguments::parse(std::env::args().skip(1))?.map(Box::new);
            if server.run.is_some() {
                return Ok(server);
            }
        }
        #[cfg(not(feature = "batch"))]
        if std::env::args().nth(1).as_deref() == Some("run") {
            return Err(StartError::MissingBatch);
        }
        apply(&mut server.settings, std::env::args().skip(1))?;
        Ok(server)
    }
}

/// Applies the arguments `--name VALUE` and `--name=VALUE`.
fn apply(settings: &mut Settings, arguments: impl Iterator<Item = String>) -> Result<(), StartError> {
    let mut arguments = arguments.peekable();
    let mut replaced = HashSet::new();
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        if name == DRAIN.0 {
            settings.apply(DRAIN.1, DRAIN.0, value.as_deref().unwrap_or("true"))?;
        }
        let Some((name, variable)) = WITH_VALUE.into_iter().find(|(known, _)| *known == name) else { continue };
        let value = value.or_else(|| arguments.next_if(|next| !next.starts_with("--"))).unwrap_or_default();
        if replaced.insert(variable) {
            settings.stage.clear_list(variable);
        }
        settings.apply(variable, name, &value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use agent_platform::client::{AgentTaskStatus, TaskFilter};

    use super::*;

    fn applied(arguments: &str) -> Result<Settings, String> {
        let mut settings = Settings::default();
        let arguments = arguments.split_whitespace().map(ToOwned::to_owned);
        apply(&mut settings, arguments).map(|()| settings).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_change_settings_of_stages() {
        let project = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3";
        let set =
            applied(&format!("run --project {project} --project={project} --poll 30s --shard=2/8 --drain")).unwrap();
        assert_eq!((set.stage.projects.len(), set.stage.drain), (2, true));
        assert_eq!(set.stage.poll, Some(Duration::from_secs(30)));
        assert_eq!(set.stage.shard.unwrap().to_string(), "2/8");
    }

    #[test]
    fn arguments_replace_the_lists_of_variables() {
        let mut settings = Settings::default();
        settings.apply("AGENT_STAGE_STATUSES", "--status", "skipped").unwrap();
        let arguments = "--status new --status REOPENED --assignee ada@x.test --title drive --max-tasks 5 --tries=2";
        apply(&mut settings, arguments.split_whitespace().map(ToOwned::to_owned)).unwrap();
        let filter = TaskFilter::ALL.status(AgentTaskStatus::New).status(AgentTaskStatus::Reopened);
        assert_eq!(settings.stage.tasks, filter.assignee("ada@x.test").title_contains("drive"));
        assert_eq!((settings.stage.max_tasks, settings.stage.tries), (Some(5), 2));
    }

    #[test]
    fn invalid_argument_is_named() {
        for (arguments, says) in [
            ("--poll soon", "--poll is `soon`"),
            ("--poll --drain", "--poll is ``"),
            ("--shard 8/8", "--shard is `8/8`"),
            ("--project cars", "--project is `cars`"),
            ("--drain=maybe", "--drain is `maybe`"),
            ("--status open", "--status is `open`"),
            ("--dataset cars", "--dataset is `cars`"),
            ("--max-tasks 0", "--max-tasks is `0`"),
        ] {
            let error = applied(arguments).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
