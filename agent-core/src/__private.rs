//! Functions and types that the macros' output uses. Not part of the interface.
//!
//! The names are prose, because the compiler shows them in its notes.

#[doc(hidden)]
mod typed;

pub use std::borrow::Cow;
pub use std::boxed::Box;

pub use agent_platform::answer_schema::AnswerError;
pub use agent_platform::hash::FeatureHash;
pub use agent_platform::labels::{
    AddObject, Bitmask, BoundingBox, Circle, Cuboid, Cuboid2d, Ellipse, IntoFrameIndex, IntoNewObject, IntoRanges,
    LabelRow, Point, Polygon, Polyline, Ranges, RotatableBoundingBox, Segmentation, Skeleton,
};
pub use agent_platform::ontology::{MatchBy, Ontology};
pub use agent_platform::typed::{
    AnswerReader, BuildOntology, Checklist, ClassificationType, ItemKey, NewAnswers, NewObject, ObjectLabel,
    ObjectType, OptionType, TypedClass,
};
pub use inventory;
pub use std::include_str;
pub use std::iter::IntoIterator;
pub use std::option::Option;
pub use std::primitive::{f64, str};
pub use std::result::Result;
pub use std::string::String;
pub use std::{concat, env, file, format, line};

pub use typed::EditResult;

pub use crate::extract::{ClassReader, ShapeOnFrame};

use crate::agent::Agent;
pub use crate::agent::{Act, AgentFuture, EditorAgent};
pub use crate::attribute_keys::{EditorAgentKeys, OnNotificationKeys};
use crate::call::FromCall;
pub use crate::error::return_of_bail;
use crate::error::{AgentError, IntoAgentError};
use crate::handler::Extraction;
pub use crate::handler::{
    Underlined, agent_without_rc_or_guard_across_await, answer_of_an_editor_agent, argument_of_an_editor_agent,
    editor_agent_answer, editor_agent_argument, editor_agent_argument_beside_a_loan, editor_agent_loan,
    editor_agent_that_borrows, editor_agent_transaction, future_without_rc_or_guard_across_await,
    loan_of_an_editor_agent, transaction_of_an_editor_agent,
};
use crate::notification::{AnyEvent, Notification, NotificationCall, NotificationEvent, NotificationHandler};
pub use crate::notification::{HandlerAct, NotificationFuture, OnNotification, Takes};
use crate::parameter_counts::for_each_number_of_parameters;
pub use crate::registry::Registered;
use crate::requirements::Requirements;
use crate::spans;
pub use crate::stage::{AgentStage, Stage, StageFrames};

/// Stub emitted when expansion fails, so that references to the agent still resolve.
#[must_use]
pub fn agent_that_did_not_compile(_: Act<'_>) -> Option<AgentFuture<'_>> {
    None
}

/// Returns the agent with a key, for an entry of `agents![...]`. `T` is `()`, with the span of the entry. `D` is inferred: there is
/// one implementation for the key.
#[must_use]
pub const fn editor_agent_entry<T: ListedAgent<KEY, D>, const KEY: u64, D>() -> &'static Agent {
    T::AGENT
}

/// Bound for an entry of `agents![...]`: the bound that carries the error message. The compiler does not list the keys of all agents.
#[diagnostic::on_unimplemented(
    message = "this is not an editor agent",
    label = "not an agent",
    note = "annotate the function with `#[editor_agent]`, and list it by its path"
)]
pub trait ListedAgent<const KEY: u64, D> {
    const AGENT: &'static Agent;
}

#[diagnostic::do_not_recommend]
impl<T: EditorAgent<KEY, D>, const KEY: u64, D> ListedAgent<KEY, D> for T {
    const AGENT: &'static Agent = T::AGENT;
}

/// Returns the handler with a key, for an entry of `handlers![...]`.
#[must_use]
pub const fn notification_handler_entry<T: ListedHandler<KEY, D>, const KEY: u64, D>() -> &'static NotificationHandler {
    T::HANDLER
}

/// Bound for an entry of `handlers![...]`.
#[diagnostic::on_unimplemented(
    message = "this is not a notification handler",
    label = "not a handler",
    note = "annotate the function with `#[on_notification]`, and list it by its path"
)]
pub trait ListedHandler<const KEY: u64, D> {
    const HANDLER: &'static NotificationHandler;
}

#[diagnostic::do_not_recommend]
impl<T: OnNotification<KEY, D>, const KEY: u64, D> ListedHandler<KEY, D> for T {
    const HANDLER: &'static NotificationHandler = T::HANDLER;
}

/// Expands to the key of functions without an attribute, which no definition has. It names the import of the entry: if that
/// failed, so does this, and the compiler reports only the import.
#[doc(hidden)]
#[macro_export]
macro_rules! __function_without_attribute {
    (@$list:ident $import:ident $function:path) => {{
        let _ = $import;
        0
    }};
}
pub use __function_without_attribute as function_without_attribute;

/// Stands for the value of an entry that is a type.
#[allow(non_upper_case_globals, reason = "the name of the macro")]
pub const function_without_attribute: () = ();

/// Bound for an entry whose path no earlier entry has.
#[diagnostic::on_unimplemented(
    message = "this agent is served at the same path as entry {FIRST} of the list: give one of them another with `path = \"...\"`",
    label = "its path is taken"
)]
pub trait DistinctPath<const FIRST: usize> {}

#[diagnostic::do_not_recommend]
impl<T> DistinctPath<0> for T {}

/// Checks an entry of `agents![...]` that has earlier ones. `FIRST` is the number of the first entry
/// with its path, or 0 for that entry itself.
pub const fn editor_agent_at_its_own_path<T: DistinctPath<FIRST>, const FIRST: usize>() {}

/// Returns for each position the number (from 1) of the first entry with its path, or 0 for that entry itself. The compiler evaluates
/// it, slowly: a hash table saves comparing all pairs of paths.
#[must_use]
pub const fn first_at_each_path<const N: usize>(agents: &[&Agent]) -> [usize; N] {
    let mut numbers = [0; N];
    // The number of the last entry in each bucket, and of the one before each entry; 0 for none.
    let mut last = [0; PATH_BUCKETS];
    let mut previous = [0; N];
    let mut position = 0;
    while position < N {
        let path = agents[position].definition.path.as_bytes();
        let bucket = path_bucket(path);
        let mut first = last[bucket];
        while first > 0 && !same(path, agents[first - 1].definition.path.as_bytes()) {
            first = previous[first - 1];
        }
        numbers[position] = first;
        if first == 0 {
            previous[position] = last[bucket];
            last[bucket] = position + 1;
        }
        position += 1;
    }
    numbers
}

const PATH_BUCKETS: usize = 64;

const fn path_bucket(path: &[u8]) -> usize {
    let (mut hash, mut index) = (0, 0);
    while index < path.len() {
        hash = (hash * 31 + path[index] as usize) % 65_521;
        index += 1;
    }
    hash % PATH_BUCKETS
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

/// A parameter of a handler.
pub trait HandlerParameter: Send + Sync + 'static {
    /// The value that is extracted.
    type Value: Send + 'static;

    /// Returns the notifications that the handler accepts, for the first parameter.
    fn takes(&self) -> Takes;

    /// Adds the requirements of the parameter.
    fn declare(&self, takes: &mut Takes);

    /// Extracts the value.
    fn extract<'call>(&self, call: &'call NotificationCall) -> Extraction<'call, Self::Value>;
}

/// A parameter of a handler, described by the functions for its type.
struct NotificationArgument<T> {
    takes: fn() -> Takes,
    declare: fn(&mut Requirements),
    extract: for<'call> fn(&'call NotificationCall) -> Extraction<'call, T>,
}

impl<T: Send + 'static> HandlerParameter for NotificationArgument<T> {
    type Value = T;

    fn takes(&self) -> Takes {
        (self.takes)()
    }

    fn declare(&self, takes: &mut Takes) {
        (self.declare)(&mut takes.requirements);
    }

    fn extract<'call>(&self, call: &'call NotificationCall) -> Extraction<'call, T> {
        (self.extract)(call)
    }
}

/// Describes the first parameter. The opaque type has no bounds, so that its type is checked in one place.
#[must_use]
pub fn handler_notification<N: HandlerNotification>() -> impl HandlerParameter<Value = N> {
    NotificationArgument::<N> {
        takes: N::takes,
        declare: |_| {},
        extract: |call| spans::extraction(None, Box::pin(N::from_call(call))),
    }
}

/// Describes a further parameter.
#[must_use]
pub fn handler_argument<T: HandlerArgument>() -> impl HandlerParameter<Value = T> {
    NotificationArgument::<T> {
        takes: Takes::events::<AnyEvent>,
        declare: T::declare,
        extract: |call| spans::extraction(None, Box::pin(T::from_call(call))),
    }
}

/// The parameters of a handler: a tuple of [`HandlerParameter`]s.
pub trait HandlerParameters: Send + Sync + 'static {
    /// The values that are extracted.
    type Values: Send + 'static;

    /// Returns the declaration of all parameters.
    fn takes(&self) -> Takes;

    /// Extracts all values, one after the other. The first error ends it.
    fn extract(&self, call: &NotificationCall) -> impl Future<Output = Result<Self::Values, AgentError>> + Send;
}

macro_rules! handler_parameters {
    ($first_type:ident $first:ident $(, $parameter:ident $value:ident)*) => {
        impl<$first_type: HandlerParameter $(, $parameter: HandlerParameter)*> HandlerParameters
            for ($first_type, $($parameter,)*)
        {
            type Values = ($first_type::Value, $($parameter::Value,)*);

            fn takes(&self) -> Takes {
                let ($first, $($value,)*) = self;
                #[allow(unused_mut, reason = "changed by further parameters")]
                let mut takes = $first.takes();
                $($value.declare(&mut takes);)*
                takes
            }

            async fn extract(&self, call: &NotificationCall) -> Result<Self::Values, AgentError> {
                let ($first, $($value,)*) = self;
                Ok(($first.extract(call).await?, $($value.extract(call).await?,)*))
            }
        }
    };
}

for_each_number_of_parameters!(handler_parameters);

/// Declares or runs a handler.
pub fn notification_handler<P, R, F>(
    act: HandlerAct<'_>,
    parameters: P,
    end: fn(R) -> Result<(), AgentError>,
    handler: impl FnOnce(P::Values) -> F + Send + 'static,
) -> Option<NotificationFuture>
where
    P: HandlerParameters,
    R: 'static,
    F: Future<Output = R> + Send + 'static,
{
    match act {
        HandlerAct::Declare(takes) => {
            *takes = Some(parameters.takes());
            None
        }
        HandlerAct::Run(call) => Some(Box::pin(async move {
            let values = parameters.extract(&call).await?;
            end(handler(values).await)
        })),
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

impl<E: IntoAgentError> HandlerAnswer for Result<(), E> {
    fn end(self) -> Result<(), AgentError> {
        self.map_err(E::into_agent_error)
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

/// Stub emitted when expansion fails, so that references to the handler still resolve.
#[must_use]
pub fn handler_that_did_not_compile(_: HandlerAct<'_>) -> Option<NotificationFuture> {
    None
}
