//! Texts on standard output for the person who started the server.

use std::io::{Write, stdout};
use std::time::Duration;

use crate::app::App;
use crate::drain_report::DrainReport;
use agent_core::signature_policy::SignatureRule;

/// Prints a line. Errors are ignored: a closed standard output must not stop the server.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = writeln!(stdout(), $($text)*);
    }};
}

/// Project and image of the sample project of `agent-studio`.
const SAMPLE: (&str, &str) = ("6f0b6e2a-8c53-4b0e-9d0f-51a3c2d7e845", "406c8a83-e706-52ff-9404-0006c8120989");

/// Returns the project hash and the data hash of the example call: those of the sample project, or placeholders if the platform at
/// this URL is not on this machine.
fn example_target(domain: Option<&str>) -> (&'static str, &'static str) {
    let is_local = |domain: &str| {
        let host = domain.split_once("://").map_or(domain, |(_, rest)| rest);
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| host.starts_with(local))
    };
    if domain.is_none_or(is_local) { SAMPLE } else { ("PROJECT_HASH", "DATA_HASH") }
}

/// Prints the agents, and how to call them.
pub(super) fn print(app: &App, url: &str) {
    let count = app.agents.len();
    say!("{count} editor agent{} on {url}\n", if count == 1 { "" } else { "s" });
    let width = app.paths().map(str::len).max().unwrap_or_default();
    for served in &app.agents {
        let (agent, signature) = (served.agent, &served.signature);
        let requirements = agent.requirements_for(app.settings.findings);
        let needs = if requirements.items().is_empty() {
            "needs nothing".to_owned()
        } else {
            format!("needs {}", requirements.items().join(", "))
        };
        let signed = match signature.rule() {
            SignatureRule::Required => "; signed calls only",
            SignatureRule::WhenPresent => "; signatures are checked if there are any",
            SignatureRule::Off => "",
        };
        let limit = agent.definition.concurrency.map(|calls| format!("; {calls} at once")).unwrap_or_default();
        say!("  POST {url}{:width$}  {needs}{limit}{signed}", agent.definition.path);
    }
    for served in &app.handlers {
        let event = served.takes.event_type.unwrap_or("every notification");
        say!("  POST {url}{:width$}  takes {event}", served.handler.path);
    }
    if app.agents.iter().any(|served| served.signature.rule() == SignatureRule::Required) {
        say!(
            "\nOnly the platform's backend signs calls. A label editor in a browser does not, and is answered 401 by agents"
        );
        say!("that take signed calls only: `signature = \"when-present\"` on an agent lets both call.");
    }
    let Some(first) = app.agents.first().map(|served| served.agent) else { return };
    say!("\nSee them in a browser: {url}/");
    say!("Or call one as a label editor would:\n");
    say!("  curl {url}{} -H 'Content-Type: application/json' \\", first.definition.path);
    let (project, data) = example_target(std::env::var("ENCORD_DOMAIN").ok().as_deref());
    say!("    -d '{{\"projectHash\": \"{project}\", \"dataHash\": \"{data}\", \"frame\": 0}}'\n");
    say!("Stop with ctrl-c. Settings: run with --help.");
}

pub(super) fn print_stopping(signal: &str, running: usize, grace: Duration) {
    match running {
        0 => say!("\n{signal}: stopping."),
        1 => say!("\n{signal}: stopping; 1 call is still running and has {} s to finish.", grace.as_secs_f64()),
        n => {
            say!("\n{signal}: stopping; {n} calls are still running and have {} s to finish.", grace.as_secs_f64());
        }
    }
}

/// Prints the report of a drain.
pub(super) fn print_drained(report: &DrainReport) {
    say!("Drained: {report}.");
}

pub(super) fn print_stopped() {
    say!("Stopped.");
}

pub(super) fn print_overdue() {
    say!("Stopped after the grace time; work that cannot be interrupted was cut off.");
}

pub(super) fn print_stopped_at_once() {
    say!("Stopped at once; calls that were still running were cut off.");
}

/// Prints all environment variables, and the arguments of a run over a project.
pub(super) fn print_help() {
    say!("{}", include_str!("help.txt").trim_end());
    #[cfg(feature = "logging")]
    say!("{}", crate::logging::HELP.trim_end());
    say!("\n{}", include_str!("platform_help.txt").trim_end());
    #[cfg(feature = "batch")]
    say!("\nTo run an agent over a project instead: {}", super::batch_settings::USAGE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_call_has_sample_only_on_local_platform() {
        for domain in [None, Some("http://127.0.0.1:8899"), Some("http://localhost:8899"), Some("http://[::1]:1")] {
            assert_eq!(example_target(domain), SAMPLE, "{domain:?}");
        }
        assert_eq!(example_target(Some("https://api.us.encord.com")), ("PROJECT_HASH", "DATA_HASH"));
    }
}
