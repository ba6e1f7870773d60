//! Overload: ten times the capacity of a server.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::caller::{Caller, post};
use crate::servers::{CALL_DURATION, CONCURRENCY, Servers};
use crate::times::Times;

/// Number of clients, which send at a fixed rate, independent of the responses.
const CALLERS: usize = 320;
const DURATION: Duration = Duration::from_secs(10);
const BODY: &str = r#"{"projectHash":"8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3","dataHash":"33333333-aaaa-4bbb-8ccc-000000000003","frame":0}"#;

/// Calls a server at this rate per second. Returns the times of served and of rejected calls.
async fn call_at_rate(servers: &Servers, rate: f64) -> (Times, Times) {
    let (sender, mut responses) = mpsc::unbounded_channel();
    let pause = Duration::from_secs_f64(CALLERS as f64 / rate);
    let began = Instant::now() + Duration::from_millis(200);
    for number in 0..CALLERS {
        let (sender, mut caller) = (sender.clone(), Caller::new(servers.small_address));
        tokio::spawn(async move {
            let request = post("/busy", BODY);
            let mut turn = began + pause.mul_f64(number as f64 / CALLERS as f64);
            while turn < began + DURATION {
                tokio::time::sleep_until(turn.into()).await;
                let start = Instant::now();
                let response = caller.send(&request).await;
                let _ = sender.send((response.status, start.elapsed()));
                turn = (turn + pause).max(start);
            }
        });
    }
    drop(sender);
    let (mut served, mut rejected) = (Times::default(), Times::default());
    while let Some((status, time)) = responses.recv().await {
        match status {
            200 => served.add(time),
            503 => rejected.add(time),
            other => panic!("unexpected status {other}"),
        }
    }
    (served, rejected)
}

pub(crate) async fn run(servers: &Servers) {
    let capacity = CONCURRENCY as f64 / CALL_DURATION.as_secs_f64();
    println!(
        "a server with a concurrency of {CONCURRENCY} and calls of {} ms: {capacity:.0} calls per second",
        CALL_DURATION.as_millis()
    );
    for (what, rate) in [("half of that", capacity / 2.0), ("ten times that", capacity * 10.0)] {
        let (served, rejected) = call_at_rate(servers, rate).await;
        let of = |times: &Times| [500, 990, 999].map(|thousandths| times.quantile(thousandths));
        let [median, p99, p999] = of(&served);
        println!("  {what}: {} served: {median:.1} ms, p99 {p99:.1} ms, p999 {p999:.1} ms", served.len());
        if rejected.len() > 0 {
            let [median, p99, p999] = of(&rejected);
            println!("    {} rejected with 503: {median:.1} ms, p99 {p99:.1} ms, p999 {p999:.1} ms", rejected.len());
        }
        assert!(
            served.len() as f64 > rate.min(capacity) * DURATION.as_secs_f64() * 0.7,
            "the server serves less than its capacity"
        );
    }
}
