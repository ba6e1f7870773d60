//! The permit of a call, which belongs to its work and not to its connection.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Weak};

use tracing::Span;

use crate::error::AgentError;

/// The permits of one call, as the transport has them. They are given back when this and all guards are dropped.
pub struct CallPermit(Arc<dyn Any + Send + Sync>);

impl CallPermit {
    /// Keeps the permits of a transport.
    #[must_use]
    pub fn new(permits: impl Send + Sync + 'static) -> Self {
        Self(Arc::new(permits))
    }
}

impl fmt::Debug for CallPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallPermit")
    }
}

/// Keeps the permit of a call while work that was started for it goes on. The call counts as running until its response is
/// sent and all guards are dropped. From [`EditorCall::guard`](crate::call::EditorCall::guard).
#[derive(Clone)]
pub struct CallGuard(#[expect(dead_code, reason = "it is held")] Option<Arc<dyn Any + Send + Sync>>);

/// The permit of a call, without keeping it.
#[derive(Debug, Clone, Default)]
pub struct WeakPermit(Option<Weak<dyn Any + Send + Sync>>);

impl WeakPermit {
    /// Creates a reference to the permit.
    #[must_use]
    pub fn new(permit: &CallPermit) -> Self {
        Self(Some(Arc::downgrade(&permit.0)))
    }

    /// Keeps the permit, if the call still has it.
    #[must_use]
    pub fn guard(&self) -> CallGuard {
        CallGuard(self.0.as_ref().and_then(Weak::upgrade))
    }

    /// Runs a computation on a thread for blocking work. It keeps the permit until its end, whoever waits for it.
    pub async fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AgentError> {
        let (guard, span) = (self.guard(), Span::current());
        let done = tokio::task::spawn_blocking(move || {
            let _guard = guard;
            span.in_scope(work)
        });
        Ok(done.await?)
    }
}

impl fmt::Debug for CallGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallGuard")
    }
}
