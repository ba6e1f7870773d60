//! What we answer where we answer otherwise than the Python package did.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::recorded::{Case, Mistake};
use crate::colours::nearly_the_colours;
use test_support::raw_response::{Answer, Content};

/// A body that we answer instead.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    /// `{"message"}` with a sentence, and nothing of `detail`.
    Message,
    /// The same with `errors`: an entry for every field that the Python package found wrong, save a missing `frame`.
    Fields,
    /// The same, naming the data unit or an object of the request.
    Missing,
    /// The same, naming the frame of the request and how many frames there are.
    NoSuchFrame,
    /// The size of the frame, and nearly its mean colour.
    NearlyTheColours,
    /// What was recorded, but for what the file's name ends in.
    Suffix(&'static str),
    /// A file whose name ends in this.
    File(&'static str),
    /// `OK`: a preflight is granted.
    Granted,
    /// The state of the server, or its metrics.
    OwnPage,
    /// The same with the trace id to report.
    Bug,
    /// The same, naming what the preflight asked for in vain.
    Refusal,
    /// The request's own values, the frame being `null`.
    NoFrame,
    /// The list of the agents.
    Listing,
    /// `null`.
    Nothing,
    /// Not a byte.
    Empty,
}

/// Headers that we answer instead.
#[derive(Clone, Copy)]
pub(crate) enum Headers {
    /// What every answer has: `Vary: Origin`, the origin if it is allowed, and the method if another one was used.
    AsEveryAnswer,
    /// The same for an answer that also depends on `Accept`.
    AsListing,
    /// Those recorded, announcing two more headers, and a private network if it was asked for by a page that may call.
    OfPreflight,
    /// What every answer has, and which methods read the server's own pages.
    OfOwnPage,
}

impl Body {
    /// What is wrong unless the answer has this body.
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

/// The wrong fields, without a frame that is missing or `null`, and of a list the first five entries.
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
    /// What they are for this case.
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
    let mut headers = case.recorded.told();
    if case.asks_private_network() && case.allows_origin() {
        headers.push(("access-control-allow-private-network".to_owned(), "true".to_owned()));
        headers.sort();
    }
    for (_, value) in headers.iter_mut().filter(|header| header.0 == "access-control-allow-headers") {
        value.push_str(", X-Encord-Agent, Traceparent");
    }
    headers
}
