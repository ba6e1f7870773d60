//! The environment variables that a server reads.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::time::Duration;

use agent_platform::environment;

use super::Settings;
use super::ranges;
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

/// Every environment variable that the server reads itself.
pub(crate) const VARIABLES: [Variable; 23] = [
    Variable {
        name: "HOST",
        default: "127.0.0.1",
        meaning: "the address to listen on; 0.0.0.0 for every network, as a container needs it; unused with a socket of systemd's",
        expects: "an IP address",
        apply: |settings, value| value.parse().map(|host| settings.host = host).ok(),
    },
    Variable {
        name: "PORT",
        default: "8080",
        meaning: "the port to listen on; 0 for a free one",
        expects: "a number from 0 to 65535",
        apply: |settings, value| value.parse().map(|port| settings.port = port).ok(),
    },
    Variable {
        name: "AGENT_TLS_CERT",
        default: "none",
        meaning: "a PEM file with the chain of a certificate: with it the server speaks HTTPS; read again when it changes",
        expects: "the path of a PEM file",
        apply: |settings, value| {
            settings.tls.certificate = Some(value.into());
            Some(())
        },
    },
    Variable {
        name: "AGENT_TLS_KEY",
        default: "none",
        meaning: "a PEM file with the certificate's private key",
        expects: "the path of a PEM file",
        apply: |settings, value| {
            settings.tls.key = Some(value.into());
            Some(())
        },
    },
    Variable {
        name: "AGENT_TIMEOUT",
        default: "60",
        meaning: "how long one call may take, in seconds, unless the agent says otherwise",
        expects: "seconds, from 0.001 to 86400",
        apply: |settings, value| seconds(value, &ranges::TIMEOUT).map(|timeout| settings.timeout = timeout),
    },
    Variable {
        name: "AGENT_CONCURRENCY",
        default: "256",
        meaning: "how many calls run at once; more are answered 503",
        expects: "a number from 1 to 65536",
        apply: |settings, value| count(value, &ranges::CALLS).map(|calls| settings.concurrency = calls),
    },
    Variable {
        name: "AGENT_RESERVE",
        default: RESERVE_DEFAULT,
        meaning: "how many of these calls only agents that do not need the platform may be",
        expects: "a number from 0 to 65535, less than AGENT_CONCURRENCY",
        apply: |settings, value| count(value, &ranges::RESERVE).map(|calls| settings.reserve = Some(calls)),
    },
    Variable {
        name: "AGENT_CONNECTIONS",
        default: "4096",
        meaning: "how many connections are open at once; more wait",
        expects: "a number from 1 to 1048576",
        apply: |settings, value| {
            count(value, &ranges::CONNECTIONS).map(|connections| settings.connections = connections)
        },
    },
    Variable {
        name: "AGENT_BACKGROUND",
        default: "4",
        meaning: "how many notifications, and what else goes on after an answer, are worked on at once; more wait",
        expects: "a number from 1 to 256",
        apply: |settings, value| count(value, &ranges::BACKGROUND).map(|works| settings.background = works),
    },
    Variable {
        name: "AGENT_CPU_ALWAYS",
        default: "false",
        meaning: "says that this program gets processor time between calls, as on Cloud Run with --no-cpu-throttling",
        expects: "true or false",
        apply: |settings, value| value.parse().map(|always| settings.cpu_always = always).ok(),
    },
    Variable {
        name: "AGENT_BODY_LIMIT",
        default: "2097152",
        meaning: "how large a request's body may be, in bytes",
        expects: "a number from 1 to 1073741824",
        apply: |settings, value| count(value, &ranges::BYTES).map(|bytes| settings.body_limit = bytes),
    },
    Variable {
        name: "AGENT_MEMORY_BUDGET",
        default: "none",
        meaning: "memory of decoded media and large responses together, in bytes; half of what is available unless set",
        expects: "a number from 1048576 to 17592186044416",
        apply: |settings, value| {
            let bytes = value.parse().ok().filter(|bytes| (1 << 20..=1 << 44).contains(bytes))?;
            settings.memory_budget = Some(bytes);
            Some(())
        },
    },
    Variable {
        name: "AGENT_BODY_BUFFER",
        default: "67108864",
        meaning: "the memory for bodies that have not arrived in full, in bytes; at least one body of AGENT_BODY_LIMIT fits",
        expects: "a number from 1 to 1073741824",
        apply: |settings, value| count(value, &ranges::BYTES).map(|bytes| settings.body_buffer = bytes),
    },
    Variable {
        name: "AGENT_READ_TIMEOUT",
        default: "30",
        meaning: "how long a request's head, and then its body, may take to arrive, in seconds",
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
        meaning: "how long running calls may still take after SIGTERM or ctrl-c, in seconds",
        expects: "seconds, from 0 to 86400",
        apply: |settings, value| seconds(value, &ranges::AGE).map(|grace| settings.shutdown_grace = grace),
    },
    Variable {
        name: "AGENT_ORIGINS",
        default: "none",
        meaning: "further origins whose pages may call, separated by blanks: https://host, or a pattern ^https://...$",
        expects: "origins separated by blanks",
        // Read apart, so that its error can name the origin.
        apply: |_, _| Some(()),
    },
    Variable {
        name: "AGENT_PROXIES",
        default: "none",
        meaning: "proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks, separated by blanks",
        expects: "addresses or networks separated by blanks",
        // Read apart, so that its error can name the proxy.
        apply: |_, _| Some(()),
    },
    Variable {
        name: SECRET_VARIABLE,
        default: "none",
        meaning: "what the platform signs calls with, several one per line; agents then refuse calls without signature",
        expects: "a secret",
        apply: |settings, value| {
            settings.secrets = WebhookSecrets::from_lines(value);
            Some(())
        },
    },
    Variable {
        name: "AGENT_VERSION",
        default: "none",
        meaning: "what this deployment calls itself in `GET /`, e.g. an image's tag; the crates of its agents unless set",
        expects: "text",
        apply: |settings, value| {
            settings.version = Some(value.to_owned());
            Some(())
        },
    },
    Variable {
        name: "AGENT_SHOW_INTERNALS",
        default: "false",
        meaning: "whether errors carry their private cause, for development",
        expects: "true or false",
        apply: |settings, value| value.parse().map(|show| settings.show_internals = show).ok(),
    },
    Variable {
        name: "AGENT_CHECK_PLATFORM",
        default: "false",
        meaning: "whether to ask the platform at the start if it can be used, and not to start if not",
        expects: "true or false",
        apply: |settings, value| value.parse().map(|check| settings.check_platform = check).ok(),
    },
    Variable {
        name: "AGENT_ONTOLOGY_AGE",
        default: "30",
        meaning: "how long calls share an ontology before it is fetched again, in seconds",
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
    /// A variable is set and its value cannot be used: it is blank, not UTF-8, malformed or out of range.
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
    fn the_environment_changes_what_it_names() {
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
        assert!(!set.show_internals);
    }

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        let documented: Vec<_> = VARIABLES
            .iter()
            .filter(|v| !["none", RESERVE_DEFAULT].contains(&v.default))
            .map(|v| (v.name, v.default))
            .collect();
        assert_eq!(format!("{:?}", settings(&documented).unwrap()), format!("{:?}", Settings::default()));
    }

    #[test]
    fn ranges_are_those_that_the_errors_state() {
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
    fn blank_values_are_refused() {
        for known in &VARIABLES {
            for blank in ["", " \t"] {
                let error = settings(&[(known.name, blank)]).unwrap_err().to_string();
                assert!(error.contains(known.name) && error.contains("blank"), "{error}");
            }
        }
    }

    #[test]
    fn a_wrong_value_is_named_with_what_is_expected() {
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
