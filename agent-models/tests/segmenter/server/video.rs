//! The frames of a video.

use std::sync::Arc;

use agent_models::sam::{Prompts, SegmentError, SelectedPrompts, SharedSegmenter};
use agent_platform::labels::BoundingBox;
use agent_runtime::prelude::*;
use serde_json::Value;

use super::world::{Agents, Data, World, encode_image, lookups, model};
use crate::sample::sample;

const SIZE: (u32, u32) = (480, 320);

/// Returns the box of the silver coin on a frame of the video, in pixels.
fn coin(frame: u64) -> [f64; 4] {
    let tracks: Value = serde_json::from_slice(&std::fs::read(sample("ground-truth/tracks.json")).unwrap()).unwrap();
    let track = tracks["tracks"].as_array().unwrap().iter().find(|track| track["name"] == "silver").unwrap();
    serde_json::from_value(track["frames"][frame.to_string()]["box"].clone()).unwrap()
}

fn relative([x, y, width, height]: [f64; 4]) -> BoundingBox {
    let (wide, high) = (f64::from(SIZE.0), f64::from(SIZE.1));
    BoundingBox { x: x / wide, y: y / high, width: width / wide, height: height / high }
}

/// Returns the intersection over union of the segmented object and the ellipse in its box, in percent.
#[editor_agent]
async fn fit(
    call: EditorCall,
    State(model): State<SharedSegmenter>,
    Frame(frame): Frame,
    selected: SelectedPrompts,
) -> Result<String> {
    let embedding = model.embedding(&call).await?;
    let prompts: Prompts = selected[0].prompts.clone();
    let masks = call.spawn_blocking(move || model.segmenter().predict(&embedding, &prompts)).await?;
    let mask = masks.map_err(SegmentError::complaint)?[0].render(SIZE.0, SIZE.1);
    let [left, top, width, height] = coin(frame);
    let (mut both, mut either) = (0, 0);
    for (at, inside) in mask.into_iter().enumerate() {
        let at = u32::try_from(at)?;
        let part = |at: u32, first: f64, length: f64| (f64::from(at) + 0.5 - first) / length * 2.0 - 1.0;
        let in_coin = part(at % SIZE.0, left, width).powi(2) + part(at / SIZE.0, top, height).powi(2) <= 1.0;
        both += u32::from(inside && in_coin);
        either += u32::from(inside || in_coin);
    }
    Ok((both * 100 / either).to_string())
}

#[tokio::test]
async fn segments_the_frame_of_the_call() {
    let (world, model) = (World::start().await, model(3));
    let state = model.clone();
    let agents = world.serve(agents![fit], |server| server.state(state)).await;
    for (frame, expected) in [(0, (0, 1)), (20, (0, 2)), (0, (1, 2))] {
        let payload = world.labelled(Data::Table, |row| {
            Ok(vec![row.add("Item").coordinates(relative(coin(frame))).on(frame)?.hash().to_string()])
        });
        let (status, overlap) = agents.answer("/fit", &payload.on_frame(frame)).await;
        println!("frame {frame}: {overlap} %");
        // On the other frame, the coin is elsewhere.
        assert!(overlap.parse::<u32>().is_ok_and(|overlap| overlap > 85), "{status}: {overlap}");
        assert_eq!(lookups(&model), expected, "frame {frame}");
    }
}

/// Encodes the first frames of the video.
#[editor_agent]
async fn encode_frames(call: EditorCall, State(model): State<SharedSegmenter>, video: VideoFrames) -> Result<String> {
    let mut frames = video.range(0..3)?;
    while let Some(frame) = frames.next().await {
        let frame = frame?;
        model.encode_frame(&call, frame.index, &Arc::new(frame.pixels)).await?;
    }
    Ok("Encoded.".to_owned())
}

async fn serve(world: &World, model: &SharedSegmenter) -> Agents {
    let model = model.clone();
    world.serve(agents![encode_image, encode_frames], |server| server.state(model)).await
}

#[tokio::test]
async fn frames_at_hand_are_cached_and_leave_first() {
    let (world, model) = (World::start().await, model(2));
    let agents = serve(&world, &model).await;
    let (cat, video) = (world.payload(Data::Cat), world.payload(Data::Table));
    assert_eq!(agents.answer("/encode-image", &cat).await.0, 200);
    assert_eq!(agents.answer("/encode-frames", &video).await, (200, "Encoded.".to_owned()));
    // The video has not replaced the photograph, and its last frame is cached for other agents.
    assert_eq!(agents.answer("/encode-image", &cat).await.0, 200);
    assert_eq!(agents.answer("/encode-image", &video.on_frame(2)).await, (200, "480x320".to_owned()));
    assert_eq!(lookups(&model), (2, 4));
}
