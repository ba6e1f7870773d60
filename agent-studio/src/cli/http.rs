//! Requests of agent servers and file storages, without credentials.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls_platform_verifier::Verifier;

use super::failure::Failure;

/// How much of an answer is read, in bytes.
const LARGEST: usize = 16 << 20;

/// A client for agent servers and file storages.
#[derive(Debug, Clone)]
pub(super) struct Http {
    /// As the environment says, through a proxy perhaps.
    client: reqwest::Client,
    /// For this machine itself, where no proxy would find anything.
    local: reqwest::Client,
}

/// An answer with its body.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) took: Duration,
}

impl Answered {
    /// A header's text; empty if there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether the status is 200 to 299.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Http {
    /// Sets up a client.
    ///
    /// # Errors
    /// This machine has no certificate authorities, or a proxy's address is none.
    pub(super) fn new() -> Result<Self, Failure> {
        let provider = Arc::new(default_provider());
        let verifier = Verifier::new(Arc::clone(&provider)).map_err(|error| {
            let advice = "install the package `ca-certificates`";
            Failure::new(format!("Encrypted connections cannot be set up: {error}; {advice}."))
        })?;
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| Failure::of(&error))?;
        let tls = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
        let client = |builder: reqwest::ClientBuilder| {
            let builder = builder.tls_backend_preconfigured(tls.clone()).connect_timeout(Duration::from_secs(10));
            let built = builder.redirect(reqwest::redirect::Policy::none()).build();
            built.map_err(|error| Failure::new(format!("The HTTP client cannot be set up: {error}.")))
        };
        let local = client(reqwest::Client::builder().no_proxy())?;
        Ok(Self { client: client(reqwest::Client::builder())?, local })
    }

    /// Begins a request.
    pub(super) fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        if is_local(&url) { self.local.request(method, url) } else { self.client.request(method, url) }
    }
}

/// Sends a request and reads the answer, 16 MiB at most.
///
/// # Errors
/// Why there is no answer, as half a sentence.
pub(super) async fn send(request: reqwest::RequestBuilder) -> Result<Answered, String> {
    let began = Instant::now();
    let mut response = request.send().await.map_err(why)?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(why)? {
        if body.len() + piece.len() > LARGEST {
            return Err("the answer is larger than 16 MiB".to_owned());
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answered { status, headers, body, took: began.elapsed() })
}

/// Why there is no answer: "Connection refused" says more than "error sending request". Without the URL, which may be signed.
pub(super) fn why(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return if error.is_connect() {
            "no connection within 10 s".to_owned()
        } else {
            "no answer in time".to_owned()
        };
    }
    let mut deepest: &dyn std::error::Error = &error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
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
