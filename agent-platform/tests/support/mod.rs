//! What the tests of the client share: a scripted server on loopback, made-up keys, the recorded contract.

#![allow(dead_code, reason = "each test file uses a part of it")]

#[cfg(any(feature = "contract", feature = "python"))]
pub(crate) mod contract;
pub(crate) mod keys;
pub(crate) mod server;
#[cfg(feature = "python")]
pub(crate) mod stub;

use std::time::Duration;

use agent_platform::auth::{Credentials, SshKey};
use agent_platform::client::{Domain, Platform, PlatformBuilder, RetryPolicy};

use server::Server;

/// The made-up key.
pub(crate) fn key() -> SshKey {
    SshKey::from_openssh(keys::PLAIN, None).unwrap()
}

/// A client of this server that waits for nothing for long.
pub(crate) fn builder(server: &Server) -> PlatformBuilder {
    Platform::builder()
        .credentials(Credentials::key(key()))
        .domain(Domain::parse(&server.base()).unwrap())
        .retry(quick())
        .read_timeout(Duration::from_secs(5))
        .call_timeout(Duration::from_secs(20))
}

pub(crate) fn platform(server: &Server) -> Platform {
    builder(server).build().unwrap()
}

/// Three repetitions, as always, but soon, and from a budget that does not run out.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy {
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(2),
        longest_retry_after: Duration::from_millis(2),
        budget: 100_000,
        ..RetryPolicy::default()
    }
}
