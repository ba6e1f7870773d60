//! The trait of the calls that parameters are extracted from.

use agent_platform::client::Stopwatch;
use agent_platform::memory::MemoryAccount;

use super::EditorCall;
use crate::states::States;
use crate::timings::Timings;
use crate::trace::Trace;

/// A call that parameters are extracted from: an [`EditorCall`] or a [`NotificationCall`](crate::notification::NotificationCall).
///
/// An extractor that needs nothing beyond this trait serves every call: `impl<C: Call> FromCall<C> for MyExtractor`. The trait
/// is sealed.
pub trait Call: sealed::Sealed + Send + Sync + 'static {
    /// Returns the application state and shared resources of the server.
    fn states(&self) -> &States;

    /// Returns the trace that the call belongs to.
    fn trace(&self) -> &Trace;

    /// Returns the account that memory for the call is acquired through.
    fn memory(&self) -> &MemoryAccount;

    /// Returns the stopwatch of the call's requests to the platform, if it is measured. A notification never is.
    fn platform_stopwatch(&self) -> Option<&Stopwatch> {
        None
    }

    /// Returns `true` if the call is a dry run. A notification never is.
    fn is_dry_run(&self) -> bool {
        false
    }
}

pub(crate) mod sealed {
    /// Seals [`Call`](super::Call).
    pub trait Sealed {}
}

impl sealed::Sealed for EditorCall {}

impl Call for EditorCall {
    fn states(&self) -> &States {
        self.states()
    }

    fn trace(&self) -> &Trace {
        self.trace()
    }

    fn memory(&self) -> &MemoryAccount {
        self.memory()
    }

    fn platform_stopwatch(&self) -> Option<&Stopwatch> {
        self.timings().map(Timings::platform)
    }

    fn is_dry_run(&self) -> bool {
        self.is_dry_run()
    }
}
