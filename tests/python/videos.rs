//! Clips made by ffmpeg, frame by frame beside OpenCV.
//!
//! The interpreter needs `opencv-python-headless`, and there must be an `ffmpeg` with libx264, libx265 and libvpx.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers")]

use std::io::{BufRead, BufReader, Read};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use agent_platform::media::RgbImage;
use agent_platform::media::video::{FrameSelection, Video, VideoError, VideoFrame};
use serde_json::Value;

fn python(arguments: &[&str]) -> Child {
    let python =
        std::env::var_os("AGENT_PYTHON").expect("AGENT_PYTHON must name an interpreter with opencv-python-headless");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/scripts/video.py");
    Command::new(python)
        .arg(script)
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter named by AGENT_PYTHON starts")
}

/// The clips that Python makes in a folder, which is removed with the value.
struct Clips {
    folder: PathBuf,
    made: Vec<Value>,
}

impl Clips {
    fn make() -> Self {
        let folder = std::env::temp_dir().join(format!("video-python-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut clips = Self { folder, made: Vec::new() };
        let child = python(&["make", clips.folder.to_str().unwrap()]);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "clips cannot be made; what Python and ffmpeg say is above");
        let lines = String::from_utf8(output.stdout).unwrap();
        clips.made = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        clips
    }
}

impl Drop for Clips {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A frame that another decoder reads, and when it is shown in seconds, if it says.
struct Other {
    pixels: RgbImage,
    seconds: Option<f64>,
}

fn other_frames(file: &Path, who: &str) -> Vec<Other> {
    let mut child = python(&["frames", file.to_str().unwrap(), who]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let size: Value = serde_json::from_str(&line).expect("the other decoder reads the clip");
    let side = |key: &str| u32::try_from(size[key].as_u64().unwrap()).unwrap();
    let (width, height) = (side("width"), side("height"));
    let mut bytes = Vec::new();
    out.read_to_end(&mut bytes).unwrap();
    assert!(child.wait().unwrap().success());
    let time = if who == "cv2" { 8 } else { 0 };
    let frames = bytes.chunks_exact(time + (width * height * 3) as usize);
    assert!(frames.remainder().is_empty());
    let other = |frame: &[u8]| {
        let (at, pixels) = frame.split_at(time);
        let seconds = at.first_chunk().map(|at| f64::from_le_bytes(*at) / 1000.0);
        Other { pixels: RgbImage::from_raw(width, height, pixels.to_vec()).unwrap(), seconds }
    };
    frames.map(other).collect()
}

/// How far two pictures are from each other: the mean and the largest difference of a level.
fn difference(one: &RgbImage, other: &RgbImage) -> (f64, u8) {
    assert_eq!(one.dimensions(), other.dimensions());
    let levels = one.as_raw().iter().zip(other.as_raw()).map(|(one, other)| one.abs_diff(*other));
    let (sum, most) = levels.fold((0u64, 0), |(sum, most), level| (sum + u64::from(level), most.max(level)));
    (sum as f64 / one.as_raw().len() as f64, most)
}

/// Each frame is the other decoder's frame of that number, within what is cut off on the way to RGB: by OpenCV up to three
/// times for a level, by ffmpeg, which is asked to be exact, nothing. Neighbouring frames are much further apart.
fn compare(name: &str, ours: &[VideoFrame], others: &[Other]) {
    assert_eq!(ours.len(), others.len(), "{name}: the number of frames");
    let (mut mean, mut most): (f64, u8) = (0.0, 0);
    for (number, (frame, other)) in ours.iter().zip(others).enumerate() {
        assert_eq!(frame.index, number as u64);
        let apart = difference(&frame.pixels, &other.pixels);
        let (on_average, at_all) = if other.seconds.is_some() { (0.8, 3) } else { (0.05, 1) };
        assert!(apart.0 < on_average && apart.1 <= at_all, "{name}: frame {number} is {apart:?} off");
        (mean, most) = (mean.max(apart.0), most.max(apart.1));
        if let Some(after) = others.get(number + 1) {
            assert!(
                difference(&frame.pixels, &after.pixels).0 > 2.0,
                "{name}: frame {number} is not told from the next"
            );
        }
        let late = other.seconds.map_or(0.0, |seconds| (seconds - frame.seconds).abs());
        assert!(late < 0.002, "{name}: frame {number} is shown at {} and not at {:?}", frame.seconds, other.seconds);
    }
    println!("{name}: {} frames, at most {mean:.2} on average and {most} at all off", ours.len());
}

/// Frames in any order, by every way to have them, are those that were read in order.
fn compare_at_random(name: &str, file: &Path, ours: &[VideoFrame]) {
    let mut video = Video::open(file).unwrap();
    let frames = ours.len() as u64;
    let numbers: Vec<u64> = (0..24).map(|number| number * 7919 % frames).chain([frames - 1, 0, 0]).collect();
    for number in &numbers {
        assert_eq!(video.frame(*number).unwrap(), ours[*number as usize], "{name}: frame {number} alone");
    }
    let selections = [
        FrameSelection::List(numbers),
        FrameSelection::List(vec![1, 2, 40 % frames, 41 % frames]),
        FrameSelection::Every(NonZeroU64::new(7).unwrap()),
        FrameSelection::Range(frames / 3..frames),
    ];
    for selection in selections {
        let said = format!("{selection:?}");
        for frame in video.frames(selection).unwrap() {
            let frame = frame.unwrap();
            assert_eq!(frame, ours[frame.index as usize], "{name}: frame {} of {said}", frame.index);
        }
    }
    assert!(matches!(video.frame(frames), Err(VideoError::NoFrame { .. })));
}

#[test]
fn every_frame_of_every_clip_is_the_one_that_opencv_reads() {
    let clips = Clips::make();
    assert!(clips.made.len() >= 25);
    for clip in &clips.made {
        let (name, who) = (clip["name"].as_str().unwrap(), clip["who"].as_str().unwrap());
        let file = clips.folder.join(name);
        let video = Video::open(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let size = (video.width(), video.height());
        let ours: Vec<VideoFrame> = video
            .into_frames(FrameSelection::All)
            .unwrap()
            .map(|frame| frame.unwrap_or_else(|error| panic!("{name}: {error}")))
            .collect();
        assert!(ours.iter().all(|frame| frame.pixels.dimensions() == size));
        compare(name, &ours, &other_frames(&file, who));
        compare_at_random(name, &file, &ours);
    }
}

/// What this build does not decode is said by name.
#[test]
fn what_is_not_decoded_is_named() {
    let folder = std::env::temp_dir().join(format!("video-refused-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let child = python(&["refused", folder.to_str().unwrap()]);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let clip: Value = serde_json::from_str(line).unwrap();
        let (name, says) = (clip["name"].as_str().unwrap(), clip["says"].as_str().unwrap());
        let error = match Video::open(folder.join(name)) {
            Ok(mut video) => video.frame(0).unwrap_err(),
            Err(error) => error,
        };
        println!("{name}: {error}");
        assert!(error.to_string().contains(says), "{name}: {error}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
