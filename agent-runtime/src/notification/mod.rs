//! What agent stages and workflows send: notifications, which are answered at once and worked on afterwards (contract:
//! `platform-api.md`, section 10, "Notifications"; all cases in `signature-vectors.json`).
//!
//! A notification is no instruction. Its signature shows that it comes from the platform, not that this deployment works on
//! the project it names: look at that first.
//!
//! ```
//! use agent_runtime::prelude::*;
//! use agent_runtime::{Notification, StageWorkAvailable, on_notification};
//!
//! /// Works through what waits in the stage.
//! #[on_notification]
//! async fn work_available(work: Notification<StageWorkAvailable>, platform: PlatformClient) -> Result<()> {
//!     let project = platform.project(work.event.project_hash).await?;
//!     println!("About {} tasks wait in {}", work.event.pending_count, project.title);
//!     Ok(())
//! }
//! # let server = Server::new().agents(agents![]).on_notification::<work_available>().webhook_secret("whsec_made-up");
//! ```

mod call;
mod envelope;
mod event;
mod handler;
mod inbox;
mod seen;

pub use call::{FromNotification, NotificationCall};
pub(crate) use envelope::{Envelope, Unread};
pub use event::{
    AnyEvent, Notification, NotificationEvent, StageWorkAvailable, TaskCompleted, TaskLabels, TaskSubmitted, WorkReason,
};
pub use handler::{NotificationFuture, NotificationHandler, OnNotification, RegisteredHandler, Takes};
pub(crate) use inbox::{Inbox, Job, Taken};
