//! Progress of a run: a bar on terminals, a line from time to time elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use agent_batch::Tally;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::terminal::print_stderr;

/// Interval of lines without a terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// Interval of updates of the bar.
const BAR_INTERVAL: Duration = Duration::from_millis(200);

const TEMPLATE: &str = "{wide_bar:.green} {human_pos} of {human_len}  {msg}";

/// Progress of a run on standard error.
#[derive(Debug)]
pub(super) struct RunProgress {
    bar: Option<ProgressBar>,
    units: usize,
    /// Number of data units that were finished at the start.
    before: usize,
    start: Instant,
}

impl RunProgress {
    /// Shows the progress towards this many data units. Some may be finished already.
    pub(super) fn new(units: usize, tally: Tally) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(units as u64), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.with_style(style)
        });
        Self { bar, units, before: tally.units(), start: Instant::now() }
    }

    /// Returns the time until the next update.
    pub(super) fn interval(&self) -> Duration {
        if self.bar.is_some() { BAR_INTERVAL } else { LINE_INTERVAL }
    }

    /// Shows the totals.
    pub(super) fn update(&self, tally: Tally) {
        let done = tally.units();
        let state = state(done - self.before, self.units.saturating_sub(done), tally.failed, self.start.elapsed());
        match &self.bar {
            Some(bar) => {
                bar.set_position(done as u64);
                bar.set_message(state);
            }
            None => print_stderr(format!("{done} of {}  {state}", self.units)),
        }
    }
}

impl Drop for RunProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Returns the rate, the number of failures and the time left.
#[expect(clippy::cast_precision_loss, reason = "no run has 2^52 data units")]
fn state(done: usize, left: usize, failed: usize, elapsed: Duration) -> String {
    let rate = done as f64 / elapsed.as_secs_f64().max(0.001);
    let mut text = format!("{rate:.1}/s");
    if failed > 0 {
        text.push_str(&format!("  {failed} failed"));
    }
    if rate > 0.0 {
        let seconds = Duration::try_from_secs_f64(left as f64 / rate).map_or(u64::MAX, |left| left.as_secs());
        text.push_str(&format!("  {} left", duration(seconds)));
    }
    text
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_rate_failures_and_time_left() {
        assert_eq!(state(50, 950, 0, Duration::from_secs(10)), "5.0/s  3 min 10 s left");
        assert_eq!(state(50, 0, 2, Duration::from_secs(10)), "5.0/s  2 failed  0 s left");
        assert_eq!(state(0, 10, 0, Duration::from_secs(10)), "0.0/s");
        assert_eq!(state(1, 100_000, 0, Duration::from_secs(1)), "1.0/s  27 h 46 min left");
    }
}
