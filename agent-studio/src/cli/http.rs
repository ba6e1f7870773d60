//! HTTP client of the command line, for agent servers and file storage.

use reqwest::{Method, Url};

use super::failure::{Failure, sentence};
use crate::outgoing::{self, RequestError};

/// HTTP client for agent servers and file storage.
#[derive(Debug, Clone)]
pub(super) struct Http {
    /// Client for other hosts, which uses the proxy set in the environment.
    client: reqwest::Client,
    /// Client for loopback addresses, which never uses a proxy.
    local: reqwest::Client,
}

impl Http {
    /// Creates a client.
    ///
    /// # Errors
    /// This machine has no certificate authorities, or the URL of a proxy is invalid.
    pub(super) fn new() -> Result<Self, Failure> {
        let tls_config = outgoing::tls_config().map_err(|error| {
            let advice = "install the package `ca-certificates`";
            Failure::new(format!("Cannot set up TLS: {error}; {advice}."))
        })?;
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| Failure::new(format!("Cannot set up the HTTP client: {error}.")))
        };
        let local = build(outgoing::client_builder(tls_config.clone()).no_proxy())?;
        Ok(Self { client: build(outgoing::client_builder(tls_config))?, local })
    }

    /// Starts building a request.
    pub(super) fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        self.client_for(&url).request(method, url)
    }

    /// Returns the client for a host.
    pub(super) fn client_for(&self, url: &Url) -> &reqwest::Client {
        if is_loopback(url) { &self.local } else { &self.client }
    }
}

/// Parses the URL of a server.
///
/// # Errors
/// The URL is invalid, or contains a user name or a password.
pub(super) fn parse_url(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
    url.ok_or_else(|| {
        Failure::new(format!(
            "`{text}` is not the URL of a server: write it as http://127.0.0.1:8080 or https://host/path."
        ))
    })
}

/// Describes a request that got no response, and what to do: a sentence.
pub(super) fn no_response(url: &Url, error: &RequestError) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    match (error.is_connection_refused(), is_loopback(url)) {
        (true, true) => format!(
            "Nothing listens on {host}:{port}: start the agents with `agent-studio dev` in the folder of their crate, or check \
             the port."
        ),
        (true, false) => {
            format!("Nothing listens on {host}:{port}: start the server, or check the URL and the firewall.")
        }
        (false, _) => sentence(&error.to_string()),
    }
}

/// Returns whether the host is a loopback address or `localhost`.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback_address = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    is_loopback_address || host == "localhost" || host.ends_with(".localhost")
}
