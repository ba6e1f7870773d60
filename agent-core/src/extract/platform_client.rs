//! The platform's client as a parameter.

use std::ops::Deref;

use agent_platform::client::Platform;

use crate::agent::call::EditorCall;
use crate::agent::call::FromCall;
use crate::error::AgentError;
use crate::platform::Connection;
use crate::platform::PlatformService;
use crate::requirements::Needs;
use crate::states::States;
use crate::trace::Trace;

/// The client of the platform, for what no other parameter gives. Having it costs no request.
///
/// It shares the server's connections; its requests carry the trace of the call. Every method of
/// [`Platform`] can be called on it, and its errors become the agent's with `?`: a refusal is 403 with the platform's
/// message, what is not there 404, a platform that limits us or cannot be reached 503, one that answers nonsense 502, one
/// that does not answer 504.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// Sends the task to the front of the queue.
/// #[editor_agent]
/// async fn urgent(project: ProjectHash, info: LabelRowInfo, platform: PlatformClient) -> Result<String> {
///     platform.set_priorities(project.0, &[(&info.data_hash, 1.0)]).await?;
///     Ok("It is next.".to_owned())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct PlatformClient(Platform);

impl Deref for PlatformClient {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        &self.0
    }
}

impl PlatformClient {
    /// The client of a server with this state, for the requests of one trace.
    pub(crate) fn of(states: &States, trace: &Trace) -> Result<Self, AgentError> {
        Ok(Self(Connection::among(states)?.platform_for(trace)))
    }
}

impl FromCall for PlatformClient {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        Ok(Self(Connection::of(call)?.platform(call)))
    }

    fn declare(needs: &mut Needs) {
        needs.service("platform client", &PlatformService);
    }
}
