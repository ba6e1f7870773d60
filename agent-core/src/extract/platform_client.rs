//! The client of the platform as a parameter.

use agent_platform::client::PlatformClient;

use crate::call::{Call, FromCall};
use crate::error::AgentError;
use crate::platform::{Connection, PlatformService};
use crate::requirements::Requirements;

/// The client of the platform, for what no other parameter gives. The extractor sends no request.
///
/// The client shares the connections of the server; its requests carry the trace of the call. Its errors become those of the
/// agent with `?`: a refusal is 403 with the platform's message, a missing resource 404, a rate limit or a failed connection 503,
/// an invalid response 502, a timeout 504.
///
/// ```
/// use agent_runtime::prelude::*;
///
/// /// Moves the task to the front of the queue.
/// #[editor_agent]
/// async fn urgent(project: ProjectHash, info: LabelRowInfo, platform: PlatformClient) -> Result<String> {
///     platform.set_priorities(project, &[(&info, 1.0)]).await?;
///     Ok("It is next.".to_owned())
/// }
/// ```
impl<C: Call> FromCall<C> for PlatformClient {
    async fn from_call(call: &C) -> Result<Self, AgentError> {
        Ok(Connection::for_call(call)?.client(call))
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service("platform client", &PlatformService);
    }
}
