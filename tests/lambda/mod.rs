//! AWS Lambda: a program as a function, against a local Runtime API that sends events as documented by AWS.

mod requests;
mod responses;
mod start;
mod timeouts;

use test_support::lambda::{Function, Received, RuntimeApi, Sender, Sent};

const PAYLOAD: &str = r#"{"projectHash": "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3",
    "dataHash": "33333333-aaaa-4bbb-8ccc-000000000003", "frame": 7, "objectHashes": ["vVehicl1"]}"#;

/// A running function with the agents of `lambda-agent/`.
struct Running {
    function: Function,
    api: RuntimeApi,
}

impl Running {
    fn start(variables: &[(&str, &str)]) -> Self {
        let api = RuntimeApi::start();
        let function = Function::start(env!("CARGO_BIN_EXE_lambda-agent"), &api, variables);
        Self { function, api }
    }

    /// Sends a request as this kind of event, and returns the response.
    fn send(&self, sent: &Sent, sender: Sender) -> Received {
        Received::of(&self.api.invoke(&sent.event(sender)).response())
    }
}
