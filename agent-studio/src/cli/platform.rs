//! The platform client, configured from the environment.

use agent_platform::auth::Credentials;
use agent_platform::client::{Domain, PlatformClient};
use agent_platform::environment;

use super::failure::Failure;

/// Environment variable with the platform's URL.
pub(super) const DOMAIN: &str = "ENCORD_DOMAIN";

/// Returns the URL of the platform: the value of `ENCORD_DOMAIN`, or `default`.
///
/// # Errors
/// The value of the variable is not a valid URL.
pub(super) fn domain(default: &str) -> Result<Domain, Failure> {
    let value = environment::variable(DOMAIN).map_err(|error| Failure::from_error(&error))?;
    let domain = Domain::parse(value.as_ref().map_or(default, |value| value.as_str()));
    domain.map_err(|error| Failure::new(format!("{DOMAIN} is invalid: {error}.")))
}

/// Creates a client of this platform with the key from the environment.
///
/// # Errors
/// The key is missing or invalid.
pub(super) fn client(domain: Domain) -> Result<PlatformClient, Failure> {
    let credentials = Credentials::from_env().map_err(|error| Failure::from_error(&error))?;
    let builder = PlatformClient::builder().credentials(credentials).domain(domain);
    let builder = builder.user_agent_suffix(concat!("agent-studio/", env!("CARGO_PKG_VERSION")));
    builder.build().map_err(|error| Failure::from_error(&error))
}

/// Converts an error of the platform to a failure, with a hint at the region if the platform refused the request.
pub(super) fn request_failure(platform: &PlatformClient, what: &str, error: &agent_platform::client::Error) -> Failure {
    let at = platform.domain();
    let hint = if error.is_refusal() {
        format!(" If it is in another region, set {DOMAIN}; the request went to {at}.")
    } else {
        String::new()
    };
    Failure::new(format!("{what} cannot be read from {at}: {}{hint}", super::failure::sentence(&error.to_string())))
}
