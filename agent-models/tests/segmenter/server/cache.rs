//! The cache of embeddings.

use std::time::{Duration, Instant};

use agent_runtime::prelude::*;

use super::world::{Data, World, encode_image, lookups, model, segment, until};

#[tokio::test]
async fn calls_on_one_image_share_one_encoding() {
    let (world, model) = (World::start().await, model(2));
    let agents = world.serve_model(&model).await;
    let payload = world.payload(Data::Rocket);
    let call = || agents.answer("/encode-image", &payload);
    let answers = tokio::join!(call(), call(), call());
    let expected = (200, "640x427".to_owned());
    assert_eq!(answers, (expected.clone(), expected.clone(), expected.clone()));
    assert_eq!(call().await, expected);
    assert_eq!(lookups(&model), (3, 1));
}

#[tokio::test]
async fn evicts_least_recently_used_embedding() {
    let (world, model) = (World::start().await, model(2));
    let agents = world.serve_model(&model).await;
    let mut seen = Vec::new();
    // The second call on the rocket makes the cat the one that was not used for longest.
    for data in [Data::Rocket, Data::Cat, Data::Rocket, Data::Astronaut, Data::Rocket, Data::Cat] {
        assert_eq!(agents.answer("/encode-image", &world.payload(data)).await.0, 200);
        seen.push(lookups(&model));
    }
    assert_eq!(seen, [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 4)]);
}

/// Takes all memory but 2 MB.
#[editor_agent]
async fn take_memory(call: EditorCall) -> Result<String> {
    call.acquire_memory(198 << 20, "the test").await?;
    Ok("Taken.".to_owned())
}

#[tokio::test]
async fn memory_budget_reclaims_embeddings() {
    let (world, model) = (World::start().await, model(4));
    let state = model.clone();
    let configure = |server: Server| server.state(state).memory_budget(200 << 20);
    let agents = world.serve(agents![encode_image, segment, take_memory], configure).await;
    let payload = world.payload(Data::Cat);
    assert_eq!(agents.answer("/encode-image", &payload).await.0, 200);
    assert_eq!(agents.answer("/take-memory", &payload).await, (200, "Taken.".to_owned()));
    assert_eq!(agents.answer("/encode-image", &payload).await.0, 200);
    assert_eq!(agents.answer("/encode-image", &payload).await.0, 200);
    assert_eq!(lookups(&model), (1, 2));
}

#[tokio::test]
async fn disconnected_caller_stops_encoding() {
    let (world, model) = (World::start().await, model(2));
    let agents = world.serve_model(&model).await;
    let payload = world.payload(Data::Rocket);
    let connection = agents.send("/encode-image", &payload).await;
    until("the image is encoded", || lookups(&model).1 == 1).await;
    // The frame is decoded meanwhile.
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(connection);
    let start = Instant::now();
    // Another image has to wait until the turn is free.
    assert_eq!(agents.answer("/encode-image", &world.payload(Data::Cat)).await.0, 200);
    println!("encoded after {:.1?}", start.elapsed());
    assert_eq!(agents.answer("/encode-image", &payload).await, (200, "640x427".to_owned()));
    // The abandoned encoding has left nothing in the cache.
    assert_eq!(lookups(&model), (0, 3));
}
