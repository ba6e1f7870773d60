//! Terminal output. Colours are used on terminals only, and never if `NO_COLOR` is set.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};

/// Style of headings.
pub(super) const HEADING: Style = Style::new().bold();
/// Style of success.
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Style of errors.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Style of notes.
pub(super) const NOTE: Style = AnsiColor::Yellow.on_default().bold();
/// Style of property names and other secondary text.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Returns the text with the escape sequences of a style.
pub(super) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Writes a line to standard output. A closed pipe, as with `| head`, is not an error.
pub(super) fn print_stdout(text: impl Display) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Writes a line to standard error, for messages that are not part of the command's result.
pub(super) fn print_stderr(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Writes an error message to standard error.
pub(super) fn print_error(text: impl Display) {
    print_stderr(format!("{} {text}", styled(BAD, "error:")));
}

/// A progress line on standard error. Prints nothing if that is not a terminal.
#[derive(Debug)]
pub(super) struct Progress {
    label: String,
    shown: Option<Instant>,
    is_enabled: bool,
}

impl Progress {
    /// Creates a progress line with a label.
    pub(super) fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), shown: None, is_enabled: std::io::stderr().is_terminal() }
    }

    /// Updates the line, at most ten times per second.
    pub(super) fn update(&mut self, done: impl Display) {
        if !self.is_enabled || self.shown.is_some_and(|shown| shown.elapsed() < Duration::from_millis(100)) {
            return;
        }
        self.shown = Some(Instant::now());
        let _ = write!(anstream::stderr(), "\r\x1b[K{} {done}", self.label);
        let _ = std::io::stderr().flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(anstream::stderr(), "\r\x1b[K");
        }
    }
}
