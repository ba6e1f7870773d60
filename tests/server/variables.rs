//! Environment variables with invalid values: the program does not start, and prints the reason.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Output};

use agent_studio::ClientKey;

/// Runs the program with one variable set, until it exits.
fn run(program: &str, name: &str, value: OsString) -> Output {
    let mut command = Command::new("timeout");
    command.args(["5", program]).env("PORT", "0").env("HOST", "127.0.0.1");
    for other in ["AWS_LAMBDA_RUNTIME_API", "AGENT_LOG", "ENCORD_WEBHOOK_SECRET", "ENCORD_SSH_KEY_FILE"] {
        command.env_remove(other);
    }
    let key = ClientKey::random().unwrap().openssh().unwrap();
    command.env("ENCORD_SSH_KEY", key.as_str()).env(name, value).output().unwrap()
}

/// Returns the error that the program prints instead of starting.
fn start_error(program: &str, name: &str, value: impl Into<Vec<u8>>) -> String {
    let value = OsString::from_vec(value.into());
    let ended = run(program, name, value.clone());
    let message = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{name}={value:?}: {message}");
    assert!(ended.stdout.is_empty(), "{name}={value:?} printed {}", String::from_utf8_lossy(&ended.stdout));
    message
}

const SMALLEST: &str = env!("CARGO_BIN_EXE_smallest-agent");

/// Returns the names that `--help` lists for the server and the platform client.
fn listed() -> Vec<String> {
    let help = Command::new(SMALLEST).arg("--help").output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    let names = help.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    names.map(ToOwned::to_owned).collect()
}

#[test]
fn blank_or_broken_variable_stops_the_start() {
    let names = listed();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        // A program whose agents do not use the platform does not configure its client.
        let program = if name.starts_with("ENCORD_SSH") || name == "ENCORD_DOMAIN" {
            env!("CARGO_BIN_EXE_attacked-agent")
        } else {
            SMALLEST
        };
        for (value, says) in [(&b"\xff\xfe"[..], "not valid UTF-8"), (b"", "blank"), (b" \t", "blank")] {
            let message = start_error(program, &name, value);
            assert!(
                message.contains(&name) && message.contains(says) && message.contains("unset it"),
                "{name}: {message}"
            );
        }
    }
}

#[test]
fn unusable_secret_is_not_shown() {
    let message = start_error(SMALLEST, "ENCORD_WEBHOOK_SECRET", &b"whsec_made-up\xff"[..]);
    assert!(message.contains("ENCORD_WEBHOOK_SECRET") && !message.contains("whsec"), "{message}");
}

#[test]
fn out_of_range_number_stops_the_start() {
    for (name, value) in [
        ("AGENT_CONNECTIONS", "18446744073709551615"),
        ("AGENT_CONNECTIONS", "0"),
        ("AGENT_CONCURRENCY", "18446744073709551615"),
        ("AGENT_CONCURRENCY", "2305843009213693952"),
        ("AGENT_BACKGROUND", "18446744073709551615"),
        ("AGENT_BODY_LIMIT", "18446744073709551615"),
        ("AGENT_TIMEOUT", "18446744073709551615"),
        ("AGENT_TIMEOUT", "1e-12"),
        ("AGENT_READ_TIMEOUT", "1e18"),
        ("AGENT_SHUTDOWN_GRACE", "1e18"),
        ("AGENT_ONTOLOGY_AGE", "1e18"),
        ("AGENT_ONTOLOGY_AGE", "nan"),
    ] {
        let message = start_error(SMALLEST, name, value);
        assert!(message.contains(name) && message.contains(value) && message.contains(" to "), "{message}");
        assert!(!message.contains("panicked"), "{message}");
    }
}

#[test]
fn malformed_systemd_or_log_variables_stop_the_start() {
    for (name, value) in [("LISTEN_PID", "me"), ("LISTEN_PID", ""), ("AGENT_LOG", "jsn")] {
        let message = start_error(SMALLEST, name, value);
        assert!(message.contains(name), "{name}={value}: {message}");
    }
}
