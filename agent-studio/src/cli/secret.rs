//! Signing secrets of agent servers.

use zeroize::Zeroizing;

use super::failure::Failure;

/// Reads the secret from an environment variable. It is never an argument, because other users of the machine can see
/// those.
///
/// # Errors
/// The variable is not set, or empty.
pub(super) fn read_secret(variable: &str) -> Result<Zeroizing<String>, Failure> {
    let secret = std::env::var(variable).ok().map(Zeroizing::new).filter(|secret| !secret.is_empty());
    secret.ok_or_else(|| {
        Failure::new(format!("The environment variable {variable} is not set: set it to the agent server's secret."))
    })
}
