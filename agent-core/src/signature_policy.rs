//! Signature policy of an agent: the attribute's keys `signature`, `secret_env` and `replay`.

/// Signature policy for incoming calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedCalls {
    /// The rule of the attribute. `None` requires a signature as soon as the server has a secret.
    pub rule: Option<SignatureRule>,
    /// The environment variable with the agent's own secret.
    pub secret_env: Option<&'static str>,
    /// `true` if a signed call that is received a second time is refused.
    pub refuses_replays: bool,
}

impl SignedCalls {
    /// The policy of an agent whose attribute has none of the three keys.
    pub const DEFAULT: Self = Self { rule: None, secret_env: None, refuses_replays: false };
}

/// Calls that an agent accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureRule {
    /// Signed calls only: the platform's backend can call, label editors in browsers cannot.
    Required,
    /// Unsigned calls, and signed ones whose signature is valid: browsers can call, and so can everybody else.
    WhenPresent,
    /// All calls. Signatures are not verified.
    Off,
}

impl SignatureRule {
    /// Returns the value of the attribute's key.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::WhenPresent => "when-present",
            Self::Off => "off",
        }
    }
}
