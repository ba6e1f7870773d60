//! The command line `agent-studio`: one module per command.

mod agents;
mod call;
mod coco;
mod dev;
mod diff;
mod doctor;
mod editor_url;
mod env_file;
mod failure;
mod http;
mod key_file;
mod listing;
mod model_recorders;
mod new;
mod ontology;
mod platform;
mod print;
mod project_folder;
mod project_url;
mod pull;
mod replay;
mod run;
mod save_case;
mod secret;
mod serve;
mod shutdown;
mod table;
mod terminal;
mod undo;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

const EXIT_CODES: &str = "\
Exit codes: 0 success, 1 failure (the message on standard error gives the reason), 2 invalid command line. `call`, \
`run`, `undo`, `diff`, `doctor` and `import coco` have further codes: see their help. Output is coloured on terminals only; set NO_COLOR=1 to \
disable colours.";

/// A platform and a label editor on this machine, and tools for editor agents.
///
/// `agent-studio serve` needs no account: it serves a sample project and a label editor page, from which you trigger your
/// agents as an annotator does. The other commands help with agents anywhere.
#[derive(Debug, Parser)]
#[command(name = "agent-studio", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dev(dev::Dev),
    Serve(serve::Serve),
    Call(call::Call),
    Run(run::Run),
    Undo(undo::Undo),
    Diff(diff::Diff),
    Replay(replay::Replay),
    Agents(agents::Agents),
    Doctor(doctor::Doctor),
    Pull(pull::Pull),
    #[command(subcommand)]
    Import(coco::Import),
    New(new::New),
    #[command(subcommand)]
    Ontology(ontology::OntologyCommand),
    #[command(subcommand)]
    Print(print::Print),
}

/// Runs the command given by the program's arguments and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report_failure(&Failure::new(format!("Cannot start the async runtime: {error}."))),
    };
    init_logging();
    match runtime.block_on(run(arguments.command)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => report_failure(&failure),
    }
}

async fn run(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Dev(dev) => Box::pin(dev.run()).await,
        Command::Serve(serve) => serve.run().await,
        Command::Call(call) => Box::pin(call.run()).await,
        Command::Run(run) => Box::pin(run.run()).await,
        Command::Undo(undo) => Box::pin(undo.run()).await,
        Command::Diff(diff) => Box::pin(diff.run()).await,
        Command::Replay(replay) => Box::pin(replay.run()).await,
        Command::Agents(agents) => agents.run().await,
        Command::Doctor(doctor) => doctor.run().await,
        Command::Pull(pull) => Box::pin(pull.run()).await,
        Command::Import(import) => Box::pin(import.run()).await,
        Command::New(new) => Box::pin(new.run()).await,
        Command::Ontology(ontology) => Box::pin(ontology.run()).await,
        Command::Print(print) => print.run::<Arguments>().await,
    }
}

fn report_failure(failure: &Failure) -> ExitCode {
    terminal::print_error(failure);
    ExitCode::FAILURE
}

/// Writes warnings of the library to standard error, such as a file that is not part of a project.
fn init_logging() {
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .without_time()
        .finish();
    // Fails only if a subscriber is already set, and that one writes the warnings.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
