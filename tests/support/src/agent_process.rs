//! An agent server as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running agent server on a free port. Ends when dropped.
pub struct AgentProcess {
    child: Child,
    /// `HOST:PORT`.
    pub address: String,
    /// Kept, so that the server can go on printing.
    _printed: BufReader<ChildStdout>,
}

impl AgentProcess {
    /// Starts the program and reads from what it prints where it listens.
    pub fn start(command: &mut Command) -> Self {
        // The settings of whoever runs the test are not the test's.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AGENT_")) {
            command.env_remove(name);
        }
        command.env("HOST", "127.0.0.1").env("PORT", "0").env("RUST_LOG", "off").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
        let mut printed = BufReader::new(child.stdout.take().expect("the standard output is piped"));
        let (mut said, mut address) = (String::new(), None);
        // The example agents say first where their studio is.
        while address.is_none() {
            let before = said.len();
            let read = printed.read_line(&mut said).unwrap();
            assert!(read > 0, "{command:?} does not say where it listens, but `{said}`");
            let line = said[before..].trim_end();
            address = line.split_once(" on http://").filter(|(what, _)| what.contains("editor agent"));
        }
        let address = address.map(|(_, address)| address.to_owned()).expect("it was found");
        Self { child, address, _printed: printed }
    }
}

impl Drop for AgentProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
