//! Benchmark of cold starts of a function: from program start to the first request for an event, and to the first response.
//!
//! `cargo bench -p agent-benches --features lambda --bench lambda_start`, with `AGENT_FUNCTION=PROGRAM` for another program, and with
//! `AGENT_PYTHON=INTERPRETER` for a comparison with the Python wrapper, against the same Runtime API.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark"
)]

use std::process::{Command, Stdio};
use std::time::Instant;

use test_support::lambda::RuntimeApi;
use test_support::lambda::{Sender, Sent};

const SMALLEST: &str = env!("CARGO_BIN_EXE_footprint-agent");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lambda_start.py");
const STARTS: usize = 21;
/// Timeout of a start. Python takes seconds.
const PYTHON_STARTS: usize = 7;

fn main() {
    let program = std::env::var("AGENT_FUNCTION").unwrap_or_else(|_| SMALLEST.to_owned());
    let size = std::fs::metadata(&program).unwrap_or_else(|error| panic!("{program}: {error}")).len();
    println!("binary                  {:>7.2} MB", size as f64 / 1e6);
    let ours = Starts::of(STARTS, || Command::new(&program));
    ours.print("here");
    if let Some(python) = std::env::var_os("AGENT_PYTHON") {
        let theirs = Starts::of(PYTHON_STARTS, || {
            let mut command = Command::new(&python);
            command.arg(PYTHON);
            command
        });
        theirs.print("Python");
        println!("ratio of the medians to the first answer  {:.0}", median(&theirs.answered) / median(&ours.answered));
    }
}

/// Times since process start, in milliseconds, sorted.
struct Starts {
    requested: Vec<f64>,
    answered: Vec<f64>,
}

impl Starts {
    fn of(number: usize, command: impl Fn() -> Command) -> Self {
        // The first start reads the program from disk.
        start(&mut command());
        let (mut requested, mut answered): (Vec<_>, Vec<_>) = (0..number).map(|_| start(&mut command())).unzip();
        requested.sort_by(f64::total_cmp);
        answered.sort_by(f64::total_cmp);
        Self { requested, answered }
    }

    fn print(&self, whose: &str) {
        for (what, times) in [("first request", &self.requested), ("first response", &self.answered)] {
            let (middle, worst) = (median(times), times[times.len() - 1]);
            println!("{whose:<7} {what:<18} {middle:>8.1} ms  (median of {}, worst {worst:.1})", times.len());
        }
    }
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// Returns the times in milliseconds to the first request for an event, and to the response to the editor's test request.
fn start(command: &mut Command) -> (f64, f64) {
    let api = RuntimeApi::start();
    let event = Sent::new("POST", "/nothing").header("X-Encord-Editor-Agent", "1").event(Sender::FunctionUrl);
    command
        .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "agents")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begin = Instant::now();
    let mut process = command.spawn().unwrap();
    api.wait_for_next();
    let requested = begin.elapsed();
    let response = api.invoke(&event).response();
    let answered = begin.elapsed();
    let status = response["statusCode"].as_u64();
    assert!(matches!(status, Some(200 | 204)), "{response}");
    process.kill().unwrap();
    process.wait().unwrap();
    (requested.as_secs_f64() * 1e3, answered.as_secs_f64() * 1e3)
}
