//! Deliberate differences from the responses of the Python package's wrapper for AWS. `agent_http::differences` has those from
//! its `FastAPI` app.

use super::instead::Body;
use super::wrapper::WrapperCase;

/// A row of the table.
pub(crate) struct Difference {
    pub(crate) because: &'static str,
    pub(crate) covers: fn(&WrapperCase) -> bool,
    pub(crate) status: u16,
    pub(crate) body: Body,
}

const fn row(because: &'static str, status: u16, body: Body, covers: fn(&WrapperCase) -> bool) -> Difference {
    Difference { because, covers, status, body }
}

/// All deliberate differences. At most one row covers a case.
pub(crate) const DIFFERENCES: &[Difference] = &[
    // ---- answers
    row("an empty response is 200 with `null` or `{}`, as over a connection", 200, Body::Nothing, |case| {
        case.status() == Some(204) && !is_elsewhere(case) && (says_nothing(case) && case.sent_as_json || is_test(case))
    }),
    row("the recorded agent returns a dictionary, which the wrapper drops", 200, Body::FrameData, |case| {
        case.status() == Some(204)
            && case.route == "/frame-data"
            && case.sent_as_json
            && !is_test(case)
            && !is_huge(case)
    }),
    row("the contract agents return more than the recorded ones", 200, Body::More, |case| {
        case.status() == Some(200) && case.group == "dependency" && !asks_for_no_object(case)
    }),
    row("the asset of an image group is the image of the frame; the wrapper raises", 200, Body::More, |case| {
        case.is("dependency", "asset of an image group")
    }),
    // ---- what is sent
    row(
        "one program serves several agents at paths; the wrapper has one agent at every path",
        404,
        Body::Message,
        |case| case.status() == Some(204) && is_elsewhere(case),
    ),
    row("other content types than JSON are rejected, so that pages need a preflight", 415, Body::Message, |case| {
        let looked_at = ["no headers key", "headers null", "form body"].contains(&case.name.as_str());
        !case.sent_as_json && !is_test(case) && (case.status() == Some(204) || looked_at)
    }),
    row("a body in base64, as gateways send it, is decoded", 200, Body::Nothing, |case| {
        case.is("event", "body base64")
    }),
    row("header names are case-insensitive", 200, Body::Nothing, |case| {
        case.is("event", "test header X-ENCORD-EDITOR-AGENT")
    }),
    row("the test header has a second name in the specification", 200, Body::Nothing, |case| {
        case.is("editor test header", "X-Encord-Agent instead")
    }),
    row("a byte order mark is accepted", 200, Body::FrameData, |case| case.is("body", "byte order mark")),
    row("the frame is optional in the specification", 200, Body::FrameData, |case| case.is("body", "frame null")),
    row("an agent is called with POST", 405, Body::Message, |case| case.is("event", "OPTIONS event")),
    // ---- refusals
    row("frames have 64 bits", 422, Body::Fields, is_huge),
    row("invalid fields get 422 with one entry each", 422, Body::Fields, |case| {
        case.status() == Some(400) && !case.fields().is_empty() && !reads_otherwise(case)
    }),
    row("JSON that is not an object gets 422", 422, Body::Message, |case| {
        let no_object = ["null", "true", "string", "array"].contains(&case.name.as_str());
        case.group == "body" && no_object || case.is("event", "body a list")
    }),
    row("an empty object is a validation error, not a missing body", 422, Body::Message, |case| {
        case.is("event", "body empty dict")
    }),
    row("malformed JSON gets a sentence without the input", 400, Body::Message, |case| {
        case.status() == Some(400) && case.has_no_json() && !reads_otherwise(case)
    }),
    row("a lone surrogate and a number out of range are JSON in an invalid field", 422, Body::Message, |case| {
        case.is("body", "lone surrogate escape") || case.is("body", "frame written 1E400")
    }),
    // ---- the platform
    row(
        "an agent that does not need the project does not request it, so it is not forbidden",
        200,
        Body::Any,
        |case| {
            let unasked =
                ["unknown project on /client", "projectHash '00000000-0000-0000-0000-000000000000'", "unknown project"];
            case.status() == Some(403) && unasked.contains(&case.name.as_str())
        },
    ),
    row("403 has the reason; the wrapper says `Forbidden`", 403, Body::Message, |case| {
        let asked = ["/label-row", "/storage-item", "/project"].contains(&case.route.as_str());
        case.status() == Some(403) && asked
    }),
    row("an authorization error of the agent is 403", 403, Body::Message, |case| case.route == "/authorisation-error"),
    row("a missing selected object gets 404 with its hash", 404, Body::Message, asks_for_no_object),
    row("the wrapper raises if something is missing, so that gateways respond with 502", 404, Body::Message, |case| {
        let found = case.name == "asset of an image group";
        case.answer.is_none() && (case.group == "dependency" && !found || case.name == "project: HTTP 404")
    }),
    row("the wrapper raises on authorization errors of the platform other than 403", 403, Body::Message, |case| {
        case.answer.is_none()
            && case.group == "platform error"
            && !case.name.starts_with("project: HTTP 4")
            && !case.name.ends_with("504")
            || case.is("platform error", "project: HTTP 401")
    }),
    row("the wrapper raises on errors of the platform", 502, Body::Message, |case| case.name == "project: HTTP 422"),
    row("the wrapper raises on timeouts of the platform", 504, Body::Message, |case| case.name == "project: HTTP 504"),
    // ---- bugs
    row("an internal error has the trace ID to report, not its text", 500, Body::Bug, |case| {
        case.status() == Some(500) && case.route != "/authorisation-error"
    }),
];

fn says_nothing(case: &WrapperCase) -> bool {
    matches!(case.route.as_str(), "/nothing" | "/respond")
}

fn is_test(case: &WrapperCase) -> bool {
    case.group == "editor test header" || case.is("event", "test header X-Encord-Editor-Agent")
}

/// Returns whether there is no agent at the path.
fn is_elsewhere(case: &WrapperCase) -> bool {
    matches!(case.route.as_str(), "/nowhere" | "/frame-data/" | "//frame-data" | "/Frame-Data")
}

fn is_huge(case: &WrapperCase) -> bool {
    case.is("body", "frame 10000000000000000000000000")
}

fn asks_for_no_object(case: &WrapperCase) -> bool {
    case.is("dependency", "object crops of unknown objects")
}

/// Returns whether a case has its own row.
fn reads_otherwise(case: &WrapperCase) -> bool {
    let named = [
        "byte order mark",
        "frame null",
        "form body",
        "body base64",
        "OPTIONS event",
        "test header X-ENCORD-EDITOR-AGENT",
        "X-Encord-Agent instead",
        "lone surrogate escape",
        "body empty dict",
    ];
    named.contains(&case.name.as_str())
}
