//! Videos that are truncated, damaged or too large, and their errors.

use std::io::Cursor;
use std::path::Path;

use agent_platform::media::video::{FrameSelection, Video, VideoError, VideoFrame, VideoLimits};

const CLIPS: [&str; 6] = ["h264.mp4", "h264-fragmented.mp4", "h264-edit-list.mp4", "h264.mkv", "hevc.mp4", "vp9.webm"];

fn bytes(clip: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media").join(clip)).unwrap()
}

fn open(bytes: Vec<u8>) -> Result<Video, VideoError> {
    Video::from_reader(Cursor::new(bytes), VideoLimits::default())
}

fn frames(video: Video) -> Vec<Result<VideoFrame, VideoError>> {
    video.into_frames(FrameSelection::All).unwrap().collect()
}

/// Returns a clip with these bytes written into a box, at an offset after its type.
fn patched(clip: &str, kind: &[u8; 4], at: usize, number: &[u8]) -> Vec<u8> {
    let mut bytes = bytes(clip);
    // The first occurrence may be one of the file's brands.
    let found = bytes.windows(4).rposition(|four| four == kind).unwrap();
    bytes[found + 4 + at..][..number.len()].copy_from_slice(number);
    bytes
}

#[test]
fn distinguishes_empty_files_and_other_formats() {
    assert!(matches!(open(Vec::new()), Err(VideoError::Empty)));
    for other in [&b"x"[..], b"RIFF....AVI LIST", b"<html>not found</html>", &[0; 100], b"\x89PNG\r\n\x1a\n........"] {
        assert!(matches!(open(other.to_vec()), Err(VideoError::UnknownContainer)), "{other:?}");
    }
    assert!(matches!(Video::open("there/is/no.mp4"), Err(VideoError::Io(_))));
}

/// Truncation is detected, unless whole fragments are missing.
#[test]
fn rejects_truncated_videos() {
    for clip in CLIPS {
        let whole = bytes(clip);
        let all = frames(open(whole.clone()).unwrap());
        for length in 1..whole.len() {
            match open(whole[..length].to_vec()) {
                Err(VideoError::Truncated { end, length: reported, .. }) => {
                    assert!(reported == length as u64 && end > reported, "{clip} cut at {length}: {end} of {reported}");
                }
                Err(VideoError::UnknownContainer) => assert!(length < 8, "{clip} cut at {length}"),
                Err(VideoError::NoVideo { .. }) => assert_eq!(clip, "h264-fragmented.mp4", "before the first fragment"),
                Err(error) => panic!("{clip} cut at {length}: {error}"),
                Ok(video) => {
                    assert_eq!(clip, "h264-fragmented.mp4", "cut at {length}");
                    let left = frames(video);
                    assert!(left.len() <= all.len());
                    left.iter().zip(&all).for_each(|(left, whole)| {
                        assert_eq!(left.as_ref().unwrap(), whole.as_ref().unwrap());
                    });
                }
            }
        }
    }
}

/// Damaged input results in a picture or an error, and decoders never panic.
#[test]
fn damage_results_in_errors_or_pictures() {
    for clip in CLIPS {
        let whole = bytes(clip);
        let (mut rejected, mut damaged, mut read) = (0, 0, 0);
        for (number, at) in (0..whole.len()).step_by(5).enumerate() {
            let mut bytes = whole.clone();
            bytes[at] ^= [0xff, 0x01, 0x80, 0x10][number % 4];
            let Ok(video) = open(bytes) else {
                rejected += 1;
                continue;
            };
            for frame in frames(video) {
                match frame {
                    Ok(_) => read += 1,
                    Err(error) => {
                        assert!(!error.to_string().contains("the decoder stopped"), "{clip}, byte {at}: {error}");
                        damaged += 1;
                    }
                }
            }
        }
        println!("{clip}: {rejected} rejected; of the others' frames {damaged} damaged, {read} read");
        assert!(rejected > 0 && damaged > 0 && read > 0, "{clip}");
    }
}

/// Frames from the next keyframe on decode correctly.
#[test]
fn damage_ends_at_the_next_keyframe() {
    let whole = bytes("vp9.webm");
    let good = frames(open(whole.clone()).unwrap());
    // The second frame: a block of track 1, 100 ms after the first, and not a keyframe.
    let second = whole.windows(4).position(|head| head == [0x81, 0, 100, 0]).unwrap() + 4;
    let mut bytes = whole;
    bytes[second] = 0;
    let had = frames(open(bytes).unwrap());
    assert!(had[0].is_ok() && had[1].is_err() && had[7].is_err());
    assert_eq!(had[8].as_ref().unwrap(), good[8].as_ref().unwrap());
    assert_eq!(had[15].as_ref().unwrap(), good[15].as_ref().unwrap());
}

#[test]
fn rejects_large_sizes_before_allocating() {
    let huge = 0xffff_u16.to_be_bytes();
    let rejected = [
        ("pixels in the description", patched("h264.mp4", b"avc1", 24, &[huge, huge].concat())),
        ("samples of one size", patched("h264.mp4", b"stsz", 4, &[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff])),
        ("samples of a table", patched("h264.mp4", b"stsz", 8, &[0xff, 0xff, 0xff, 0xff])),
        ("samples of a fragment", patched("h264-fragmented.mp4", b"trun", 4, &[0xff, 0xff, 0xff, 0xff])),
    ];
    for (what, bytes) in rejected {
        assert!(matches!(open(bytes), Err(VideoError::TooLarge { .. })), "{what}");
    }
    let beyond_the_file = patched("h264.mp4", b"stsz", 4, &[0, 0, 1, 0]);
    assert!(matches!(open(beyond_the_file), Err(VideoError::Truncated { .. })));

    let mut small = VideoLimits::default();
    small.pixels = 64 * 48 - 1;
    for clip in CLIPS {
        let error = Video::from_reader(Cursor::new(bytes(clip)), small.clone()).unwrap_err();
        assert!(
            error.to_string().contains("the number of pixels of a frame is 3072, and the limit is 3071"),
            "{error}"
        );
    }
    let mut few = VideoLimits::default();
    (few.frames, few.description_bytes, few.frame_bytes) = (12, 1 << 20, 1 << 20);
    assert!(matches!(Video::from_reader(Cursor::new(bytes("h264.mkv")), few), Err(VideoError::TooLarge { .. })));
    let mut short = VideoLimits::default();
    short.frame_bytes = 10;
    assert!(matches!(Video::from_reader(Cursor::new(bytes("vp9.webm")), short), Err(VideoError::TooLarge { .. })));
}

/// The size in the stream counts, in addition to the size in the container.
#[test]
fn rejects_stream_larger_than_its_container() {
    let mut limits = VideoLimits::default();
    limits.pixels = 40 * 40;
    let small = 32_u16.to_be_bytes();
    let small = [small, small].concat();
    for (clip, kind) in [("h264.mp4", b"avc1"), ("hevc.mp4", b"hev1")] {
        let lying = patched(clip, kind, 24, &small);
        let error = Video::from_reader(Cursor::new(lying), limits.clone()).unwrap_err();
        assert!(matches!(error, VideoError::TooLarge { value: 3072, .. }), "{clip}: {error}");
    }
    // VP9 declares its size with each keyframe.
    let mut lying = bytes("vp9.webm");
    let width = lying.windows(2).position(|two| two == [0xb0, 0x81]).unwrap();
    assert_eq!(lying[width..][..6], [0xb0, 0x81, 64, 0xba, 0x81, 48]);
    (lying[width + 2], lying[width + 5]) = (32, 32);
    let mut video = Video::from_reader(Cursor::new(lying), limits).unwrap();
    assert!(matches!(video.frame(0), Err(VideoError::TooLarge { value: 3072, .. })));
}

#[test]
fn cancelled_video_returns_no_more_frames() {
    let cancellation = agent_platform::media::Cancellation::default();
    let mut video = open(bytes("h264.mp4")).unwrap().cancelled_by(cancellation.clone());
    assert!(video.frame(0).is_ok());
    cancellation.cancel();
    assert!(matches!(video.frame(9), Err(VideoError::Cancelled)));
}

#[test]
fn reserved_video_stays_within_its_memory() {
    for clip in CLIPS {
        let mut video = open(bytes(clip)).unwrap();
        let memory = video.reserve();
        assert!((1280 * 720 * 72..1280 * 720 * 80).contains(&memory), "{clip}: {memory}");
        assert!(frames(video).iter().all(Result::is_ok), "{clip}");
    }
}
