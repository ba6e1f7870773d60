//! What the macros' output calls. Not part of the interface: no other code may use it.
//!
//! Each helper names one type in its turbofish and is the only place that asks anything of it, so that one mistake in a
//! signature is one error at that type. The names are prose, because the compiler shows them in its notes.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

pub use agent_macros::{EditorAgentGlue, agents_list};
pub use inventory;
pub use std::boxed::Box;
pub use std::option::Option::{self, None, Some};
pub use std::result::Result::{self, Err, Ok};
pub use std::{column, concat, env, file, format, line};
pub use tokio::try_join;

pub use crate::agent::{Act, AgentFuture, Registered};
use crate::agent::{Agent, EditorAgent};
use crate::call::EditorCall;
use crate::error::{AgentError, ErrorStatus, IntoAgentError};
use crate::extract::FromCall;
use crate::lend::{Lend, LendMut};
use crate::needs::{Access, Declaration};
use crate::response::{IntoReply, Reply};

type Fetch<T> = for<'call> fn(&'call EditorCall) -> Pin<Box<dyn Future<Output = Result<T, AgentError>> + Send + 'call>>;
type Settle<T> =
    for<'call> fn(T, &'call EditorCall) -> Pin<Box<dyn Future<Output = Result<(), AgentError>> + Send + 'call>>;

/// The type, in other tokens: the macro chooses where each stands, and so what is underlined in an error about it.
pub type Itself<T> = T;

/// A parameter `T`, whose value is worked out before the agent runs.
pub struct Argument<T> {
    declare: fn(&mut Declaration),
    fetch: Fetch<T>,
}

impl<T> Argument<T> {
    pub fn declare(&self, declaration: &mut Declaration) {
        (self.declare)(declaration);
    }

    pub async fn fetch(&self, call: &EditorCall) -> Result<T, AgentError> {
        (self.fetch)(call).await
    }

    /// Tells what `T` is.
    pub fn about(&self, value: T) -> T {
        value
    }
}

/// A parameter `&T`.
pub struct Loan<T>(Argument<Arc<T>>);

impl<T> Loan<T> {
    pub fn declare(&self, declaration: &mut Declaration) {
        self.0.declare(declaration);
    }

    pub async fn fetch(&self, call: &EditorCall) -> Result<Arc<T>, AgentError> {
        self.0.fetch(call).await
    }

    pub fn about<'value>(&self, value: &'value T) -> &'value T {
        value
    }
}

/// A parameter `&mut T`.
pub struct Transaction<T> {
    argument: Argument<T>,
    settle: Settle<T>,
}

impl<T> Transaction<T> {
    pub fn declare(&self, declaration: &mut Declaration) {
        self.argument.declare(declaration);
    }

    pub async fn fetch(&self, call: &EditorCall) -> Result<T, AgentError> {
        self.argument.fetch(call).await
    }

    pub async fn settle(&self, value: T, call: &EditorCall) -> Result<(), AgentError> {
        (self.settle)(value, call).await
    }

    pub fn about<'value>(&self, value: &'value mut T) -> &'value mut T {
        value
    }
}

/// What the agent returns.
pub struct Answer<R> {
    decisions: &'static [&'static str],
    reply: fn(R) -> Result<Reply, AgentError>,
}

impl<R> Answer<R> {
    pub fn declare(&self, declaration: &mut Declaration) {
        declaration.decisions = self.decisions;
    }

    pub fn reply(&self, returned: R) -> Result<Reply, AgentError> {
        (self.reply)(returned)
    }

    pub fn about<F: Future<Output = R>>(&self, future: F) -> F {
        future
    }
}

/// A parameter `T`.
#[must_use]
pub fn editor_agent_argument<T: FromCall>() -> Argument<T> {
    Argument {
        declare: |declaration| {
            T::declare(&mut declaration.needs);
            declaration.needs.borrow::<T>(Access::Owned);
        },
        fetch: |call| Box::pin(T::from_call(call)),
    }
}

/// A parameter `&T`.
#[must_use]
pub fn editor_agent_loan<T: Lend>() -> Loan<T> {
    Loan(Argument {
        declare: |declaration| {
            T::declare(&mut declaration.needs);
            declaration.needs.borrow::<T>(Access::Shared);
        },
        fetch: |call| Box::pin(T::lend(call)),
    })
}

/// A parameter `&mut T`.
#[must_use]
pub fn editor_agent_transaction<T: LendMut>() -> Transaction<T> {
    let argument = Argument::<T> {
        declare: |declaration| {
            T::declare(&mut declaration.needs);
            declaration.needs.borrow::<T>(Access::Exclusive);
        },
        fetch: |call| Box::pin(T::check_out(call)),
    };
    Transaction { argument, settle: |value, call| Box::pin(T::settle(value, call)) }
}

/// The return type.
#[must_use]
pub fn editor_agent_answer<R: IntoReply>() -> Answer<R> {
    Answer { decisions: R::DECISIONS, reply: R::into_reply }
}

/// One call of the agent, which must be able to move between threads.
pub fn editor_agent_future<'call, F>(future: F) -> AgentFuture<'call>
where
    F: Future<Output = Result<Reply, AgentError>> + Send + 'call,
{
    Box::pin(future)
}

/// What stands for an agent that did not compile, so that nothing else complains about it being missing.
#[must_use]
pub fn agent_that_did_not_compile(_: Act<'_>) -> Option<AgentFuture<'_>> {
    None
}

/// An entry of `agents![...]`.
#[must_use]
pub const fn editor_agent_entry<A: EditorAgent>() -> &'static Agent {
    A::AGENT
}

/// What stands in a list of agents for a function that is none.
pub struct PlainFunction;

/// The type of an entry of a list of agents.
pub trait EntryAt<const POSITION: usize> {
    type Agent;
}

/// Whether an entry is served where no earlier one is, as a bound: that way the compiler can name both.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is served at the same path as `{Earlier}`: give one of them another with `path = \"...\"`",
    label = "its path is taken"
)]
pub trait ServedApartFrom<Earlier, const CLASHES: bool> {}

#[diagnostic::do_not_recommend]
impl<A, Earlier> ServedApartFrom<Earlier, false> for A {}

/// An entry of `agents![...]` that has earlier ones; the `Earlier` of an entry without a clash is the entry itself.
pub const fn editor_agent_at_its_own_path<A, Earlier, const CLASHES: bool>()
where
    A: ServedApartFrom<Earlier, CLASHES>,
{
}

/// The first position at which this position's path is served.
#[must_use]
pub const fn first_at_path(agents: &[&Agent], position: usize) -> usize {
    let mut index = 0;
    while !same(agents[position].path.as_bytes(), agents[index].path.as_bytes()) {
        index += 1;
    }
    index
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while one.len() == other.len() && index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    one.len() == other.len()
}

/// What `#[agent_runtime::main]` makes of the program's `main`.
pub fn run_main<T: MainOutcome>(main: impl Future<Output = T>) -> ExitCode {
    #[cfg(feature = "logging")]
    crate::logging::init();
    let outcome = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(main).outcome(),
        Err(error) => Err(AgentError::internal(error)),
    };
    outcome.map_or_else(|error| report(&error), |()| ExitCode::SUCCESS)
}

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
