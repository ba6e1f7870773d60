//! Notifications of agent stages and workflows, which are answered at once and worked on afterwards (contract:
//! `docs/contract/agent-protocol.md#notifications`; all cases in `signature-vectors.json`).
//!
//! A valid signature proves the sender, not that this deployment serves the project. Check the project hash first.
//!
//! Each handler works on a delivery once. It remembers the `uid` of a signed delivery for as long as its signature can be valid
//! (ten minutes), and the last 10,000 whatever their age. With 100,000 signed deliveries within these ten minutes it refuses
//! further ones (503) rather than forget one. Unsigned deliveries (`signature = "off"` or `"when-present"`) are remembered apart,
//! the last 10,000. The memory is the process's: after a restart, and on another replica, a delivery can be worked on again.
//!
//! ```
//! use agent_runtime::prelude::*;
//! use agent_runtime::{Notification, StageWorkAvailable, handlers, on_notification};
//!
//! /// Works through what waits in the stage.
//! #[on_notification]
//! async fn work_available(work: Notification<StageWorkAvailable>, platform: PlatformClient) -> Result<()> {
//!     let project = platform.project(work.event.project_hash).await?;
//!     println!("About {} tasks wait in {}", work.event.pending_count, project.title);
//!     Ok(())
//! }
//! # let server = Server::new().agents(agents![]).on_notification(handlers![work_available]).webhook_secret("whsec_made-up");
//! ```

mod call;
mod handler;
mod refusal;

pub use agent_platform::notification::{
    AnyEvent, Envelope, Notification, NotificationError, NotificationEvent, StageWorkAvailable, TaskCompleted,
    TaskLabels, TaskSubmitted, WorkReason,
};
pub use call::NotificationCall;
pub use handler::{
    Delivery, HandlerAct, HandlerSet, IntoHandlerSet, NotificationFuture, NotificationHandler, OnNotification, Takes,
};
pub use refusal::refusal;
