//! The environment variables that a server reads.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::time::Duration;

use agent_platform::environment;

use super::ranges;
use super::{ErrorCauses, PlatformCheck, Settings};
use crate::start_error::StartError;
use crate::webhook_signature::{SECRET_VARIABLE, WebhookSecrets};
use agent_core::platform::SaveVerification;

/// An environment variable: its name, its documentation, and the setting that it changes.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) meaning: &'static str,
    expects: &'static str,
    apply: fn(&mut Settings, &str) -> Option<()>,
}

/// All environment variables of a server.
pub(crate) const VARIABLES: [Variable; 23] = [
    Variable {
        name: "HOST",
        default: "127.0.0.1",
        meaning: "address to listen on; 0.0.0.0 for all networks, as in a container; ignored with a socket from systemd",
        expects: "an IP address",
        apply: |settings, value| value.parse().map(|host| settings.host = host).ok(),
    },
    Variable {
        name: "PORT",
        default: "8080",
        meaning: "port to listen on; 0 for a free one; ignored with a socket from systemd",
        expects: "a number from 0 to 65535",
        apply: |settings, value| value.parse().map(|port| settings.port = port).ok(),
    },
    Variable {
        name: "AGENT_TLS_CERT",
        default: "none",
        meaning: "PEM file with a certificate chain, which enables HTTPS; reloaded when it changes",
        expects: "the path of a PEM file",
        apply: |settings, value| {
            settings.tls.certificate = Some(value.into());
            Some(())
        },
    },
    Variable {
        name: "AGENT_TLS_KEY",
        default: "none",
        meaning: "PEM file with the certificate's private key",
        expects: "the path of a PEM file",
        apply: |settings, value| {
            settings.tls.key = Some(value.into());
            Some(())
        },
    },
    Variable {
        name: "AGENT_TIMEOUT",
        default: "60",
        meaning: "timeout of calls whose agent has none, in seconds",
        expects: "seconds, from 0.001 to 86400",
        apply: |settings, value| seconds(value, &ranges::TIMEOUT).map(|timeout| settings.timeout = timeout),
    },
    Variable {
        name: "AGENT_CONCURRENCY",
        default: "256",
        meaning: "maximum number of concurrent calls; further ones get 503",
        expects: "a number from 1 to 65536",
        apply: |settings, value| count(value, &ranges::CALLS).map(|calls| settings.concurrency = calls),
    },
    Variable {
        name: "AGENT_RESERVE",
        default: RESERVE_DEFAULT,
        meaning: "number of these calls reserved for agents that do not need the platform",
        expects: "a number from 0 to 65535, less than AGENT_CONCURRENCY",
        apply: |settings, value| count(value, &ranges::RESERVE).map(|calls| settings.reserve = Some(calls)),
    },
    Variable {
        name: "AGENT_CONNECTIONS",
        default: "4096",
        meaning: "maximum number of open connections; further ones wait",
        expects: "a number from 1 to 1048576",
        apply: |settings, value| {
            count(value, &ranges::CONNECTIONS).map(|connections| settings.connections = connections)
        },
    },
    Variable {
        name: "AGENT_BACKGROUND",
        default: "4",
        meaning: "maximum number of concurrent background jobs, such as notifications; further ones wait",
        expects: "a number from 1 to 256",
        apply: |settings, value| count(value, &ranges::BACKGROUND).map(|works| settings.background = works),
    },
    Variable {
        name: "AGENT_CPU_ALWAYS",
        default: "false",
        meaning: "true if the program gets processor time between calls, as on Cloud Run with --no-cpu-throttling",
        expects: "true or false",
        apply: |settings, value| value.parse().map(|always| settings.cpu_always = always).ok(),
    },
    Variable {
        name: "AGENT_BODY_LIMIT",
        default: "2097152",
        meaning: "maximum size of a request's body, in bytes",
        expects: "a number from 1 to 1073741824",
        apply: |settings, value| count(value, &ranges::BYTES).map(|bytes| settings.body_limit = bytes),
    },
    Variable {
        name: "AGENT_MEMORY_BUDGET",
        default: "none",
        meaning: "memory budget of decoded media and large responses, in bytes; by default half of the available memory",
        expects: "a number from 1048576 to 17592186044416",
        apply: |settings, value| {
            let bytes = value.parse().ok().filter(|bytes| ranges::MEMORY.contains(bytes))?;
            settings.memory_budget = Some(bytes);
            Some(())
        },
    },
    Variable {
        name: "AGENT_BODY_BUFFER",
        default: "67108864",
        meaning: "memory for bodies that have not arrived in full, in bytes; one body of AGENT_BODY_LIMIT always fits",
        expects: "a number from 1 to 1073741824",
        apply: |settings, value| count(value, &ranges::BYTES).map(|bytes| settings.body_buffer = bytes),
    },
    Variable {
        name: "AGENT_READ_TIMEOUT",
        default: "30",
        meaning: "timeout for a request's head, and then for its body, in seconds",
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
        default: "8",
        meaning: "time for running calls to finish after SIGTERM or ctrl-c, in seconds",
        expects: "seconds, from 0 to 86400",
        apply: |settings, value| seconds(value, &ranges::AGE).map(|grace| settings.shutdown_grace = grace),
    },
    Variable {
        name: "AGENT_ORIGINS",
        default: "none",
        meaning: "further allowed origins, separated by blanks: https://host, or a pattern ^https://...$",
        expects: "origins separated by blanks",
        // Parsed in `from_variables`, so that the error can name the origin.
        apply: |_, _| Some(()),
    },
    Variable {
        name: "AGENT_PROXIES",
        default: "none",
        meaning: "trusted proxies (X-Forwarded-For, X-Forwarded-Proto): addresses or networks, separated by blanks",
        expects: "addresses or networks separated by blanks",
        // Parsed in `from_variables`, so that the error can name the proxy.
        apply: |_, _| Some(()),
    },
    Variable {
        name: SECRET_VARIABLE,
        default: "none",
        meaning: "secrets that the platform signs calls with, one per line; agents then reject unsigned calls",
        expects: "a secret",
        apply: |settings, value| {
            settings.secrets = WebhookSecrets::from_lines(value);
            Some(())
        },
    },
    Variable {
        name: "AGENT_VERSION",
        default: "none",
        meaning: "version of the deployment in `GET /`, such as an image's tag; by default the crates of its agents",
        expects: "text",
        apply: |settings, value| {
            settings.version = Some(value.to_owned());
            Some(())
        },
    },
    Variable {
        name: "AGENT_SHOW_INTERNALS",
        default: "false",
        meaning: "true to send the private causes of errors, for development",
        expects: "true or false",
        apply: |settings, value| {
            let show: bool = value.parse().ok()?;
            settings.error_causes = if show { ErrorCauses::InResponses } else { ErrorCauses::Hidden };
            Some(())
        },
    },
    Variable {
        name: "AGENT_CHECK_PLATFORM",
        default: "false",
        meaning: "true to check at the start that the platform can be reached with the key",
        expects: "true or false",
        apply: |settings, value| {
            let check: bool = value.parse().ok()?;
            settings.platform_check = if check { PlatformCheck::AtStart } else { PlatformCheck::Skip };
            Some(())
        },
    },
    Variable {
        name: "AGENT_ONTOLOGY_AGE",
        default: "30",
        meaning: "time for which calls share an ontology before it is fetched again, in seconds",
        expects: "seconds, from 0 to 86400",
        apply: |settings, value| seconds(value, &ranges::AGE).map(|age| settings.ontology_age = age),
    },
    Variable {
        name: "AGENT_SAVE_VERIFY",
        default: "auto",
        meaning: "delay before a saved label row is read back to verify it, in seconds; auto: measured, at least 0.1; off for one replica",
        expects: "auto, off, or seconds, from 0.001 to 60",
        apply: |settings, value| SaveVerification::parse(value).map(|set| settings.save_verification = set),
    },
];

/// The documented default of a setting that depends on another one.
const RESERVE_DEFAULT: &str = "an eighth of AGENT_CONCURRENCY";

fn seconds(value: &str, range: &RangeInclusive<Duration>) -> Option<Duration> {
    let seconds = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|seconds| range.contains(seconds))
}

fn count(value: &str, range: &RangeInclusive<usize>) -> Option<usize> {
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

    #[test]
    fn documented_defaults_are_the_defaults() {
        let documented: Vec<_> = VARIABLES
            .iter()
            .filter(|v| !["none", RESERVE_DEFAULT].contains(&v.default))
            .map(|v| (v.name, v.default))
            .collect();
        assert_eq!(format!("{:?}", settings(&documented).unwrap()), format!("{:?}", Settings::default()));
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
