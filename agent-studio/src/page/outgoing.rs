//! Calls that the backend makes of agent servers.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::HeaderMap;
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls_platform_verifier::Verifier;

/// How long an agent may take to answer the backend.
const PATIENCE: Duration = Duration::from_secs(120);
/// How much of an answer is read, in bytes.
const LARGEST: usize = 16 << 20;

/// The client with which agents are called. Made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Outgoing(OnceLock<reqwest::Client>);

/// An agent's answer to a call from the backend.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why an agent did not answer the backend.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutgoingError {
    /// This machine has nothing to check certificates with.
    #[error("no encrypted connection can be made from here: {0}")]
    Tls(#[from] rustls::Error),
    /// No connection, or it broke.
    #[error("the agent server did not answer: {}", deepest(.0))]
    Http(#[from] reqwest::Error),
    /// It answered with more than is read.
    #[error("the answer is larger than 16 MiB")]
    TooLarge,
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
        let request = client.post(url).headers(headers).body(body).timeout(PATIENCE);
        let mut response = request.send().await.map_err(reqwest::Error::without_url)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(reqwest::Error::without_url)? {
            if body.len() + piece.len() > LARGEST {
                return Err(OutgoingError::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answered { status, headers, body })
    }

    fn client(&self, encrypted: bool) -> Result<reqwest::Client, OutgoingError> {
        if let Some(client) = self.0.get() {
            return Ok(client.clone());
        }
        let provider = Arc::new(default_provider());
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
        let tls = match Verifier::new(provider) {
            Ok(verifier) => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
            }
            Err(error) if encrypted => return Err(error.into()),
            // A machine without certificate authorities can still call its own agents.
            Err(_) => builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth(),
        };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            // Agents are this machine's or the network's own: a proxy would look for them elsewhere.
            .no_proxy()
            .build()?;
        Ok(self.0.get_or_init(|| client).clone())
    }
}

/// What lies at the bottom of an error: "Connection refused" says more than "error sending request".
fn deepest(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
