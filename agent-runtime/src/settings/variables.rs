//! The environment variables that a server reads.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use agent_platform::environment;

use super::ranges;
use super::{ErrorCauses, PlatformCheck, Settings};
use crate::start_error::StartError;
use crate::webhook_signature::{SECRET_VARIABLE, WebhookSecrets};
use agent_core::platform::SaveVerification;

/// An environment variable: its name, its expected form, and the setting that it changes. `server/help.txt` documents it.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    expects: &'static str,
    apply: fn(&mut Settings, &str) -> Option<()>,
}

/// All environment variables of a server.
pub(crate) const VARIABLES: [Variable; 23] = [
    Variable {
        name: "HOST",
        expects: "an IP address",
        apply: |settings, value| value.parse().map(|host| settings.host = host).ok(),
    },
    Variable {
        name: "PORT",
        expects: "a number from 0 to 65535",
        apply: |settings, value| value.parse().map(|port| settings.port = port).ok(),
    },
    Variable {
        name: "AGENT_TLS_CERT",
        expects: "the path of a PEM file",
        apply: |settings, value| Some(value).map(|path| settings.tls.certificate = Some(path.into())),
    },
    Variable {
        name: "AGENT_TLS_KEY",
        expects: "the path of a PEM file",
        apply: |settings, value| Some(value).map(|path| settings.tls.key = Some(path.into())),
    },
    Variable {
        name: "AGENT_TIMEOUT",
        expects: "seconds, from 0.001 to 86400",
        apply: |settings, value| seconds(value, &ranges::TIMEOUT).map(|timeout| settings.timeout = timeout),
    },
    Variable {
        name: "AGENT_CONCURRENCY",
        expects: "a number from 1 to 65536",
        apply: |settings, value| count(value, &ranges::CALLS).map(|calls| settings.concurrency = calls),
    },
    Variable {
        name: "AGENT_RESERVE",
        expects: "a number from 0 to 65535, less than AGENT_CONCURRENCY",
        apply: |settings, value| count(value, &ranges::RESERVE).map(|calls| settings.reserve = Some(calls)),
    },
    Variable {
        name: "AGENT_CONNECTIONS",
        expects: "a number from 1 to 1048576",
        apply: |settings, value| {
            count(value, &ranges::CONNECTIONS).map(|connections| settings.connections = connections)
        },
    },
    Variable {
        name: "AGENT_BACKGROUND",
        expects: "a number from 1 to 256",
        apply: |settings, value| count(value, &ranges::BACKGROUND).map(|works| settings.background = works),
    },
    Variable {
        name: "AGENT_CPU_ALWAYS",
        expects: "true or false",
        apply: |settings, value| value.parse().map(|always| settings.cpu_always = always).ok(),
    },
    Variable {
        name: "AGENT_BODY_LIMIT",
        expects: "a number from 1 to 1073741824",
        apply: |settings, value| count(value, &ranges::BYTES).map(|bytes| settings.body_limit = bytes),
    },
    Variable {
        name: "AGENT_MEMORY_BUDGET",
        expects: "a number from 1048576 to 17592186044416",
        apply: |settings, value| count(value, &ranges::MEMORY).map(|bytes| settings.memory_budget = Some(bytes)),
    },
    Variable {
        name: "AGENT_BODY_BUFFER",
        expects: "a number from 1 to 1073741824",
        apply: |settings, value| count(value, &ranges::BYTES).map(|bytes| settings.body_buffer = bytes),
    },
    Variable {
        name: "AGENT_READ_TIMEOUT",
        expects: "seconds, from 0.001 to 86400",
        apply: |settings, value| {
            seconds(value, &ranges::TIMEOUT).map(|timeout| {
                settings.header_timeout = timeout;
                settings.body_timeout = timeout;
            })
        },
    },
    Variable {
        name: "AGENT_SHUTDOWN_GRACE",
        expects: "seconds, from 0 to 86400",
        apply: |settings, value| seconds(value, &ranges::AGE).map(|grace| settings.shutdown_grace = grace),
    },
    Variable {
        name: "AGENT_ORIGINS",
        expects: "origins separated by blanks",
        // Parsed in `from_variables`, so that the error can name the origin.
        apply: |_, _| Some(()),
    },
    Variable {
        name: "AGENT_PROXIES",
        expects: "addresses or networks separated by blanks",
        // Parsed in `from_variables`, so that the error can name the proxy.
        apply: |_, _| Some(()),
    },
    Variable {
        name: SECRET_VARIABLE,
        expects: "a secret",
        apply: |settings, value| Some(value).map(|lines| settings.secrets = WebhookSecrets::from_lines(lines)),
    },
    Variable {
        name: "AGENT_VERSION",
        expects: "text",
        apply: |settings, value| Some(value).map(|version| settings.version = Some(version.to_owned())),
    },
    Variable {
        name: "AGENT_SHOW_INTERNALS",
        expects: "true or false",
        apply: |settings, value| {
            let show: bool = value.parse().ok()?;
            settings.error_causes = if show { ErrorCauses::InResponses } else { ErrorCauses::Hidden };
            Some(())
        },
    },
    Variable {
        name: "AGENT_CHECK_PLATFORM",
        expects: "true or false",
        apply: |settings, value| {
            let check: bool = value.parse().ok()?;
            settings.platform_check = if check { PlatformCheck::AtStart } else { PlatformCheck::Skip };
            Some(())
        },
    },
    Variable {
        name: "AGENT_ONTOLOGY_AGE",
        expects: "seconds, from 0 to 86400",
        apply: |settings, value| seconds(value, &ranges::AGE).map(|age| settings.ontology_age = age),
    },
    Variable {
        name: "AGENT_SAVE_VERIFY",
        expects: "auto, off, or seconds, from 0.001 to 60",
        apply: |settings, value| SaveVerification::parse(value).map(|set| settings.save_verification = set),
    },
];

fn seconds(value: &str, range: &RangeInclusive<Duration>) -> Option<Duration> {
    let seconds = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|seconds| range.contains(seconds))
}

fn count<N: FromStr + PartialOrd>(value: &str, range: &RangeInclusive<N>) -> Option<N> {
    value.parse().ok().filter(|count| range.contains(count))
}

impl Settings {
    /// Returns the defaults, changed by the values that `variable` returns for the names in [`VARIABLES`].
    ///
    /// # Errors
    /// A variable is blank, not UTF-8, malformed or out of range.
    pub(crate) fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, StartError> {
        let mut settings = Self::default();
        let read = |name| environment::checked(name, variable(name));
        for known in &VARIABLES {
            let Some(value) = read(known.name)? else { continue };
            let value = value.trim();
            if (known.apply)(&mut settings, value).is_none() {
                return Err(StartError::Setting { name: known.name, value: value.to_owned(), expects: known.expects });
            }
        }
        for origin in read("AGENT_ORIGINS")?.unwrap_or_default().split_whitespace() {
            settings.origins.allow(origin)?;
        }
        for proxy in read("AGENT_PROXIES")?.unwrap_or_default().split_whitespace() {
            settings.proxies.trust(proxy)?;
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
        assert_eq!(defaults.len(), 15, "{defaults:?}");
        assert_eq!(format!("{:?}", settings(&defaults).unwrap()), format!("{:?}", Settings::default()));
    }

    #[test]
    fn errors_state_the_accepted_ranges() {
        let ranges: Vec<_> = VARIABLES.iter().filter(|one| one.expects.contains(" to ")).collect();
        assert_eq!(ranges.len(), 13);
        for Variable { name, expects, .. } in ranges {
            let bounds: Vec<f64> = expects.split([' ', ',']).filter_map(|word| word.parse().ok()).collect();
            let accepts = |value: f64| settings(&[(*name, &value.to_string())]).is_ok();
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
        ] {
            let error = settings(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(value), "{error}");
        }
    }
}
