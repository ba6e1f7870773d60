//! What an agent demands of its callers, as it is in force on a server.

use std::time::SystemTime;

use agent_platform::environment::InvalidVariable;
use axum::http::HeaderMap;

use super::replays::Replays;
use super::verification::{Claim, RequestTag, Unverified, is_claimed};
use super::{SECRET_VARIABLE, WebhookSecrets};
use agent_core::error::{AgentError, ErrorStatus};
use agent_core::signature_policy::{SignatureRule, SignedCalls};

/// What one agent demands.
#[derive(Debug)]
pub(crate) struct SignatureCheck {
    rule: SignatureRule,
    secrets: WebhookSecrets,
    replays: Option<Replays>,
}

/// The outcome of a verification that did not fail: the tag and the time of the signature, or `None` for an unsigned call.
#[derive(Debug)]
pub(crate) struct Verification(Option<(RequestTag, i64)>);

/// Why signatures cannot be checked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoSecret {
    /// The environment variable of this name is not set.
    Missing(&'static str),
    /// An environment variable is set to a value that cannot be used.
    Unusable(InvalidVariable),
}

impl SignatureCheck {
    /// Returns the check that is in force for an agent on a server with these secrets.
    ///
    /// # Errors
    /// The secret that it needs is missing or unusable.
    pub(crate) fn of(agent: &SignedCalls, server: &WebhookSecrets) -> Result<Self, NoSecret> {
        let secrets = match agent.secret_env {
            Some(_) if agent.rule == Some(SignatureRule::Off) => WebhookSecrets::default(),
            Some(variable) => match WebhookSecrets::from_env(variable).map_err(NoSecret::Unusable)? {
                unset if unset.is_empty() => return Err(NoSecret::Missing(variable)),
                own => own,
            },
            None => server.clone(),
        };
        let rule = match agent.rule {
            Some(SignatureRule::Required) if secrets.is_empty() => return Err(NoSecret::Missing(SECRET_VARIABLE)),
            // There is nothing to check them with.
            _ if secrets.is_empty() => SignatureRule::Off,
            Some(rule) => rule,
            None => SignatureRule::Required,
        };
        Ok(Self { rule, secrets, replays: agent.refuses_replays.then(Replays::default) })
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

    /// Which calls the agent takes.
    pub(crate) fn rule(&self) -> SignatureRule {
        self.rule
    }

    /// Refuses what the headers alone give away, so that nothing of its body is read.
    ///
    /// # Errors
    /// 401.
    pub(crate) fn headers(&self, headers: &HeaderMap, now: SystemTime) -> Result<(), AgentError> {
        if !self.concerns(headers) {
            return Ok(());
        }
        Claim::of(headers, now).map(drop).map_err(refused)
    }

    /// Verifies a call and accepts it. Returns whether it is signed.
    ///
    /// # Errors
    /// 401: the signature is missing or invalid, or the call is a replay.
    pub(crate) fn call(&self, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Result<bool, AgentError> {
        self.accept(&self.verify(headers, body, now)?, now)
    }

    /// Verifies the signature of a call, if it must have one or has one.
    ///
    /// # Errors
    /// 401: the signature is missing or invalid.
    pub(crate) fn verify(&self, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Result<Verification, AgentError> {
        if !self.concerns(headers) {
            return Ok(Verification(None));
        }
        let claim = Claim::of(headers, now).map_err(refused)?;
        let tag = claim.verify(body, &self.secrets).map_err(refused)?;
        Ok(Verification(Some((tag, claim.signed_at))))
    }

    /// Accepts a call that was verified: from now on the same call is a replay. Returns whether the call is signed.
    ///
    /// # Errors
    /// 401: the call is a replay.
    pub(crate) fn accept(&self, verification: &Verification, now: SystemTime) -> Result<bool, AgentError> {
        match (&self.replays, verification.0) {
            (_, None) => Ok(false),
            (Some(replays), Some((tag, signed_at))) if !replays.is_new(tag, signed_at, now) => {
                Err(refused(Unverified::Replayed))
            }
            _ => Ok(true),
        }
    }

    fn concerns(&self, headers: &HeaderMap) -> bool {
        match self.rule {
            SignatureRule::Required => true,
            SignatureRule::WhenPresent => is_claimed(headers),
            SignatureRule::Off => false,
        }
    }
}

/// The same sentence whatever is wrong, which is for the log.
fn refused(why: Unverified) -> AgentError {
    AgentError::new(ErrorStatus::Unauthorized, "Request could not be verified as coming from Encord.").with_cause(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secrets: &str, refuses_replays: bool) -> SignatureCheck {
        let calls = SignedCalls { refuses_replays, ..SignedCalls::DEFAULT };
        SignatureCheck::of(&calls, &WebhookSecrets::of_lines(secrets)).unwrap()
    }

    #[test]
    fn names_agents_that_refuse_replays_and_share_a_secret() {
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
