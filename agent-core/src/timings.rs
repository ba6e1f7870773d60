//! Durations of the parts of a call.

use std::any::type_name;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use agent_platform::client::{Stopwatch, StopwatchRun};

use crate::requirements::short_name;

/// Durations of the parts of a call, with all runs of its agent. Parts that run concurrently overlap: the requests to the platform are
/// sent by extractors, the function and saves.
#[derive(Debug, Default)]
pub struct Timings {
    extractors: Stopwatch,
    parameters: Mutex<Vec<(String, Duration)>>,
    platform: Stopwatch,
    function: Stopwatch,
    saves: Stopwatch,
}

impl Timings {
    /// Returns the time of all extractors.
    #[must_use]
    pub fn extractors(&self) -> &Stopwatch {
        &self.extractors
    }

    /// Returns type and duration of each extracted parameter, in the order in which they were done.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, Duration)> {
        self.parameters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the time of requests to the platform and of file downloads.
    #[must_use]
    pub fn platform(&self) -> &Stopwatch {
        &self.platform
    }

    /// Returns the time of the agent's function.
    #[must_use]
    pub fn function(&self) -> &Stopwatch {
        &self.function
    }

    /// Returns the time of preparing and committing transactions, and of explicit saves.
    #[must_use]
    pub fn saves(&self) -> &Stopwatch {
        &self.saves
    }
}

/// A part of a call that has not begun.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part<'call> {
    /// The extraction of a parameter of the type with this name.
    Extractor(&'call Timings, &'static str),
    Save(&'call Timings),
}

/// A running part of a call.
#[derive(Debug)]
pub(crate) struct RunningPart<'call> {
    _run: StopwatchRun,
    parameter: Option<(&'call Timings, &'static str, Instant)>,
}

impl<'call> Part<'call> {
    /// Returns the extraction of a parameter of type `T`. `None` if the call is not measured.
    pub(crate) fn extractor<T>(timings: Option<&'call Timings>) -> Option<Self> {
        timings.map(|timings| Self::Extractor(timings, type_name::<T>()))
    }

    /// Starts to measure.
    pub(crate) fn start(self) -> RunningPart<'call> {
        match self {
            Self::Extractor(timings, name) => {
                let parameter = Some((timings, name, Instant::now()));
                RunningPart { _run: timings.extractors.start(), parameter }
            }
            Self::Save(timings) => RunningPart { _run: timings.saves.start(), parameter: None },
        }
    }
}

impl Drop for RunningPart<'_> {
    fn drop(&mut self) {
        if let Some((timings, name, began)) = self.parameter {
            let took = (short_name(name), began.elapsed());
            timings.parameters.lock().unwrap_or_else(PoisonError::into_inner).push(took);
        }
    }
}
