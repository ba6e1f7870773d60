//! The default log subscriber, for programs that do not install their own.

mod panic_hook;

use agent_platform::environment::variable;
use tracing::Level;
#[cfg(feature = "otel")]
use tracing_subscriber::Registry;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::start_error::StartError;

/// The environment variable for the log level.
const LEVEL: &str = "RUST_LOG";

/// The environment variable for the log format.
const FORMAT: &str = "AGENT_LOG";

/// The part of `--help` about the log.
pub(crate) const HELP: &str = include_str!("help.txt");

/// Checks the variables of the log, since [`init`] cannot fail.
///
/// # Errors
/// A variable is blank or not UTF-8, or `AGENT_LOG` is an unknown format. `RUST_LOG` is not parsed: it may have a syntax that
/// only the program's own subscriber supports.
pub(crate) fn check() -> Result<(), StartError> {
    variable(LEVEL)?;
    match variable(FORMAT)? {
        Some(value) if !matches!(value.trim(), "text" | "json") => Err(StartError::Setting {
            name: FORMAT,
            value: value.trim().to_owned(),
            expects: "text or json".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Installs a log subscriber that writes to standard error, unless the program has installed one. `RUST_LOG` sets the level.
/// Default: `info`. With `AGENT_LOG=json` each line is a JSON object. Panics are logged as one line each.
/// `#[agent_runtime::main]` calls this.
pub fn init() {
    let level = std::env::var(LEVEL).ok().filter(|value| !value.trim().is_empty());
    let targets = level
        .and_then(|value| value.parse::<Targets>().ok())
        .unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    // At the level `trace`, the event loop of AWS Lambda logs whole events, with signatures and selections.
    #[cfg(feature = "lambda")]
    let targets = targets.with_target("lambda_runtime", Level::INFO);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry();
    #[cfg(feature = "otel")]
    let (registry, not_exported) = match crate::otel::layer::<Registry>() {
        Ok(traces) => (registry.with(traces), None),
        Err(error) => (registry.with(None), Some(error)),
    };
    // Fails only if the program has installed a subscriber, which takes precedence.
    let installed = if std::env::var(FORMAT).is_ok_and(|format| format.trim() == "json") {
        registry.with(lines.json().flatten_event(true).with_filter(targets)).try_init()
    } else {
        let to_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        registry.with(lines.with_ansi(to_terminal).with_filter(targets)).try_init()
    };
    if installed.is_ok() {
        panic_hook::install();
    }
    // `Server::from_env` reports it too, and does not start.
    #[cfg(feature = "otel")]
    if let Some(error) = not_exported {
        tracing::warn!(%error, "the program exports no traces");
    }
}
