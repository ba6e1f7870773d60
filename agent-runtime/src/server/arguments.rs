//! Arguments of the program, each in place of an environment variable.

use super::Server;
use crate::settings::Settings;
use crate::start_error::StartError;

/// The arguments with a value, and the variable of each.
const WITH_VALUE: [(&str, &str); 3] =
    [("--project", "AGENT_STAGE_PROJECTS"), ("--poll", "AGENT_STAGE_POLL"), ("--shard", "AGENT_SHARD")];

/// The argument without a value, and its variable.
const DRAIN: (&str, &str) = ("--drain", "AGENT_STAGE_DRAIN");

impl Server {
    /// Creates a server as [`from_env`](Self::from_env) does, and applies the arguments of the program: `--project HASH`, `--poll 30s`,
    /// `--shard 2/8` and `--drain`. An argument takes precedence over its environment variable. Other arguments are ignored.
    ///
    /// # Errors
    /// The errors of [`from_env`](Self::from_env), or an argument whose value is missing or malformed.
    pub fn from_args() -> Result<Self, StartError> {
        let mut server = Self::from_env()?;
        apply(&mut server.settings, std::env::args().skip(1))?;
        Ok(server)
    }
}

/// Applies the arguments `--name VALUE` and `--name=VALUE`.
fn apply(settings: &mut Settings, arguments: impl Iterator<Item = String>) -> Result<(), StartError> {
    let mut arguments = arguments.peekable();
    let mut projects_of_arguments = false;
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
        if variable == "AGENT_STAGE_PROJECTS" && !std::mem::replace(&mut projects_of_arguments, true) {
            settings.stage.projects.clear();
        }
        settings.apply(variable, name, &value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
    fn invalid_argument_is_named() {
        for (arguments, says) in [
            ("--poll soon", "--poll is `soon`"),
            ("--poll --drain", "--poll is ``"),
            ("--shard 8/8", "--shard is `8/8`"),
            ("--project cars", "--project is `cars`"),
            ("--drain=maybe", "--drain is `maybe`"),
        ] {
            let error = applied(arguments).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
