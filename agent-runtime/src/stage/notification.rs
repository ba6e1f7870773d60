//! The handler of the platform's notifications about tasks that wait.

use std::sync::Arc;

use agent_core::call::{Call, FromCall};
use agent_core::definition::{AgentTimeout, SourceLocation};
use agent_core::error::AgentError;
use agent_core::notification::{
    HandlerAct, Notification, NotificationCall, NotificationFuture, NotificationHandler, StageWorkAvailable, Takes,
};
use agent_core::signature_policy::SignedCalls;

use crate::served_stage::StageWakes;

/// Wakes the drain of the stage that a notification names. The platform gets its response at once.
pub(super) static HANDLER: NotificationHandler = NotificationHandler {
    name: "stage work",
    path: "/stage-work",
    description: "Works on the tasks that wait in the agent stages of this server.",
    timeout: AgentTimeout::ServerDefault,
    signed_calls: SignedCalls::DEFAULT,
    location: SourceLocation { file: file!(), line: line!() },
    package: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
    act,
};

fn act(act: HandlerAct<'_>) -> Option<NotificationFuture> {
    match act {
        HandlerAct::Declare(takes) => {
            *takes = Some(Takes::events::<StageWorkAvailable>());
            None
        }
        HandlerAct::Run(call) => Some(Box::pin(wake(call))),
    }
}

async fn wake(call: NotificationCall) -> Result<(), AgentError> {
    let Notification { event, .. } = Notification::<StageWorkAvailable>::from_call(&call).await?;
    if let Some(wakes) = call.states().get::<Arc<StageWakes>>() {
        wakes.wake(event.project_hash, event.stage_uuid);
    }
    Ok(())
}
