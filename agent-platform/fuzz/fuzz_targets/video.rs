//! Any bytes as a video: an error or frames of a size within the limits, no panic, also not of a decoder, and little memory.
//!
//! `fuzz/run`, or `cargo fuzz run --sanitizer none video` in `agent-platform`.
#![no_main]

use std::io::Cursor;

use agent_platform::media::video::{FrameSelection, Video, VideoError, VideoLimits};
use libfuzzer_sys::fuzz_target;

const PIXELS: u64 = 1 << 16;

fuzz_target!(|bytes: &[u8]| {
    let mut limits = VideoLimits::default();
    (limits.pixels, limits.frames) = (PIXELS, 256);
    let mut video = match Video::from_reader(Cursor::new(bytes.to_vec()), limits) {
        Ok(video) => video,
        Err(error) => {
            assert_eq!(matches!(error, VideoError::Empty), bytes.is_empty());
            assert!(!matches!(error, VideoError::Io(_) | VideoError::NoFrame { .. }), "{error}");
            return;
        }
    };
    let frames = video.frame_count();
    assert!((1..=256).contains(&frames) && u64::from(video.width()) * u64::from(video.height()) <= PIXELS);
    let _ = (video.duration(), video.frames_per_second(), video.seconds_of(frames - 1));
    // From the end, so that it is not only read in order.
    let selections = [FrameSelection::List(vec![frames - 1]), FrameSelection::Range(0..frames.min(12))];
    for selection in selections {
        for frame in video.frames(selection).expect("the frames are there") {
            match frame {
                Ok(frame) => {
                    let (width, height) = frame.pixels.dimensions();
                    assert!(u64::from(width) * u64::from(height) <= PIXELS && frame.index < frames);
                }
                Err(error) => assert!(!matches!(error, VideoError::NoFrame { .. } | VideoError::Io(_)), "{error}"),
            }
        }
    }
});
