//! What the benchmarks of calls have in common: servers that are processes of their own, and medians.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// What a call sends.
pub(crate) const BODY: &str = r#"{"projectHash":"8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3","dataHash":"33333333-aaaa-4bbb-8ccc-000000000003","frame":0}"#;

/// A server process, ended with this.
pub(crate) struct ServerProcess {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl ServerProcess {
    /// This program again, with `--serve KIND`: its first line is its address.
    pub(crate) fn start(kind: &str) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut process = Command::new(program).args(["--serve", kind]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { process, address: line.trim().parse().unwrap() }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
