//! Times of the segmenter on one photograph, and of the search for similar objects on another: `SAM_MODEL=mobile_sam.pt cargo bench -p agent-models --features sam`.
//!
//! The machine may be busy, so the processor time is printed beside the elapsed time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints its results")]

use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{env, fs};

use agent_models::sam::{Prompts, Segmenter, SimilarOptions};
use agent_platform::labels::{BoundingBox, Point};
use agent_platform::media::{Limits, RgbImage, decode};

/// Repetitions of each measurement; the shortest counts.
const REPETITIONS: usize = 5;

fn main() {
    let weights: PathBuf = env::var_os("SAM_MODEL").expect("SAM_MODEL names the weights: see fetch-weights.sh").into();
    let image = photograph("astronaut.jpg");
    let segmenter = measured("load", 1, || Segmenter::load(&weights).unwrap());
    let embedding = measured("encode", REPETITIONS, || segmenter.encode(&image).unwrap());
    let point = Prompts::from_point(Point::new(0.4, 0.5));
    let shape = Prompts::from_box(BoundingBox { x: 0.1, y: 0.1, width: 0.6, height: 0.6 });
    let (_, prompt) = timed("point", REPETITIONS * 3, || segmenter.predict(&embedding, &point).unwrap());
    let masks = measured("box", REPETITIONS * 3, || segmenter.predict(&embedding, &shape).unwrap());
    let refined = shape.with_mask(masks.first().unwrap().clone());
    measured("box and mask", REPETITIONS, || segmenter.predict(&embedding, &refined).unwrap());
    let grid: Vec<Prompts> = (0..64u32)
        .map(|cell| Prompts::from_point(Point::new(f64::from(cell % 8) / 8.0 + 0.06, f64::from(cell / 8) / 8.0 + 0.06)))
        .collect();
    measured("64 points at once", 1, || segmenter.predict_all(&embedding, &grid).unwrap());
    find_similar(&segmenter, prompt);
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}

/// Measures searches on encoded images, and prints the ratios to the processor time of one prompt.
fn find_similar(segmenter: &Segmenter, prompt: Duration) {
    // A coin on dark cloth, and one on stones.
    let coins = [
        ("coins.png", BoundingBox { x: 0.0573, y: 0.1155, width: 0.1172, height: 0.1287 }),
        ("gravel.jpg", BoundingBox { x: 0.075, y: 0.0854, width: 0.0703, height: 0.0896 }),
    ];
    for (name, coin) in coins {
        let embedding = segmenter.encode(&photograph(name)).unwrap();
        let (prompts, options) = ([Prompts::from_box(coin)], SimilarOptions::new());
        let search = || segmenter.find_similar(&embedding, &prompts, &options).unwrap().len();
        let (found, search) = timed(&format!("find similar, {name}"), REPETITIONS, search);
        println!("  {found} found, as many prompts: {:.0}", search.as_secs_f64() / prompt.as_secs_f64());
    }
}

fn photograph(name: &str) -> RgbImage {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../agent-studio/sample/data", name].iter().collect();
    decode(&fs::read(path).unwrap(), &Limits::default()).unwrap()
}

fn measured<T>(what: &str, repetitions: usize, work: impl FnMut() -> T) -> T {
    timed(what, repetitions, work).0
}

/// Prints the shortest elapsed time, and the shortest processor time. Returns the mean processor time.
fn timed<T>(what: &str, repetitions: usize, mut work: impl FnMut() -> T) -> (T, Duration) {
    let whole = processor_time();
    let (mut elapsed, mut cpu, mut result) = (Duration::MAX, Duration::MAX, None);
    for _ in 0..repetitions {
        let (start, cpu_start) = (Instant::now(), processor_time());
        result = Some(work());
        elapsed = elapsed.min(start.elapsed());
        cpu = cpu.min(processor_time().saturating_sub(cpu_start));
    }
    println!("{what}: {elapsed:.1?}, processor {cpu:.2?}");
    let mean = processor_time().saturating_sub(whole) / u32::try_from(repetitions).unwrap();
    (result.unwrap(), mean)
}

/// Returns the processor time of the process, in steps of 10 ms. Zero on other systems than Linux.
fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    Duration::from_millis(10 * ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>())
}
