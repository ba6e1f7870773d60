//! Images that are encoded in advance.

use std::time::{Duration, Instant};

use agent_models::sam::SharedSegmenter;
use agent_runtime::prelude::*;

use super::world::{Agents, Data, World, encode_image, lookups, model, until};

/// Has nothing to do with the image.
#[editor_agent]
async fn unrelated(frame: Frame) -> String {
    format!("Frame {frame}")
}

#[editor_agent]
async fn refuses(_frame: Frame) -> Result<String> {
    bail!("Not today.")
}

async fn serve(world: &World, model: &SharedSegmenter) -> Agents {
    let model = model.clone();
    let configure = |server: Server| server.state(model.clone()).after_call(model);
    world.serve(agents![encode_image, unrelated, refuses], configure).await
}

#[tokio::test]
async fn call_of_another_agent_encodes_the_image_in_advance() {
    let (world, model) = (World::start().await, model(2));
    let agents = serve(&world, &model).await;
    let payload = world.payload(Data::Cat);
    let start = Instant::now();
    assert_eq!(agents.answer("/unrelated", &payload).await, (200, "Frame 0".to_owned()));
    println!("answered after {:.1?}", start.elapsed());
    until("the image is encoded", || model.cache_counts().warmed == 1).await;
    assert_eq!(agents.answer("/encode-image", &payload).await, (200, "451x300".to_owned()));
    let counts = model.cache_counts();
    assert_eq!((counts.hits, counts.misses, counts.encodings), (1, 0, 1));
}

#[tokio::test]
async fn call_joins_the_encoding_in_advance() {
    let (world, model) = (World::start().await, model(2));
    let agents = serve(&world, &model).await;
    let payload = world.payload(Data::Rocket);
    agents.answer("/unrelated", &payload).await;
    // The frame is decoded, and the encoding has begun.
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(agents.answer("/encode-image", &payload).await, (200, "640x427".to_owned()));
    let counts = model.cache_counts();
    assert_eq!((counts.hits + counts.misses, counts.encodings), (1, 1), "{counts:?}");
}

#[tokio::test]
async fn call_on_another_image_does_not_wait_for_warming() {
    let (world, model) = (World::start().await, model(3));
    let agents = serve(&world, &model).await;
    for data in [Data::Rocket, Data::Astronaut, Data::Table] {
        agents.answer("/unrelated", &world.payload(data)).await;
    }
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(agents.answer("/encode-image", &world.payload(Data::Cat)).await, (200, "451x300".to_owned()));
    let counts = model.cache_counts();
    // At most one of the three was done before the call began to wait.
    assert!(counts.misses == 1 && counts.warmed <= 1, "{counts:?}");
    until("all images are encoded", || model.cache_counts().warmed >= 3).await;
}

#[tokio::test]
async fn failed_calls_encode_nothing() {
    let (world, model) = (World::start().await, model(2));
    let agents = serve(&world, &model).await;
    assert_eq!(agents.answer("/refuses", &world.payload(Data::Cat)).await.0, 400);
    agents.answer("/unrelated", &world.payload(Data::Rocket)).await;
    until("the other image is encoded", || model.cache_counts().encodings == 1).await;
    assert_eq!(agents.answer("/encode-image", &world.payload(Data::Cat)).await.0, 200);
    assert_eq!(lookups(&model), (0, 1));
}

#[tokio::test]
async fn stopping_server_drops_the_encoding() {
    let (world, model) = (World::start().await, model(2));
    let agents = serve(&world, &model).await;
    agents.answer("/unrelated", &world.payload(Data::Cat)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    agents.0.stop().await;
    // An encoding takes more than that.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(model.cache_counts().encodings, 0);
}
