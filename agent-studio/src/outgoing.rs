//! HTTP requests to agent servers and file storage, which never carry credentials of the platform.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use agent_platform::auth::webhook_signature;
use reqwest::header::HeaderMap;
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls_platform_verifier::Verifier;

/// Timeout of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum response body, in bytes.
const MAX_BODY_BYTES: usize = 16 << 20;

/// A response with its complete body.
#[derive(Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Time from sending the request to the end of the body.
    pub(crate) duration: Duration,
}

/// Error of a request. The message is a clause without the URL, which may be signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    /// The connection failed, timed out or broke.
    #[error("{}", root_cause(.0))]
    Http(reqwest::Error),
    /// The response body exceeds the limit.
    #[error("the response is larger than 16 MiB")]
    TooLarge,
}

impl RequestError {
    /// Returns whether nothing listens at the address.
    pub(crate) fn is_connection_refused(&self) -> bool {
        let Self::Http(error) = self else { return false };
        let mut source = error.source();
        while let Some(error) = source {
            if error.downcast_ref().is_some_and(|error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused) {
                return true;
            }
            source = error.source();
        }
        false
    }
}

impl From<reqwest::Error> for RequestError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

/// Returns the root cause of an error, such as "Connection refused" instead of "error sending request".
fn root_cause(error: &reqwest::Error) -> String {
    match (error.is_timeout(), error.is_connect()) {
        (true, true) => format!("no connection within {} s", CONNECT_TIMEOUT.as_secs()),
        (true, false) => "no response in time".to_owned(),
        (false, _) => {
            let mut deepest: &dyn std::error::Error = error;
            while let Some(source) = deepest.source() {
                deepest = source;
            }
            deepest.to_string()
        }
    }
}

/// Returns the headers that sign a call of the platform's backend (contract:
/// `docs/contract/signatures.md#webhook-signature`).
pub(crate) fn signature_headers(secret: &str, body: &[u8]) -> [(&'static str, String); 2] {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let signature = webhook_signature(secret, &now, body);
    [("x-encord-timestamp", now), ("x-encord-signature", signature)]
}

/// Returns a TLS configuration that verifies certificates with the system's certificate authorities.
///
/// # Errors
/// This machine has no certificate authorities.
pub(crate) fn tls_config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(default_provider());
    let verifier = Arc::new(Verifier::new(Arc::clone(&provider))?);
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Returns the builder of a client that does not follow redirects.
pub(crate) fn client_builder(tls_config: ClientConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls_config)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
}

/// Sends a request and reads the response body, up to 16 MiB.
///
/// # Errors
/// The request fails, or the response is too large.
pub(crate) async fn send(request: reqwest::RequestBuilder) -> Result<HttpResponse, RequestError> {
    let began = Instant::now();
    let mut response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > MAX_BODY_BYTES {
            return Err(RequestError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(HttpResponse { status, headers, body, duration: began.elapsed() })
}

impl HttpResponse {
    /// Returns the value of a header, or an empty string.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns whether the status is 200 to 299.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
