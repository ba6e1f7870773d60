//! Start of a function, and start errors.

use super::{PAYLOAD, Running};
use test_support::lambda::{Function, RuntimeApi, Sender, Sent};

#[test]
fn logs_unlisted_agents_and_one_line_at_start() {
    let running = Running::start(&[]);
    running.api.wait_for_next();
    let line = running.function.logged(&["answers the events of AWS Lambda"]);
    assert!(line.contains("agents=8"), "{line}");
    let unlisted = running.function.logged(&["are not served"]);
    assert!(unlisted.contains("agents=\"background_required, mark\""), "{unlisted}");
    assert_eq!(running.function.log().lines().count(), 2, "{}", running.function.log());
}

#[test]
fn rejects_notification_handlers() {
    let api = RuntimeApi::start();
    let variables = [("WITH_HANDLER", "1"), ("ENCORD_WEBHOOK_SECRET", "of the handler")];
    let mut function = Function::start(env!("CARGO_BIN_EXE_lambda-agent"), &api, &variables);
    let error = api.init_error();
    let message = error["errorMessage"].as_str().unwrap();
    for part in ["`later`", "lambda-agent/main.rs:", "AWS Lambda", "a container", "examples/deploy"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!function.ended().success());
    function.logged(&["`later`"]);
}

#[test]
fn required_background_work_prevents_start() {
    let api = RuntimeApi::start();
    let mut function = Function::start(env!("CARGO_BIN_EXE_lambda-agent"), &api, &[("WITH_WORK", "1")]);
    let message = api.init_error()["errorMessage"].as_str().unwrap().to_owned();
    assert!(message.contains("`background_required` at ") && message.contains("AWS Lambda"), "{message}");
    assert!(!function.ended().success());
    let running = Running::start(&[]);
    let response = running.send(&Sent::new("POST", "/background-if-supported").json(PAYLOAD), Sender::FunctionUrl);
    assert_eq!(String::from_utf8_lossy(&response.body), r#"{"message":"supported: false"}"#);
}

#[test]
fn reports_start_errors_to_lambda() {
    let api = RuntimeApi::start();
    let mut function = Function::start(env!("CARGO_BIN_EXE_smallest-agent"), &api, &[("AGENT_TIMEOUT", "long")]);
    assert!(api.init_error()["errorMessage"].as_str().unwrap().contains("AGENT_TIMEOUT"));
    assert!(!function.ended().success());
}

#[test]
fn unusable_secret_is_reported_to_lambda() {
    for (name, value) in [("ENCORD_WEBHOOK_SECRET", " "), ("ENCORD_WEBHOOK_SECRET", ""), ("HOST", "")] {
        let api = RuntimeApi::start();
        let mut function = Function::start(env!("CARGO_BIN_EXE_smallest-agent"), &api, &[(name, value)]);
        let message = api.init_error()["errorMessage"].as_str().unwrap().to_owned();
        assert!(message.contains(name) && message.contains("blank"), "{message}");
        assert!(!function.ended().success());
    }
}

#[test]
fn missing_lambda_variable_is_named() {
    let api = RuntimeApi::start();
    for (name, value) in [("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", ""), ("AWS_LAMBDA_RUNTIME_API", "not an address")] {
        let mut function = Function::start(env!("CARGO_BIN_EXE_lambda-agent"), &api, &[(name, value)]);
        assert!(!function.ended().success());
        let log = function.log();
        assert!(log.contains("cannot run in AWS Lambda") && log.contains(name) && !log.contains("panicked"), "{log}");
    }
}

#[test]
#[cfg(unix)]
fn stops_on_sigterm() {
    let mut running = Running::start(&[]);
    running.api.wait_for_next();
    running.function.logged(&["answers the events"]);
    running.function.signal("TERM");
    assert!(running.function.ended().success());
    running.function.logged(&["stopping", "SIGTERM"]);
}

#[test]
fn logs_no_payload_at_any_level() {
    let running = Running::start(&[("RUST_LOG", "trace"), ("AGENT_LOG", "json")]);
    let call = Sent::new("POST", "/hello").json(PAYLOAD).header("X-Encord-Signature", "deadbeef0123");
    assert_eq!(running.send(&call, Sender::FunctionUrl).status, 200);
    let line = running.function.logged(&["answered", "8476a536-e9f4-11e8-9739-", "192.0.2.1"]);
    assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
    let log = running.function.log();
    assert!(!log.contains("deadbeef0123") && !log.contains("vVehicl1"), "{log}");
}
