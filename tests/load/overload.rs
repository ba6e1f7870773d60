//! Overload: ten times the capacity of a server.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::caller::{Caller, post};
use crate::servers::{PLACES, Servers, TAKES};
use crate::times::Times;

/// Number of clients, which send at a fixed rate, independent of the responses.
const CALLERS: usize = 320;
const LASTS: Duration = Duration::from_secs(10);
const BODY: &str = r#"{"projectHash":"8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3","dataHash":"33333333-aaaa-4bbb-8ccc-000000000003","frame":0}"#;

/// Calls a server at this rate per second. Returns the times of served and of rejected calls.
async fn called(servers: &Servers, rate: f64) -> (Times, Times) {
    let (sender, mut answers) = mpsc::unbounded_channel();
    let pause = Duration::from_secs_f64(CALLERS as f64 / rate);
    let began = Instant::now() + Duration::from_millis(200);
    for number in 0..CALLERS {
        let (sender, mut caller) = (sender.clone(), Caller::new(servers.small_address));
        tokio::spawn(async move {
            let request = post("/busy", BODY);
            let mut turn = began + pause.mul_f64(number as f64 / CALLERS as f64);
            while turn < began + LASTS {
                tokio::time::sleep_until(turn.into()).await;
                let start = Instant::now();
                let answer = caller.ask(&request).await;
                let _ = sender.send((answer.status, start.elapsed()));
                turn = (turn + pause).max(start);
            }
        });
    }
    drop(sender);
    let (mut served, mut refused) = (Times::default(), Times::default());
    while let Some((status, time)) = answers.recv().await {
        match status {
            200 => served.add(time),
            503 => refused.add(time),
            other => panic!("answered {other}"),
        }
    }
    (served, refused)
}

pub(crate) async fn run(servers: &Servers) {
    let capacity = PLACES as f64 / TAKES.as_secs_f64();
    println!(
        "a server with {PLACES} places, of which each call takes one for {} ms: {capacity:.0} calls a second",
        TAKES.as_millis()
    );
    for (what, rate) in [("half of that", capacity / 2.0), ("ten times that", capacity * 10.0)] {
        let (served, refused) = called(servers, rate).await;
        let of = |times: &Times| [500, 990, 999].map(|thousandths| times.quantile(thousandths));
        let [median, p99, p999] = of(&served);
        println!("  {what}: {} served: {median:.1} ms, p99 {p99:.1} ms, p999 {p999:.1} ms", served.len());
        if refused.len() > 0 {
            let [median, p99, p999] = of(&refused);
            println!("    {} turned away with 503: {median:.1} ms, p99 {p99:.1} ms, p999 {p999:.1} ms", refused.len());
        }
        assert!(served.len() as f64 > rate.min(capacity) * LASTS.as_secs_f64() * 0.7, "it serves what it can");
    }
}
