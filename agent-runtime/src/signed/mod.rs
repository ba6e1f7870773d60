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

/// Which signatures an agent demands: the attribute's keys `signature`, `secret_env` and `replay`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedCalls {
    /// What the attribute says; `None` demands a signature as soon as there is a secret.
    pub rule: Option<SignatureRule>,
    /// The environment variable with the agent's own secret.
    pub secret_env: Option<&'static str>,
    /// Whether a signed call that comes a second time is refused.
    pub refuses_replays: bool,
}

impl SignedCalls {
    /// What holds for an agent whose attribute says nothing of it.
    pub const UNLESS_SAID: Self = Self { rule: None, secret_env: None, refuses_replays: false };
}

/// Which calls an agent takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureRule {
    /// Signed ones only: the platform's backend can call, label editors in browsers cannot.
    Required,
    /// Signed ones, if the signature is right, and unsigned ones: browsers can call, and so can everybody else.
    WhenPresent,
    /// All; nobody looks at signatures.
    Off,
}

impl SignatureRule {
    /// As the attribute has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::WhenPresent => "when-present",
            Self::Off => "off",
        }
    }
}
