//! Opens a URL in the default browser.

use std::io;
use std::process::{Command, Stdio};

/// Opens a URL in the default browser of this machine.
///
/// # Errors
/// The program that opens URLs cannot be started.
pub fn open_in_browser(url: &str) -> io::Result<()> {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut explorer = Command::new("cmd");
        explorer.args(["/C", "start", ""]);
        explorer
    } else {
        Command::new("xdg-open")
    };
    let mut child = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Waits for the child, so that it does not stay a zombie process.
    std::thread::spawn(move || child.wait());
    Ok(())
}
