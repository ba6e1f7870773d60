//! Background work as a parameter.

use std::future::Future;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::agent::call::{EditorCall, FromCall};
use crate::background::{DEFAULT_WORK_TIMEOUT, Deferred, Pool, Work};
use crate::error::{AgentError, ErrorStatus};
use crate::requirements::Needs;

/// Work that goes on after the answer: an agent that takes longer than an annotator waits answers at once, and leaves the rest
/// behind.
///
/// What is left to [`run`](Self::run) begins once the agent has answered with success and its labels are saved. If the agent
/// fails, or runs again because somebody else saved the label row meanwhile, it does not begin. A few such works run at a time
/// (`AGENT_BACKGROUND`, 4 unless set), further ones wait, 256 in all, and agents that leave more are answered 503. A server that
/// stops lets them finish within its grace time, and names in its log those that do not.
///
/// There is no label row of the call in it, since its transaction has ended: take [`PlatformClient`](crate::extract::PlatformClient).
/// Whether it failed, nobody but the log learns.
///
/// Where a program does not go on after its answer, as in AWS Lambda, a server whose agents need this does not start. An
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
    trace: String,
    limit: Duration,
}

impl Background {
    /// The same with another limit for how long the work may take, from its beginning; an hour unless set.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Leaves work behind, to begin once the agent has answered. Its error is logged with the call's trace.
    ///
    /// # Errors
    /// 503: there is too much of it already.
    pub fn run(&self, work: impl Future<Output = Result<(), AgentError>> + Send + 'static) -> Result<(), AgentError> {
        let deferred = self.deferred.upgrade().ok_or_else(|| {
            AgentError::internal("work was left behind after the agent had answered, which is when such work begins")
        })?;
        let place = self.pool.reserve().ok_or_else(|| {
            let message = "This server has too much left to do in the background. Please try again later.";
            AgentError::new(ErrorStatus::ServiceUnavailable, message).with_retry_after(Duration::from_secs(10))
        })?;
        let (by, trace, limit) = (self.agent, self.trace.clone(), Some(self.limit));
        deferred.add(place, Work { by, uid: None, trace, limit, future: Box::pin(work) });
        Ok(())
    }
}

impl FromCall for Background {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        let there = Self::from_call_if_there(call).await?;
        there.ok_or_else(|| AgentError::internal("programs do not go on after their answer here"))
    }

    async fn from_call_if_there(call: &EditorCall) -> Result<Option<Self>, AgentError> {
        let pool = call.states().get::<Arc<Pool>>();
        Ok(pool.map(|pool| Self {
            pool,
            deferred: Arc::downgrade(call.deferred()),
            agent: call.agent(),
            trace: call.trace().id().to_owned(),
            limit: DEFAULT_WORK_TIMEOUT,
        }))
    }

    fn declare(needs: &mut Needs) {
        needs.background_work();
    }
}
