//! Timeouts before the function's deadline.

use std::time::{Duration, Instant};

use agent_studio::Effect;

use super::{PAYLOAD, Running};
use crate::platform::world::{World, video};
use test_support::lambda::{Received, Sender, Sent};

fn call_within(running: &Running, path: &str, time: Duration) -> (Received, Duration) {
    let began = Instant::now();
    let event = Sent::new("POST", path).json(PAYLOAD).event(Sender::FunctionUrl);
    let response = Received::of(&running.api.invoke_within(&event, time).response());
    (response, began.elapsed())
}

#[test]
fn times_out_before_lambda_deadline() {
    let running = Running::start(&[]);
    let function = Duration::from_secs(2);
    let (response, took) = call_within(&running, "/stuck", function);
    assert_eq!(response.status, 504);
    assert!(response.message().starts_with("The agent did not finish within 1."), "{}", response.message());
    assert!(took < function && took > Duration::from_secs(1), "{took:?}");
    // The next call has its own deadline.
    let (response, took) = call_within(&running, "/stuck", Duration::from_secs(1));
    assert!(response.status == 504 && took < Duration::from_secs(1), "{took:?}");
    assert_eq!(call_within(&running, "/hello", function).0.status, 200);
}

#[test]
fn applies_shorter_agent_timeout() {
    let running = Running::start(&[]);
    let (response, took) = call_within(&running, "/impatient", Duration::from_secs(60));
    assert_eq!((response.status, response.message().as_str()), (504, "The agent did not finish within 0.3 s."));
    assert!(took < Duration::from_secs(5), "{took:?}");
    let settings = Running::start(&[("AGENT_TIMEOUT", "0.2")]);
    let (response, _) = call_within(&settings, "/hello", Duration::from_millis(100));
    assert_eq!(response.status, 200, "a quick call succeeds");
}

#[test]
fn reports_unconfirmed_save_at_deadline() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    world.fault("save", Effect::Hang, u64::MAX);
    let (key, url) = (world.platform().private_key().unwrap(), world.platform().url());
    let running = Running::start(&[("ENCORD_SSH_KEY", &key), ("ENCORD_DOMAIN", &url)]);
    let payload = serde_json::to_string(&video(0)).unwrap();
    let event = Sent::new("POST", "/mark").json(&payload).event(Sender::FunctionUrl);
    let (began, function) = (Instant::now(), Duration::from_secs(3));
    let response = Received::of(&running.api.invoke_within(&event, function).response());
    assert!(began.elapsed() < function, "{:?}", began.elapsed());
    assert_eq!(response.status, 504);
    assert!(response.message().contains("did not confirm"), "{}", response.message());
    assert_eq!(world.count("save"), 1);
}
