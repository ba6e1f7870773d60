//! Work on agent stages of workflows.
//!
//! A drain lists the tasks of a stage page by page, runs the agent on those of this replica's shard, and moves each along its pathway
//! once its label row is saved. One drain of a stage of a project runs at a time: a notification or the interval of polling starts
//! one, and what arrives meanwhile starts one more afterwards.
//!
//! Only agents with a stage refer to [`WORKER`], so a program without a stage does not link this module.

mod attempt;
mod check;
mod drain;
mod mover;
mod notification;
mod shard;
mod span;
mod target;
mod workers;

use agent_core::platform::PlatformService;

use crate::app::StageWorker;

/// The worker of stages.
pub static WORKER: StageWorker = StageWorker {
    service: &PlatformService,
    handler: &notification::HANDLER,
    check: |app| Box::pin(check::check(app)),
    serve: workers::serve,
    drain: |app| Box::pin(workers::drain_all(app)),
};
