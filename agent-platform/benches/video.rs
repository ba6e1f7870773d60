//! What frames of a video cost beside OpenCV, on the same file:
//! `AGENT_PYTHON=INTERPRETER cargo bench -p agent-platform --features video --bench video`.
//!
//! The file is a minute of 1080p at 30 frames a second, H.264 High with B-frames that are referred to and a key frame every
//! 250, made once by ffmpeg and kept beside what cargo builds. OpenCV works in a child process, in turn with this one. CPU time
//! is that of all threads; ratios are medians of the rounds'.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark"
)]

mod measure;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use agent_platform::media::video::{Video, VideoFrame};
use measure::python::PythonProcess;
use measure::{cpu_seconds, median, status};

const FRAMES: u64 = 1800;
const RANDOM: u64 = 16;
const ITERATED: u64 = 300;
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let Some(python) = std::env::var_os("AGENT_PYTHON") else {
        eprintln!("set AGENT_PYTHON to an interpreter with opencv-python-headless");
        return ExitCode::FAILURE;
    };
    let file = made();
    let started = PythonProcess::start(&python, "video.py", &[file.as_os_str()], "opencv-python-headless");
    let (mut opencv, versions) = match started {
        Ok(started) => started,
        Err(missing) => {
            eprintln!("{missing}");
            return ExitCode::FAILURE;
        }
    };
    println!("OpenCV {}, Python {}, {ROUNDS} rounds\n", versions["opencv"], versions["python"]);
    println!("                               OpenCV wall    CPU       here wall    CPU     ratio wall    CPU");
    let mut video = Video::open(&file).unwrap();
    assert_eq!(video.frame_count(), FRAMES);

    compare(
        "open, and the first frame",
        1,
        &mut opencv,
        |_| "open".to_owned(),
        |_| Video::open(&file).unwrap().frame(0).unwrap(),
    );
    compare(
        "a random frame (CPU 0.75, wall 1.3)",
        RANDOM,
        &mut opencv,
        |round| format!("random {}", listed(&chosen(round))),
        |round| chosen(round).into_iter().map(|frame| video.frame(frame).unwrap()).last().unwrap(),
    );
    let mut video = Video::open(&file).unwrap();
    compare(
        "the next frame (CPU 1.15)",
        ITERATED,
        &mut opencv,
        |_| format!("iterate {ITERATED}"),
        |_| video.frames(0..ITERATED).unwrap().map(Result::unwrap).last().unwrap(),
    );
    println!("\nmost memory here: {} MB", status("VmHWM") / 1_000_000);
    opencv.end();
    ExitCode::SUCCESS
}

/// Frames all over the video, others in each round.
fn chosen(round: usize) -> Vec<u64> {
    (0..RANDOM).map(|number| (number * 911 + round as u64 * 389 + 137) % FRAMES).collect()
}

fn listed(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

/// The clip, made unless it is there.
fn made() -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("minute-1080p.mp4");
    if !file.exists() {
        println!("making {} with ffmpeg, which takes some minutes\n", file.display());
        let made = file.with_extension("part.mp4");
        let source = "testsrc2=size=1920x1080:rate=30:duration=60,noise=alls=4:allf=t:all_seed=7";
        let x264 =
            ["-c:v", "libx264", "-preset", "fast", "-b:v", "3800k", "-bf", "3", "-g", "250", "-pix_fmt", "yuv420p"];
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source])
            .args(x264)
            .arg(&made)
            .status();
        assert!(status.is_ok_and(|status| status.success()), "ffmpeg with libx264 makes the clip");
        std::fs::rename(made, &file).unwrap();
    }
    file
}

/// Does a piece of work in both places in turn, and prints what a frame of it takes.
fn compare(
    what: &str,
    frames: u64,
    opencv: &mut PythonProcess,
    asked: impl Fn(usize) -> String,
    mut here: impl FnMut(usize) -> VideoFrame,
) {
    let mut rounds: Vec<[f64; 4]> = Vec::new();
    for round in 0..ROUNDS {
        let theirs = opencv.ask(&asked(round));
        let (start, cpu) = (Instant::now(), cpu_seconds());
        let frame = here(round);
        let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let sum: u64 = frame.pixels.as_raw().iter().map(|level| u64::from(*level)).sum();
        let apart = (theirs["sum"].as_f64().unwrap() - sum as f64).abs() / frame.pixels.as_raw().len() as f64;
        assert!(apart < 1.0, "{what}: both have read the same frame ({apart} apart)");
        let each = |key: &str| theirs[key].as_f64().unwrap() / frames as f64;
        rounds.push([each("wall"), each("cpu"), wall / frames as f64, cpu / frames as f64]);
    }
    let time = |index: usize| 1000.0 * median(rounds.iter().map(|round| round[index]));
    let ratio = |ours: usize, theirs: usize| median(rounds.iter().map(|round| round[ours] / round[theirs]));
    println!(
        "{what:<36} {:>6.1} {:>6.1} ms  {:>6.1} {:>6.1} ms     {:>5.2} {:>6.2}",
        time(0),
        time(1),
        time(2),
        time(3),
        ratio(2, 0),
        ratio(3, 1)
    );
}
