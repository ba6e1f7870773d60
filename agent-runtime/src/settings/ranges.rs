//! Ranges of the numeric settings, for the builder and the environment variables.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Settings;
use crate::start_error::StartError;
use agent_core::platform::SaveVerification;

/// Concurrent calls.
pub(super) const CALLS: RangeInclusive<usize> = 1..=65_536;
/// Reserved calls. They must also be fewer than the concurrent calls.
pub(super) const RESERVE: RangeInclusive<usize> = 0..=65_535;
/// Open connections.
pub(super) const CONNECTIONS: RangeInclusive<usize> = 1..=1_048_576;
/// Concurrent background jobs.
pub(super) const BACKGROUND: RangeInclusive<usize> = 1..=256;
/// Concurrent tasks of a stage.
pub(super) const TASKS: RangeInclusive<usize> = 1..=1024;
/// Tasks of a drain.
pub(super) const MAX_TASKS: RangeInclusive<usize> = 1..=1_000_000_000;
/// Tries of a task.
pub(super) const TRIES: RangeInclusive<usize> = 1..=100;
/// Shards of a stage.
pub(super) const SHARDS: RangeInclusive<usize> = 1..=100_000;
/// Intervals of polling: 100 ms to a day.
pub(super) const POLL: RangeInclusive<Duration> = Duration::from_millis(100)..=DAY;
/// Remembered data units; 0 for none.
pub(super) const LOOKUPS: RangeInclusive<usize> = 0..=1_048_576;
/// The cache of files, in bytes: at most 16 TiB; 0 for none.
pub(super) const FILES: RangeInclusive<u64> = 0..=1 << 44;
/// Sizes of bodies, in bytes: at most 1 GiB.
pub(super) const BYTES: RangeInclusive<usize> = 1..=1_073_741_824;
/// The memory budget, in bytes: 1 MiB to 16 TiB.
pub(super) const MEMORY: RangeInclusive<u64> = 1 << 20..=1 << 44;
/// Timeouts: 1 ms to a day.
pub(super) const TIMEOUT: RangeInclusive<Duration> = Duration::from_millis(1)..=DAY;
/// Durations that may be zero: up to a day.
pub(super) const AGE: RangeInclusive<Duration> = Duration::ZERO..=DAY;

const DAY: Duration = Duration::from_secs(86_400);

/// Checks the settings from the builder. Those from environment variables were checked when they were parsed.
///
/// # Errors
/// A number is out of range.
pub(crate) fn check(settings: &Settings) -> Result<(), StartError> {
    count("concurrency", settings.concurrency, &CALLS)?;
    count("connections", settings.connections, &CONNECTIONS)?;
    count("background_concurrency", settings.background, &BACKGROUND)?;
    count("body_limit", settings.body_limit, &BYTES)?;
    count("body_buffer", settings.body_buffer, &BYTES)?;
    count("lookup_cache", settings.lookup_cache, &LOOKUPS)?;
    count("file_cache", settings.file_cache, &FILES)?;
    count("stage_concurrency", settings.stage.concurrency, &TASKS)?;
    count("stage_tries", settings.stage.tries, &TRIES)?;
    if let Some(tasks) = settings.stage.max_tasks {
        count("stage_max_tasks", tasks, &MAX_TASKS)?;
    }
    if let Some(poll) = settings.stage.poll {
        time("stage_poll", poll, &POLL)?;
    }
    time("stage_backoff", settings.stage.backoff, &AGE)?;
    if let Some(bytes) = settings.memory_budget {
        count("memory_budget", bytes, &MEMORY)?;
    }
    if let Some(reserve) = settings.reserve {
        count("reserve", reserve, &(0..=settings.concurrency - 1))?;
    }
    time("timeout", settings.timeout, &TIMEOUT)?;
    time("read_timeout", settings.body_timeout, &TIMEOUT)?;
    time("shutdown_grace", settings.shutdown_grace, &AGE)?;
    time("ontology_age", settings.ontology_age, &AGE)?;
    match settings.save_verification {
        SaveVerification::After(delay) => time("save_verification", delay, &SaveVerification::DELAYS),
        _ => Ok(()),
    }
}

fn count<N: PartialOrd + Display>(method: &'static str, value: N, range: &RangeInclusive<N>) -> Result<(), StartError> {
    match range.contains(&value) {
        true => Ok(()),
        false => Err(out_of_range(method, value, number(range))),
    }
}

/// Returns the accepted numbers, for errors.
pub(super) fn number(range: &RangeInclusive<impl Display>) -> String {
    format!("a number from {} to {}", range.start(), range.end())
}

fn time(method: &'static str, value: Duration, range: &RangeInclusive<Duration>) -> Result<(), StartError> {
    let seconds = |time: &Duration| time.as_secs_f64();
    match range.contains(&value) {
        true => Ok(()),
        false => {
            let expects = format!("a duration from {} s to {} s", seconds(range.start()), seconds(range.end()));
            Err(out_of_range(method, format!("{} s", value.as_secs_f64()), expects))
        }
    }
}

fn out_of_range(method: &'static str, value: impl Display, expects: String) -> StartError {
    StartError::OutOfRange { method, value: value.to_string(), expects }
}
