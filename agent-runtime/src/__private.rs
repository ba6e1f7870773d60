//! Functions and types that the macros' output uses. Not part of the interface.

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

pub use agent_core::__private::*;
use agent_core::error::{AgentError, ErrorStatus, IntoAgentError};
pub use agent_macros::{agents_list, bail_at_message, ensure_without_message, handlers_list};

/// The worker of agents with a stage.
pub use crate::stage::WORKER as STAGE_WORKER;

/// Runs the body of a `main` with `#[agent_runtime::main]`.
pub fn run_main<T: MainOutcome>(main: impl Future<Output = T>) -> ExitCode {
    #[cfg(feature = "logging")]
    crate::logging::init();
    let outcome = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let outcome = runtime.block_on(main).outcome();
            // A blocked thread of an agent must not keep the process from exiting.
            runtime.shutdown_timeout(THREAD_SHUTDOWN_TIMEOUT);
            outcome
        }
        Err(error) => Err(AgentError::internal(error)),
    };
    outcome.map_or_else(|error| report(&error), |()| ExitCode::SUCCESS)
}

/// Time for blocking threads to finish after `main` has returned.
const THREAD_SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(500);

#[expect(clippy::print_stderr, reason = "the process exits with this error")]
fn report(error: &AgentError) -> ExitCode {
    let chain = error.chain();
    match error.status() {
        // The public message of an internal error has no information; the cause is for the person at the terminal.
        ErrorStatus::Internal if !chain.is_empty() => eprintln!("error: {chain}"),
        _ if chain.is_empty() => eprintln!("error: {error}"),
        _ => eprintln!("error: {error}: {chain}"),
    }
    ExitCode::FAILURE
}

/// Return types of a `main` with `#[agent_runtime::main]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something `main` can return under `#[agent_runtime::main]`",
    label = "not `()` or `Result<(), _>`"
)]
pub trait MainOutcome {
    fn outcome(self) -> Result<(), AgentError>;
}

impl MainOutcome for () {
    fn outcome(self) -> Result<(), AgentError> {
        Ok(())
    }
}

impl<E: IntoAgentError> MainOutcome for Result<(), E> {
    fn outcome(self) -> Result<(), AgentError> {
        self.map_err(E::into_agent_error)
    }
}
