//! An hour of mixed traffic at full speed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::caller::{Caller, Response, post};
use crate::servers::Servers;
use crate::times::Times;

const CONNECTIONS: usize = 16;
/// Maximum growth of the server's memory after the warm-up, in bytes. Allocators do not return all memory.
const GROWTH: u64 = 8 << 20;

/// A kind of call: its share in percent, and the check of its response.
struct Kind {
    name: &'static str,
    percent: usize,
    request: fn(&str, u64) -> String,
    /// The client disconnects without waiting for the response.
    disconnects: bool,
    is_valid: fn(&Response) -> bool,
}

impl Kind {
    const fn of(
        name: &'static str,
        percent: usize,
        request: fn(&str, u64) -> String,
        is_valid: fn(&Response) -> bool,
    ) -> Self {
        Self { name, percent, request, disconnects: false, is_valid }
    }
}

const KINDS: [Kind; 9] = [
    Kind::of("reads nothing", 30, |at, _| post("/nothing", at), |it| it.status == 200 && it.body == "null"),
    Kind::of(
        "reads the label row",
        30,
        |at, _| post("/read", at),
        |it| it.status == 200 && it.body.contains("on this frame"),
    ),
    Kind::of(
        "saves the label row",
        15,
        |at, _| post("/nudge", at),
        |it| it.status == 200 && it.body.contains("nudged"),
    ),
    Kind::of("thinks for 20 ms", 8, |at, _| post("/think", at), |it| it.status == 200 && it.body.contains("thought")),
    Kind::of(
        "returns an error",
        5,
        |at, _| post("/refuse", at),
        |it| it.status == 400 && it.body.contains("Not like this."),
    ),
    Kind::of("panics", 2, |at, _| post("/crash", at), |it| it.status == 500 && it.body.contains("went wrong")),
    Kind::of("invalid payload", 4, |_, n| post("/read", &format!("[{n}]")), |it| it.status == 422),
    Kind::of("preflight", 3, |_, _| preflight(), |it| it.status == 200),
    Kind { disconnects: true, ..Kind::of("disconnects", 3, |at, _| post("/think", at), |_| true) },
];

fn preflight() -> String {
    "OPTIONS /read HTTP/1.1\r\nHost: a\r\nOrigin: https://app.encord.com\r\nAccess-Control-Request-Method: POST\r\n\r\n"
        .to_owned()
}

/// Returns the kind of the `n`th call.
fn kind(n: usize) -> usize {
    // Every hundred calls have the same distribution, in an interleaved order.
    let mut place = n * 37 % 100;
    KINDS
        .iter()
        .position(|kind| {
            place < kind.percent || {
                place -= kind.percent;
                false
            }
        })
        .unwrap()
}

/// Sends this number of calls, and checks every response.
async fn send(servers: &Servers, calls: usize) -> BTreeMap<usize, Times> {
    let next = Arc::new(AtomicUsize::new(0));
    let payloads: Arc<Vec<String>> = Arc::new(payloads(servers));
    let callers = (0..CONNECTIONS).map(|_| {
        let (next, payloads, mut caller) = (Arc::clone(&next), Arc::clone(&payloads), Caller::new(servers.address));
        tokio::spawn(async move {
            let mut times: BTreeMap<usize, Times> = BTreeMap::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= calls {
                    return times;
                }
                let of = kind(n);
                let request = (KINDS[of].request)(&payloads[n % payloads.len()], n as u64);
                if KINDS[of].disconnects {
                    caller.send_and_disconnect(&request).await;
                    continue;
                }
                let start = Instant::now();
                let response = caller.send(&request).await;
                times.entry(of).or_default().add(start.elapsed());
                assert!((KINDS[of].is_valid)(&response), "{}: {response:?}", KINDS[of].name);
            }
        })
    });
    let mut all: BTreeMap<usize, Times> = BTreeMap::new();
    for caller in callers.collect::<Vec<_>>() {
        for (of, times) in caller.await.unwrap() {
            all.entry(of).or_default().extend(times);
        }
    }
    all
}

/// Returns payloads for every data unit, on a few of its frames.
fn payloads(servers: &Servers) -> Vec<String> {
    let details = &servers.details;
    let at = |data: &String, frame: usize| {
        format!(r#"{{"projectHash": "{}", "dataHash": "{data}", "frame": {frame}}}"#, details.project)
    };
    (0..7).flat_map(|frame| details.data.iter().map(move |data| at(data, frame))).collect()
}

/// Returns the server's memory and file descriptors after all clients have disconnected.
async fn resources(servers: &Servers) -> (u64, usize) {
    tokio::time::sleep(Duration::from_millis(500)).await;
    servers.resources()
}

pub(crate) async fn run(servers: &Servers, calls: usize) {
    send(servers, calls / 10).await;
    let (memory, descriptors) = resources(servers).await;
    let start = Instant::now();
    let times = send(servers, calls).await;
    let took = start.elapsed().as_secs_f64();
    let (memory_after, descriptors_after) = resources(servers).await;
    println!(
        "{calls} calls over {CONNECTIONS} connections in {took:.0} s, {:.0} per second, all responses valid",
        calls as f64 / took
    );
    println!("  {:24} {:>7} {:>10} {:>10} {:>10}", "", "calls", "median", "p99", "p999");
    for (of, times) in &times {
        let [median, p99, p999] = [500, 990, 999].map(|thousandths| times.quantile(thousandths));
        println!("  {:24} {:>7} {median:>7.1} ms {p99:>7.1} ms {p999:>7.1} ms", KINDS[*of].name, times.len());
    }
    let megabytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    println!(
        "  memory {:.1} MiB after the warm-up, {:.1} MiB at the end; descriptors {descriptors} and {descriptors_after}\n",
        megabytes(memory),
        megabytes(memory_after)
    );
    assert!(memory_after < memory + GROWTH, "the server's memory grew");
    assert!(descriptors_after <= descriptors + 2, "the server's descriptors leak");
}
