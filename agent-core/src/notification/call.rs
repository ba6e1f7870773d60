//! One notification, and what the parameters of its handler extract from it.

use std::fmt;
use std::sync::Arc;

use agent_platform::memory::{ByteBudget, MemoryAccount};
use agent_platform::notification::{Envelope, Notification, NotificationEvent};

use super::refusal::refusal;
use crate::call::{Call, FromCall, sealed};
use crate::error::AgentError;
use crate::requirements::Requirements;
use crate::states::States;
use crate::trace::Trace;

/// One notification. The parameters of its handler are extracted from it. Cheap to clone.
#[derive(Clone)]
pub struct NotificationCall {
    envelope: Arc<Envelope>,
    states: Arc<States>,
    trace: Trace,
    memory: MemoryAccount,
}

impl NotificationCall {
    /// Creates the call of a handler.
    #[must_use]
    pub fn new(envelope: Envelope, states: Arc<States>, trace: Trace) -> Self {
        let memory = states.get::<ByteBudget>().unwrap_or_default().account();
        Self { envelope: Arc::new(envelope), states, trace, memory }
    }

    /// Returns the trace that the notification belongs to.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
}

impl fmt::Debug for NotificationCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NotificationCall({}, trace {})", self.envelope.event_type, self.trace.id())
    }
}

impl sealed::Sealed for NotificationCall {}

impl Call for NotificationCall {
    fn states(&self) -> &States {
        &self.states
    }

    fn trace(&self) -> &Trace {
        &self.trace
    }

    fn memory(&self) -> &MemoryAccount {
        &self.memory
    }
}

impl<E: NotificationEvent> FromCall<NotificationCall> for Notification<E> {
    async fn from_call(call: &NotificationCall) -> Result<Self, AgentError> {
        call.envelope.notification().map_err(|error| refusal(&error))
    }

    fn declare(_: &mut Requirements) {}
}
