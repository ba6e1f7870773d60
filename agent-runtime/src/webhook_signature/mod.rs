//! Verification of the signatures of the platform's backend (contract: `docs/contract/signatures.md#webhook-signature`;
//! all cases in `signature-vectors.json`).
//!
//! Label editors in a browser do not sign their calls: an agent that requires a signature cannot be called from there.

mod replay_memory;
mod secrets;
mod signature_check;
mod verification;

pub use secrets::WebhookSecrets;
pub(crate) use signature_check::{SecretError, SignatureCheck};
pub use verification::SignatureError;

/// The environment variable with the secrets of all agents.
pub(crate) const SECRET_VARIABLE: &str = "ENCORD_WEBHOOK_SECRET";
