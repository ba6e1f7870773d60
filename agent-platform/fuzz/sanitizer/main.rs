//! Decodes media whose coded data is damaged while its container stays whole: `mutated-media SECONDS SEED WORK FOLDER...`.
//!
//! Built with AddressSanitizer by `fuzz/sanitize`, it ends at the first access out of bounds. Each FOLDER holds seeds: videos
//! and images. WORK keeps the file that each thread decodes, so that the one that ends the process can be looked at.

use std::error::Error;
use std::fs;
use std::io::Cursor;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use agent_platform::media::video::{FrameSelection, Video, VideoLimits};
use agent_platform::media::{Format, Limits, decode};
use fastrand::Rng;

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Frames decoded of one video.
const FRAMES: u64 = 60;
/// Pixels of one image or frame.
const PIXELS: u64 = 1 << 20;

/// A file, and the parts of it that may be damaged.
struct Seed {
    name: String,
    bytes: Vec<u8>,
    payloads: Vec<Range<usize>>,
    is_video: bool,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, seconds, random, work, folders @ ..] = &arguments[..] else {
        return Err("usage: mutated-media SECONDS SEED WORK FOLDER...".into());
    };
    let (seconds, random) = (Duration::from_secs(seconds.parse()?), random.parse::<u64>()?);
    let mut seeds = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder).map_err(|error| format!("{folder}: {error}"))? {
            seeds.extend(seed(&entry?.path())?);
        }
    }
    let videos = seeds.iter().filter(|seed| seed.is_video).count();
    if videos == 0 || videos == seeds.len() {
        return Err(format!("{videos} videos of {} seeds: both kinds are needed", seeds.len()).into());
    }
    // As they are, first: a recorded input must not need luck.
    seeds.iter().for_each(|seed| decoded(seed.is_video, &seed.bytes));
    let threads = thread::available_parallelism()?.get();
    let runs: Result<Vec<u64>> = thread::scope(|scope| {
        let run = |number: usize| {
            let kept = Path::new(work).join(format!("thread-{number}"));
            let mut rng = Rng::with_seed(random.wrapping_add(number as u64));
            let seeds = &seeds;
            scope.spawn(move || mutate(seeds, &mut rng, seconds, &kept))
        };
        let running: Vec<_> = (0..threads).map(run).collect();
        running.into_iter().map(|thread| thread.join().map_err(|_| "a thread has panicked")?).collect()
    });
    let runs: u64 = runs?.iter().sum();
    println!("{runs} mutated files of {} seeds ({videos} videos) decoded, start value {random}", seeds.len());
    Ok(())
}

/// Reads a seed; `None` for files of other kinds.
fn seed(path: &Path) -> Result<Option<Seed>> {
    if !path.is_file() {
        return Ok(None);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = fs::read(path)?;
    if let Ok(mut video) = Video::from_reader(Cursor::new(bytes.clone()), VideoLimits::default()) {
        let payloads =
            video.payloads()?.into_iter().map(|payload| Ok(payload.start.try_into()?..payload.end.try_into()?));
        let payloads: Result<_> = payloads.collect();
        return Ok(Some(Seed { name, bytes, payloads: payloads?, is_video: true }));
    }
    let Some(format) = Format::from_bytes(&bytes) else { return Ok(None) };
    // The coded data of a JPEG follows the header of its first scan; the other formats are damaged anywhere behind their
    // signatures.
    let scan = bytes.windows(2).rposition(|two| two == [0xff, 0xda]).filter(|_| format == Format::Jpeg);
    let begins = scan.map_or(12, |scan| scan + 14).min(bytes.len());
    let payloads = vec![begins..bytes.len(), 12.min(bytes.len())..bytes.len()];
    Ok(Some(Seed { name, bytes, payloads, is_video: false }))
}

/// Damages and decodes until the time is over; returns the number of files.
fn mutate(seeds: &[Seed], rng: &mut Rng, seconds: Duration, kept: &PathBuf) -> Result<u64> {
    let began = Instant::now();
    let mut runs = 0;
    while began.elapsed() < seconds {
        let videos = rng.u32(0..4) > 0;
        let of_kind: Vec<&Seed> = seeds.iter().filter(|seed| seed.is_video == videos).collect();
        let Some(seed) = rng.choice(of_kind) else { continue };
        let mut bytes = seed.bytes.clone();
        for _ in 0..1 << rng.u32(0..5) {
            damage(&mut bytes, &seed.payloads, rng);
        }
        fs::write(kept, &bytes).map_err(|error| format!("{} for {}: {error}", kept.display(), seed.name))?;
        decoded(seed.is_video, &bytes);
        runs += 1;
    }
    Ok(runs)
}

/// Damages one part of one payload.
fn damage(bytes: &mut [u8], payloads: &[Range<usize>], rng: &mut Rng) {
    let Some(payload) = rng.choice(payloads).filter(|payload| !payload.is_empty()) else { return };
    let at = rng.usize(payload.clone());
    match rng.u32(0..6) {
        0 | 1 => bytes[at] ^= 1 << rng.u32(0..8),
        2 => bytes[at] = rng.u8(..),
        3 => bytes[at] = *rng.choice(&[0, 0xff, 0x80, 0x7f]).unwrap_or(&0),
        4 => {
            // The beginning, where headers are.
            let head = payload.start..payload.end.min(payload.start + 24);
            bytes[rng.usize(head)] ^= 1 << rng.u32(0..8);
        }
        _ => {
            let length = rng.usize(1..32).min(payload.end - at);
            let from = rng.usize(payload.clone()).min(payload.end - length);
            bytes.copy_within(from..from + length, at);
        }
    }
}

/// Decodes a file; what it is read as does not matter here.
fn decoded(is_video: bool, bytes: &[u8]) {
    if !is_video {
        let _ = decode(bytes, &Limits::new().with_pixels(PIXELS));
        return;
    }
    let mut limits = VideoLimits::default();
    limits.pixels = PIXELS;
    let Ok(mut video) = Video::from_reader(Cursor::new(bytes.to_vec()), limits) else { return };
    let frames = video.frame_count().min(FRAMES);
    if let Ok(frames) = video.frames(FrameSelection::Range(0..frames)) {
        frames.for_each(drop);
    }
}
