//! Calls that the backend makes of agent servers.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::HeaderMap;
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};

use crate::outgoing::{self, HttpResponse, RequestError};

/// How long an agent may take to answer the backend.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(120);

/// The client with which agents are called. Made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Outgoing(OnceLock<reqwest::Client>);

/// Why an agent did not answer the backend.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutgoingError {
    /// This machine has nothing to check certificates with.
    #[error("no encrypted connection can be made from here: {0}")]
    Tls(#[from] rustls::Error),
    /// No connection, or it broke, or the answer is too large.
    #[error("the agent server did not answer: {0}")]
    Request(#[from] RequestError),
}

impl Outgoing {
    /// Posts JSON to an agent.
    ///
    /// # Errors
    /// There is no answer.
    pub(crate) async fn post(
        &self,
        url: reqwest::Url,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<HttpResponse, OutgoingError> {
        let client = self.client(url.scheme() == "https")?;
        Ok(outgoing::send(client.post(url).headers(headers).body(body).timeout(RESPONSE_TIMEOUT)).await?)
    }

    fn client(&self, is_https: bool) -> Result<reqwest::Client, OutgoingError> {
        if let Some(client) = self.0.get() {
            return Ok(client.clone());
        }
        let tls_config = match outgoing::tls_config() {
            Err(error) if is_https => return Err(error.into()),
            // A machine without certificate authorities can still call its own agents.
            Err(_) => untrusting_tls_config()?,
            Ok(tls_config) => tls_config,
        };
        // Agents are this machine's or the network's own: a proxy would look for them elsewhere.
        let client = outgoing::client_builder(tls_config).no_proxy().build().map_err(RequestError::from)?;
        Ok(self.0.get_or_init(|| client).clone())
    }
}

/// Trusts nobody.
fn untrusting_tls_config() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}
