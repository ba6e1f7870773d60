//! What a server tells the person who started it.
#![expect(clippy::print_stdout, reason = "this is the one place that talks to the terminal")]

use std::time::Duration;

use super::App;
use super::settings::VARIABLES;

/// What the platform's client reads from the environment, unless the server was given a client.
const PLATFORM_VARIABLES: [(&str, &str); 4] = [
    ("ENCORD_SSH_KEY_FILE", "the path of an OpenSSH Ed25519 private key"),
    ("ENCORD_SSH_KEY", "or its text"),
    ("ENCORD_SSH_KEY_PASSPHRASE", "its passphrase, if it is encrypted"),
    ("ENCORD_DOMAIN", "where the platform is [https://api.encord.com]"),
];

/// What is served, and what to do next.
pub(super) fn print(app: &App, url: &str) {
    let count = app.agents.iter().count();
    println!("{count} editor agent{} on {url}\n", if count == 1 { "" } else { "s" });
    let width = app.agents.iter().map(|agent| agent.path.len()).max().unwrap_or_default();
    for agent in app.agents.iter() {
        let needs = agent.needs();
        let needs = if needs.items().is_empty() {
            "needs nothing".to_owned()
        } else {
            format!("needs {}", needs.items().join(", "))
        };
        println!("  POST {url}{:width$}  {needs}", agent.path);
    }
    let Some(first) = app.agents.iter().next() else { return };
    let zeros = uuid::Uuid::nil();
    println!("\nSee them in a browser: {url}/");
    println!("Or call one as a label editor would:\n");
    println!("  curl {url}{} -H 'Content-Type: application/json' \\", first.path);
    println!("    -d '{{\"projectHash\": \"{zeros}\", \"dataHash\": \"{zeros}\", \"frame\": 0}}'\n");
    println!("Stop with ctrl-c. Settings: run with --help.");
}

pub(super) fn print_stopping(signal: &str, running: usize, grace: Duration) {
    match running {
        0 => println!("\n{signal}: stopping."),
        1 => println!("\n{signal}: stopping; 1 call is still running and has {} s to finish.", grace.as_secs_f64()),
        n => {
            println!("\n{signal}: stopping; {n} calls are still running and have {} s to finish.", grace.as_secs_f64());
        }
    }
}

pub(super) fn print_stopped() {
    println!("Stopped.");
}

pub(super) fn print_stopped_at_once() {
    println!("Stopped at once; calls that were still running were cut off.");
}

/// The environment variables.
pub(super) fn print_help() {
    println!("Serves editor agents. Configured by the environment:\n");
    for variable in &VARIABLES {
        println!("  {:<22}{} [{}]", variable.name, variable.meaning, variable.default);
    }
    #[cfg(feature = "logging")]
    println!("  {:<22}{} [info]", crate::logging::LEVEL, crate::logging::LEVEL_MEANING);
    println!("\nAgents that need the platform reach it with:\n");
    for (name, meaning) in PLATFORM_VARIABLES {
        println!("  {name:<27}{meaning}");
    }
}
