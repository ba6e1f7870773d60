//! Replay of `agent-http.json` on AWS Lambda: each recorded request is sent as an event of each kind and gets the response that
//! it gets over a connection. Responses of the Python package's wrapper for AWS are compared, with a table of differences.

mod comparison;
mod differences;
mod instead;
mod wrapper;

use self::comparison::Comparison;
use self::wrapper::{WrapperCase, WrapperEvent};
use crate::replay::agent;
use crate::replay::agent_http::faults::prepare;
use crate::replay::agent_http::recorded::{Case, Recording};
use test_support::lambda::{Function, Received, RuntimeApi, SENDERS, Sender, Sent};
use test_support::raw_response::Answer;
use test_support::studio::recorded_platform::RecordedPlatform;
use test_support::{keys, raw_connection};

/// Maximum request of Lambda, in bytes. Lambda rejects larger ones itself.
const LARGEST_EVENT: usize = 6 * 1024 * 1024;

const TRACE: &str = "X-Cloud-Trace-Context";

/// Minimum number of recorded cases: fewer mean that the recording was not found.
const FEWEST_CASES: usize = 150;

/// The contract agent as a Lambda function.
struct ContractFunction {
    api: RuntimeApi,
    _function: Function,
}

impl ContractFunction {
    fn start(domain: &str) -> Self {
        let api = RuntimeApi::start();
        let platform = [("ENCORD_SSH_KEY", keys::PLAIN), ("ENCORD_DOMAIN", domain), ("RUST_LOG", "off")];
        // Recorded cases differ in the response of the storage, so every call asks it.
        let platform = [&platform[..], &[("AGENT_FILE_CACHE", "0")]].concat();
        let function = Function::start(env!("CARGO_BIN_EXE_contract-agent"), &api, &platform);
        Self { api, _function: function }
    }

    fn ask(&self, event: &serde_json::Value) -> Received {
        Received::of(&self.api.invoke(event).response())
    }
}

/// Returns the request as a gateway receives it; `None` if no gateway forwards it.
fn sent(case: &Case) -> Option<Sent> {
    let request = &case.request;
    let arrives_whole = request.framing.as_deref().is_none_or(|framing| framing.starts_with("chunks of"));
    // Metrics differ from process to process, and the documentation names the URL of the server.
    let is_own = matches!(case.path().as_str(), "/metrics" | "/docs");
    if !arrives_whole || request.body().len() > LARGEST_EVENT || is_own {
        return None;
    }
    let mut sent = Sent::new(&request.method, &request.path);
    for (name, value) in &request.headers {
        sent = sent.header(name, value.trim());
    }
    sent.body = request.body();
    Some(sent)
}

/// Returns the compared parts: all except the length and headers of the connection.
fn compared(answer: &Answer) -> (u16, Vec<(String, String)>, &str) {
    let own = ["content-length", "date", "connection"];
    let headers = answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let mut headers: Vec<_> = headers.filter(|header| !own.contains(&header.0.as_str())).collect();
    headers.sort();
    (answer.status, headers, &answer.text)
}

#[test]
fn events_get_the_responses_of_connections() {
    let platform = RecordedPlatform::start();
    let mut recording = Recording::of(&platform.domain);
    let listening = agent::start(&platform.domain);
    let function = ContractFunction::start(&platform.domain);
    let (mut compared_cases, mut wrong) = (0, Vec::new());
    for case in &mut recording.cases {
        // Without the caller's trace, each response has a new one.
        if case.request.header(&TRACE.to_ascii_lowercase()).is_none() {
            case.request.headers.push((TRACE.to_owned(), "105445aa7843bc8bf206b12000100000/7;o=1".to_owned()));
        }
        let Some(sent) = sent(case) else { continue };
        compared_cases += 1;
        prepare(&platform, case);
        let over_connection = raw_connection::exchange(&listening.address, &case.request.method, case.request.bytes());
        for sender in SENDERS {
            prepare(&platform, case);
            let received = function.ask(&sent.event(sender));
            let as_event = (received.status, received.headers.clone(), received.text());
            if as_event != compared(&over_connection) {
                let (as_event, listened) =
                    (format!("{as_event:.600?}"), format!("{:.600?}", compared(&over_connection)));
                wrong.push(format!("{}: {} ({sender:?})\n  {as_event}\n  {listened}", case.group, case.name));
            }
        }
    }
    println!("{compared_cases} requests are answered as over a connection, as events of {} kinds", SENDERS.len());
    assert!(compared_cases >= FEWEST_CASES, "only {compared_cases} recorded requests were compared");
    assert!(wrong.is_empty(), "{} findings:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn lambda_responses_match_python_wrapper() {
    let platform = RecordedPlatform::start();
    let recording = Recording::of(&platform.domain);
    let function = ContractFunction::start(&platform.domain);
    let mut comparison = Comparison::default();
    for (case, recorded) in recording.cases.iter().zip(wrapper::cases()) {
        let (Some(sent), Some(recorded)) = (sent(case), recorded) else { continue };
        prepare(&platform, case);
        let received = function.ask(&sent.event(Sender::FunctionUrl));
        comparison.check(&WrapperCase::of_request(case, recorded), &received);
    }
    for event in wrapper::events() {
        platform.reset();
        let WrapperEvent { event, case } = event;
        comparison.check(&case, &function.ask(&event));
    }
    println!("{}", comparison.summary());
    assert!(comparison.cases() >= FEWEST_CASES, "only {} recorded answers were compared", comparison.cases());
    let wrong = comparison.wrong();
    assert!(wrong.is_empty(), "{} findings:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
