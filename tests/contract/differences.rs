//! Where we answer otherwise than the Python package did, what we answer instead, and why.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::answer::{Answer, Content};
use crate::recorded::Case;

/// A row of the table: what is `None` is as it was recorded.
#[derive(Clone, Copy)]
pub(crate) struct Difference {
    pub(crate) because: &'static str,
    pub(crate) covers: fn(&Case) -> bool,
    pub(crate) status: Option<u16>,
    pub(crate) body: Option<Body>,
    pub(crate) headers: Option<Headers>,
}

/// A body that we answer instead.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    /// `{"message"}` with a sentence, and nothing of `detail`.
    Message,
    /// The same with `errors`: an entry for every field that the Python package found wrong, save a missing `frame`.
    Fields,
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
    /// Those recorded, announcing two more headers.
    TwoMore,
}

/// A row that covers nothing and says nothing.
pub(crate) const AS_RECORDED: Difference =
    Difference { because: "", covers: |_| false, status: None, body: None, headers: None };

/// Every deliberate difference. A case is covered by one row at most.
pub(crate) const DIFFERENCES: &[Difference] = &[
    // ---- browsers
    Difference {
        because: "a preflight announces two more headers: the second name of the test header, and W3C trace ids",
        covers: |case| case.group == "preflight" && case.status() == 200,
        headers: Some(Headers::TwoMore),
        ..AS_RECORDED
    },
    Difference {
        because: "a refused preflight says why in JSON, like every refusal",
        covers: |case| case.group == "preflight" && case.status() == 400,
        body: Some(Body::Refusal),
        headers: Some(Headers::TwoMore),
        ..AS_RECORDED
    },
    Difference {
        because: "a browser may read the answer to a test header too",
        covers: |case| case.group == "editor test header" && case.status() == 200 && case.route() != "/nowhere",
        headers: Some(Headers::AsEveryAnswer),
        ..AS_RECORDED
    },
    Difference {
        because: "a test header is answered where there is an agent, so that it tests something",
        covers: |case| case.group == "editor test header" && case.status() == 200 && case.route() == "/nowhere",
        status: Some(404),
        body: Some(Body::Message),
        headers: Some(Headers::AsEveryAnswer),
    },
    Difference {
        because: "the test header has a second name in the specification",
        covers: |case| case.is("editor test header", "X-Encord-Agent instead"),
        status: Some(200),
        body: Some(Body::Nothing),
        ..AS_RECORDED
    },
    // ---- refusals
    Difference {
        because: "a refusal is `{\"message\"}`, which the editor shows to the annotator",
        covers: |case| refused_without_mistakes(case) || case.mistake_is("model_attributes_type") && sent_as_json(case),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    Difference {
        because: "wrong fields are named in `message` and one by one in `errors`",
        covers: |case| case.group == "body" && names_fields(case) && case.name != "frame null",
        body: Some(Body::Fields),
        ..AS_RECORDED
    },
    Difference {
        because: "what is not JSON is a bad request; its fields are not wrong, there are none",
        covers: |case| (case.mistake_is("json_invalid") || sent_nothing(case)) && !oversized(case),
        status: Some(400),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    Difference {
        because: "what is not sent as JSON has the wrong media type; its fields are not wrong",
        covers: |case| case.mistake_is("model_attributes_type") && !sent_as_json(case),
        status: Some(415),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    Difference {
        because: "a body has a limit, 2 MiB unless configured",
        covers: oversized,
        status: Some(413),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    Difference {
        because: "a body has a limit to its nesting",
        covers: |case| case.is("size and framing", "nested 900 deep"),
        status: Some(400),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    // ---- frames
    Difference {
        because: "the specification lets an editor leave out the frame",
        covers: |case| case.is("body", "frame null"),
        status: Some(200),
        body: Some(Body::NoFrame),
        ..AS_RECORDED
    },
    Difference {
        because: "a frame has 64 bits",
        covers: |case| case.is("body", "frame 10000000000000000000000000"),
        status: Some(422),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    // ---- bugs
    Difference {
        because: "a bug is answered in JSON, with the trace id to report, and a browser may read it",
        covers: |case| case.status() == 500 && matches!(case.route(), "/crash" | "/respond"),
        body: Some(Body::Bug),
        headers: Some(Headers::AsEveryAnswer),
        ..AS_RECORDED
    },
    Difference {
        because: "a value that the Python package stumbles over is a wrong field",
        covers: |case| case.is("body", "frame written 1E400") || case.is("body", "lone surrogate escape"),
        status: Some(422),
        body: Some(Body::Message),
        headers: Some(Headers::AsEveryAnswer),
    },
    Difference {
        because: "`NaN` is not JSON",
        covers: |case| case.is("body", "frame written NaN"),
        status: Some(400),
        body: Some(Body::Message),
        headers: Some(Headers::AsEveryAnswer),
    },
    // ---- methods and paths
    Difference {
        because: "no redirect: a browser does not follow one after a preflight; the message says which path was meant",
        covers: |case| case.route() == "/frame-data/",
        status: Some(404),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    Difference {
        because: "`GET /` lists the agents",
        covers: |case| case.is("method and path", "GET /"),
        status: Some(200),
        body: Some(Body::Listing),
        headers: Some(Headers::AsListing),
    },
    Difference {
        because: "FastAPI's description of itself and the page that shows it are not ours",
        covers: |case| matches!(case.route(), "/openapi.json" | "/redoc"),
        status: Some(404),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    Difference {
        because: "an unknown method is a method that does not do; uvicorn takes it for broken HTTP",
        covers: |case| case.is("method and path", "FOO on a route"),
        status: Some(405),
        body: Some(Body::Message),
        headers: Some(Headers::AsEveryAnswer),
    },
    Difference {
        because: "broken HTTP is answered by the HTTP library, which sends the status alone",
        covers: |case| case.is("size and framing", "content length not a number"),
        body: Some(Body::Empty),
        ..AS_RECORDED
    },
];

/// `{"detail": "a sentence"}`. The answer to `HEAD` has no body to differ.
fn refused_without_mistakes(case: &Case) -> bool {
    case.recorded.json().is_some_and(|body| body["detail"].is_string()) && case.route() != "/"
}

fn names_fields(case: &Case) -> bool {
    !case.mistake_is("json_invalid") && case.mistakes().iter().any(|mistake| mistake.field().is_some())
}

fn sent_nothing(case: &Case) -> bool {
    case.mistakes().iter().any(|mistake| mistake.kind == "missing" && mistake.field().is_none())
}

fn sent_as_json(case: &Case) -> bool {
    case.request.header("content-type") == Some("application/json")
}

fn oversized(case: &Case) -> bool {
    case.request.body().len() > 2 * 1024 * 1024
}

impl Body {
    /// What is wrong unless the answer has this body.
    pub(crate) fn check(self, case: &Case, answer: &Answer) -> Result<(), String> {
        let json = answer.json().unwrap_or_default();
        let says = |property: bool, what: &str| if property { Ok(()) } else { Err(what.to_owned()) };
        let message = json["message"].as_str().unwrap_or_default();
        if matches!(self, Self::Message | Self::Fields | Self::Bug | Self::Refusal) {
            says(!message.is_empty() && json.get("detail").is_none(), "is not `{\"message\"}`")?;
        }
        match self {
            Self::Message => Ok(()),
            Self::Fields => says(fields_named(&json) == fields_recorded(case), "names other fields as wrong"),
            Self::Bug => {
                let id = json["traceId"].as_str().unwrap_or_default();
                let echoed = answer.header("x-cloud-trace-context").is_some_and(|trace| trace.starts_with(id));
                says(!id.is_empty() && echoed && message.contains(id), "does not tell the trace id")
            }
            Self::Refusal => {
                let asked = case.recorded.text.strip_prefix("Disallowed CORS ").unwrap_or("(not a refusal)");
                says(message.contains(asked), "does not name what was refused")
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

fn fields_recorded(case: &Case) -> HashSet<String> {
    let mistakes = case.mistakes().into_iter();
    let counts = mistakes.filter(|mistake| mistake.kind != "missing" || mistake.field().as_deref() != Some("frame"));
    counts.filter_map(|mistake| mistake.field()).collect()
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
            Self::TwoMore => return two_more(case),
        };
        headers.extend(origin.map(|origin| ("access-control-allow-origin", origin)));
        headers.extend((status == 405).then_some(("allow", "POST")));
        headers.sort_unstable();
        headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

fn two_more(case: &Case) -> Vec<(String, String)> {
    let mut headers = case.recorded.told();
    for (_, value) in headers.iter_mut().filter(|header| header.0 == "access-control-allow-headers") {
        value.push_str(", X-Encord-Agent, Traceparent");
    }
    headers
}
