//! Platform clients for a server on loopback.

use std::time::Duration;

use agent_platform::auth::{Credentials, SshKey};
use agent_platform::client::{Domain, PlatformBuilder, PlatformClient, RetryPolicy};

use crate::keys;
use crate::scripted_server::Server;

/// Returns the made-up key.
pub fn key() -> SshKey {
    SshKey::from_openssh(keys::PLAIN, None).unwrap()
}

/// Returns the builder of a client of this server, with short timeouts.
pub fn builder(server: &Server) -> PlatformBuilder {
    PlatformClient::builder()
        .credentials(Credentials::key(key()))
        .domain(Domain::parse(&server.base()).unwrap())
        .retry(quick())
        .read_timeout(Duration::from_secs(5))
        .call_timeout(Duration::from_secs(20))
}

pub fn platform(server: &Server) -> PlatformClient {
    builder(server).build().unwrap()
}

/// Returns the default number of retries, with short delays and an unlimited budget.
pub fn quick() -> RetryPolicy {
    RetryPolicy {
        initial_backoff: Duration::from_millis(1),
        max_backoff: Duration::from_millis(2),
        max_retry_after: Duration::from_millis(2),
        budget: 100_000,
        ..RetryPolicy::default()
    }
}
