//! Calls that the backend makes of agent servers.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::HeaderMap;
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};

use crate::outgoing::{self, Answered, Unanswered};

/// How long an agent may take to answer the backend.
const PATIENCE: Duration = Duration::from_secs(120);

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
    Unanswered(#[from] Unanswered),
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
    ) -> Result<Answered, OutgoingError> {
        let client = self.client(url.scheme() == "https")?;
        Ok(outgoing::send(client.post(url).headers(headers).body(body).timeout(PATIENCE)).await?)
    }

    fn client(&self, encrypted: bool) -> Result<reqwest::Client, OutgoingError> {
        if let Some(client) = self.0.get() {
            return Ok(client.clone());
        }
        let encryption = match outgoing::encryption() {
            Err(error) if encrypted => return Err(error.into()),
            // A machine without certificate authorities can still call its own agents.
            Err(_) => no_encryption()?,
            Ok(encryption) => encryption,
        };
        // Agents are this machine's or the network's own: a proxy would look for them elsewhere.
        let client = outgoing::client(encryption).no_proxy().build().map_err(Unanswered::from)?;
        Ok(self.0.get_or_init(|| client).clone())
    }
}

/// Trusts nobody.
fn no_encryption() -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}
