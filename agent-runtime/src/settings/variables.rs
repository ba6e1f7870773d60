//! The environment variables that a server reads.

use std::ffi::OsString;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use agent_platform::environment;

use self::Form::{Address, Bytes, Count, Findings, Flag, Interval, List, Port, SaveVerify, Seconds, Shards, Text};
use super::ranges::{
    AGE, BACKGROUND, BYTES, CALLS, CONNECTIONS, FILES, LOOKUPS, MAX_TASKS, MEMORY, POLL, RESERVE, SHARDS, TASKS,
    TIMEOUT, TRIES, number,
};
use super::shard::Shard;
use super::stage::{add_assignee, add_dataset, add_project, add_status};
use super::{DryRuns, ErrorCauses, PlatformCheck, Settings, interval};
use crate::start_error::StartError;
use crate::webhook_signature::{SECRET_VARIABLE, WebhookSecrets};
use agent_core::definition::FindingsTarget;
use agent_core::platform::SaveVerification;

/// An environment variable: its name, and the form of its value. `server/help.txt` documents it.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    form: Form,
}

/// The form of a value, and the function that changes the setting.
enum Form {
    Address(fn(&mut Settings, IpAddr)),
    Port(fn(&mut Settings, u16)),
    Text(fn(&mut Settings, String)),
    Flag(fn(&mut Settings, bool)),
    Count(RangeInclusive<usize>, fn(&mut Settings, usize)),
    Bytes(RangeInclusive<u64>, fn(&mut Settings, u64)),
    Seconds(RangeInclusive<Duration>, fn(&mut Settings, Duration)),
    SaveVerify(fn(&mut Settings, SaveVerification)),
    Findings(fn(&mut Settings, FindingsTarget)),
    /// A whole number with a unit, such as `30s`.
    Interval(RangeInclusive<Duration>, fn(&mut Settings, Duration)),
    Shards(fn(&mut Settings, Shard)),
    /// Entries separated by blanks.
    List(fn(&mut Settings, &str) -> Result<(), StartError>),
}

const fn variable(name: &'static str, form: Form) -> Variable {
    Variable { name, form }
}

/// All environment variables of a server.
pub(crate) const VARIABLES: [Variable; 40] = [
    variable("HOST", Address(|settings, host| settings.host = host)),
    variable("PORT", Port(|settings, port| settings.port = port)),
    variable("AGENT_TLS_CERT", Text(|settings, path| settings.tls.certificate = Some(path.into()))),
    variable("AGENT_TLS_KEY", Text(|settings, path| settings.tls.key = Some(path.into()))),
    variable("AGENT_TIMEOUT", Seconds(TIMEOUT, |settings, timeout| settings.timeout = timeout)),
    variable("AGENT_CONCURRENCY", Count(CALLS, |settings, calls| settings.concurrency = calls)),
    variable("AGENT_RESERVE", Count(RESERVE, |settings, calls| settings.reserve = Some(calls))),
    variable("AGENT_CONNECTIONS", Count(CONNECTIONS, |settings, connections| settings.connections = connections)),
    variable("AGENT_BACKGROUND", Count(BACKGROUND, |settings, jobs| settings.background = jobs)),
    variable("AGENT_CPU_ALWAYS", Flag(|settings, always| settings.cpu_always = always)),
    variable("AGENT_BODY_LIMIT", Count(BYTES, |settings, bytes| settings.body_limit = bytes)),
    variable("AGENT_MEMORY_BUDGET", Bytes(MEMORY, |settings, bytes| settings.memory_budget = Some(bytes))),
    variable("AGENT_BODY_BUFFER", Count(BYTES, |settings, bytes| settings.body_buffer = bytes)),
    variable(
        "AGENT_READ_TIMEOUT",
        Seconds(TIMEOUT, |settings, timeout| (settings.header_timeout, settings.body_timeout) = (timeout, timeout)),
    ),
    variable("AGENT_SHUTDOWN_GRACE", Seconds(AGE, |settings, grace| settings.shutdown_grace = grace)),
    variable("AGENT_ORIGINS", List(|settings, origin| Ok(settings.origins.allow(origin)?))),
    variable("AGENT_PROXIES", List(trust_proxy)),
    variable(SECRET_VARIABLE, Text(|settings, lines| settings.secrets = WebhookSecrets::from_lines(&lines))),
    variable("AGENT_VERSION", Text(|settings, version| settings.version = Some(version))),
    variable(
        "AGENT_SHOW_INTERNALS",
        Flag(|settings, show| {
            settings.error_causes = if show { ErrorCauses::InResponses } else { ErrorCauses::Hidden };
        }),
    ),
    variable(
        "AGENT_DRY_RUN",
        Flag(|settings, everyone| {
            settings.dry_runs = if everyone { DryRuns::Everyone } else { DryRuns::SignedCalls };
        }),
    ),
    variable("AGENT_FINDINGS", Findings(|settings, target| settings.findings = target)),
    variable(
        "AGENT_CHECK_PLATFORM",
        Flag(|settings, check| {
            settings.platform_check = if check { PlatformCheck::AtStart } else { PlatformCheck::Skip };
        }),
    ),
    variable("AGENT_CHECK_PROJECTS", List(check_project)),
    variable("AGENT_ONTOLOGY_AGE", Seconds(AGE, |settings, age| settings.ontology_age = age)),
    variable("AGENT_FILE_CACHE", Bytes(FILES, |settings, bytes| settings.file_cache = bytes)),
    variable("AGENT_LOOKUP_CACHE", Count(LOOKUPS, |settings, lookups| settings.lookup_cache = lookups)),
    variable("AGENT_SAVE_VERIFY", SaveVerify(|settings, delay| settings.save_verification = delay)),
    variable("AGENT_STAGE_PROJECTS", List(add_project)),
    variable("AGENT_STAGE_POLL", Interval(POLL, |settings, interval| settings.stage.poll = Some(interval))),
    variable("AGENT_STAGE_CONCURRENCY", Count(TASKS, |settings, tasks| settings.stage.concurrency = tasks)),
    variable("AGENT_STAGE_TRIES", Count(TRIES, |settings, tries| settings.stage.tries = tries)),
    variable("AGENT_STAGE_STATUSES", List(add_status)),
    variable("AGENT_STAGE_ASSIGNEES", List(add_assignee)),
    variable("AGENT_STAGE_DATASETS", List(add_dataset)),
    variable("AGENT_STAGE_TITLE", Text(|settings, title| settings.stage.tasks.title_contains = Some(title))),
    variable("AGENT_STAGE_MAX_TASKS", Count(MAX_TASKS, |settings, tasks| settings.stage.max_tasks = Some(tasks))),
    variable("AGENT_STAGE_DRAIN", Flag(|settings, drain| settings.stage.drain = drain)),
    variable("AGENT_SHARD", Shards(|settings, shard| settings.stage.shard = Some(shard))),
    variable("AGENT_SHARDS", Count(SHARDS, |settings, shards| settings.stage.shards = Some(shards))),
];

/// Checks the project of an entry of `AGENT_CHECK_PROJECTS` at the start.
fn check_project(settings: &mut Settings, project: &str) -> Result<(), StartError> {
    let hash = project.parse().map_err(|_| StartError::Setting {
        name: "AGENT_CHECK_PROJECTS",
        value: project.to_owned(),
        expects: "project hashes, as in the label editor's URL, separated by blanks".to_owned(),
    })?;
    settings.platform_check = PlatformCheck::AtStart;
    settings.checked_projects.push(hash);
    Ok(())
}

/// Trusts an entry of `AGENT_PROXIES`.
fn trust_proxy(settings: &mut Settings, proxy: &str) -> Result<(), StartError> {
    settings.proxies.trust(proxy).map_err(|invalid| StartError::Setting {
        name: "AGENT_PROXIES",
        value: invalid.proxy,
        expects: "addresses such as `10.0.0.7` and networks such as `10.0.0.0/8` or `fd00::/8`, separated by blanks"
            .to_owned(),
    })
}

impl Variable {
    /// Parses the value and changes the setting.
    ///
    /// # Errors
    /// The value is malformed or out of range.
    fn apply(&self, settings: &mut Settings, value: &str) -> Result<(), StartError> {
        let applied = match &self.form {
            Address(set) => value.parse().map(|address| set(settings, address)).ok(),
            Port(set) => value.parse().map(|port| set(settings, port)).ok(),
            Text(set) => value.parse().map(|text| set(settings, text)).ok(),
            Flag(set) => value.parse().map(|flag| set(settings, flag)).ok(),
            Count(range, set) => in_range(value, range).map(|count| set(settings, count)),
            Bytes(range, set) => in_range(value, range).map(|bytes| set(settings, bytes)),
            Seconds(range, set) => {
                let time = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                time.filter(|time| range.contains(time)).map(|time| set(settings, time))
            }
            SaveVerify(set) => SaveVerification::parse(value).map(|delay| set(settings, delay)),
            Findings(set) => FindingsTarget::parse(value).map(|target| set(settings, target)),
            Interval(range, set) => {
                let interval = interval::parse(value).filter(|interval| range.contains(interval));
                interval.map(|interval| set(settings, interval))
            }
            Shards(set) => Shard::parse(value).map(|shard| set(settings, shard)),
            List(add) => return value.split_whitespace().try_for_each(|entry| add(settings, entry)),
        };
        applied.ok_or_else(|| StartError::Setting { name: self.name, value: value.to_owned(), expects: self.expects() })
    }

    /// Returns the expected form of the value, for errors.
    fn expects(&self) -> String {
        match &self.form {
            Address(_) => "an IP address".to_owned(),
            Port(_) => number(&(0..=u16::MAX)),
            Text(_) => "text".to_owned(),
            Flag(_) => "true or false".to_owned(),
            Count(range, _) => number(range),
            Bytes(range, _) => number(range),
            Seconds(range, _) => {
                format!("seconds, from {} to {}", range.start().as_secs_f64(), range.end().as_secs_f64())
            }
            SaveVerify(_) => "auto, off, or seconds, from 0.001 to 60".to_owned(),
            Findings(_) => "response or issues".to_owned(),
            Interval(range, _) => format!(
                "a whole number with a unit, such as `30s` or `5m`, from {} s to {} s",
                range.start().as_secs_f64(),
                range.end().as_secs_f64()
            ),
            Shards(_) => "an index from 0 and the number of shards, such as `2/8`".to_owned(),
            List(_) => "entries separated by blanks".to_owned(),
        }
    }
}

fn in_range<N: FromStr + PartialOrd>(value: &str, range: &RangeInclusive<N>) -> Option<N> {
    value.parse().ok().filter(|number| range.contains(number))
}

impl Settings {
    /// Applies an argument of the program in place of the variable with this name.
    ///
    /// # Errors
    /// The value is malformed or out of range. The error names `argument`.
    pub(crate) fn apply(&mut self, name: &str, argument: &'static str, value: &str) -> Result<(), StartError> {
        let Some(known) = VARIABLES.iter().find(|known| known.name == name) else { return Ok(()) };
        known.apply(self, value.trim()).map_err(|error| match error {
            StartError::Setting { value, expects, .. } => StartError::Argument { argument, value, expects },
            other => other,
        })
    }

    /// Returns the defaults, changed by the values that `variable` returns for the names in [`VARIABLES`].
    ///
    /// # Errors
    /// A variable is blank, not UTF-8, malformed or out of range.
    pub(crate) fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, StartError> {
        let mut settings = Self::default();
        let read = |name| environment::checked(name, variable(name));
        for known in &VARIABLES {
            let Some(value) = read(known.name)? else { continue };
            known.apply(&mut settings, value.trim())?;
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings, StartError> {
        Settings::from_variables(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.into()))
    }

    #[test]
    fn reads_settings_from_variables() {
        let set = settings(&[
            ("HOST", "0.0.0.0"),
            ("PORT", " 9000 "),
            ("AGENT_TIMEOUT", "2.5"),
            ("AGENT_ORIGINS", "https://a.example ^https://b$"),
        ])
        .unwrap();
        assert_eq!(
            (set.host.to_string().as_str(), set.port, set.timeout),
            ("0.0.0.0", 9000, Duration::from_millis(2500))
        );
        assert!(set.origins.allows("https://a.example") && set.origins.allows("https://b"));
        assert_eq!(set.error_causes, ErrorCauses::Hidden);
    }

    /// The names and defaults in the text of `--help`.
    fn documented() -> Vec<(&'static str, &'static str)> {
        let lines = include_str!("../server/help.txt").lines().filter(|line| line.starts_with("  "));
        let pair =
            |line: &'static str| Some((line.split_whitespace().next()?, line.strip_suffix(']')?.rsplit_once('[')?.1));
        lines.map(|line| pair(line).unwrap()).collect()
    }

    #[test]
    fn help_has_every_variable() {
        let names: Vec<_> = documented().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, VARIABLES.map(|known| known.name));
    }

    #[test]
    fn guide_has_every_variable_with_its_default() {
        let page = include_str!("../../../docs/guide/src/reference/environment.md");
        let row = |name: &str| page.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        for (name, default) in documented() {
            let row = row(name).unwrap_or_else(|| panic!("environment.md lacks {name}"));
            let literal = !default.contains("none") && !default.contains(' ');
            assert!(!literal || row.contains(&format!("| `{default}`")), "{row}: the default is {default}");
        }
        let others = ["../server/platform_help.txt", "../logging/help.txt"];
        let texts = [include_str!("../server/platform_help.txt"), include_str!("../logging/help.txt")];
        for (file, text) in others.iter().zip(texts) {
            for name in
                text.lines().filter(|line| line.starts_with("  ")).filter_map(|line| line.split_whitespace().next())
            {
                assert!(row(name).is_some(), "environment.md lacks {name} of {file}");
            }
        }
    }

    #[test]
    fn documented_defaults_are_the_defaults() {
        let defaults =
            documented().into_iter().filter(|(_, default)| !default.contains("none") && !default.contains(' '));
        let defaults: Vec<_> = defaults.collect();
        assert_eq!(defaults.len(), 22, "{defaults:?}");
        assert_eq!(format!("{:?}", settings(&defaults).unwrap()), format!("{:?}", Settings::default()));
    }

    #[test]
    fn errors_state_the_accepted_ranges() {
        let ranges: Vec<_> = VARIABLES
            .iter()
            .filter(|one| one.expects().contains(" to ") && !matches!(one.form, Interval(..)))
            .collect();
        assert_eq!(ranges.len(), 19);
        for one in ranges {
            let (name, expects) = (one.name, one.expects());
            let bounds: Vec<f64> = expects.split([' ', ',']).filter_map(|word| word.parse().ok()).collect();
            let accepts = |value: f64| settings(&[(name, &value.to_string())]).is_ok();
            assert!(accepts(bounds[0]) && accepts(bounds[1]), "{name}: {expects}");
            assert!(!accepts(bounds[1] + 1.0) && !accepts(bounds[0] / 2.0 - 0.0001), "{name}: {expects}");
        }
    }

    #[test]
    fn rejects_blank_values() {
        for known in &VARIABLES {
            for blank in ["", " \t"] {
                let error = settings(&[(known.name, blank)]).unwrap_err().to_string();
                assert!(error.contains(known.name) && error.contains("blank"), "{error}");
            }
        }
    }

    #[test]
    fn invalid_proxy_is_reported_with_its_source() {
        let variable = settings(&[("AGENT_PROXIES", "10.0.0.7 localhost")]).unwrap_err().to_string();
        assert!(variable.contains("AGENT_PROXIES is `localhost`"), "{variable}");
        let method = Settings::default().proxies.trust("localhost").unwrap_err().to_string();
        assert!(!method.contains("AGENT_PROXIES"), "{method}");
    }

    #[test]
    fn errors_quote_the_invalid_value() {
        for (name, value) in [
            ("PORT", "http"),
            ("PORT", "65536"),
            ("HOST", "localhost"),
            ("AGENT_TIMEOUT", "0"),
            ("AGENT_TIMEOUT", "inf"),
            ("AGENT_CONCURRENCY", "-1"),
            ("AGENT_MEMORY_BUDGET", "1000"),
            ("AGENT_MEMORY_BUDGET", "18446744073709551615"),
            ("AGENT_SHOW_INTERNALS", "yes"),
            ("AGENT_SAVE_VERIFY", "sometimes"),
            ("AGENT_ORIGINS", "example.com"),
            ("AGENT_PROXIES", "10.0.0.0/40"),
            ("AGENT_STAGE_PROJECTS", "cars"),
            ("AGENT_STAGE_POLL", "0s"),
            ("AGENT_STAGE_STATUSES", "open"),
            ("AGENT_STAGE_ASSIGNEES", "ada"),
            ("AGENT_STAGE_DATASETS", "streets"),
            ("AGENT_STAGE_MAX_TASKS", "0"),
            ("AGENT_SHARD", "8/8"),
        ] {
            let error = settings(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(value), "{error}");
        }
    }
}
