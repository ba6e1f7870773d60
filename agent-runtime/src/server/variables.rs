//! The environment variables that a server reads.

use std::time::Duration;

use super::settings::Settings;
use super::start_error::StartError;
use crate::signed::{SECRET_VARIABLE, WebhookSecrets};

/// An environment variable: how it is called, what it means, and how it changes the settings.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) meaning: &'static str,
    expects: &'static str,
    apply: fn(&mut Settings, &str) -> Option<()>,
}

/// Every environment variable that the server reads itself.
pub(crate) const VARIABLES: [Variable; 19] = [
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
        expects: "seconds, more than 0",
        apply: |settings, value| seconds(value).map(|timeout| settings.timeout = timeout),
    },
    Variable {
        name: "AGENT_CONCURRENCY",
        default: "256",
        meaning: "how many calls run at once; more are answered 503",
        expects: "a number from 1",
        apply: |settings, value| count(value).map(|calls| settings.concurrency = calls),
    },
    Variable {
        name: "AGENT_CONNECTIONS",
        default: "4096",
        meaning: "how many connections are open at once; more wait",
        expects: "a number from 1",
        apply: |settings, value| count(value).map(|connections| settings.connections = connections),
    },
    Variable {
        name: "AGENT_BACKGROUND",
        default: "4",
        meaning: "how many notifications, and what else goes on after an answer, are worked on at once; more wait",
        expects: "a number from 1",
        apply: |settings, value| count(value).map(|works| settings.background = works),
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
        expects: "a number from 1",
        apply: |settings, value| count(value).map(|bytes| settings.body_limit = bytes),
    },
    Variable {
        name: "AGENT_READ_TIMEOUT",
        default: "30",
        meaning: "how long a request's head, and then its body, may take to arrive, in seconds",
        expects: "seconds, more than 0",
        apply: |settings, value| {
            seconds(value).map(|timeout| {
                settings.header_timeout = timeout;
                settings.body_timeout = timeout;
            })
        },
    },
    Variable {
        name: "AGENT_SHUTDOWN_GRACE",
        default: "8",
        meaning: "how long running calls may still take after SIGTERM or ctrl-c, in seconds",
        expects: "seconds, more than 0",
        apply: |settings, value| seconds(value).map(|grace| settings.shutdown_grace = grace),
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
            settings.secrets = WebhookSecrets::of_lines(value);
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
        expects: "seconds, more than 0",
        apply: |settings, value| seconds(value).map(|age| settings.ontology_age = age),
    },
];

fn seconds(value: &str) -> Option<Duration> {
    let seconds: f64 = value.parse().ok().filter(|seconds| *seconds > 0.0)?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn count(value: &str) -> Option<usize> {
    value.parse().ok().filter(|count| *count > 0)
}

impl Settings {
    /// The defaults, changed by what `variable` gives for the names in [`VARIABLES`]. Blank counts as unset.
    pub(crate) fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let mut settings = Self::default();
        for known in &VARIABLES {
            let Some(value) = variable(known.name) else { continue };
            let value = value.trim();
            if !value.is_empty() && (known.apply)(&mut settings, value).is_none() {
                return Err(StartError::Setting { name: known.name, value: value.to_owned(), expects: known.expects });
            }
        }
        for origin in variable("AGENT_ORIGINS").unwrap_or_default().split_whitespace() {
            settings.origins.allow(origin)?;
        }
        for proxy in variable("AGENT_PROXIES").unwrap_or_default().split_whitespace() {
            settings.proxies.trust(proxy)?;
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings, StartError> {
        Settings::from_variables(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
    }

    #[test]
    fn the_environment_changes_what_it_names() {
        let set = settings(&[
            ("HOST", "0.0.0.0"),
            ("PORT", " 9000 "),
            ("AGENT_TIMEOUT", "2.5"),
            ("AGENT_ORIGINS", "https://a.example ^https://b$"),
            ("AGENT_SHOW_INTERNALS", ""),
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
        let documented: Vec<_> =
            VARIABLES.iter().filter(|v| v.default != "none").map(|v| (v.name, v.default)).collect();
        assert_eq!(format!("{:?}", settings(&documented).unwrap()), format!("{:?}", Settings::default()));
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
            ("AGENT_SHOW_INTERNALS", "yes"),
            ("AGENT_ORIGINS", "example.com"),
            ("AGENT_PROXIES", "10.0.0.0/40"),
        ] {
            let error = settings(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(value), "{error}");
        }
    }
}
