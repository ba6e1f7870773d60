//! The context that the server adds to the request of a call.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::states::States;
use crate::timings::Timings;
use crate::trace::Trace;

/// State, trace, client address and deadline of a call.
pub struct CallContext {
    pub(super) states: Arc<States>,
    pub(super) trace: Trace,
    pub(super) client: Option<IpAddr>,
    pub(super) deadline: Option<Instant>,
    pub(super) timings: Option<Box<Timings>>,
}

impl CallContext {
    /// Creates a context without client address and deadline.
    #[must_use]
    pub fn new(states: Arc<States>, trace: Trace) -> Self {
        Self { states, trace, client: None, deadline: None, timings: None }
    }

    /// Sets the client's address, if it is known.
    #[must_use]
    pub fn with_client(self, client: Option<IpAddr>) -> Self {
        Self { client, ..self }
    }

    /// Sets the time at which the call is given up. Default: `None`.
    #[must_use]
    pub fn with_deadline(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
    }

    /// Measures the parts of the call.
    #[must_use]
    pub fn with_timings(self, timings: Timings) -> Self {
        Self { timings: Some(Box::new(timings)), ..self }
    }
}

impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut context = f.debug_struct("CallContext");
        context.field("trace", &self.trace).field("client", &self.client).field("deadline", &self.deadline);
        context.finish_non_exhaustive()
    }
}
