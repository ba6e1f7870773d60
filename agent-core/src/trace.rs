//! The trace a call belongs to: taken from the caller's headers, given out again, never shared between calls.

use std::sync::Arc;

use agent_platform::client::TraceId;
use http::header::Entry;
use http::{HeaderMap, HeaderName, HeaderValue};

/// The header that Encord's editor and platform use.
pub const CLOUD_TRACE: HeaderName = HeaderName::from_static("x-cloud-trace-context");
/// The W3C header, used by everyone else.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The W3C header with the state of tracing systems, which accompanies `traceparent`.
pub const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Maximum length of a `tracestate` that is passed on, in bytes.
const MAX_TRACESTATE: usize = 512;

/// The trace of one call: a caller's id if it sent one that is safe to log and to send on, else a fresh one. Cheap to
/// clone.
///
/// `X-Cloud-Trace-Context: TRACE/SPAN;o=1` counts before W3C `traceparent` when both are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    id: TraceId,
    /// `true` if the request had a W3C `traceparent`; the response then has one, too.
    w3c: bool,
    /// One pointer, because most callers send no `traceparent`, and each call moves the trace several times.
    context: Option<Arc<TraceContext>>,
}

/// The trace context that a caller sends with `traceparent`.
#[derive(Debug, PartialEq, Eq)]
struct TraceContext {
    parent: ParentSpan,
    /// The value of `tracestate`.
    state: Option<Arc<str>>,
}

/// A span that other spans of a distributed trace are children of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParentSpan {
    /// The id of its trace. Not 0.
    pub trace_id: u128,
    /// The id of the span. Not 0.
    pub span_id: u64,
    /// `true` if the caller records the trace.
    pub sampled: bool,
}

impl Trace {
    /// Creates a trace with a random id of 32 lower-case hex digits, which is not a secret.
    #[must_use]
    pub fn fresh() -> Self {
        Self { id: TraceId::fresh(), w3c: false, context: None }
    }

    /// Returns the trace that a request names, or a fresh one.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let w3c = from_traceparent(headers);
        let context = w3c.map(|(_, parent)| Arc::new(TraceContext { parent, state: tracestate(headers) }));
        if let Some(id) = from_cloud_trace(headers) {
            return Self { id, w3c: false, context };
        }
        match w3c.and_then(|(id, _)| TraceId::parse(id).ok()) {
            Some(id) => Self { id, w3c: true, context },
            None => Self::fresh(),
        }
    }

    /// Returns the parent of the call's spans: the caller's span, from a W3C `traceparent`. Once a tracer has begun the span of the
    /// call, that span.
    #[must_use]
    pub fn parent(&self) -> Option<ParentSpan> {
        self.context.as_ref().map(|context| context.parent)
    }

    /// Returns the trace with another parent for its spans.
    #[must_use]
    pub fn with_parent(self, parent: ParentSpan) -> Self {
        let state = self.context.and_then(|context| context.state.clone());
        Self { context: Some(Arc::new(TraceContext { parent, state })), ..self }
    }

    /// Returns the caller's `tracestate`, if it sent one with a valid `traceparent`. At most 512 bytes.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.context.as_ref()?.state.as_deref()
    }

    /// Returns the trace id: up to 64 letters, digits, `-` and `_`; 32 hex digits unless the caller chose otherwise.
    #[must_use]
    pub fn id(&self) -> &TraceId {
        &self.id
    }

    /// Writes the trace into the headers of a response, unless they name one already.
    pub fn write(&self, headers: &mut HeaderMap) {
        let Entry::Vacant(unset) = headers.entry(CLOUD_TRACE) else { return };
        if let Ok(value) = HeaderValue::try_from([self.id.as_str(), "/1;o=1"].concat()) {
            unset.insert(value);
        }
        if self.w3c
            && let Ok(value) = HeaderValue::try_from(format!("00-{}-0000000000000001-01", self.id))
        {
            headers.insert(TRACEPARENT, value);
            if let Some(Ok(state)) = self.state().map(HeaderValue::try_from) {
                headers.insert(TRACESTATE, state);
            }
        }
    }
}

/// Returns the trace of the cloud header, if its id is valid.
fn from_cloud_trace(headers: &HeaderMap) -> Option<TraceId> {
    let value = headers.get(CLOUD_TRACE)?.to_str().ok()?;
    TraceId::parse(value).ok()
}

/// Returns the trace id and the parent of `traceparent`: `VERSION-TRACE-PARENT-FLAGS`. Trace and parent are lower-case hex digits
/// that are not all zero.
fn from_traceparent(headers: &HeaderMap) -> Option<(&str, ParentSpan)> {
    let value = headers.get(TRACEPARENT)?.to_str().ok()?;
    let mut fields = value.split('-');
    let (version, id, parent, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next());
    let hex =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if version.len() != 2 || version == "ff" || !hex(id, 32) || !hex(parent, 16) {
        return None;
    }
    let (trace_id, span_id) = (u128::from_str_radix(id, 16).ok()?, u64::from_str_radix(parent, 16).ok()?);
    let sampled = flags.and_then(|flags| u8::from_str_radix(flags, 16).ok()).is_some_and(|flags| flags & 1 == 1);
    (trace_id != 0 && span_id != 0).then_some((id, ParentSpan { trace_id, span_id, sampled }))
}

/// Returns the list of `tracestate`, which can be split over several headers. `None` if it is empty, too long or not ASCII text.
fn tracestate(headers: &HeaderMap) -> Option<Arc<str>> {
    let lists = headers.get_all(TRACESTATE).iter().map(|value| value.to_str().ok());
    let state = lists.collect::<Option<Vec<_>>>()?.join(",");
    (1..=MAX_TRACESTATE).contains(&state.len()).then(|| Arc::from(state))
}

#[cfg(test)]
mod tests {
    use super::*;

    const W3C: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn trace(pairs: &[(HeaderName, &str)]) -> String {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        Trace::from_headers(&headers.collect()).id().to_string()
    }

    #[test]
    fn takes_the_id_before_the_span() {
        assert_eq!(
            trace(&[(CLOUD_TRACE, "105445aa7843bc8bf206b12000100000/7;o=1")]),
            "105445aa7843bc8bf206b12000100000"
        );
        assert_eq!(trace(&[(CLOUD_TRACE, "UPPER/1;o=1")]), "UPPER");
        assert_eq!(trace(&[(TRACEPARENT, W3C)]), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn cloud_header_takes_precedence_if_valid() {
        assert_eq!(trace(&[(CLOUD_TRACE, "abc/1"), (TRACEPARENT, W3C)]), "abc");
        assert_eq!(trace(&[(CLOUD_TRACE, "a b/1"), (TRACEPARENT, W3C)]), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn traceparent_is_the_parent_of_spans() {
        let parent = |pairs: &[(HeaderName, &str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
            Trace::from_headers(&headers.collect()).parent()
        };
        let (trace_id, span_id) = (0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736, 0x00f0_67aa_0ba9_02b7);
        let sampled = Some(ParentSpan { trace_id, span_id, sampled: true });
        assert_eq!(parent(&[(TRACEPARENT, W3C)]), sampled);
        assert_eq!(parent(&[(CLOUD_TRACE, "abc/1"), (TRACEPARENT, W3C)]), sampled);
        let unsampled = W3C.replace("b7-01", "b7-00");
        assert_eq!(parent(&[(TRACEPARENT, &unsampled)]), Some(ParentSpan { trace_id, span_id, sampled: false }));
        assert_eq!(parent(&[(CLOUD_TRACE, "105445aa7843bc8bf206b12000100000/7;o=1")]), None);
        assert_eq!(parent(&[(TRACEPARENT, &W3C.replace("00f067aa0ba902b7", "0000000000000000"))]), None);
        assert_eq!(parent(&[]), None);
    }

    #[test]
    fn tracestate_is_passed_on_beside_traceparent() {
        let sent = |pairs: &[(HeaderName, &str)]| {
            let request = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
            let (trace, mut response) = (Trace::from_headers(&request.collect()), HeaderMap::new());
            trace.write(&mut response);
            let returned = response.get(TRACESTATE).map(|value| value.to_str().unwrap().to_owned());
            (trace.state().map(str::to_owned), returned)
        };
        let state = (TRACESTATE, "vendor=a:b,other=c");
        let passed = Some(state.1.to_owned());
        assert_eq!(sent(&[(TRACEPARENT, W3C), state.clone()]), (passed.clone(), passed.clone()));
        assert_eq!(sent(&[(CLOUD_TRACE, "abc/1"), (TRACEPARENT, W3C), state.clone()]), (passed, None));
        assert_eq!(sent(&[state]), (None, None));
        let long = format!("a={}", "b".repeat(MAX_TRACESTATE));
        for invalid in ["", &long] {
            assert_eq!(sent(&[(TRACEPARENT, W3C), (TRACESTATE, invalid)]), (None, None));
        }
    }

    #[test]
    fn joins_the_parts_of_a_tracestate() {
        let mut headers = HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_static(W3C))]);
        headers.append(TRACESTATE, HeaderValue::from_static("a=1"));
        headers.append(TRACESTATE, HeaderValue::from_static("b=2"));
        assert_eq!(Trace::from_headers(&headers).state(), Some("a=1,b=2"));
    }

    #[test]
    fn replaces_invalid_id_with_a_new_one() {
        let long = "a".repeat(65);
        let zeros = format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32));
        let bad = [
            (CLOUD_TRACE, ""),
            (CLOUD_TRACE, "/9;o=1"),
            (CLOUD_TRACE, "x y z"),
            (CLOUD_TRACE, "with;semi/2"),
            (CLOUD_TRACE, &long),
            (TRACEPARENT, ""),
            (TRACEPARENT, "00-xyz-1-01"),
            (TRACEPARENT, &zeros),
            (TRACEPARENT, "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ];
        for (name, value) in bad {
            let (first, second) = (trace(&[(name.clone(), value)]), trace(&[(name, value)]));
            assert_eq!(first.len(), 32, "{value}");
            assert_ne!(first, second, "{value}");
        }
    }
}
