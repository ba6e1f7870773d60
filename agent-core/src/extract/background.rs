//! Background work as a parameter.

use std::future::Future;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::background::{DEFAULT_WORK_TIMEOUT, Deferred, Pool, Work};
use crate::call::{EditorCall, FromCall, OptionalFromCall};
use crate::error::{AgentError, ErrorStatus};
use crate::requirements::Requirements;
use crate::trace::Trace;

/// Background work that outlives the response, for an agent that takes longer than an annotator waits.
///
/// Work that is given to [`run`](Self::run) starts once the agent has succeeded and its labels are saved. It does not start if the
/// agent fails, or runs again after a conflict on the label row. `AGENT_BACKGROUND` is the maximum number of concurrent works
/// (default: 4); up to 256 works run or wait, and agents that add more get 503. A server that stops lets them finish within its
/// grace time, and logs those that do not.
///
/// The label row of the call is not available in it, since the transaction has ended: take
/// [`PlatformClient`](agent_platform::client::PlatformClient). An error of the work is logged; the annotator does not see it.
///
/// AWS Lambda stops a program after its response: a server whose agents need `Background` does not start there.
/// `Option<Background>` is `None` there.
///
/// ```
/// use agent_runtime::prelude::*;
/// use agent_runtime::Background;
///
/// async fn tell_the_team(_text: String) -> Result<()> {
///     Ok(())
/// }
///
/// /// Tells the team that somebody needs help here.
/// #[editor_agent]
/// async fn ask_for_help(background: Background, frame: Frame) -> Result<String> {
///     background.run(tell_the_team(format!("Help is needed on frame {frame}.")))?;
///     Ok("The team is being told.".to_owned())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Background {
    pool: Arc<Pool>,
    /// Weak, since the work may hold this, and the list holds the work.
    deferred: Weak<Deferred>,
    agent: &'static str,
    trace: Trace,
    limit: Duration,
}

impl Background {
    /// Sets the timeout of the work. Default: 1 h.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Adds work that starts once the agent has succeeded. Its error is logged with the trace of the call.
    ///
    /// # Errors
    /// 503 if 256 works run or wait already.
    pub fn run(&self, work: impl Future<Output = Result<(), AgentError>> + Send + 'static) -> Result<(), AgentError> {
        let deferred = self.deferred.upgrade().ok_or_else(|| {
            AgentError::internal("work was left behind after the agent had answered, which is when such work begins")
        })?;
        let permit = self.pool.reserve().ok_or_else(|| {
            let message = "This server has too much left to do in the background. Please try again later.";
            AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(Duration::from_secs(10))
        })?;
        let (by, trace, limit) = (self.agent, self.trace.clone(), Some(self.limit));
        deferred.add(permit, Work { by, uid: None, trace, limit, future: Box::pin(work) });
        Ok(())
    }
}

impl FromCall for Background {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let background = Self::from_call_optional(call).await?;
        background.ok_or_else(|| AgentError::internal("this program does not go on after its response"))
    }

    fn declare(requirements: &mut Requirements) {
        requirements.background_work();
    }
}

impl OptionalFromCall for Background {
    async fn from_call_optional(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        let pool = call.states().get::<Arc<Pool>>();
        Ok(pool.map(|pool| Self {
            pool,
            deferred: Arc::downgrade(call.deferred()),
            agent: call.agent(),
            trace: call.trace().clone(),
            limit: DEFAULT_WORK_TIMEOUT,
        }))
    }
}
