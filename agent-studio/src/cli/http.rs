//! The client of the command line for agent servers and file storages.

use reqwest::{Method, Url};

use super::failure::Failure;
use crate::outgoing;

/// A client for agent servers and file storages.
#[derive(Debug, Clone)]
pub(super) struct Http {
    /// As the environment says, through a proxy perhaps.
    client: reqwest::Client,
    /// For this machine itself, where no proxy would find anything.
    local: reqwest::Client,
}

impl Http {
    /// Sets up a client.
    ///
    /// # Errors
    /// This machine has no certificate authorities, or a proxy's address is none.
    pub(super) fn new() -> Result<Self, Failure> {
        let encryption = outgoing::encryption().map_err(|error| {
            let advice = "install the package `ca-certificates`";
            Failure::new(format!("Encrypted connections cannot be set up: {error}; {advice}."))
        })?;
        let built = |builder: reqwest::ClientBuilder| {
            let built = builder.build();
            built.map_err(|error| Failure::new(format!("The HTTP client cannot be set up: {error}.")))
        };
        let local = built(outgoing::client(encryption.clone()).no_proxy())?;
        Ok(Self { client: built(outgoing::client(encryption))?, local })
    }

    /// Begins a request.
    pub(super) fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        if is_local(&url) { self.local.request(method, url) } else { self.client.request(method, url) }
    }
}

/// Reads an address of a server.
///
/// # Errors
/// It is none, or has a user or a password in it.
pub(super) fn address(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
    url.ok_or_else(|| {
        Failure::new(format!(
            "`{text}` is no address of a server: write it as http://127.0.0.1:8080 or https://host/path."
        ))
    })
}

/// Whether a connection to this address stays on this machine.
pub(super) fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    is_loopback || host == "localhost" || host.ends_with(".localhost")
}
