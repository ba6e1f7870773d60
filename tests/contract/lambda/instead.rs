//! What is answered where the Python package's wrapper answered otherwise.

use std::collections::BTreeSet;

use serde_json::Value;

use super::wrapper::WrapperCase;
use test_support::lambda::Received;

/// A body that is answered instead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// `null`, or an object without anything.
    Nothing,
    /// The request's own values.
    FrameData,
    /// Whatever the agent says, which is no message.
    More,
    /// Whatever the agent says.
    Any,
    /// `{"message"}` with a sentence, and nothing of the wrapper's `errors`.
    Message,
    /// The same with `errors`: an entry for every field that the wrapper found wrong, save a missing `frame`.
    Fields,
    /// `{"message"}` with the trace id to report, and without the wrapper's text.
    Bug,
}

impl Body {
    /// What is wrong unless the answer has this body.
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
                // What the wrapper takes has no fields to compare.
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
