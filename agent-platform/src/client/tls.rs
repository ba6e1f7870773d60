//! TLS configuration: rustls with `ring`, and the machine's certificate authorities.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// The verifier with the machine's certificate authorities. They are loaded once per process, because loading is slow.
static VERIFIER: OnceLock<Arc<Verifier>> = OnceLock::new();

/// Creates a TLS configuration. It neither installs a process-wide crypto provider nor uses an installed one.
///
/// Without certificate authorities, as in an empty container, only unencrypted platforms can be reached. `encrypted`
/// states whether TLS is required.
///
/// # Errors
/// TLS is required, and there are no certificate authorities.
pub(super) fn configuration(encrypted: bool) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let mut configuration = match verifier(provider) {
        Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth(),
        Err(error) if encrypted => return Err(error),
        Err(_) => builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
    };
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
}

/// Returns the builder of an HTTP client with this crate's TLS configuration, for another service than the platform: the collector of
/// traces.
///
/// # Errors
/// The URL is encrypted, and the machine has no certificate authorities.
#[doc(hidden)]
pub fn http_client_for(url: &str) -> Result<reqwest::ClientBuilder, rustls::Error> {
    let tls = configuration(url.starts_with("https:"))?;
    Ok(reqwest::Client::builder().tls_backend_preconfigured(tls).redirect(reqwest::redirect::Policy::none()))
}

fn verifier(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    if let Some(verifier) = VERIFIER.get() {
        return Ok(Arc::clone(verifier) as Arc<dyn ServerCertVerifier>);
    }
    let verifier = Arc::new(Verifier::new(provider)?);
    Ok(Arc::clone(VERIFIER.get_or_init(|| verifier)) as Arc<dyn ServerCertVerifier>)
}
