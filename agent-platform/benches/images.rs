//! What reading images costs beside OpenCV, on the same files:
//! `AGENT_PYTHON=INTERPRETER cargo bench -p agent-platform --features media --bench images`.
//!
//! OpenCV works in a child process, in turn with this one; ratios are medians of the rounds. Both read from memory to RGB.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark"
)]

mod measure;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::Duration;

use agent_platform::media::{Limits, decode};
use measure::{median, ratio, timed};
use serde_json::Value;

const ROUNDS: usize = 15;

fn main() -> ExitCode {
    let Some(python) = std::env::var_os("AGENT_PYTHON") else {
        eprintln!("set AGENT_PYTHON to an interpreter with OpenCV: the package `opencv-python-headless`");
        return ExitCode::FAILURE;
    };
    let folder = std::env::temp_dir().join(format!("images-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let measured = measure(&python, &folder);
    std::fs::remove_dir_all(&folder).unwrap();
    if let Err(missing) = measured {
        eprintln!("{missing}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn measure(python: &OsStr, folder: &Path) -> Result<(), String> {
    let (mut opencv, made) = OpenCv::start(python, folder)?;
    println!("OpenCV {} with {} threads, {ROUNDS} rounds\n", made["opencv"].as_str().unwrap(), made["threads"]);
    println!("{:22} {:>8} {:>10} {:>10} {:>6}", "file", "size", "OpenCV", "here", "ratio");
    for (what, name) in made["files"].as_object().unwrap() {
        let file = std::fs::read(folder.join(name.as_str().unwrap())).unwrap();
        let mut rounds = Vec::new();
        for round in 0..=ROUNDS {
            let theirs = opencv.ask(what);
            let ours = timed(|| decode(&file, &Limits::default()).unwrap());
            // The first round warms up.
            if round > 0 {
                rounds.push((theirs, ours));
            }
        }
        let theirs = median(rounds.iter().map(|round| round.0)).as_secs_f64() * 1e3;
        let ours = median(rounds.iter().map(|round| round.1)).as_secs_f64() * 1e3;
        let times = median(rounds.iter().map(|(theirs, ours)| ratio(*ours, *theirs)));
        let size = file.len() as f64 / 1e6;
        println!("{what:22} {size:>5.1} MB {theirs:>7.1} ms {ours:>7.1} ms {times:>6.2}");
    }
    opencv.end();
    Ok(())
}

/// OpenCV, in a process of its own.
struct OpenCv {
    child: Child,
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl OpenCv {
    fn start(python: &OsStr, folder: &Path) -> Result<(Self, Value), String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/images.py");
        let mut child = Command::new(python)
            .args([script.as_os_str(), folder.as_os_str()])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}, which AGENT_PYTHON names, does not start: {error}", python.display()))?;
        let (asked, mut answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut line = String::new();
        if answers.read_line(&mut line).unwrap() == 0 {
            return Err("OpenCV cannot be loaded; what Python says is above".to_owned());
        }
        Ok((Self { child, asked, answers }, serde_json::from_str(&line).unwrap()))
    }

    fn ask(&mut self, file: &str) -> Duration {
        writeln!(self.asked, "{file}").unwrap();
        let mut line = String::new();
        assert!(self.answers.read_line(&mut line).unwrap() > 0, "Python has failed; what it says is above");
        Duration::from_secs_f64(line.trim().parse().unwrap())
    }

    fn end(self) {
        let Self { mut child, asked, .. } = self;
        drop(asked);
        assert!(child.wait().unwrap().success());
    }
}
