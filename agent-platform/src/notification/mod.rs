//! Notifications of agent stages and workflows, as the platform sends them (contract:
//! `docs/contract/agent-protocol.md#notifications`; all cases in `signature-vectors.json`).

mod envelope;
mod event;

pub use envelope::{Envelope, NotificationError};
pub use event::{
    AnyEvent, Notification, NotificationEvent, StageWorkAvailable, TaskCompleted, TaskLabels, TaskSubmitted, WorkReason,
};
