//! Tracking of the coins in the video of the sample project.

use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;
use std::sync::LazyLock;
use std::time::Duration;

use agent_models::sam::{Embedding, Prompts, SegmentError, TrackEnd, TrackedObject, Tracker};
use agent_platform::labels::{BoundingBox, Point};
use agent_platform::media::video::Video;
use agent_platform::media::{Cancellation, RgbImage};
use serde_json::Value;

use crate::SEGMENTER;
use crate::sample::sample;

/// Frames that the tests use. On those between 8 and 20, the bronze coin is hidden.
const TRACKED: [usize; 19] = [0, 2, 4, 6, 8, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46];

/// The frames with their embeddings.
static FRAMES: LazyLock<HashMap<usize, (RgbImage, Embedding)>> = LazyLock::new(|| {
    let mut video = Video::open(sample("data/table.mp4")).unwrap();
    let frames = video.frames(0..48).unwrap().map(|frame| frame.unwrap().pixels).enumerate();
    let tracked = frames.filter(|(index, _)| TRACKED.contains(index));
    tracked
        .map(|(index, image)| {
            let embedding = SEGMENTER.encode(&image).unwrap();
            (index, (image, embedding))
        })
        .collect()
});

static TRUTH: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_slice(&fs::read(sample("ground-truth/tracks.json")).unwrap()).unwrap());

/// Returns the true box of a coin on a frame, and the visible part of the coin.
fn truth(coin: &str, frame: usize) -> Option<(BoundingBox, f64)> {
    let track = TRUTH["tracks"].as_array().unwrap().iter().find(|track| track["name"] == coin).unwrap();
    let entry = track["frames"].get(frame.to_string())?;
    let side = |at: usize, whole: f64| entry["box"][at].as_f64().unwrap() / whole;
    let shape = BoundingBox { x: side(0, 480.0), y: side(1, 320.0), width: side(2, 480.0), height: side(3, 320.0) };
    Some((shape, entry["seen"].as_f64().unwrap()))
}

/// Tracks coins over these frames, from their true boxes on the first one.
fn track(coins: &[&str], frames: &[usize]) -> Tracker {
    let (image, embedding) = &FRAMES[&frames[0]];
    let prompts: Vec<Prompts> = coins.iter().map(|coin| Prompts::from_box(truth(coin, frames[0]).unwrap().0)).collect();
    let mut tracker = Tracker::new(&SEGMENTER, image, embedding, &prompts).unwrap();
    for frame in &frames[1..] {
        let (image, embedding) = &FRAMES[frame];
        tracker.locate(&SEGMENTER, image, embedding).unwrap();
    }
    tracker
}

/// Returns the mean intersection over union on the frames on which at least half of the coin is visible. Fails if the coin
/// is found where it is hidden.
fn mean_overlap(coin: &str, frames: &[usize], track: &[Option<TrackedObject>]) -> f64 {
    assert_eq!(frames.len() - 1, track.len());
    let (mut sum, mut count) = (0.0, 0.0);
    for (frame, found) in frames[1..].iter().zip(track) {
        match truth(coin, *frame) {
            Some((shape, seen)) if seen >= 0.5 => {
                let overlap = found.as_ref().map_or(0.0, |found| found.bounding_box.intersection_over_union(&shape));
                println!("{coin}, frame {frame}, visible {seen:.2}: {overlap:.3}");
                sum += overlap;
                count += 1.0;
            }
            Some(_) => {}
            None => assert_eq!(found.as_ref().map(|found| found.bounding_box), None, "{coin}, frame {frame}"),
        }
    }
    println!("{coin}, {count} frames: {:.3}", sum / count);
    sum / count
}

#[test]
fn tracks_visible_coins() {
    let frames = &TRACKED[5..];
    let tracker = track(&["silver", "late"], frames);
    for (coin, track) in ["silver", "late"].iter().zip(tracker.tracks()) {
        let mean = mean_overlap(coin, frames, track);
        assert!(mean > 0.95, "{coin}: {mean:.3}");
        let found = track.last().unwrap().as_ref().unwrap();
        assert_eq!((found.mask.width(), found.mask.height()), (480, 320));
        assert!((0.5..=1.0).contains(&found.confidence), "{coin}: {}", found.confidence);
    }
}

#[test]
fn finds_coin_again_after_occlusion() {
    let mut backward = TRACKED;
    backward.reverse();
    for frames in [TRACKED, backward] {
        let tracker = track(&["bronze"], &frames);
        let track = &tracker.tracks()[0];
        let mean = mean_overlap("bronze", &frames, track);
        assert!(mean > 0.92, "{mean:.3}");
        let hidden = frames.iter().position(|frame| *frame == 24).unwrap();
        assert_eq!(track[hidden - 1], None);
        assert!(track.last().unwrap().is_some());
    }
}

#[test]
fn keeps_track_when_budget_is_spent() {
    let mut tracker = track(&["silver"], &[0, 2]).with_budget(Duration::ZERO);
    let end = tracker.process(&SEGMENTER, &FRAMES[&4].0, &Cancellation::default()).unwrap();
    assert_eq!(end, ControlFlow::Break(TrackEnd::Budget));
    assert_eq!(tracker.tracks()[0].len(), 1);
    let mut tracker = tracker.with_budget(Duration::MAX);
    let end = tracker.process(&SEGMENTER, &FRAMES[&4].0, &Cancellation::default()).unwrap();
    assert_eq!((end, tracker.tracks()[0].len()), (ControlFlow::Continue(()), 2));
}

#[test]
fn keeps_track_when_cancelled() {
    let mut tracker = track(&["silver"], &[0, 2]);
    let cancellation = Cancellation::default();
    cancellation.cancel();
    let end = tracker.process(&SEGMENTER, &FRAMES[&4].0, &cancellation).unwrap();
    assert_eq!(end, ControlFlow::Break(TrackEnd::Cancelled));
    assert_eq!(tracker.tracks()[0].len(), 1);
}

#[test]
fn rejects_invalid_tracks() {
    let (image, embedding) = &FRAMES[&0];
    let refused = |image: &RgbImage, prompts| Tracker::new(&SEGMENTER, image, embedding, &[prompts]).unwrap_err();
    assert_eq!(refused(image, Prompts::new()), SegmentError::NoPrompt);
    assert_eq!(refused(image, Prompts::from_point(Point::new(2.0, 0.5))), SegmentError::Outside);
    let other = RgbImage::new(10, 10);
    assert_eq!(refused(&other, Prompts::from_point(Point::new(0.5, 0.5))), SegmentError::OtherSize);
    let mut tracker = track(&["silver"], &[0]);
    assert_eq!(tracker.locate(&SEGMENTER, &other, embedding), Err(SegmentError::OtherSize));
    let empty = tracker.process(&SEGMENTER, &RgbImage::new(0, 0), &Cancellation::default());
    assert_eq!(empty, Err(SegmentError::EmptyImage));
    // A black frame: the coin is lost.
    let black = RgbImage::new(48, 32);
    assert!(tracker.process(&SEGMENTER, &black, &Cancellation::default()).unwrap().is_continue());
    assert_eq!(tracker.tracks()[0], [None]);
}
