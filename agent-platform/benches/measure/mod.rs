//! Time and memory of a piece of work.
#![allow(dead_code, reason = "each benchmark takes what it needs")]

pub(crate) mod python;

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long `work` takes; dropping its result is not counted.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = black_box(work());
    let time = start.elapsed();
    drop(result);
    time
}

/// The median; of an even number of values the upper one.
pub(crate) fn median<T: PartialOrd + Copy>(values: impl IntoIterator<Item = T>) -> T {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_by(|left, right| left.partial_cmp(right).unwrap());
    values[values.len() / 2]
}

/// The median time of what `run` measures.
pub(crate) fn median_of(runs: usize, mut run: impl FnMut() -> Duration) -> Duration {
    median((0..runs).map(|_| run()))
}

/// How often the second time goes into the first.
pub(crate) fn ratio(time: Duration, other: Duration) -> f64 {
    time.as_secs_f64() / other.as_secs_f64()
}

/// A line of this process's status in bytes: `VmRSS` is the resident memory, `VmHWM` its peak.
pub(crate) fn status(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// The CPU time of this process, of all its threads, in seconds: to the hundredth.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // The name of the program, in parentheses, may have spaces in it. The times are in hundredths on Linux.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}
