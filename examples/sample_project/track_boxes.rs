//! Tests of `track_boxes` on the video of the sample project, compared with the ground truth.

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::{BoundingBox, FrameObject};
use agent_studio::CallKind;
use serde_json::Value;

use super::SampleProject;

const VIDEO: &str = "table.mp4";
const SILVER: &str = "GEWNmjCG";
const BRONZE: &str = "XnxZm15K";
const LATE: &str = "Ki1wl/xV";

/// Returns the true box of a coin on a frame, and the visible part of the coin.
fn truth(coin: &str, frame: u64) -> Option<(BoundingBox, f64)> {
    let tracks: Value =
        serde_json::from_str(include_str!("../../agent-studio/sample/ground-truth/tracks.json")).unwrap();
    let track = tracks["tracks"].as_array().unwrap().iter().find(|track| track["name"] == coin).unwrap();
    let entry = track["frames"].get(frame.to_string())?;
    let side = |at: usize, whole: f64| entry["box"][at].as_f64().unwrap() / whole;
    let shape = BoundingBox { x: side(0, 480.0), y: side(1, 320.0), width: side(2, 480.0), height: side(3, 320.0) };
    Some((shape, entry["seen"].as_f64().unwrap()))
}

/// Reads an object on a frame.
fn on_frame<T>(sample: &SampleProject, hash: &str, frame: u64, read: impl FnOnce(&FrameObject<'_>) -> T) -> Option<T> {
    let row = sample.row(VIDEO);
    row.object(hash).unwrap().at(frame).ok().map(|there| read(&there))
}

/// Returns the mean intersection over union of the tracked box and the coin, on these frames.
fn overlap(sample: &SampleProject, hash: &str, coin: &str, frames: std::ops::RangeInclusive<u64>) -> f64 {
    let row = sample.row(VIDEO);
    let one = |frame| {
        let there = row.object(hash).unwrap().at(frame).unwrap();
        assert!(!there.is_manual(), "frame {frame}");
        assert!((0.5..1.0).contains(&there.confidence()), "frame {frame}: {}", there.confidence());
        let shape: BoundingBox = there.coordinates().unwrap();
        shape.intersection_over_union(&truth(coin, frame).unwrap().0)
    };
    let overlaps: Vec<f64> = frames.map(one).collect();
    overlaps.iter().sum::<f64>() / f64::from(u32::try_from(overlaps.len()).unwrap())
}

/// Keeps an object only on some frames.
fn leave_only(sample: &SampleProject, hash: &str, frames: &[u64]) {
    let data = sample.payload(VIDEO, 0, &[]).data_hash.to_string();
    let edited = sample.platform.edit_as("annotator@example.test", &data, |row| {
        let others: Vec<u64> = row.object(hash).unwrap().frames().filter(|frame| !frames.contains(frame)).collect();
        others.into_iter().try_for_each(|frame| row.edit(hash)?.remove_from(frame))
    });
    edited.unwrap();
}

#[tokio::test]
async fn tracks_coin_until_occlusion() {
    let sample = SampleProject::start(Server::new()).await;
    let answer = sample.call("/track-boxes", &sample.payload(VIDEO, 0, &[BRONZE])).await;
    assert_eq!(
        (answer.status, answer.message.as_str()),
        (200, "Coin 2: tracked for 5 frames, to frame 5; lost on frame 6.")
    );
    // The visible part of the coin is 0.71 on frame 5 and 0.40 on frame 6.
    assert!(truth("bronze", 5).unwrap().1 > 0.5 && truth("bronze", 6).unwrap().1 < 0.5);
    let mean = overlap(&sample, BRONZE, "bronze", 1..=5);
    assert!(mean > 0.88, "{mean}");
    assert_eq!(on_frame(&sample, BRONZE, 6, |_| ()), None);
    assert_eq!(sample.platform.calls().count(CallKind::SaveLabelRows), 1);
    // Again from a later frame: automatic boxes are replaced, and the manual box on frame 0 is not affected.
    let again = sample.call("/track-boxes", &sample.payload(VIDEO, 3, &[BRONZE])).await;
    assert!(again.message.starts_with("Coin 2: tracked for "), "{}", again.message);
}

#[tokio::test]
async fn keeps_manual_boxes() {
    let sample = SampleProject::start(Server::new()).await;
    let manual_box = |frame| on_frame(&sample, SILVER, frame, |there| there.json().to_owned()).unwrap();
    let before = (manual_box(19), manual_box(24));
    let answer = sample.call("/track-boxes", &sample.payload(VIDEO, 19, &[SILVER, LATE])).await;
    let expected = "1 of 2 boxes tracked. Coin 1: tracked for 4 frames, to frame 23; frame 24 was labelled manually. \
                    Coin 3: not tracked; frame 20 was labelled manually.";
    assert_eq!((answer.status, answer.message.as_str()), (200, expected));
    assert_eq!((manual_box(19), manual_box(24)), before);
    let mean = overlap(&sample, SILVER, "silver", 20..=23);
    assert!(mean > 0.9, "{mean}");
}

#[tokio::test]
async fn tracks_several_coins_to_end_of_video() {
    let sample = SampleProject::start(Server::new()).await;
    leave_only(&sample, SILVER, &[0]);
    leave_only(&sample, LATE, &[20]);
    let first = sample.call("/track-boxes", &sample.payload(VIDEO, 0, &[SILVER])).await;
    assert_eq!(first.message, "Coin 1: tracked for 47 frames, to frame 47; the video ends there.");
    let mean = overlap(&sample, SILVER, "silver", 1..=47);
    assert!(mean > 0.9, "{mean}");
    // From here on, earlier boxes are replaced.
    let both = sample.call("/track-boxes", &sample.payload(VIDEO, 20, &[SILVER, LATE])).await;
    let expected = "2 of 2 boxes tracked. Coin 1: tracked for 27 frames, to frame 47; the video ends there. \
                    Coin 3: tracked for 27 frames, to frame 47; the video ends there.";
    assert_eq!((both.status, both.message.as_str()), (200, expected));
    for (hash, coin) in [(SILVER, "silver"), (LATE, "late")] {
        let mean = overlap(&sample, hash, coin, 21..=47);
        assert!(mean > 0.9, "{coin} {mean}");
    }
    let end = sample.call("/track-boxes", &sample.payload(VIDEO, 47, &[SILVER])).await;
    assert_eq!((end.status, end.message.as_str()), (400, "Frame 47 is the last of the video."));
}

/// Requires the weights in `SAM_MODEL`: see `agent-models/fetch-weights.sh`.
#[cfg(feature = "sam")]
#[tokio::test]
async fn model_tracks_coin_to_end_of_video() {
    let path = std::env::var_os("SAM_MODEL").expect("SAM_MODEL names the weights: see agent-models/fetch-weights.sh");
    let model = agent_models::sam::SharedSegmenter::load(path.as_ref()).unwrap();
    let sample = SampleProject::start(Server::new().state(model.clone())).await;
    leave_only(&sample, SILVER, &[42]);
    let answer = sample.call("/track-boxes", &sample.payload(VIDEO, 42, &[SILVER])).await;
    assert_eq!(answer.message, "Coin 1: tracked for 5 frames, to frame 47; the video ends there.");
    let mean = overlap(&sample, SILVER, "silver", 43..=47);
    assert!(mean > 0.95, "{mean}");
    assert_eq!(model.cache_counts().encodings, 6);
    // Once more, such as with another box: the frames are not encoded again.
    let again = sample.call("/track-boxes", &sample.payload(VIDEO, 42, &[SILVER])).await;
    assert_eq!(again.message, answer.message);
    let counts = model.cache_counts();
    assert_eq!((counts.encodings, counts.hits), (6, 6));
}

#[tokio::test]
async fn reports_invalid_requests() {
    let sample = SampleProject::start(Server::new()).await;
    let nothing = sample.call("/track-boxes", &sample.payload(VIDEO, 0, &[])).await;
    assert_eq!((nothing.status, nothing.message.as_str()), (400, "Select the boxes to track."));
    let photograph = sample.call("/track-boxes", &sample.payload("gravel.jpg", 0, &["T+f0yrGm"])).await;
    assert_eq!(photograph.status, 400);
    assert!(photograph.message.contains("a video"), "{}", photograph.message);
}
