//! The log, for programs that do not set up their own.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;

use agent_platform::environment::variable;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use agent_core::panic_message::panic_message;

use crate::start_error::StartError;

/// The environment variable for the level.
pub(crate) const LEVEL: &str = "RUST_LOG";
pub(crate) const LEVEL_MEANING: &str =
    "what is logged: off, error, warn, info, debug, trace, or by target: my_agents=debug,info";

/// The environment variable for the form of the log.
pub(crate) const FORMAT: &str = "AGENT_LOG";
pub(crate) const FORMAT_MEANING: &str = "text for people, or json for machines, one object per line";

/// Checks the variables of the log, which [`init`] cannot refuse.
///
/// # Errors
/// A variable is blank or not UTF-8, or `AGENT_LOG` is an unknown form. `RUST_LOG` may have a syntax that only a subscriber of
/// the program's own can read.
pub(crate) fn check() -> Result<(), StartError> {
    variable(LEVEL)?;
    match variable(FORMAT)? {
        Some(value) if !matches!(value.trim(), "text" | "json") => {
            Err(StartError::Setting { name: FORMAT, value: value.trim().to_owned(), expects: "text or json" })
        }
        _ => Ok(()),
    }
}

/// Writes the log to standard error, unless the program has set up a subscriber of its own. What `RUST_LOG` says is
/// logged; without it, `info` and above. With `AGENT_LOG=json` each line is a JSON object. Panics are lines of the log, too.
/// `#[agent_runtime::main]` calls this.
pub fn init() {
    let wanted = std::env::var(LEVEL).ok().filter(|value| !value.trim().is_empty());
    let targets = wanted
        .and_then(|value| value.parse::<Targets>().ok())
        .unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    // At the level `trace`, the loop of AWS Lambda's events logs them whole: with signatures and selections.
    #[cfg(feature = "lambda")]
    let targets = targets.with_target("lambda_runtime", Level::INFO);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry().with(targets);
    // Fails only if there is a subscriber already, and then that one is meant.
    let set_up = if std::env::var(FORMAT).is_ok_and(|format| format.trim() == "json") {
        registry.with(lines.json().flatten_event(true)).try_init()
    } else {
        let to_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        registry.with(lines.with_ansi(to_terminal)).try_init()
    };
    if set_up.is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// A panic as one line of the log. The standard report is as many lines as its text has, which may be a caller's: they would
/// pass for the log's own, and be no JSON. With `RUST_BACKTRACE=1` the line has the backtrace.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    let place = panic.location().map(tracing::field::display);
    tracing::error!(panic = panic_message(panic.payload()), place, backtrace, "panicked");
}
