//! Where we answer otherwise than the Python package did, what we answer instead, and why.
//!
//! One fact differs from the editor and from no recording: the platform shows at most 256 characters of `message`. The package and
//! this server send longer ones whole; here the log has a warning.

use super::instead::{Body, Headers};
use super::recorded::Case;
use super::stage::Stage;

/// A row of the table: what is `None` is as it was recorded.
#[derive(Clone, Copy)]
pub(crate) struct Difference {
    pub(crate) because: &'static str,
    /// Whether the row holds for a case: what it is and what was recorded, never what it is called.
    pub(crate) covers: fn(&Case) -> bool,
    pub(crate) status: Option<u16>,
    pub(crate) body: Option<Body>,
    pub(crate) headers: Option<Headers>,
}

/// A row that covers nothing and says nothing.
pub(crate) const AS_RECORDED: Difference =
    Difference { because: "", covers: |_| false, status: None, body: None, headers: None };

/// A row for another status, body and headers.
const fn other(because: &'static str, status: u16, body: Body, covers: fn(&Case) -> bool) -> Difference {
    Difference { because, covers, status: Some(status), body: Some(body), headers: Some(Headers::AsEveryAnswer) }
}

/// A row for another status and body, with the recorded headers.
const fn status(because: &'static str, status: u16, body: Body, covers: fn(&Case) -> bool) -> Difference {
    Difference { because, covers, status: Some(status), body: Some(body), headers: None }
}

/// A row for another body, with the recorded status and headers.
const fn body(because: &'static str, body: Body, covers: fn(&Case) -> bool) -> Difference {
    Difference { because, covers, status: None, body: Some(body), headers: None }
}

/// Every deliberate difference. A case is covered by one row at most.
pub(crate) const DIFFERENCES: &[Difference] = &[
    // ---- browsers
    Difference {
        because: "a preflight announces two more headers: the second name of the test header, and W3C trace ids",
        covers: |case| stage(case, Stage::Preflight, 200),
        headers: Some(Headers::OfPreflight),
        ..AS_RECORDED
    },
    Difference {
        because: "a preflight that asks for no more than these two headers is granted",
        covers: |case| stage(case, Stage::Preflight, 400) && case.refused().is_empty() && !case.asks_private_network(),
        status: Some(200),
        body: Some(Body::Granted),
        headers: Some(Headers::OfPreflight),
    },
    Difference {
        because: "the editor's public page may call an agent on a private network",
        covers: |case| stage(case, Stage::Preflight, 400) && case.refused().is_empty() && case.asks_private_network(),
        status: Some(200),
        body: Some(Body::Granted),
        headers: Some(Headers::OfPreflight),
    },
    Difference {
        because: "a refused preflight says why in JSON, like every refusal",
        covers: |case| stage(case, Stage::Preflight, 400) && !case.refused().is_empty(),
        body: Some(Body::Refusal),
        headers: Some(Headers::OfPreflight),
        ..AS_RECORDED
    },
    Difference {
        because: "a browser may read the answer to a test header too",
        covers: |case| stage(case, Stage::Test, 200),
        headers: Some(Headers::AsEveryAnswer),
        ..AS_RECORDED
    },
    other(
        "a test header is answered where there is an agent, so that it tests something",
        404,
        Body::Message,
        |case| stage(case, Stage::NoAgent, 200) && case.request.method == "POST",
    ),
    status("the test header has a second name in the specification", 200, Body::Nothing, |case| {
        is_second_test(case) && matches!(case.status(), 400..=499)
    }),
    other("the test header's second name runs nothing that could crash", 200, Body::Nothing, |case| {
        is_second_test(case) && case.status() == 500
    }),
    body("the test header's second name runs no agent", Body::Nothing, |case| {
        is_second_test(case) && case.status() == 200 && case.recorded.text != "null"
    }),
    status(
        "a page that may not call has to ask first, and so sends JSON, also to an agent that reads no body",
        415,
        Body::Message,
        |case| case.stage() == Stage::Unasked,
    ),
    // ---- methods and paths
    body("a refusal is `{\"message\"}`, which the editor shows to the annotator", Body::Message, |case| {
        match case.stage() {
            Stage::NoAgent => case.status() == 404 && has_body(case),
            Stage::Method => case.status() == 405 && has_body(case),
            Stage::NotText | Stage::Deep => case.status() == 400,
            Stage::NotObject => case.status() == 422,
            _ => false,
        }
    }),
    status(
        "no redirect: a browser does not follow one after a preflight; the message says which path was meant",
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
    status("health and metrics are read at paths of their own", 200, Body::OwnPage, |case| {
        is_read(case, "/healthz") || is_read(case, "/readyz") || is_read(case, "/metrics")
    }),
    Difference {
        because: "the server's own pages are read, not called, with the test header as well",
        covers: |case| case.stage() == Stage::OwnPage && case.request.method == "POST",
        status: Some(405),
        body: Some(Body::Message),
        headers: Some(Headers::OfOwnPage),
    },
    status("FastAPI's description of itself and the pages that show it are not ours", 404, Body::Message, |case| {
        is_fastapi_page(case) && case.status() == 200 && has_body(case)
    }),
    Difference {
        because: "nor are their headers",
        covers: |case| is_fastapi_page(case) && case.status() == 200 && !has_body(case),
        status: Some(404),
        ..AS_RECORDED
    },
    other("nor are their methods", 404, Body::Message, |case| is_fastapi_page(case) && case.status() == 405),
    other(
        "an unknown method is a method that does not do; uvicorn takes it for broken HTTP",
        405,
        Body::Message,
        |case| stage(case, Stage::Method, 400),
    ),
    body("broken HTTP is answered by the HTTP library, which sends the status alone", Body::Empty, |case| {
        case.stage() == Stage::Framing
    }),
    // ---- bodies
    status("a body has a limit, 2 MiB unless configured", 413, Body::Message, |case| case.stage() == Stage::Large),
    status("an empty body is a bad request; its fields are not wrong, there are none", 400, Body::Message, |case| {
        stage(case, Stage::Empty, 422)
    }),
    status("what is not sent as JSON has the wrong media type; its fields are not wrong", 415, Body::Message, |case| {
        stage(case, Stage::Type, 422)
    }),
    status("JSON is UTF-8: UTF-16 and UTF-32, which Python recognises, are refused", 400, Body::Message, |case| {
        case.stage() == Stage::WideText
    }),
    status("a body has a limit to its nesting", 400, Body::Message, |case| stage(case, Stage::Deep, 200)),
    status("what is not JSON is a bad request; its fields are not wrong, there are none", 400, Body::Message, |case| {
        stage(case, Stage::NotJson, 422)
    }),
    status("`NaN` and `Infinity` are not JSON, also in a member that nobody reads", 400, Body::Message, |case| {
        stage(case, Stage::NotJson, 200)
    }),
    other("`NaN` and `Infinity` are not JSON, and no bug of the server", 400, Body::Message, |case| {
        stage(case, Stage::NotJson, 500)
    }),
    body(
        "wrong fields are named in `message` and one by one in `errors`, of a list five entries",
        Body::Fields,
        |case| stage(case, Stage::Fields, 422),
    ),
    status("a frame has 64 bits", 422, Body::Message, |case| stage(case, Stage::Fields, 200)),
    other("a value that the Python package stumbles over is a wrong field", 422, Body::Message, |case| {
        matches!(case.stage(), Stage::Fields | Stage::NotObject) && case.status() == 500
    }),
    status("the specification lets an editor leave out the frame", 200, Body::NoFrame, |case| {
        stage(case, Stage::Runs, 422) && case.path() == "/frame-data"
    }),
    status("the same for an agent that does not read it", 200, Body::Nothing, |case| {
        stage(case, Stage::Runs, 422) && case.path() == "/nothing"
    }),
    // ---- bugs
    Difference {
        because: "a bug is answered in JSON, with the trace id to report, and a browser may read it",
        covers: |case| stage(case, Stage::Runs, 500) && matches!(case.route(), "/crash" | "/respond"),
        body: Some(Body::Bug),
        headers: Some(Headers::AsEveryAnswer),
        ..AS_RECORDED
    },
    // ---- the platform
    other(
        "a platform that refuses the agent refuses the annotator; the Python package says so of 403 only",
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
    body("a message is text, also where the platform sends a list", Body::Message, |case| {
        case.status() == 403 && case.recorded.json().is_some_and(|body| body["message"].is_array())
    }),
    other("what the platform does not find is not found", 404, Body::Message, |case| {
        matches!(case.platform_fault(), Some("HTTP 404" | "RESOURCE_NOT_FOUND_ERROR"))
    }),
    other("a platform that fails is a bad gateway, not a bug of the agent's", 502, Body::Message, |case| {
        matches!(case.platform_fault(), Some("HTTP 400" | "HTTP 409" | "HTTP 422"))
    }),
    other(
        "a platform that is too slow is a gateway that is too slow, not a bug of the agent's",
        504,
        Body::Message,
        |case| case.platform_fault() == Some("HTTP 504"),
    ),
    body(
        "a data unit, its storage item and its file take the listing, not the project: the listing refuses",
        Body::Message,
        |case| {
            let takes_the_listing = matches!(case.route(), "/storage-item" | "/single-frame" | "/asset");
            stage(case, Stage::Runs, 403) && case.platform_fault().is_none() && takes_the_listing
        },
    ),
    other("a data unit or an object that is not there is not found, and named", 404, Body::Missing, |case| {
        is_not_there(case) && !asks_for_frame_beyond(case)
    }),
    other(
        "a frame that is not there is not found, and told with the number of frames",
        404,
        Body::NoSuchFrame,
        |case| is_not_there(case) && asks_for_frame_beyond(case),
    ),
    status(
        "a selected object that is not there is not found, and named; Python leaves it out",
        404,
        Body::Missing,
        |case| asks_for(case, "/object-crops", 200) && !case.recorded_has_selected_objects(),
    ),
    // ---- pixels
    body(
        "decoders round differently: the mean of a colour is off by less than 2 of 255",
        Body::NearlyTheColours,
        |case| asks_for(case, "/single-frame", 200),
    ),
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

/// A case that reaches the agent at this path, with this recorded status.
fn asks_for(case: &Case, path: &str, status: u16) -> bool {
    stage(case, Stage::Runs, status) && case.route() == path
}

fn has_body(case: &Case) -> bool {
    case.request.method != "HEAD"
}

fn is_second_test(case: &Case) -> bool {
    case.stage() == Stage::SecondTest
}

/// A page of the server that is read.
fn is_read(case: &Case, path: &str) -> bool {
    case.stage() == Stage::OwnPage && matches!(case.request.method.as_str(), "GET" | "HEAD") && case.path() == path
}

fn is_fastapi_page(case: &Case) -> bool {
    let pages = ["/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"];
    // With the test header, the page is not looked at.
    case.stage() == Stage::NoAgent
        && pages.contains(&case.path().as_str())
        && !(case.request.method == "POST" && case.status() == 200)
}

/// A case of data, objects or frames that the Python package does not find.
fn is_not_there(case: &Case) -> bool {
    stage(case, Stage::Runs, 500)
        && case.platform_fault().is_none()
        && !matches!(case.route(), "/crash" | "/respond" | "/authorisation-error")
}

fn asks_for_frame_beyond(case: &Case) -> bool {
    case.route() == "/single-frame" && case.is_about_known_data()
}
