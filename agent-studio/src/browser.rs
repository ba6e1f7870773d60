//! Opening a page.

use std::io;
use std::process::{Command, Stdio};

/// Opens an address in the browser of whoever sits in front of this machine.
///
/// # Errors
/// There is no program for that.
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
    // Reaped once it is done, so that nothing is left of it while this program runs.
    std::thread::spawn(move || child.wait());
    Ok(())
}
