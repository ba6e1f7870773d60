//! Replay of `errors.json` over a socket: the client returns the recorded error and message, or the one in the table of
//! differences, after the documented number of attempts.

mod calls;
mod case;
mod differences;

use std::collections::BTreeMap;
use std::time::Duration;

use agent_platform::client::{Domain, Error, PlatformClient};
use serde_json::Value;

use self::calls::{call, good_reply};
use self::case::Case;
use self::differences::{DIFFERENCES, save_not_repeated};
use test_support::recordings;
use test_support::scripted_server::{Reply, Server, nobody};

/// Returns the names of the same error in Python.
fn python_names(error: &Error) -> &'static [&'static str] {
    match error.name() {
        "SshKeyNotFound" => &["SshKeyNotFound"],
        "OperationNotAllowed" => &["OperationNotAllowed"],
        "Unknown" => &["UnknownException"],
        "Connection" | "Timeout" | "Interrupted" | "NotJson" | "NoContent" | "NotAcknowledged" => &["RequestException"],
        "UnexpectedAnswer" => &["EncordException", "TypeError", "AttributeError", "AssertionError"],
        _ => &[],
    }
}

fn same_name(error: &Error, python: &str) -> bool {
    python_names(error).contains(&python) || format!("{}Error", error.name()) == python
}

/// Returns whether the messages are equal: as text, or as JSON if Python's message is no text.
fn same_message(error: &Error, expected: &Value, host: &str) -> bool {
    match expected {
        Value::String(text) => error.message() == text.replace("http://HOST", host),
        other => serde_json::from_str::<Value>(error.message()).is_ok_and(|said| said == other["not a string"]),
    }
}

fn shown(result: &Result<(), Error>) -> String {
    match result {
        Ok(()) => "ok".to_owned(),
        Err(error) => format!("{}: {}", error.name(), error.message()),
    }
}

/// The server, and its clients.
struct Stage {
    server: Server,
    platform: PlatformClient,
    /// Client with a read timeout of 0.3 s.
    impatient: PlatformClient,
    /// Client of an address on which nothing listens.
    alone: PlatformClient,
}

impl Stage {
    async fn set() -> Self {
        let server = Server::always(Reply::empty(500)).await;
        let alone = Domain::parse(&nobody().await).unwrap();
        Self {
            platform: test_support::client::platform(&server),
            impatient: test_support::client::builder(&server).read_timeout(Duration::from_millis(300)).build().unwrap(),
            alone: test_support::client::builder(&server).domain(alone).build().unwrap(),
            server,
        }
    }

    /// Runs a case. Returns the result, the address, and the number of attempts.
    async fn play(&self, case: &Case<'_>) -> (Result<(), Error>, &str, usize) {
        let (bad, good, times) = (case.reply(), good_reply(case.operation), case.times());
        self.server.restart(move |_, number| match times {
            Some(times) if number as u64 >= times => good.clone(),
            _ => bad.clone(),
        });
        let platform = match case.action() {
            _ if case.answer == "connection refused" => &self.alone,
            Some("hang") => &self.impatient,
            _ => &self.platform,
        };
        let result = call(platform, case.operation).await;
        (result, platform.domain().as_str(), self.server.requests().len())
    }
}

/// Result of a comparison.
enum Verdict {
    Same,
    Excused(&'static str),
    Wrong(String),
}

fn judge(case: &Case<'_>, result: &Result<(), Error>, host: &str) -> Verdict {
    if let Some(difference) = DIFFERENCES.iter().find(|difference| (difference.applies)(case)) {
        let fits = match result {
            // JSON in place of what Python prints: the same by value.
            Err(error) if difference.instead.is_empty() => {
                let json = same_message(error, case.message, host) || error.message().contains(r#"[{"loc""#);
                same_name(error, case.python) && json
            }
            _ => shown(result).starts_with(difference.instead),
        };
        let wrong = || format!("{} instead of {}", shown(result), difference.instead);
        return if fits { Verdict::Excused(difference.why) } else { Verdict::Wrong(wrong()) };
    }
    let fits = match result {
        Err(error) if save_not_repeated(case) => {
            return match error {
                Error::NotJson(_) if error.may_have_acted() => {
                    Verdict::Excused("a save that may have been done is not repeated")
                }
                _ => Verdict::Wrong(shown(result)),
            };
        }
        Ok(()) => case.python == "ok",
        Err(error) => same_name(error, case.python) && same_message(error, case.message, host),
    };
    let wrong = || format!("{}: {} instead of {} {}", case.operation, shown(result), case.python, case.message);
    if fits { Verdict::Same } else { Verdict::Wrong(wrong()) }
}

#[tokio::test]
async fn fails_as_recorded() {
    let stage = Stage::set().await;
    let recorded = recordings::json("errors.json");
    let recorded = recorded.as_array().unwrap();
    let (mut same, mut wrong, mut excused) = (0, Vec::new(), BTreeMap::<&str, usize>::new());
    for (number, case) in recorded.iter().enumerate() {
        let case = Case::new(case);
        let (result, host, tries) = stage.play(&case).await;
        match judge(&case, &result, host) {
            Verdict::Same => same += 1,
            Verdict::Excused(why) => *excused.entry(why).or_default() += 1,
            Verdict::Wrong(how) => wrong.push(format!("{number} {how}")),
        }
        if tries != case.promised_tries() {
            wrong.push(format!("{number}: {tries} tries instead of {}", case.promised_tries()));
        }
    }

    println!("{} cases, {same} the same", recorded.len());
    for (why, cases) in &excused {
        println!("{cases:4}  {why}");
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), recorded.len(), wrong.join("\n"));
    // The table is exact: no difference that is not there any more, none that grew.
    for difference in &DIFFERENCES {
        assert_eq!(excused.get(difference.why).copied().unwrap_or(0), difference.cases, "{}", difference.why);
    }
}
