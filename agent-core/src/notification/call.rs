//! What a handler is called with.

use std::sync::Arc;

use super::envelope::Envelope;
use super::event::{Notification, NotificationEvent};
use crate::error::AgentError;
use crate::extract::PlatformClient;
use crate::extract::TraceId;
use crate::extract::{ApplicationState, State};
use crate::platform::PlatformService;
use crate::requirements::Needs;
use crate::states::States;
use crate::trace::Trace;

/// One notification, as the parameters of its handler see it. Cheap to clone.
#[derive(Clone)]
pub struct NotificationCall {
    envelope: Arc<Envelope>,
    states: Arc<States>,
    trace: Trace,
}

impl NotificationCall {
    /// Creates the call of a handler.
    #[must_use]
    pub fn new(envelope: Envelope, states: Arc<States>, trace: Trace) -> Self {
        Self { envelope: Arc::new(envelope), states, trace }
    }

    /// The trace the notification belongs to.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
}

/// What a parameter of a notification handler can be.
///
/// The first one is the [`Notification`] itself; beside it there are [`State<T>`], [`PlatformClient`] and [`TraceId`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a notification handler can ask for",
    label = "not for notification handlers",
    note = "a notification is about no frame and no label row: take `State<_>`, `PlatformClient` or `TraceId`, and ask the platform for the rest"
)]
pub trait FromNotification: Sized + Send {
    /// Makes the value.
    ///
    /// # Errors
    /// It cannot be made. The handler is not run.
    fn from_notification(call: &NotificationCall) -> Result<Self, AgentError>;

    /// Says what it needs.
    fn declare(needs: &mut Needs);
}

impl<E: NotificationEvent> FromNotification for Notification<E> {
    fn from_notification(call: &NotificationCall) -> Result<Self, AgentError> {
        call.envelope.notification().map_err(|unread| unread.refusal())
    }

    fn declare(_: &mut Needs) {}
}

impl<T: ApplicationState> FromNotification for State<T> {
    fn from_notification(call: &NotificationCall) -> Result<Self, AgentError> {
        State::of(&call.states)
    }

    fn declare(needs: &mut Needs) {
        needs.state::<T>();
    }
}

impl FromNotification for PlatformClient {
    fn from_notification(call: &NotificationCall) -> Result<Self, AgentError> {
        Self::of(&call.states, &call.trace)
    }

    fn declare(needs: &mut Needs) {
        needs.service("platform client", &PlatformService);
    }
}

impl FromNotification for TraceId {
    fn from_notification(call: &NotificationCall) -> Result<Self, AgentError> {
        Ok(Self::of(&call.trace))
    }

    fn declare(_: &mut Needs) {}
}
