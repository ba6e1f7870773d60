//! Requests with their complete body.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::{HeaderMap, Method};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::calls::CallKind;

/// A request with its complete body.
#[derive(Debug)]
pub(crate) struct BufferedRequest {
    pub(crate) method: Method,
    /// Path and query as sent, which the signature covers.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The body of a legacy request (contract: `docs/contract/endpoints.md#legacy-envelope`).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow, default)]
    pub(crate) query_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) query_method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) values: Option<Values<'a>>,
}

/// The arguments of a legacy request.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Values<'a> {
    #[serde(borrow, default)]
    pub(crate) uid: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) payload: Option<&'a RawValue>,
}

impl BufferedRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(&*self.target, |(path, _)| path)
    }

    /// Returns the decoded values of a query parameter.
    pub(crate) fn parameters<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs.filter(move |(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.parameters(name).next()
    }

    /// Returns a boolean query parameter. The platform's clients send `True` (contract:
    /// `docs/contract/endpoints.md#query-encoding`).
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// Returns the base URL that the caller used for this server.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("127.0.0.1"))
    }

    pub(crate) fn is_legacy(&self) -> bool {
        matches!(self.path(), "/public" | "/public/user")
    }

    /// Parses the body as a legacy envelope.
    pub(crate) fn envelope(&self) -> Option<Envelope<'_>> {
        serde_json::from_str(std::str::from_utf8(&self.body).ok()?).ok()
    }

    /// Returns the kind of the call, and the hashes in a legacy request.
    pub(crate) fn classify(&self) -> (CallKind, Vec<String>) {
        if self.is_legacy() {
            let Some(envelope) = self.envelope() else { return (CallKind::Other, Vec::new()) };
            let (kind, method) = (envelope.query_type.as_deref(), envelope.query_method.as_deref());
            let kind = CallKind::legacy(kind.unwrap_or_default(), method.unwrap_or_default());
            return (kind, envelope.values.map(|values| values.hashes(kind)).unwrap_or_default());
        }
        if self.path().starts_with("/media/") {
            return (CallKind::Download, Vec::new());
        }
        let path = self.path().strip_prefix("/v2/public/").unwrap_or_default();
        let segments: Vec<&str> = path.split('/').collect();
        (CallKind::v2(&self.method, &segments), Vec::new())
    }
}

impl Values<'_> {
    /// Returns the hashes in `uid`, or in the filter of a listing.
    fn hashes(&self, kind: CallKind) -> Vec<String> {
        #[derive(Deserialize)]
        struct Filter {
            #[serde(default)]
            data_hashes: Option<Vec<String>>,
        }
        if kind == CallKind::ListLabelRows {
            let filter = self.payload.and_then(|payload| serde_json::from_str::<Filter>(payload.get()).ok());
            return filter.and_then(|filter| filter.data_hashes).unwrap_or_default();
        }
        self.uid.and_then(|uid| serde_json::from_str(uid.get()).ok()).unwrap_or_default()
    }
}
