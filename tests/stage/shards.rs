//! Replicas that share the tasks of a stage.

use agent_runtime::prelude::*;
use agent_runtime::{DrainReport, Stage};
use agent_studio::CallKind;

use super::drains::mark;
use super::world::{STAGE, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_task_belongs_to_one_shard() {
    const SHARDS: usize = 8;
    let world = World::with_images(400).await;
    let mut drains = tokio::task::JoinSet::new();
    for index in 0..SHARDS {
        let stage = Stage::new(STAGE).pathway("done");
        let server = world.server().agents(agents![]).stage(stage, agents![mark]).shard(index, SHARDS);
        drains.spawn(async move { server.drain().await.unwrap() });
    }
    let reports: Vec<DrainReport> = drains.join_all().await;
    assert_eq!(reports.iter().map(|report| report.moved).sum::<u64>(), 400, "{reports:?}");
    assert!(reports.iter().all(|report| report.moved > 20 && report.failed.is_empty()), "{reports:?}");
    for n in 0..400 {
        assert_eq!((world.stage(n), world.objects(n)), ("Complete".to_owned(), 1), "{n}");
    }
    assert_eq!(world.platform.calls().count(CallKind::SaveLabelRows), 400);
}

#[tokio::test]
async fn invalid_shard_is_a_start_error() {
    let world = World::with_images(1).await;
    let error = world.server().agents(agents![]).stage(STAGE, agents![mark]).shard(8, 8).drain().await.unwrap_err();
    assert!(error.to_string().contains("index 8"), "{error}");
}
