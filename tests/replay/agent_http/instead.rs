//! Expected bodies and headers of responses that differ from the recording.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::recorded::{Case, Mistake};
use crate::replay::colours::nearly_the_colours;
use test_support::raw_response::{Answer, Content};

/// An expected body.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    /// `{"message"}` with a sentence, without `detail`.
    Message,
    /// A message, and `errors` with an entry for each field that the Python package rejects, except a missing `frame`.
    Fields,
    /// A message that names the data unit or an object of the request.
    Missing,
    /// A message that names the frame of the request and the number of frames.
    NoSuchFrame,
    /// The size of the frame, and its mean color within a tolerance.
    NearlyTheColours,
    /// The recorded body with another suffix of the file.
    Suffix(&'static str),
    /// A file with this suffix.
    File(&'static str),
    /// `OK`, the body of a successful preflight.
    Granted,
    /// The health of the server, or its metrics.
    OwnPage,
    /// A message with the trace ID to report.
    Bug,
    /// A message that names the rejected parts of the preflight.
    Refusal,
    /// The values of the request, with `null` for the frame.
    NoFrame,
    /// The list of the agents.
    Listing,
    /// `null`.
    Nothing,
    /// No bytes.
    Empty,
}

/// Expected headers.
#[derive(Clone, Copy)]
pub(crate) enum Headers {
    /// `Vary: Origin`, the origin if it is allowed, and `Allow` after a wrong method.
    AsEveryAnswer,
    /// Those headers, for a response that also varies by `Accept`.
    AsListing,
    /// The recorded headers with two more allowed request headers, and the private network if an allowed origin requests it.
    OfPreflight,
    /// `Vary: Origin`, and `Allow` with the methods of the server's own pages.
    OfOwnPage,
}

impl Body {
    /// Returns an error unless the response has this body.
    pub(crate) fn check(self, case: &Case, answer: &Answer) -> Result<(), String> {
        let json = answer.json().unwrap_or_default();
        let says = |property: bool, what: &str| if property { Ok(()) } else { Err(what.to_owned()) };
        let message = json["message"].as_str().unwrap_or_default();
        if matches!(self, Self::Message | Self::Fields | Self::Missing | Self::NoSuchFrame | Self::Bug | Self::Refusal)
        {
            says(!message.is_empty() && json.get("detail").is_none(), "is not `{\"message\"}`")?;
        }
        match self {
            Self::Message => Ok(()),
            Self::Fields => says(fields_named(&json) == fields_recorded(case), "names other fields as wrong"),
            Self::Missing => says(names_what_is_asked_for(message, case), "does not name what is missing"),
            Self::NoSuchFrame => {
                let sent: Value = serde_json::from_slice(&case.request.body()).unwrap_or_default();
                let frames =
                    message.split_once(" has ").and_then(|(_, rest)| rest.split(' ').next()?.parse::<u64>().ok());
                let named = message.starts_with(&format!("There is no frame {}:", sent["frame"]));
                says(named && frames <= sent["frame"].as_u64(), "does not name the frame and the number of frames")
            }
            Self::NearlyTheColours => {
                says(nearly_the_colours(&json, &case.recorded.json().unwrap_or_default()), "is another image")
            }
            Self::Suffix(suffix) => {
                let mut expected = case.recorded.json().unwrap_or_default();
                expected["suffix"] = suffix.into();
                says(json == expected, "is another file")
            }
            Self::Bug => {
                let id = json["traceId"].as_str().unwrap_or_default();
                let echoed = answer.header("x-cloud-trace-context").is_some_and(|trace| trace.starts_with(id));
                says(!id.is_empty() && echoed && message.contains(id), "does not tell the trace id")
            }
            Self::File(suffix) => says(json["suffix"] == suffix, "is another file"),
            Self::Granted => says(answer.text == "OK", "does not grant"),
            Self::OwnPage => says(!answer.text.is_empty() && message.is_empty(), "says nothing"),
            Self::Refusal => {
                let refused = format!("This server does not allow the call's {}.", case.refused().join(", "));
                says(message == refused, "does not name what was refused")
            }
            Self::NoFrame => says(json == no_frame(&case.request.body()), "is not the request's values"),
            Self::Listing => says(json["agents"].as_array().is_some_and(|agents| !agents.is_empty()), "is no listing"),
            Self::Nothing => says(answer.content() == Content::Json(Value::Null), "is not `null`"),
            Self::Empty => says(answer.text.is_empty(), "is not empty"),
        }
    }
}

fn fields_named(body: &Value) -> HashSet<String> {
    let errors = body["errors"].as_array().into_iter().flatten();
    errors.filter_map(|error| error["message"].as_str().and(error["field"].as_str()).map(ToOwned::to_owned)).collect()
}

/// Returns the rejected fields, without a frame that is missing or `null`, and at most five entries of a list.
fn fields_recorded(case: &Case) -> HashSet<String> {
    let is_no_frame = |mistake: &Mistake| {
        let is_absent = mistake.kind == "missing" || mistake.input.is_null();
        mistake.field().as_deref() == Some("frame") && is_absent
    };
    let mistakes = case.mistakes().into_iter().filter(|mistake| !is_no_frame(mistake));
    let (entries, fields): (Vec<_>, Vec<_>) =
        mistakes.filter_map(|mistake| mistake.field()).partition(|field| field.ends_with(']'));
    fields.into_iter().chain(entries.into_iter().take(5)).collect()
}

fn names_what_is_asked_for(message: &str, case: &Case) -> bool {
    let sent: Value = serde_json::from_slice(&case.request.body()).unwrap_or_default();
    let hashes = sent["objectHashes"].as_array().into_iter().flatten().chain([&sent["dataHash"]]);
    hashes.filter_map(Value::as_str).any(|hash| message.contains(hash))
}

fn no_frame(request: &[u8]) -> Value {
    let sent: Value = serde_json::from_slice(request).unwrap_or_default();
    json!({"project_hash": sent["projectHash"], "data_hash": sent["dataHash"], "frame": null, "object_hashes": null})
}

impl Headers {
    /// Returns the headers for a case.
    pub(crate) fn of(self, case: &Case, status: u16, allowed_origins: &HashSet<String>) -> Vec<(String, String)> {
        let origin = case.request.header("origin").filter(|origin| allowed_origins.contains(*origin));
        let mut headers = match self {
            Self::AsEveryAnswer => vec![("vary", "Origin")],
            Self::AsListing => vec![("vary", "Accept, Origin")],
            Self::OfOwnPage => vec![("vary", "Origin"), ("allow", "GET,HEAD")],
            Self::OfPreflight => return of_preflight(case),
        };
        headers.extend(origin.map(|origin| ("access-control-allow-origin", origin)));
        headers.extend((status == 405 && !matches!(self, Self::OfOwnPage)).then_some(("allow", "POST")));
        headers.sort_unstable();
        headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

fn of_preflight(case: &Case) -> Vec<(String, String)> {
    let mut headers = case.recorded.compared_headers();
    if case.asks_private_network() && case.allows_origin() {
        headers.push(("access-control-allow-private-network".to_owned(), "true".to_owned()));
        headers.sort();
    }
    for (_, value) in headers.iter_mut().filter(|header| header.0 == "access-control-allow-headers") {
        value.push_str(", X-Encord-Agent, X-Agent-Dry-Run, Traceparent, Tracestate");
    }
    headers
}
