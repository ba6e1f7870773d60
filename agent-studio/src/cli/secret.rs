//! What an agent server's calls are signed with.

use zeroize::Zeroizing;

use super::failure::Failure;

/// The secret in this environment variable: never an argument, which other users of this machine can see.
///
/// # Errors
/// It is not set, or blank.
pub(super) fn secret_in(variable: &str) -> Result<Zeroizing<String>, Failure> {
    let secret = std::env::var(variable).ok().map(Zeroizing::new).filter(|secret| !secret.is_empty());
    secret.ok_or_else(|| {
        Failure::new(format!("The environment variable {variable} is not set: put the agent server's secret into it."))
    })
}
