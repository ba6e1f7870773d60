//! The recorded contract's stand-in platform, started as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A running stand-in. It ends with the test.
pub(crate) struct Stub {
    process: Child,
    pub(crate) base: String,
}

impl Stub {
    /// Starts the stand-in with these arguments on a free port.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let python = std::env::var_os("AGENT_PYTHON").expect("set AGENT_PYTHON to a Python interpreter, 3.11 or newer");
        let script = super::contract::path("tools/stub_platform.py");
        let mut process = Command::new(&python)
            .arg(&script)
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", python.display()));
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let base = line.split_whitespace().find(|word| word.starts_with("http://"));
        let base = base.unwrap_or_else(|| panic!("the stand-in said {line:?}")).to_owned();
        Self { process, base }
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
