//! Drains of some of the tasks.

use agent_runtime::Stage;
use agent_runtime::agent_platform::client::{AgentTaskStatus, TaskFilter};
use agent_runtime::prelude::*;
use agent_runtime::uuid::Uuid;

use super::drains::mark;
use super::world::{STAGE, World};

/// Drains with the filter of the stage and that of the server. Returns the number of moved tasks.
async fn moved(world: &World, of_stage: TaskFilter, of_server: TaskFilter) -> u64 {
    let stage = Stage::new(STAGE).pathway("done").tasks(of_stage);
    let server = world.server().agents(agents![]).stage(stage, agents![mark]).stage_tasks(of_server);
    server.drain().await.unwrap().moved
}

#[tokio::test]
async fn filter_of_the_stage_selects_tasks() {
    let world = World::with_images(12).await;
    assert_eq!(moved(&world, TaskFilter::ALL.status(AgentTaskStatus::Reopened), TaskFilter::ALL).await, 0);
    assert_eq!(moved(&world, TaskFilter::ALL.dataset(Uuid::from_u128(7)), TaskFilter::ALL).await, 0);
    assert_eq!(moved(&world, TaskFilter::ALL.assignee("ada@example.test"), TaskFilter::ALL).await, 0);
    let ten = TaskFilter::ALL.title_contains("00001").status(AgentTaskStatus::New).status(AgentTaskStatus::Reopened);
    assert_eq!(moved(&world, ten, TaskFilter::ALL).await, 3);
    let stages: Vec<_> = (0..12).filter(|n| world.stage(*n) == "Complete").collect();
    assert_eq!(stages, [1, 10, 11]);
}

#[tokio::test]
async fn filter_of_the_server_takes_precedence() {
    let world = World::with_images(3).await;
    let skipped = TaskFilter::ALL.status(AgentTaskStatus::Skipped).title_contains("000002");
    assert_eq!(moved(&world, skipped, TaskFilter::ALL.status(AgentTaskStatus::New)).await, 1);
    assert_eq!(world.stage(2), "Complete");
}

#[tokio::test]
async fn drain_takes_at_most_max_tasks() {
    let world = World::with_images(12).await;
    for remaining in [7, 2, 0] {
        let stage = Stage::new(STAGE).pathway("done");
        let server = world.server().agents(agents![]).stage(stage, agents![mark]).stage_max_tasks(5);
        server.drain().await.unwrap();
        assert_eq!((0..12).filter(|n| world.stage(*n) == STAGE).count(), remaining);
    }
    let error = world.server().agents(agents![]).stage(STAGE, agents![mark]).stage_max_tasks(0).drain().await;
    assert!(error.unwrap_err().to_string().contains("stage_max_tasks"));
}
