//! Recorded responses of the Python package's wrapper for AWS.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::replay::agent_http::recorded::Case;
use test_support::lambda::{Sender, Sent};
use test_support::recordings;

/// Return value of the wrapper: status and body; `None` if it raised.
#[derive(Deserialize)]
pub(crate) struct Wrapped {
    returned: Option<Returned>,
}

#[derive(Deserialize)]
struct Returned {
    #[serde(rename = "statusCode")]
    status: u16,
    body: String,
}

/// A request and the response of the wrapper.
pub(crate) struct WrapperCase {
    pub(crate) group: String,
    pub(crate) name: String,
    /// Path without query.
    pub(crate) route: String,
    /// Status and body; `None` if the wrapper raised, in which case its gateway responds with 502.
    pub(crate) answer: Option<(u16, String)>,
    /// `true` if the content type is JSON, which this server requires.
    pub(crate) sent_as_json: bool,
}

impl WrapperCase {
    pub(crate) fn of_request(case: &Case, recorded: Wrapped) -> Self {
        let media_type = case.request.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Self {
            group: case.group.clone(),
            name: case.name.clone(),
            route: case.route().to_owned(),
            answer: recorded.answer(),
            sent_as_json: is_json(&media_type),
        }
    }

    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.answer.as_ref()?.1).ok()
    }

    pub(crate) fn is(&self, group: &str, name: &str) -> bool {
        self.group == group && self.name == name
    }

    /// Returns the fields that the wrapper rejects, e.g. `objectHashes[2]`, except a missing `frame`.
    pub(crate) fn fields(&self) -> BTreeSet<String> {
        let answer = self.json().unwrap_or_default();
        let errors = answer["errors"].as_array().into_iter().flatten();
        let field = |error: &Value| {
            let mut path = error["loc"].as_array()?.iter();
            let field = path.next()?.as_str()?.to_owned();
            let missing = error["type"] == "missing" && field == "frame";
            (!missing).then(|| path.fold(field, |field, index| format!("{field}[{index}]")))
        };
        errors.filter_map(field).collect()
    }

    /// Returns whether the wrapper found no JSON, or no body.
    pub(crate) fn has_no_json(&self) -> bool {
        let answer = self.json().unwrap_or_default();
        let first = &answer["errors"][0];
        first == "No request body" || first["type"] == "json_invalid" || self.name == "frame written NaN"
    }

    pub(crate) fn status(&self) -> Option<u16> {
        Some(self.answer.as_ref()?.0)
    }
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.starts_with("application/") && media_type.ends_with("+json")
}

impl Wrapped {
    fn answer(self) -> Option<(u16, String)> {
        self.returned.map(|returned| (returned.status, returned.body))
    }
}

/// Returns the response of the wrapper for each recorded request; `None` if it was not called.
pub(crate) fn cases() -> Vec<Option<Wrapped>> {
    #[derive(Deserialize)]
    struct Recording {
        cases: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        aws: Option<Wrapped>,
    }
    recordings::read::<Recording>("agent-http.json").cases.into_iter().map(|entry| entry.aws).collect()
}

/// A recorded event. The wrapper got less than a gateway sends; the other members are filled in.
pub(crate) struct WrapperEvent {
    pub(crate) event: Value,
    pub(crate) case: WrapperCase,
}

pub(crate) fn events() -> Vec<WrapperEvent> {
    #[derive(Deserialize)]
    struct Recording {
        aws_events: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        name: String,
        agent: String,
        event: serde_json::Map<String, Value>,
        #[serde(flatten)]
        recorded: Wrapped,
    }
    let read = |entry: Entry| {
        let answer = entry.recorded.answer();
        let route = format!("/{}", entry.agent);
        let mut event = Sent::new("POST", &route).event(Sender::FunctionUrl);
        // The recorded agent had a fixed message; the contract agent gets it in the query.
        let said: Value = answer.as_ref().and_then(|answer| serde_json::from_str(&answer.1).ok()).unwrap_or_default();
        if entry.agent == "respond" {
            let words = ["message", "decision"].into_iter().filter_map(|word| Some((word, said[word].as_str()?)));
            let query: Vec<String> = words.map(|(word, said)| format!("{word}={}", said.replace(' ', "%20"))).collect();
            event["rawQueryString"] = query.join("&").into();
        }
        let fields = event.as_object_mut().unwrap();
        fields.insert("headers".to_owned(), json!({}));
        for (name, value) in entry.event {
            match (name.as_str(), &value["http"]) {
                ("requestContext", Value::Object(http)) => {
                    fields["requestContext"]["http"].as_object_mut().unwrap().extend(http.clone());
                }
                _ => drop(fields.insert(name, value)),
            }
        }
        let sent_as_json = event["headers"]["content-type"] == "application/json";
        WrapperEvent {
            event,
            case: WrapperCase { group: "event".to_owned(), name: entry.name, route, answer, sent_as_json },
        }
    };
    recordings::read::<Recording>("agent-http.json").aws_events.into_iter().map(read).collect()
}
