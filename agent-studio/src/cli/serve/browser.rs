//! Opening a page.

use std::process::{Command, Stdio};

use crate::cli::terminal::note;

/// Opens a page in the browser; says so where that cannot be done.
pub(super) fn open(url: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut explorer = Command::new("cmd");
        explorer.args(["/C", "start", ""]);
        explorer
    } else {
        Command::new("xdg-open")
    };
    let opened = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match opened {
        // Reaped once it is done, so that nothing is left of it while the platform runs.
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(error) => note(format!("No browser was opened ({error}): open {url}/ yourself.")),
    }
}
