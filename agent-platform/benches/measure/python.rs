//! Python in a process of its own, which works when it is asked to: one line asks, one line of JSON answers.

#![allow(clippy::expect_used, reason = "a benchmark")]

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A script of `benches/` that runs.
pub(crate) struct PythonProcess {
    child: Child,
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl PythonProcess {
    /// Starts `benches/SCRIPT`, and gives what it says of itself. `needs` says what it needs, for the error.
    pub(crate) fn start(
        python: &OsStr,
        script: &str,
        arguments: &[&OsStr],
        needs: &str,
    ) -> Result<(Self, Value), String> {
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(script))
            .args(arguments)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}, which AGENT_PYTHON names, does not start: {error}", python.display()))?;
        let (asked, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut started = Self { child, asked, answers };
        match started.answer() {
            Some(of_itself) => Ok((started, of_itself)),
            None => Err(format!("{script} does not run; what Python says is above. It needs {needs}")),
        }
    }

    /// Has a piece of work done.
    pub(crate) fn ask(&mut self, work: &str) -> Value {
        writeln!(self.asked, "{work}").unwrap();
        self.answer().expect("Python has failed; what it says is above")
    }

    fn answer(&mut self) -> Option<Value> {
        let mut line = String::new();
        let length = self.answers.read_line(&mut line).unwrap();
        (length > 0).then(|| serde_json::from_str(&line).unwrap())
    }

    /// Lets it end.
    pub(crate) fn end(self) {
        let Self { mut child, asked, .. } = self;
        drop(asked);
        assert!(child.wait().unwrap().success());
    }
}
