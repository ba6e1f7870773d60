//! Instructions per call, counted by `valgrind --tool=callgrind`: hardly any noise, so that small changes show.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::caller::Caller;
use test_support::server_process::address;

/// Calls of the longer run. Start-up and the first calls cancel out: the shorter run has half as many.
const CALLS: usize = 4_000;

/// Prints the instructions per call of both sides, and their ratio. Needs `valgrind`.
pub(crate) fn measure() {
    let version = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    assert!(version.is_ok_and(|status| status.success()), "this benchmark needs `valgrind`");
    let [agent, axum] = ["agent", "axum"]
        .map(|side| (instructions(side, CALLS) - instructions(side, CALLS / 2)) / u64::try_from(CALLS / 2).unwrap());
    println!("instructions per call, of {} calls:", CALLS / 2);
    println!("  #[editor_agent]  {agent:>8}");
    println!("  axum by hand     {axum:>8}");
    println!("  ratio            {:>8.3}", agent as f64 / axum as f64);
}

/// Returns the instructions of a server process that responds to so many calls over one connection.
fn instructions(side: &str, calls: usize) -> u64 {
    let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("callgrind.{side}.{calls}"));
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet"]).arg(format!("--callgrind-out-file={}", profile.display()));
    valgrind.arg(std::env::current_exe().unwrap()).args(["--serve", side]).stdout(Stdio::piped());
    let mut server = valgrind.spawn().unwrap();
    let mut caller = Caller::open(address(&mut server));
    for _ in 0..calls {
        caller.call();
    }
    // The last response is written before the work after it is done.
    std::thread::sleep(Duration::from_millis(300));
    terminate(&mut server);
    let text = fs::read_to_string(&profile).unwrap();
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap();
    totals.trim().parse().unwrap()
}

/// Ends the process with SIGTERM, at which valgrind writes the profile.
fn terminate(process: &mut Child) {
    Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
    process.wait().unwrap();
}
