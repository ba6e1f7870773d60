//! Deliberate differences between the responses of this server and those of the Python package.
//!
//! The platform shows at most 256 characters of `message`. Like the package, this server sends longer ones whole. It also logs a
//! warning.

use super::instead::{Body, Headers};
use super::recorded::Case;
use super::stage::Stage;

/// A row of the table. Aspects that are `None` equal the recording.
#[derive(Clone, Copy)]
pub(crate) struct Difference {
    pub(crate) because: &'static str,
    /// Returns whether the row covers a case, from its request and its recorded response, not from its name.
    pub(crate) covers: fn(&Case) -> bool,
    pub(crate) status: Option<u16>,
    pub(crate) body: Option<Body>,
    pub(crate) headers: Option<Headers>,
}

/// An empty row: all aspects equal the recording.
pub(crate) const AS_RECORDED: Difference =
    Difference { because: "", covers: |_| false, status: None, body: None, headers: None };

/// Creates a row for another status, body and headers.
const fn other(because: &'static str, status: u16, body: Body, covers: fn(&Case) -> bool) -> Difference {
    Difference { because, covers, status: Some(status), body: Some(body), headers: Some(Headers::AsEveryAnswer) }
}

/// Creates a row for another status and body, with the recorded headers.
const fn status(because: &'static str, status: u16, body: Body, covers: fn(&Case) -> bool) -> Difference {
    Difference { because, covers, status: Some(status), body: Some(body), headers: None }
}

/// Creates a row for another body, with the recorded status and headers.
const fn body(because: &'static str, body: Body, covers: fn(&Case) -> bool) -> Difference {
    Difference { because, covers, status: None, body: Some(body), headers: None }
}

/// All deliberate differences. At most one row covers a case.
pub(crate) const DIFFERENCES: &[Difference] = &[
    // ---- browsers
    Difference {
        because: "a preflight allows two more headers: the second name of the test header, and W3C trace IDs",
        covers: |case| stage(case, Stage::Preflight, 200),
        headers: Some(Headers::OfPreflight),
        ..AS_RECORDED
    },
    Difference {
        because: "a preflight that requests only these two headers succeeds",
        covers: |case| stage(case, Stage::Preflight, 400) && case.refused().is_empty() && !case.asks_private_network(),
        status: Some(200),
        body: Some(Body::Granted),
        headers: Some(Headers::OfPreflight),
    },
    Difference {
        because: "the public page of the editor can call an agent on a private network",
        covers: |case| stage(case, Stage::Preflight, 400) && case.refused().is_empty() && case.asks_private_network(),
        status: Some(200),
        body: Some(Body::Granted),
        headers: Some(Headers::OfPreflight),
    },
    Difference {
        because: "a rejected preflight gives the reason in JSON, like every error",
        covers: |case| stage(case, Stage::Preflight, 400) && !case.refused().is_empty(),
        body: Some(Body::Refusal),
        headers: Some(Headers::OfPreflight),
        ..AS_RECORDED
    },
    Difference {
        because: "the response to a test call has CORS headers",
        covers: |case| stage(case, Stage::Test, 200),
        headers: Some(Headers::AsEveryAnswer),
        ..AS_RECORDED
    },
    other("a test call succeeds only on paths of agents", 404, Body::Message, |case| {
        stage(case, Stage::NoAgent, 200) && case.request.method == "POST"
    }),
    status("the test header has a second name in the specification", 200, Body::Nothing, |case| {
        is_second_test(case) && matches!(case.status(), 400..=499)
    }),
    other("a test call with the second name runs no agent that could crash", 200, Body::Nothing, |case| {
        is_second_test(case) && case.status() == 500
    }),
    body("a test call with the second name runs no agent", Body::Nothing, |case| {
        is_second_test(case) && case.status() == 200 && case.recorded.text != "null"
    }),
    status(
        "a disallowed origin must send JSON, which requires a preflight, also to an agent that reads no body",
        415,
        Body::Message,
        |case| case.stage() == Stage::Unasked,
    ),
    // ---- methods and paths
    body("an error is `{\"message\"}`, which the editor shows to the annotator", Body::Message, |case| {
        match case.stage() {
            Stage::NoAgent => case.status() == 404 && has_body(case),
            Stage::Method => case.status() == 405 && has_body(case),
            Stage::NotText | Stage::Deep => case.status() == 400,
            Stage::NotObject => case.status() == 422,
            _ => false,
        }
    }),
    status(
        "no redirect, because a browser does not follow one after a preflight; the message names the path",
        404,
        Body::Message,
        |case| stage(case, Stage::NoAgent, 307),
    ),
    Difference {
        because: "`GET /` lists the agents",
        covers: |case| is_read(case, "/") && has_body(case),
        status: Some(200),
        body: Some(Body::Listing),
        headers: Some(Headers::AsListing),
    },
    Difference {
        because: "`HEAD /` has the headers of the listing",
        covers: |case| is_read(case, "/") && !has_body(case),
        status: Some(200),
        headers: Some(Headers::AsListing),
        ..AS_RECORDED
    },
    status("health and metrics have their own paths", 200, Body::OwnPage, |case| {
        is_read(case, "/healthz") || is_read(case, "/readyz") || is_read(case, "/metrics")
    }),
    Difference {
        because: "the server's own pages allow GET only, also for test calls",
        covers: |case| is_sent_to_own_page(case) && case.status() != 405,
        status: Some(405),
        body: Some(Body::Message),
        headers: Some(Headers::OfOwnPage),
    },
    Difference {
        because: "a wrong method on the server's own pages has a message",
        covers: |case| is_sent_to_own_page(case) && case.status() == 405,
        body: Some(Body::Message),
        headers: Some(Headers::OfOwnPage),
        ..AS_RECORDED
    },
    body("the OpenAPI document and its page are not FastAPI's", Body::OwnPage, |case| {
        has_body(case) && (is_read(case, "/docs") || is_read(case, "/openapi.json"))
    }),
    status("FastAPI's other pages do not exist", 404, Body::Message, |case| {
        is_fastapi_page(case) && case.status() == 200 && has_body(case)
    }),
    other("their other methods do not exist", 404, Body::Message, |case| is_fastapi_page(case) && case.status() == 405),
    other("an unknown method gets 405; uvicorn treats it as malformed HTTP", 405, Body::Message, |case| {
        stage(case, Stage::Method, 400)
    }),
    body("malformed HTTP is answered by the HTTP library, which sends no body", Body::Empty, |case| {
        case.stage() == Stage::Framing
    }),
    // ---- bodies
    status("bodies are limited. Default: 2 MiB", 413, Body::Message, |case| case.stage() == Stage::Large),
    status("an empty body is a malformed request, not a validation error", 400, Body::Message, |case| {
        stage(case, Stage::Empty, 422)
    }),
    status(
        "another content type than JSON is an unsupported media type, not a validation error",
        415,
        Body::Message,
        |case| stage(case, Stage::Type, 422),
    ),
    status("JSON is UTF-8: UTF-16 and UTF-32, which Python detects, are rejected", 400, Body::Message, |case| {
        case.stage() == Stage::WideText
    }),
    status("nesting is limited", 400, Body::Message, |case| stage(case, Stage::Deep, 200)),
    status("malformed JSON is a malformed request, not a validation error", 400, Body::Message, |case| {
        stage(case, Stage::NotJson, 422)
    }),
    status("`NaN` and `Infinity` are not JSON, also in unknown members", 400, Body::Message, |case| {
        stage(case, Stage::NotJson, 200)
    }),
    other("`NaN` and `Infinity` are not JSON, and not an error of the server", 400, Body::Message, |case| {
        stage(case, Stage::NotJson, 500)
    }),
    body("`message` and `errors` name the invalid fields, at most five entries of a list", Body::Fields, |case| {
        stage(case, Stage::Fields, 422)
    }),
    status("frames have 64 bits", 422, Body::Message, |case| stage(case, Stage::Fields, 200)),
    other("a value at which the Python package fails is a validation error", 422, Body::Message, |case| {
        matches!(case.stage(), Stage::Fields | Stage::NotObject) && case.status() == 500
    }),
    status("the frame is optional in the specification", 200, Body::NoFrame, |case| {
        stage(case, Stage::Runs, 422) && case.path() == "/frame-data"
    }),
    status("the frame is optional for an agent that does not read it", 200, Body::Nothing, |case| {
        stage(case, Stage::Runs, 422) && case.path() == "/nothing"
    }),
    // ---- bugs
    Difference {
        because: "an internal error is JSON with the trace ID to report, and has CORS headers",
        covers: |case| stage(case, Stage::Runs, 500) && matches!(case.route(), "/crash" | "/respond"),
        body: Some(Body::Bug),
        headers: Some(Headers::AsEveryAnswer),
        ..AS_RECORDED
    },
    // ---- the platform
    other(
        "errors of authorization on the platform become 403; in the Python package only a 403 does",
        403,
        Body::Message,
        |case| {
            case.status() == 500
                && matches!(
                    case.platform_fault(),
                    Some("HTTP 401" | "HTTP 403" | "AUTHENTICATION_ERROR" | "SSH_KEY_NOT_FOUND_ERROR")
                )
        },
    ),
    body("a message is a string, also if the platform sends a list", Body::Message, |case| {
        case.status() == 403 && case.recorded.json().is_some_and(|body| body["message"].is_array())
    }),
    other("404 of the platform becomes 404", 404, Body::Message, |case| {
        matches!(case.platform_fault(), Some("HTTP 404" | "RESOURCE_NOT_FOUND_ERROR"))
    }),
    other("other errors of the platform become 502, not an internal error", 502, Body::Message, |case| {
        matches!(case.platform_fault(), Some("HTTP 400" | "HTTP 409" | "HTTP 422"))
    }),
    other("timeouts of the platform become 504, not an internal error", 504, Body::Message, |case| {
        case.platform_fault() == Some("HTTP 504")
    }),
    body(
        "a data unit, its storage item and its file need the listing, not the project: the listing is forbidden",
        Body::Message,
        |case| {
            let takes_the_listing = matches!(case.route(), "/storage-item" | "/single-frame" | "/asset");
            stage(case, Stage::Runs, 403) && case.platform_fault().is_none() && takes_the_listing
        },
    ),
    other("a missing data unit or object gets 404 with its hash", 404, Body::Missing, |case| {
        is_not_there(case) && !asks_for_frame_beyond(case)
    }),
    other("a missing frame gets 404 with the number of frames", 404, Body::NoSuchFrame, |case| {
        is_not_there(case) && asks_for_frame_beyond(case)
    }),
    status("a missing selected object gets 404 with its hash; Python skips it", 404, Body::Missing, |case| {
        asks_for(case, "/object-crops", 200) && !case.recorded_has_selected_objects()
    }),
    // ---- pixels
    body("decoders round differently: mean colors differ by less than 2 of 255", Body::NearlyTheColours, |case| {
        asks_for(case, "/single-frame", 200)
    }),
    body(
        "the file of an image group's image is named after the image, not after image groups",
        Body::Suffix(".jpeg"),
        |case| asks_for(case, "/asset", 200) && case.suffix() == ".png" && !case.is_about_video(),
    ),
    body("an asset is the whole file; FastAPI gives the PNG of one frame of a video", Body::File(".mp4"), |case| {
        asks_for(case, "/asset", 200) && case.suffix() == ".png" && case.is_about_video()
    }),
];

fn stage(case: &Case, stage: Stage, status: u16) -> bool {
    case.stage() == stage && case.status() == status
}

/// Returns whether a case reaches the agent at this path and has this recorded status.
fn asks_for(case: &Case, path: &str, status: u16) -> bool {
    stage(case, Stage::Runs, status) && case.route() == path
}

fn has_body(case: &Case) -> bool {
    case.request.method != "HEAD"
}

fn is_second_test(case: &Case) -> bool {
    case.stage() == Stage::SecondTest
}

/// Returns whether a case reads a page of the server itself.
fn is_read(case: &Case, path: &str) -> bool {
    case.stage() == Stage::OwnPage && matches!(case.request.method.as_str(), "GET" | "HEAD") && case.path() == path
}

/// Returns whether a case sends something to a page of the server itself.
fn is_sent_to_own_page(case: &Case) -> bool {
    case.stage() == Stage::OwnPage && case.request.method == "POST"
}

/// Returns whether a case requests a page of `FastAPI` that this server lacks.
fn is_fastapi_page(case: &Case) -> bool {
    let pages = ["/docs/oauth2-redirect", "/redoc"];
    // With the test header, the page is not looked at.
    case.stage() == Stage::NoAgent
        && pages.contains(&case.path().as_str())
        && !(case.request.method == "POST" && case.status() == 200)
}

/// Returns whether the Python package fails because data, an object or a frame is missing.
fn is_not_there(case: &Case) -> bool {
    stage(case, Stage::Runs, 500)
        && case.platform_fault().is_none()
        && !matches!(case.route(), "/crash" | "/respond" | "/authorisation-error")
}

fn asks_for_frame_beyond(case: &Case) -> bool {
    case.route() == "/single-frame" && case.is_about_known_data()
}
