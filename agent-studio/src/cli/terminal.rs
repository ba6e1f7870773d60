//! What a person at a terminal sees. Colours go where terminals are, and nowhere if `NO_COLOR` is set.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};

/// Headings.
pub(super) const HEADING: Style = Style::new().bold();
/// What is as it should be.
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is not.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is worth a look.
pub(super) const NOTE: Style = AnsiColor::Yellow.on_default().bold();
/// What names the rest.
pub(super) const FAINT: Style = Style::new().dimmed();

/// A text in a style.
pub(super) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Writes a line to standard output. A reader that has gone, as `| head` does, is no failure.
pub(super) fn say(text: impl Display) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Writes a line to standard error: what is about the command, and not its result.
pub(super) fn note(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Writes why the command was not done.
pub(super) fn complain(text: impl Display) {
    note(format!("{} {text}", styled(BAD, "error:")));
}

/// A line on the terminal that says how far something is; nothing where there is no terminal.
#[derive(Debug)]
pub(super) struct Progress {
    what: String,
    shown: Option<Instant>,
    on: bool,
}

impl Progress {
    pub(super) fn of(what: impl Into<String>) -> Self {
        Self { what: what.into(), shown: None, on: std::io::stderr().is_terminal() }
    }

    /// Shows how much is done, at most ten times a second.
    pub(super) fn at(&mut self, done: impl Display) {
        if !self.on || self.shown.is_some_and(|shown| shown.elapsed() < Duration::from_millis(100)) {
            return;
        }
        self.shown = Some(Instant::now());
        let _ = write!(anstream::stderr(), "\r\x1b[K{} {done}", self.what);
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
