//! Functions and types that the macros' output uses. Not part of the interface.

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

pub use agent_core::__private::*;
use agent_core::error::{AgentError, ErrorStatus, IntoAgentError};
pub use agent_macros::{EditorAgentGlue, agents_list};

/// What `#[agent_runtime::main]` makes of the program's `main`.
pub fn run_main<T: MainOutcome>(main: impl Future<Output = T>) -> ExitCode {
    #[cfg(feature = "logging")]
    crate::logging::init();
    let outcome = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let outcome = runtime.block_on(main).outcome();
            // A thread that an agent never gives back must not keep the program from ending.
            runtime.shutdown_timeout(LAST_THREADS);
            outcome
        }
        Err(error) => Err(AgentError::internal(error)),
    };
    outcome.map_or_else(|error| report(&error), |()| ExitCode::SUCCESS)
}

/// How long threads may still be at work after `main` has returned.
const LAST_THREADS: Duration = Duration::from_millis(500);

#[expect(clippy::print_stderr, reason = "the program ends here, and says why")]
fn report(error: &AgentError) -> ExitCode {
    let chain = error.chain();
    match error.status() {
        // The public sentence of a bug says nothing that the person at the terminal does not see.
        ErrorStatus::Internal if !chain.is_empty() => eprintln!("error: {chain}"),
        _ if chain.is_empty() => eprintln!("error: {error}"),
        _ => eprintln!("error: {error}: {chain}"),
    }
    ExitCode::FAILURE
}

/// What the program's `main` can return.
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
