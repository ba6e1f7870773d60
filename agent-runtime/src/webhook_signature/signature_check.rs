//! The signature policy of one agent or handler, with its secrets and its memory of replays.

use std::time::SystemTime;

use agent_platform::environment::InvalidVariable;
use axum::http::HeaderMap;

use super::replay_memory::ReplayMemory;
use super::verification::{Claim, RequestTag, SignatureError, has_signature_headers};
use super::{SECRET_VARIABLE, WebhookSecrets};
use agent_core::error::{AgentError, ErrorStatus};
use agent_core::signature_policy::{SignatureRule, SignedCalls};

/// The signature policy of one agent or handler.
#[derive(Debug)]
pub(crate) struct SignatureCheck {
    rule: SignatureRule,
    secrets: WebhookSecrets,
    replays: Option<ReplayMemory>,
}

/// The outcome of a verification that did not fail: the tag and the time of the signature, or `None` for an unsigned call.
#[derive(Debug)]
pub(crate) struct Verification(Option<(RequestTag, i64)>);

/// Errors of the secret that a policy needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SecretError {
    /// The environment variable of this name is not set.
    Missing(&'static str),
    /// An environment variable is set to a value that cannot be used.
    Unusable(InvalidVariable),
}

impl SignatureCheck {
    /// Resolves the policy of an agent on a server with these secrets.
    ///
    /// # Errors
    /// The secret that it needs is missing or unusable.
    pub(crate) fn new(agent: &SignedCalls, server: &WebhookSecrets) -> Result<Self, SecretError> {
        let secrets = match agent.secret_env {
            Some(_) if agent.rule == Some(SignatureRule::Off) => WebhookSecrets::default(),
            Some(variable) => match WebhookSecrets::from_env(variable).map_err(SecretError::Unusable)? {
                unset if unset.is_empty() => return Err(SecretError::Missing(variable)),
                own => own,
            },
            None => server.clone(),
        };
        let rule = match agent.rule {
            Some(SignatureRule::Required) if secrets.is_empty() => return Err(SecretError::Missing(SECRET_VARIABLE)),
            // Without a secret, signatures cannot be verified.
            _ if secrets.is_empty() => SignatureRule::Off,
            Some(rule) => rule,
            None => SignatureRule::Required,
        };
        Ok(Self { rule, secrets, replays: agent.refuses_replays.then(ReplayMemory::default) })
    }

    /// Returns the names of those that refuse replays and share a secret with another that does.
    pub(crate) fn replayable_elsewhere<'name>(checks: &[(&'name str, &Self)]) -> Vec<&'name str> {
        let checks: Vec<_> = checks.iter().filter(|(_, check)| check.replays.is_some()).collect();
        let is_shared = |at: usize| {
            let mut others = checks.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(_, (_, other))| checks[at].1.secrets.overlap(&other.secrets))
        };
        (0..checks.len()).filter(|at| is_shared(*at)).map(|at| checks[at].0).collect()
    }

    /// Returns the rule in force.
    pub(crate) fn rule(&self) -> SignatureRule {
        self.rule
    }

    /// Signs a call of this process to the agent. Returns `None` if the agent has no secret.
    #[cfg(feature = "batch")]
    pub(crate) fn sign(&self, timestamp: &str, body: &[u8]) -> Option<String> {
        let secret = std::str::from_utf8(self.secrets.iter().next()?).ok()?;
        Some(agent_platform::auth::webhook_signature(secret, timestamp, body))
    }

    /// Rejects a request by its headers alone, before its body is read.
    ///
    /// # Errors
    /// 401.
    pub(crate) fn check_headers(&self, headers: &HeaderMap) -> Result<(), AgentError> {
        if !self.applies_to(headers) {
            return Ok(());
        }
        Claim::from_headers(headers, SystemTime::now()).map(drop).map_err(unauthorized)
    }

    /// Verifies a call and accepts it. Returns whether it is signed.
    ///
    /// # Errors
    /// 401: the signature is missing or invalid, or the call is a replay.
    pub(crate) fn verify_and_accept(&self, headers: &HeaderMap, body: &[u8]) -> Result<bool, AgentError> {
        self.accept(&self.verify(headers, body)?)
    }

    /// Verifies the signature of a call, if it must have one or has one.
    ///
    /// # Errors
    /// 401: the signature is missing or invalid.
    pub(crate) fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<Verification, AgentError> {
        if !self.applies_to(headers) {
            return Ok(Verification(None));
        }
        let claim = Claim::from_headers(headers, SystemTime::now()).map_err(unauthorized)?;
        let tag = claim.verify(body, &self.secrets).map_err(unauthorized)?;
        Ok(Verification(Some((tag, claim.signed_at))))
    }

    /// Accepts a call that was verified: from now on the same call is a replay. Returns whether the call is signed.
    ///
    /// # Errors
    /// 401: the call is a replay.
    pub(crate) fn accept(&self, verification: &Verification) -> Result<bool, AgentError> {
        match (&self.replays, verification.0) {
            (_, None) => Ok(false),
            (Some(replays), Some((tag, signed_at))) if !replays.is_new(tag, signed_at, SystemTime::now()) => {
                Err(unauthorized(SignatureError::Replayed))
            }
            _ => Ok(true),
        }
    }

    fn applies_to(&self, headers: &HeaderMap) -> bool {
        match self.rule {
            SignatureRule::Required => true,
            SignatureRule::WhenPresent => has_signature_headers(headers),
            SignatureRule::Off => false,
        }
    }
}

/// Returns the 401 of every signature error. Only the log has the cause.
fn unauthorized(cause: SignatureError) -> AgentError {
    AgentError::new(ErrorStatus::Unauthorized, "Request could not be verified as coming from Encord.").with_cause(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secrets: &str, refuses_replays: bool) -> SignatureCheck {
        let calls = SignedCalls { refuses_replays, ..SignedCalls::DEFAULT };
        SignatureCheck::new(&calls, &WebhookSecrets::from_lines(secrets)).unwrap()
    }

    #[test]
    fn names_replay_protected_agents_that_share_a_secret() {
        let checks = [
            check("one\ntwo", true),
            check("three", true),
            check("two", true),
            check("one", false),
            check("", true),
            check("", true),
        ];
        let names = ["a", "b", "c", "d", "e", "f"];
        let named: Vec<_> = names.into_iter().zip(&checks).collect();
        assert_eq!(SignatureCheck::replayable_elsewhere(&named), ["a", "c"]);
        assert!(SignatureCheck::replayable_elsewhere(&named[1..4]).is_empty());
    }
}
