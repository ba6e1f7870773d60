//! Panics as single lines of the log.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;

use agent_core::panic_message::panic_message;

/// Replaces the process's panic hook.
pub(super) fn install() {
    std::panic::set_hook(Box::new(log_panic));
}

/// Logs a panic as one line. The standard report has as many lines as the panic message, which may be a caller's text: its lines
/// would look like log lines, and would not be JSON. With `RUST_BACKTRACE=1` the line has the backtrace.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    let place = panic.location().map(tracing::field::display);
    tracing::error!(panic = panic_message(panic.payload()), place, backtrace, "panicked");
}
