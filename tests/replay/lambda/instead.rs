//! Expected bodies of responses that differ from the recording.

use std::collections::BTreeSet;

use serde_json::Value;

use super::wrapper::WrapperCase;
use test_support::lambda::Received;

/// An expected body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// `null`, or an empty object.
    Nothing,
    /// The values of the request.
    FrameData,
    /// Any body of the agent except a message.
    More,
    /// Any body.
    Any,
    /// `{"message"}` with a sentence, without the wrapper's `errors`.
    Message,
    /// A message, and `errors` with an entry for each field that the wrapper rejects, except a missing `frame`.
    Fields,
    /// `{"message"}` with the trace ID to report, without the wrapper's text.
    Bug,
}

impl Body {
    /// Returns an error unless the response has this body.
    pub(crate) fn check(self, case: &WrapperCase, received: &Received) -> Result<(), &'static str> {
        let says = |property: bool, what| if property { Ok(()) } else { Err(what) };
        let json: Value = serde_json::from_slice(&received.body).map_err(|_| "is no JSON")?;
        let message = json["message"].as_str().unwrap_or_default();
        if matches!(self, Self::Message | Self::Fields | Self::Bug) {
            says(!message.is_empty(), "is not `{\"message\"}`")?;
        }
        match self {
            Self::Nothing => says(json.is_null() || json == serde_json::json!({}), "is not nothing"),
            Self::FrameData => {
                says(json["project_hash"].is_string() && json["data_hash"].is_string(), "is not the request")
            }
            Self::More => says(json.is_object() && message.is_empty(), "says no more than a message"),
            Self::Any => Ok(()),
            Self::Message => says(case.fields().is_empty(), "does not name the fields"),
            Self::Fields => {
                let named = json["errors"].as_array().into_iter().flatten().filter_map(|error| error["field"].as_str());
                let named: BTreeSet<String> = named.map(ToOwned::to_owned).collect();
                // A request that the wrapper accepts has no fields to compare.
                says(named == case.fields() || case.status() == Some(204), "names other fields as wrong")
            }
            Self::Bug => {
                let trace = json["traceId"].as_str().unwrap_or_default();
                let wrapped = case.json().unwrap_or_default();
                let text = wrapped["message"]
                    .as_str()
                    .unwrap_or_default()
                    .trim_start_matches("Internal server error: ")
                    .to_owned();
                let tells = !trace.is_empty() && message.contains(trace);
                says(tells && !text.is_empty() && !message.contains(&text), "does not tell the trace alone")
            }
        }
    }
}
