//! An agent server in a separate process.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running agent server on a free port. It is killed when dropped.
pub struct AgentProcess {
    child: Child,
    /// `HOST:PORT`.
    pub address: String,
    /// Kept open, so that the server can print.
    _printed: BufReader<ChildStdout>,
}

impl AgentProcess {
    /// Starts the program, and reads its address from its output.
    pub fn start(command: &mut Command) -> Self {
        // Settings of the user who runs the test do not apply.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AGENT_")) {
            command.env_remove(name);
        }
        command.env("HOST", "127.0.0.1").env("PORT", "0").env("RUST_LOG", "off").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let mut printed = BufReader::new(child.stdout.take().expect("standard output is not piped"));
        let (mut message, mut address) = (String::new(), None);
        // The example agents print the address of their studio first.
        while address.is_none() {
            let before = message.len();
            let read = printed.read_line(&mut message).unwrap();
            assert!(read > 0, "{command:?} did not print its address, but `{message}`");
            let line = message[before..].trim_end();
            address = line.split_once(" on http://").filter(|(what, _)| what.contains("editor agent"));
        }
        let address = address.map(|(_, address)| address.to_owned()).expect("the line contains the address");
        Self { child, address, _printed: printed }
    }
}

impl Drop for AgentProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
