//! How a client is set up.

use std::sync::Arc;
use std::time::Duration;

use super::domain::{Domain, DomainError};
use super::public_addresses::{PublicAddresses, through_a_proxy};
use super::retry::{RetryBudgets, RetryPolicy};
use super::{PlatformClient, Shared, tls};
use crate::auth::{Credentials, CredentialsError};
use crate::environment::{self, InvalidVariable};
use crate::memory::ByteBudget;

/// What requests call themselves: this crate and its version.
const USER_AGENT: &str = concat!("agent-platform/", env!("CARGO_PKG_VERSION"));

/// How long things may take, and how large they may be.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    /// For one read from the connection, not for an answer.
    pub(super) read: Duration,
    /// For a call with all its repetitions.
    pub(super) call: Duration,
    /// In bytes, after decompression.
    pub(super) largest_answer: usize,
    /// For a file with all its repetitions.
    pub(super) download: Duration,
    /// In bytes.
    pub(super) largest_download: u64,
    /// Whether files may be read from private addresses.
    pub(super) private_storage: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(60),
            call: Duration::from_secs(180),
            largest_answer: 128 << 20,
            download: Duration::from_secs(600),
            largest_download: 2 << 30,
            private_storage: false,
        }
    }
}

/// Sets up a [`PlatformClient`].
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

/// Why a client cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There are no credentials, or they are of no use.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The address is invalid.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// `ENCORD_DOMAIN` is set to a value that cannot be used.
    #[error(transparent)]
    Variable(#[from] InvalidVariable),
    /// The machine has no certificate authorities, so that no encrypted connection can be trusted.
    #[error("encrypted connections cannot be set up: {0}; a container may need the package `ca-certificates`")]
    Tls(rustls::Error),
    /// The HTTP client cannot be set up, for example because of a proxy's address in the environment.
    #[error("the HTTP client cannot be set up: {0}")]
    Http(reqwest::Error),
}

impl PlatformBuilder {
    /// Who calls. Without it, [`build`](Self::build) takes [`Credentials::from_env`].
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Where the platform is. Without it, [`build`](Self::build) takes the environment variable `ENCORD_DOMAIN`, and
    /// without that [`Domain::EUROPE`].
    #[must_use]
    pub fn domain(mut self, domain: Domain) -> Self {
        self.domain = Some(domain);
        self
    }

    /// How long making a connection may take. 10 s unless set.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect = timeout;
        self
    }

    /// How long nothing may arrive before a try is given up. 60 s unless set.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.limits.read = timeout;
        self
    }

    /// How long a call may take with all its repetitions and waits. 180 s unless set. A method that makes several
    /// requests, such as one that follows pages, may take that long for each.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.limits.call = timeout;
        self
    }

    /// Sets the maximum size of a response, in bytes after decompression. Default: 128 MiB.
    ///
    /// Responses above 256 KiB also take part in the [byte budget](Self::byte_budget), and grow in it as they arrive.
    #[must_use]
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.limits.largest_answer = bytes;
        self
    }

    /// How long [`PlatformClient::download_file`] may take with all its repetitions and waits. 10 minutes unless set.
    #[must_use]
    pub fn download_timeout(mut self, timeout: Duration) -> Self {
        self.limits.download = timeout;
        self
    }

    /// How large a file may be that [`PlatformClient::download_file`] reads, in bytes. 2 GiB unless set.
    #[must_use]
    pub fn largest_download(mut self, bytes: u64) -> Self {
        self.limits.largest_download = bytes;
        self
    }

    /// Allows downloads from addresses in private networks: self-hosted storage, or storage behind a private endpoint.
    /// Default: refused, so that no signed URL leads to what only this machine can reach; files on the
    /// platform's own host are read wherever that is. Where a proxy is set up, the proxy decides.
    #[must_use]
    pub fn allow_private_storage(mut self) -> Self {
        self.limits.private_storage = true;
        self
    }

    /// Sets the budget that large responses draw on. Default: [`ByteBudget::of_process`].
    #[must_use]
    pub fn byte_budget(mut self, budget: ByteBudget) -> Self {
        self.memory = Some(budget);
        self
    }

    /// How often and how soon calls are repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// A product to name after this crate in `User-Agent`, e.g. `my-agents/1.4`.
    #[must_use]
    pub fn user_agent_suffix(mut self, product: impl Into<String>) -> Self {
        self.product = Some(product.into());
        self
    }

    /// The regions that [`PlatformClient::check`] tries when the key is not known here. Unless set: the platform's other
    /// public regions, if this is one of them, and none otherwise.
    #[must_use]
    pub fn regions(mut self, regions: impl IntoIterator<Item = Domain>) -> Self {
        self.regions = Some(regions.into_iter().collect());
        self
    }

    /// Sets up the client. Nothing is sent yet.
    ///
    /// # Errors
    /// Credentials, address or certificate authorities are missing or wrong.
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
        if !encrypted && !domain.is_on_this_machine() {
            tracing::warn!(%domain, "the platform is not reached over https: tokens and signatures can be read on the way");
        }
        let product = self.product.map(|product| format!(" {product}")).unwrap_or_default();
        let tls = tls::configuration(encrypted).map_err(BuildError::Tls)?;
        let client = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(format!("{USER_AGENT}{product}"))
                .connect_timeout(self.limits.connect)
                .read_timeout(self.limits.read)
                // Shorter than load balancers keep idle connections: one that they close under a save leaves it open
                // whether the save was done.
                .pool_idle_timeout(Duration::from_secs(30))
                // A redirected signature is worth nothing at another path, and is nobody else's business.
                .redirect(reqwest::redirect::Policy::none())
        };
        // Files are counted and continued by the byte, so they are taken as they come.
        let mut storage = client().no_gzip();
        if !self.limits.private_storage && !through_a_proxy() {
            storage = storage.dns_resolver(Arc::new(PublicAddresses { platform: domain.host().to_owned() }));
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
        Ok(PlatformClient { shared: Arc::new(shared), trace: None, account: None })
    }
}

/// The public regions besides this one; none if this is none of them.
fn other_regions(domain: &Domain) -> Vec<Domain> {
    let all = [Domain::EUROPE, Domain::UNITED_STATES];
    if !all.iter().any(|region| domain.is(region)) {
        return Vec::new();
    }
    all.iter().filter(|region| !domain.is(region)).filter_map(|region| Domain::parse(region).ok()).collect()
}
