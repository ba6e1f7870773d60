//! Whether a call comes from the platform's backend, which signs what it sends (contract: `platform-api.md`, section 10,
//! "Notifications"; all cases in `signature-vectors.json`).
//!
//! Label editors that run in a browser sign nothing: what demands a signature cannot be called from there.

mod check;
mod replays;
mod secrets;
mod verification;

pub(crate) use check::{NoSecret, SignatureCheck};
pub use secrets::WebhookSecrets;
pub use verification::Unverified;

/// The environment variable with the secret for all agents.
pub(crate) const SECRET_VARIABLE: &str = "ENCORD_WEBHOOK_SECRET";
