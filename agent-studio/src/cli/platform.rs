//! The platform as the environment describes it.

use agent_platform::auth::Credentials;
use agent_platform::client::{Domain, Platform};
use agent_platform::environment;

use super::failure::Failure;

/// The variable that says where the platform is.
pub(super) const DOMAIN: &str = "ENCORD_DOMAIN";

/// Returns the address of the platform: the value of `ENCORD_DOMAIN`, or this default.
///
/// # Errors
/// The variable is set to something other than an address.
pub(super) fn domain(otherwise: &str) -> Result<Domain, Failure> {
    let said = environment::variable(DOMAIN).map_err(|error| Failure::of(&error))?;
    let domain = Domain::parse(said.as_ref().map_or(otherwise, |said| said.as_str()));
    domain.map_err(|error| Failure::new(format!("{DOMAIN} is wrong: {error}.")))
}

/// A client of the platform there, with the key that the environment names.
///
/// # Errors
/// The key is missing or wrong.
pub(super) fn client(domain: Domain) -> Result<Platform, Failure> {
    let credentials = Credentials::from_env().map_err(|error| Failure::of(&error))?;
    let builder = Platform::builder().credentials(credentials).domain(domain);
    let builder = builder.user_agent_suffix(concat!("agent-studio/", env!("CARGO_PKG_VERSION")));
    builder.build().map_err(|error| Failure::of(&error))
}

/// What the platform said, as a sentence, and what else it may be.
pub(super) fn refused(platform: &Platform, what: &str, error: &agent_platform::client::Error) -> Failure {
    let at = platform.domain();
    let hint = if error.is_refusal() {
        format!(" If it is in another region, set {DOMAIN}; the platform asked was {at}.")
    } else {
        String::new()
    };
    Failure::new(format!("{what} cannot be had from {at}: {}{hint}", super::failure::sentence(&error.to_string())))
}
