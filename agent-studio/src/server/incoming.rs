//! A request as it arrived, and what it asks for.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::{HeaderMap, Method};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::calls::CallKind;
use crate::form::decoded;

/// A request whose body has arrived.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// Path and query as sent: what is signed.
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

/// What a legacy request is about.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Values<'a> {
    #[serde(borrow, default)]
    pub(crate) uid: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) payload: Option<&'a RawValue>,
}

impl Incoming {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(&*self.target, |(path, _)| path)
    }

    /// The values of a query parameter, decoded.
    pub(crate) fn parameters<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        query.split('&').filter_map(move |pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key) == name).then(|| decoded(value))
        })
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.parameters(name).next()
    }

    /// A boolean of the query; the platform's clients write `True` (contract:
    /// `docs/contract/endpoints.md#query-encoding`).
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// Where the caller reached this server.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("127.0.0.1"))
    }

    pub(crate) fn is_legacy(&self) -> bool {
        matches!(self.path(), "/public" | "/public/user")
    }

    /// The legacy envelope, if this is a legacy request with one.
    pub(crate) fn envelope(&self) -> Option<Envelope<'_>> {
        serde_json::from_str(std::str::from_utf8(&self.body).ok()?).ok()
    }

    /// What the request asks for, and the hashes that a legacy request names.
    pub(crate) fn asks_for(&self) -> (CallKind, Vec<String>) {
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
    /// The hashes that a call is about: those of `uid`, or of a listing's filter.
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
