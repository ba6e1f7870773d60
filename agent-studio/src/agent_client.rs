//! HTTP client for agent servers on this machine or in the local network.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::HeaderMap;
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};

use crate::outgoing::{self, HttpResponse, RequestError};

/// Timeout of a call.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(120);

/// HTTP client for agent servers, created on first use.
#[derive(Debug, Default)]
pub(crate) struct AgentClient(OnceLock<reqwest::Client>);

/// Error of a call to an agent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgentClientError {
    /// This machine has no certificate authorities.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The request failed, or the response is too large.
    #[error("the agent server did not respond: {0}")]
    Request(#[from] RequestError),
}

impl AgentClient {
    /// Sends a `POST` request with a JSON body to an agent.
    ///
    /// # Errors
    /// There is no response.
    pub(crate) async fn post(
        &self,
        url: reqwest::Url,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<HttpResponse, AgentClientError> {
        let client = self.client(url.scheme() == "https")?;
        Ok(outgoing::send(client.post(url).headers(headers).body(body).timeout(RESPONSE_TIMEOUT)).await?)
    }

    fn client(&self, is_https: bool) -> Result<reqwest::Client, AgentClientError> {
        if let Some(client) = self.0.get() {
            return Ok(client.clone());
        }
        let tls_config = match outgoing::tls_config() {
            Err(error) if is_https => return Err(error.into()),
            // A machine without certificate authorities can still call agents over plain HTTP.
            Err(_) => untrusting_tls_config()?,
            Ok(tls_config) => tls_config,
        };
        // No proxy: agents run on this machine or in the local network.
        let client = outgoing::client_builder(tls_config).no_proxy().build().map_err(RequestError::from)?;
        Ok(self.0.get_or_init(|| client).clone())
    }
}

/// Returns a TLS configuration that trusts no certificate.
pub(crate) fn untrusting_tls_config() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}
