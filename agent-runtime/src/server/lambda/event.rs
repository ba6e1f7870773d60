//! Conversion of events to HTTP requests: events of function URLs and API Gateways, in both formats. The conversion is lenient:
//! invalid headers are skipped, and invalid characters of the path and the query are escaped.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::InvalidBody;
use crate::http::Caller;

/// Errors of events that are not HTTP requests.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotHttp {
    #[error(
        "This function serves editor agents: it answers HTTP requests, as events of a function URL or of an API Gateway (formats 1.0 \
         and 2.0), and this event is none ({0}). To try it in the console, use a test event like \
         {{\"rawPath\": \"/\", \"headers\": {{}}, \"requestContext\": {{\"http\": {{\"method\": \"GET\"}}}}}}, which lists the agents."
    )]
    Shape(String),
    #[error("The event's method `{0}` is not an HTTP method.")]
    Method(String),
    #[error("The event's path `{0}` is not a path.")]
    Path(String),
}

/// Values of a header or query parameter: one, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(text) => std::slice::from_ref(text).iter(),
            Self::Many(texts) => texts.iter(),
        }
        .map(String::as_str)
    }
}

type Named = BTreeMap<String, Option<Texts>>;

/// An event, with the fields of both formats that make the request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HttpEvent<'a> {
    request_context: Option<RequestContext>,
    /// Format 1.0.
    http_method: Option<String>,
    path: Option<String>,
    resource: Option<String>,
    path_parameters: Option<BTreeMap<String, Option<String>>>,
    multi_value_headers: Option<Named>,
    query_string_parameters: Option<Named>,
    multi_value_query_string_parameters: Option<Named>,
    /// Format 2.0, and function URLs.
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    cookies: Option<Vec<String>>,
    /// Both formats.
    headers: Option<Named>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    is_base64_encoded: Option<bool>,
}

#[derive(Deserialize)]
struct RequestContext {
    stage: Option<String>,
    /// Format 1.0: the path, with the stage if the URL has one.
    path: Option<String>,
    /// Format 1.0.
    identity: Option<Identity>,
    /// Format 2.0.
    http: Option<HttpContext>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    source_ip: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpContext {
    method: String,
    source_ip: Option<String>,
}

impl<'a> HttpEvent<'a> {
    pub(super) fn read(event: &'a RawValue) -> Result<Self, NotHttp> {
        let read: Self = serde_json::from_str(event.get()).map_err(|error| NotHttp::Shape(error.to_string()))?;
        if read.method().is_none() {
            let missing = "it has neither `requestContext.http.method` nor `httpMethod`";
            return Err(NotHttp::Shape(missing.to_owned()));
        }
        Ok(read)
    }

    /// Returns whether headers come as lists, and so must those of the response.
    pub(super) fn has_multi_value_headers(&self) -> bool {
        self.multi_value_headers.is_some()
    }

    /// Returns the client's address, which the gateway takes from the connection. Gateways accept only TLS.
    pub(super) fn caller(&self) -> Option<Caller> {
        let context = self.request_context.as_ref()?;
        let of_identity = || context.identity.as_ref()?.source_ip.as_ref();
        let address = context.http.as_ref().and_then(|http| http.source_ip.as_ref()).or_else(of_identity)?;
        let address = address.parse().ok()?;
        Some(Caller { address, encrypted: true })
    }

    fn method(&self) -> Option<&str> {
        let http = self.request_context.as_ref().and_then(|context| context.http.as_ref());
        http.map(|http| http.method.as_str()).or(self.http_method.as_deref())
    }

    pub(super) fn into_request(self) -> Result<Request, NotHttp> {
        let method = self.method().unwrap_or_default();
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| NotHttp::Method(method.to_owned()))?;
        let (body, invalid) = match self.body() {
            Ok(body) => (body, None),
            Err(invalid) => (Vec::new(), Some(invalid)),
        };
        let target = self.target();
        let request = Request::builder().method(method).uri(&target).body(Body::from(body));
        let mut request = request.map_err(|_| NotHttp::Path(target))?;
        *request.headers_mut() = self.header_map();
        if let Some(invalid) = invalid {
            request.extensions_mut().insert(invalid);
        }
        Ok(request)
    }

    /// Returns the path and the query, escaped for a request target.
    fn target(&self) -> String {
        let path: &str = &self.path();
        let mut target = String::from(if path.starts_with('/') { "" } else { "/" });
        target.extend(utf8_percent_encode(path, PATH));
        if let Some(query) = self.raw_query_string.as_deref() {
            if !query.is_empty() {
                target.push('?');
                target.extend(utf8_percent_encode(query, QUERY));
            }
            return target;
        }
        let all = self.multi_value_query_string_parameters.as_ref().or(self.query_string_parameters.as_ref());
        let pairs = all
            .into_iter()
            .flatten()
            .flat_map(|(name, values)| values.iter().flat_map(Texts::iter).map(move |value| (name.as_str(), value)));
        for (index, (name, value)) in pairs.enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.extend(utf8_percent_encode(name, COMPONENT));
            target.push('=');
            target.extend(utf8_percent_encode(value, COMPONENT));
        }
        target
    }

    /// Returns the path without the stage, which a gateway prepends in its default domain.
    fn path(&self) -> Cow<'_, str> {
        let path = match (self.raw_path.as_deref(), self.path.as_deref()) {
            (Some(path), _) => path,
            // A REST API removes the stage, except in the context's path. If both are equal, the request came through a custom
            // domain, whose base path only the route reveals, or through an HTTP API.
            (None, Some(path)) if self.context(|context| context.path.as_deref()) == Some(path) => {
                if let Some(rest) = self.rest_of_route() {
                    return format!("/{rest}").into();
                }
                path
            }
            (None, Some(path)) => return path.into(),
            (None, None) => return "/".into(),
        };
        let stage = self.context(|context| context.stage.as_deref()).filter(|stage| *stage != "$default");
        let without = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
        without.filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(path).into()
    }

    /// Returns the part of the path that matched `{proxy+}` in a route for every path.
    fn rest_of_route(&self) -> Option<&str> {
        let takes_all = self.resource.as_deref() == Some("/{proxy+}");
        takes_all.then(|| self.path_parameters.as_ref()?.get("proxy")?.as_deref())?
    }

    fn context<'s>(&'s self, field: impl FnOnce(&'s RequestContext) -> Option<&'s str>) -> Option<&'s str> {
        self.request_context.as_ref().and_then(field)
    }

    fn header_map(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let lists = self.multi_value_headers.iter().flatten();
        let in_lists = |name: &str| self.multi_value_headers.as_ref().is_some_and(|lists| lists.contains_key(name));
        // In format 1.0 every header is in both; the list has all of its values.
        let single = self.headers.iter().flatten().filter(|(name, _)| !in_lists(name));
        for (name, values) in lists.chain(single) {
            let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
            for value in values.iter().flat_map(Texts::iter) {
                if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                    headers.append(name.clone(), value);
                }
            }
        }
        let cookies = self.cookies.as_ref().filter(|cookies| !cookies.is_empty());
        if let Some(Ok(cookies)) = cookies.map(|cookies| HeaderValue::from_str(&cookies.join("; "))) {
            headers.insert(header::COOKIE, cookies);
        }
        headers
    }

    /// Decodes the body. A body that is JSON instead of text, as in handwritten test events, is sent as its JSON text.
    fn body(&self) -> Result<Vec<u8>, InvalidBody> {
        let Some(body) = self.body else { return Ok(Vec::new()) };
        let text: Option<String> = serde_json::from_str(body.get()).ok();
        match (text, self.is_base64_encoded.unwrap_or(false)) {
            (Some(text), false) => Ok(text.into_bytes()),
            (Some(text), true) => BASE64.decode(text).map_err(|_| NOT_BASE64),
            (None, false) => Ok(body.get().as_bytes().to_vec()),
            (None, true) => Err(NOT_BASE64),
        }
    }
}

const NOT_BASE64: InvalidBody =
    InvalidBody("The request's body did not arrive whole: it is said to be base64, and is not.");

/// Bytes that are escaped in names and values of query parameters: all except unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Bytes that are escaped in a path: its separators, sub-delimiters and escapes are kept.
const PATH: &AsciiSet = &keep(COMPONENT, b"!$&'()*+,;=:@/%");

/// Bytes that are escaped in a raw query string: characters that clients send unescaped are kept.
const QUERY: &AsciiSet = &keep(PATH, b"?[]{}|\\^`");

const fn keep(set: &AsciiSet, kept: &[u8]) -> AsciiSet {
    let (mut set, mut at) = (set.remove(b'-'), 0);
    while at < kept.len() {
        set = set.remove(kept[at]);
        at += 1;
    }
    set
}

#[cfg(test)]
mod tests;
