//! Request headers of a call.

/// A request header that an agent or the server reads.
#[derive(Debug)]
pub(in crate::http) struct RequestHeader {
    pub(in crate::http) name: &'static str,
    /// Markdown.
    pub(in crate::http) text: &'static str,
    /// Regular expression of its values.
    #[cfg_attr(not(feature = "openapi"), allow(dead_code, reason = "only the OpenAPI document has it"))]
    pub(in crate::http) pattern: &'static str,
}

/// The optional request headers of a call.
pub(in crate::http) const REQUEST_HEADERS: [RequestHeader; 5] = [
    RequestHeader {
        name: "X-Agent-Dry-Run",
        text: "`true` asks for a dry run: nothing is saved, and the response has the label changes as `dryRun`. The call must be \
               signed, unless the server has `AGENT_DRY_RUN=true`.",
        pattern: "^(true|false)$",
    },
    RequestHeader {
        name: "X-Encord-Editor-Agent",
        text: "Any value makes the request a test call: the response is `null`, and the agent does not run. `X-Encord-Agent` does the same.",
        pattern: "^[!-~]+$",
    },
    RequestHeader {
        name: "X-Cloud-Trace-Context",
        text: "The trace that the call belongs to, as `TRACE/SPAN;o=1`. The response has the header, too. Default: a new trace.",
        pattern: "^[A-Za-z0-9_-]{1,64}/[0-9]+(;o=[01])?$",
    },
    RequestHeader {
        name: "Traceparent",
        text: "The trace that the call belongs to, in the form of W3C Trace Context. Ignored if `X-Cloud-Trace-Context` is valid.",
        pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
    },
    RequestHeader {
        name: "Tracestate",
        text: "The state of tracing systems that accompanies `Traceparent`. At most 512 bytes.",
        pattern: "^[ -~]{0,512}$",
    },
];

/// The headers of a signature: name and description.
pub(in crate::http) const SIGNATURE_HEADERS: [(&str, &str); 2] = [
    (
        "X-Encord-Timestamp",
        "Time of the signature, in Unix seconds: at most 300 s before or after the clock of the server.",
    ),
    ("X-Encord-Signature", "The signature: 64 lower-case hexadecimal digits."),
];

/// The computation of a signature.
pub(in crate::http) const SIGNATURE_SCHEME: &str = "The signature is HMAC-SHA256 of the timestamp, a `.` and the body as it is sent, with the secret that the platform shows for \
     the address (`ENCORD_WEBHOOK_SECRET`) as the key.";
