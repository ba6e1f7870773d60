//! The signature of an agent at run time: its parameters are extracted, the function is called, its transactions are committed.
//!
//! The macro writes one function per agent. It passes the parameters, the return type and a closure that calls the function to
//! [`agent_without_rc_or_guard_across_await`] or [`editor_agent_that_borrows`]. Each parameter is described by the helper for its form:
//! [`editor_agent_argument`] (`T`), [`editor_agent_loan`] (`&T`) or [`editor_agent_transaction`] (`&mut T`). The helper is the
//! only place that has bounds on the type, so that one mistake in a signature is one error. All work is in generic functions
//! here, so that the output of the macro stays small and compiles fast.

use std::future::Future;
use std::pin::Pin;

use tracing::Instrument;

use crate::agent::{Act, AgentFuture};
use crate::call::{EditorCall, FromCall, Shareable};
use crate::error::AgentError;
use crate::parameter_counts::for_each_number_of_parameters;
use crate::requirements::{Access, Declaration, Requirements};
use crate::response::{IntoReply, Reply, ReplyForm};
use crate::spans;
use crate::transaction::{Prepared, Transaction, commit_all, transaction_name};

/// The type `T`, under tokens whose span the macro chooses: they are underlined in an error about the type.
pub type Underlined<T> = T;

/// The future of a value that is extracted from a call.
pub(crate) type Extraction<'call, T> = Pin<Box<dyn Future<Output = Result<T, AgentError>> + Send + 'call>>;

/// The return type of an agent.
pub struct Answer<R> {
    decisions: &'static [&'static str],
    form: ReplyForm,
    declare: fn(&mut Requirements),
    reply: fn(R) -> Result<Reply, AgentError>,
}

/// Describes the return type.
#[must_use]
pub fn editor_agent_answer<R: IntoReply>() -> Answer<R> {
    Answer { decisions: R::DECISIONS, form: R::FORM, declare: R::declare, reply: R::into_reply }
}

/// Describes a parameter `T`. The opaque type has no bounds on `T`, so that this function alone asks whether it is an extractor.
#[must_use]
pub fn editor_agent_argument<T: FromCall>() -> impl Parameter<Value = T> {
    editor_agent_argument_beside_a_loan::<T>()
}

/// Describes a parameter `T` of an agent with other parameters `&T` or `&mut T`. With the concrete type, the compiler does not report
/// the bound a second time at the function's name.
#[must_use]
pub fn editor_agent_argument_beside_a_loan<T: FromCall>() -> Argument<T> {
    Argument {
        declare: |declaration| {
            T::declare(&mut declaration.requirements);
            declaration.requirements.borrow::<T>(Access::Owned);
        },
        extract: |call| spans::extraction(call.timings(), Box::pin(T::from_call(call))),
        transaction: None,
    }
}

/// Describes a parameter `&T`. The concrete type keeps the compiler from reporting the bound a second time at the function's name.
#[must_use]
pub fn editor_agent_loan<T: FromCall + Shareable>() -> Argument<T> {
    Argument {
        declare: |declaration| {
            T::declare(&mut declaration.requirements);
            declaration.requirements.borrow::<T>(Access::Shared);
        },
        extract: |call| spans::extraction(call.timings(), Box::pin(T::from_call(call))),
        transaction: None,
    }
}

/// Describes a parameter `&mut T`.
#[must_use]
pub fn editor_agent_transaction<T: Transaction>() -> Argument<T> {
    Argument {
        declare: |declaration| {
            T::declare(&mut declaration.requirements);
            declaration.requirements.borrow::<T>(Access::Exclusive);
        },
        extract: |call| spans::extraction(call.timings(), Box::pin(T::begin(call))),
        transaction: Some(TransactionSteps {
            prepare: |value, call| {
                spans::preparation(call.timings(), transaction_name::<T>, Box::pin(value.prepare(call)))
            },
            commit: Prepared::new::<T>,
        }),
    }
}

// The same bounds for an agent that has another mistake, and so cannot be called.

/// Checks that a value can be a parameter `T`.
pub fn argument_of_an_editor_agent<T: FromCall>(value: T) -> T {
    value
}

/// Checks that a value can be a parameter `&T`.
pub fn loan_of_an_editor_agent<T: FromCall + Shareable>(value: &T) -> &T {
    value
}

/// Checks that a value can be a parameter `&mut T`.
pub fn transaction_of_an_editor_agent<T: Transaction>(value: &mut T) -> &mut T {
    value
}

/// Checks that an agent can return the output of the future.
pub fn answer_of_an_editor_agent<R: IntoReply, F: Future<Output = R>>(future: F) -> F {
    future
}

/// Declares or runs an agent that takes all its parameters by value.
pub fn agent_without_rc_or_guard_across_await<'act, P, R, F>(
    act: Act<'act>,
    parameters: P,
    answer: &Answer<R>,
    agent: impl FnOnce(P::Values) -> F + Send + 'static,
) -> Option<AgentFuture<'act>>
where
    P: Parameters,
    R: 'static,
    F: Future<Output = R> + Send,
{
    let Answer { decisions, form, declare, reply } = *answer;
    match act {
        Act::Declare(declaration) => {
            parameters.declare(declaration);
            declare(&mut declaration.requirements);
            (declaration.decisions, declaration.reply) = (decisions, form);
            None
        }
        Act::Run(call) => Some(Box::pin(async move {
            let values = parameters.extract(call).await?;
            let (span, running) = (spans::run(), call.timings().map(|timings| timings.function().start()));
            let reply = reply(agent(values).instrument(span.clone()).await);
            drop(running);
            spans::record(&span, &reply);
            reply?.finish(call).await
        })),
    }
}

/// The future of an agent that borrows.
type Borrowing<'lent, R> = Pin<Box<dyn Future<Output = R> + Send + 'lent>>;

/// Boxes the future of an agent that borrows. It must be able to move between threads.
pub fn future_without_rc_or_guard_across_await<'lent, F: Future + Send + 'lent>(
    future: F,
) -> Borrowing<'lent, F::Output> {
    Box::pin(future)
}

/// Declares or runs an agent that takes `lent` by reference.
pub fn editor_agent_that_borrows<'act, P, L, R>(
    act: Act<'act>,
    owned: P,
    lent: L,
    answer: &Answer<R>,
    agent: impl for<'lent> FnOnce(P::Values, &'lent mut L::Values) -> Borrowing<'lent, R> + Send + 'static,
) -> Option<AgentFuture<'act>>
where
    P: Parameters,
    L: Parameters,
    R: 'static,
{
    let Answer { decisions, form, declare, reply } = *answer;
    match act {
        Act::Declare(declaration) => {
            owned.declare(declaration);
            lent.declare(declaration);
            declare(&mut declaration.requirements);
            (declaration.decisions, declaration.reply) = (decisions, form);
            None
        }
        Act::Run(call) => Some(Box::pin(async move {
            let transactions = OpenTransactions::new(&lent, call);
            let (values, mut borrowed) = tokio::try_join!(owned.extract(call), lent.extract(call))?;
            let (span, running) = (spans::run(), call.timings().map(|timings| timings.function().start()));
            let reply = reply(agent(values, &mut borrowed).instrument(span.clone()).await);
            drop(running);
            spans::record(&span, &reply);
            let reply = reply?;
            let prepared = lent.prepare(borrowed, call).await?;
            commit_all(prepared, call).await?;
            // Other agents can work on the row meanwhile.
            drop(transactions);
            reply.finish(call).await
        })),
    }
}

/// Ends the transactions of a call when the agent is done, has failed or was given up, also if a copy of the call lives on.
struct OpenTransactions<'call>(&'call EditorCall);

impl<'call> OpenTransactions<'call> {
    /// Announces a transaction on the label row, so that the row is locked before anything of it is requested.
    fn new(lent: &impl Parameters, call: &'call EditorCall) -> Self {
        let mut declaration = Declaration::default();
        lent.declare(&mut declaration);
        // The frames of a task share the transaction, which an earlier frame has opened.
        if declaration.requirements.saves_label_row() && !call.row_transaction().is_announced() {
            call.row_transaction().announce();
        }
        Self(call)
    }
}

impl Drop for OpenTransactions<'_> {
    fn drop(&mut self) {
        if !self.0.is_frame_of_task() {
            self.0.row_transaction().close();
        }
    }
}

/// A parameter of an agent.
pub trait Parameter: Send + Sync + 'static {
    /// The value that is extracted.
    type Value: Send + 'static;

    /// Adds the requirements of the parameter.
    fn declare(&self, declaration: &mut Declaration);

    /// Extracts the value.
    fn extract<'call>(&self, call: &'call EditorCall) -> Extraction<'call, Self::Value>;

    /// Returns the steps that end the transaction of a parameter `&mut T`.
    fn transaction(&self) -> Option<TransactionSteps<Self::Value>>;
}

/// The steps that end a transaction.
pub struct TransactionSteps<T> {
    prepare: for<'call> fn(&'call mut T, &'call EditorCall) -> Extraction<'call, ()>,
    commit: fn(T) -> Prepared,
}

impl<T> Clone for TransactionSteps<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for TransactionSteps<T> {}

/// A parameter, described by the functions for its type.
pub struct Argument<T> {
    declare: fn(&mut Declaration),
    extract: for<'call> fn(&'call EditorCall) -> Extraction<'call, T>,
    transaction: Option<TransactionSteps<T>>,
}

impl<T: Send + 'static> Parameter for Argument<T> {
    type Value = T;

    fn declare(&self, declaration: &mut Declaration) {
        (self.declare)(declaration);
    }

    fn extract<'call>(&self, call: &'call EditorCall) -> Extraction<'call, T> {
        (self.extract)(call)
    }

    fn transaction(&self) -> Option<TransactionSteps<T>> {
        self.transaction
    }
}

/// The parameters of an agent: a tuple of [`Parameter`]s.
pub trait Parameters: Send + Sync + 'static {
    /// The values that are extracted.
    type Values: Send + 'static;

    /// Adds the requirements of all parameters.
    fn declare(&self, declaration: &mut Declaration);

    /// Extracts all values concurrently. The first error ends it.
    fn extract(&self, call: &EditorCall) -> impl Future<Output = Result<Self::Values, AgentError>> + Send;

    /// Prepares the transactions among the values, one after the other. The first error ends it.
    fn prepare(
        &self,
        values: Self::Values,
        call: &EditorCall,
    ) -> impl Future<Output = Result<Vec<Prepared>, AgentError>> + Send;
}

macro_rules! parameters {
    ($($parameter:ident $value:ident),*) => {
        impl<$($parameter: Parameter),*> Parameters for ($($parameter,)*) {
            type Values = ($($parameter::Value,)*);

            fn declare(&self, _declaration: &mut Declaration) {
                let ($($value,)*) = self;
                $($value.declare(_declaration);)*
            }

            async fn extract(&self, _call: &EditorCall) -> Result<Self::Values, AgentError> {
                let ($($value,)*) = self;
                $(let $value = $value.extract(_call);)*
                parameters!(@join $($value),*)
            }

            async fn prepare(&self, values: Self::Values, _call: &EditorCall) -> Result<Vec<Prepared>, AgentError> {
                let ($(mut $value,)*) = values;
                #[allow(non_snake_case, reason = "the tuple's types stand for its fields")]
                let ($($parameter,)*) = self;
                #[allow(unused_mut, reason = "an empty tuple has no transactions")]
                let mut prepared = Vec::new();
                $(if let Some(steps) = $parameter.transaction() {
                    _call.next_step();
                    (steps.prepare)(&mut $value, _call).await?;
                    prepared.push((steps.commit)($value));
                })*
                Ok(prepared)
            }
        }
    };
    (@join) => { Ok(()) };
    (@join $only:ident) => { Ok(($only.await?,)) };
    (@join $($value:ident),*) => { tokio::try_join!($($value),*) };
}

parameters!();
for_each_number_of_parameters!(parameters);
