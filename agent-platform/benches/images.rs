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
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use agent_platform::media::{Limits, decode};
use measure::python::PythonProcess;
use measure::{median, ratio, timed};

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
    let (mut opencv, made) =
        PythonProcess::start(python, "images.py", &[folder.as_os_str()], "opencv-python-headless")?;
    println!("OpenCV {} with {} threads, {ROUNDS} rounds\n", made["opencv"].as_str().unwrap(), made["threads"]);
    println!("{:22} {:>8} {:>10} {:>10} {:>6}", "file", "size", "OpenCV", "here", "ratio");
    for (what, name) in made["files"].as_object().unwrap() {
        let file = std::fs::read(folder.join(name.as_str().unwrap())).unwrap();
        let mut rounds = Vec::new();
        for round in 0..=ROUNDS {
            let theirs = Duration::from_secs_f64(opencv.ask(what).as_f64().unwrap());
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
