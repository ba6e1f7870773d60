//! Where we answer otherwise than the Python package did, what we answer instead, and why.

use crate::instead::{Body, Headers};
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
    // ---- the platform
    Difference {
        because: "a platform that refuses the agent refuses the annotator; the Python package says so of 403 only",
        covers: |case| {
            case.is("platform error", "project: HTTP 401")
                || case.is("platform error", "signed URL: HTTP 403")
                || lists_under_an_unknown_key(case)
        },
        status: Some(403),
        body: Some(Body::Message),
        headers: Some(Headers::AsEveryAnswer),
    },
    Difference {
        because: "a message is text, also where the platform sends a list",
        covers: |case| case.is("platform error", "project: HTTP 403 whose detail is a list"),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    Difference {
        because: "the storage item of a data unit takes the listing, not the project: the listing refuses",
        covers: |case| case.is("dependency", "unknown project on /storage-item"),
        body: Some(Body::Message),
        ..AS_RECORDED
    },
    Difference {
        because: "a data unit or an object that is not there is not found, and named",
        covers: |case| case.group == "dependency" && case.status() == 500 && case.route() != "/single-frame",
        status: Some(404),
        body: Some(Body::Missing),
        headers: Some(Headers::AsEveryAnswer),
    },
    Difference {
        because: "a selected object that is not there is not found, and named; without it there is nothing to cut out",
        covers: |case| case.is("dependency", "object crops of unknown objects"),
        status: Some(404),
        body: Some(Body::Missing),
        ..AS_RECORDED
    },
    Difference {
        because: "a frame that is not there is not found, and told with the number of frames",
        covers: |case| case.group == "dependency" && case.status() == 500 && case.route() == "/single-frame",
        status: Some(404),
        body: Some(Body::NoSuchFrame),
        headers: Some(Headers::AsEveryAnswer),
    },
    // ---- pixels
    Difference {
        because: "decoders round differently: the mean of a colour is off by less than 2 of 255",
        covers: |case| case.route() == "/single-frame" && case.status() == 200,
        body: Some(Body::NearlyTheColours),
        ..AS_RECORDED
    },
    Difference {
        because: "the file of an image group's image is named after the image, not after image groups",
        covers: |case| case.is("dependency", "asset of an image group"),
        body: Some(Body::Suffix(".jpeg")),
        ..AS_RECORDED
    },
    Difference {
        because: "what the platform does not find is not found",
        covers: |case| case.is("platform error", "project: HTTP 404"),
        status: Some(404),
        body: Some(Body::Message),
        headers: Some(Headers::AsEveryAnswer),
    },
    Difference {
        because: "a platform that fails is a bad gateway, not a bug of the agent's",
        covers: |case| case.group == "platform error" && case.name.ends_with("422"),
        status: Some(502),
        body: Some(Body::Message),
        headers: Some(Headers::AsEveryAnswer),
    },
    Difference {
        because: "a platform that is too slow is a gateway that is too slow, not a bug of the agent's",
        covers: |case| case.group == "platform error" && case.name.ends_with("504"),
        status: Some(504),
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

fn lists_under_an_unknown_key(case: &Case) -> bool {
    case.group == "platform error" && case.name.starts_with("list label rows: ")
}
