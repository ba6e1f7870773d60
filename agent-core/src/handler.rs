//! An agent's signature at run time: its parameters are fetched, the function is called, its answer is kept.
//!
//! Each `editor_agent_...` helper for a type is the only place that asks anything of that type, so that one mistake in a
//! signature is one error. All the work is in generic functions here: what the macro writes for an agent stays small, and
//! with it the time that compiling it takes.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::agent::call::EditorCall;
use crate::agent::call::FromCall;
use crate::agent::{Act, AgentFuture};
use crate::error::AgentError;
use crate::requirements::{Access, Declaration};
use crate::response::{IntoReply, Reply};
use crate::transaction::{Lend, LendMut};

/// The type, in other tokens: the macro chooses where each stands, and so what is underlined in an error about it.
pub type Itself<T> = T;

type Boxed<'call, T> = Pin<Box<dyn Future<Output = Result<T, AgentError>> + Send + 'call>>;
type Fetch<T> = for<'call> fn(&'call EditorCall) -> Boxed<'call, T>;
type Settle<T> = for<'call> fn(T, &'call EditorCall) -> Boxed<'call, ()>;

/// What the agent returns.
pub struct Answer<R> {
    decisions: &'static [&'static str],
    reply: fn(R) -> Result<Reply, AgentError>,
}

/// The return type.
#[must_use]
pub fn editor_agent_answer<R: IntoReply>() -> Answer<R> {
    Answer { decisions: R::DECISIONS, reply: R::into_reply }
}

/// A parameter `T`. The result says nothing of its type but what it gives: whether that can be sent, or is an extractor
/// at all, is asked here and nowhere else.
#[must_use]
pub fn editor_agent_argument<T: FromCall>() -> impl Parameter<Value = T> {
    Asked::<T> {
        declare: |declaration| {
            T::declare(&mut declaration.needs);
            declaration.needs.borrow::<T>(Access::Owned);
        },
        fetch: |call| Box::pin(T::from_call(call)),
        settle: None,
    }
}

/// A parameter `&T`.
#[must_use]
pub fn editor_agent_loan<T: Lend>() -> Asked<Arc<T>> {
    Asked {
        declare: |declaration| {
            T::declare(&mut declaration.needs);
            declaration.needs.borrow::<T>(Access::Shared);
        },
        fetch: |call| Box::pin(T::lend(call)),
        settle: None,
    }
}

/// A parameter `&mut T`.
#[must_use]
pub fn editor_agent_transaction<T: LendMut>() -> Asked<T> {
    Asked {
        declare: |declaration| {
            T::declare(&mut declaration.needs);
            declaration.needs.borrow::<T>(Access::Exclusive);
        },
        fetch: |call| Box::pin(T::check_out(call)),
        settle: Some(|value, call| Box::pin(T::settle(value, call))),
    }
}

// The same questions where the agent cannot be called, because something else is wrong with it.

/// Whether a value can be a parameter `T`.
pub fn argument_of_an_editor_agent<T: FromCall>(value: T) -> T {
    value
}

/// Whether a value can be lent as `&T`.
pub fn loan_of_an_editor_agent<T: Lend>(value: &T) -> &T {
    value
}

/// Whether a value can be lent as `&mut T`.
pub fn transaction_of_an_editor_agent<T: LendMut>(value: &mut T) -> &mut T {
    value
}

/// Whether an agent can return what this future gives.
pub fn answer_of_an_editor_agent<R: IntoReply, F: Future<Output = R>>(future: F) -> F {
    future
}

/// What an agent does whose parameters are all its own: says what it needs, or runs.
pub fn editor_agent_that_owns<'act, P, R, F>(
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
    let Answer { decisions, reply } = *answer;
    match act {
        Act::Declare(declaration) => {
            parameters.declare(declaration);
            declaration.decisions = decisions;
            None
        }
        Act::Run(call) => Some(Box::pin(async move {
            let values = parameters.fetch(call).await?;
            reply(agent(values).await)
        })),
    }
}

/// What an agent's future is while it borrows what it was lent.
type Borrowing<'lent, R> = Pin<Box<dyn Future<Output = R> + Send + 'lent>>;

/// One call of an agent that borrows, which must be able to move between threads.
pub fn editor_agent_future<'lent, F: Future + Send + 'lent>(future: F) -> Borrowing<'lent, F::Output> {
    Box::pin(future)
}

/// The same for an agent that borrows some: what it owns and what it is lent come apart.
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
    let Answer { decisions, reply } = *answer;
    match act {
        Act::Declare(declaration) => {
            owned.declare(declaration);
            lent.declare(declaration);
            declaration.decisions = decisions;
            None
        }
        Act::Run(call) => Some(Box::pin(async move {
            let (values, mut borrowed) = tokio::try_join!(owned.fetch(call), lent.fetch(call))?;
            let reply = reply(agent(values, &mut borrowed).await)?;
            lent.settle(borrowed, call).await?;
            Ok(reply)
        })),
    }
}

/// One parameter, whatever it takes to fetch and to keep.
pub trait Parameter: Send + Sync + 'static {
    /// The value that the agent takes.
    type Value: Send + 'static;

    /// Adds the requirements of the parameter.
    fn declare(&self, declaration: &mut Declaration);

    /// Fetches the value.
    fn fetch<'call>(&self, call: &'call EditorCall) -> Boxed<'call, Self::Value>;

    /// Keeps what the agent changed; `None` where it could not change anything.
    fn settle<'call>(&self, value: Self::Value, call: &'call EditorCall) -> Option<Boxed<'call, ()>>;
}

/// A parameter by what it takes to have it.
pub struct Asked<T> {
    declare: fn(&mut Declaration),
    fetch: Fetch<T>,
    /// What keeps the changes, once the agent has succeeded.
    settle: Option<Settle<T>>,
}

impl<T: Send + 'static> Parameter for Asked<T> {
    type Value = T;

    fn declare(&self, declaration: &mut Declaration) {
        (self.declare)(declaration);
    }

    fn fetch<'call>(&self, call: &'call EditorCall) -> Boxed<'call, T> {
        (self.fetch)(call)
    }

    fn settle<'call>(&self, value: T, call: &'call EditorCall) -> Option<Boxed<'call, ()>> {
        self.settle.map(|settle| settle(value, call))
    }
}

/// All parameters of an agent: a tuple of them.
pub trait Parameters: Send + Sync + 'static {
    /// The values that the agent takes.
    type Values: Send + 'static;

    /// Adds the requirements of all parameters.
    fn declare(&self, declaration: &mut Declaration);

    /// Fetches all at the same time; the first failure ends it.
    /// Fetches all values concurrently.
    fn fetch(&self, call: &EditorCall) -> impl Future<Output = Result<Self::Values, AgentError>> + Send;

    /// Keeps what was changed, one after the other; the first failure ends it.
    fn settle(&self, values: Self::Values, call: &EditorCall) -> impl Future<Output = Result<(), AgentError>> + Send;
}

macro_rules! parameters {
    ($($parameter:ident $value:ident),*) => {
        impl<$($parameter: Parameter),*> Parameters for ($($parameter,)*) {
            type Values = ($($parameter::Value,)*);

            fn declare(&self, _declaration: &mut Declaration) {
                let ($($value,)*) = self;
                $($value.declare(_declaration);)*
            }

            async fn fetch(&self, _call: &EditorCall) -> Result<Self::Values, AgentError> {
                let ($($value,)*) = self;
                $(let $value = $value.fetch(_call);)*
                parameters!(@join $($value),*)
            }

            async fn settle(&self, values: Self::Values, _call: &EditorCall) -> Result<(), AgentError> {
                let ($($value,)*) = values;
                #[allow(non_snake_case, reason = "the tuple's types stand for its fields")]
                let ($($parameter,)*) = self;
                let mut _first = true;
                $(if let Some(settled) = $parameter.settle($value, _call) {
                    settled.await.map_err(|error| if _first { error } else { error.not_repeatable() })?;
                    _first = false;
                })*
                Ok(())
            }
        }
    };
    (@join) => { Ok(()) };
    (@join $only:ident) => { Ok(($only.await?,)) };
    (@join $($value:ident),*) => { tokio::try_join!($($value),*) };
}

parameters!();
parameters!(A a);
parameters!(A a, B b);
parameters!(A a, B b, C c);
parameters!(A a, B b, C c, D d);
parameters!(A a, B b, C c, D d, E e);
parameters!(A a, B b, C c, D d, E e, F f);
parameters!(A a, B b, C c, D d, E e, F f, G g);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h, I i);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o);
parameters!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o, P p);
