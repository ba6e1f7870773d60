//! A notification handler, known before the first notification.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use agent_platform::notification::{AnyEvent, Envelope, NotificationError, NotificationEvent};
use uuid::Uuid;

use super::call::NotificationCall;
use crate::background::DEFAULT_WORK_TIMEOUT;
use crate::definition::{AgentTimeout, SourceLocation};
use crate::error::AgentError;
use crate::registry::{Registered, registered};
use crate::requirements::Requirements;
use crate::signature_policy::SignedCalls;

/// The future of a handler's run.
pub type NotificationFuture = Pin<Box<dyn Future<Output = Result<(), AgentError>> + Send>>;

/// A registered handler of notifications. Written by `#[on_notification]`.
pub struct NotificationHandler {
    /// Name of the handler. Default: the name of the function.
    pub name: &'static str,
    /// Path of the endpoint. Starts with `/`, never ends with it.
    pub path: &'static str,
    /// Description for people: the doc comment of the function.
    pub description: &'static str,
    /// Timeout of a run. Default: 1 h.
    pub timeout: AgentTimeout,
    /// Signature policy. Default: only signed notifications.
    pub signed_calls: SignedCalls,
    /// Location in the source.
    pub location: SourceLocation,
    /// Name and version of its crate, e.g. `my-agents 0.1.0`.
    pub package: &'static str,
    #[doc(hidden)]
    pub act: for<'act> fn(HandlerAct<'act>) -> Option<NotificationFuture>,
}

/// The task of the generated function. It is one function for both tasks, so that it names each parameter's type once.
#[doc(hidden)]
#[derive(Debug)]
pub enum HandlerAct<'act> {
    Declare(&'act mut Option<Takes>),
    Run(NotificationCall),
}

/// The declaration of the parameters.
#[doc(hidden)]
#[derive(Debug)]
pub struct Takes {
    pub event_type: Option<&'static str>,
    pub delivery: fn(&Envelope) -> Result<Delivery, NotificationError>,
    pub requirements: Requirements,
}

/// The members of a notification that decide whether it is worked on.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The id of the notification.
    pub uid: Uuid,
    /// [`NotificationEvent::coalescing_key`].
    pub coalescing_key: Option<String>,
}

impl Takes {
    pub fn events<E: NotificationEvent>() -> Self {
        let delivery = |envelope: &Envelope| {
            let notification = envelope.notification::<E>()?;
            Ok(Delivery { uid: notification.uid, coalescing_key: notification.event.coalescing_key() })
        };
        Self { event_type: E::EVENT_TYPE, delivery, requirements: Requirements::default() }
    }
}

impl NotificationHandler {
    /// Returns the `event_type` of the notifications that it handles. `None` for all.
    #[must_use]
    pub fn event_type(&self) -> Option<&'static str> {
        self.takes().event_type
    }

    /// Returns the declaration of the parameters.
    #[doc(hidden)]
    #[must_use]
    pub fn takes(&self) -> Takes {
        let mut takes = None;
        (self.act)(HandlerAct::Declare(&mut takes));
        takes.unwrap_or_else(Takes::events::<AnyEvent>)
    }

    /// Runs the handler on one notification.
    pub fn run(&self, call: NotificationCall) -> NotificationFuture {
        (self.act)(HandlerAct::Run(call))
            .unwrap_or_else(|| Box::pin(std::future::ready(Err(AgentError::internal("the handler did not compile")))))
    }

    /// Returns the timeout of a run. `None` for no limit.
    #[must_use]
    pub fn limit(&self) -> Option<Duration> {
        self.timeout.limit(DEFAULT_WORK_TIMEOUT)
    }
}

impl fmt::Debug for NotificationHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ({})", self.name, self.path, self.location)
    }
}

/// The definition of the function with a key. `#[on_notification]` implements it with a type `D` of the author's crate.
#[doc(hidden)]
pub trait OnNotification<const KEY: u64, D> {
    /// The handler.
    const HANDLER: &'static NotificationHandler;
}

inventory::collect!(Registered<NotificationHandler>);

/// A set of notification handlers, made by `handlers!`.
#[derive(Debug, Clone)]
pub struct HandlerSet {
    handlers: Vec<&'static NotificationHandler>,
}

/// Argument of `Server::on_notification`: a [`HandlerSet`], which `handlers![...]` makes.
#[diagnostic::on_unimplemented(
    message = "this is not a set of notification handlers",
    label = "not `handlers![...]`",
    note = "list the functions of the handlers: write `handlers![work]`"
)]
pub trait IntoHandlerSet {
    /// Returns the set.
    fn into_handler_set(self) -> HandlerSet;
}

impl IntoHandlerSet for HandlerSet {
    fn into_handler_set(self) -> HandlerSet {
        self
    }
}

impl HandlerSet {
    /// Creates an explicit set. `handlers!` writes this.
    #[must_use]
    pub fn new(handlers: &[&'static NotificationHandler]) -> Self {
        Self { handlers: handlers.to_vec() }
    }

    /// Returns the handlers in the order in which they are listed.
    pub fn iter(&self) -> impl Iterator<Item = &'static NotificationHandler> {
        self.handlers.iter().copied()
    }
}

impl NotificationHandler {
    /// Returns all annotated functions of all linked crates, sorted by path.
    #[must_use]
    pub fn collected() -> Vec<&'static Self> {
        registered(|handler: &Self| (handler.path, handler.location))
    }
}
