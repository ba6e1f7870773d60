//! Stages of a request, in the order of this server. The first stage that applies decides the response.

use std::collections::HashMap;

use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::recorded::Case;

/// Default maximum body, in bytes.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// Maximum nesting of a body.
const MAX_DEPTH: usize = 64;

/// Paths of the contract agent.
const AGENTS: [&str; 24] = [
    "/frame-data",
    "/client",
    "/project",
    "/label-row",
    "/label-row-with-args",
    "/label-row-branch",
    "/storage-item",
    "/single-frame",
    "/asset",
    "/video-iterator",
    "/object-crops",
    "/object-crops-filtered",
    "/objects",
    "/everything",
    "/add-box",
    "/update-metadata",
    "/set-priority",
    "/complete",
    "/respond",
    "/nothing",
    "/no-body",
    "/agent-exception",
    "/authorisation-error",
    "/crash",
];

/// The stage of a request that decides the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The HTTP library rejects the framing.
    Framing,
    /// A preflight.
    Preflight,
    /// A page of the server itself.
    OwnPage,
    /// There is no agent at the path.
    NoAgent,
    /// An agent, with another method than `POST`.
    Method,
    /// The test header.
    Test,
    /// The second name of the test header.
    SecondTest,
    /// A disallowed origin sends another content type than JSON, without a preflight.
    Unasked,
    /// The body is too large.
    Large,
    /// The body is empty.
    Empty,
    /// The content type is not JSON.
    Type,
    /// The body is UTF-16 or UTF-32.
    WideText,
    /// The body is not UTF-8.
    NotText,
    /// The body is nested too deep.
    Deep,
    /// The body is not JSON.
    NotJson,
    /// The body is JSON, but not an object.
    NotObject,
    /// A field is invalid.
    Fields,
    /// The agent runs.
    Runs,
}

impl Stage {
    pub(crate) fn of(case: &Case) -> Self {
        let (method, path) = (case.request.method.as_str(), case.path());
        if case.request.framing.as_deref().is_some_and(|framing| framing.starts_with("Content-Length: ")) {
            return Self::Framing;
        }
        let has = |name: &str| case.request.header(name).is_some();
        if method == "OPTIONS" && has("origin") && has("access-control-request-method") {
            return Self::Preflight;
        }
        if matches!(path.as_str(), "/" | "/docs" | "/healthz" | "/readyz" | "/metrics" | "/openapi.json") {
            return Self::OwnPage;
        }
        if !AGENTS.contains(&path.as_str()) {
            return Self::NoAgent;
        }
        if method != "POST" {
            return Self::Method;
        }
        let given = |name: &str| case.request.header(name).is_some_and(|value| !value.trim().is_empty());
        match (given("x-encord-editor-agent"), given("x-encord-agent")) {
            (true, _) => Self::Test,
            (false, true) => Self::SecondTest,
            (false, false) => Self::of_call(case, &path),
        }
    }

    fn of_call(case: &Case, path: &str) -> Self {
        let sent_as_json = case.is_sent_as_json();
        if case.request.header("origin").is_some() && !case.allows_origin() && !sent_as_json {
            return Self::Unasked;
        }
        let body = case.request.body();
        if body.len() > MAX_BODY {
            return Self::Large;
        }
        if path == "/no-body" {
            return Self::Runs;
        }
        // Without a length, there is no body on the wire.
        if body.is_empty() || case.request.framing.as_deref() == Some("no Content-Length") {
            return Self::Empty;
        }
        if !sent_as_json {
            return Self::Type;
        }
        if is_wide(&body) {
            return Self::WideText;
        }
        match std::str::from_utf8(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body)) {
            Ok(text) => Self::of_text(text),
            Err(_) => Self::NotText,
        }
    }

    fn of_text(text: &str) -> Self {
        if depth(text) > MAX_DEPTH {
            return Self::Deep;
        }
        if serde_json::from_str::<IgnoredAny>(text).is_err() {
            return Self::NotJson;
        }
        if !text.starts_with('{') {
            return Self::NotObject;
        }
        if has_wrong_member(text) { Self::Fields } else { Self::Runs }
    }
}

/// Returns whether a text is UTF-16 or UTF-32. Python detects both by zero bytes at the beginning or by the byte order mark.
fn is_wide(body: &[u8]) -> bool {
    body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") || body.get(..2).is_some_and(|two| two.contains(&0))
}

/// Returns the nesting depth of arrays and objects.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Returns whether one of the four fields is invalid.
fn has_wrong_member(text: &str) -> bool {
    // A name with half a surrogate pair is none of the four.
    let text = text.replace("\"\\ud800\":", "\"(half a character)\":");
    let members: HashMap<String, Box<RawValue>> = serde_json::from_str(&text).unwrap_or_default();
    let get = |name: &str| members.get(name).map(|value| value.get());
    let uuid = |raw: Option<&str>| {
        let text = raw.and_then(|raw| serde_json::from_str::<String>(raw).ok());
        text.is_some_and(|text| uuid::Uuid::parse_str(&text).is_ok())
    };
    let hashes = |raw: &str| serde_json::from_str::<Option<Vec<String>>>(raw).is_ok();
    !uuid(get("projectHash"))
        || !uuid(get("dataHash"))
        || !get("frame").is_none_or(is_frame)
        || !get("objectHashes").is_none_or(hashes)
}

/// Returns whether this is a frame of 64 bits, or null.
fn is_frame(raw: &str) -> bool {
    let text = match serde_json::from_str::<Value>(raw) {
        Ok(Value::Null | Value::Bool(_)) => return true,
        // An exponent counts in numbers only.
        Ok(Value::String(text)) if text.contains(['e', 'E', 'x']) => return false,
        Ok(Value::String(text)) => text.trim().trim_start_matches('+').replace('_', ""),
        Ok(Value::Number(_)) => raw.to_owned(),
        _ => return false,
    };
    let is_integer = text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
    let Ok(number) = text.parse::<f64>() else { return false };
    match is_integer {
        true => number == 0.0 || text.parse::<u64>().is_ok(),
        false => number.fract() == 0.0 && (0.0..9_223_372_036_854_775_808.0).contains(&number),
    }
}
