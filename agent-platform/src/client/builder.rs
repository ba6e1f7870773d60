//! Configuration of a client.

use std::sync::Arc;
use std::time::Duration;

use super::domain::{Domain, DomainError};
use super::public_addresses::{PublicAddressResolver, is_proxy_configured};
use super::retry::{RetryBudgets, RetryPolicy};
use super::{Access, PlatformClient, Shared, tls};
use crate::auth::{Credentials, CredentialsError};
use crate::environment::{self, InvalidVariable};
use crate::memory::ByteBudget;

/// The `User-Agent` header: this crate and its version.
const USER_AGENT: &str = concat!("agent-platform/", env!("CARGO_PKG_VERSION"));

/// Limits on time and size.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    /// Timeout of one read from the connection.
    pub(super) read: Duration,
    /// Timeout of a call, including retries.
    pub(super) call: Duration,
    /// Maximum size of a response in bytes, after decompression.
    pub(super) max_response_size: usize,
    /// Timeout of a file download, including retries.
    pub(super) download: Duration,
    /// Maximum size of a file, in bytes.
    pub(super) max_download_size: u64,
    /// `true` if files may be read from private addresses.
    pub(super) private_storage: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(60),
            call: Duration::from_secs(180),
            max_response_size: 128 << 20,
            download: Duration::from_secs(600),
            max_download_size: 2 << 30,
            private_storage: false,
        }
    }
}

/// A builder of a [`PlatformClient`].
#[derive(Debug, Clone, Default)]
pub struct PlatformBuilder {
    credentials: Option<Credentials>,
    domain: Option<Domain>,
    limits: Limits,
    retry: RetryPolicy,
    product: Option<String>,
    regions: Option<Vec<Domain>>,
    memory: Option<ByteBudget>,
}

/// Error of building a client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The credentials are missing or invalid.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The address is invalid.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// `ENCORD_DOMAIN` is invalid.
    #[error(transparent)]
    Variable(#[from] InvalidVariable),
    /// The machine has no certificate authorities, so TLS connections cannot be verified.
    #[error("encrypted connections cannot be set up: {0}; a container may need the package `ca-certificates`")]
    Tls(rustls::Error),
    /// The HTTP client cannot be created, for example because of an invalid proxy address in the environment.
    #[error("the HTTP client cannot be set up: {0}")]
    Http(reqwest::Error),
}

impl PlatformBuilder {
    /// Sets the credentials. Default: [`Credentials::from_env`].
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets the address of the platform. Default: the environment variable `ENCORD_DOMAIN`, or else [`Domain::EUROPE`].
    #[must_use]
    pub fn domain(mut self, domain: Domain) -> Self {
        self.domain = Some(domain);
        self
    }

    /// Sets the connect timeout. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect = timeout;
        self
    }

    /// Sets the read timeout: the maximum time without any data. Default: 60 s.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.limits.read = timeout;
        self
    }

    /// Sets the timeout of a call, including its retries and waits. Default: 180 s. For methods that send several
    /// requests, such as those that follow pages, the timeout applies to each request.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.limits.call = timeout;
        self
    }

    /// Sets the maximum size of a response, in bytes after decompression. Default: 128 MiB.
    ///
    /// Responses above 256 KiB also draw on the [byte budget](Self::byte_budget), and acquire memory as they arrive.
    #[must_use]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.limits.max_response_size = bytes;
        self
    }

    /// Sets the timeout of [`PlatformClient::download_file`], including its retries and waits. Default: 10 min.
    #[must_use]
    pub fn download_timeout(mut self, timeout: Duration) -> Self {
        self.limits.download = timeout;
        self
    }

    /// Sets the maximum size of a file read by [`PlatformClient::download_file`], in bytes. Default: 2 GiB.
    #[must_use]
    pub fn max_download_size(mut self, bytes: u64) -> Self {
        self.limits.max_download_size = bytes;
        self
    }

    /// Allows reading files from private addresses, such as an on-premises storage or a private endpoint.
    /// Default: forbidden, so that no signed URL can reach services that only this machine can reach. Files on the
    /// platform's own host are always allowed. If a proxy is configured, the proxy decides.
    #[must_use]
    pub fn allow_private_storage(mut self) -> Self {
        self.limits.private_storage = true;
        self
    }

    /// Sets the budget that large responses draw on. Default: [`ByteBudget::global`].
    #[must_use]
    pub fn byte_budget(mut self, budget: ByteBudget) -> Self {
        self.memory = Some(budget);
        self
    }

    /// Sets the retry policy.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets a product to append to `User-Agent`, for example `my-agents/1.4`.
    #[must_use]
    pub fn user_agent_suffix(mut self, product: impl Into<String>) -> Self {
        self.product = Some(product.into());
        self
    }

    /// Sets the regions that [`PlatformClient::check`] tries if the platform does not know the key. Default: the other public
    /// regions if the domain is a public region, none otherwise.
    #[must_use]
    pub fn regions(mut self, regions: impl IntoIterator<Item = Domain>) -> Self {
        self.regions = Some(regions.into_iter().collect());
        self
    }

    /// Builds the client. Sends no request.
    ///
    /// # Errors
    /// The credentials, the address or the certificate authorities are missing or invalid.
    pub fn build(self) -> Result<PlatformClient, BuildError> {
        let credentials = match self.credentials {
            Some(credentials) => credentials,
            None => Credentials::from_env()?,
        };
        let domain = match self.domain {
            Some(domain) => domain,
            None => {
                let text = environment::variable("ENCORD_DOMAIN")?;
                Domain::parse(text.as_ref().map_or(Domain::EUROPE, |text| text.as_str()))?
            }
        };
        let encrypted = domain.is_encrypted();
        if !encrypted && !domain.is_loopback() {
            tracing::warn!(%domain, "the platform is not reached over HTTPS: tokens and signatures can be read in transit");
        }
        let product = self.product.map(|product| format!(" {product}")).unwrap_or_default();
        let tls = tls::configuration(encrypted).map_err(BuildError::Tls)?;
        let client = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(format!("{USER_AGENT}{product}"))
                .connect_timeout(self.limits.connect)
                .read_timeout(self.limits.read)
                // Shorter than the idle timeout of load balancers. If they close a connection during a save, the
                // outcome is unknown.
                .pool_idle_timeout(Duration::from_secs(30))
                // No redirects: a signature is only valid for its path, and must not be sent to other hosts.
                .redirect(reqwest::redirect::Policy::none())
        };
        // No decompression: files are counted and resumed by byte offset.
        let mut storage = client().no_gzip();
        if !self.limits.private_storage && !is_proxy_configured() {
            storage = storage.dns_resolver(Arc::new(PublicAddressResolver { platform: domain.host().to_owned() }));
        }
        let (http, storage) = (client().build(), storage.build());
        let shared = Shared {
            http: http.map_err(BuildError::Http)?,
            storage: storage.map_err(BuildError::Http)?,
            credentials,
            regions: self.regions.unwrap_or_else(|| other_regions(&domain)),
            domain,
            limits: self.limits,
            budgets: RetryBudgets::new(self.retry.budget),
            retry: self.retry,
            memory: self.memory.unwrap_or_default(),
            traffic: super::traffic::Counters::default(),
            clock: super::server_clock::ServerClock::default(),
        };
        Ok(PlatformClient {
            shared: Arc::new(shared),
            trace: None,
            account: None,
            stopwatch: None,
            access: Access::All,
        })
    }
}

/// Returns the other public regions. Empty if the domain is not a public region.
fn other_regions(domain: &Domain) -> Vec<Domain> {
    let all = [Domain::EUROPE, Domain::UNITED_STATES];
    if !all.iter().any(|region| domain.is(region)) {
        return Vec::new();
    }
    all.iter().filter(|region| !domain.is(region)).filter_map(|region| Domain::parse(region).ok()).collect()
}
