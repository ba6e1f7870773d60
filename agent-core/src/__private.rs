//! Functions and types that the macros' output uses. Not part of the interface.
//!
//! The names are prose, because the compiler shows them in its notes.

pub use std::boxed::Box;

pub use inventory;
pub use std::option::Option;
pub use std::result::Result;
pub use std::{concat, env, file, format, line};

pub use crate::agent::{Act, AgentFuture};
use crate::agent::{Agent, EditorAgent};
use crate::call::FromCall;
use crate::error::AgentError;
pub use crate::error::return_of_bail;
use crate::handler::Extraction;
pub use crate::handler::{
    Underlined, agent_without_rc_or_guard_across_await, answer_of_an_editor_agent, argument_of_an_editor_agent,
    editor_agent_answer, editor_agent_argument, editor_agent_loan, editor_agent_that_borrows, editor_agent_transaction,
    future_without_rc_or_guard_across_await, loan_of_an_editor_agent, transaction_of_an_editor_agent,
};
use crate::notification::{AnyEvent, Notification, NotificationCall, NotificationEvent};
pub use crate::notification::{NotificationFuture, Takes};
pub use crate::registry::Registered;
use crate::requirements::Requirements;

/// Stub emitted when expansion fails, so that references to the agent still resolve.
#[must_use]
pub fn agent_that_did_not_compile(_: Act<'_>) -> Option<AgentFuture<'_>> {
    None
}

/// An entry of `agents![...]`.
#[must_use]
pub const fn editor_agent_entry<A: EditorAgent>() -> &'static Agent {
    A::AGENT
}

/// Placeholder in `agents![...]` for a function without the attribute.
pub struct PlainFunction;

/// The type of an entry of a list of agents.
pub trait EntryAt<const POSITION: usize> {
    type Agent;
}

/// Bound for an entry whose path no earlier entry has. A bound, so that the compiler error names both entries.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is served at the same path as `{Earlier}`: give one of them another with `path = \"...\"`",
    label = "its path is taken"
)]
pub trait DistinctPath<Earlier, const CLASHES: bool> {}

#[diagnostic::do_not_recommend]
impl<A, Earlier> DistinctPath<Earlier, false> for A {}

/// An entry of `agents![...]` that has earlier ones; the `Earlier` of an entry without a clash is the entry itself.
pub const fn editor_agent_at_its_own_path<A, Earlier, const CLASHES: bool>()
where
    A: DistinctPath<Earlier, CLASHES>,
{
}

/// The first position at which this position's path is served.
#[must_use]
pub const fn first_at_path(agents: &[&Agent], position: usize) -> usize {
    let mut index = 0;
    while !same(agents[position].definition.path.as_bytes(), agents[index].definition.path.as_bytes()) {
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

/// The first parameter of a handler. Its event type selects the notifications that the handler accepts.
#[diagnostic::on_unimplemented(
    message = "the first parameter of a notification handler is the notification, not `{Self}`",
    label = "not a notification",
    note = "write `Notification<StageWorkAvailable>`, or another event in its place"
)]
pub trait HandlerNotification: FromCall<NotificationCall> {
    fn takes() -> Takes;
}

impl<E: NotificationEvent> HandlerNotification for Notification<E> {
    fn takes() -> Takes {
        Takes::events::<E>()
    }
}

/// A further parameter of a handler: the bound that carries the error message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a notification handler can ask for",
    label = "not for notification handlers",
    note = "a notification is about no frame and no label row: take `State<_>`, `PlatformClient` or `TraceId`, and ask the platform for the rest",
    note = "to make a type of your own a parameter, implement `agent_runtime::FromCall<NotificationCall>` for it"
)]
pub trait HandlerArgument: FromCall<NotificationCall> {}

#[diagnostic::do_not_recommend]
impl<T: FromCall<NotificationCall>> HandlerArgument for T {}

/// A parameter of a handler. Its type is checked in one place, so that one mistake is one error.
pub struct NotificationArgument<T> {
    takes: fn() -> Takes,
    declare: fn(&mut Requirements),
    extract: for<'call> fn(&'call NotificationCall) -> Extraction<'call, T>,
}

impl<T> NotificationArgument<T> {
    /// Returns the notifications that the handler accepts, for the first parameter.
    #[must_use]
    pub fn takes(&self) -> Takes {
        (self.takes)()
    }

    /// Declares the requirements of the parameter.
    pub fn declare(&self, takes: &mut Takes) {
        (self.declare)(&mut takes.requirements);
    }

    /// Extracts the value.
    pub fn extract<'call>(&self, call: &'call NotificationCall) -> Extraction<'call, T> {
        (self.extract)(call)
    }
}

/// The first parameter.
#[must_use]
pub fn handler_notification<N: HandlerNotification>() -> NotificationArgument<N> {
    NotificationArgument { takes: N::takes, declare: |_| {}, extract: |call| Box::pin(N::from_call(call)) }
}

/// A further parameter.
#[must_use]
pub fn handler_argument<T: HandlerArgument>() -> NotificationArgument<T> {
    NotificationArgument {
        takes: Takes::events::<AnyEvent>,
        declare: T::declare,
        extract: |call| Box::pin(T::from_call(call)),
    }
}

/// Return type of a handler.
#[diagnostic::on_unimplemented(
    message = "a notification handler cannot return `{Self}`",
    label = "neither nothing nor a `Result<()>`",
    note = "the platform is answered before the handler runs: return nothing, or `Result<()>` so that what fails is logged"
)]
pub trait HandlerAnswer {
    fn end(self) -> Result<(), AgentError>;
}

impl HandlerAnswer for () {
    fn end(self) -> Result<(), AgentError> {
        Ok(())
    }
}

impl HandlerAnswer for Result<(), AgentError> {
    fn end(self) -> Self {
        self
    }
}

/// Returns the function that turns the return value of a handler into a result.
#[must_use]
pub fn handler_answer<R: HandlerAnswer>() -> fn(R) -> Result<(), AgentError> {
    R::end
}

// Checks for a handler that is not callable.

/// Checks the type of the first parameter of a handler.
pub fn notification_of_a_handler<N: HandlerNotification>(value: N) -> N {
    value
}

/// Checks the type of a further parameter of a handler.
pub fn argument_of_a_handler<T: HandlerArgument>(value: T) -> T {
    value
}

/// Checks the return type of a handler.
pub fn answer_of_a_handler<R: HandlerAnswer, F: Future<Output = R>>(future: F) -> F {
    future
}

/// Returns the notifications of a handler that did not compile.
#[must_use]
pub fn notifications_of_an_invalid_handler() -> Takes {
    Takes::events::<AnyEvent>()
}

/// Runs a handler that did not compile.
#[must_use]
pub fn invalid_handler() -> NotificationFuture {
    Box::pin(std::future::ready(Ok(())))
}
