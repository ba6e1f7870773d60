//! The log, for programs that do not set up their own.

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The environment variable for the level.
pub(crate) const LEVEL: &str = "RUST_LOG";
pub(crate) const LEVEL_MEANING: &str =
    "what is logged: off, error, warn, info, debug, trace, or by target: my_agents=debug,info";

/// Writes the log to standard error, unless the program has set up a subscriber of its own. What `RUST_LOG` says is
/// logged; without it, `info` and above. `#[agent_runtime::main]` calls this.
pub fn init() {
    let wanted = std::env::var(LEVEL).ok().filter(|value| !value.trim().is_empty());
    let targets = wanted
        .and_then(|value| value.parse::<Targets>().ok())
        .unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    let to_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(to_terminal).with_target(false);
    // Fails only if there is a subscriber already, and then that one is meant.
    let _ = tracing_subscriber::registry().with(targets).with(lines).try_init();
}
