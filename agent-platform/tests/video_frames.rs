//! Frames of the clips in `tests/media`, in every order. `media/make` encodes the clips.

use std::io::Cursor;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use agent_platform::media::RgbImage;
use agent_platform::media::video::{
    Codec, Container, FrameSelection, Rotation, Video, VideoError, VideoFrame, VideoLimits,
};

/// The clips, each with the number of the series that its first frame shows.
const CLIPS: [(&str, u64); 6] = [
    ("h264.mp4", 0),
    ("h264-fragmented.mp4", 0),
    ("h264-edit-list.mp4", 3),
    ("h264.mkv", 0),
    ("hevc.mp4", 0),
    ("vp9.webm", 0),
];

const FRAMES: u64 = 16;

fn clip(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media").join(name)
}

fn mean(pixels: &RgbImage) -> f64 {
    let sum: u32 = pixels.as_raw().iter().map(|level| u32::from(*level)).sum();
    f64::from(sum) / f64::from(u32::try_from(pixels.as_raw().len()).unwrap())
}

/// Returns the number of the frame in the series, by its brightness: frame n has a luma of 24 + 12 n, and 4 more in
/// half of its squares.
fn shown(frame: &VideoFrame) -> f64 {
    (mean(&frame.pixels) * 219.0 / 255.0 + 16.0 - 26.0) / 12.0
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn assert_is(frame: &VideoFrame, number: u64, clip: &str) {
    let shown = shown(frame);
    assert!((shown - number as f64).abs() < 0.2, "{clip}: frame {} is frame {shown:.2} and not {number}", frame.index);
}

#[test]
fn returns_frames_in_presentation_order() {
    for (name, first) in CLIPS {
        let mut video = Video::open(clip(name)).unwrap();
        assert_eq!((video.width(), video.height(), video.frame_count()), (64, 48, FRAMES - first), "{name}");
        assert!((video.frames_per_second().unwrap() - 10.0).abs() < 0.01, "{name}: {:?}", video.frames_per_second());
        for number in 0..video.frame_count() {
            let frame = video.frame(number).unwrap();
            assert_is(&frame, first + number, name);
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let seconds = number as f64 / 10.0;
            assert!((frame.seconds - seconds).abs() < 0.001, "{name}: frame {number} at {}", frame.seconds);
            assert_eq!(video.seconds_of(number), Some(frame.seconds));
        }
    }
}

#[test]
fn reads_frames_in_any_order_and_selection() {
    for (name, first) in CLIPS {
        let mut video = Video::open(clip(name)).unwrap();
        let frames = video.frame_count();
        for number in (0..frames).rev().chain([5, 5, 0, frames - 1, 6, 7, 2]) {
            assert_is(&video.frame(number).unwrap(), first + number, name);
        }
        let every = FrameSelection::Every(NonZeroU64::new(5).unwrap());
        let cases: [(FrameSelection, Vec<u64>); 5] = [
            (FrameSelection::All, (0..frames).collect()),
            (every, (0..frames).step_by(5).collect()),
            (FrameSelection::Range(4..11), (4..11).collect()),
            (FrameSelection::List(vec![12, 3, 3, 0, 9]), vec![12, 3, 3, 0, 9]),
            (FrameSelection::List(vec![]), vec![]),
        ];
        for (selection, expected) in cases {
            let had: Vec<VideoFrame> = video.frames(selection).unwrap().map(Result::unwrap).collect();
            assert_eq!(had.iter().map(|frame| frame.index).collect::<Vec<_>>(), expected);
            had.iter().for_each(|frame| assert_is(frame, first + frame.index, name));
        }
    }
}

#[test]
fn decodes_in_another_thread_and_from_bytes() {
    let bytes = std::fs::read(clip("h264.mp4")).unwrap();
    let video = Video::from_reader(Cursor::new(bytes), VideoLimits::default()).unwrap();
    let frames = video.into_frames(2..5).unwrap();
    assert_eq!((frames.len(), frames.video().frame_count()), (3, FRAMES));
    let had = std::thread::spawn(move || frames.map(Result::unwrap).collect::<Vec<_>>()).join().unwrap();
    (2..).zip(&had).for_each(|(number, frame)| assert_is(frame, number, "h264.mp4"));
}

#[test]
fn reads_properties_of_a_video() {
    let properties = CLIPS.map(|(name, _)| {
        let video = Video::open(clip(name)).unwrap();
        assert_eq!(video.rotation(), Rotation::None);
        (video.codec(), video.container())
    });
    let (mp4, matroska) = (Container::Mp4, Container::Matroska);
    let (h264, hevc, vp9) = (Codec::H264, Codec::Hevc, Codec::Vp9);
    let expected = [(h264, mp4), (h264, mp4), (h264, mp4), (h264, matroska), (hevc, mp4), (vp9, matroska)];
    assert_eq!(properties, expected);
}

#[test]
fn missing_frame_error_names_number_of_frames() {
    let mut video = Video::open(clip("h264.mp4")).unwrap();
    let error = video.frame(FRAMES).unwrap_err();
    assert_eq!(error.to_string(), "the video has no frame 16: it has 16 frames, counted from 0");
    assert!(matches!(video.frames(10..17), Err(VideoError::NoFrame { frame: 16, frames: 16 })));
    assert!(matches!(video.frames(vec![99]), Err(VideoError::NoFrame { frame: 99, .. })));
    assert!(video.frame(u64::MAX).is_err() && video.seconds_of(16).is_none());
}

/// A matrix in the track's header rotates the pictures: width and height are swapped, and the first row becomes a
/// column.
#[test]
fn applies_rotation_of_the_track() {
    let mut bytes = std::fs::read(clip("h264.mp4")).unwrap();
    let upright = Video::open(clip("h264.mp4")).unwrap().frame(0).unwrap().pixels;
    let header = bytes.windows(4).position(|kind| kind == b"tkhd").unwrap();
    let matrix = header + 4 + 4 + 20 + 16;
    let quarter = [0, 0x1_0000, 0, -0x1_0000, 0, 0, 0, 0, 0x4000_0000];
    for (place, value) in quarter.into_iter().enumerate() {
        bytes[matrix + 4 * place..][..4].copy_from_slice(&i32::to_be_bytes(value));
    }
    let mut video = Video::from_reader(Cursor::new(bytes), VideoLimits::default()).unwrap();
    assert_eq!((video.rotation(), video.width(), video.height()), (Rotation::Clockwise90, 48, 64));
    let turned = video.frame(0).unwrap().pixels;
    assert_eq!(turned.dimensions(), (48, 64));
    for (x, y, pixel) in upright.enumerate_pixels() {
        assert_eq!(turned[(47 - y, x)], *pixel);
    }
}
