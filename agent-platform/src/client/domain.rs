//! Addresses of platforms.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// The base URL of a platform, without a trailing slash.
///
/// A path in the base URL is kept for the legacy endpoints and dropped for the v2 endpoints (contract:
/// `docs/contract/endpoints.md#addresses`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    url: Url,
    /// The address as given, without trailing slashes; shown in messages.
    text: String,
}

/// Error of parsing the platform's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the platform's domain must be an address such as https://api.encord.com, {problem}")]
pub struct DomainError {
    // The address is not shown, because it may contain a password.
    problem: &'static str,
}

impl Domain {
    /// Default address of the platform.
    pub const EUROPE: &'static str = "https://api.encord.com";
    /// Address of the platform in the United States.
    pub const UNITED_STATES: &'static str = "https://api.us.encord.com";

    /// Parses an address. Trailing slashes are removed.
    ///
    /// # Errors
    /// The address is not an `http` or `https` URL, or has other parts than host, port and path.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        let problem = |problem| DomainError { problem };
        let text = text.trim().trim_end_matches('/');
        let url = Url::parse(text).map_err(|_| problem("with https:// in front"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(problem("with https:// in front"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(problem("without a user or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(problem("without anything after the path"));
        }
        Ok(Self { url, text: text.to_owned() })
    }

    /// Returns the address, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the URL of the legacy endpoint, of projects and datasets or of the user.
    pub(super) fn legacy(&self, user: bool) -> Url {
        let mut url = self.url.clone();
        url.set_path(&[self.url.path().trim_end_matches('/'), "/public", if user { "/user" } else { "" }].concat());
        url
    }

    /// Returns the URL of a v2 endpoint: `segments` after `/v2/public`, percent-encoded here, and an encoded query.
    pub(super) fn v2(&self, segments: &[&str], query: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path("/v2/public");
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url.set_query((!query.is_empty()).then_some(query));
        url
    }

    /// Returns `true` if connections are encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Returns the host as it appears in a URL.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Returns `true` if the address is a loopback address.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Returns `true` if the address is this region of the platform.
    pub(super) fn is(&self, region: &str) -> bool {
        Self::parse(region).is_ok_and(|region| region.url.origin() == self.url.origin())
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
