//! Where the platform is.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// The base address of a platform, without a slash at its end.
///
/// A path of its own stays in front of the legacy endpoints and is left out for the v2 ones (contract:
/// `docs/contract/endpoints.md#addresses`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    url: Url,
    /// As it was given, without the slashes at its end: what messages show.
    text: String,
}

/// Why a text is no address of a platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the platform's domain must be an address such as https://api.encord.com, {problem}")]
pub struct DomainError {
    // The address is not shown: somebody may have put a password into it.
    problem: &'static str,
}

impl Domain {
    /// The platform's default address.
    pub const EUROPE: &'static str = "https://api.encord.com";
    /// The platform's address in the United States.
    pub const UNITED_STATES: &'static str = "https://api.us.encord.com";

    /// Reads an address; slashes at its end are removed.
    ///
    /// # Errors
    /// It is no `http` or `https` address, or carries more than host, port and path.
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

    /// The address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The legacy endpoint, for a project or a dataset, or for the user alone.
    pub(super) fn legacy(&self, user: bool) -> Url {
        let mut url = self.url.clone();
        url.set_path(&[self.url.path().trim_end_matches('/'), "/public", if user { "/user" } else { "" }].concat());
        url
    }

    /// A v2 endpoint: path segments after `/v2/public`, each percent-encoded, and a query that is encoded already.
    pub(super) fn v2(&self, segments: &[&str], query: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path("/v2/public");
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url.set_query((!query.is_empty()).then_some(query));
        url
    }

    /// Whether connections to it are encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host, as it is written in a URL.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether nothing that is sent there leaves this machine.
    pub(super) fn is_on_this_machine(&self) -> bool {
        let host = self.host().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Whether it is this one of the platform's regions.
    pub(super) fn is(&self, region: &str) -> bool {
        Self::parse(region).is_ok_and(|region| region.url.origin() == self.url.origin())
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
